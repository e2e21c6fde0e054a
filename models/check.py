"""`callfloor check`: recounts everything that is kept for speed, and names what does not agree.

Every question is one SQL text for both databases that returns the rows at fault: nothing is loaded to be counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from models import queue
from models.base import NEVER, NO_MONTH, month_of, proxy, rows_of, seconds
from models.campaigns import book
from models.connect import is_postgres, snapshot
from models.exchange import intakes
from models.lead import Lead
from models.record import audit
from models.reports import legs
from models.reports.slices import OF_THE_LEAD
from models.search import catalogue
from models.zones import floor_zone

SHOWN = 5
"""Examples given of each fault."""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Something that does not agree."""

    code: str
    """Which question: import (one that stopped halfway), flow, standing, stock, entered, passages, passed, stayed,
    worked (all but standing and passages `_by_lead` too), sales, came, cohorts, counted_later, stage, claims, keys,
    months, sleep, lanes, catalogue, database; of the record: altered, missing, inserted, anchor (a digest that is not
    in it)."""
    count: int
    examples: tuple[str, ...]
    """Keys of rows at fault; ids only, nothing of a customer."""


def _both_ways(kept: str, counted: str) -> str:
    return f"SELECT * FROM ({kept} EXCEPT {counted}) AS a UNION ALL SELECT * FROM ({counted} EXCEPT {kept}) AS b"


OTHER = "FROM stage_move o WHERE o.lead_id = m.lead_id AND o.voided_by IS NULL AND"
LATER = "(o.at > m.at OR (o.at = m.at AND o.id > m.id))"
TOUCHES_IT = "(o.from_stage_id = m.from_stage_id OR o.to_stage_id = m.from_stage_id)"
PASSAGES = f"""SELECT m.id, m.lead_id, m.from_stage_id, m.to_stage_id, m.way, COALESCE(m.team_id, 0),
    COALESCE(m.owner_id, 0), COALESCE(m.amount, 0),
    (SELECT MAX(o.at) {OTHER} o.to_stage_id + 0 = m.from_stage_id AND (o.at < m.at OR (o.at = m.at AND o.id < m.id))),
    m.at, m.month,
    COALESCE((SELECT MIN(o.at) {OTHER} {LATER} AND {TOUCHES_IT}), {NEVER}),
    COALESCE((SELECT MIN(o.month) {OTHER} {LATER} AND {TOUCHES_IT}), {NO_MONTH}),
    COALESCE((SELECT MIN(o.at) {OTHER} {LATER}), {NEVER}),
    COALESCE((SELECT MIN(o.month) {OTHER} {LATER}), {NO_MONTH})
    FROM stage_move m WHERE m.from_stage_id IS NOT NULL AND m.voided_by IS NULL"""
WON = "(SELECT id FROM stage WHERE kind = 'won')"
STAYS_WON = f"(o.to_stage_id + 0 IN {WON} AND (o.from_stage_id IS NULL OR o.from_stage_id + 0 IN {WON}))"
SALES = f"""SELECT m.id, m.lead_id, m.to_stage_id, COALESCE(m.team_id, 0), COALESCE(m.owner_id, 0),
    COALESCE(m.amount, 0), (m.at - (SELECT MIN(o.at) {OTHER} o.at <= m.at)) / 86400, m.at,
    COALESCE((SELECT MIN(o.at) {OTHER} {LATER}), {NEVER}),
    COALESCE((SELECT MIN(o.at) {OTHER} {LATER} AND NOT {STAYS_WON}), {NEVER})
    FROM stage_move m JOIN stage was ON was.id = m.from_stage_id AND was.kind <> 'won'
    WHERE m.to_stage_id IN {WON} AND m.voided_by IS NULL"""
