"""One lead taken in by hand: required fields, duplicates and the suppression list are checked where it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import funnel
from models import fields, queue, suppress, zones
from models.base import rows_of, seconds
from models.campaigns import Book, book
from models.connect import transact
from models.errors import Refused
from models.journal import carried_out
from models.lead import Contact, Lead
from models.ledger import write_journal, write_move
from models.numbers import Number, parse_number, whereabouts
from models.people import Agent, Floor, Role, require_worker


@dataclass(frozen=True, slots=True)
class Twin:
    """A lead that already has a number."""

    lead_id: int
    company: str
    owner: str


def take_in(
    campaign_id: int,
    values: Mapping[str, str],
    *,
    by: int,
    owner_id: int | None = None,
    team_id: int | None = None,
    token: str,
    now: datetime,
    obtained_at: datetime | None = None,
) -> int:
    """Takes in one lead and returns its id. Its first-call clock runs, since it came by hand.

    Raises:
        Refused: `takes_no_leads`, `field_missing`, `bad_value`, `duplicate` (names the owner, nothing of the customer),
            `suppressed`, `supervisors_watch`.
    """

    def command() -> int:
        if (done := carried_out(token)) is not None:
            return int(done.lead_id or 0)
        require_worker(by)
        campaign = book(campaign_id)
        if not campaign.playbook.takes_leads:
            raise Refused("takes_no_leads", campaign=campaign.name)
        missing = [name for name in campaign.playbook.required_fields if not funnel.is_filled(values.get(name))]
        if missing:
            raise Refused("field_missing", field=missing[0], fields=tuple(missing))
        number = _free_number(values.get("number", ""))
        lead = _new_lead(campaign, owner_id, team_id, obtained_at or now, now)
        lead.zone_id = zones.zone_id(whereabouts(number.number, now), now) if number else zones.unknown_zone_id(now)
        lead.save(force_insert=True)
        Contact.create(lead_id=lead.id)
        filled = {name: text for name, text in values.items() if funnel.is_filled(text)}
        fields.change(lead, campaign.playbook, filled, Floor.get_by_id(1).region, now)
        journal = write_journal(token, "take-in", lead, by, now, {"source": lead.source})
        write_move(lead, campaign, journal, campaign.playbook.stages[0].code, funnel.Way.ENTER, by, now)
        queue.put_in_place(lead, campaign, now)
        lead.save()
        return int(lead.id)

    return transact(command)


def twins_of(numbers: Sequence[int]) -> dict[int, Twin]:
    """Leads that already have these numbers, by number: a colleague's name and nothing of the customer's record."""
    found: dict[int, Twin] = {}
    for start in range(0, len(numbers), suppress.BATCH):
        batch = list(numbers[start : start + suppress.BATCH])
        rows = rows_of(
            "SELECT p.number, l.id, l.company, COALESCE(a.name, '') FROM phone p JOIN lead l ON l.id = p.lead_id "
            "LEFT JOIN agent a ON a.id = l.owner_id WHERE p.voided_at IS NULL AND l.voided_at IS NULL "
            f"AND p.number IN ({', '.join('?' * len(batch))}) ORDER BY l.id DESC",
            batch,
        )
        found |= {row[0]: Twin(row[1], row[2], row[3]) for row in rows}
    return found


def _free_number(text: str) -> Number | None:
    if not text.strip():
        return None
    number = parse_number(text, Floor.get_by_id(1).region)
    if number is None:
        raise Refused("bad_value", field="number", example=fields.EXAMPLES["number"])
    if suppress.are_suppressed([number.number]):
        raise Refused("suppressed", field="number")
    if twin := twins_of([number.number]).get(number.number):
        raise Refused("duplicate", lead=twin.lead_id, owner=twin.owner)
    return number


def _new_lead(campaign: Book, owner_id: int | None, team_id: int | None, obtained_at: datetime, now: datetime) -> Lead:
    owner = Agent.get_by_id(owner_id) if owner_id else None
    if owner is not None and owner.role == Role.SUPERVISOR:
        raise Refused("supervisors_watch")
    fresh_until = obtained_at + timedelta(minutes=campaign.playbook.first_call_minutes)
    return Lead(
        campaign_id=campaign.campaign_id,
        stage_id=campaign.stage_ids[campaign.playbook.stages[0].code],
        owner_id=owner_id,
        team_id=owner.team_id if owner else team_id,
        obtained_at=seconds(obtained_at),
        entered_at=seconds(now),
        stage_since=seconds(now),
        fresh_until=seconds(fresh_until) if fresh_until > now else None,
        lane=0,
        key=0,
    )
