"""Cohorts: what became of the leads that came into a stage, counted by month, so that a period of months is a sum.

A lead counts once for a stage and a period, by its first arrival there. So each arrival is counted under its month and
that of the arrival before it in the same stage: in the months [a, b) it was the first when its own month is one of them
and the month before is earlier than a. One that was not the first in its own month is never counted.

What became of a lead depends on the order of its campaign's stages, on what it means to stand in them, and on which are
retired. All leads of a campaign up to `cohort_order.counted_to` are counted by the order that stands in `stage`, and
none beyond. Stages that are new change nothing for anybody. Whoever changes anything else says in the same transaction
that none is counted, -1. From then on every step (`steps` + 1) first takes away some of what was counted by the former
order, then, from 0, counts the next leads by the present one, until all are; who asks in the meantime counts the rows.
Whoever changes the order, moves a lead or takes a step does so one after the other (`by_lead_in_turn`).
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import NamedTuple

import peewee as pw

flow_by_lead = import_module("models.migrations.0016_flow_by_lead")

ALL = 4611686018427387904
"""Counted up to the last lead that there will be."""
STEP, CLEARED = 100, 5_000
"""Leads counted, and counters taken away, by one step."""
CHUNK = 50_000
"""Leads counted at once where nobody waits."""
TABLES = """
CREATE TABLE cohort (campaign_id INTEGER NOT NULL, part TEXT NOT NULL, month INTEGER NOT NULL, value TEXT NOT NULL,
    owner_id INTEGER NOT NULL, team_id INTEGER NOT NULL, stage_id INTEGER NOT NULL, before_month INTEGER NOT NULL,
    n INTEGER NOT NULL, reached INTEGER NOT NULL, waiting INTEGER NOT NULL, won INTEGER NOT NULL,
    PRIMARY KEY (campaign_id, part, month, value, owner_id, team_id, stage_id, before_month)){without_rowid};
CREATE TABLE cohort_order (campaign_id INTEGER NOT NULL PRIMARY KEY REFERENCES campaign (id),
    counted_to BIGINT NOT NULL, steps INTEGER NOT NULL)
