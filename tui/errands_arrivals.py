"""What the desk asks of the database's thread when somebody calls in or is new. Every function here runs on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from tui import errands
from tui.errands import Hand


class Taken(Struct, frozen=True):
    """A lead that came out of turn."""

    hand: Hand
    gone_back: str = ""
    """The company of the lead that was in hand until then."""


class NumberCheck(Struct, frozen=True):
    """What is on record of a number that somebody typed."""

    number: int | None
    """None: it is none."""
    extension: str = ""
    is_suppressed: bool = False
    lead_id: int | None = None
    """The lead that has it."""
    owner: str = ""
    is_seen: bool = False
    """Whether the agent may see that lead."""
    company: str = ""
    """Only of a lead that the agent may see."""


def take_in_hand(agent_id: int, lead_id: int, now: datetime) -> Taken:
    """Takes one lead out of turn; the one in hand goes back to where it stood.

    Raises:
        Refused: `not_found`, `barred`, `supervisors_watch`.
        Stale: `held`, with the name of the colleague whose hands it is in.
    """
    from models import queue
    from models.lead import Lead

    before = queue.held(agent_id, now)
    is_other = before is not None and before.lead_id != lead_id
    return Taken(
        errands.take_lead(agent_id, lead_id, now), Lead.get_by_id(before.lead_id).company if before and is_other else ""
    )


def check_number(agent_id: int, text: str) -> NumberCheck:
    """Whether a number can be read, may be taken in, and who has it already."""
    from models import queue, suppress, taking_in
    from models.numbers import parse_number
    from models.people import Agent, Floor

    number = parse_number(text, Floor.get_by_id(1).region)
    if number is None:
        return NumberCheck(None)
    is_suppressed = bool(suppress.are_suppressed([number.number]))
    twin = taking_in.twins_of([number.number]).get(number.number)
    if twin is None:
        return NumberCheck(number.number, number.extension, is_suppressed)
    is_seen = queue.is_seen(Agent.get_by_id(agent_id), twin.lead_id)
    company = twin.company if is_seen else ""
    return NumberCheck(number.number, number.extension, is_suppressed, twin.lead_id, twin.owner, is_seen, company)


def take_in(campaign_id: int, values: Mapping[str, str], token: str, agent_id: int, now: datetime) -> Taken:
    """Takes a new lead in for the agent, into the agent's hands.

    Raises:
        Refused: what of it cannot be: `field_missing`, `bad_value`, `duplicate`, `suppressed`.
    """
    from models import taking_in

    lead_id = taking_in.take_in(campaign_id, values, by=agent_id, owner_id=agent_id, token=token, now=now)
    return take_in_hand(agent_id, lead_id, now)
