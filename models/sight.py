"""One filter decides what a person may see: lists, records, search, logs, export and monitor all ask here."""

from __future__ import annotations

from typing import Any

from models.lead import Lead, lane_of
from models.people import Agent, Role


def seen_by(agent: Agent, lead: Any = Lead) -> Any:
    """The leads that a person may see, as a condition on `lead` (the model or an alias of it).

    Managers see everything, supervisors their teams, agents their own leads, their team's pool and the floor's (also
    what a colleague promised of it) and whatever stands in a lane that they serve. What was taken back with its import
    is seen by nobody.
    """
    stands = lead.voided_at.is_null()
    if agent.role == Role.MANAGER:
        return stands
    if agent.role == Role.SUPERVISOR:
        return stands & ((lead.team_id == agent.team_id) | lead.team_id.is_null() & lead.owner_id.is_null())
    lanes = (agent.id, lane_of(None, agent.team_id), lane_of(None, None))
    pool = lead.owner_id.is_null() & (lead.team_id.is_null() | (lead.team_id == agent.team_id))
    return stands & ((lead.owner_id == agent.id) | pool | lead.lane.in_(lanes) | (lead.holder_id == agent.id))
