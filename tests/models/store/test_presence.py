"""Presence and spells: who does what since when, and times at work that add up whatever the clock and crashes do."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import desks
from models.desks.presence import (
    LOST_AFTER,
    PARTS,
    Accounted,
    Entry,
    Presence,
    Spell,
    State,
    accounted,
    as_of,
    entered,
    seen,
)
from tests.models.store.desk_places import at
from tests.models.store.floors import NOW, MadeFloor

SECOND = timedelta(seconds=1)


def now_of(agent_id: int) -> Presence:
    """How the floor sees somebody who is there."""
    found = desks.present(agent_id)
    assert found is not None
    return found


def told(spells: tuple[Spell, ...]) -> list[tuple[str, float, float]]:
    """Spells in seconds from the beginning."""
    return [(spell.state.value, (spell.since - NOW) / SECOND, (spell.until - NOW) / SECOND) for spell in spells]


def test_who_logs_in_is_ready(made: MadeFloor) -> None:
    ann = made.people["ann"]
    assert desks.present(ann) is None
    assert desks.everybody() == ()
    assert desks.log_in(ann, NOW).left is None
    assert now_of(ann) == Presence(ann, State.READY, "", NOW, None, None, NOW, NOW)


def test_a_day_s_states(made: MadeFloor) -> None:
    """Each with its lead, code and clock; what ended is a spell, what lasts is told as far as it was seen."""
    ann = made.people["ann"]
    desks.log_in(ann, NOW)
    desks.enter(ann, State.READY, lead_id=7, now=at(5))
    desks.enter(ann, State.ON_CALL, lead_id=7, now=at(20))
    assert (now_of(ann).call_since, now_of(ann).lead_id) == (at(20), 7)
    desks.enter(ann, State.WRAP_UP, lead_id=7, now=at(80))
    assert now_of(ann).call_since is None
    desks.enter(ann, State.PAUSE, code="lunch", now=at(100))
    desks.seen(ann, at(130))
    assert now_of(ann) == Presence(ann, State.PAUSE, "lunch", at(100), None, None, NOW, at(130))
    spells = desks.spells(ann, NOW, at(1000))
    assert told(spells) == [
        ("ready", 0, 5),
        ("ready", 5, 20),
        ("on_call", 20, 80),
        ("wrap_up", 80, 100),
        ("pause", 100, 130),
    ]
    assert [(spell.lead_id, spell.code) for spell in spells] == [(None, ""), (7, ""), (7, ""), (7, ""), (None, "lunch")]
    account = desks.account(ann, NOW, at(1000))
    assert account == Accounted(wait=20 * SECOND, talk=60 * SECOND, wrap_up=20 * SECOND, pause=30 * SECOND)
    assert account.logged_in == now_of(ann).seen_at - now_of(ann).logged_in_at


def test_the_same_state_once_more_goes_on(made: MadeFloor) -> None:
    """A command that is repeated on a bad line begins no second call."""
    ann = made.people["ann"]
    desks.log_in(ann, NOW)
    for moment in (at(10), at(11)):
        desks.enter(ann, State.ON_CALL, lead_id=7, now=moment)
    assert (now_of(ann).since, now_of(ann).call_since, now_of(ann).seen_at) == (at(10), at(10), at(11))
    desks.enter(ann, State.ON_CALL, lead_id=8, now=at(12))
    assert now_of(ann).call_since == at(12)


def test_a_time_is_cut_where_the_question_cuts_it(made: MadeFloor) -> None:
    ann = made.people["ann"]
    desks.log_in(ann, NOW)
    for second, state in ((10, State.ON_CALL), (20, State.READY), (30, State.ON_CALL), (40, State.OFF)):
        desks.enter(ann, state, now=at(second))
    assert told(desks.spells(ann, at(10), at(30))) == [("on_call", 10, 20), ("ready", 20, 30)]
    assert told(desks.spells(ann, at(19), at(21))) == [("on_call", 10, 20), ("ready", 20, 30)]
    assert desks.account(ann, at(15), at(33)) == Accounted(wait=10 * SECOND, talk=8 * SECOND)
    assert desks.spells(ann, at(40), at(99)) == ()
    assert desks.account(ann, at(-9), NOW) == Accounted()


def test_who_logged_out_left_nothing_behind(made: MadeFloor) -> None:
    """The night is nobody's time, and a heartbeat that comes late wakes nobody."""
    ann = made.people["ann"]
    desks.log_in(ann, NOW)
    desks.enter(ann, State.OFF, now=at(60))
    desks.seen(ann, at(90))
    assert now_of(ann).seen_at == at(60)
    assert desks.log_in(ann, at(3600)).left is None
    desks.seen(ann, at(3610))
    assert desks.account(ann, NOW, at(9999)).logged_in == 70 * SECOND
    assert now_of(ann).logged_in_at == at(3600)


