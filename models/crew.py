"""Who works here: teams and agents come, move and leave, and every lead they have goes to somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import peewee as pw

from models import history, queue
from models.base import proxy, rows_of, seconds
from models.campaigns import book, books
from models.connect import is_postgres, locked
from models.errors import Refused
from models.exchange import intakes
from models.journal import Transfer, once, record
from models.lead import Lead, Seat, lane_of
from models.people import Agent, Role, Team, require_manager, require_name
from models.record import chain

NAMED = 10
"""So many are named where a team cannot close."""


@dataclass(frozen=True, slots=True)
class AgentLine:
    """An agent as a list shows it."""

    id: int
    login: str
    name: str
    role: Role
    team: str
    leads: int
    has_left: bool


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A team as a list shows it."""

    id: int
    name: str
    agents: int
    pool: int
    """Leads in its pool that are open."""


# ── teams ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def add_team(name: str, *, by: int, token: str, now: datetime) -> int:
    """A new team; one that was closed and comes back is the same team again. Returns its id."""

    def command() -> int:
        require_manager(by)
        called = require_name(name)
        known = Team.get_or_none(Team.name == called)
        if known is None:
            team = int(Team.insert(name=called).execute())
        elif known.closed_at is None:
            raise Refused("taken", team=called)
        else:
            team = known.id
            Team.update(closed_at=None).where(Team.id == team).execute()
        record(token, "team-add", by, now, team, team=team)
        return team

    return once(token, command)


def move_team(name: str, *, to: str, by: int, token: str, now: datetime) -> int:
    """Moves all agents of a team with their leads, and its pool, to another team. It stays, empty.

    Returns:
        How many leads went.

    Raises:
        Refused: `managers_only`, `unknown_team`, `same_team`.
    """

    def command() -> int:
        require_manager(by)
        team, place = _two_teams(name, to)
        leads = _count_locked(team)
        journal = record(token, "team-move", by, now, leads, team=team, to=place)
        _hand_on(team, place, journal, now)
        reseat()
        return leads

    return once(token, command)


def close_team(name: str, *, to: str | None, by: int, token: str, now: datetime) -> int:
    """Closes a team. Its agents, with their leads, and its pool go to another; an empty team's pool may be the floor's.

    Returns:
        How many leads went.

    Raises:
        Refused: `managers_only`, `unknown_team`, `same_team`, `list_coming_in`; `team_not_empty` with the names of who
            is in it, where nobody said where they go.
    """

    def command() -> int:
        require_manager(by)
        team, place = _two_teams(name, to)
        _require_no_list()
        members = [agent.name for agent in _members(team)]
        if members and place is None:
            some = (*members[:NAMED], *("…" for _ in members[NAMED : NAMED + 1]))
            raise Refused("team_not_empty", team=name.strip(), count=len(members), agents=some)
        leads = _count_locked(team)
        journal = record(token, "team-leave", by, now, leads, team=team, to=place)
        _hand_on(team, place, journal, now)
        Team.update(closed_at=seconds(now)).where(Team.id == team).execute()
        reseat()
        return leads

    return once(token, command)


def _two_teams(name: str, to: str | None) -> tuple[int, int | None]:
    """The team that goes, locked so that no lead comes into it meanwhile, and the one that takes over."""
    team = team_id(name, for_writing=True)
    place = team_id(to) if to is not None else None
    if place == team:
        raise Refused("same_team", team=name.strip())
    return team, place


def _members(team: int) -> list[Agent]:
    return list(Agent.select().where(Agent.team_id == team, Agent.left_at.is_null()).order_by(Agent.name))


def _count_locked(team: int) -> int:
    """How many leads a team has, owned or pooled; nobody else writes them before the command ends."""
    lock = " FOR UPDATE" if is_postgres() else ""
    leads = f"SELECT id FROM lead WHERE team_id = ? AND voided_at IS NULL{lock}"
    return int(rows_of(f"SELECT COUNT(*) FROM ({leads}) AS theirs", (team,))[0][0])


