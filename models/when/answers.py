"""What a phrase can turn out to be: one moment, several, or unread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in aware UTC, and what of it was really said.

    `has_time`: an hour or a part of the day was said; otherwise `at` is the floor's opening hour of that day.
    `has_date`: a day or a distance from now was said; otherwise it is the next such hour.
    `is_past`: what was said names a moment that has gone by; never set for what could still be meant ahead.
    """

    at: datetime
    has_time: bool
    has_date: bool
    is_past: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A phrase that can mean more than one moment: all of them, soonest first, to be asked back."""

    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """A phrase that is no moment, or not only one: the part that was understood, and the part that was not."""

    understood: str
    rest: str
