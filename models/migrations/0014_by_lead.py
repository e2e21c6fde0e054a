"""The counters of the funnel once more, by what the leads are: source, industry and product beside the team.

A lead that is told of another source takes all that it counts for along. The counters by owner stay what they were: by
both, there would be as many counters as moves. Of a team without its owners there are so few that a year is read at
once.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import peewee as pw

OF_THE_LEAD = ("source", "industry", "product")


class Counter(NamedTuple):
    """What is counted by what leads are: rows of a table that knows its lead by a column."""

    table: str
    counted: str
    lead: str
    keys: dict[str, str]
    """Column → where it comes from in a row that is counted, and in its lead."""
    sums: dict[str, str]
    condition: str = "1 = 1"

    def create(self, without_rowid: str) -> str:
        """SQL of the table."""
        columns = (f"{name} {TYPES.get(name, 'INTEGER')} NOT NULL" for name in (*self.keys, *self.sums))
        return f"CREATE TABLE {self.table} ({', '.join(columns)}, PRIMARY KEY ({', '.join(self.keys)})){without_rowid}"

    def one(self, row: str, lead: str, rows: str, sign: str = "") -> str:
        """SQL that counts a row in, or with a sign, out."""
        return self._add(row, lead, [sign + text.format(row=row) for text in self.sums.values()], rows)

    def many(self, lead: str, rows: str, sign: str = "") -> str:
        """The same of all rows `r` that there are."""
        parts = ", ".join(str(place + 1) for place in range(len(self.keys)))
        sums = [f"{sign}SUM({text.format(row='r')})" for text in self.sums.values()]
        return self._add("r", lead, sums, f"{rows} AND {self.condition.format(row='r')} GROUP BY {parts}")

    def _add(self, row: str, lead: str, sums: list[str], rows: str) -> str:
        values = [text.format(row=row, lead=lead) for text in self.keys.values()]
        added = ", ".join(f"{name} = {self.table}.{name} + excluded.{name}" for name in self.sums)
        return (
            f"INSERT INTO {self.table} ({', '.join((*self.keys, *self.sums))}) "
            f"SELECT {', '.join((*values, *sums))} {rows} ON CONFLICT ({', '.join(self.keys)}) DO UPDATE SET {added};"
        )


def _row_keys(*columns: str) -> dict[str, str]:
    return {name: f"{{row}}.{name}" for name in columns}


NOBODYS = "COALESCE({row}.team_id, 0)"
WHAT_IT_IS = {name: f"{{lead}}.{name}" for name in OF_THE_LEAD}
STOCK = Counter(
    "stock_by_lead", "lead", "id", {**_row_keys("stage_id"), "team_id": NOBODYS, **WHAT_IT_IS},
    {"n": "1", "amount": "COALESCE({row}.amount, 0)"}, "{row}.voided_at IS NULL",
)  # fmt: skip
ENTERED = Counter(
    "entered_by_lead", "stage_move", "lead_id",
    {**_row_keys("month"), "stage_id": "{row}.to_stage_id", "team_id": NOBODYS, **WHAT_IT_IS},
    {"n": "1"}, "{row}.voided_by IS NULL",
)  # fmt: skip
# Of leavers there are many sorts: by one thing that a lead is at a time, or by none, or each would be its own.
PARTS = {"": "''", **WHAT_IT_IS}
PASSED = [
    Counter(
        "passed_by_lead", "passage", "lead_id",
        {"part": f"'{name}'", **_row_keys("month"), "value": value,
         **_row_keys("team_id", "stage_id", "to_stage_id", "way", "back_month", "next_month")},
        {"n": "1", "amount": "{row}.amount"},
    )
    for name, value in PARTS.items()
]  # fmt: skip
STAYED = [
    Counter(
        "stayed_by_lead", "passage", "lead_id",
        {"part": f"'{name}'", **_row_keys("month"), "value": value,
         **_row_keys("team_id", "stage_id", "back_month"), "days": "({row}.at - {row}.since) / 86400"},
        {"n": "1"}, "{row}.since IS NOT NULL",
    )
    for name, value in PARTS.items()
]  # fmt: skip
TYPES = {"way": "TEXT", "amount": "BIGINT", **dict.fromkeys((*OF_THE_LEAD, "part", "value"), "TEXT")}
OF_STOCK = ("stage_id", "team_id", "amount", "voided_at", *OF_THE_LEAD)

Trigger = tuple[str, str, str, str, str]
"""Name, moment, table, condition, body; the same bodies serve both databases."""


def triggers() -> Iterator[Trigger]:
    """Everything that changes a counter."""
    stock_changed, told = f"AFTER UPDATE OF {', '.join(OF_STOCK)}", f"AFTER UPDATE OF {', '.join(OF_THE_LEAD)}"
    is_there, was_there, is_other = "NEW.voided_at IS NULL", "OLD.voided_at IS NULL", _differs(*OF_STOCK)
    yield "lead_of_new", "AFTER INSERT", "lead", is_there, _lead("NEW")
    yield "lead_of_was", stock_changed, "lead", f"{was_there} AND ({is_other})", _lead("OLD", "-")
    yield "lead_of_is", stock_changed, "lead", f"{is_there} AND ({is_other})", _lead("NEW")
    yield "lead_of_gone", "AFTER DELETE", "lead", was_there, _lead("OLD", "-")
    yield "lead_of_other", told, "lead", _differs(*OF_THE_LEAD), _turned()
    is_voided = "OLD.voided_by IS NULL AND NEW.voided_by IS NOT NULL"
    yield "move_of_entered", "AFTER INSERT", "stage_move", "NEW.voided_by IS NULL", _row([ENTERED], "NEW")
    yield "move_of_voided", "AFTER UPDATE OF voided_by", "stage_move", is_voided, _row([ENTERED], "OLD", "-")
    yield from _of_passages("passage_of", PASSED, "1 = 1", "back_month", "next_month")
    yield from _of_passages("stay_of", STAYED, "{row}.since IS NOT NULL", "since", "back_month")


def _of_passages(name: str, counters: list[Counter], is_counted: str, *columns: str) -> Iterator[Trigger]:
    """Passages come, go, and are known better."""
    is_new, was_old = is_counted.format(row="NEW"), is_counted.format(row="OLD")
    changed, is_other = f"AFTER UPDATE OF {', '.join(columns)}", _differs(*columns)
    yield f"{name}_came", "AFTER INSERT", "passage", is_new, _row(counters, "NEW")
    yield f"{name}_gone", "AFTER DELETE", "passage", was_old, _row(counters, "OLD", "-")
    yield f"{name}_was", changed, "passage", f"{was_old} AND ({is_other})", _row(counters, "OLD", "-")
    yield f"{name}_is", changed, "passage", f"{is_new} AND ({is_other})", _row(counters, "NEW")


def _differs(*columns: str) -> str:
    return " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns)


def _lead(row: str, sign: str = "") -> str:
    return STOCK.one(row, row, "WHERE 1 = 1", sign)


def _row(counters: list[Counter], row: str, sign: str = "") -> str:
    return "".join(one.one(row, "l", f"FROM lead l WHERE l.id = {row}.{one.lead}", sign) for one in counters)


def _turned() -> str:
    """All that a lead counts for, taken from what it was to what it is."""
    return "".join(
        counter.many(lead, f"FROM {counter.counted} r WHERE r.{counter.lead} = NEW.id", sign)
        for counter in (ENTERED, *PASSED, *STAYED)
        for lead, sign in (("OLD", "-"), ("NEW", ""))
    )


def fill() -> Iterator[str]:
    """SQL that counts all there is; what leads are is looked up in a table so narrow that it stays in memory."""
    yield f"CREATE TABLE what_leads_are AS SELECT id, {', '.join(OF_THE_LEAD)} FROM lead"
    yield "CREATE UNIQUE INDEX what_a_lead_is ON what_leads_are (id)"
    for counter in (STOCK, ENTERED, *PASSED, *STAYED):
        rows = f"FROM {counter.counted} r JOIN what_leads_are l ON l.id = r.{counter.lead} WHERE 1 = 1"
        yield counter.many("l", rows)
    yield "DROP TABLE what_leads_are"


def up(migrator, db) -> None:
    is_sqlite = isinstance(db, pw.SqliteDatabase)
    tables = {counter.table: counter for counter in (STOCK, ENTERED, *PASSED, *STAYED)}
    for counter in tables.values():
        db.execute_sql(counter.create(" WITHOUT ROWID" if is_sqlite else ""))
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
    if not is_sqlite:
        for statement in IN_TURN:
            db.execute_sql(statement)
        db.execute_sql(RIGHTS.format(tables=", ".join(tables)))


# These counters are shared by all agents of a team: whoever is about to change some takes their turn first. Else two
# would wait for each other's rows, each in another order, until the database ends one of them after a second.
IN_TURN = (
    "CREATE FUNCTION by_lead_in_turn() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN "
    "PERFORM pg_advisory_xact_lock(hashtext(TG_TABLE_SCHEMA), 14); RETURN NULL; END $body$",
    f"CREATE TRIGGER by_lead_in_turn BEFORE INSERT OR UPDATE OF {', '.join(OF_STOCK)} ON lead "
    "FOR EACH STATEMENT EXECUTE FUNCTION by_lead_in_turn()",
    "CREATE TRIGGER by_lead_in_turn BEFORE INSERT OR UPDATE OF voided_by ON stage_move "
    "FOR EACH STATEMENT EXECUTE FUNCTION by_lead_in_turn()",
)


RIGHTS = """DO $rights$ DECLARE f regprocedure; g name; BEGIN
    -- On a floor where everybody has an account of their own, what is new has the rights of what was there.
    IF (SELECT prosecdef FROM pg_proc WHERE oid = 'move_entered'::regproc) THEN
        FOR f IN SELECT p.oid FROM pg_proc p JOIN pg_proc o ON o.oid = 'move_entered'::regproc
            WHERE p.pronamespace = o.pronamespace AND p.prorettype = 'trigger'::regtype AND NOT p.prosecdef LOOP
            EXECUTE format('ALTER FUNCTION %%s SECURITY DEFINER SET search_path = %%I, pg_temp', f, current_schema());
        END LOOP;
    END IF;
    FOR g IN SELECT r.rolname FROM pg_class c CROSS JOIN aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
        WHERE c.oid = 'stock'::regclass AND a.privilege_type = 'SELECT' AND a.grantee <> c.relowner LOOP
        EXECUTE format('GRANT SELECT ON {tables} TO %%I', g);
    END LOOP;
END $rights$"""
