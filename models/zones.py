"""Customers' zones and the calling hours that each campaign keeps in them."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import UTC, date, datetime, time, timedelta
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import peewee as pw

import funnel
from models.base import moment, month_starts, proxy, rows_of, seconds
from models.calendars import calendar
from models.campaigns import Book, book, books
from models.lead import Hours, Zone
from models.numbers import NOWHERE, Whereabouts
from models.people import Floor


def clock(zone: str, floor_zone: str) -> ZoneInfo:
    """The customer's clock; the floor's where the zone is not known."""
    try:
        return ZoneInfo(zone or floor_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(floor_zone)


_known: WeakKeyDictionary[pw.Database, ZoneInfo] = WeakKeyDictionary()
"""A floor keeps the clock that it was set up with: each is asked once."""


def floor_zone() -> ZoneInfo:
    """The clock of the floor's day."""
    if (known := _known.get(proxy.obj)) is None:
        name = Floor.get_by_id(1).zone
        known = _known[proxy.obj] = clock(name, name)
    return known


def floor_day(now: datetime) -> tuple[datetime, datetime]:
    """The floor's day at a moment: its two midnights."""
    begins = now.astimezone(floor_zone()).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return begins, (begins + timedelta(days=1, hours=3)).replace(hour=0)


def month_span(month: int) -> tuple[datetime, datetime]:
    """The moments at which a counted month of the floor begins and ends."""
    zone = floor_zone()
    begins, ends = (
        datetime.combine(month_starts(number), time(), zone).astimezone(UTC) for number in (month, month + 1)
    )
    return begins, ends


def zone_id(where: Whereabouts, now: datetime) -> int:
    """The row of a zone, made with its calling hours in every campaign when it is new. Inside a command."""
    known = rows_of("SELECT id FROM zone WHERE name = ? AND country = ?", (where.zone, where.country))
    if known:
        return int(known[0][0])
    Zone.insert(name=where.zone, country=where.country).on_conflict_ignore().execute()
    made = int(rows_of("SELECT id FROM zone WHERE name = ? AND country = ?", (where.zone, where.country))[0][0])
    for campaign in books():
        _keep_hours(campaign, [(made, where)], now)
    return made


def unknown_zone_id(now: datetime) -> int:
    """The zone of customers whose zone nobody knows."""
    return zone_id(NOWHERE, now)


def add_hours(campaign_id: int, now: datetime) -> None:
    """Calling hours of a campaign in every zone that is known, after it was made or its windows were changed."""
    zones = [(row[0], Whereabouts(row[1], row[2])) for row in rows_of("SELECT id, name, country FROM zone")]
    _keep_hours(book(campaign_id), zones, now)


def refresh_hours(now: datetime) -> None:
    """Moves on every span that has closed. Inside a command."""
    closed = rows_of(
        "SELECT h.campaign_id, z.id, z.name, z.country FROM hours h JOIN zone z ON z.id = h.zone_id "
        "WHERE h.closes_at <= ?",
        (seconds(now),),
    )
    for campaign_id in sorted({row[0] for row in closed}):
        zones = [(row[1], Whereabouts(row[2], row[3])) for row in closed if row[0] == campaign_id]
        _keep_hours(book(campaign_id), zones, now)


def _keep_hours(campaign: Book, zones: Iterable[tuple[int, Whereabouts]], now: datetime) -> None:
    ours = floor_zone().key
    for number, where in zones:
        span = span_of(campaign.playbook, where, ours, now)
        # Nothing opens for weeks: look again when that time is over.
        far = now + timedelta(days=funnel.LOOK_AHEAD_DAYS)
        opens, closes = (span.opens_at, span.closes_at) if span else (far, far)
        Hours.insert(
            campaign_id=campaign.campaign_id, zone_id=number, opens_at=seconds(opens), closes_at=seconds(closes)
        ).on_conflict(
            conflict_target=[Hours.campaign_id, Hours.zone_id],
            update={Hours.opens_at: seconds(opens), Hours.closes_at: seconds(closes)},
        ).execute()


def span_of(playbook: funnel.Playbook, where: Whereabouts, floor_zone: str, now: datetime) -> funnel.Span | None:
    """The hours in which a customer may be called: open at `now`, else the next to open."""
    zone = clock(where.zone, floor_zone)
    off: Container[date] = calendar(where.country) if playbook.respects_holidays and where.country else ()
    return funnel.next_span(playbook.windows, zone, now, off)


def stored_span(campaign_id: int, zone: int) -> funnel.Span | None:
    """The hours that the queue goes by."""
    rows = rows_of("SELECT opens_at, closes_at FROM hours WHERE campaign_id = ? AND zone_id = ?", (campaign_id, zone))
    return funnel.Span(moment(rows[0][0]), moment(rows[0][1])) if rows else None
