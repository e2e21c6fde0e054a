"""Moments in words, short enough for a line: 'today 14:00', 'Thu 14:00', '24 May 10:00'.

Babel would do this too, for a tenth of a second at the start of every desk.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tui.i18n import _, counted
from tui.i18n import marked as N_

WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
MONTHS = (
    N_("Jan"),
    N_("Feb"),
    N_("Mar"),
    N_("Apr"),
    N_("May"),
    N_("Jun"),
    N_("Jul"),
    N_("Aug"),
    N_("Sep"),
    N_("Oct"),
    N_("Nov"),
    N_("Dec"),
)


def zone(name: str) -> tzinfo:
    """The zone of that name; UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def clock(at: datetime, zone: tzinfo) -> str:
    """The time of day."""
    return f"{at.astimezone(zone):%H:%M}"


def day(on: date, today: date) -> str:
    """A day as people say it: today, tomorrow, a weekday within the week, else its date."""
    ahead = (on - today).days
    if ahead == 0:
        return _("today")
    if ahead == 1:
        return _("tomorrow")
    if 1 < ahead < 7:
        return _(WEEKDAYS[on.weekday()])
    return short_date(on, today)


def short_date(on: date, today: date) -> str:
    """A day's date; the year where it is not this one."""
    text = _("{day} {month}").format(day=on.day, month=_(MONTHS[on.month - 1]))
    return text if on.year == today.year else _("{date} {year}").format(date=text, year=on.year)


def moment(at: datetime, now: datetime, zone: tzinfo) -> str:
    """A moment by that clock: 'today 14:00', 'Thu 14:00'."""
    there = at.astimezone(zone)
    return f"{day(there.date(), now.astimezone(zone).date())} {there:%H:%M}"


def full_day(on: date, today: date) -> str:
    """A day with its weekday, for what is about to be stored: 'Fri 24 May', 'today 22 May'."""
    named = day(on, today) if (on - today).days in (0, 1) else _(WEEKDAYS[on.weekday()])
    return f"{named} {short_date(on, today)}"


def full_moment(at: datetime, now: datetime, zone: tzinfo) -> str:
    """A moment with weekday and date, for what is about to be stored: 'Fri 24 May 10:00'."""
    there = at.astimezone(zone)
    return f"{full_day(there.date(), now.astimezone(zone).date())} {there:%H:%M}"


def stamp(at: datetime, now: datetime, zone: tzinfo) -> str:
    """When something was, in the columns of a history: '24 May 15:02', '24 May 2025' when long ago."""
    there = at.astimezone(zone)
    today = now.astimezone(zone).date()
    if there.year != today.year:
        return short_date(there.date(), today)
    return f"{short_date(there.date(), today)} {there:%H:%M}"


def ago(at: datetime, now: datetime) -> str:
    """How long ago, in one short word."""
    minutes = int((now - at).total_seconds()) // 60
    if minutes < 1:
        return _("now")
    return span(minutes)


def span(minutes: int) -> str:
    """A length of time in one short word: '12m', '1h05', '3d'."""
    if minutes < 60:
        return _("{minutes}m").format(minutes=minutes)
    if minutes < 24 * 60:
        return _("{hours}h{minutes:02}").format(hours=minutes // 60, minutes=minutes % 60)
    return _("{days}d").format(days=minutes // (24 * 60))


def age(length: timedelta) -> str:
    """A length of time as `span`; what is shorter than a minute in seconds: '12s'."""
    whole = int(length.total_seconds())
    return span(whole // 60) if whole >= 60 else _("{seconds}s").format(seconds=whole)


def days(count: int) -> str:
    """A number of days."""
    return counted("{count} day", "{count} days", count)


def seconds(count: int) -> str:
    """The length of a call: '4m12'."""
    return f"{count // 60}m{count % 60:02}"
