"""What a command writes into the history: the touch and the move, of the lead as it stood then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import funnel
from models.base import moment, month_of, seconds
from models.campaigns import Book
from models.fields import clean
from models.journal import AmountChange
from models.lead import Lead
from models.zones import floor_zone

if TYPE_CHECKING:
    from models.ledger import Entry


def touch_of(
    lead: Lead,
    agent_id: int,
    entry: Entry,
    outcome: funnel.Outcome,
    after: funnel.Aftermath,
    answers_at: int | None,
    now: datetime,
) -> dict[str, Any]:
    """The touch of a lead as it stands before what follows."""
    return {
        "lead_id": lead.id,
        "stage_id": lead.stage_id,
        "at": at_of(lead, now),
        "agent_id": agent_id,
        "owner_id": lead.owner_id,
        "team_id": lead.team_id,
        "kind": entry.kind.value,
        "is_inbound": int(entry.is_inbound),
        "outcome": outcome.code,
        "is_talk": int(outcome.is_talk),
        "purpose": clean(entry.purpose),
        "note": clean(entry.note),
        "feedback": clean(entry.feedback),
        "tags": clean(entry.tags),
        "bring": clean(entry.bring),
        "next_at": None if entry.next_at is None else seconds(entry.next_at),
        "answers_at": answers_at,
        "lacks_next_step": int(after.lacks_next_step),
        "seconds": entry.seconds,
    }


def move_of(
    lead: Lead,
    campaign: Book,
    to: str,
    way: funnel.Way,
    agent_id: int | None,
    now: datetime,
    reason: str = "",
    *,
    sign_seen: bool = False,
) -> dict[str, Any]:
    """A move that is allowed; sets the lead's stage. The caller writes the lead."""
    at = at_of(lead, now)
    move = {
        "lead_id": lead.id,
        "from_stage_id": None if way is funnel.Way.ENTER else lead.stage_id,
        "to_stage_id": campaign.stage_ids[to],
        "way": way.value,
        "at": at,
        "month": month_of(moment(at).astimezone(floor_zone()).date()),
        "agent_id": agent_id,
        "owner_id": lead.owner_id,
        "team_id": lead.team_id,
        "amount": lead.amount,
        "reason": reason,
        "sign_seen": int(sign_seen),
    }
    lead.stage_id, lead.stage_since = campaign.stage_ids[to], at
    return move


def write_amount(before: Mapping[str, Any], lead: Lead, journal: int, now: datetime) -> None:
    """Records it where a command gave a lead another amount; `before` are its columns as they were."""
    if before["amount"] != lead.amount:
        AmountChange.add(
            journal_id=journal,
            lead_id=lead.id,
            at=max(seconds(now), before["stage_since"]),
            stage_id=before["stage_id"],
            team_id=before["team_id"],
            owner_id=before["owner_id"],
            before=before["amount"],
            after=lead.amount,
        )


def at_of(lead: Lead, now: datetime) -> int:
    """The moment on record: clocks of several hosts differ a little, but nothing comes before the move it follows."""
    return max(seconds(now), lead.stage_since)
