"""A floor from before amounts and hands were on record in full: what it knows of them is filled in, and it adds up."""

from __future__ import annotations

import shutil
from pathlib import Path

from playhouse.migrations import Runner

from models import schema
from models.base import proxy, rows_of
from models.check import check
from models.record import sealing
from tests.models.store import floors
from tests.models.store.floors import NOW

OLDER = tuple(path.name for path in sorted(schema.MIGRATIONS.glob("00[01]*.py")) if path.name < "0011")
OLD_ROWS = """
INSERT INTO floor (id, name, zone, region, currency) VALUES (1, 'Old', 'Europe/Berlin', 'DE', 'EUR');
INSERT INTO agent (login, name, role) VALUES ('boss', 'Boss', 'manager');
INSERT INTO agent (login, name, role) VALUES ('ann', 'Ann', 'agent');
INSERT INTO team (name) VALUES ('north');
INSERT INTO campaign (name, playbook, edition) VALUES ('main', '', 'x');
INSERT INTO stage (campaign_id, code, position, kind, probability) VALUES (1, 'new', 0, 'open', 10);
INSERT INTO stage (campaign_id, code, position, kind, probability) VALUES (1, 'offer', 1, 'open', 50);
INSERT INTO stage (campaign_id, code, position, kind, probability) VALUES (1, 'won', 2, 'won', 100);
INSERT INTO zone (name, country) VALUES ('', '');
INSERT INTO intake (file, digest, at, agent_id, campaign_id, state) VALUES ('f', 'd', 1, 1, 1, 'undone');
INSERT INTO journal (token, at, agent_id, verb) VALUES ('import-1', 1, 1, 'import');
INSERT INTO journal (token, at, agent_id, verb, lead_id) VALUES ('e1', 40, 1, 'edit', 1);
INSERT INTO journal (token, at, agent_id, verb, lead_id) VALUES ('m1', 50, 1, 'move', 1);
INSERT INTO journal (token, at, agent_id, verb) VALUES ('t1', 60, 1, 'agent-move');
INSERT INTO journal (token, at, agent_id, verb, lead_id) VALUES ('e2', 70, 1, 'edit', 1);
INSERT INTO journal (token, at, agent_id, verb) VALUES ('import-undo-1-0', 80, 1, 'import-undo');
INSERT INTO lead (campaign_id, stage_id, zone_id, obtained_at, entered_at, stage_since, lane, key, owner_id, team_id,
    amount) VALUES (1, 2, 1, 1, 1, 50, 2, 0, 2, 1, 900);
INSERT INTO lead (campaign_id, stage_id, zone_id, obtained_at, entered_at, stage_since, lane, key, intake_id, owner_id,
    team_id, wake_at, amount, voided_at) VALUES (1, 1, 1, 1, 1, 1, 0, 0, 1, 2, 1, 4611686018427387904, 40, 80);
INSERT INTO stage_move (journal_id, lead_id, to_stage_id, way, at, month) VALUES (1, 1, 1, 'enter', 1, 23640);
INSERT INTO stage_move (journal_id, lead_id, to_stage_id, way, at, month, intake_id, amount)
    VALUES (1, 2, 1, 'enter', 1, 23640, 1, 40);
INSERT INTO stage_move (journal_id, lead_id, from_stage_id, to_stage_id, way, at, month, amount)
    VALUES (3, 1, 1, 2, 'forward', 50, 23640, 700);
INSERT INTO transfer (journal_id, lead_id, at, to_owner_id, to_team_id) VALUES (4, 1, 60, 2, 1);
INSERT INTO transfer (journal_id, lead_id, at, to_owner_id, to_team_id) VALUES (4, 2, 60, 2, 1);
UPDATE stage_move SET voided_by = 6 WHERE lead_id = 2;
DELETE FROM unsealed;
INSERT INTO unsealed (kind, after, upto) VALUES ('journal', 0, 6), ('stage_move', 0, 3), ('transfer', 0, 2),
    ('voided-move', 0, 3)
"""


def test_what_is_known_is_filled_in(database_url: str, tmp_path: Path) -> None:
    """An amount that a move knows first changed with it, a later one with the last edit; a list taken back is none."""
    for name in OLDER:
        shutil.copy(schema.MIGRATIONS / name, tmp_path)
    with floors.opened(database_url):
        Runner(proxy.obj, str(tmp_path)).up()
        for statement in OLD_ROWS.split(";\n"):
            proxy.execute_sql(statement)
        sealing.catch_up()
        assert "0012_flow" in schema.bring_up_to_date()
        assert rows_of(
            "SELECT journal_id, lead_id, at, stage_id, team_id, owner_id, before, after FROM amount_change ORDER BY id"
        ) == [(3, 1, 50, 1, None, None, None, 700), (5, 1, 70, 2, 1, 2, 700, 900)]
        assert rows_of("SELECT lead_id, stage_id, amount, voided_by FROM transfer ORDER BY lead_id") == [
            (1, 2, 700, None),
            (2, 1, None, 6),
        ]
        rows_of("UPDATE campaign SET playbook = ? RETURNING id", (floors.PLAYBOOK,))
        adds_up = {"flow", "standing", "altered", "inserted", "missing"}
        assert not adds_up & {fault.code for fault in check(NOW)}
        floors.tamper("UPDATE amount_change SET after = 901 WHERE id = 2")
        assert {"flow", "standing", "altered"} - {fault.code for fault in check(NOW)} == {"standing"}
