"""What is wanted in a month, of the floor, a team, an agent or a stage; and a team's target shared out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import peewee as pw

import funnel
from models.base import Base, hundredths, money, rows_of
from models.campaigns import book
from models.crew import agent_of, team_id
from models.errors import Refused, Stale
from models.journal import once, record
from models.people import Target, require_manager
from models.watching.cards import MonthRow, Selection
from models.watching.month import month as month_sheet

USUAL_MONTHS = 3
"""Full months before a target's by which a team's is shared out."""
ROUND = 100
"""A shared sum of money is a multiple of it, but for the largest."""


class StageTarget(Base):
    """Leads, or money, that a stage is to see enter in a month. Whose it is as with `Target`."""

    month = pw.IntegerField()
    team_id = pw.IntegerField(default=0)
    agent_id = pw.IntegerField(default=0)
    stage_id = pw.IntegerField()
    leads = pw.IntegerField(null=True)
    amount = pw.BigIntegerField(null=True)

    class Meta:
        table_name = "stage_target"
        primary_key = pw.CompositeKey("month", "team_id", "agent_id", "stage_id")


@dataclass(frozen=True, slots=True)
class Goal:
    """What is wanted; None of what nobody set."""

    deals: int | None = None
    amount: Decimal | None = None
    calls: int | None = None
    talks: int | None = None


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target as a list shows it."""

    month: int
    of: str
    """A team's or an agent's name; empty for the floor's."""
    goal: Goal
    stage: str = ""
    """Code of the stage that so many are to enter, with such a sum; of the sales where empty."""


def set_target(
    month: int,
    *,
    team: str | None,
    login: str | None,
    deals: int | None,
    amount: Decimal | None,
    calls: int | None = None,
    talks: int | None = None,
    by: int,
    token: str,
    now: datetime,
) -> None:
    """What is wanted in a month of the floor, a team or an agent; setting it again replaces it.

    Raises:
        Refused: `managers_only`, `unknown_team`, `unknown_agent`.
    """

    def command() -> int:
        require_manager(by)
        key, values = _whose(month, team, login), _stored(Goal(deals, amount, calls, talks))
        _set(key, values)
        record(token, "target", by, now, target={**key, **values})
        return 0

    once(token, command)


def set_stage_target(
    month: int,
    stage: str,
    *,
    campaign_id: int,
    team: str | None,
    login: str | None,
    leads: int | None,
    amount: Decimal | None,
    by: int,
    token: str,
    now: datetime,
) -> None:
    """How many leads, or how much of them, a stage is to see enter in a month; setting it again replaces it.

    Raises:
        Refused: `managers_only`, `unknown_team`, `unknown_agent`, `unknown_stage` with those there are.
    """

    def command() -> int:
        require_manager(by)
        campaign = book(campaign_id)
        codes = tuple(own.code for own in campaign.playbook.stages)
        if stage not in codes:
            raise Refused("unknown_stage", stage=stage, allowed=codes)
        key = {**_whose(month, team, login), "stage_id": campaign.stage_ids[stage]}
        values = {"leads": leads, "amount": hundredths(amount)}
        columns = [StageTarget.month, StageTarget.team_id, StageTarget.agent_id, StageTarget.stage_id]
        StageTarget.insert(**key, **values).on_conflict(conflict_target=columns, update=values).execute()
        record(token, "target", by, now, target={**key, **values})
        return 0

    once(token, command)


def _whose(month: int, team: str | None, login: str | None) -> dict[str, int]:
    return {
        "month": month,
        "team_id": team_id(team) if team else 0,
        "agent_id": agent_of(login).id if login else 0,
    }


def _stored(goal: Goal) -> dict[str, int | None]:
    return {"deals": goal.deals, "amount": hundredths(goal.amount), "calls": goal.calls, "talks": goal.talks}


def _set(key: Mapping[str, int], values: Mapping[str, int | None]) -> None:
    columns = [Target.month, Target.team_id, Target.agent_id]
    Target.insert(**key, **values).on_conflict(conflict_target=columns, update=values).execute()


