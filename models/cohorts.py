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