def _hand_on(team: int, to: int | None, journal: int, now: datetime) -> None:
    """Agents and leads of a team, whatever their number: their place in the queue stays, only the lane is another."""
    theirs = (Lead.team_id == team) & Lead.voided_at.is_null()
    told = {
        Transfer.journal_id: pw.Value(journal),
        Transfer.lead_id: Lead.id,
        Transfer.at: pw.Case(None, [(Lead.stage_since > seconds(now), Lead.stage_since)], seconds(now)),
        Transfer.from_owner_id: Lead.owner_id,
        Transfer.to_owner_id: Lead.owner_id,
        Transfer.from_team_id: Lead.team_id,
        Transfer.to_team_id: pw.Value(to),
        Transfer.stage_id: Lead.stage_id,
        Transfer.amount: Lead.amount,
    }
    before = chain.last_id(Transfer)
    Transfer.insert_from(Lead.select(*told.values()).where(theirs), fields=list(told)).execute()
    chain.note_since(Transfer, journal, before)
    Lead.update(team_id=to, lane=queue.lane_beside(lane_of(None, to))).where(theirs).execute()
    Agent.update(team_id=to).where(Agent.team_id == team, Agent.left_at.is_null()).execute()


def teams() -> tuple[TeamLine, ...]:
    """All teams."""
    rows = rows_of(
        "SELECT t.id, t.name, (SELECT COUNT(*) FROM agent a WHERE a.team_id = t.id AND a.left_at IS NULL), "
        "(SELECT COALESCE(SUM(k.n), 0) FROM stock k JOIN stage s ON s.id = k.stage_id WHERE k.team_id = t.id "
        "AND k.owner_id = 0 AND s.kind = 'open') FROM team t WHERE t.closed_at IS NULL ORDER BY t.name"
    )
    return tuple(TeamLine(row[0], row[1], row[2], int(row[3])) for row in rows)


def team_id(name: str, *, for_writing: bool = False) -> int:
    """The id of a team; refused with the names there are."""
    query = Team.select().where(Team.name == name.strip(), Team.closed_at.is_null())
    team = (locked(query) if for_writing else query).get_or_none()
    if team is None:
        raise Refused("unknown_team", team=name, allowed=tuple(line.name for line in teams()))
    return int(team.id)


# ── agents ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def add_agent(login: str, *, name: str, role: Role, team: str | None, by: int, token: str, now: datetime) -> int:
    """A new person on the floor; one who had left and comes back is the same person again. Returns the id."""

    def command() -> int:
        require_manager(by)
        called = require_name(login)
        place = team_id(team) if team else None
        if role is not Role.MANAGER and place is None:
            raise Refused("needs_team", role=role.value)
        known = Agent.get_or_none(Agent.login == called)
        if known is not None and known.left_at is None:
            raise Refused("taken", login=login)
        values = {"name": name.strip() or login, "role": role.value, "team_id": place, "left_at": None}
        if known is None:
            agent = int(Agent.insert(login=called, **values).execute())
        else:
            agent = known.id
            Agent.update(**values).where(Agent.id == agent).execute()
        record(token, "agent-add", by, now, agent, agent=agent, role=role.value, team=place)
        reseat()
        return agent

    return once(token, command)


def move_agent(login: str, *, team: str, by: int, token: str, now: datetime) -> int:
    """Moves an agent, with the own leads, to another team. Returns how many leads went along."""

    def command() -> int:
        require_manager(by)
        agent, place = agent_of(login), team_id(team)
        own = list(locked(Lead.select().where(Lead.owner_id == agent.id, Lead.voided_at.is_null())))
        journal = record(token, "agent-move", by, now, len(own), agent=agent.id, origin=agent.team_id, to=place)
        for lead in own:
            _transfer(lead, agent.id, place, journal, now)
        Agent.update(team_id=place).where(Agent.id == agent.id).execute()
        reseat()
        return len(own)

    return once(token, command)


