"""A floor from before there was a chain: sealed afterwards, in steps, while its desks go on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from random import Random

import pytest
from playhouse.migrations import Runner

from models import schema
from models.base import proxy, rows_of
from models.connect import snapshot, transact
from models.lead import Intake
from models.record import anchors, audit, chain, sealing
from tests.models.store import floors, lives
from tests.models.store.floors import MadeFloor

OLDER = ("0001_first_floor.py", "0002_finding.py", "0004_desks.py")
OLD_ROWS = """
INSERT INTO floor (id, name, zone, region, currency) VALUES (1, 'Old', 'Europe/Berlin', 'DE', 'EUR');
INSERT INTO agent (login, name, role) VALUES ('boss', 'Boss', 'manager');
INSERT INTO campaign (name, playbook, edition) VALUES ('main', '', 'x');
INSERT INTO stage (campaign_id, code, position, kind, probability) VALUES (1, 'new', 0, 'open', 10);
INSERT INTO zone (name, country) VALUES ('', '');
INSERT INTO intake (file, digest, at, agent_id, campaign_id, state) VALUES ('f', 'd', 1, 1, 1, 'revealing');
INSERT INTO lead (campaign_id, stage_id, zone_id, obtained_at, entered_at, stage_since, lane, key, intake_id)
    VALUES (1, 1, 1, 1, 1, 1, 0, 0, 1);
INSERT INTO journal (token, at, agent_id, verb, detail) VALUES ('import-1', 1, 1, 'import', '{"after": 0}');
INSERT INTO stage_move (journal_id, lead_id, to_stage_id, way, at, month) VALUES (1, 1, 1, 'enter', 1, 23640);
INSERT INTO journal (token, at, agent_id, verb, lead_id, detail) VALUES ('t', 2, 1, 'log', 1, '{"outcome": "talked"}');
INSERT INTO touch (journal_id, lead_id, stage_id, at, kind, outcome, note)
    VALUES (2, 1, 1, 2, 'call', 'talked', 'said yes');
INSERT INTO transfer (journal_id, lead_id, at) VALUES (2, 1, 2);
INSERT INTO journal (token, at, agent_id, verb, lead_id, detail) VALUES ('u', 3, 1, 'undo', 1, '{"undoes": 2}');
UPDATE touch SET voided_by = 3;
INSERT INTO journal (token, at, verb, detail)
    VALUES ('import-undo-1-0', 4, 'import-undo', '{"intake": 1, "after": 0, "fills": 0, "voided": 0, "is_over": false}')
"""


def faults() -> dict[str, tuple[int, tuple[str, ...]]]:
    """What the record alone says."""
    with snapshot():
        return audit.Audit().run()


def test_an_older_floor_is_sealed_when_it_is_brought_up_to_date(database_url: str, tmp_path: Path) -> None:
    """All that was on record; from then on an altered note is found, and how far an import went is where it is kept."""
    for name in OLDER:
        shutil.copy(schema.MIGRATIONS / name, tmp_path)
    with floors.opened(database_url):
        Runner(proxy.obj, str(tmp_path)).up()
        for statement in OLD_ROWS.split(";\n"):
            proxy.execute_sql(statement)
        assert "0005_chain" in schema.bring_up_to_date()
        assert rows_of("SELECT COUNT(*) FROM unsealed") == [(0,)]
        assert faults() == {}
        assert rows_of("SELECT chain, COUNT(*) FROM link GROUP BY chain ORDER BY chain") == [(0, 1), (1, 7)]
        assert json.loads(Intake.get_by_id(1).reach) == {
            "record": 4,
            "reach": {"intake": 1, "after": 0, "fills": 0, "voided": 0, "is_over": False},
        }
        floors.tamper("UPDATE touch SET note = 'said no'")
        assert faults() == {"altered": (1, ("2 log 1970-01-01 00:00Z",))}


@pytest.mark.parametrize("steps", [0, 1, 3, 5, 9])
def test_sealing_goes_on_where_it_stopped(made: MadeFloor, steps: int) -> None:
    """A process was shot in the middle; desks work on, and whoever claims later seals the rest."""
    random = Random(5)
    lives.people_it(made, random, 6)
    life = lives.Life(made, random)
    for _ in range(15):
        life.passes()
        random.choice((life.step, life.turn, life.undo))()
    for statement in ("DELETE FROM link", "DELETE FROM chain_head", "UPDATE journal SET salt = NULL"):
        floors.tamper(statement)
    for table in ("touch", "stage_move"):
        floors.tamper(f"UPDATE {table} SET salt = NULL")
    assert "inserted" in faults()
    tables = {kind: table for table, kind in chain.VOIDED.items()}
    for kind in chain.KINDS:
        table = tables.get(kind, kind)
        floors.write(f"INSERT INTO unsealed (kind, after, upto) SELECT '{kind}', 0, COALESCE(MAX(id), 0) FROM {table}")
    for _ in range(steps):
        transact(lambda: sealing.step(7))
    assert faults() == {}
    made.log(made.take("boss", made.lead(), life.now), "talked", life.now)
    anchors.anchor(made.boss, life.now)
    assert faults() == {}
    while transact(lambda: sealing.step(7)):
        assert faults() == {}
    assert faults() == {}
    assert rows_of("SELECT COUNT(*) FROM unsealed") == [(0,)]
    floors.tamper("DELETE FROM stage_move WHERE id = 1")
    assert "altered" in faults()
