"""Sessions: an agent sits at one desk, whoever logs in again goes on there, and all time at work is accounted for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from models import desks, floor, queue
from models.base import new_token
from models.desks.presence import (
    AWAY,
    LOST_AFTER,
    PARTS,
    Accounted,
    Entry,
    Presence,
    Spell,
    State,
    accounted,
    entered,
    resumed,
)
from models.errors import Stale
from models.playbook import shipped_text
from tests.models.store.desk_places import LATER, at, away, typed
from tests.models.store.floors import NOW, PLAYBOOK, MadeFloor

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def now_of(agent_id: int) -> Presence:
    found = desks.present(agent_id)
    assert found is not None
    return found


# ── one agent, one desk ───────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_logs_in_again_takes_the_place(made: MadeFloor) -> None:
    """Nothing of the first session counts any more, and it hears when and where the second began."""
    ann = made.people["ann"]
    first = desks.log_in(ann, NOW, "pts/1 · 10.0.0.7").session
    desks.keep(ann, typed("half a wo"), at(5), first)
    desks.enter(ann, State.ON_CALL, lead_id=7, now=at(6), session=first)
    desks.seen(ann, at(9), first)
    second = desks.log_in(ann, at(10), "pts/2 · 10.0.0.8")
    assert second.left is not None
    assert (second.left.state, second.left.place) == (State.ON_CALL, "pts/1 · 10.0.0.7")
    desks.keep(ann, typed("half a word", after=11), at(11), second.session)
    writes: tuple[Callable[[], None], ...] = (
        lambda: desks.keep(ann, typed("half a wo!", after=12), at(12), first),
        lambda: desks.drop(ann, 7, "log talked", at(12), first),
        lambda: desks.enter(ann, State.OFF, now=at(12), session=first),
        lambda: desks.seen(ann, at(12), first),
        lambda: desks.require_session(ann, first),
    )
    for write in writes:
        with pytest.raises(Stale, match="replaced") as stale:
            write()
        assert (stale.value.at, stale.value.fields["place"]) == (at(10), "pts/2 · 10.0.0.8")
    assert [draft.text for draft in desks.drafts(ann)] == ["half a word"]
    assert (now_of(ann).state, now_of(ann).seen_at) == (State.READY, at(10))
    desks.require_session(ann, second.session)


def test_two_that_log_in_at_the_same_moment_are_two(made: MadeFloor) -> None:
    """The later one has the place, also where a clock stands or goes back."""
    ann = made.people["ann"]
    sessions = [desks.log_in(ann, moment).session for moment in (at(10), at(10), at(3))]
    assert sessions == sorted(set(sessions))
    for earlier in sessions[:2]:
        with pytest.raises(Stale):
            desks.require_session(ann, earlier)
    desks.require_session(ann, sessions[2])


def test_a_session_that_was_only_noted_is_one(made: MadeFloor) -> None:
    """It began while nothing could be stored: it keeps its name, and is replaced like any other."""
    ann = made.people["ann"]
    desks.log_in(ann, NOW)
    with away(made.url):
        session = desks.log_in(ann, at(10), "pts/9").session
        desks.enter(ann, State.ON_CALL, lead_id=7, now=at(20), session=session)
        desks.require_session(ann, session)
    desks.seen(ann, at(20) + LATER, session)
    assert (now_of(ann).state, now_of(ann).logged_in_at, now_of(ann).place) == (State.ON_CALL, session, "pts/9")
    desks.log_in(ann, at(60))
    with pytest.raises(Stale, match="replaced"):
        desks.seen(ann, at(61), session)


# ── the claim of a session ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_newcomer_alone_can_use_the_claim(made: MadeFloor) -> None:
    made.lead()
    claim = made.next("ann")
    mine = queue.take_over(claim.agent_id, NOW + MINUTE)
    assert mine is not None
    assert (mine.lead_id, mine.since, mine.until) == (claim.lead_id, claim.since, NOW + 11 * MINUTE)
    with pytest.raises(Stale, match="elsewhere"):
        queue.renew(claim, NOW + MINUTE)
    queue.release(claim, NOW + MINUTE)
    assert queue.held(claim.agent_id, NOW + MINUTE) == mine
    assert queue.take_over(made.people["bob"], NOW) is None


@pytest.mark.parametrize(("grace", "minutes"), [(5, 5), (0, 0), (10, 10), (60, 10)])
def test_a_lost_line_keeps_its_lead_for_the_grace(made: MadeFloor, grace: int, minutes: int) -> None:
    """Never longer than a claim lasts; then it is free by itself, for anybody."""
    set_grace(made, grace)
    made.lead()
    claim = made.next("ann")
    cut = NOW + 3 * MINUTE
    queue.leave(claim.agent_id, cut)
    until = cut + minutes * MINUTE
    if minutes:
        assert queue.claim_next(made.people["bob"], until - SECOND) is None
        found = queue.take_over(claim.agent_id, until - SECOND)
        assert found is not None
        assert found.lead_id == claim.lead_id
        queue.leave(claim.agent_id, cut)
    taken = queue.claim_next(made.people["bob"], until)
    assert taken is not None
    assert taken.lead_id == claim.lead_id
    assert queue.take_over(claim.agent_id, until) is None


def set_grace(made: MadeFloor, minutes: int) -> None:
    """Writes the playbook's grace, as a manager does."""
    text = PLAYBOOK.replace("claim_minutes = 10", f"claim_minutes = 10\ngrace_minutes = {minutes}")
    floor.apply_playbook(1, text, by=made.people["boss"], token=new_token(), now=NOW)