def test_what_a_crash_left_open_ended_when_it_was_last_seen(made: MadeFloor) -> None:
    """And the next log-in hears where the agent was: on which lead, since when on the telephone."""
    ann = made.people["ann"]
    desks.log_in(ann, NOW)
    desks.enter(ann, State.ON_CALL, lead_id=7, now=at(10))
    desks.seen(ann, at(25))
    left = desks.log_in(ann, at(31)).left
    assert left == Presence(ann, State.ON_CALL, "", at(10), 7, at(10), NOW, at(25))
    desks.enter(ann, State.ON_CALL, lead_id=7, call_since=left.call_since, now=at(31))
    assert now_of(ann) == Presence(ann, State.ON_CALL, "", at(31), 7, at(10), at(31), at(31))
    desks.enter(ann, State.OFF, now=at(40))
    assert told(desks.spells(ann, NOW, at(99))) == [("ready", 0, 10), ("on_call", 10, 25), ("on_call", 31, 40)]


def test_a_line_that_is_lost_is_no_time_at_work(made: MadeFloor) -> None:
    """It is lost since it was last seen; how long stays on record."""
    ann = made.people["ann"]
    desks.log_in(ann, NOW)
    desks.seen(ann, at(30))
    desks.enter(ann, State.LOST, now=now_of(ann).seen_at)
    assert (now_of(ann).state, now_of(ann).since) == (State.LOST, at(30))
    left = desks.log_in(ann, at(300)).left
    assert left is not None
    assert (left.state, left.since) == (State.READY, NOW)  # what the lost line interrupted
    desks.seen(ann, at(310))
    assert told(desks.spells(ann, NOW, at(999))) == [("ready", 0, 30), ("lost", 30, 300), ("ready", 300, 310)]
    assert desks.account(ann, NOW, at(999)) == Accounted(wait=40 * SECOND)


def test_who_gives_no_sign_of_life_counts_as_lost(made: MadeFloor) -> None:
    """Since they were last seen, with the lead and the call that they left; who left by themselves is off."""
    ann = made.people["ann"]
    desks.log_in(ann, NOW)
    desks.enter(ann, State.ON_CALL, lead_id=7, now=at(10))
    desks.seen(ann, at(25))
    present = now_of(ann)
    assert as_of(present, at(25) + LOST_AFTER - SECOND) is present
    lost = as_of(present, at(25) + LOST_AFTER)
    assert (lost.state, lost.since, lost.lead_id, lost.call_since) == (State.LOST, at(25), 7, at(10))
    assert as_of(lost, at(9999)) is lost
    desks.enter(ann, State.OFF, now=at(200))
    assert as_of(now_of(ann), at(9999)).state is State.OFF


def test_a_clock_that_goes_back_stands_still(made: MadeFloor) -> None:
    ann = made.people["ann"]
    desks.log_in(ann, at(100))
    desks.enter(ann, State.ON_CALL, now=at(50))
    desks.seen(ann, at(60))
    desks.enter(ann, State.READY, now=at(110))
    desks.enter(ann, State.OFF, now=at(90))
    assert told(desks.spells(ann, NOW, at(999))) == [("on_call", 100, 110)]
    assert (now_of(ann).since, now_of(ann).seen_at) == (at(110), at(110))


def test_everybody_is_one_question(made: MadeFloor) -> None:
    for second, name in enumerate(("cid", "ann", "bob")):
        desks.log_in(made.people[name], at(second))
    desks.enter(made.people["bob"], State.PAUSE, code="toilet", now=at(9))
    assert [(one.agent_id, one.state, one.code, one.logged_in_at) for one in desks.everybody()] == [
        (made.people["ann"], State.READY, "", at(1)),
        (made.people["bob"], State.PAUSE, "toilet", at(2)),
        (made.people["cid"], State.READY, "", at(0)),
    ]


# ── laws ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

AT_WORK = sorted(PARTS)
DEEDS = st.tuples(
    st.sampled_from(["log in", "seen", *State]),
    st.integers(-20_000_000, 400_000_000),
    st.sampled_from([None, 1, 2]),
)
"""What happens, after so many microseconds of a clock that may go back, on which lead."""


