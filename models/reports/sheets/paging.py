"""Open leads a page at a time, nearest to the sale first, however many there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from models.base import rows_of
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
