"""What the desk asks of the database's thread in one go. Every function here runs on that thread, never on the loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from msgspec.structs import replace

import funnel
from models.cards import Claim, Day, FloorCard, LeadCard, Panel, Person, QueueCard, Scope, Today, TouchLine, Why
from models.errors import FloorError, Refused, Stale

if TYPE_CHECKING:
    from models.campaigns import Book
    from models.ledger import Entry
    from models.reports.twins import Stall
    from models.search.finding import Found

T = TypeVar("T")


class Hand(Struct, frozen=True):
    """The lead that an agent has before them; without a claim it is only looked at."""

    card: LeadCard
    claim: Claim | None

    @property
    def is_logged(self) -> bool:
        """Whether a touch of this claim is on record already: it was saved with the lead kept in hand."""
        claim, touches = self.claim, (line for line in self.card.history if isinstance(line, TouchLine))
        return claim is not None and any(touch.at >= claim.since for touch in touches)


class Survey(Struct, frozen=True):
    """The floor around a desk, of one moment."""

    queue: QueueCard
    panel: Panel
    today: Today


class Opening(Struct, frozen=True):
    """Everything that a desk shows when it opens."""

    person: Person
    floor: FloorCard
    books: Mapping[int, Book]
    survey: Survey
    hand: Hand | None


class Logged(Struct, frozen=True):
    """A touch on record, and the lead that came next."""

    aftermath: funnel.Aftermath
    hand: Hand | None
    trouble: FloorError | None = None
    """The touch is stored, but the next lead could not be brought."""


def opening(login: str, now: datetime, *, is_new: bool = False) -> Opening:
    """Opens a desk: who, where, what waits, and the lead still in hand from before.

    Args:
        login: whose desk.
        now: this moment.
        is_new: whether they count as new here, whatever they have done.

    Raises:
        Refused: `stranger`, or `no_campaign`.
    """
    from models import access, queue, views

    person = access.asking(login)
    books = {book.campaign_id: book for book in views.campaigns()}
    if not books:
        raise Refused("no_campaign")
    claim = queue.held(person.id, now)
    hand = _hand(person.id, claim, now) if claim else None
    campaign = hand.card.campaign_id if hand else next(iter(books))
    person = replace(person, is_new=person.is_new or is_new)
    return Opening(person, views.floor(), books, survey(person.id, Scope.MINE, campaign, now), hand)


def survey(agent_id: int, scope: Scope, campaign_id: int, now: datetime, *, rows: int = 60) -> Survey:
    """The queue, the funnel and the day, as they stand now."""
    from models import figures, lists

    return Survey(
        lists.queue(agent_id, now, limit=rows),
        figures.panel(agent_id, scope, campaign_id, now),
        figures.today(agent_id, now),
    )


def next_lead(agent_id: int, now: datetime, worked: Claim | None = None) -> Hand | None:
    """Brings the next lead into the agent's hands, in place of one that was worked; None when all rest."""
    from models import queue

    if worked is not None:
        queue.release(worked, now)
    claim = queue.claim_next(agent_id, now)
    return _hand(agent_id, claim, now) if claim else None


def take_lead(agent_id: int, lead_id: int, now: datetime) -> Hand:
    """Takes one lead into the agent's hands."""
    from models import queue

    return _hand(agent_id, queue.take(agent_id, lead_id, now), now)


def find(agent_id: int, text: str, now: datetime, *, limit: int) -> tuple[Found, ...]:
    """The leads that have a text in a name, company, number or note, of those that the agent may see."""
    from models.search import finding

    return finding.find(agent_id, text, now, limit=limit)


def look(agent_id: int, lead_id: int, claim: Claim | None, now: datetime) -> Hand:
    """The lead as it stands now, in the hands it was in."""
    from models import views

    return Hand(views.lead(agent_id, lead_id, now), claim)


def look_at(agent_id: int, lead_id: int, now: datetime) -> Hand:
    """A lead to read; still in hand where the agent holds it."""
    from models import queue

    claim = queue.held(agent_id, now)
    return look(agent_id, lead_id, claim if claim and claim.lead_id == lead_id else None, now)