def test_shipped_playbooks_say_their_grace() -> None:
    for name in ("telesales", "four-stage", "b2b"):
        assert "\ngrace_minutes = " in shipped_text(name)


# ── what a time went into ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_terminal_that_stopped_reading_is_no_time_at_work(made: MadeFloor) -> None:
    """Its heart stood still: the line was lost as long as that, and then goes on as if nothing had been."""
    ann = made.people["ann"]
    session = desks.log_in(ann, NOW).session
    desks.enter(ann, State.ON_CALL, lead_id=7, now=at(10), session=session)
    desks.seen(ann, at(20), session)
    desks.seen(ann, at(20) + 2 * LOST_AFTER, session)
    assert (now_of(ann).state, now_of(ann).since, now_of(ann).call_since) == (State.ON_CALL, at(110), at(10))
    desks.enter(ann, State.WRAP_UP, lead_id=7, call_since=at(10), now=at(120), session=session)
    desks.seen(ann, at(120) + LOST_AFTER, session)
    assert now_of(ann).since - (now_of(ann).call_since or NOW) == 110 * SECOND, "the talk keeps its length"
    desks.enter(ann, State.READY, now=at(175), session=session)
    assert desks.account(ann, NOW, at(999)) == Accounted(wait=10 * SECOND, talk=20 * SECOND, wrap_up=10 * SECOND)


def test_a_wrap_up_that_was_lost_is_told_with_its_talk(made: MadeFloor) -> None:
    """Twice in a row, by a hang-up and by a kill."""
    ann = made.people["ann"]
    session = desks.log_in(ann, NOW).session
    desks.enter(ann, State.WRAP_UP, code="inbound", lead_id=7, call_since=at(-60), now=NOW, session=session)
    desks.enter(ann, State.LOST, now=at(5), session=session)
    assert (now_of(ann).lead_id, now_of(ann).since) == (7, at(5))
    left = desks.log_in(ann, at(9)).left
    assert left is not None
    assert (left.state, left.code, left.lead_id, left.call_since, left.since) == (
        State.WRAP_UP, "inbound", 7, at(-60), NOW,
    )  # fmt: skip


@dataclass
class Witness:
    """Who stands behind one agent's chairs and writes down every sign of life of the desk that has the place."""

    signs: list[tuple[int, datetime, State]]
    """Desk, when, and what the agent was at from then on."""

    def told(self) -> dict[State, timedelta]:
        """What the time went into: between two signs of life of one desk, unless they are too far apart."""
        spent = dict.fromkeys(State, timedelta(0))
        for (desk, since, state), (other, until, _) in zip(self.signs, self.signs[1:], strict=False):
            if desk == other and until - since < LOST_AFTER:
                spent[state] += until - since
        return spent


