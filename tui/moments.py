"""The reader of moments, bound to the floor's clock: loaded when the composer first needs it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from tui.entry import Reader, Reading


def reader(now: datetime, zone: ZoneInfo) -> Reader:
    """Reads the moment that a text begins with, by the floor's clock."""
    from models import when

    def read(text: str) -> Reading:
        answer, end = when.read_prefix(text, now, zone=zone)
        match answer:
            case when.Moment(at, is_past=is_past):
                return Reading((at,), end, is_past=is_past)
            case when.Choice(moments):
                return Reading(tuple(one.at for one in moments), end)
            case when.Unread(understood, rest):
                return Reading((), end, understood, rest)

    return read
