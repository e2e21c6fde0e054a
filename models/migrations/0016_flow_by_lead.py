"""What flows into and out of stages by what leads are, leads that came by source, and counting a list all at once.

`flow_by_lead` is to `flow` what `passed_by_lead` is to `passed`, day by day; `came` says where the leads that came in a
month stand now. Of a list that comes in, counting lead by lead would be a third of the work: as long as a row stands in
`counted_later`, the leads that it names and their moves are not counted, and when it goes, all are at once. It stands
only within the transaction that writes them, and until then nobody changes them.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module

import peewee as pw

flow_of = import_module("models.migrations.0012_flow")
by_lead = import_module("models.migrations.0014_by_lead")

TABLES = """
CREATE TABLE flow_by_lead (part TEXT NOT NULL, value TEXT NOT NULL, day INTEGER NOT NULL, team_id INTEGER NOT NULL,
    stage_id INTEGER NOT NULL, line TEXT NOT NULL, is_voided INTEGER NOT NULL, n INTEGER NOT NULL,
    amount BIGINT NOT NULL, PRIMARY KEY (part, value, day, team_id, stage_id, line, is_voided)){without_rowid};
CREATE TABLE came (month INTEGER NOT NULL, source TEXT NOT NULL, team_id INTEGER NOT NULL, stage_id INTEGER NOT NULL,
    stands_in INTEGER NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (month, source, team_id, stage_id, stands_in)){without_rowid};
CREATE TABLE counted_later (after BIGINT NOT NULL, upto BIGINT NOT NULL);
CREATE TABLE listed (month INTEGER NOT NULL, at BIGINT NOT NULL, from_stage_id INTEGER, to_stage_id INTEGER NOT NULL,
    way TEXT NOT NULL, intake_id INTEGER, voided_by BIGINT, team_id INTEGER, owner_id INTEGER,
    stage_id INTEGER NOT NULL, source TEXT NOT NULL, industry TEXT NOT NULL, product TEXT NOT NULL,
    is_only INTEGER NOT NULL, n INTEGER NOT NULL, amount BIGINT NOT NULL)
