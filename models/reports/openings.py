"""What is behind a number: the leads, or the events, that make it up, page by page.

Rows follow the definition of the number, so that they are as many as it says. A lead that the viewer may not see,
because it went to another team since, has its row without its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import islice

from models import sight
from models.base import moment, money, rows_of
from models.campaigns import Book, book
from models.connect import snapshot
from models.errors import Refused
from models.lead import Lead
from models.people import Agent
from models.reports.behind import Found, Key, found
from models.reports.cells import Cell, Number
from models.reports.slices import narrowed
from models.views import lead_code

__all__ = ["Cell", "Key", "Number", "Page", "Row", "rows"]


@dataclass(frozen=True, slots=True)
class Row:
    """A lead that stands behind a number, or something that happened to one."""

    lead_id: int | None
    """None where the viewer may not see the lead; then code and company are empty."""
    code: str
    company: str
    owner: str
    """Whose it is, of an event whose it was then; empty for nobody."""
    origin: str
    """Of a move the stage that it left; else empty."""
    stage: str
    """Where it went, or stands."""
    at: datetime
    """When that was, or since when it stands there."""
    amount: Decimal | None
    """Its part of the number's money."""
    count: int = 1
    """Its part of the number: nothing of an edited amount, -1 where it makes the number smaller."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, in a steady order."""

    rows: tuple[Row, ...]
    after: Key | None
    """Where the next page begins; None after the last."""


def rows(viewer_id: int, cell: Cell, *, after: Key | None = None, limit: int = 100) -> Page:
    """What is behind a number.

    Args:
        viewer_id: who asks; the number's selection is narrowed to what this person may see, as the number's own was.
        cell: the number.
        after: where the page before ended.
        limit: rows of a page.

    Raises:
        Refused: as for `slices.narrowed`; `not_found` for a stage that the campaign never had.
    """
    with snapshot():
        cell = replace(cell, chosen=narrowed(viewer_id, cell.chosen))
        campaign = book(cell.chosen.campaign_id)
        if cell.stage and cell.stage not in campaign.stage_codes.values():
            raise Refused("not_found")
        some = list(islice(found(campaign, cell, after, limit + 1), limit + 1))
        told = tuple(_told(viewer_id, campaign, some[:limit]))
    return Page(told, some[limit - 1].key if len(some) > limit else None)


def _told(viewer_id: int, campaign: Book, some: Sequence[Found]) -> Iterator[Row]:
    """Rows as this person may see them."""
    viewer = Agent.get_by_id(viewer_id)
    columns = Lead.id, Lead.code, Lead.company, Lead.entered_at
    seen = {
        lead.id: lead
        for lead in Lead.select(*columns).where(Lead.id.in_({one.lead for one in some}), sight.seen_by(viewer))
    }
    names = dict(rows_of("SELECT id, name FROM agent"))
    for one in some:
        lead = seen.get(one.lead)
        yield Row(
            lead.id if lead else None,
            lead_code(lead.id, lead.code, lead.entered_at) if lead else "",
            lead.company if lead else "",
            names.get(one.owner, ""),
            campaign.stage_codes.get(one.origin, "") if one.origin is not None else "",
            campaign.stage_codes[one.stage],
            moment(one.at),
            money(one.amount),
            one.count,
        )
