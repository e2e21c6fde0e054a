"""Calling windows by the customer's own clock and day, where clocks change too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from funnel import DAYS, LOOK_AHEAD_DAYS, Day, Span, Window, next_span
from tests.funnel.making import NOW

SHANGHAI, NEW_YORK, KIRITIMATI = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York"), ZoneInfo("Pacific/Kiritimati")
ALL_WEEK, WORKDAYS = frozenset(DAYS), frozenset(DAYS[:5])
MORNING = Window(WORKDAYS, time(9), time(12))
AFTERNOON = Window(WORKDAYS, time(13, 30), time(18))
OFFICE = (MORNING, AFTERNOON)


def at(text: str, zone: tzinfo = UTC, fold: int = 0) -> datetime:
    """A moment as a clock on the wall of that zone shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def span(opens: str, closes: str, zone: tzinfo = UTC) -> Span:
    return Span(at(opens, zone), at(closes, zone))


def window(opens: str, closes: str, days: frozenset[Day] = ALL_WEEK) -> Window:
    return Window(days, time.fromisoformat(opens), time.fromisoformat(closes))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-04 08:59", ("2026-03-04 09:00", "2026-03-04 12:00")),
        ("2026-03-04 09:00", ("2026-03-04 09:00", "2026-03-04 12:00")),
        ("2026-03-04 11:59:59", ("2026-03-04 09:00", "2026-03-04 12:00")),
        ("2026-03-04 12:00", ("2026-03-04 13:30", "2026-03-04 18:00")),
        ("2026-03-04 18:00", ("2026-03-05 09:00", "2026-03-05 12:00")),
        ("2026-03-06 18:00", ("2026-03-09 09:00", "2026-03-09 12:00")),
        ("2026-03-07 10:00", ("2026-03-09 09:00", "2026-03-09 12:00")),
    ],
)
@pytest.mark.parametrize("zone", [UTC, SHANGHAI, NEW_YORK, KIRITIMATI, timezone(timedelta(hours=-3, minutes=-30))])
def test_the_open_span_else_the_next_one(moment: str, expected: tuple[str, str], zone: tzinfo) -> None:
    assert next_span(OFFICE, zone, at(moment, zone)) == span(*expected, zone)


def test_a_span_is_in_utc_and_holds_its_opening_but_not_its_closing() -> None:
    open_now = next_span(OFFICE, SHANGHAI, at("2026-03-04 10:00", SHANGHAI))
    assert open_now is not None
    assert open_now.opens_at.tzinfo is UTC
    assert open_now.opens_at == datetime(2026, 3, 4, 1, tzinfo=UTC)
    assert open_now.opens_at in open_now
    assert open_now.closes_at not in open_now


def test_the_customer_s_own_day_counts_and_not_ours() -> None:
    friday_in_london = datetime(2026, 3, 6, 20, tzinfo=UTC)
    assert next_span(OFFICE, SHANGHAI, friday_in_london) == span("2026-03-09 09:00", "2026-03-09 12:00", SHANGHAI)
    sunday_in_london = datetime(2026, 3, 8, 20, tzinfo=UTC)
    assert next_span(OFFICE, KIRITIMATI, sunday_in_london) == span("2026-03-09 09:00", "2026-03-09 12:00", KIRITIMATI)
    saturday_in_london = datetime(2026, 3, 7, 2, tzinfo=UTC)
    late = (window("20:00", "22:00"),)
    assert next_span(late, NEW_YORK, saturday_in_london) == span("2026-03-06 20:00", "2026-03-06 22:00", NEW_YORK)


def test_holidays_are_closed_by_the_customer_s_own_day() -> None:
    days_off = {date(2026, 3, 4), date(2026, 3, 5)}
    assert next_span(OFFICE, UTC, NOW, days_off) == span("2026-03-06 09:00", "2026-03-06 12:00")
    still_the_third_there = datetime(2026, 3, 4, 2, tzinfo=UTC)
    assert next_span((window("18:00", "22:00"),), NEW_YORK, still_the_third_there, days_off) == span(
        "2026-03-03 18:00", "2026-03-03 22:00", NEW_YORK
    )