def log_touch(hand: Hand, entry: Entry, token: str, agent_id: int, now: datetime, *, keep: bool = False) -> Logged:
    """Records a touch and brings the next lead, or keeps this one in hand while it is open.

    The record stands even where no next lead could be brought.
    """
    from models import ledger

    def command(claim: Claim) -> funnel.Aftermath:
        return ledger.log_touch(claim, entry, keep=keep, token=token, now=now)

    aftermath = with_claim(hand, agent_id, now, command)
    try:
        return Logged(aftermath, _same_or_next(hand, agent_id, now))
    except FloorError as error:
        return Logged(aftermath, None, error)


def move_lead(
    hand: Hand,
    to: str,
    reason: str,
    is_sign_seen: bool,
    token: str,
    agent_id: int,
    now: datetime,
    values: Mapping[str, str],
) -> Hand | None:
    """Moves a lead to another stage, with what a sale confirms.

    An open lead stays in hand, a closed one gives way to the next.
    """
    from models import ledger

    def command(claim: Claim) -> None:
        ledger.move(claim, to, reason=reason, is_sign_seen=is_sign_seen, values=values, token=token, now=now)

    with_claim(hand, agent_id, now, command)
    return _same_or_next(hand, agent_id, now)


def put_to_sleep(hand: Hand, until: datetime, why: str, token: str, agent_id: int, now: datetime) -> Hand | None:
    """Puts a lead to sleep and brings the next."""
    from models import ledger

    with_claim(hand, agent_id, now, lambda claim: ledger.sleep(claim, until, why=why, token=token, now=now))
    return next_lead(agent_id, now)


def edit_field(hand: Hand, field: str, text: str, token: str, agent_id: int, now: datetime) -> Hand:
    """Changes a field; the lead stays in hand."""
    from models import ledger, queue

    with_claim(hand, agent_id, now, lambda claim: ledger.edit(claim, {field: text}, token=token, now=now))
    return look(agent_id, hand.card.id, queue.held(agent_id, now), now)


def undo(agent_id: int, undone: str, token: str, now: datetime) -> Hand:
    """Takes the agent's last command back; its lead is in hand again."""
    from models import undoing

    return _hand(agent_id, undoing.undo(agent_id, undone, token=token, now=now).claim, now)


def renew(claim: Claim, now: datetime) -> Claim:
    """Keeps a lead in hand for longer."""
    from models import queue

    return queue.renew(claim, now)


def release(claim: Claim, now: datetime) -> None:
    """Gives a lead back."""
    from models import queue

    queue.release(claim, now)


def why(agent_id: int, lead_id: int, now: datetime) -> Why:
    """Why that lead comes where it does."""
    from models import lists

    return lists.why(agent_id, lead_id, now)


def stall(agent_id: int, lead_id: int, now: datetime) -> Stall:
    """What leads like that one had when they passed its stage."""
    from models.reports import twins

    return twins.stall(agent_id, lead_id, now)


def day(agent_id: int, now: datetime) -> Day:
    """The agent's day: promises, target, what waits tomorrow."""
    from models import day as days

    return days.day(agent_id, now)


def with_claim(hand: Hand, agent_id: int, now: datetime, command: Callable[[Claim], T]) -> T:
    """Runs a command with the claim in hand; takes the lead where it is only looked at.

    A claim that ran out while its agent was writing is taken again, unless somebody else has the lead by now.
    """
    from models import queue

    claim = hand.claim or queue.take(agent_id, hand.card.id, now)
    try:
        return command(claim)
    except Stale as stale:
        if stale.by is not None or stale.code == "elsewhere" or hand.claim is None:
            raise
    return command(queue.take(agent_id, hand.card.id, now))


def _same_or_next(hand: Hand, agent_id: int, now: datetime) -> Hand | None:
    """The lead that the agent still holds, else the next."""
    from models import queue

    claim = queue.held(agent_id, now)
    if claim is not None and claim.lead_id == hand.card.id:
        return _hand(agent_id, claim, now)
    return next_lead(agent_id, now)


def _hand(agent_id: int, claim: Claim, now: datetime) -> Hand:
    return look(agent_id, claim.lead_id, claim, now)