def listed(month: int | None) -> tuple[TargetLine, ...]:
    """The targets of a month, or all, newest first; those of stages last."""
    rows = rows_of(
        "SELECT g.month, COALESCE(a.name, t.name, ''), g.deals, g.amount, g.calls, g.talks FROM target g "
        "LEFT JOIN team t ON t.id = g.team_id LEFT JOIN agent a ON a.id = g.agent_id "
        "WHERE g.month = ? OR ? = 0 ORDER BY g.month DESC, g.agent_id, g.team_id",
        (month or 0, month or 0),
    )
    stages = rows_of(
        "SELECT g.month, COALESCE(a.name, t.name, ''), g.leads, g.amount, s.code FROM stage_target g "
        "JOIN stage s ON s.id = g.stage_id "
        "LEFT JOIN team t ON t.id = g.team_id LEFT JOIN agent a ON a.id = g.agent_id "
        "WHERE g.month = ? OR ? = 0 ORDER BY g.month DESC, g.agent_id, g.team_id, s.campaign_id, s.position",
        (month or 0, month or 0),
    )
    return (
        *(TargetLine(at, of, Goal(deals, money(amount), calls, talks)) for at, of, deals, amount, calls, talks in rows),
        *(TargetLine(at, of, Goal(leads, money(amount)), code) for at, of, leads, amount, code in stages),
    )


# ── shared out ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Part:
    """An agent's part of the team's target, and by what it was measured."""

    agent_id: int
    name: str
    goal: Goal
    shown: Goal
    """Won, called and talked in the months before."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """A team's target shared out by what each has shown; the parts make the whole exactly."""

    month: int
    team_id: int
    whole: Goal
    parts: tuple[Part, ...]


def shared(viewer_id: int, month: int, team: str, now: datetime, months: int = USUAL_MONTHS) -> Sharing:
    """How a team's target would be shared out; nothing is written.

    Args:
        viewer_id: a manager, or the team's supervisor.
        month: of the target, counted.
        team: its name.
        now: this moment.
        months: full months before it by which each is measured.

    Raises:
        Refused: `unknown_team`; `target_unset` where the team has none; `team_empty`; as `month`.
    """
    number = team_id(team)
    whole = _goal_of_team(month, number)
    if whole is None:
        raise Refused("target_unset", team=team)
    sheets = [month_sheet(viewer_id, Selection(team_id=number), at, now) for at in range(month - months, month)]
    people = {row.agent_id: row.name for row in sheets[-1].rows}
    if not people:
        raise Refused("team_empty", team=team)
    shown = {
        agent: _shown([row for sheet in sheets for row in sheet.rows if row.agent_id == agent]) for agent in people
    }
    deals, calls, talks = (
        _parts(getattr(whole, name), [getattr(own, name) or 0 for own in shown.values()])
        for name in ("deals", "calls", "talks")
    )
    minor = _parts(hundredths(whole.amount), [hundredths(own.amount) or 0 for own in shown.values()], ROUND * 100)
    parts = [
        Part(agent, name, Goal(deals[at], money(minor[at]), calls[at], talks[at]), shown[agent])
        for at, (agent, name) in enumerate(people.items())
    ]
    return Sharing(month, number, whole, tuple(parts))


def _goal_of_team(month: int, team: int) -> Goal | None:
    rows = rows_of(
        "SELECT deals, amount, calls, talks FROM target WHERE month = ? AND team_id = ? AND agent_id = 0", (month, team)
    )
    return Goal(rows[0][0], money(rows[0][1]), *rows[0][2:]) if rows else None


def _shown(rows: list[MonthRow]) -> Goal:
    won = sum((row.won for row in rows), funnel.Tally())
    return Goal(won.count, won.amount, sum(row.calls for row in rows), sum(row.talks for row in rows))


def _parts(whole: int | None, shown: list[int], unit: int = 1) -> tuple[int | None, ...]:
    if whole is None:
        return (None,) * len(shown)
    return funnel.shared(whole, [Fraction(number) for number in shown], unit)


def share(sharing: Sharing, *, by: int, token: str, now: datetime) -> None:
    """Makes the parts the targets of the agents.

    Raises:
        Refused: `managers_only`.
        Stale: `target_changed`, when the team's target is no longer the one that was shared out.
    """

    def command() -> int:
        require_manager(by)
        if _goal_of_team(sharing.month, sharing.team_id) != sharing.whole:
            raise Stale("target_changed")
        set_to = []
        for part in sharing.parts:
            key = {"month": sharing.month, "team_id": 0, "agent_id": part.agent_id}
            _set(key, _stored(part.goal))
            set_to.append({**key, **_stored(part.goal)})
        record(token, "target", by, now, shared=sharing.team_id, targets=set_to)
        return 0

    once(token, command)
