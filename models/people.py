"""The floor and its people: teams, agents, targets, and who may see which lead."""

from __future__ import annotations

from enum import StrEnum

import peewee as pw

from models.base import Base
from models.errors import Refused


class Role(StrEnum):
    """What a person may do on the floor."""

    AGENT = "agent"
    """Works leads: own ones and the team's pool."""
    SUPERVISOR = "supervisor"
    """Watches a team and never writes."""
    MANAGER = "manager"
    """Owns playbooks, lists, targets, people; sees everything."""


class Floor(Base):
    """The one row that says whose floor this is."""

    id = pw.IntegerField(primary_key=True)
    name = pw.TextField()
    zone = pw.TextField()
    """IANA zone of the floor's day."""
    region = pw.TextField()
    """ISO country of numbers without a country code."""
    currency = pw.TextField()
    tidied_at = pw.BigIntegerField(default=0)
    """When time's changes (dwell, fresh, late promises, windows) were last swept, UTC seconds."""
    anchored_until = pw.BigIntegerField(default=0)
    """The end of the floor's day whose anchor is in the chain already, UTC seconds."""


class Team(Base):
    """Agents that share a pool."""

    id = pw.AutoField()
    name = pw.TextField()
    closed_at = pw.BigIntegerField(null=True)


class Agent(Base):
    """A person with a log-in on this floor."""

    id = pw.AutoField()
    login = pw.TextField()
    name = pw.TextField()
    role = pw.TextField()
    team_id = pw.IntegerField(null=True)
    left_at = pw.BigIntegerField(null=True)
    seen_at = pw.BigIntegerField(default=0)
    """The last command of this agent, UTC seconds: a promise of somebody away becomes the pool's."""


class Target(Base):
    """What is wanted in a month: of the floor (0, 0), a team (team, 0) or an agent (0, agent)."""

    month = pw.IntegerField()
    team_id = pw.IntegerField(default=0)
    agent_id = pw.IntegerField(default=0)
    deals = pw.IntegerField(null=True)
    amount = pw.BigIntegerField(null=True)
    calls = pw.IntegerField(null=True)
    talks = pw.IntegerField(null=True)

    class Meta:
        primary_key = pw.CompositeKey("month", "team_id", "agent_id")


def require_worker(agent_id: int) -> Agent:
    """The agent, if one who works leads: supervisors watch.

    Raises:
        Refused: `supervisors_watch`, `unknown_agent` for who has left.
    """
    agent = Agent.get_by_id(agent_id)
    if agent.left_at is not None:
        raise Refused("unknown_agent", login=agent.login)
    if agent.role == Role.SUPERVISOR:
        raise Refused("supervisors_watch")
    return agent


def require_manager(agent_id: int) -> Agent:
    """The agent, if a manager.

    Raises:
        Refused: `managers_only`.
    """
    agent = Agent.get_or_none(Agent.id == agent_id, Agent.left_at.is_null())
    if agent is None or agent.role != Role.MANAGER:
        raise Refused("managers_only")
    return agent


def require_name(name: str) -> str:
    """The name without blanks around it, if it is a line of text.

    Raises:
        Refused: `bad_name`.
    """
    if not name.strip() or not name.isprintable():
        raise Refused("bad_name")
    return name.strip()
