"""What a desk keeps beside the floor's records, and what it finds there at its start. On the database's thread only."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.cards import LeadCard
from models.drafts import Draft
from models.errors import FloorError, Refused, Stale, Unavailable
from models.presence import Presence, State
from tui import errands
from tui.errands import Hand

STILL_ON_CALL = timedelta(minutes=15)
"""A line that was gone for longer has taken the call with it: it counts until its desk was last seen."""


@dataclass(frozen=True, slots=True)
class LeftCall:
    """A call that was on, or not logged yet, when its desk ended."""

    lead_id: int
    since: datetime
    ended_at: datetime | None
    is_inbound: bool


@dataclass(frozen=True, slots=True)
class Left:
    """How a desk was left."""

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


def keep_draft(agent_id: int, draft: Draft, now: datetime) -> News:
    """Keeps an unfinished text."""
    from models import desks

    desks.keep(agent_id, draft, now)
    return desks.news()


def drop_draft(agent_id: int, lead_id: int | None, place: str, now: datetime) -> News:
    """Forgets an unfinished text."""
    from models import desks

    desks.drop(agent_id, lead_id, place, now)
    return desks.news()


def enter(
    agent_id: int, state: State, code: str, lead_id: int | None, call_since: datetime | None, now: datetime
) -> News:
    """The agent is at something else."""
    from models import desks

    desks.enter(agent_id, state, code=code, lead_id=lead_id, call_since=call_since, now=now)
    return desks.news()


def seen(agent_id: int, now: datetime) -> News:
    """The agent is still there."""
    from models import desks

    desks.seen(agent_id, now)
    return desks.news()


def log_in(agent_id: int, hand: Hand | None, now: datetime) -> Left:
    """Begins a session where the last one was left.

    Raises:
        Unavailable: nothing of it can be read or noted.
    """
    from models import desks

    before = desks.log_in(agent_id, now)
    call = _left_call(agent_id, before, now) if before else None
    drafts = desks.drafts(agent_id)
    written = next((draft for draft in drafts if draft.is_open), None)
    wanted = call.lead_id if call else written.lead_id if written else None
    trouble: FloorError | None = None
    if wanted is not None and (hand is None or hand.claim is None):
        hand, trouble = _again(agent_id, wanted, now)
    in_hand = hand.card.id if hand else None
    if call is not None and (hand is None or hand.claim is None or in_hand != call.lead_id):
        call = None  # somebody else has the lead: whatever was said stands in their record
    if call is not None:
        _go_on(agent_id, call, now)
    written_at = None
    if written is not None and written.lead_id is not None:
        with suppress(Refused):
            is_here = hand is not None and hand.card.id == written.lead_id
            written_at = hand.card if hand and is_here else errands.look(agent_id, written.lead_id, None, now).card
    return Left(hand, call, drafts, written, written_at, trouble, desks.news())


def _again(agent_id: int, lead_id: int, now: datetime) -> tuple[Hand | None, FloorError | None]:
    """The lead in hand again; only looked at where it cannot be, with the reason."""
    try:
        return errands.take_lead(agent_id, lead_id, now), None
    except Unavailable:
        raise
    except FloorError as trouble:
        with suppress(Refused):
            return errands.look(agent_id, lead_id, None, now), trouble
        return None, trouble


def _left_call(agent_id: int, before: Presence, now: datetime) -> LeftCall | None:
    if before.lead_id is None:
        return None
    if before.state is State.ON_CALL and before.call_since is not None:
        is_gone = now - before.seen_at > STILL_ON_CALL
        ended_at = before.seen_at if is_gone else None
        return LeftCall(before.lead_id, before.call_since, ended_at, before.code == INBOUND)
    if before.state is State.WRAP_UP:
        talked = _talked(agent_id, before)
        return LeftCall(before.lead_id, before.since - talked, before.since, before.code == INBOUND)
    return None


def _talked(agent_id: int, wrap_up: Presence) -> timedelta:
    """How long the talk before a wrap-up was."""
    from models import desks

    with suppress(Unavailable):
        for spell in desks.spells(agent_id, wrap_up.logged_in_at, wrap_up.since):
            if spell.state is State.ON_CALL and spell.lead_id == wrap_up.lead_id and spell.until == wrap_up.since:
                return spell.until - spell.since
    return timedelta(0)


def _go_on(agent_id: int, call: LeftCall, now: datetime) -> None:
    state = State.ON_CALL if call.ended_at is None else State.WRAP_UP
    code = INBOUND if call.is_inbound else ""
    enter(agent_id, state, code, call.lead_id, call.since if call.ended_at is None else None, now)


def ready_to_call(hand: Hand, agent_id: int, now: datetime) -> Hand:
    """The lead in hand for longer, as it stands on record now: a number may have been suppressed a moment ago.

    Raises:
        Stale: somebody else has it by now.
        Refused: `barred`, with all its numbers.
    """
    from models import queue

    if hand.claim is not None:
        with suppress(Stale):  # it ran out unseen: taken again, unless somebody else has it
            return errands.look(agent_id, hand.card.id, queue.renew(hand.claim, now), now)
    return errands.take_lead(agent_id, hand.card.id, now)
