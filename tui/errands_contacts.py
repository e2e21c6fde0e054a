"""The people at the lead in hand, as the desk changes them. On the database's thread only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from models.cards import Claim
from tui import errands
from tui.errands import Hand


def add(hand: Hand, values: Mapping[str, str], token: str, agent_id: int, now: datetime) -> tuple[Hand, int]:
    """Adds a contact."""
    from models import contacts

    return _changed(hand, agent_id, now, lambda claim: contacts.add(claim, values, token=token, now=now))


def change(
    hand: Hand, contact: int, values: Mapping[str, str], token: str, agent_id: int, now: datetime
) -> tuple[Hand, int]:
    """Changes what is known of a contact."""
    from models import contacts

    return _changed(hand, agent_id, now, lambda claim: contacts.change(claim, contact, values, token=token, now=now))


def write_number(
    hand: Hand, contact: int, old: int | None, typed: str, token: str, agent_id: int, now: datetime
) -> tuple[Hand, int]:
    """Adds a number, or puts one in the place of `old`; nothing in its place takes it away."""
    from models import contacts

    def command(claim: Claim) -> int:
        if old is None:
            return contacts.add_number(claim, contact, typed, token=token, now=now)
        return contacts.change_number(claim, contact, old, typed, token=token, now=now)

    return _changed(hand, agent_id, now, command)


def put_first(hand: Hand, contact: int, token: str, agent_id: int, now: datetime) -> tuple[Hand, int]:
    """Makes a contact the first to call."""
    from models import contacts

    return _changed(hand, agent_id, now, lambda claim: contacts.put_first(claim, contact, token=token, now=now))


def remove(hand: Hand, contact: int, token: str, agent_id: int, now: datetime) -> tuple[Hand, int]:
    """Takes a contact away."""
    from models import contacts

    return _changed(hand, agent_id, now, lambda claim: contacts.remove(claim, contact, token=token, now=now))


def _changed(hand: Hand, agent_id: int, now: datetime, command: Callable[[Claim], int]) -> tuple[Hand, int]:
    """The lead as it stands afterwards, still in hand, and the contact that it was about."""
    from models import queue

    contact = errands.with_claim(hand, agent_id, now, command)
    return errands.look(agent_id, hand.card.id, queue.held(agent_id, now), now), contact
