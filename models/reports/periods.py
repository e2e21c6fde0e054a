"""Periods of a report on the floor's clock: a day, a week from Monday, a month, a quarter, a year, or any days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from models.base import moment, month_of, month_starts, rows_of, seconds
from models.errors import Refused
from models.zones import floor_zone


class PeriodKind(StrEnum):
    """How a period is named, and what comes before and after it."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    CUSTOM = "custom"


MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}
DAYS = {PeriodKind.DAY: 1, PeriodKind.WEEK: 7}
FIRST, LAST = date(1900, 1, 1), date(3000, 1, 1)
"""Nothing on a floor is older or younger."""


@dataclass(frozen=True, slots=True)
class Period:
    """[since, until), both on the floor's clock."""

    since: datetime
    until: datetime
    kind: PeriodKind

    @property
    def span(self) -> tuple[int, int]:
        """Since and until as UTC seconds."""
        return seconds(self.since), seconds(self.until)

    @property
    def days(self) -> tuple[date, date]:
        """The first day, and the day after the last one that it touches."""
        last = self.until.date()
        return self.since.date(), last if self.until.time() == time() else last + timedelta(days=1)

    @property
    def months(self) -> range:
        """The counted months (`base.month_of`) that it is made of; empty where it begins or ends inside of one."""
        ends = (self.since, self.until)
        if any(at.day != 1 or at.time() != time() for at in ends):
            return range(0)
        return range(*(month_of(at.date()) for at in ends))

    def before(self) -> Period:
        """The period of the same kind that ends where this one begins; as long, where somebody chose its days."""
        return self._beside(-1)

    def after(self) -> Period:
        """The period of the same kind that begins where this one ends."""
        return self._beside(1)

    def all_before(self) -> Period:
        """All that was before it."""
        return Period(midnight(FIRST, self.since.tzinfo), self.since, PeriodKind.CUSTOM)

    def all_after(self) -> Period:
        """All that comes after it."""
        return Period(self.until, midnight(LAST, self.until.tzinfo), PeriodKind.CUSTOM)

    def _beside(self, step: int) -> Period:
        zone, months = self.since.tzinfo, self.months
        if self.kind is not PeriodKind.CUSTOM:
            return of_day(self.kind, self.until.date() if step > 0 else self.since.date() - timedelta(days=1), zone)
        if months:
            begins, ends = (month + step * len(months) for month in (months.start, months.stop))
            return Period(midnight(month_starts(begins), zone), midnight(month_starts(ends), zone), self.kind)
        # By the wall's clock, since a day of 23 or 25 hours is a day.
        length = (self.until - self.since) * step
        return Period(self.since + length, self.until + length, self.kind)


def period(kind: PeriodKind, now: datetime) -> Period:
    """The period of a kind in which a moment lies.

    Args:
        kind: any but `custom`, which is `between` two days.
        now: the moment.
    """
    zone = floor_zone()
    return of_day(kind, now.astimezone(zone).date(), zone)


def of_day(kind: PeriodKind, day: date, zone: tzinfo | None) -> Period:
    """The period of a kind in which a day of a clock lies."""
    if kind in DAYS:
        first = day - timedelta(days=day.weekday() if kind is PeriodKind.WEEK else 0)
        last = first + timedelta(days=DAYS[kind])
    elif kind in MONTHS:
        month = month_of(day)
        month -= month % MONTHS[kind]
        first, last = month_starts(month), month_starts(month + MONTHS[kind])
    else:
        raise ValueError(f"no day has a period of the kind {kind.value}")
    return Period(midnight(first, zone), midnight(last, zone), kind)


def between(first: date, last: date, zone: tzinfo | None = None) -> Period:
    """The days [first, last) of the floor's clock; which one that is, who knows it may say.

    Raises:
        Refused: `period_empty`.
    """
    if first >= last:
        raise Refused("period_empty")
    zone = zone or floor_zone()
    return Period(midnight(first, zone), midnight(last, zone), PeriodKind.CUSTOM)


def on_the_floor(since: datetime, until: datetime) -> Period:
    """Any two moments, on the floor's clock."""
    zone = floor_zone()
    return Period(since.astimezone(zone), until.astimezone(zone), PeriodKind.CUSTOM)


def everything() -> Period:
    """All that ever was and will be."""
    return between(FIRST, LAST)


def on_record(now: datetime) -> Period:
    """The whole months from the first record to this moment's: all that ever was, in as many months as there are."""
    zone = floor_zone()
    present = of_day(PeriodKind.MONTH, now.astimezone(zone).date(), zone)
    firsts = rows_of("SELECT MIN(at) FROM stage_move UNION ALL SELECT MIN(at) FROM touch")
    days = [moment(at).astimezone(zone).date() for (at,) in firsts if at is not None]
    since = of_day(PeriodKind.MONTH, min(days), zone).since if days else present.since
    return Period(min(since, present.since), present.until, PeriodKind.CUSTOM)


def midnight(day: date, zone: tzinfo | None) -> datetime:
    """The moment at which a day begins on a clock."""
    return datetime.combine(day, time(), zone)