def leave(login: str, *, to: str | None, by: int, token: str, now: datetime) -> int:
    """An agent leaves: leads and promises go to a colleague or to the team's pool, claims are let go. Returns how many.

    Raises:
        Refused: `managers_only`, `unknown_agent`, `last_manager`, `list_coming_in`.
    """

    def command() -> int:
        require_manager(by)
        agent, heir = _who_leaves(login, to)
        _require_no_list()
        if claim := queue.held(agent.id, now):
            queue.let_go(claim, now)
        theirs = (Lead.owner_id == agent.id) | (Lead.due_agent_id == agent.id)
        leads = list(locked(Lead.select().where(theirs, Lead.voided_at.is_null())))
        heir_id = heir.id if heir else None
        journal = record(token, "agent-leave", by, now, len(leads), agent=agent.id, to=heir_id)
        place = heir.team_id if heir else agent.team_id
        for lead in leads:
            if lead.due_agent_id == agent.id:
                lead.due_agent_id = heir_id
            is_own = lead.owner_id == agent.id
            _transfer(lead, heir_id if is_own else lead.owner_id, place if is_own else lead.team_id, journal, now)
        Agent.update(left_at=seconds(now)).where(Agent.id == agent.id).execute()
        reseat()
        return len(leads)

    return once(token, command)


def _who_leaves(login: str, to: str | None) -> tuple[Agent, Agent | None]:
    """Who leaves, and who takes over."""
    agent = agent_of(login, for_writing=True)
    heir = agent_of(to) if to else None
    managers = Agent.select().where(Agent.role == Role.MANAGER, Agent.left_at.is_null()).count()
    if agent.role == Role.MANAGER and managers == 1:
        raise Refused("last_manager")
    if heir is not None and heir.id == agent.id:
        raise Refused("unknown_agent", login=to)
    return agent, heir


def agents() -> tuple[AgentLine, ...]:
    """Everybody, those who left last."""
    rows = rows_of(
        "SELECT a.id, a.login, a.name, a.role, COALESCE(t.name, ''), (SELECT COALESCE(SUM(k.n), 0) FROM stock k "
        "JOIN stage s ON s.id = k.stage_id WHERE k.owner_id = a.id AND s.kind = 'open'), a.left_at FROM agent a "
        "LEFT JOIN team t ON t.id = a.team_id ORDER BY CASE WHEN a.left_at IS NULL THEN 0 ELSE 1 END, t.name, a.login"
    )
    return tuple(AgentLine(r[0], r[1], r[2], Role(r[3]), r[4], int(r[5]), r[6] is not None) for r in rows)


def agent_of(login: str, *, for_writing: bool = False) -> Agent:
    """The agent of a log-in who is still here."""
    query = Agent.select().where(Agent.login == login.strip(), Agent.left_at.is_null())
    agent: Agent | None = (locked(query) if for_writing else query).get_or_none()
    if agent is None:
        raise Refused("unknown_agent", login=login)
    return agent


# ── what they share ───────────────────────────────────────────────────────────────────────────────────────────────────


def reseat() -> None:
    """Who serves which lane: agents their own, their team's pool and the floor's; managers may call too."""
    if is_postgres():  # one at a time: two would seat the same people twice
        proxy.execute_sql("LOCK TABLE seat IN SHARE ROW EXCLUSIVE MODE")
    Seat.delete().execute()
    campaigns = books()
    for agent in Agent.select().where(Agent.left_at.is_null(), Agent.role != Role.SUPERVISOR):
        lanes = {agent.id, lane_of(None, agent.team_id), lane_of(None, None)}
        for campaign in campaigns:
            Seat.insert_many(
                [{"agent_id": agent.id, "campaign_id": campaign.campaign_id, "lane": lane} for lane in sorted(lanes)]
            ).execute()


def _require_no_list() -> None:
    """While a list comes in, its leads still come to whom it was planned for: nobody of them may go."""
    if intakes.is_running():
        raise Refused("list_coming_in")


def _transfer(lead: Lead, owner: int | None, team: int | None, journal: int, now: datetime) -> None:
    if (lead.owner_id, lead.team_id) != (owner, team):
        Transfer.add(
            journal_id=journal,
            lead_id=lead.id,
            at=history.at_of(lead, now),
            from_owner_id=lead.owner_id,
            to_owner_id=owner,
            from_team_id=lead.team_id,
            to_team_id=team,
            stage_id=lead.stage_id,
            amount=lead.amount,
        )
    lead.owner_id, lead.team_id = owner, team
    queue.put_in_place(lead, book(lead.campaign_id), now)
    lead.save()
