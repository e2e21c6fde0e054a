"""The order of stages by which cohorts are counted: whoever changes it has them counted anew, some at a time.

The counters themselves are kept by the database, and so is each step (see the migration of the cohorts): a step is
taken by adding to `steps`, which anybody may who works here.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from models.base import NEVER, rows_of

AT_ONCE = 0.5
"""Seconds of the command that changes the order; what is left by then is counted by who claims."""


@dataclass(frozen=True, slots=True)
class Order:
    """The stages of a campaign, as far as they say what became of a lead."""

    way: tuple[tuple[int, str], ...]
    """Ids and kinds of those on the way to the sale, in their order."""
    known: frozenset[int]
    """Ids of all, retired ones included."""

    def agrees(self, after: Order) -> bool:
        """Whether what was counted by this order holds by a later one: in a stage that is new nobody has been."""
        return self.way == tuple(stage for stage in after.way if stage[0] in self.known)


def order(campaign_id: int) -> Order:
    """As it is now."""
    rows = rows_of("SELECT id, kind, retired_at FROM stage WHERE campaign_id = ? ORDER BY position, id", (campaign_id,))
    way = tuple((row[0], row[1]) for row in rows if row[2] is None and row[1] in ("open", "won"))
    return Order(way, frozenset(row[0] for row in rows))


def follow(campaign_id: int, before: Order) -> None:
    """Has a campaign's cohorts counted by the order that it has now. In the transaction that changed it.

    Args:
        campaign_id: which campaign.
        before: the order by which they are counted.
    """
    if before.agrees(order(campaign_id)):
        return
    rows_of("UPDATE cohort_order SET counted_to = -1 WHERE campaign_id = ? RETURNING steps", (campaign_id,))
    until = time.monotonic() + AT_ONCE
    while time.monotonic() < until and step():
        pass


def step() -> bool:
    """Goes on counting some leads of a campaign whose order has changed. Inside a command; False where none has."""
    waiting = rows_of("SELECT campaign_id FROM cohort_order WHERE counted_to < ? LIMIT 1", (NEVER,))
    for campaign in waiting:
        rows_of("UPDATE cohort_order SET steps = steps + 1 WHERE campaign_id = ? RETURNING steps", campaign)
    return bool(waiting)


def are_counted(campaign_id: int) -> bool:
    """Whether every lead of a campaign is counted, by the order that it has now."""
    return bool(rows_of("SELECT 1 FROM cohort_order WHERE campaign_id = ? AND counted_to = ?", (campaign_id, NEVER)))


# ── recounted ─────────────────────────────────────────────────────────────────────────────────────────────────────────

WAY = "CASE WHEN s.retired_at IS NULL AND s.kind IN ('open', 'won') THEN s.position ELSE -1 END"
OWN = "FROM stage_move o JOIN stage f ON f.id = o.to_stage_id WHERE o.lead_id = m.lead_id AND o.voided_by IS NULL"
BEFORE, AFTER = (f"(o.at {sign} m.at OR (o.at = m.at AND o.id {sign} m.id))" for sign in "<>")
ARRIVALS = f"""SELECT l.campaign_id, l.id AS lead_id, l.source, l.industry, l.product, m.month,
    COALESCE(m.owner_id, 0) AS owner_id, COALESCE(m.team_id, 0) AS team_id, m.to_stage_id AS stage_id,
    COALESCE((SELECT MAX(o.month) {OWN} AND o.month <= m.month AND o.to_stage_id + 0 = m.to_stage_id AND {BEFORE}), 0)
        AS before_month,
    CASE WHEN EXISTS (SELECT 1 {OWN} AND o.month >= m.month AND {AFTER} AND f.retired_at IS NULL
        AND f.kind IN ('open', 'won') AND f.position > s.position) THEN 1 ELSE 0 END AS reached,
    (SELECT f.kind {OWN} ORDER BY o.month DESC, o.at DESC, o.id DESC LIMIT 1) AS stands
    FROM stage_move m JOIN stage s ON s.id = m.to_stage_id JOIN lead l ON l.id = m.lead_id
    JOIN cohort_order c ON c.campaign_id = l.campaign_id AND c.counted_to >= l.id
    WHERE m.voided_by IS NULL AND s.retired_at IS NULL AND s.kind IN ('open', 'won')"""
KEY = "campaign_id, part, month, value, owner_id, team_id, stage_id, before_month"
SUMS = ("n", "reached", "waiting", "won")
OF_THE_LEAD = ("source", "industry", "product")
PARTS = " UNION ALL ".join(f"SELECT '{name}' AS part" for name in ("", *OF_THE_LEAD))
VALUE = "CASE p.part " + " ".join(f"WHEN '{name}' THEN a.{name}" for name in OF_THE_LEAD) + " ELSE '' END"
FAULTS = f"""SELECT {KEY}, {", ".join(f"SUM({name})" for name in SUMS)} FROM (
    SELECT {KEY}, {", ".join(SUMS)} FROM cohort
    WHERE campaign_id IN (SELECT campaign_id FROM cohort_order WHERE counted_to >= 0)
    UNION ALL SELECT a.campaign_id, p.part, a.month, {VALUE}, CASE p.part WHEN '' THEN a.owner_id ELSE 0 END,
        a.team_id, a.stage_id, a.before_month, -1, -a.reached,
        CASE WHEN a.stands = 'open' AND a.reached = 0 THEN -1 ELSE 0 END, CASE WHEN a.stands = 'won' THEN -1 ELSE 0 END
    FROM ({ARRIVALS}) AS a CROSS JOIN ({PARTS}) AS p WHERE a.before_month < a.month) AS both_ways
    GROUP BY {KEY} HAVING {" OR ".join(f"SUM({name}) <> 0" for name in SUMS)}"""
"""SQL of the counters that are wrong, and by how much; of what is being counted anew, as far as that has gone."""