@pytest.mark.parametrize(
    "windows",
    [
        (window("09:00", "12:00"), window("12:00", "15:00")),
        (window("12:00", "15:00"), window("09:00", "12:00")),
        (window("09:00", "14:00"), window("10:00", "15:00")),
        (window("09:00", "15:00"), window("10:00", "11:00")),
        (window("09:00", "11:00"), window("09:00", "15:00"), window("14:00", "15:00")),
    ],
)
def test_windows_that_touch_or_overlap_are_one(windows: tuple[Window, ...]) -> None:
    assert next_span(windows, UTC, at("2026-03-04 10:30")) == span("2026-03-04 09:00", "2026-03-04 15:00")


def test_windows_of_other_days_do_not_touch() -> None:
    windows = (window("09:00", "12:00", WORKDAYS), window("12:00", "15:00", frozenset({Day.SAT})))
    assert next_span(windows, UTC, at("2026-03-04 10:00")) == span("2026-03-04 09:00", "2026-03-04 12:00")
    assert next_span(windows, UTC, at("2026-03-07 10:00")) == span("2026-03-07 12:00", "2026-03-07 15:00")


def test_midnight_ends_a_day() -> None:
    night = (window("00:00", "01:00"), window("23:00", "23:59:59"))
    assert next_span(night, UTC, at("2026-03-04 12:00")) == span("2026-03-04 23:00", "2026-03-04 23:59:59")
    assert next_span(night, UTC, at("2026-03-04 23:59:59")) == span("2026-03-05 00:00", "2026-03-05 01:00")
    assert next_span(night, UTC, at("2026-03-05 00:00")) == span("2026-03-05 00:00", "2026-03-05 01:00")


@pytest.mark.parametrize("windows", [(), (window("09:00", "10:00", frozenset()),), (window("10:00", "10:00"),)])
def test_what_never_opens(windows: tuple[Window, ...]) -> None:
    assert next_span(windows, UTC, NOW) is None


def test_a_closure_of_a_month_is_seen_to_its_end_and_no_further() -> None:
    closed = {NOW.date() + timedelta(days=day) for day in range(LOOK_AHEAD_DAYS - 1)}
    last = NOW.date() + timedelta(days=LOOK_AHEAD_DAYS - 1)
    found = next_span((window("09:00", "10:00"),), UTC, NOW, closed)
    assert found is not None
    assert found.opens_at.date() == last
    assert next_span((window("09:00", "10:00"),), UTC, NOW, closed | {last}) is None


# On 8 March 2026 clocks in New York go from 02:00 to 03:00; on 1 November they go back from 02:00 to 01:00.


@pytest.mark.parametrize(
    ("hours", "opens", "closes"),
    [
        (("01:00", "02:30"), "2026-03-08 06:00", "2026-03-08 06:30"),
        (("02:30", "04:00"), "2026-03-08 07:30", "2026-03-08 08:00"),
        (("01:00", "04:00"), "2026-03-08 06:00", "2026-03-08 08:00"),
        (("09:00", "12:00"), "2026-03-08 13:00", "2026-03-08 16:00"),
    ],
)
def test_in_the_lost_hour_nobody_is_called(hours: tuple[str, str], opens: str, closes: str) -> None:
    midnight = at("2026-03-08 00:00", NEW_YORK)
    assert next_span((window(*hours),), NEW_YORK, midnight) == span(opens, closes)


def test_a_window_that_the_lost_hour_swallows_is_left_out() -> None:
    swallowed = (window("02:15", "02:45"),)
    midnight = at("2026-03-08 00:00", NEW_YORK)
    assert next_span(swallowed, NEW_YORK, midnight) == span("2026-03-09 02:15", "2026-03-09 02:45", NEW_YORK)


