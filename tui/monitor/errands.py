"""What the monitor asks of the database's thread in one go. Every function here runs on that thread, and only reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from models.cards import FloorCard, LeadCard, Person
from models.errors import Refused
from models.people import Role
from models.watching.cards import (
    Event,
    Looks,
    MonthSheet,
    Overview,
    PortfolioRow,
    Pulse,
    ReviewLine,
    Samples,
    Selection,
)
from models.watching.masks import Mask

if TYPE_CHECKING:
    from models.campaigns import Book
    from models.search.finding import Found

EVENTS, LOOKS = 60, 60
"""Rows that are read of what happens and of what needs a look."""
PAGE = 100
"""Leads that are read at once."""
CHECKED = 6
"""Days before today whose records a spot check draws from."""
HISTORY = 500
"""Touches and moves of a lead that are read: all, of all but a few."""


class Survey(Struct, frozen=True):
    """The floor of one moment."""

    overview: Overview
    looks: Looks
    events: tuple[Event, ...]
    pulse: Pulse
    lag: timedelta | None = None
    """How far it lies behind, where it is a copy of the floor."""


class Opening(Struct, frozen=True):
    """Everything that a monitor shows when it opens."""

    person: Person
    floor: FloorCard
    books: Mapping[int, Book]
    teams: Mapping[int, str]
    """Those that may be looked at, by name."""
    survey: Survey


def opening(login: str, now: datetime, numbers: str) -> Opening:
    """Opens a monitor.

    Args:
        login: who watches.
        now: this moment.
        numbers: how much of customers' numbers may be shown.

    Raises:
        Refused: `stranger`, `supervisors_only`, or `no_campaign`.
    """
    from models import views
    from models.access import asking
    from models.watching import eyes

    person = asking(login)
    if person.role is Role.AGENT:
        raise Refused("supervisors_only")
    books = {book.campaign_id: book for book in views.campaigns()}
    if not books:
        raise Refused("no_campaign")
    scope = Selection(campaign_id=next(iter(books)))
    seen = survey(person.id, Selection(), scope, now, numbers)
    return Opening(person, views.floor(), books, dict(eyes.teams(person.id)), seen)


class Part(StrEnum):
    """What of a floor is read apart from who does what, each in a pace of its own."""

    EVENTS = "what happens"
    LOOKS = "what needs a look"
    PULSE = "the funnel"


def survey(viewer_id: int, selection: Selection, scope: Selection, now: datetime, numbers: str) -> Survey:
    """The floor now.

    Args:
        viewer_id: who looks.
        selection: whose work.
        scope: whose funnel.
        now: this moment.
        numbers: how much of customers' numbers may be shown.
    """
    from models.feed import lag
    from models.watching.happenings import happenings
    from models.watching.looks import looks
    from models.watching.overview import overview
    from models.watching.pulse import pulse

    mask = Mask(numbers)
    return Survey(
        overview(viewer_id, selection, now, mask=mask),
        looks(viewer_id, selection, now, limit=LOOKS, mask=mask),
        happenings(viewer_id, selection, now, limit=EVENTS, mask=mask),
        pulse(viewer_id, scope, now),
        lag(),
    )


def glance(viewer_id: int, selection: Selection, now: datetime, numbers: str, known: Survey) -> Survey:
    """The floor as it was known, with who does what now."""
    from models.watching.overview import overview

    return replace(known, overview=overview(viewer_id, selection, now, mask=Mask(numbers)))


def renewed(
    part: Part, viewer_id: int, selection: Selection, scope: Selection, now: datetime, numbers: str, known: Survey
) -> Survey:
    """The floor as it was known, with one part of it read anew. Arguments as for `survey`."""
    from models.feed import lag
    from models.watching.happenings import happenings
    from models.watching.looks import looks
    from models.watching.pulse import pulse

    mask = Mask(numbers)
    if part is Part.EVENTS:
        return replace(known, events=happenings(viewer_id, selection, now, limit=EVENTS, mask=mask))
    if part is Part.LOOKS:
        return replace(known, looks=looks(viewer_id, selection, now, limit=LOOKS, mask=mask))
    return replace(known, pulse=pulse(viewer_id, scope, now), lag=lag())


def presence_version() -> int:
    """A number that changes when somebody does something else, for whom no bell is rung."""
    from models.desks import version

    return version()


def find(viewer_id: int, text: str, selection: Selection, now: datetime, numbers: str, limit: int) -> tuple[Found, ...]:
    """Leads of the selection that have every word of a text."""
    from models.watching import leads

    return leads.find(viewer_id, text, selection, now, limit=limit, mask=Mask(numbers))


def lead(viewer_id: int, lead_id: int, selection: Selection, now: datetime, numbers: str) -> LeadCard:
    """One lead with all its history.

    Raises:
        Refused: `not_found` for what is outside the selection.
    """
    from models.watching import leads

    return leads.lead(viewer_id, lead_id, selection, now, history=HISTORY, mask=Mask(numbers))


def portfolio(
    viewer_id: int, agent_id: int, selection: Selection, now: datetime, numbers: str, after: PortfolioRow | None
) -> tuple[PortfolioRow, ...]:
    """A page of the open leads of an agent, the one after that row."""
    from models.watching import portfolio

    place = after.place if after else None
    return portfolio.portfolio(viewer_id, agent_id, selection, now, after=place, limit=PAGE, mask=Mask(numbers))


class Week(Struct, frozen=True):
    """A page of a weekly review."""

    since: datetime
    until: datetime
    lines: tuple[ReviewLine, ...]


def review(
    viewer_id: int,
    agent_id: int,
    selection: Selection,
    now: datetime,
    numbers: str,
    back: int,
    after: ReviewLine | None,
) -> Week:
    """Every lead of an agent in the week so many weeks ago, a page of them after that line."""
    from models.watching import review

    since, until = review.week_of(now - timedelta(weeks=back))
    lines = review.review(
        viewer_id, agent_id, selection, now, since=since, until=until,
        after=after.lead.place if after else None, limit=PAGE, mask=Mask(numbers),
    )  # fmt: skip
    return Week(since, until, lines)


def spot_check(
    viewer_id: int, selection: Selection, now: datetime, numbers: str, draws: Sequence[float], *, is_aimed: bool
) -> Samples:
    """Records of the last days, one for each draw."""
    from models.watching import spot

    since, until = spot.days_until(now, CHECKED), now + timedelta(seconds=1)
    mask = Mask(numbers)
    return spot.spot_check(viewer_id, selection, now, since=since, until=until, draws=draws, aimed=is_aimed, mask=mask)


def month(viewer_id: int, selection: Selection, now: datetime, month: int) -> MonthSheet:
    """A counted month, agent by agent."""
    from models.watching import month as months

    return months.month(viewer_id, selection, month, now)