WHAT_LEADS_ARE = "(SELECT id, '' AS part, '' AS value FROM lead" + "".join(
    f" UNION ALL SELECT id, '{by.value}', {by.value} FROM lead" for by in OF_THE_LEAD
) + ")"  # fmt: skip
BY_STAGE = "FROM stage_move o JOIN stage f ON f.id = o.to_stage_id WHERE o.lead_id = m.lead_id AND o.voided_by IS NULL"
ON_THE_WAY = "{0}.retired_at IS NULL AND {0}.kind IN ('open', 'won')"
ARRIVALS = f"""SELECT m.lead_id, m.month, COALESCE(m.owner_id, 0) AS owner_id, COALESCE(m.team_id, 0) AS team_id,
    m.to_stage_id AS stage_id, s.campaign_id,
    COALESCE((SELECT MAX(o.month) {OTHER} o.to_stage_id + 0 = m.to_stage_id
        AND (o.at < m.at OR (o.at = m.at AND o.id < m.id))), 0) AS before_month,
    CASE WHEN EXISTS (SELECT 1 {BY_STAGE} AND {LATER} AND {ON_THE_WAY.format("f")} AND f.position > s.position)
        THEN 1 ELSE 0 END AS reached,
    (SELECT f.kind {BY_STAGE} ORDER BY o.at DESC, o.id DESC LIMIT 1) AS stands
    FROM stage_move m JOIN stage s ON s.id = m.to_stage_id
    JOIN cohort_order c ON c.campaign_id = s.campaign_id AND c.counted_to >= m.lead_id
    WHERE m.voided_by IS NULL AND {ON_THE_WAY.format("s")}"""