@pytest.mark.parametrize(
    ("hours", "opens", "closes"),
    [
        (("00:30", "01:30"), "2026-11-01 04:30", "2026-11-01 05:30"),
        (("01:30", "03:00"), "2026-11-01 06:30", "2026-11-01 08:00"),
        (("00:30", "02:30"), "2026-11-01 04:30", "2026-11-01 07:30"),
        (("09:00", "12:00"), "2026-11-01 14:00", "2026-11-01 17:00"),
    ],
)
def test_in_the_doubled_hour_nobody_is_called_too_early_or_too_late(
    hours: tuple[str, str], opens: str, closes: str
) -> None:
    midnight = at("2026-11-01 00:00", NEW_YORK)
    assert next_span((window(*hours),), NEW_YORK, midnight) == span(opens, closes)


def test_a_day_that_a_country_left_out_has_no_windows() -> None:
    samoa = ZoneInfo("Pacific/Apia")  # went from 29 to 31 December 2011
    evening = at("2011-12-29 22:00", samoa)
    assert next_span((window("09:00", "17:00"),), samoa, evening) == span("2011-12-31 09:00", "2011-12-31 17:00", samoa)


ZONES = [
    "UTC",
    "Asia/Shanghai",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Pacific/Apia",
    "America/New_York",
    "America/Sao_Paulo",
    "Europe/Dublin",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Australia/Lord_Howe",
]
clocks = st.times(max_value=time(23, 59)).map(lambda clock: clock.replace(second=0, microsecond=0))
windows_of_a_week = st.lists(
    st.builds(Window, st.frozensets(st.sampled_from(DAYS), min_size=1), clocks, clocks).filter(
        lambda own: own.opens < own.closes
    ),
    min_size=1,
    max_size=4,
)
moments = st.integers(0, 20 * 366 * 24 * 60).map(lambda minutes: at("2010-01-01 00:00") + timedelta(minutes=minutes))
parts = st.integers(0, 999)
"""A place in a span, in thousandths."""


def is_permitted(windows: list[Window], zone: tzinfo, moment: datetime) -> bool:
    """What the law says, by the clock on the customer's wall."""
    there = moment.astimezone(zone)
    return any(DAYS[there.weekday()] in own.days and own.opens <= there.time() < own.closes for own in windows)


@given(windows_of_a_week, st.sampled_from(ZONES), moments, parts)
@example([window("02:15", "02:45")], "America/New_York", at("2026-03-08 06:00"), 500)
@example([window("01:00", "02:30")], "America/New_York", at("2026-03-08 06:00"), 900)
@example([window("01:30", "03:00")], "America/New_York", at("2026-11-01 05:00"), 300)
def test_no_call_is_ever_made_outside_the_windows(
    windows: list[Window], zone_name: str, after: datetime, part: int
) -> None:
    zone = ZoneInfo(zone_name)
    found = next_span(windows, zone, after)
    assert found is not None, "some day of the week is open"
    assert found.opens_at < found.closes_at
    assert found.closes_at > after
    start = max(found.opens_at, after)
    assert is_permitted(windows, zone, start + (found.closes_at - start) * part // 1000)


@given(windows_of_a_week, st.sampled_from(ZONES), moments, parts)
def test_no_open_hour_is_passed_over_but_where_clocks_change(
    windows: list[Window], zone_name: str, after: datetime, part: int
) -> None:
    zone = ZoneInfo(zone_name)
    found = next_span(windows, zone, after)
    assert found is not None
    assume(found.opens_at > after)
    between = after + (found.opens_at - after) * part // 1000
    day = between.astimezone(zone)
    assume(len({(day + timedelta(hours=hours)).utcoffset() for hours in range(-24, 25)}) == 1)
    assert not is_permitted(windows, zone, between)


@given(windows_of_a_week, st.sampled_from(ZONES), moments, st.sets(st.integers(0, 13), max_size=10))
def test_no_call_is_made_on_a_day_off(
    windows: list[Window], zone_name: str, after: datetime, numbers: set[int]
) -> None:
    zone = ZoneInfo(zone_name)
    days_off = {after.astimezone(zone).date() + timedelta(days=number) for number in numbers}
    found = next_span(windows, zone, after, days_off)
    assert found is not None
    assert found.opens_at.astimezone(zone).date() not in days_off
    assert next_span(windows, zone, found.opens_at, days_off) == found
