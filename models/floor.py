"""What managers command: the floor itself, teams, agents, campaigns with their playbooks, targets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import funnel
from models import queue, schema, zones
from models.base import hundredths, money, new_token, rows_of, seconds
from models.campaigns import Book, book, books, parsed
from models.connect import locked, transact
from models.errors import Refused
from models.journal import Journal, Transfer
from models.lead import Campaign, Lead, Seat, StageRow, lane_of
from models.numbers import NOWHERE
from models.people import Agent, Floor, Role, Target, Team, require_manager


def init(
    *, name: str, zone: str, region: str, currency: str, playbook: str, login: str, agent: str, now: datetime
) -> int:
    """Makes the floor, its first campaign and its first manager, who is the caller. Returns the manager's id.

    Args:
        name: of the floor.
        zone: IANA zone of the floor's day.
        region: ISO country of numbers without a country code.
        currency: ISO code.
        playbook: the first campaign's TOML text, already checked.
        login: who calls.
        agent: the caller's name for people.
        now: this moment.

    Raises:
        Refused: `already_a_floor`.
    """
    schema.migrate()

    def command() -> int:
        if Floor.select().exists():
            raise Refused("already_a_floor")
        Floor.create(id=1, name=name, zone=zone, region=region, currency=currency)
        manager = Agent.insert(login=login, name=agent, role=Role.MANAGER).execute()
        _journal("init", manager, now, {"floor": name})
        _add_campaign("main", playbook, now)
        zones.zone_id(NOWHERE, now)
        _reseat(now)
        return int(manager)

    return transact(command)


# ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────────


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


def add_team(name: str, *, by: int, now: datetime) -> int:
    """A new team; returns its id."""

    def command() -> int:
        require_manager(by)
        _require_name(name)
        team = int(Team.insert(name=name.strip()).execute())
        _journal("team-add", by, now, {"team": team})
        return team

    return transact(command)


def add_agent(login: str, *, name: str, role: Role, team: str | None, by: int, now: datetime) -> int:
    """A new person on the floor; one who had left and comes back is the same person again. Returns the id."""

    def command() -> int:
        require_manager(by)
        _require_name(login)
        place = team_id(team) if team else None
        if role is not Role.MANAGER and place is None:
            raise Refused("needs_team", role=role.value)
        known = Agent.get_or_none(Agent.login == login.strip())
        if known is not None and known.left_at is None:
            raise Refused("taken", login=login)
        values = {"name": name.strip() or login, "role": role.value, "team_id": place, "left_at": None}
        if known is None:
            agent = int(Agent.insert(login=login.strip(), **values).execute())
        else:
            agent = known.id
            Agent.update(**values).where(Agent.id == agent).execute()
        _journal("agent-add", by, now, {"agent": agent, "role": role.value, "team": place})
        _reseat(now)
        return agent

    return transact(command)


def move_agent(login: str, *, team: str, by: int, now: datetime) -> None:
    """Moves an agent, with the own leads, to another team."""

    def command() -> None:
        require_manager(by)
        agent, place = agent_of(login), team_id(team)
        journal = _journal("agent-move", by, now, {"agent": agent.id, "from": agent.team_id, "to": place})
        for lead in locked(Lead.select().where(Lead.owner_id == agent.id, Lead.voided_at.is_null())):
            _transfer(lead, agent.id, place, journal, now)
        Agent.update(team_id=place).where(Agent.id == agent.id).execute()
        _reseat(now)

    transact(command)


def leave(login: str, *, to: str | None, by: int, now: datetime) -> int:
    """An agent leaves: leads and promises go to a colleague or to the team's pool, claims are let go. Returns how many.

    Raises:
        Refused: `managers_only`, `unknown_agent`, `last_manager`.
    """

    def command() -> int:
        require_manager(by)
        agent = agent_of(login)
        heir = agent_of(to) if to else None
        managers = Agent.select().where(Agent.role == Role.MANAGER, Agent.left_at.is_null()).count()
        if agent.role == Role.MANAGER and managers == 1:
            raise Refused("last_manager")
        if heir is not None and heir.id == agent.id:
            raise Refused("unknown_agent", login=to)
        journal = _journal("agent-leave", by, now, {"agent": agent.id, "to": heir.id if heir else None})
        if claim := queue.held(agent.id, now):
            queue.let_go(claim, now)
        place = heir.team_id if heir else agent.team_id
        theirs = (Lead.owner_id == agent.id) | (Lead.due_agent_id == agent.id)
        handed = 0
        for lead in locked(Lead.select().where(theirs, Lead.voided_at.is_null())):
            if lead.due_agent_id == agent.id:
                lead.due_agent_id = heir.id if heir else None
            is_own = lead.owner_id == agent.id
            owner = (heir.id if heir else None) if is_own else lead.owner_id
            _transfer(lead, owner, place if is_own else lead.team_id, journal, now)
            handed += 1
        Agent.update(left_at=seconds(now)).where(Agent.id == agent.id).execute()
        _reseat(now)
        return handed

    return transact(command)


def agents() -> tuple[AgentLine, ...]:
    """Everybody, those who left last."""
    rows = rows_of(
        "SELECT a.id, a.login, a.name, a.role, COALESCE(t.name, ''), (SELECT COALESCE(SUM(k.n), 0) FROM stock k "
        "JOIN stage s ON s.id = k.stage_id WHERE k.owner_id = a.id AND s.kind = 'open'), a.left_at FROM agent a "
        "LEFT JOIN team t ON t.id = a.team_id ORDER BY CASE WHEN a.left_at IS NULL THEN 0 ELSE 1 END, t.name, a.login"
    )
    return tuple(AgentLine(r[0], r[1], r[2], Role(r[3]), r[4], int(r[5]), r[6] is not None) for r in rows)


def teams() -> tuple[TeamLine, ...]:
    """All teams."""
    rows = rows_of(
        "SELECT t.id, t.name, (SELECT COUNT(*) FROM agent a WHERE a.team_id = t.id AND a.left_at IS NULL), "
        "(SELECT COALESCE(SUM(k.n), 0) FROM stock k JOIN stage s ON s.id = k.stage_id WHERE k.team_id = t.id "
        "AND k.owner_id = 0 AND s.kind = 'open') FROM team t WHERE t.closed_at IS NULL ORDER BY t.name"
    )
    return tuple(TeamLine(row[0], row[1], row[2], int(row[3])) for row in rows)


def team_id(name: str) -> int:
    """The id of a team; refused with the names there are."""
    team = Team.get_or_none(Team.name == name.strip(), Team.closed_at.is_null())
    if team is None:
        raise Refused("unknown_team", team=name, allowed=tuple(line.name for line in teams()))
    return team.id


def agent_of(login: str) -> Agent:
    """The agent of a log-in who is still here."""
    agent = Agent.get_or_none(Agent.login == login.strip(), Agent.left_at.is_null())
    if agent is None:
        raise Refused("unknown_agent", login=login)
    return agent


def set_target(
    month: int,
    *,
    team: str | None,
    login: str | None,
    deals: int | None,
    amount: Decimal | None,
    by: int,
    now: datetime,
) -> None:
    """What is wanted in a month of the floor, a team or an agent; setting it again replaces it."""

    def command() -> None:
        require_manager(by)
        key = {
            "month": month,
            "team_id": team_id(team) if team else 0,
            "agent_id": agent_of(login).id if login else 0,
        }
        values = {"deals": deals, "amount": hundredths(amount)}
        Target.insert(**key, **values).on_conflict(
            conflict_target=[Target.month, Target.team_id, Target.agent_id], update=values
        ).execute()
        _journal("target", by, now, {**key, **values})

    transact(command)


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target as a list shows it."""

    month: int
    of: str
    """A team's or an agent's name; empty for the floor's."""
    deals: int | None
    amount: Decimal | None


