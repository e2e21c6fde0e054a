"""The work of each day by what the leads are that it was done for: `worked` once more, by source, industry and product.

Who did it is not in it: of a team's or an agent's work there is so little that it is read as it was done.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import peewee as pw

by_lead = import_module("models.migrations.0014_by_lead")
flow_by_lead = import_module("models.migrations.0016_flow_by_lead")

TABLE = """CREATE TABLE worked_by_lead (part TEXT NOT NULL, value TEXT NOT NULL, day INTEGER NOT NULL,
    stage_id INTEGER NOT NULL, kind TEXT NOT NULL, n INTEGER NOT NULL, talks INTEGER NOT NULL,
    talk_seconds BIGINT NOT NULL, PRIMARY KEY (part, value, day, stage_id, kind)){without_rowid}"""
WORKED = [
    by_lead.Counter(
        "worked_by_lead", "touch", "lead_id",
        {"part": f"'{part}'", "value": f"{{lead}}.{part}", "day": "{row}.at / 86400", "stage_id": "{row}.stage_id",
         "kind": "{row}.kind"},
        {"n": "1", "talks": "{row}.is_talk", "talk_seconds": "({row}.is_talk * COALESCE({row}.seconds, 0))"},
        "{row}.voided_by IS NULL",
    )
    for part in by_lead.OF_THE_LEAD
]  # fmt: skip


def triggers() -> Iterator[tuple[str, str, str, str, str]]:
    """As in 0014."""
    is_voided = "OLD.voided_by IS NULL AND NEW.voided_by IS NOT NULL"
    yield "work_of_done", "AFTER INSERT", "touch", "NEW.voided_by IS NULL", by_lead._row(WORKED, "NEW")
    yield "work_of_undone", "AFTER UPDATE OF voided_by", "touch", is_voided, by_lead._row(WORKED, "OLD", "-")
    told = f"AFTER UPDATE OF {', '.join(by_lead.OF_THE_LEAD)}"
    yield "work_of_other", told, "lead", by_lead._differs(*by_lead.OF_THE_LEAD), flow_by_lead.taken_along(WORKED)


def fill() -> Iterator[str]:
    """SQL that counts all there is."""
    yield from flow_by_lead.filled(WORKED)


def up(migrator, db) -> None:
    is_sqlite = isinstance(db, pw.SqliteDatabase)
    db.execute_sql(TABLE.format(without_rowid=" WITHOUT ROWID" if is_sqlite else ""))
    for statement in fill():
        db.execute_sql(statement)
    for trigger in triggers():
        flow_by_lead.of_rows(db, *trigger)
    if not is_sqlite:  # as in 0014: whoever changes what all share takes their turn first
        db.execute_sql(
            "CREATE TRIGGER by_lead_in_turn BEFORE INSERT OR UPDATE OF voided_by ON touch "
            "FOR EACH STATEMENT EXECUTE FUNCTION by_lead_in_turn()"
        )
        db.execute_sql(by_lead.RIGHTS.format(tables="worked_by_lead"))
