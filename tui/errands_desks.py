"""What a desk keeps beside the floor's records, and what it finds there at its start. On the database's thread only."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

from msgspec import Struct

from models.cards import LeadCard
from models.desks.draft import Draft
from models.desks.presence import Accounted, Presence, State
from models.errors import FloorError, Refused, Stale, Unavailable
from tui import errands
from tui.errands import Hand

T = TypeVar("T")

STILL_ON_CALL = timedelta(minutes=15)
"""A line that was gone for longer has taken the call with it: it counts until its desk was last seen."""


class LeftCall(Struct, frozen=True):
    """A call that was on, or not logged yet, when its desk ended."""

    lead_id: int
    since: datetime
    ended_at: datetime | None
    is_inbound: bool


class Left(Struct, frozen=True):
    """How a desk was left."""

    session: datetime
    """The name of the session that begins."""
    hand: Hand | None
    """The lead in hand: taken again where its time had run out; only looked at where somebody else has it by now."""
    call: LeftCall | None
    drafts: tuple[Draft, ...]
    open: Draft | None
    """What was being written."""
    written_at: LeadCard | None
    """The lead it was about, as far as the agent may see it; another one may be in hand by now."""
    trouble: FloorError | None
    """Why the lead could not be taken again."""
    news: News


INBOUND = "inbound"
"""The code of a call that came in."""


News = tuple[FloorError, ...]
"""What became of the place where all this is kept, each told once."""


def whereabouts() -> str:
    """Where this session sits, for whoever looks and for the session that it replaces: terminal and origin of the line.

    >>> os.environ["SSH_CONNECTION"] = "10.0.0.7 51234 10.0.0.1 22"
    >>> whereabouts().endswith("10.0.0.7")
    True
    """
    origin = os.environ.get("SSH_CONNECTION", "").partition(" ")[0] or os.uname().nodename
    with suppress(OSError):
        return f"{os.ttyname(0).removeprefix('/dev/')} · {origin}"
    return origin


def in_session(agent_id: int, session: datetime | None, work: Callable[[], T]) -> T:
    """Does the work of a session that nobody replaced.

    Raises:
        Stale: `replaced`, with when and where the agent logged in again; nothing was done.
    """
    from models import desks

    if session is not None:
        desks.require_session(agent_id, session)
    return work()


def keep_draft(agent_id: int, session: datetime | None, draft: Draft, now: datetime) -> News:
    """Keeps an unfinished text."""
    from models import desks

    desks.keep(agent_id, draft, now, session)
    return desks.news()


def drop_draft(agent_id: int, session: datetime | None, lead_id: int | None, place: str, now: datetime) -> News:
    """Forgets an unfinished text."""
    from models import desks

    desks.drop(agent_id, lead_id, place, now, session)
    return desks.news()


def enter(
    agent_id: int,
    session: datetime | None,
    state: State,
    code: str,
    lead_id: int | None,
    call_since: datetime | None,
    now: datetime,
) -> News:
    """The agent is at something else."""
    from models import desks

    desks.enter(agent_id, state, code=code, lead_id=lead_id, call_since=call_since, now=now, session=session)
    return desks.news()


def seen(agent_id: int, session: datetime | None, now: datetime) -> News:
    """The agent is still there."""
    from models import desks

    desks.seen(agent_id, now, session)
    return desks.news()


def account(agent_id: int, since: datetime, now: datetime) -> Accounted:
    """What the agent's own time went into; nothing where it cannot be read now."""
    from models import desks

    with suppress(Unavailable):
        return desks.account(agent_id, since, now)
    return Accounted()


def looker(login: str, agent_id: int) -> str:
    """The name of who may look at an agent's screen; empty for everybody else."""
    from models.watching import eyes

    return eyes.looker(login, agent_id)


def lose(agent_id: int, session: datetime | None, now: datetime) -> None:
    """The line is gone and nobody logged out: the lead in hand waits for its agent for the playbook's grace."""
    from models import desks, queue

    with suppress(FloorError):  # what cannot be written now ends by itself
        desks.enter(agent_id, State.LOST, now=now, session=session)
        queue.leave(agent_id, now)