COHORTS = f"""SELECT a.campaign_id, l.part, a.month, l.value, CASE l.part WHEN '' THEN a.owner_id ELSE 0 END,
    a.team_id, a.stage_id, a.before_month, COUNT(*), SUM(a.reached),
    SUM(CASE WHEN a.stands = 'open' THEN 1 - a.reached ELSE 0 END), SUM(CASE WHEN a.stands = 'won' THEN 1 ELSE 0 END)
    FROM ({ARRIVALS}) AS a JOIN {WHAT_LEADS_ARE} AS l ON l.id = a.lead_id WHERE a.before_month < a.month
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"""
QUESTIONS: tuple[tuple[str, str], ...] = (
    (
        "flow",
        _both_ways(
            "SELECT width, span, stage_id, team_id, owner_id, line, is_voided, n, amount FROM flow "
            "WHERE n <> 0 OR amount <> 0",
            legs.recounted(),
        ),
    ),
    (
        # All that ever came and went is what stands there.
        "standing",
        _both_ways(
            "SELECT stage_id, team_id, owner_id, n, amount FROM stock WHERE n <> 0 OR amount <> 0",
            f"SELECT stage_id, team_id, owner_id, SUM({legs.NET_COUNT}), SUM({legs.NET_AMOUNT}) FROM flow "
            f"WHERE width = 1 AND is_voided = 0 GROUP BY 1, 2, 3 "
            f"HAVING SUM({legs.NET_COUNT}) <> 0 OR SUM({legs.NET_AMOUNT}) <> 0",
        ),
    ),
    (
        "stock",
        _both_ways(
            "SELECT stage_id, team_id, owner_id, n, amount FROM stock WHERE n <> 0 OR amount <> 0",
            "SELECT stage_id, COALESCE(team_id, 0), COALESCE(owner_id, 0), COUNT(*), SUM(COALESCE(amount, 0)) "
            "FROM lead WHERE voided_at IS NULL GROUP BY 1, 2, 3",
        ),
    ),
    (
        "entered",
        _both_ways(
            "SELECT month, stage_id, team_id, owner_id, n FROM entered WHERE n <> 0",
            "SELECT month, to_stage_id, COALESCE(team_id, 0), COALESCE(owner_id, 0), COUNT(*) FROM stage_move "
            "WHERE voided_by IS NULL GROUP BY 1, 2, 3, 4",
        ),
    ),
    ("passages", _both_ways("SELECT * FROM passage", PASSAGES)),
    (
        "passed",
        _both_ways(
            "SELECT month, owner_id, team_id, stage_id, to_stage_id, way, back_month, next_month, n, amount "
            "FROM passed WHERE n <> 0 OR amount <> 0",
            "SELECT month, owner_id, team_id, stage_id, to_stage_id, way, back_month, next_month, COUNT(*), "
            "SUM(amount) FROM passage GROUP BY 1, 2, 3, 4, 5, 6, 7, 8",
        ),
    ),
    (
        "stayed",
        _both_ways(
            "SELECT month, owner_id, team_id, stage_id, back_month, days, n FROM stayed WHERE n <> 0",
            "SELECT month, owner_id, team_id, stage_id, back_month, (at - since) / 86400, COUNT(*) FROM passage "
            "WHERE since IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6",
        ),
    ),
    ("sales", _both_ways("SELECT * FROM sale", SALES)),
    (
        "stock_by_lead",
        _both_ways(
            "SELECT stage_id, team_id, source, industry, product, n, amount FROM stock_by_lead "
            "WHERE n <> 0 OR amount <> 0",
            "SELECT stage_id, COALESCE(team_id, 0), source, industry, product, COUNT(*), SUM(COALESCE(amount, 0)) "
            "FROM lead WHERE voided_at IS NULL GROUP BY 1, 2, 3, 4, 5",
        ),
    ),
    (
        "entered_by_lead",
        _both_ways(
            "SELECT month, stage_id, team_id, source, industry, product, n FROM entered_by_lead WHERE n <> 0",
            "SELECT m.month, m.to_stage_id, COALESCE(m.team_id, 0), l.source, l.industry, l.product, COUNT(*) "
            "FROM stage_move m JOIN lead l ON l.id = m.lead_id WHERE m.voided_by IS NULL GROUP BY 1, 2, 3, 4, 5, 6",
        ),
    ),
    (
        "passed_by_lead",
        _both_ways(
            "SELECT part, month, value, team_id, stage_id, to_stage_id, way, back_month, next_month, n, amount "
            "FROM passed_by_lead WHERE n <> 0 OR amount <> 0",
            "SELECT l.part, p.month, l.value, p.team_id, p.stage_id, p.to_stage_id, p.way, p.back_month, p.next_month, "
            f"COUNT(*), SUM(p.amount) FROM passage p JOIN {WHAT_LEADS_ARE} l ON l.id = p.lead_id "
            "GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9",
        ),
    ),
    (
        "stayed_by_lead",
        _both_ways(
            "SELECT part, month, value, team_id, stage_id, back_month, days, n FROM stayed_by_lead WHERE n <> 0",
            "SELECT l.part, p.month, l.value, p.team_id, p.stage_id, p.back_month, (p.at - p.since) / 86400, COUNT(*) "
            f"FROM passage p JOIN {WHAT_LEADS_ARE} l ON l.id = p.lead_id WHERE p.since IS NOT NULL "
            "GROUP BY 1, 2, 3, 4, 5, 6, 7",
        ),
    ),
    (
        # Of what is being counted anew, as far as that has gone.
        "cohorts",
        _both_ways(
            "SELECT campaign_id, part, month, value, owner_id, team_id, stage_id, before_month, n, reached, waiting, "
            "won FROM cohort WHERE (n <> 0 OR reached <> 0 OR waiting <> 0 OR won <> 0) "
            "AND campaign_id IN (SELECT campaign_id FROM cohort_order WHERE counted_to >= 0)",
            COHORTS,
        ),
    ),
    (
        "flow_by_lead",
        _both_ways(
            "SELECT part, value, day, team_id, stage_id, line, is_voided, n, amount FROM flow_by_lead "
            "WHERE n <> 0 OR amount <> 0",
            "SELECT l.part, l.value, r.at / 86400, r.team_id, r.stage_id, r.line, r.is_voided, COUNT(*), "
            f"SUM(r.amount) FROM ({legs.all_legs()}) AS r JOIN {WHAT_LEADS_ARE} l ON l.id = r.lead_id "
            "WHERE l.part <> '' GROUP BY 1, 2, 3, 4, 5, 6, 7",
        ),
    ),
    (
        "worked_by_lead",
        _both_ways(
            "SELECT part, value, day, stage_id, kind, n, talks, talk_seconds FROM worked_by_lead "
            "WHERE n <> 0 OR talk_seconds <> 0",
            "SELECT l.part, l.value, t.at / 86400, t.stage_id, t.kind, COUNT(*), SUM(t.is_talk), "
            f"SUM(t.is_talk * COALESCE(t.seconds, 0)) FROM touch t JOIN {WHAT_LEADS_ARE} l ON l.id = t.lead_id "
            "WHERE t.voided_by IS NULL AND l.part <> '' GROUP BY 1, 2, 3, 4, 5",
        ),
    ),
    (
        "came",
        _both_ways(
            "SELECT month, source, team_id, stage_id, stands_in, n FROM came WHERE n <> 0",
            "SELECT m.month, l.source, COALESCE(m.team_id, 0), m.to_stage_id, l.stage_id, COUNT(*) FROM stage_move m "
            "JOIN lead l ON l.id = m.lead_id WHERE m.from_stage_id IS NULL AND m.voided_by IS NULL "
            "GROUP BY 1, 2, 3, 4, 5",
        ),
    ),
    (
        # Within the transaction that counts them alone.
        "counted_later",
        "SELECT after, upto FROM counted_later",
    ),
    (
        "worked",
        _both_ways(
            "SELECT day, agent_id, stage_id, kind, n, talks, talk_seconds FROM worked "
            "WHERE n <> 0 OR talk_seconds <> 0",
            "SELECT at / 86400, COALESCE(agent_id, 0), stage_id, kind, COUNT(*), SUM(is_talk), "
            "SUM(is_talk * COALESCE(seconds, 0)) FROM touch WHERE voided_by IS NULL GROUP BY 1, 2, 3, 4",
        ),
    ),
    (
        # Where a lead stands is where its last move went.
        "stage",
        "SELECT l.id FROM lead l WHERE l.voided_at IS NULL AND l.stage_id IS DISTINCT FROM (SELECT m.to_stage_id "
        "FROM stage_move m WHERE m.lead_id = l.id AND m.voided_by IS NULL ORDER BY m.at DESC, m.id DESC LIMIT 1)",
    ),
    (
        # A claim has a holder, a token and an end, or none of them; an agent holds one lead.
        "claims",
        "SELECT id FROM lead WHERE (holder_id IS NULL) <> (token IS NULL) "
        "OR (holder_id IS NULL) <> (held_since IS NULL) OR (holder_id IS NOT NULL AND wake_at IS NULL) "
        "UNION ALL SELECT -holder_id FROM lead WHERE holder_id IS NOT NULL AND wake_at > {now} GROUP BY holder_id "
        "HAVING COUNT(*) > 1",
    ),
    (
        # Nobody waits for ever: an open lead that is not barred sleeps until a moment, or is ready. A closed one rests,
        # but for a promise or a moment that somebody chose.
        "sleep",
        "SELECT l.id FROM lead l JOIN stage s ON s.id = l.stage_id WHERE l.voided_at IS NULL AND l.barred = 0 "
        "AND ((s.kind = 'open' AND l.wake_at >= {never}) "
        "OR (s.kind IN ('lost', 'invalid') AND l.holder_id IS NULL AND l.due_at IS NULL "
        "AND (l.wake_at IS NULL OR l.wake_at < {never}) AND NOT EXISTS "
        "(SELECT 1 FROM journal j WHERE j.lead_id = l.id AND j.at >= l.stage_since AND (j.verb = 'sleep' "
        "OR (j.verb = 'log' AND REPLACE(j.detail, '\"sleep_until\":', '') <> j.detail)))))",
    ),
    (
        "lanes",
        "SELECT l.id FROM lead l WHERE l.voided_at IS NULL AND l.lane <> CASE WHEN l.due_at IS NULL "
        "THEN COALESCE(l.owner_id, -COALESCE(l.team_id, 0)) ELSE COALESCE(l.due_agent_id, -COALESCE(l.team_id, 0)) END",
    ),
    (
        "suppressed",
        "SELECT l.id FROM lead l WHERE l.voided_at IS NULL AND l.barred <> CASE WHEN EXISTS "
        "(SELECT 1 FROM phone p WHERE p.lead_id = l.id AND p.voided_at IS NULL) "
        "AND NOT EXISTS (SELECT 1 FROM phone p WHERE p.lead_id = l.id "
        "AND p.voided_at IS NULL AND p.number NOT IN (SELECT number FROM suppression)) THEN 1 ELSE 0 END "
        # Who said 'never' and has no number at all stays barred.
        "AND (l.barred = 0 OR EXISTS (SELECT 1 FROM phone p WHERE p.lead_id = l.id AND p.voided_at IS NULL))",
    ),
)


