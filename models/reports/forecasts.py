"""The forecast: open leads by the month in which they are expected, weighted by the playbook and by what was measured;
and which of them will be won, which are in danger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import funnel
from models.base import moment, moment_or_none, money, month_of, rows_of
from models.campaigns import Book, book
from models.connect import snapshot
from models.reports import passages, rates
from models.reports.funnels import names_of
from models.reports.passages import Key
from models.reports.periods import Period
from models.reports.slices import By, Slice, narrowed, of_leads
from models.views import lead_code
from models.zones import floor_zone

YEAR = 12
LOOKED_THROUGH = 2_000
"""Leads due in a period that are looked at one by one, those with most money first."""
CHUNK = 500

Stock = Mapping[str, funnel.Tally]
"""Leads by the code of their stage."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the open leads of a selection are worth, by the month in which they are expected; its parts make it up."""

    key: Key
    """Of the part, as in `funnels`; 0 for the whole."""
    name: str
    month: int
    """The present one, counted (`base.month_of`); `months` begins with it."""
    past: funnel.Outlook
    """Expected in months that are over."""
    months: tuple[funnel.Outlook, ...]
    """Twelve of them."""
    later: funnel.Outlook
    undated: funnel.Outlook
    """Of which nobody said when."""

    @property
    def whole(self) -> funnel.Outlook:
        """All that is open."""
        return sum((self.past, *self.months, self.later, self.undated), funnel.Outlook())

    def ahead(self, months: int) -> funnel.Outlook:
        """The next months together, the present one first: 6 or 12 for instance."""
        return sum(self.months[:months], funnel.Outlook())

    @property
    def quarters(self) -> tuple[tuple[int, funnel.Outlook], ...]:
        """Calendar quarters by their first month; the first and the last one as far as the twelve months go."""
        found: dict[int, funnel.Outlook] = defaultdict(funnel.Outlook)
        for ahead, own in enumerate(self.months):
            month = self.month + ahead
            found[month - month % 3] += own
        return tuple(found.items())


@dataclass(frozen=True, slots=True)
class Forecasts:
    """The forecast of a selection, whole and in parts, and the rates that it was measured with."""

    chosen: Slice
    """As far as the viewer may see it."""
    by: By
    steps: tuple[funnel.Step, ...]
    """Of the whole; its parts are weighted with the same, so that they make it up."""
    whole: Forecast
    parts: tuple[Forecast, ...]
    """By name, what is of none last."""


def forecasts(viewer_id: int, chosen: Slice, now: datetime, by: By = By.NOTHING) -> Forecasts:
    """The weighted forecast 加权预测 by month, with commit and best case; sold, lost and invalid leads are in none.

    Args:
        viewer_id: who asks.
        chosen: narrowed to what this person may see.
        now: this moment; its month on the floor's clock is the first.
        by: what it is split by, any but months.

    Raises:
        Refused: `not_found`.
    """
    with snapshot():
        chosen = narrowed(viewer_id, chosen)
        campaign, steps = book(chosen.campaign_id), rates.steps(chosen, now)
        dated, standing, names = _dated(chosen, by), passages.stock(chosen, by), names_of(by)
    chances, month = funnel.chances(steps), month_of(now.astimezone(floor_zone()).date())
    stock: dict[Key, dict[int | None, dict[str, funnel.Tally]]] = defaultdict(lambda: defaultdict(dict))
    for key, stage, at, tally in dated:
        stock[key][at][campaign.stage_codes[stage]] = tally
    for key, stage, tally in standing:
        code = campaign.stage_codes[stage]
        if campaign.kind(stage) is funnel.Kind.OPEN:
            known = sum((own.get(code, funnel.Tally()) for own in stock[key].values()), funnel.Tally())
            rest = funnel.Tally(tally.count - known.count, tally.amount - known.amount)
            stock[key][None] = {**stock[key][None], code: rest}

    def forecast(key: Key, name: str, of: Iterable[Key]) -> Forecast:
        looks: dict[int | None, funnel.Outlook] = defaultdict(funnel.Outlook)
        for part in of:
            for at, own in stock[part].items():
                looks[at] += funnel.outlook(campaign.playbook, own, chances)
        return Forecast(
            key,
            name,
            month,
            sum((own for at, own in looks.items() if at is not None and at < month), funnel.Outlook()),
            tuple(looks[at] for at in range(month, month + YEAR)),
            sum((own for at, own in looks.items() if at is not None and at >= month + YEAR), funnel.Outlook()),
            looks[None],
        )

    keys = list(stock)
    parts = [] if by is By.NOTHING else [forecast(key, names.get(key, str(key or "")), [key]) for key in keys]
    parts.sort(key=lambda part: (not part.key, part.name.casefold(), str(part.key)))
    return Forecasts(chosen, by, steps, forecast(0, "", keys), tuple(parts))


