"""An agent's day: what was promised for it and what became of that, what is left to the target, what waits tomorrow."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import funnel
from models import figures, lists, sight, zones
from models.base import NEVER, moment, moment_or_none, money, month_of, rows_of, seconds
from models.campaigns import book, books
from models.cards import Day, DayPlan, Promise
from models.lead import Lead
from models.people import Agent
from models.reports import plans
from models.reports.funnels import wanted
from models.reports.slices import Slice
from models.sales import gone_on
from models.workdays import Calendar

LIMIT = 300
"""So many promises are listed; the counts go on."""


def day(agent_id: int, now: datetime) -> Day:
    """One agent's day as it stands now: a few seeks of that agent's own rows, whatever the floor's size."""
    zone = zones.floor_zone()
    today = now.astimezone(zone).date()
    calendar = Calendar.of_floor()
    following = calendar.next_after(today)
    begins, ends, later = (
        datetime.combine(on, time(), zone) for on in (today, today + timedelta(days=1), following + timedelta(days=1))
    )
    closes_at = calendar.closing(begins)
    is_over = closes_at is None or now >= closes_at
    promises = _promises(agent_id, begins, ends, later)
    month = month_of(today)
    won = rows_of(
        "SELECT COALESCE(SUM(k.n), 0), COALESCE(SUM(k.amount), 0) FROM passed k "
        "JOIN stage s ON s.id = k.to_stage_id JOIN stage f ON f.id = k.stage_id "
        "WHERE k.month = ? AND k.owner_id = ? AND k.next_month > k.month AND s.kind = 'won' AND f.kind <> 'won'",
        (month, agent_id),
    )[0]
    span = [seconds(at) for at in zones.month_span(month)]
    on_their_way = (
        tally for one in books() for tally in gone_on(one, Slice(one.campaign_id, agent_id=agent_id), span).values()
    )
    return Day(
        today=figures.today(agent_id, now),
        promises=tuple(one for one in promises if one.due_at < ends),
        tomorrow=tuple(one for one in promises if one.due_at >= ends),
        next_day=following,
        wakes=_wakes(agent_id, ends, later),
        won=sum(on_their_way, funnel.Tally(int(won[0]), money(int(won[1])) or funnel.NOTHING)),
        target=wanted(month, month + 1, "owner_id", agent_id),
        days_left=calendar.days_left(today) - (is_over and calendar.calls_on(today)),
        closes_at=closes_at,
        plan=_plan(agent_id, now),
    )


def _plan(agent_id: int, now: datetime) -> DayPlan | None:
    """By the first campaign that the agent serves; targets are of people, whatever they work."""
    served = rows_of("SELECT MIN(campaign_id) FROM seat WHERE agent_id = ?", (agent_id,))[0][0]
    if served is None or (daily := plans.today(agent_id, served, now)) is None:
        return None
    return DayPlan(daily, book(served).playbook)


def _promises(agent_id: int, begins: datetime, ends: datetime, later: datetime) -> list[Promise]:
    """What was answered today and what is open until `later`, as far as the agent may see it."""
    answered = rows_of(
        "SELECT lead_id, answers_at, at FROM touch WHERE agent_id = ? AND at >= ? AND at < ? "
        "AND answers_at IS NOT NULL AND voided_by IS NULL ORDER BY at LIMIT ?",
        (agent_id, seconds(begins), seconds(ends), LIMIT),
    )
    still_open = rows_of(
        "SELECT id, due_at, NULL FROM lead WHERE due_agent_id = ? AND due_at IS NOT NULL AND due_at < ? "
        "AND voided_at IS NULL ORDER BY due_at LIMIT ?",
        (agent_id, seconds(later), LIMIT),
    )
    rows = [*answered, *still_open]
    wanted = sorted({row[0] for row in rows})
    viewer = Agent.get_by_id(agent_id)
    seen = {
        lead.id: lead
        for lead in Lead.select(Lead.id, Lead.company, Lead.zone_id).where(Lead.id.in_(wanted), sight.seen_by(viewer))
    }
    names, clocks = lists.contact_names(wanted), dict(rows_of("SELECT id, name FROM zone"))
    found = [
        Promise(
            lead_id,
            seen[lead_id].company,
            names.get(lead_id, ""),
            moment(due_at),
            moment_or_none(answered_at),
            clocks.get(seen[lead_id].zone_id, ""),
        )
        for lead_id, due_at, answered_at in rows
        if lead_id in seen
    ]
    return sorted(found, key=lambda promise: (promise.due_at, promise.lead_id))


def _wakes(agent_id: int, ends: datetime, later: datetime) -> int:
    rows = rows_of(
        # The bound is part of the partial index, so it has to be said.
        f"SELECT COUNT(*) FROM lead WHERE lane = ? AND wake_at >= ? AND wake_at < ? AND wake_at < {NEVER} "
        "AND due_at IS NULL",
        (agent_id, seconds(ends), seconds(later)),
    )
    return int(rows[0][0])