DEEDS = st.tuples(
    st.sampled_from(["log in", "kill", "seen", "seen", *State, *PARTS]),
    st.one_of(st.integers(0, 40_000_000), st.integers(0, 400_000_000)),
    st.integers(0, 2),
)
"""What happens, so many microseconds later, at the last desk or at one before it."""


def parts_of(account: Accounted) -> dict[str, timedelta]:
    return {name: getattr(account, name) for name in PARTS.values()}


@given(st.lists(DEEDS, max_size=60))
def test_all_parts_make_the_whole_whatever_becomes_of_the_sessions(deeds: list[tuple[str, int, int]]) -> None:
    """Kills, hang-ups, stalls, takeovers: each part is what a witness saw, to the microsecond."""
    witness, sessions, ended = Witness([]), list[datetime](), set[int]()
    present: Presence | None = None
    found: list[Spell] = []
    now = NOW
    for deed, later, back in deeds:
        now += timedelta(microseconds=later)
        desk = len(sessions) - 1 - back
        if deed == "log in":
            present, spell = entered(present, 1, Entry(State.READY, "", None, None, now, is_log_in=True))
            sessions.append(present.logged_in_at)
            witness.signs.append((len(sessions) - 1, now, State.READY))
        elif desk < 0 or desk in ended or present is None:
            continue
        elif deed == "kill":
            ended.add(desk)
            continue
        elif deed == "seen":
            if back or present.state in AWAY:
                continue  # `see` refuses it in the store
            is_cut = now - present.seen_at >= LOST_AFTER
            present, spell = resumed(present, now) if is_cut else (replace(present, seen_at=now), None)
            witness.signs.append((desk, now, present.state))
        else:
            state = State(deed)
            entry = Entry(state, "", None, None, now, is_log_in=False, session=sessions[desk])
            present, spell = entered(present, 1, entry)
            if back == 0:
                witness.signs.append((desk, now, state))
            if state in AWAY:
                ended.add(desk)
        found += [spell] if spell else []
    if present is not None and present.state in PARTS:
        found.append(Spell(1, present.state, "", None, present.since, present.seen_at))
    account, told = accounted(found, NOW, now + MINUTE), witness.told()
    assert parts_of(account) == {name: told[state] for state, name in PARTS.items()}
    assert account.logged_in == sum((told[state] for state in PARTS), timedelta(0))


@pytest.mark.parametrize("seed", range(3))
def test_and_where_it_is_stored(made: MadeFloor, seed: int) -> None:
    """The same law through the store, whose old sessions are refused."""
    random, witness, now = Random(seed), Witness([]), NOW
    ann, sessions, ended = made.people["ann"], list[datetime](), set[int]()
    for _ in range(90):
        now += timedelta(microseconds=random.choice((random.randint(0, 40_000_000), random.randint(0, 200_000_000))))
        deed = random.choice(["log in", "kill", "seen", "seen", *State, *PARTS])
        desk = len(sessions) - 1 - random.choice((0, 0, 1))
        if deed == "log in" or not sessions:
            sessions.append(desks.log_in(ann, now).session)
            witness.signs.append((len(sessions) - 1, now, State.READY))
            continue
        if desk < 0 or desk in ended:
            continue
        if deed == "kill":
            ended.add(desk)
            continue
        expected = nullcontext() if desk == len(sessions) - 1 else pytest.raises(Stale, match="replaced")
        with expected:
            if deed == "seen":
                desks.seen(ann, now, sessions[desk])
            else:
                desks.enter(ann, State(deed), now=now, session=sessions[desk])
        if desk < len(sessions) - 1:
            continue
        ended |= {desk} if deed in AWAY else set()
        witness.signs.append((desk, now, witness.signs[-1][2] if deed == "seen" else State(deed)))
    told = witness.told()
    assert parts_of(desks.account(ann, NOW, now + MINUTE)) == {name: told[state] for state, name in PARTS.items()}