class Book:
    """Sessions kept by hand: a session lasts from its log-in until it ends, or was last seen."""

    def __init__(self) -> None:
        self.now = NOW
        self.last = NOW - timedelta(days=9)
        self.since: datetime | None = None
        self.total = timedelta(0)

    def tell(self, deed: str, later: int) -> datetime:
        """What happened; returns what the agent's clock says."""
        self.now += timedelta(microseconds=later)
        if deed == "log in" and self.since is not None:
            self.total += self.last - self.since
            self.since = None
        is_here = self.since is not None
        if deed != "seen" or is_here:
            self.last = max(self.last, self.now)
        if deed in (State.OFF, State.LOST):
            self.total += self.last - self.since if self.since is not None else timedelta(0)
            self.since = None
        elif deed != "seen" and not is_here:
            self.since = self.last
        return self.now

    @property
    def logged_in(self) -> timedelta:
        """All sessions, the last as far as it was seen."""
        return self.total + (self.last - self.since if self.since is not None else timedelta(0))


def entry_of(deed: str, lead: int | None, now: datetime) -> Entry:
    """The entry that a deed is."""
    is_log_in = deed == "log in"
    return Entry(State.READY if is_log_in else State(deed), "", None if is_log_in else lead, None, now, is_log_in)


@given(st.lists(DEEDS, max_size=40))
def test_all_parts_make_the_whole(deeds: list[tuple[str, int, int | None]]) -> None:
    """Wait, talk, wrap-up and pause are the time logged in, to the microsecond; no two spells overlap."""
    book, present, found = Book(), None, list[Spell]()
    for deed, later, lead in deeds:
        if deed == "seen" and (present is None or present.state is State.LOST):
            continue  # nobody's heart beats there
        now = book.tell(deed, later)
        if deed == "seen":
            present = seen(present, now)
            continue
        present, ended = entered(present, 1, entry_of(deed, lead, now))
        found += [ended] if ended else []
    if present is not None and present.state in PARTS:
        found.append(Spell(1, present.state, "", None, present.since, present.seen_at))
    assert all(spell.since <= spell.until for spell in found)
    assert all(before.until <= after.since for before, after in pairwise(found))
    assert accounted(found, NOW - timedelta(days=9), NOW + timedelta(days=9)).logged_in == book.logged_in


@given(st.lists(DEEDS, min_size=1, max_size=20), st.integers(0, 10**9))
def test_a_cut_anywhere_loses_nothing(deeds: list[tuple[str, int, int | None]], cut: int) -> None:
    """The time before a moment and the time after it are the whole time."""
    present, found, now = None, list[Spell](), NOW
    for deed, later, lead in deeds:
        now += timedelta(microseconds=later)
        if deed != "seen":
            present, ended = entered(present, 1, entry_of(deed, lead, now))
            found += [ended] if ended else []
    first, last, middle = NOW - timedelta(days=9), NOW + timedelta(days=9), NOW + timedelta(microseconds=cut)

    def within(since: datetime, until: datetime) -> timedelta:
        inside = [spell for spell in found if spell.since < until and spell.until > since]
        return accounted(inside, since, until).logged_in

    assert within(first, middle) + within(middle, last) == within(first, last)


@pytest.mark.parametrize("seed", range(3))
def test_a_long_story_adds_up_where_it_is_stored(made: MadeFloor, seed: int) -> None:
    """The same law through the store, for two agents at once."""
    random = Random(seed)
    books = {made.people["ann"]: Book(), made.people["bob"]: Book()}
    for book in books.values():
        book.tell("log in", 0)
    for agent in books:
        desks.log_in(agent, NOW)
    for _ in range(80):
        agent = random.choice(list(books))
        deed = random.choice(["log in", "seen", "seen", *State, *AT_WORK, *AT_WORK])
        if deed == "seen" and now_of(agent).state is State.LOST:
            continue
        now = books[agent].tell(deed, random.randint(-5_000_000, 100_000_000))
        if deed == "log in":
            desks.log_in(agent, now)
        elif deed == "seen":
            desks.seen(agent, now)
        else:
            desks.enter(agent, State(deed), lead_id=random.choice((None, 7)), now=now)
    for agent, book in books.items():
        account = desks.account(agent, NOW, NOW + timedelta(days=9))
        assert account.logged_in == book.logged_in
        assert all(spell.agent_id == agent for spell in desks.spells(agent, NOW, NOW + timedelta(days=9)))
