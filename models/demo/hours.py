"""When the demo's agents call: the customer's office hours, and no agent in two talks at once."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import funnel
from models import zones
from models.demo.places import Place
from models.numbers import Whereabouts

FLOOR_ZONE = "Asia/Shanghai"
SLOT = 360
"""Seconds: an agent's day is cut into these, and each call takes one or two."""
BEFORE, AFTER = timedelta(days=2), timedelta(days=70)


class Hours:
    """Customers' hours over the whole history: office hours on past days, the demo's own on the day it is made.

    That day is a working day whatever the calendar says, so that a demo on a Sunday shows a floor at work.
    """

    def __init__(self, office: funnel.Playbook, wide: funnel.Playbook, since: datetime, now: datetime) -> None:
        self.office, self.wide, self.since, self.now = office, wide, since, now
        floor = ZoneInfo(FLOOR_ZONE)
        self.today = datetime.combine(now.astimezone(floor).date(), time(), floor).astimezone(now.tzinfo)
        self.spans: dict[tuple[str, str], list[funnel.Span]] = {}

    def call_at(self, place: Place, moment: datetime, rng: Random) -> datetime:
        """The moment, if the customer may be called then; else some time after the hours open again."""
        if moment < self.today:
            span = self._office_span(place, moment)
            at = _into(span, moment, 60, rng)
            if at < self.today:
                return at
        moment = max(moment, self.today)
        wide = zones.span_of(self.wide, Whereabouts(place.zone, ""), FLOOR_ZONE, moment)
        assert wide is not None
        return _into(wide, moment, 60 if moment > self.today else 200, rng)

    def in_office(self, place: Place, moment: datetime, rng: Random) -> datetime:
        """The moment, if it lies in office hours; else some quarter of an hour in the next. For what is promised."""
        span = self._office_span(place, moment)
        if moment in span:
            return moment
        quarters = (span.closes_at - span.opens_at) // timedelta(minutes=15)
        return span.opens_at + timedelta(minutes=15) * rng.randrange(1, quarters)

    def is_open(self, place: Place, moment: datetime) -> bool:
        """Whether the demo's playbook lets this place be called then."""
        span = zones.span_of(self.wide, Whereabouts(place.zone, ""), FLOOR_ZONE, moment)
        return span is not None and moment in span

    def _office_span(self, place: Place, moment: datetime) -> funnel.Span:
        spans = self.spans.setdefault((place.zone, place.country), [])
        if not spans:
            spans += self._all_spans(place)
        return spans[bisect_right(spans, moment, key=lambda span: span.closes_at)]

    def _all_spans(self, place: Place) -> list[funnel.Span]:
        spans, moment = [], self.since - BEFORE
        while moment < self.now + AFTER:
            span = zones.span_of(self.office, Whereabouts(place.zone, place.country), FLOOR_ZONE, moment)
            assert span is not None
            spans.append(span)
            moment = span.closes_at
        return spans


def _into(span: funnel.Span, moment: datetime, spread: float, rng: Random) -> datetime:
    """Not everybody is called at the stroke of nine."""
    if span.opens_at <= moment:
        return moment
    at = span.opens_at + timedelta(minutes=rng.expovariate(1 / spread), seconds=rng.randrange(60))
    if at >= span.closes_at:
        at = span.opens_at + (span.closes_at - span.opens_at) * rng.random()
    return at.replace(microsecond=0)


class Diary:
    """What each agent does when: a call needs a free slot."""

    def __init__(self) -> None:
        self.taken: set[tuple[str, int]] = set()

    def first_free(self, login: str, moment: datetime) -> datetime:
        """The moment, or the start of the next free slot where hardly a minute is left of this one. Takes nothing."""
        slot, offset = divmod(int(moment.timestamp()), SLOT)
        if (login, slot) not in self.taken and offset <= SLOT - 60:
            return moment
        slot += offset > SLOT - 60
        while (login, slot) in self.taken:
            slot += 1
        return datetime.fromtimestamp(slot * SLOT, moment.tzinfo)

    def take(self, login: str, moment: datetime, seconds: int) -> int:
        """Takes the slots of a talk; returns how many seconds of it there is room for."""
        slot, offset = divmod(int(moment.timestamp()), SLOT)
        self.taken.add((login, slot))
        room = SLOT - offset
        if seconds > room and (login, slot + 1) not in self.taken:
            self.taken.add((login, slot + 1))
            room += SLOT
        return min(seconds, room)
