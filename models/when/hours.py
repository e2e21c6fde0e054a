"""From days and hours as they were said to moments in UTC."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dateutil import tz

from models.when.answers import Moment
from models.when.days import Series, days
from models.when.said import HOURS, Clock, Said

_DAY = timedelta(days=1)

EARLIEST_CALL, LATEST_CALL = 7, 20
"""Nobody is called before seven or after nine in the evening: this settles which half of the day a bare hour is in."""

NIGHT_ENDS = 5


class Part(NamedTuple):
    """A part of the day: its hour where none is said, and when it is over (0 for midnight)."""

    hour: int
    until: int


PARTS = {
    "dawn": Part(5, 7),
    "early": Part(8, 10),
    "morning": Part(10, 12),
    "noon": Part(12, 14),
    "afternoon": Part(15, 18),
    "evening": Part(19, 0),
    "night": Part(20, 0),
    "close": Part(17, 0),
}


class Hour(NamedTuple):
    """A local time, how many days after the day that was said, and until when something later will do as well."""

    at: time
    shift: int = 0
    until: int | None = None


def moments(said: Said, now: datetime, zone: ZoneInfo, opens: time) -> list[Moment]:
    """All moments that the words can mean, soonest first; those gone by only when nothing ahead can be meant.

    Raises Impossible for a day that does not exist.
    """
    if "now" in said:
        return [Moment(now, has_time=True, has_date=True)]
    if "elapsed" in said:
        return [Moment(now + said["elapsed"], has_time=True, has_date=True, is_past=said["elapsed"] < timedelta(0))]
    has_time, has_date = not said.keys().isdisjoint(HOURS), not said.keys() <= HOURS
    local = now.astimezone(zone)
    meanings = days(said, local.date()) if has_date else [tuple(local.date() + n * _DAY for n in (-1, 0, 1))]
    ahead: set[datetime] = set()
    behind: list[datetime] = []
    for hour in _hours(said, opens):
        for meaning in meanings:
            if hour.shift and said.get("named") == 0:  # in the small hours "tonight" is still the night of yesterday
                meaning = (meaning[0] - _DAY, *meaning)
            found = list(_ahead(meaning, hour, now, zone, has_date=has_date))
            ahead.update(found)
            if not found:
                behind.append(_utc(meaning[-1] + hour.shift * _DAY, hour.at, zone, now))
    if ahead:
        return [Moment(at, has_time, has_date) for at in sorted(ahead)]
    return [Moment(at, has_time, has_date, is_past=True) for at in sorted(set(behind))]


def _ahead(series: Series, hour: Hour, now: datetime, zone: ZoneInfo, *, has_date: bool) -> Iterator[datetime]:
    """The first moment of a series that is still ahead.

    Where no hour was said and its usual one is over today, today's next full hour will do; and if no day was said
    either, "morning" in the middle of the morning can be the rest of it or the next one: both.
    """
    for day in series:
        at = _utc(day + hour.shift * _DAY, hour.at, zone, now)
        if at > now:
            yield at
            return
        later = _later(day, hour.until, now, zone)
        if later is not None:
            yield later
            if has_date:
                return


def _later(day: date, until: int | None, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The next full hour of this day before `until`, or the last minute before it."""
    local = now.astimezone(zone)
    if until is None or local.date() != day:
        return None
    over = datetime.combine(day + _DAY if until == 0 else day, time(until))
    full = datetime.combine(day, time(local.hour)) + timedelta(hours=1)
    found = min(full, over - timedelta(minutes=1))
    at = _utc(found.date(), found.time(), zone, now)
    return at if at > now else None


def _utc(day: date, at: time, zone: ZoneInfo, now: datetime) -> datetime:
    """A local time in UTC.

    A time that is skipped when summer time begins is as much later as the clocks were put forward (02:30 is 03:30). One
    that comes twice when it ends is the first of the two, or the second where the first has gone by.
    """
    local = datetime.combine(day, at, zone)
    found = tz.resolve_imaginary(local).astimezone(UTC)
    if found <= now and tz.datetime_ambiguous(local):
        found = local.replace(fold=1).astimezone(UTC)
    return found


# ── hours of the day ──────────────────────────────────────────────────────────────────────────────────────────────────


def _hours(said: Said, opens: time) -> list[Hour]:
    """The hours that can be meant."""
    part = said.get("part", "")
    if "clock" in said:
        return [hour for clock in said["clock"] for hour in _of_clock(clock, part, opens)]
    if part in PARTS:
        return [Hour(time(PARTS[part].hour), until=PARTS[part].until)]
    return [Hour(opens, until=0)]


def _of_clock(clock: Clock, part: str, opens: time) -> list[Hour]:
    if clock.is_midnight:
        # Midnight of a day is where it begins or where it ends; that of a night is where the night's day ends.
        return [Hour(time(0), 1)] if part in ("night", "evening") else [Hour(time(0)), Hour(time(0), 1)]
    if clock.hour == 24:
        return [Hour(time(0), 1)]
    return [
        Hour(time(hour, clock.minute, clock.second), 1 if part == "night" and hour < NIGHT_ENDS else 0)
        for hour in ([clock.hour] if clock.is_sure else _halves(clock, part, opens))
    ]


def _halves(clock: Clock, part: str, opens: time) -> list[int]:
    """The hours of the day that a bare hour from 1 to 12 can be.

    A part of the day settles it. Without one it is the hour in which people are called: 9 in the morning, 3 in the
    afternoon. 7 and 8 are both, unless the floor is open by then in the morning.
    """
    morning, evening = clock.hour % 12, clock.hour % 12 + 12
    match part:
        case "dawn":
            return [morning]
        case "early" | "morning":
            return [clock.hour]
        case "noon":
            return [evening if morning < 5 else morning]
        case "afternoon" | "evening":
            return [evening]
        case "night":
            return [morning if morning < NIGHT_ENDS else evening]
    if morning < EARLIEST_CALL:
        return [evening]
    if evening > LATEST_CALL or morning >= opens.hour:
        return [morning]
    return [morning, evening]
