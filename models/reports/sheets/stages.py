"""The stage list 漏斗表: every lead of the funnel under its stage, and the customers that were won in a period."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

import funnel
from models.base import moment, money
from models.campaigns import Book
from models.reports.periods import Period
from models.reports.sheets.paging import NOBODY, Asked, numbers, pages, people
from models.reports.slices import Slice
from models.watching import masks
from models.watching.masks import Mask

COLUMNS = "l.stage_id, l.obtained_at, l.company, l.product, l.amount, l.units, l.expected_on, l.profile"
OF_PROFILE = ("address", "business", "systems", "competitor", "obstacle", "plan")


class Listed(Struct, frozen=True):
    """One lead of the list."""

    lead_id: int
    stage: str
    obtained_at: datetime
    company: str
    person: str
    title: str
    number: str
    """The first to dial."""
    product: str
    amount: Decimal | None
    units: int | None
    expected_on: date | None
    address: str
    business: str
    systems: str
    competitor: str
    obstacle: str
    plan: str


def listed(campaign: Book, chosen: Slice, period: Period, *, mask: Mask = Mask.FULL) -> Iterator[Listed]:
    """The leads of a slice from the first stage to the last; from the sale on, who came there in a period.

    Args:
        campaign: whose leads; read in pages, inside one snapshot.
        chosen: narrowed to what the viewer may read.
        period: in which customers were won.
        mask: of numbers, and of numbers in texts.
    """
    playbook = campaign.playbook
    since, until = period.span
    for stage in playbook.stages:
        is_open = playbook.kind(stage.code) is funnel.Kind.OPEN
        more = "" if is_open else f" AND l.stage_since >= {since} AND l.stage_since < {until}"
        for page in pages(COLUMNS, campaign, chosen, [campaign.stage_ids[stage.code]], more):
            ids = [row[0] for row in page]
            asked, dialled = people(ids), numbers(ids)
            for row in page:
                found = masks.texts(_listed(row, stage.code, asked), mask)
                own = dialled.get(found.lead_id, ())
                yield replace(found, number=masks.number(own[0], mask) if own else "")


def _listed(row: tuple[Any, ...], stage: str, asked: Mapping[int, Asked]) -> Listed:
    lead_id, _stage, obtained, company, product, amount, units, expected, profile = row
    person, _email, title = asked.get(lead_id, NOBODY)
    own: dict[str, Any] = json.loads(profile) if profile else {}
    return Listed(
        lead_id=lead_id,
        stage=stage,
        obtained_at=moment(obtained),
        company=company,
        person=person,
        title=title,
        number="",
        product=product,
        amount=money(amount),
        units=units,
        expected_on=date.fromisoformat(expected) if expected else None,
        **{name: str(own.get(name, "")) for name in OF_PROFILE},
    )
