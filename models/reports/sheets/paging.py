"""Leads a page at a time, stage by stage, however many there are; and whom to ask for at those of a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.base import rows_among, rows_of
from models.campaigns import Book
from models.reports.slices import Slice, of_leads
from models.watching.cards import Selection
from models.watching.portfolio import open_stages

PAGE = 1_000


def pages(
    columns: str, campaign: Book, chosen: Slice, stages: Sequence[int] = (), more: str = ""
) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of leads, stage by stage, in each in the order in which they came.

    Args:
        columns: of `lead l`, SQL; the id comes before them.
        campaign: whose leads.
        chosen: a slice that was narrowed to what the viewer may read.
        stages: ids, in the order wanted; else the open ones, nearest to the sale first.
        more: a further condition on `l`, SQL without places.
    """
    where, args = of_leads(chosen)
    for stage in stages or open_stages(Selection(campaign_id=campaign.campaign_id)):
        last = 0
        while True:
            # Added to nothing, so that the stage's index is no temptation: by id the rows come sorted already.
            rows = rows_of(
                f"SELECT l.id, {columns} FROM lead l WHERE {where} AND l.stage_id + 0 = ? AND l.id > ?{more} "
                f"ORDER BY l.id LIMIT {PAGE}",
                (*args, stage, last),
            )
            if rows:
                yield rows
            if len(rows) < PAGE:
                break
            last = rows[-1][0]


def holes(ids: Sequence[object]) -> str:
    """Places for so many values."""
    return ", ".join("?" * len(ids)) or "NULL"


Asked = tuple[str, str, str]
"""Name, e-mail and title of whom to ask for."""
NOBODY: Asked = ("", "", "")


def people(ids: Sequence[int]) -> dict[int, Asked]:
    """The first contact of each of these leads."""
    rows = rows_among(
        ids,
        "SELECT lead_id, name, email, title FROM contact WHERE lead_id IN ({numbers}) AND voided_at IS NULL "
        "ORDER BY id DESC",
    )
    return {lead: (name, email, title) for lead, name, email, title in rows}


def numbers(ids: Sequence[int]) -> Mapping[int, Sequence[int]]:
    """The numbers of each of these leads, the first to dial first."""
    found: dict[int, list[int]] = defaultdict(list)
    for lead, number in rows_among(
        ids, "SELECT lead_id, number FROM phone WHERE lead_id IN ({numbers}) AND voided_at IS NULL ORDER BY id"
    ):
        found[lead].append(number)
    return found
