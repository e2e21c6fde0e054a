"""Periods in words, and how one is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from models.reports.periods import Period, PeriodKind
from tui.clocks import MONTHS, full_day, short_date
from tui.i18n import _
from tui.i18n import marked as N_
from tui.lines.frame import Frame

KINDS = {
    PeriodKind.DAY: N_("Day"),
    PeriodKind.WEEK: N_("Week"),
    PeriodKind.MONTH: N_("Month"),
    PeriodKind.QUARTER: N_("Quarter"),
    PeriodKind.YEAR: N_("Year"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A period that somebody wants to see."""

    kind: PeriodKind
    day: date | None = None
    """A day in it; None: today."""
    steps: int = 0
    """So many periods after that one; before it where it is less than nothing."""


def name(period: Period, frame: Frame) -> str:
    """A period as people call it: 'Nov 2026', '2026 Q4', '16 Nov–22 Nov'."""
    first, year = period.since.date(), period.since.year
    match period.kind:
        case PeriodKind.DAY:
            return full_day(first, frame.today)
        case PeriodKind.MONTH:
            return _("{month} {year}").format(month=_(MONTHS[first.month - 1]), year=year)
        case PeriodKind.QUARTER:
            return _("Q{quarter} {year}").format(quarter=(first.month + 2) // 3, year=year)
        case PeriodKind.YEAR:
            return str(year) if first.month == 1 else f"{first}"
    last = period.days[1] - timedelta(days=1)
    return f"{short_date(first, frame.today)}–{short_date(last, frame.today)}"


def brief(period: Period, frame: Frame) -> str:
    """A period under its column: 'Nov', '23', 'Q4'."""
    first = period.since.date()
    match period.kind:
        case PeriodKind.MONTH:
            return _(MONTHS[first.month - 1])
        case PeriodKind.QUARTER:
            return _("Q{quarter} {year}").format(quarter=(first.month + 2) // 3, year=f"{first:%y}")
        case PeriodKind.YEAR:
            return f"{first:%Y}"
    return short_date(first, frame.today)