def _dated(chosen: Slice, by: By) -> list[tuple[Key, int, int, funnel.Tally]]:
    """Part, stage and counted month of the open leads of which somebody said when, with how many and how much."""
    key, _ = passages.part_of("l", by)
    where, args = of_leads(chosen)
    stages = _open_stages(book(chosen.campaign_id))
    rows = rows_of(
        f"SELECT {key}, l.stage_id, SUBSTR(l.expected_on, 1, 7), COUNT(*), SUM(COALESCE(l.amount, 0)) FROM lead l "
        f"WHERE {where} AND l.expected_on IS NOT NULL AND l.stage_id IN ({stages}) GROUP BY 1, 2, 3",
        args,
    )
    return [
        (key, stage, month_of(date.fromisoformat(f"{month}-01")), passages.tally(count, amount))
        for key, stage, month, count, amount in rows
    ]


def _open_stages(campaign: Book) -> str:
    return ", ".join(str(campaign.stage_ids[level.code]) for level in funnel.levels(campaign.playbook))


# ── which of them ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ProspectRow:
    """An open lead that is due, and what to expect of it."""

    lead_id: int
    code: str
    company: str
    owner: str
    """Empty in the pool."""
    stage: str
    amount: Decimal | None
    expected_on: date
    hope: funnel.Hope
    dangers: tuple[funnel.Danger, ...]
    """The worst first."""


@dataclass(frozen=True, slots=True)
class Prospects:
    """The open leads that are due in a period, those with most money first, and what they are worth together."""

    period: Period
    outlook: funnel.Outlook
    """Of all that are due; commit, best case and weighted are here."""
    rows: tuple[ProspectRow, ...]
    is_cut: bool
    """More are due than were looked at one by one."""

    def of(self, hope: funnel.Hope) -> tuple[ProspectRow, ...]:
        """Those that will be won, those in danger, the others."""
        return tuple(row for row in self.rows if row.hope is hope)

    def worth(self, hope: funnel.Hope) -> funnel.Tally:
        """How many they are, and how much."""
        rows = self.of(hope)
        return funnel.Tally(len(rows), sum((row.amount or funnel.NOTHING for row in rows), funnel.NOTHING))


def prospects(viewer_id: int, chosen: Slice, period: Period, now: datetime) -> Prospects:
    """Which leads will be won in a period 预计成交, and which are in danger; the rule is `funnel.hope`'s.

    What was expected before the period and is open still is due in it as long as it is not over.

    Raises:
        Refused: `not_found`.
    """
    with snapshot():
        chosen = narrowed(viewer_id, chosen)
        campaign, chances = book(chosen.campaign_id), funnel.chances(rates.steps(chosen, now))
        where, args = _due(chosen, campaign, period, now)
        stock = {
            campaign.stage_codes[stage]: passages.tally(count, amount)
            for stage, count, amount in rows_of(
                f"SELECT l.stage_id, COUNT(*), SUM(COALESCE(l.amount, 0)) FROM lead l WHERE {where} GROUP BY 1", args
            )
        }
        rows = rows_of(
            "SELECT l.id, l.code, l.entered_at, l.company, COALESCE(a.name, ''), l.stage_id, l.amount, l.expected_on, "
            "l.stage_since, l.touched_at, l.due_at FROM lead l LEFT JOIN agent a ON a.id = l.owner_id "
            f"WHERE {where} ORDER BY COALESCE(l.amount, -1) DESC, l.id LIMIT ?",
            (*args, LOOKED_THROUGH + 1),
        )
        back = _moved_back([row[0] for row in rows])
    today = now.astimezone(floor_zone()).date()
    found = [_row(row, campaign, row[0] in back, now, today) for row in rows[:LOOKED_THROUGH]]
    outlook = funnel.outlook(campaign.playbook, stock, chances)
    return Prospects(period, outlook, tuple(found), len(rows) > LOOKED_THROUGH)


def _due(chosen: Slice, campaign: Book, period: Period, now: datetime) -> tuple[str, tuple[object, ...]]:
    where, args = of_leads(chosen)
    stages = _open_stages(campaign)
    first, last = period.days
    since = "" if period.since <= now < period.until else first.isoformat()
    due = f"l.expected_on IS NOT NULL AND l.stage_id IN ({stages}) AND l.expected_on >= ? AND l.expected_on < ?"
    return f"{where} AND {due}", (*args, since, last.isoformat())


def _moved_back(leads: Sequence[int]) -> set[int]:
    """Those whose last move was back."""
    found: dict[int, str] = {}
    for begin in range(0, len(leads), CHUNK):
        own = leads[begin : begin + CHUNK]
        found |= dict(
            rows_of(
                f"SELECT lead_id, way FROM stage_move WHERE lead_id IN ({', '.join('?' * len(own))}) "
                "AND voided_by IS NULL ORDER BY at, id",
                own,
            )
        )
    return {lead for lead, way in found.items() if way == funnel.Way.BACK}


def _row(row: tuple[Any, ...], campaign: Book, is_back: bool, now: datetime, today: date) -> ProspectRow:
    lead, code, entered, company, owner, stage_id, amount, expected, since, touched, due = row
    stage, expected_on = campaign.stage_codes[stage_id], date.fromisoformat(expected)
    prospect = funnel.Prospect(
        stage, moment(since), expected_on, moment_or_none(touched), moment_or_none(due), has_moved_back=is_back
    )
    found = funnel.dangers(campaign.playbook, prospect, now, today)
    hope = funnel.hope(campaign.playbook, stage, found)
    return ProspectRow(
        lead, lead_code(lead, code, entered), company, owner, stage, money(amount), expected_on, hope, found
    )