def check(now: datetime, expected: str = "") -> tuple[Discrepancy, ...]:
    """Everything that does not agree; nothing when all does. Takes no lock that delays an agent.

    Args:
        now: this moment.
        expected: a digest of the record that was noted after an anchor.
    """
    if not is_postgres():
        proxy.execute_sql("PRAGMA temp_store = file")  # what is sorted may be larger than the memory
    with snapshot():
        return tuple(_found(now, expected))


def _found(now: datetime, expected: str) -> Iterator[Discrepancy]:
    if halfway := intakes.halfway():
        yield Discrepancy("import", len(halfway), tuple(map(str, halfway)))
    for code, question in QUESTIONS:
        sql = question.replace("{now}", str(seconds(now))).replace("{never}", str(NEVER))
        if not is_postgres():
            sql = sql.replace("IS DISTINCT FROM", "IS NOT")
        if rows := rows_of(sql):
            yield _told(code, rows)
    if faults := catalogue.faults():
        yield _told("catalogue", faults)
    yield from _wrong_months()
    yield from _wrong_keys(now)
    for code, (count, examples) in audit.Audit().run(expected).items():
        yield Discrepancy(code, count, examples[:SHOWN])
    if not is_postgres() and (rows := [row for row in rows_of("PRAGMA integrity_check") if row[0] != "ok"]):
        yield _told("database", rows)