def targets(month: int | None) -> tuple[TargetLine, ...]:
    """The targets of a month, or all, newest first."""
    rows = rows_of(
        "SELECT g.month, COALESCE(a.name, t.name, ''), g.deals, g.amount FROM target g "
        "LEFT JOIN team t ON t.id = g.team_id LEFT JOIN agent a ON a.id = g.agent_id "
        "WHERE g.month = ? OR ? = 0 ORDER BY g.month DESC, g.agent_id, g.team_id",
        (month or 0, month or 0),
    )
    return tuple(TargetLine(row[0], row[1], row[2], money(row[3])) for row in rows)


# ── campaigns ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def add_campaign(name: str, playbook: str, *, by: int, now: datetime) -> int:
    """A new campaign with a playbook whose text was checked; returns its id."""

    def command() -> int:
        require_manager(by)
        _require_name(name)
        campaign = _add_campaign(name.strip(), playbook, now)
        _reseat(now)
        _journal("campaign-add", by, now, {"campaign": campaign})
        return campaign

    return transact(command)


def apply_playbook(campaign_id: int, playbook: str, *, by: int, now: datetime) -> None:
    """Gives a campaign a changed playbook.

    Raises:
        Refused: `stage_in_use` where open leads stand in a stage that is gone, with the stages and their numbers.
    """

    def command() -> None:
        require_manager(by)
        before = book(campaign_id)
        _write_stages(campaign_id, parsed(playbook), now)
        Campaign.update(playbook=playbook, edition=new_token()).where(Campaign.id == campaign_id).execute()
        stranded = _stranded(campaign_id)
        if stranded:
            raise Refused("stage_in_use", stages=stranded)
        zones.add_hours(campaign_id, now)
        # Every key may be another now; the sweep sets them, some at a time.
        Lead.update(rekey_at=0).where(Lead.campaign_id == campaign_id, Lead.voided_at.is_null()).execute()
        Floor.update(tidied_at=0).where(Floor.id == 1).execute()
        _journal("playbook", by, now, {"campaign": campaign_id, "from": before.playbook.code})

    transact(command)