"""
KEY = "campaign_id, part, month, value, owner_id, team_id, stage_id, before_month"
SUMS = ("n", "reached", "waiting", "won")

# Where a stage lies on the way to the sale; -1 beside it.
WAY = "CASE WHEN s.retired_at IS NULL AND s.kind IN ('open', 'won') THEN s.position ELSE -1 END"
ARRIVALS = f"""SELECT lead_id, month, owner_id, team_id, stage_id, before_month, {{sign}}1 AS n,
        CASE WHEN furthest > way THEN {{sign}}1 ELSE 0 END AS reached,
        CASE WHEN stands = 'open' AND furthest <= way THEN {{sign}}1 ELSE 0 END AS waiting,
        CASE WHEN stands = 'won' THEN {{sign}}1 ELSE 0 END AS won
    FROM (SELECT m.lead_id, m.month, COALESCE(m.owner_id, 0) AS owner_id, COALESCE(m.team_id, 0) AS team_id,
            m.to_stage_id AS stage_id, {WAY} AS way,
            COALESCE(LAG(m.month) OVER (PARTITION BY m.lead_id, m.to_stage_id ORDER BY m.at, m.id), 0) AS before_month,
            COALESCE(MAX({WAY}) OVER (later ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), -1) AS furthest,
            FIRST_VALUE(s.kind) OVER later AS stands
        FROM stage_move m JOIN stage s ON s.id = m.to_stage_id WHERE {{rows}}
        WINDOW later AS (PARTITION BY m.lead_id ORDER BY m.at DESC, m.id DESC)) AS arrival
    WHERE way >= 0 AND before_month < month"""
"""Every arrival that is counted, of whole leads, and what became of the lead since."""

OF_THE_LEAD = ("source", "industry", "product")
PARTS = "(SELECT '' AS part" + "".join(f" UNION ALL SELECT '{name}'" for name in OF_THE_LEAD) + ")"
VALUE = "CASE p.part " + " ".join(f"WHEN '{name}' THEN l.{name}" for name in OF_THE_LEAD) + " ELSE '' END"
OWNER = "CASE p.part WHEN '' THEN d.owner_id ELSE 0 END"
ADD = f"""INSERT INTO cohort ({KEY}, {", ".join(SUMS)})
    SELECT l.campaign_id, p.part, d.month, {{value}}, {OWNER}, d.team_id, d.stage_id, d.before_month,
        {", ".join(f"SUM({{sign}}d.{name})" for name in SUMS)}
    FROM ({{changes}}) AS d JOIN lead l ON l.id = d.lead_id CROSS JOIN {{parts}} AS p
    WHERE {{leads}} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 HAVING {" OR ".join(f"SUM({{sign}}d.{name}) <> 0" for name in SUMS)}
    ON CONFLICT ({KEY}) DO UPDATE SET {", ".join(f"{name} = cohort.{name} + excluded.{name}" for name in SUMS)};"""
LATER = "EXISTS (SELECT 1 FROM counted_later c WHERE {lead} > c.after AND {lead} <= c.upto)"
"""Whether a lead is of a list that comes in: those are counted all at once, when it is there."""
IS_COUNTED = (
    "EXISTS (SELECT 1 FROM cohort_order o WHERE o.campaign_id = l.campaign_id AND o.counted_to >= l.id) "
    f"AND NOT {LATER.format(lead='l.id')}"
)


LISTED = f"""INSERT INTO cohort ({KEY}, {", ".join(SUMS)})
    SELECT s.campaign_id, p.part, OLD.month, {VALUE.replace("l.", "OLD.")},
        CASE p.part WHEN '' THEN COALESCE(OLD.owner_id, 0) ELSE 0 END, COALESCE(OLD.team_id, 0), s.id, 0, OLD.n, 0,
        CASE s.kind WHEN 'open' THEN OLD.n ELSE 0 END, CASE s.kind WHEN 'won' THEN OLD.n ELSE 0 END
    FROM stage s CROSS JOIN {PARTS} AS p WHERE s.id = OLD.to_stage_id AND {WAY} >= 0 AND EXISTS
        (SELECT 1 FROM cohort_order o WHERE o.campaign_id = s.campaign_id AND o.counted_to = {ALL})
    ON CONFLICT ({KEY}) DO UPDATE SET {", ".join(f"{name} = cohort.{name} + excluded.{name}" for name in SUMS)};"""
"""Leads of a list that only came: many alike at once (migration 0016)."""


def count(moves: str, leads: str = IS_COUNTED) -> str:
    """SQL that counts leads of which nothing is counted yet.

    Args:
        moves: all their moves `m`, as a condition.
        leads: which of these leads `l` are counted.
    """
    changes = ARRIVALS.format(sign="", rows=f"m.voided_by IS NULL AND {moves}")
    return ADD.format(value=VALUE, sign="", changes=changes, parts=PARTS, leads=leads)


def recount(after: str, before: str) -> str:
    """SQL that counts leads as they are, where they were counted as they were: of both, SQL of their arrivals."""
    sums = ", ".join(f"SUM({name}) AS {name}" for name in SUMS)
    columns = "lead_id, month, owner_id, team_id, stage_id, before_month"
    changes = (
        f"SELECT {columns}, {sums} FROM ({after} UNION ALL {before}) AS both_ways GROUP BY {columns} "
        f"HAVING {' OR '.join(f'SUM({name}) <> 0' for name in SUMS)}"
    )
    return ADD.format(value=VALUE, sign="", changes=changes, parts=PARTS, leads=IS_COUNTED)


class Trigger(NamedTuple):
    """A trigger; those of a row have bodies that serve both databases."""

    name: str
    when: str
    table: str
    condition: str
    body: str


IS_VOIDED = "OLD.voided_by IS NULL AND NEW.voided_by IS NOT NULL"
TOLD = " UNION ALL ".join(
    f"SELECT '{name}' AS part, {row}.{name} AS value, {sign}1 AS sign"
    for name in OF_THE_LEAD
    for row, sign in (("OLD", "-"), ("NEW", ""))
)
NEXT = f"""CASE WHEN NEW.counted_to >= 0 THEN (SELECT CASE WHEN COUNT(*) = {STEP} THEN MAX(id) ELSE {ALL} END
        FROM (SELECT id FROM lead WHERE id > NEW.counted_to ORDER BY id LIMIT {STEP}) AS following)
    WHEN EXISTS (SELECT 1 FROM cohort k WHERE k.campaign_id = NEW.campaign_id) THEN -1 ELSE 0 END"""
CLEAR = f"""DELETE FROM cohort WHERE ({KEY}) IN
    (SELECT {KEY} FROM cohort WHERE campaign_id = NEW.campaign_id LIMIT {CLEARED});"""


def triggers() -> Iterator[Trigger]:
    """Everything that changes a counter but for the moves."""
    of_lead = ARRIVALS.format(sign="", rows="m.lead_id = NEW.id AND m.voided_by IS NULL")
    told = ADD.format(value="p.value", sign="p.sign * ", changes=of_lead, parts=f"({TOLD})", leads=IS_COUNTED)
    is_other = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in OF_THE_LEAD)
    yield Trigger("cohort_told", f"AFTER UPDATE OF {', '.join(OF_THE_LEAD)}", "lead", is_other, told)
    begin = f"INSERT INTO cohort_order (campaign_id, counted_to, steps) VALUES (NEW.id, {ALL}, 0);"
    yield Trigger("cohort_begun", "AFTER INSERT", "campaign", "1 = 1", begin)
    step = f"UPDATE cohort_order SET counted_to = {NEXT} WHERE campaign_id = NEW.campaign_id;"
    yield Trigger("cohort_stepped", "AFTER UPDATE OF steps", "cohort_order", f"NEW.counted_to < {ALL}", step)
    gone_on, of_campaign = "OLD.counted_to >= 0 AND NEW.counted_to > OLD.counted_to", "l.campaign_id = NEW.campaign_id"
    counted = count("m.lead_id > OLD.counted_to AND m.lead_id <= NEW.counted_to", of_campaign)
    yield Trigger("cohort_counted", "AFTER UPDATE OF counted_to", "cohort_order", gone_on, counted)
    yield Trigger("cohort_cleared", "AFTER UPDATE OF counted_to", "cohort_order", "NEW.counted_to < 0", CLEAR)


def _of_moves_sqlite() -> Iterator[Trigger]:
    """Row by row: of a lead that has moved for the first time there is nothing that it was."""
    of_lead, stands = "m.lead_id = NEW.lead_id", "m.voided_by IS NULL"
    other = "EXISTS (SELECT 1 FROM stage_move o WHERE o.lead_id = NEW.lead_id AND o.id <> NEW.id)"
    is_new = f"NEW.voided_by IS NULL AND NOT {LATER.format(lead='NEW.lead_id')}"
    after, before = _of(f"{of_lead} AND {stands}"), _of(f"{of_lead} AND {stands} AND m.id <> NEW.id", "-")
    yield Trigger("cohort_came", "AFTER INSERT", "stage_move", f"{is_new} AND NOT {other}", count(of_lead))
    yield Trigger("cohort_moved", "AFTER INSERT", "stage_move", f"{is_new} AND {other}", recount(after, before))
    before = _of(f"{of_lead} AND ({stands} OR m.id = NEW.id)", "-")
    yield Trigger("cohort_voided", "AFTER UPDATE OF voided_by", "stage_move", IS_VOIDED, recount(after, before))
    has_others = "EXISTS (SELECT 1 FROM stage_move o WHERE o.lead_id = m.lead_id AND o.id <> m.id)"
    of_list = count(f"m.lead_id > OLD.after AND m.lead_id <= OLD.upto AND {has_others}")
    yield Trigger("cohort_of_list", "AFTER DELETE", "counted_later", "1 = 1", of_list)
    yield Trigger("cohort_listed", "AFTER DELETE", "listed", "OLD.is_only = 1", LISTED)


def _of(rows: str, sign: str = "") -> str:
    return ARRIVALS.format(rows=rows, sign=sign)


def _of_moves_postgres() -> Iterator[tuple[str, str, str]]:
    """A whole statement at once: its rows are all there before the first trigger runs."""
    of_lead, stands = "m.lead_id = c.lead_id", "m.voided_by IS NULL"
    after = _lateral(_of(f"{of_lead} AND {stands}"))
    before = _lateral(_of(f"{of_lead} AND {stands} AND m.id NOT IN (SELECT id FROM changed)", "-"))
    yield "cohort_moved", _statement("INSERT", "NEW TABLE AS changed"), recount(after, before)
    before = _of(f"{of_lead} AND ({stands} OR m.id IN (SELECT id FROM was WHERE voided_by IS NULL))", "-")
    is_voided = (
        "IF NOT EXISTS (SELECT 1 FROM changed JOIN was ON was.id = changed.id "
        "WHERE changed.voided_by IS NOT NULL AND was.voided_by IS NULL) THEN RETURN NULL; END IF; "
    )
    body = is_voided + recount(after, _lateral(before))
    yield "cohort_voided", _statement("UPDATE", "OLD TABLE AS was NEW TABLE AS changed"), body


def _lateral(arrivals: str) -> str:
    """Lead by lead, however many there are: never all the moves that ever were."""
    return f"SELECT a.* FROM (SELECT DISTINCT lead_id FROM changed) AS c CROSS JOIN LATERAL ({arrivals}) AS a"


def _statement(event: str, tables: str) -> str:
    return f"AFTER {event} ON stage_move REFERENCING {tables} FOR EACH STATEMENT"


def fill(db) -> None:
    """Counts all there is anew, some leads at a time, in as much memory as these need."""
    db.execute_sql("DELETE FROM cohort")
    db.execute_sql("UPDATE cohort_order SET counted_to = 0")
    (highest,) = db.execute_sql("SELECT COALESCE(MAX(id), 0) FROM lead").fetchone()
    for upto in (*range(CHUNK, highest, CHUNK), ALL):
        db.execute_sql(f"UPDATE cohort_order SET counted_to = {upto}")


def up(migrator, db) -> None:
    is_sqlite = isinstance(db, pw.SqliteDatabase)
    for statement in TABLES.format(without_rowid=" WITHOUT ROWID" if is_sqlite else "").split(";"):
        db.execute_sql(statement)
    db.execute_sql(f"INSERT INTO cohort_order (campaign_id, counted_to, steps) SELECT id, {ALL}, 0 FROM campaign")
    for trigger in (*triggers(), *(_of_moves_sqlite() if is_sqlite else ())):
        flow_by_lead.of_rows(db, *trigger)
    if not is_sqlite:
        for name, head, body in _of_moves_postgres():
            flow_by_lead.with_function(db, name, head, body)
        for statement in (IN_TURN, flow_by_lead.by_lead.RIGHTS.format(tables="cohort, cohort_order"), STEPS):
            db.execute_sql(statement)
    fill(db)


IN_TURN = (
    "CREATE TRIGGER by_lead_in_turn BEFORE UPDATE ON cohort_order FOR EACH STATEMENT EXECUTE FUNCTION by_lead_in_turn()"
)
STEPS = """DO $rights$ DECLARE g name; BEGIN
    -- On a floor where everybody has an account of their own, who works pushes the steps, and who sets targets begins.
    FOR g IN SELECT r.rolname FROM pg_class c CROSS JOIN aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
        WHERE c.oid = 'journal'::regclass AND a.privilege_type = 'INSERT' AND a.grantee <> c.relowner LOOP
        EXECUTE format('GRANT UPDATE (steps) ON cohort_order TO %%I', g);
    END LOOP;
    FOR g IN SELECT r.rolname FROM pg_class c CROSS JOIN aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
        WHERE c.oid = 'target'::regclass AND a.privilege_type = 'INSERT' AND a.grantee <> c.relowner LOOP
        EXECUTE format('GRANT UPDATE ON cohort_order TO %%I', g);
    END LOOP;
END $rights$"""
