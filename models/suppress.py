"""Numbers that nobody may call 禁呼名单: no queue, import, search or hand-over brings them back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from itertools import islice

from msgspec import Struct

from models.base import NEVER, moment, rows_of, seconds
from models.connect import locked
from models.journal import once, record
from models.lead import Lead, Phone, Suppression
from models.people import require_manager

BATCH = 400
"""Numbers in one statement: both databases take that many places."""
DO_NOT_CALL = "do_not_call"
"""The reason on the list where the customer said so on the telephone."""


class Suppressed(Struct, frozen=True):
    """An entry of the list."""

    number: int
    reason: str
    at: datetime
    agent: str


def add(numbers: Iterable[int], *, reason: str, agent_id: int, token: str, now: datetime) -> int:
    """Puts numbers on the list; leads with no other number are barred at once, also out of somebody's hands.

    A long list goes in batches, each a transaction with a record of its own: broken off and repeated with the same
    token, it goes on where it stopped.

    Returns:
        How many were not on it yet.
    """

    def batch_added(place: int, batch: list[int]) -> int:
        new = _add(batch, reason, agent_id, now)
        record(f"{token}-{place}", "suppress", agent_id, now, new, reason=reason)
        return new

    wanted = iter(numbers)
    batches = enumerate(iter(lambda: list(islice(wanted, BATCH)), []))
    return sum(once(f"{token}-{place}", partial(batch_added, place, batch)) for place, batch in batches)


def remove(number: int, *, reason: str, agent_id: int, token: str, now: datetime) -> bool:
    """Takes a number off the list; a manager's right, with a reason on record. False if it was not on it."""

    def command() -> int:
        require_manager(agent_id)
        went = int(Suppression.delete().where(Suppression.number == number).execute())
        if went:
            _unbar([number])
        record(token, "unsuppress", agent_id, now, went, reason=reason)
        return went

    return bool(once(token, command))


def listed(*, limit: int = 1000) -> Iterator[Suppressed]:
    """The list, newest first."""
    rows = rows_of(
        "SELECT s.number, s.reason, s.at, a.name FROM suppression s JOIN agent a ON a.id = s.agent_id "
        "ORDER BY s.at DESC, s.number LIMIT ?",
        (limit,),
    )
    for number, reason, at, agent in rows:
        yield Suppressed(number, reason, moment(at), agent)


def are_suppressed(numbers: Iterable[int]) -> set[int]:
    """Those of the numbers that are on the list."""
    found: set[int] = set()
    wanted = iter(numbers)
    while batch := list(islice(wanted, BATCH)):
        found |= {row[0] for row in rows_of(f"SELECT number FROM suppression WHERE number IN ({_holes(batch)})", batch)}
    return found


def bar_numbers_of(lead_id: int, agent_id: int, now: datetime) -> list[int]:
    """Puts every number of a lead on the list, after 'never call me again'; returns the new ones. Inside a command."""
    numbers = [
        row[0] for row in rows_of("SELECT number FROM phone WHERE lead_id = ? AND voided_at IS NULL", (lead_id,))
    ]
    new = sorted(set(numbers) - are_suppressed(numbers))
    _add(numbers, DO_NOT_CALL, agent_id, now)
    return new


def lift(numbers: list[int], agent_id: int, at: int) -> None:
    """Takes off the list what `bar_numbers_of` put on it then, unless it is there anew since. Inside a command."""
    ours = (Suppression.agent_id == agent_id, Suppression.at == at, Suppression.reason == DO_NOT_CALL)
    Suppression.delete().where(Suppression.number.in_(numbers), *ours).execute()
    _unbar(numbers)


def _add(numbers: list[int], reason: str, agent_id: int, now: datetime) -> int:
    new = set(numbers) - are_suppressed(numbers)
    for number in sorted(new):
        Suppression.insert(
            number=number, reason=reason, at=seconds(now), agent_id=agent_id
        ).on_conflict_ignore().execute()
    for lead in _leads_with(numbers):
        if not lead.barred and is_barred(lead.id):
            # What it slept for is kept, should the number ever come off the list.
            lead.slept_until = lead.sleeps_until
            lead.wake_at, lead.barred = NEVER, 1
            lead.holder_id = lead.held_since = lead.token = None
            lead.save()
    return len(new)


def _unbar(numbers: list[int]) -> None:
    """Leads that have a number again that may be called stand where they stood."""
    for lead in _leads_with(numbers):
        if lead.barred and not is_barred(lead.id):
            lead.barred, lead.wake_at, lead.slept_until = 0, lead.slept_until, None
            lead.save()


def _leads_with(numbers: list[int]) -> list[Lead]:
    if not numbers:
        return []
    having = Phone.select(Phone.lead_id).where(Phone.number.in_(numbers), Phone.voided_at.is_null())
    return list(locked(Lead.select().where(Lead.id.in_(having)).order_by(Lead.id)))


def is_barred(lead_id: int) -> bool:
    """Whether a lead has no number left that may be called."""
    rows = rows_of(
        "SELECT COUNT(*), COUNT(s.number) FROM phone p LEFT JOIN suppression s ON s.number = p.number "
        "WHERE p.lead_id = ? AND p.voided_at IS NULL",
        (lead_id,),
    )
    numbers, suppressed = rows[0]
    return bool(numbers) and numbers == suppressed


def _holes(values: list[int]) -> str:
    return ", ".join("?" * len(values))
