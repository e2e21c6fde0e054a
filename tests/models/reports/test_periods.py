"""Periods on the floor's clock: kinds, neighbours, whole months, days that are longer or shorter."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.base import month_of
from models.errors import Refused
from models.reports.periods import DAYS, MONTHS, Period, PeriodKind, between, everything, of_day, period
from models.zones import floor_day, month_span
from tests.models.reports.second_way import ZONE
from tests.models.store.floors import MadeFloor

NAMED = (*DAYS, *MONTHS)
ZONES = st.sampled_from(["Europe/Berlin", "Asia/Shanghai", "America/Sao_Paulo", "Asia/Beirut", "Pacific/Apia"])
EACH_DAY = st.dates(date(2001, 1, 1), date(2030, 12, 31))


@given(st.sampled_from(NAMED), EACH_DAY, ZONES)
def test_a_moment_lies_in_one_period_of_a_kind_and_its_neighbours_touch_it(
    kind: PeriodKind, day: date, name: str
) -> None:
    """No moment is lost between two periods or in both, whatever the clock does at midnight."""
    zone = ZoneInfo(name)
    own = of_day(kind, day, zone)
    assert own.before().span[1] == own.span[0]
    assert own.after().span[0] == own.span[1]
    assert own.before().after() == own.after().before() == own
    assert own.days[0] <= day < own.days[1]
    assert all(of_day(kind, inside, zone) == own for inside in (own.days[0], own.days[1] - timedelta(days=1)))


def test_of_now(made: MadeFloor) -> None:
    """In the floor's zone the day begins before London's, and a week on Monday."""
    now = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)  # 0:30 on 1 April in Berlin
    days = {kind: tuple(map(str, period(kind, now).days)) for kind in NAMED}
    assert days == {
        PeriodKind.DAY: ("2026-04-01", "2026-04-02"),
        PeriodKind.WEEK: ("2026-03-30", "2026-04-06"),
        PeriodKind.MONTH: ("2026-04-01", "2026-05-01"),
        PeriodKind.QUARTER: ("2026-04-01", "2026-07-01"),
        PeriodKind.YEAR: ("2026-01-01", "2027-01-01"),
    }
    assert (period(PeriodKind.DAY, now).since, period(PeriodKind.DAY, now).until) == floor_day(now)
    month = month_of(date(2026, 4, 1))
    assert (period(PeriodKind.MONTH, now).since, period(PeriodKind.MONTH, now).until) == month_span(month)
    assert period(PeriodKind.YEAR, now).months == range(month - 3, month + 9)


def test_days_of_23_and_25_hours(made: MadeFloor) -> None:
    """A day is from midnight to midnight."""
    long, short = between(date(2026, 10, 25), date(2026, 10, 26)), between(date(2026, 3, 29), date(2026, 3, 30))
    assert [(one.span[1] - one.span[0]) / 3600 for one in (long, short)] == [25, 23]
    assert long.before().days == (date(2026, 10, 24), date(2026, 10, 25))
    assert short.after().days == (date(2026, 3, 30), date(2026, 3, 31))


def test_chosen_days(made: MadeFloor) -> None:
    """As long before as it is itself; in months where it is made of months."""
    assert between(date(2026, 3, 3), date(2026, 3, 10)).before().days == (date(2026, 2, 24), date(2026, 3, 3))
    two = between(date(2026, 3, 1), date(2026, 5, 1))
    assert two.before().days == (date(2026, 1, 1), date(2026, 3, 1))
    assert two.after().days == (date(2026, 5, 1), date(2026, 7, 1))
    with pytest.raises(Refused, match="period_empty"):
        between(date(2026, 3, 3), date(2026, 3, 3))


def test_whole_months_alone_have_months(made: MadeFloor) -> None:
    """A minute more and it is none."""
    month = month_of(date(2026, 3, 1))
    assert between(date(2026, 3, 1), date(2026, 5, 1)).months == range(month, month + 2)
    assert not between(date(2026, 3, 1), date(2026, 4, 30)).months
    begins = datetime(2026, 3, 1, 0, 1, tzinfo=ZONE)
    odd = Period(begins, datetime(2026, 4, 1, tzinfo=ZONE), PeriodKind.CUSTOM)
    assert not odd.months
    assert odd.days == (date(2026, 3, 1), date(2026, 4, 1))
    assert everything().months
