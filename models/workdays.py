"""The days and hours in which the floor works."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import funnel
from models.calendars import calendar
from models.campaigns import books
from models.people import Floor


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days and hours in which the floor calls by its own clock: those of all its campaigns."""

    windows: tuple[funnel.Window, ...]
    days_off: Container[date]

    @classmethod
    def of_floor(cls) -> Calendar:
        """That of all open campaigns; holidays are days off where each of them keeps them."""
        playbooks = [book.playbook for book in books()]
        is_closed_on_holidays = all(playbook.respects_holidays for playbook in playbooks)
        off = calendar(Floor.get_by_id(1).region) if is_closed_on_holidays else ()
        return cls(tuple(window for playbook in playbooks for window in playbook.windows), off)

    def calls_on(self, on: date) -> bool:
        """Whether there are calling hours on a day."""
        return on not in self.days_off and any(funnel.DAYS[on.weekday()] in window.days for window in self.windows)

    def next_after(self, today: date) -> date:
        """The next day with calling hours; tomorrow where there is none for weeks."""
        ahead = (today + timedelta(days=days) for days in range(1, funnel.LOOK_AHEAD_DAYS))
        return next(filter(self.calls_on, ahead), today + timedelta(days=1))

    def days_left(self, since: date) -> int:
        """Days with calling hours from `since` to the end of its month."""
        month = (since + timedelta(days=ahead) for ahead in range(31))
        return sum(self.calls_on(on) for on in month if on.month == since.month)

    def days(self, since: date, until: date) -> int:
        """Days with calling hours in [since, until)."""
        return sum(self.calls_on(since + timedelta(days=ahead)) for ahead in range((until - since).days))

    def closing(self, begins: datetime) -> datetime | None:
        """When the last of the hours of a day ends, which begins at that midnight."""
        closes, at, zone = None, begins, begins.tzinfo
        assert zone is not None
        while span := funnel.next_span(self.windows, zone, at, self.days_off):
            if span.opens_at.astimezone(zone).date() != begins.date():
                break
            closes = at = span.closes_at
        return closes
