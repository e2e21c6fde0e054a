"""The tracking sheet 销售漏斗跟踪模板: every open lead with its first and last follow-up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

import funnel
from models.base import moment, moment_or_none, money, rows_among, rows_of
from models.campaigns import Book
from models.reports.sheets.paging import NOBODY, Asked, numbers, pages, people
from models.reports.slices import Slice
from models.views import lead_code
from models.watching import masks
from models.watching.masks import Mask

COLUMNS = (
    "l.code, l.company, l.industry, l.product, l.source, l.stage_id, l.need, l.expected_on, l.amount, l.owner_id, "
    "l.stage_since, l.entered_at, l.obtained_at"
)


class Tracked(Struct, frozen=True):
    """One lead of the sheet."""

    lead_id: int
    code: str
    company: str
    person: str
    source: str
    stage: str
    first_at: datetime | None
    """The first follow-up; of a lead that a list brought with its past, when that says that the lead was obtained."""
    last_at: datetime | None
    kind: funnel.TouchKind | None
    """Of the last follow-up."""
    outcome: str
    note: str
    feedback: str
    need: str
    expected_on: date | None
    amount: Decimal | None
    owner: str
    days: int
    """Whole days in the stage."""
    numbers: tuple[str, ...]
    """Of the lead, the first to dial first."""
    email: str
    title: str
    industry: str
    product: str


def tracked(
    campaign: Book, chosen: Slice, now: datetime, *, with_numbers: bool = False, mask: Mask = Mask.FULL
) -> Iterator[Tracked]:
    """The open leads of a slice, nearest to the sale first; read in pages, inside one snapshot.

    Args:
        campaign: whose leads.
        chosen: narrowed to what the viewer may read.
        now: this moment.
        with_numbers: reads the telephone numbers too.
        mask: of numbers, and of numbers in texts.
    """
    names: dict[int | None, str] = dict(rows_of("SELECT id, name FROM agent"))
    for page in pages(COLUMNS, campaign, chosen):
        ids = [row[0] for row in page]
        known = _Around(people(ids), _first(ids), _last(ids))
        dialled = numbers(ids) if with_numbers else {}
        for row in page:
            found = masks.texts(_tracked(row, known, campaign, names, now), mask)
            own = dialled.get(found.lead_id, ())
            yield replace(found, numbers=tuple(masks.number(number, mask) for number in own)) if own else found


Contacted = tuple[int, str, str, str, str]
"""When, kind, outcome, note, feedback."""


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands beside the leads of a page, by their ids."""

    people: Mapping[int, Asked]
    first: Mapping[int, tuple[int, bool]]
    """When they were touched first, and whether a list brought that."""
    last: Mapping[int, Contacted]


def _first(ids: Sequence[int]) -> dict[int, tuple[int, bool]]:
    rows = rows_among(
        ids,
        "SELECT lead_id, MIN(at), MIN(CASE WHEN intake_id IS NULL THEN at END) FROM touch "
        "WHERE lead_id IN ({numbers}) AND voided_by IS NULL GROUP BY lead_id",
    )
    return {lead: (at, own is None or own > at) for lead, at, own in rows}


def _last(ids: Sequence[int]) -> dict[int, Contacted]:
    rows = rows_among(
        ids,
        "SELECT t.lead_id, t.at, t.kind, t.outcome, t.note, t.feedback FROM touch t WHERE t.lead_id IN ({numbers}) "
        "AND t.voided_by IS NULL AND NOT EXISTS (SELECT 1 FROM touch o WHERE o.lead_id = t.lead_id "
        "AND o.voided_by IS NULL AND (o.at > t.at OR (o.at = t.at AND o.id > t.id)))",
    )
    return {lead: (at, kind, outcome, note, feedback) for lead, at, kind, outcome, note, feedback in rows}


def _tracked(
    row: tuple[Any, ...], known: _Around, campaign: Book, names: Mapping[int | None, str], now: datetime
) -> Tracked:
    lead_id, code, company, industry, product, source, stage, need, expected, *rest = row
    amount, owner, since, entered, obtained = rest
    person, email, title = known.people.get(lead_id, NOBODY)
    first, is_brought = known.first.get(lead_id, (None, False))
    if first is not None and is_brought:
        first = min(first, max(entered, obtained))
    last = known.last.get(lead_id)
    return Tracked(
        lead_id=lead_id,
        code=lead_code(lead_id, code, entered),
        company=company,
        person=person,
        source=source,
        stage=campaign.stage_codes[stage],
        first_at=moment_or_none(first),
        last_at=moment_or_none(last[0]) if last else None,
        kind=funnel.TouchKind(last[1]) if last else None,
        outcome=last[2] if last else "",
        note=last[3] if last else "",
        feedback=last[4] if last else "",
        need=need,
        expected_on=date.fromisoformat(expected) if expected else None,
        amount=money(amount),
        owner=names.get(owner, ""),
        days=max(0, (now - moment(since)).days),
        numbers=(),
        email=email,
        title=title,
        industry=industry,
        product=product,
    )
