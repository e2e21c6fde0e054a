"""Sales: when a lead was sold, how long that took, when it went on from there, and when the sale was undone.

A sale is a move from a stage that is not won into one that is. It is undone by the lead's first later move that does
not lead from won to won: what was sold in a period and is so at its end was not undone before. Of two moves of a lead,
the later one is that with the later moment, else with the later id.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import peewee as pw

flow_by_lead = import_module("models.migrations.0016_flow_by_lead")

FOREVER = 4611686018427387904
TABLE = """CREATE TABLE sale (move_id BIGINT NOT NULL, lead_id BIGINT NOT NULL, stage_id INTEGER NOT NULL,
    team_id INTEGER NOT NULL, owner_id INTEGER NOT NULL, amount BIGINT NOT NULL, days INTEGER NOT NULL,
    at BIGINT NOT NULL, next_at BIGINT NOT NULL, undone_at BIGINT NOT NULL, PRIMARY KEY (at, move_id)){without_rowid}"""
INDEX = "CREATE INDEX sale_lead ON sale (lead_id)"

WON = "(SELECT id FROM stage WHERE kind = 'won')"
OTHER = "FROM stage_move o WHERE o.lead_id = m.lead_id AND o.voided_by IS NULL"
LATER = "(o.at > m.at OR (o.at = m.at AND o.id > m.id))"
# Plus nothing: of a lead its few moves are read, not all that ever went to the stage.
SALES = f"""INSERT INTO sale (move_id, lead_id, stage_id, team_id, owner_id, amount, days, at, next_at, undone_at)
    SELECT m.id, m.lead_id, m.to_stage_id, COALESCE(m.team_id, 0), COALESCE(m.owner_id, 0), COALESCE(m.amount, 0),
        (m.at - (SELECT MIN(o.at) {OTHER})) / 86400, m.at,
        COALESCE((SELECT MIN(o.at) {OTHER} AND {LATER}), {FOREVER}),
        COALESCE((SELECT MIN(o.at) {OTHER} AND {LATER}
            AND (o.to_stage_id + 0 NOT IN {WON} OR o.from_stage_id + 0 NOT IN {WON})), {FOREVER})
    FROM stage_move m
    WHERE m.to_stage_id{{plus}} IN {WON} AND m.from_stage_id + 0 NOT IN {WON} AND m.voided_by IS NULL"""
FILL = SALES.format(plus="") + " ORDER BY m.at, m.id"  # as they are stored: one after the other, not here and there
OF_LEAD = f"""DELETE FROM sale WHERE lead_id = NEW.lead_id;
    {SALES.format(plus=" + 0")} AND m.lead_id = NEW.lead_id;"""
OF_CAMPAIGN = f"""DELETE FROM sale WHERE stage_id IN (SELECT id FROM stage WHERE campaign_id = NEW.campaign_id);
    {SALES.format(plus="")} AND m.to_stage_id IN (SELECT id FROM stage WHERE campaign_id = NEW.campaign_id);"""

HAS_SALES = "EXISTS (SELECT 1 FROM sale WHERE lead_id = NEW.lead_id)"
IS_TO_WON = "EXISTS (SELECT 1 FROM stage WHERE id = NEW.to_stage_id AND kind = 'won')"
Trigger = tuple[str, str, str, str, str, str]
"""Name, moment, table, a condition on the row, body, a condition that looks into tables."""


def triggers() -> Iterator[Trigger]:
    """Everything that changes a sale. Most moves are of leads that were never sold: of them nothing is found again."""
    is_voided = "OLD.voided_by IS NULL AND NEW.voided_by IS NOT NULL"
    is_other = "(OLD.kind = 'won') <> (NEW.kind = 'won')"
    moved = f"{HAS_SALES} OR {IS_TO_WON}"
    yield "sale_moved", "AFTER INSERT", "stage_move", "NEW.voided_by IS NULL", OF_LEAD, moved
    yield "sale_voided", "AFTER UPDATE OF voided_by", "stage_move", is_voided, OF_LEAD, HAS_SALES
    yield "sale_meant", "AFTER UPDATE OF kind", "stage", is_other, OF_CAMPAIGN, "1 = 1"


def up(migrator, db) -> None:
    is_sqlite = isinstance(db, pw.SqliteDatabase)
    for statement in (TABLE.format(without_rowid=" WITHOUT ROWID" if is_sqlite else ""), FILL, INDEX):
        db.execute_sql(statement)
    for trigger in triggers():
        flow_by_lead.of_rows(db, *trigger)
    if not is_sqlite:
        db.execute_sql(flow_by_lead.by_lead.RIGHTS.format(tables="sale"))
