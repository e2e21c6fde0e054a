"""How a moment stands before it is promised: the customer's hours and holidays, the agent's other promises."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from models import lists, zones
from models.base import moment, rows_of, seconds
from models.calendars import calendar
from models.campaigns import book
from models.cards import Booked, Slot
from models.lead import Lead, Zone
from models.numbers import Whereabouts

NEAR = timedelta(minutes=10)
"""Two promises nearer than this to each other cannot both be kept to the minute: a talk takes longer."""
SHOWN = 3
"""So many of the promises around a moment are told."""


def slot(agent_id: int, lead_id: int, at: datetime, *, language: str = "") -> Slot:
    """How a moment stands for a promise of that agent to that lead.

    Args:
        agent_id: whose promise it would be.
        lead_id: to whom; its own promise, which this one replaces, does not count.
        at: the moment.
        language: in which a holiday is named, as 'en_US'; where nobody translated it, the country's own.
    """
    lead, ours = Lead.get_by_id(lead_id), zones.floor_zone().key
    zone = Zone.get_by_id(lead.zone_id)
    span = zones.span_of(book(lead.campaign_id).playbook, Whereabouts(zone.name, zone.country), ours, at)
    is_open = span is not None and at in span
    return Slot(
        at=at,
        is_open=is_open,
        opens_at=None if is_open or span is None else span.opens_at,
        holiday=holiday(zone.country, at.astimezone(zones.clock(zone.name, ours)).date(), language),
        booked=_booked(agent_id, lead_id, at),
    )


def holiday(country: str, day: date, language: str = "") -> str:
    """The public holiday of a country on a day; empty on a working day, and where nobody knows."""
    return calendar(country, language).get(day, "") if country else ""


def _booked(agent_id: int, lead_id: int, at: datetime) -> tuple[Booked, ...]:
    rows = rows_of(
        "SELECT id, company, due_at FROM lead WHERE due_agent_id = ? AND due_at > ? AND due_at < ? AND id <> ? "
        "AND voided_at IS NULL ORDER BY due_at LIMIT ?",
        (agent_id, seconds(at - NEAR), seconds(at + NEAR), lead_id, SHOWN),
    )
    names = lists.contact_names([row[0] for row in rows if not row[1]])
    return tuple(Booked(row[0], row[1] or names.get(row[0], ""), moment(row[2])) for row in rows)
