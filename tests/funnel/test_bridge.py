"""The bridge between two moments: it closes, whatever happened, and each event is in the line that names it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from funnel import (
    INVALID,
    LOST,
    Change,
    Line,
    Move,
    StageBridge,
    Tally,
    Way,
    bridge,
    counted,
    edited,
    handed,
    moved,
    stood,
    way_of,
)
from tests.funnel.making import BOOK, NOW
from tests.funnel.test_histories import Period, periods

CODES = (*(own.code for own in BOOK.stages), LOST, INVALID)
OURS = 1
"""The owner whose bridge is asked for."""


@dataclass(frozen=True)
class Lead:
    """How a lead stands."""

    stage: str
    owner: int
    amount: Decimal


@dataclass(frozen=True)
class Event:
    """Something that happened to a lead; None before it came."""

    at: datetime
    lead: int
    before: Lead | None
    after: Lead
    is_imported: bool = False
    is_voided: bool = False


@st.composite
def lives(draw: st.DrawFn) -> list[Event]:
    """Leads that come, move, change hands and amounts; the last that happened to one may be taken back."""
    steps = draw(
        st.lists(
            st.tuples(
                st.integers(1, 4),
                st.sampled_from(("move", "move", "hand", "edit", "undo")),
                st.sampled_from(CODES),
                st.integers(0, 90),
                st.integers(0, 3),
                st.booleans(),
            ),
            max_size=40,
        )
    )
    stands: dict[int, list[Event]] = defaultdict(list)
    at, told = NOW, list[Event]()
    for number, deed, code, minutes, value, flag in steps:
        at += timedelta(minutes=minutes)
        own = stands[number]
        if deed == "undo":
            if own:
                taken = own.pop()
                told[told.index(taken)] = replace(taken, is_voided=True)
            continue
        before = own[-1].after if own else None
        if before is None:
            after = Lead(CODES[0], value % 2, Decimal(value))
        elif deed == "move":
            after = replace(before, stage=code)
        elif deed == "hand":
            after = replace(before, owner=value % 2)
        else:
            after = replace(before, amount=Decimal(value))
        if before != after:
            own.append(Event(at, number, before, after, is_imported=flag and before is None))
            told.append(own[-1])
    return told


def changes(events: Iterable[Event]) -> Iterator[Change]:
    """What they change for our own leads."""
    for event in events:
        before, after, is_voided = event.before, event.after, event.is_voided
        if before is None or before.stage != after.stage:
            if after.owner == OURS:
                yield from moved(move_of(event), is_imported=event.is_imported, is_voided=is_voided)
        elif before.owner != after.owner:
            was_in, is_in = before.owner == OURS, after.owner == OURS
            yield from handed(event.at, after.stage, after.amount, was_in=was_in, is_in=is_in, is_voided=is_voided)
        elif after.owner == OURS:
            yield edited(event.at, after.stage, before.amount, after.amount, is_voided=is_voided)


def move_of(event: Event) -> Move:
    origin = event.before.stage if event.before else None
    way = way_of(BOOK, origin, event.after.stage)
    return Move(event.lead, event.at, origin, event.after.stage, way, event.after.amount)


def replayed(events: Iterable[Event], until: datetime) -> dict[str, Tally]:
    """Our leads by stage just before a moment, from how each of them stood: the second way."""
    last = {event.lead: event.after for event in events if event.at < until and not event.is_voided}
    stock: dict[str, Tally] = defaultdict(Tally)
    for lead in last.values():
        if lead.owner == OURS:
            stock[lead.stage] += Tally(1, lead.amount)
    return dict(stock)


@given(lives(), periods, st.booleans())
def test_the_bridge_closes(events: list[Event], period: Period, shows_voided: bool) -> None:
    told = bridge(BOOK, changes(events), *period, shows_voided=shows_voided)
    for moment, side in ((period[0], "opening"), (period[1], "closing")):
        stands = {row.stage: getattr(row, side) for row in told.stages if getattr(row, side) != Tally()}
        assert stands == replayed(events, moment) == stood(changes(events), moment)


@given(lives(), periods)
def test_what_was_taken_back_is_in_no_line_or_in_one_of_its_own(events: list[Event], period: Period) -> None:
    kept = bridge(BOOK, changes(event for event in events if not event.is_voided), *period)
    assert bridge(BOOK, changes(events), *period) == kept
    for row, shown in zip(kept.stages, bridge(BOOK, changes(events), *period, shows_voided=True).stages, strict=True):
        assert Line.VOIDED not in row.lines
        assert shown.opening == row.opening
        assert all(shown.line(line).count >= row.line(line).count for line in Line if line is not Line.VOIDED)


@given(lives(), periods)
def test_what_came_is_what_the_figures_call_entered(events: list[Event], period: Period) -> None:
    ours = [event for event in events if not event.is_voided and event.after.owner == OURS]
    moves = [move_of(event) for event in ours if event.before is None or event.before.stage != event.after.stage]
    told = {row.stage: row for row in bridge(BOOK, changes(events), *period).stages}
    for figures in counted(BOOK, {}, moves, *period).stages:
        came = (told[figures.stage].line(line).count for line in (Line.ENTERED, Line.RETURNED, Line.IMPORTED))
        assert figures.entered == sum(came)


@given(lives(), periods)
def test_the_stages_sum_to_the_whole(events: list[Event], period: Period) -> None:
    told = bridge(BOOK, changes(events), *period, shows_voided=True)
    assert told.whole.closing == sum((row.closing for row in told.stages), Tally())
    inside = Counter(line for row in told.stages for line in row.lines for _ in range(row.lines[line].count))
    went = sum(inside[line] for line in (Line.ADVANCED, Line.BACK, Line.LOST, Line.INVALID))
    moves = [event for event in events if event.before and event.before.stage != event.after.stage]
    within = [event for event in moves if event.after.owner == OURS and period[0] <= event.at < period[1]]
    assert went == len(within)


def at(hour: int) -> datetime:
    return NOW + timedelta(hours=hour)


def test_each_event_is_in_its_line() -> None:
    """By hand: two stood there; one came, one came back, one with a list; one went on, one is lost, one was handed."""
    ten = Decimal(10)
    first, second, third = (stage.code for stage in BOOK.stages[:3])
    events = [
        *(change for lead in (1, 2) for change in moved(Move(lead, at(-1), None, second, Way.ENTER, ten))),
        *moved(Move(3, at(1), first, second, Way.FORWARD, ten)),
        *moved(Move(4, at(1), third, second, Way.BACK, Decimal(7))),
        *moved(Move(5, at(2), None, second, Way.ENTER, Decimal(3)), is_imported=True),
        *moved(Move(1, at(3), second, third, Way.FORWARD, ten)),
        *moved(Move(2, at(4), second, LOST, Way.LOST, ten)),
        *handed(at(5), second, Decimal(3), was_in=True, is_in=False),
        *handed(at(5), second, Decimal(3), was_in=True, is_in=True),
        edited(at(6), second, ten, Decimal(12)),
        *moved(Move(3, at(7), second, INVALID, Way.INVALID, Decimal(12)), is_voided=True),
        *moved(Move(3, at(8), second, third, Way.FORWARD, Decimal(12))),
    ]
    told = {row.stage: row for row in bridge(BOOK, events, at(0), at(8)).stages}
    assert told[second] == StageBridge(
        second,
        Tally(2, Decimal(20)),
        {
            Line.ENTERED: Tally(1, ten),
            Line.RETURNED: Tally(1, Decimal(7)),
            Line.IMPORTED: Tally(1, Decimal(3)),
            Line.ADVANCED: Tally(1, ten),
            Line.LOST: Tally(1, ten),
            Line.HANDED_OVER: Tally(1, Decimal(3)),
            Line.EDITED: Tally(0, Decimal(2)),
        },
    )
    assert told[second].closing == Tally(2, Decimal(19))
    assert told[LOST].closing == Tally(1, ten)
    shown = {row.stage: row for row in bridge(BOOK, events, at(0), at(8), shows_voided=True).stages}
    assert shown[second].line(Line.INVALID) == Tally(1, Decimal(12))
    assert shown[second].line(Line.VOIDED) == Tally(-1, Decimal(-12)), "a leaving taken back gives the lead back"
    assert shown[second].closing == Tally(2, Decimal(19))


def test_a_stage_that_is_no_more_has_a_row_where_something_happened() -> None:
    events = [
        *moved(Move(1, at(-2), None, "gone", Way.ENTER)),
        *moved(Move(1, at(1), "gone", BOOK.stages[0].code, Way.FORWARD)),
    ]
    told = bridge(BOOK, events, at(0), at(2))
    assert [row.stage for row in told.stages] == [*CODES, "gone"]
    assert told.stages[-1].closing == Tally(0)
    assert [row.stage for row in bridge(BOOK, events, at(2), at(3)).stages] == list(CODES)


def test_nothing_in_the_period() -> None:
    assert bridge(BOOK, [], at(0), at(1)).whole == StageBridge("")