def _told(code: str, rows: list[tuple[object, ...]]) -> Discrepancy:
    return Discrepancy(code, len(rows), tuple(" ".join(map(str, row)) for row in rows[:SHOWN]))


def _wrong_months() -> Iterator[Discrepancy]:
    """A move's month is its day's on the floor's clock: looked at by the days on which months turn."""
    zone = floor_zone()
    wrong: list[tuple[object, ...]] = []
    for month, first, last in rows_of("SELECT month, MIN(at), MAX(at) FROM stage_move GROUP BY month"):
        for stamp in (first, last):
            if month_of(datetime.fromtimestamp(stamp, zone).date()) != month:
                wrong.append((month, stamp))
    if wrong:
        yield _told("months", wrong)


def _wrong_keys(now: datetime) -> Iterator[Discrepancy]:
    """Every queue key is what the heart says it is, but for those whose time has just come and waits for the sweep."""
    wrong: list[tuple[object, ...]] = []
    books = {row[0]: book(row[0]) for row in rows_of("SELECT id FROM campaign")}
    for lead in Lead.select().where(Lead.voided_at.is_null()).iterator():
        key = lead.key
        if lead.rekey_at is None or lead.rekey_at > seconds(now):
            lane = lead.lane
            queue.put_in_place(lead, books[lead.campaign_id], now)
            if lead.key != key:
                wrong.append((lead.id, lane))
    if wrong:
        yield _told("keys", wrong)