"""
LISTED = """INSERT INTO listed (month, at, from_stage_id, to_stage_id, way, intake_id, team_id, owner_id, stage_id,
        source, industry, product, is_only, n, amount)
    SELECT m.month, m.at / 86400 * 86400, m.from_stage_id, m.to_stage_id, m.way, m.intake_id, m.team_id, m.owner_id,
        l.stage_id, l.source, l.industry, l.product,
        NOT EXISTS (SELECT 1 FROM stage_move o WHERE o.lead_id = m.lead_id AND o.id <> m.id), COUNT(*),
        SUM(COALESCE(m.amount, 0))
    FROM stage_move m JOIN lead l ON l.id = m.lead_id WHERE m.lead_id > OLD.after AND m.lead_id <= OLD.upto
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13;"""
"""The moves of a list, alike ones together, day by day; `is_only`: their leads have no other."""


def _flow(leg: tuple[str, ...], part: str):
    table, _, condition, stage, team, _, line, amount = leg
    return by_lead.Counter(
        "flow_by_lead", table, "lead_id",
        {"part": f"'{part}'", "value": f"{{lead}}.{part}", "day": "{row}.at / 86400",
         "team_id": f"COALESCE({{row}}.{team}, 0)", "stage_id": f"{{row}}.{stage}", "line": line,
         "is_voided": flow_of.IS_VOIDED},
        {"n": "1", "amount": f"({amount})"}, condition,
    )  # fmt: skip


FLOWS = [[_flow(leg, part) for part in by_lead.OF_THE_LEAD] for leg in flow_of.LEGS]
CAME = by_lead.Counter(
    "came", "stage_move", "lead_id",
    {"month": "{row}.month", "source": "{lead}.source", "team_id": "COALESCE({row}.team_id, 0)",
     "stage_id": "{row}.to_stage_id", "stands_in": "{lead}.stage_id"},
    {"n": "1"}, "{row}.from_stage_id IS NULL AND {row}.voided_by IS NULL",
)  # fmt: skip
WIDTHS = [
    by_lead.Counter(
        "flow", table, "id",
        {"width": str(width), "span": f"{{row}}.at / {width * 86400}", "stage_id": f"{{row}}.{stage}",
         "team_id": f"COALESCE({{row}}.{team}, 0)", "owner_id": f"COALESCE({{row}}.{owner}, 0)", "line": line,
         "is_voided": flow_of.IS_VOIDED},
        {"n": "1", "amount": f"({amount})"}, condition,
    )
    for table, _, condition, stage, team, owner, line, amount in flow_of.LEGS if table == "stage_move"
    for width in (1, 32)
]  # fmt: skip
OWNERS = {"team_id": "COALESCE({row}.team_id, 0)", "owner_id": "COALESCE({row}.owner_id, 0)"}
STOCK = by_lead.Counter(
    "stock", "lead", "id", {"stage_id": "{row}.stage_id", **OWNERS},
    {"n": "1", "amount": "COALESCE({row}.amount, 0)"}, "{row}.voided_at IS NULL",
)  # fmt: skip
ENTERED = by_lead.Counter(
    "entered", "stage_move", "id", {"month": "{row}.month", "stage_id": "{row}.to_stage_id", **OWNERS},
    {"n": "1"}, "{row}.voided_by IS NULL",
)  # fmt: skip

OF_NEW_LEADS = {
    **dict.fromkeys(("lead_came", "lead_of_new"), "NEW.id"),
    **dict.fromkeys(("move_entered", "move_of_entered", "stage_move_came", "stage_move_went"), "NEW.lead_id"),
}
"""Triggers of earlier migrations that leave to later what is counted later, by whose lead it is."""
AT_ONCE = "NOT EXISTS (SELECT 1 FROM counted_later c WHERE {lead} > c.after AND {lead} <= c.upto)"
HAS_PASSAGES = "NEW.from_stage_id IS NOT NULL OR EXISTS (SELECT 1 FROM passage p WHERE p.lead_id = NEW.lead_id)"
"""The first move of a new lead has nothing to say of passages."""


def triggers() -> Iterator[tuple[str, str, str, str, str]]:
    """As in 0014, of all that changes; what comes is told by `inserted`."""
    is_voided = "OLD.voided_by IS NULL AND NEW.voided_by IS NOT NULL"
    for leg, counters in zip(flow_of.LEGS, FLOWS, strict=True):
        table, name, condition = leg[0], leg[1], leg[2].format(row="NEW")
        turned = by_lead._row(counters, "OLD", "-") + by_lead._row(counters, "NEW")
        yield f"flow_of_{table}_not_{name}", "AFTER UPDATE OF voided_by", table, f"{is_voided} AND {condition}", turned
    came_back = f"{is_voided} AND NEW.from_stage_id IS NULL"
    yield "came_not", "AFTER UPDATE OF voided_by", "stage_move", came_back, by_lead._row([CAME], "OLD", "-")
    told = f"AFTER UPDATE OF {', '.join(by_lead.OF_THE_LEAD)}"
    everything = [counter for counters in FLOWS for counter in counters]
    yield "flow_of_other", told, "lead", by_lead._differs(*by_lead.OF_THE_LEAD), taken_along(everything)
    differs = by_lead._differs("source", "stage_id")
    yield "came_elsewhere", "AFTER UPDATE OF source, stage_id", "lead", differs, taken_along([CAME])


def taken_along(counters: Iterable[object]) -> str:
    """All that a lead counts for, taken from what it was to what it is."""
    return "".join(
        counter.many(lead, f"FROM {counter.counted} r WHERE r.lead_id = NEW.id", sign)  # type: ignore[attr-defined]
        for counter in counters
        for lead, sign in (("OLD", "-"), ("NEW", ""))
    )


def inserted() -> Iterator[tuple[str, str, str, list[object]]]:
    """What new rows count for: name, table, condition, counters."""
    for leg, counters in zip(flow_of.LEGS, FLOWS, strict=True):
        yield f"flow_of_{leg[0]}_{leg[1]}", leg[0], leg[2], counters
    yield "came_in", "stage_move", CAME.condition, [CAME]


def fill() -> Iterator[str]:
    """SQL that counts all there is."""
    yield from filled((*(counter for counters in FLOWS for counter in counters), CAME))


def filled(counters: Iterable[object]) -> Iterator[str]:
    """SQL that counts all there is by some counters; what leads are is looked up as in 0014."""
    yield f"CREATE TABLE what_leads_are AS SELECT id, stage_id, {', '.join(by_lead.OF_THE_LEAD)} FROM lead"
    yield "CREATE UNIQUE INDEX what_a_lead_is ON what_leads_are (id)"
    for counter in counters:
        rows = f"FROM {counter.counted} r JOIN what_leads_are l ON l.id = r.lead_id WHERE 1 = 1"  # type: ignore[attr-defined]
        yield counter.many("l", rows)  # type: ignore[attr-defined]
    yield "DROP TABLE what_leads_are"


def up(migrator, db) -> None:
    is_sqlite = isinstance(db, pw.SqliteDatabase)
    for statement in TABLES.format(without_rowid=" WITHOUT ROWID" if is_sqlite else "").split(";"):
        db.execute_sql(statement)
    for statement in fill():
        db.execute_sql(statement)
    for trigger in triggers():
        of_rows(db, *trigger)
    for name, table, condition, counters in inserted():
        if is_sqlite:
            told = condition.format(row="NEW")
            if table == "stage_move":
                told = f"{told} AND {AT_ONCE.format(lead='NEW.lead_id')}"
            of_rows(db, name, "AFTER INSERT", table, told, by_lead._row(counters, "NEW"))
        else:
            body = "".join(counter.many("l", OF_CAME) for counter in counters)  # type: ignore[attr-defined]
            head = f"AFTER INSERT ON {table} REFERENCING NEW TABLE AS came_now FOR EACH STATEMENT"
            with_function(db, name, head, body)
    if is_sqlite:
        _count_later(db)
        _narrow(db, "passage_moved", HAS_PASSAGES)
        return
    for table in ("transfer", "amount_change"):  # as in 0014: whoever changes what all share takes their turn first
        db.execute_sql(
            f"CREATE TRIGGER by_lead_in_turn BEFORE INSERT OR UPDATE OF voided_by ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION by_lead_in_turn()"
        )
    db.execute_sql(by_lead.RIGHTS.format(tables="flow_by_lead, came, counted_later, listed"))


OF_CAME = "FROM came_now r JOIN lead l ON l.id = r.lead_id WHERE 1 = 1"


def of_rows(db, name: str, when: str, table: str, condition: str, body: str, looked_up: str = "") -> None:
    """A trigger of single rows, on either database.

    PostgreSQL wants a condition that looks into tables (`looked_up`) within the function.
    """
    is_sqlite = isinstance(db, pw.SqliteDatabase)
    if is_sqlite:
        condition = f"({condition}) AND ({looked_up})" if looked_up else condition
        db.execute_sql(f"CREATE TRIGGER {name} {when} ON {table} WHEN {condition} BEGIN {body} END")
        return
    body = f"IF {looked_up} THEN {body} END IF;" if looked_up else body
    with_function(db, name, f"{when} ON {table} FOR EACH ROW WHEN ({condition})", body)


def with_function(db, name: str, head: str, body: str) -> None:
    """A trigger of PostgreSQL, of rows or of statements, with the function that it calls."""
    db.execute_sql(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN {body} RETURN NULL; END $body$"
    )
    db.execute_sql(f"CREATE TRIGGER {name} {head} EXECUTE FUNCTION {name}()")


def _narrow(db, name: str, further: str) -> None:
    """A trigger of an earlier migration under one condition more."""
    sql = db.execute_sql("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?", (name,)).fetchone()[0]
    head, rest = sql.split(" WHEN ", 1)
    condition, body = rest.split(" BEGIN ", 1)
    db.execute_sql(f"DROP TRIGGER {name}")
    db.execute_sql(f"{head} WHEN ({condition}) AND ({further}) BEGIN {body}")


def _count_later(db) -> None:
    """Triggers that count single rows stand back while a row stands in `counted_later`; one counts when it goes."""
    for name, lead in OF_NEW_LEADS.items():
        _narrow(db, name, AT_ONCE.format(lead=lead))
    for table, columns, lead in (
        ("lead", f"{', '.join(by_lead.OF_STOCK)}, owner_id", "NEW.id"),
        ("stage_move", "voided_by", "NEW.lead_id"),
    ):
        db.execute_sql(
            f"CREATE TRIGGER {table}_uncounted BEFORE UPDATE OF {columns} ON {table} "
            f"WHEN NOT {AT_ONCE.format(lead=lead)} BEGIN SELECT RAISE(ABORT, 'a lead of a list is counted first'); END"
        )
    leads = "FROM lead r WHERE r.id > OLD.after AND r.id <= OLD.upto"
    moves = [ENTERED, *WIDTHS, by_lead.ENTERED, *FLOWS[0], *FLOWS[1], CAME]
    body = "".join(
        (
            *(counter.many("r", leads) for counter in (STOCK, by_lead.STOCK)),
            LISTED,
            *(
                counter._replace(sums={**counter.sums, "n": "{row}.n"}).many("r", "FROM listed r WHERE 1 = 1")
                for counter in moves
            ),
            "DELETE FROM listed;",
        )
    )
    db.execute_sql(f"CREATE TRIGGER counted_now AFTER DELETE ON counted_later BEGIN {body} END")
