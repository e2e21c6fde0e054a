"""The work of each day by what the leads are that it was done for: `worked` once more, by source, industry and product.

Who did it is not in it: of a team's or an agent's work there is so little that it is read as it was done.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import peewee as pw

by_lead = import_module("models.migrations.0014_by_lead")

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
    yield "work_of_other", told, "lead", by_lead._differs(*by_lead.OF_THE_LEAD), _turned()


def _turned() -> str:
    return "".join(
        counter.many(lead, "FROM touch r WHERE r.lead_id = NEW.id", sign)
        for counter in WORKED
        for lead, sign in (("OLD", "-"), ("NEW", ""))
    )


def fill() -> Iterator[str]:
    """SQL that counts all there is; see 0014."""
    yield f"CREATE TABLE what_leads_are AS SELECT id, {', '.join(by_lead.OF_THE_LEAD)} FROM lead"
    yield "CREATE UNIQUE INDEX what_a_lead_is ON what_leads_are (id)"
    for counter in WORKED:
        yield counter.many("l", "FROM touch r JOIN what_leads_are l ON l.id = r.lead_id WHERE 1 = 1")
    yield "DROP TABLE what_leads_are"


def up(migrator, db) -> None:
    is_sqlite = isinstance(db, pw.SqliteDatabase)
    db.execute_sql(TABLE.format(without_rowid=" WITHOUT ROWID" if is_sqlite else ""))
    for statement in fill():
        db.execute_sql(statement)
    for name, when, table, condition, body in triggers():
        if is_sqlite:
            db.execute_sql(f"CREATE TRIGGER {name} {when} ON {table} WHEN {condition} BEGIN {body} END")
            continue
        db.execute_sql(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN {body} RETURN NULL; END $body$"
        )
        db.execute_sql(
            f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()"
        )
    if not is_sqlite:  # as in 0014: whoever changes what all share takes their turn first
        db.execute_sql(
            "CREATE TRIGGER by_lead_in_turn BEFORE INSERT OR UPDATE OF voided_by ON touch "
            "FOR EACH STATEMENT EXECUTE FUNCTION by_lead_in_turn()"
        )
        db.execute_sql(by_lead.RIGHTS.format(tables="worked_by_lead"))