def bring_back(agent_id: int) -> None:
    """What could only be noted is brought back."""
    from models import desks

    desks.bring_back(agent_id)


def log_in(agent_id: int, hand: Hand | None, place: str, now: datetime) -> Left:
    """Begins a session where the last one was left, and takes the place of one that is still there.

    Raises:
        Unavailable: nothing of it can be read or noted.
    """
    from models import desks

    begun = desks.log_in(agent_id, now, place)
    hand, trouble = _in_hand(agent_id, hand, now)
    call = _left_call(begun.left, now) if begun.left else None
    drafts = desks.drafts(agent_id)
    written = next((draft for draft in drafts if draft.is_open), None)
    wanted = call.lead_id if call else written.lead_id if written else None
    if wanted is not None and trouble is None and (hand is None or hand.claim is None):
        hand, trouble = _again(agent_id, wanted, now)
    in_hand = hand.card.id if hand else None
    if call is not None and (hand is None or hand.claim is None or in_hand != call.lead_id):
        call = None  # somebody else has the lead: whatever was said stands in their record
    if call is not None:
        _go_on(agent_id, begun.session, call, now)
    written_at = None
    if written is not None and written.lead_id is not None:
        with suppress(Refused, Unavailable):
            is_here = hand is not None and hand.card.id == written.lead_id
            written_at = hand.card if hand and is_here else errands.look(agent_id, written.lead_id, None, now).card
    return Left(begun.session, hand, call, drafts, written, written_at, trouble, desks.news())


def _in_hand(agent_id: int, hand: Hand | None, now: datetime) -> tuple[Hand | None, FloorError | None]:
    """What the agent holds is this session's alone from now on; another one that held it hears of it."""
    from models import queue

    try:
        claim = queue.take_over(agent_id, now)
        if claim is None:
            return (Hand(hand.card, None) if hand else None), None
        is_same = hand is not None and hand.card.id == claim.lead_id
        return (Hand(hand.card, claim) if hand and is_same else errands.look(agent_id, claim.lead_id, claim, now)), None
    except FloorError as trouble:
        return hand, trouble


def _again(agent_id: int, lead_id: int, now: datetime) -> tuple[Hand | None, FloorError | None]:
    """The lead in hand again; only looked at where it cannot be, with the reason."""
    try:
        return errands.take_lead(agent_id, lead_id, now), None
    except FloorError as trouble:
        with suppress(Refused, Unavailable):
            return errands.look(agent_id, lead_id, None, now), trouble
        return None, trouble


def _left_call(before: Presence, now: datetime) -> LeftCall | None:
    if before.lead_id is None or before.call_since is None:
        return None
    if before.state is State.ON_CALL:
        is_gone = now - before.seen_at > STILL_ON_CALL
        ended_at = before.seen_at if is_gone else None
        return LeftCall(before.lead_id, before.call_since, ended_at, before.code == INBOUND)
    if before.state is State.WRAP_UP:
        return LeftCall(before.lead_id, before.call_since, before.since, before.code == INBOUND)
    return None


def _go_on(agent_id: int, session: datetime, call: LeftCall, now: datetime) -> None:
    state = State.ON_CALL if call.ended_at is None else State.WRAP_UP
    code = INBOUND if call.is_inbound else ""
    since = call.since if call.ended_at is None else now - (call.ended_at - call.since)
    enter(agent_id, session, state, code, call.lead_id, since, now)


def ready_to_call(hand: Hand, agent_id: int, now: datetime) -> Hand:
    """The lead in hand for longer, as it stands on record now: a number may have been suppressed a moment ago.

    Raises:
        Stale: somebody else has it by now.
        Refused: `barred`, with all its numbers.
    """
    from models import queue

    if hand.claim is not None:
        try:
            return errands.look(agent_id, hand.card.id, queue.renew(hand.claim, now), now)
        except Stale as stale:
            if stale.code == "elsewhere":
                raise
    # It ran out unseen: taken again, unless somebody else has it.
    return errands.take_lead(agent_id, hand.card.id, now)