def _stranded(campaign_id: int) -> dict[str, int]:
    rows = rows_of(
        "SELECT s.code, SUM(k.n) FROM stock k JOIN stage s ON s.id = k.stage_id WHERE s.campaign_id = ? "
        "AND s.retired_at IS NOT NULL GROUP BY s.code HAVING SUM(k.n) > 0 ORDER BY s.code",
        (campaign_id,),
    )
    return {row[0]: int(row[1]) for row in rows}


def _add_campaign(name: str, playbook: str, now: datetime) -> int:
    campaign = int(Campaign.insert(name=name, playbook=playbook).execute())
    _write_stages(campaign, parsed(playbook), now)
    zones.add_hours(campaign, now)
    return campaign


def _write_stages(campaign_id: int, playbook: funnel.Playbook, now: datetime) -> None:
    rows = [(stage.code, stage.kind, stage.probability) for stage in playbook.stages]
    rows += [(code, funnel.Kind(code), 0) for code in (funnel.LOST, funnel.INVALID)]
    StageRow.update(retired_at=seconds(now)).where(
        StageRow.campaign_id == campaign_id,
        StageRow.retired_at.is_null(),
        StageRow.code.not_in([row[0] for row in rows]),
    ).execute()
    for position, (code, kind, probability) in enumerate(rows):
        values = {"position": position, "kind": kind.value, "probability": probability, "retired_at": None}
        StageRow.insert(campaign_id=campaign_id, code=code, **values).on_conflict(
            conflict_target=[StageRow.campaign_id, StageRow.code], update=values
        ).execute()


def _reseat(now: datetime) -> None:
    """Who serves which lane: agents their own, their team's pool and the floor's; managers may call too."""
    Seat.delete().execute()
    campaigns: tuple[Book, ...] = books()
    for agent in Agent.select().where(Agent.left_at.is_null(), Agent.role != Role.SUPERVISOR):
        lanes = {agent.id, lane_of(None, agent.team_id), lane_of(None, None)}
        for campaign in campaigns:
            Seat.insert_many(
                [{"agent_id": agent.id, "campaign_id": campaign.campaign_id, "lane": lane} for lane in sorted(lanes)]
            ).execute()


def _transfer(lead: Lead, owner: int | None, team: int | None, journal: int, now: datetime) -> None:
    if (lead.owner_id, lead.team_id) != (owner, team):
        Transfer.insert(
            journal_id=journal,
            lead_id=lead.id,
            at=seconds(now),
            from_owner_id=lead.owner_id,
            to_owner_id=owner,
            from_team_id=lead.team_id,
            to_team_id=team,
        ).execute()
    lead.owner_id, lead.team_id = owner, team
    queue.put_in_place(lead, book(lead.campaign_id), now)
    lead.save()


def _require_name(name: str) -> None:
    if not name.strip() or not name.isprintable():
        raise Refused("bad_name")


def _journal(verb: str, by: int, now: datetime, detail: Mapping[str, object]) -> int:
    row = Journal.insert(
        token=new_token(), at=seconds(now), agent_id=by, verb=verb, detail=json.dumps(detail, ensure_ascii=False)
    ).execute()
    return int(row)
