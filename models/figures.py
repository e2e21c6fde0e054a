"""The funnel's figures from kept counters and from the history, what just happened, and an agent's day."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import datetime

import funnel
from models import sight
from models.base import moment, money, month_of, rows_of, seconds
from models.campaigns import Book, book
from models.cards import Happening, Panel, Scope, Today
from models.lead import Lead
from models.people import Agent
from models.reports import funnels, passages, periods
from models.reports.slices import Slice
from models.zones import floor_day, floor_zone, month_span


def panel(agent_id: int, scope: Scope, campaign_id: int, now: datetime, *, happenings_shown: int = 8) -> Panel:
    """The live funnel of the floor's present month: kept counters only, whatever the floor's size."""
    month = month_of(now.astimezone(floor_zone()).date())
    viewer = Agent.get_by_id(agent_id)
    dimension = _dimension(viewer, scope)
    figures = month_figures(campaign_id, month, month + 1, *dimension)
    last = leavers(book(campaign_id), month - 1, *dimension)
    return Panel(scope, campaign_id, month, figures, happenings(viewer, happenings_shown), last)


def _dimension(viewer: Agent, scope: Scope) -> tuple[str, int]:
    if scope is Scope.MINE:
        return "owner_id", viewer.id
    if scope is Scope.TEAM and viewer.team_id is not None:
        return "team_id", viewer.team_id
    return "", 0


def month_figures(campaign_id: int, since: int, until: int, column: str = "", value: int = 0) -> funnel.Funnel:
    """The funnel of a campaign over whole months [since, until) from the counters.

    Args:
        campaign_id: whose stages.
        since: counted month (`base.month_of`).
        until: the month after the last.
        column: `owner_id` or `team_id`; the whole floor when empty.
        value: its value, 0 for nobody.
    """
    begins, ends = month_span(since)[0], month_span(until)[0]
    return funnels.figures_of(_slice(campaign_id, column, value), periods.on_the_floor(begins, ends))


def leavers(campaign: Book, month: int, column: str = "", value: int = 0) -> dict[str, funnel.StageFigures]:
    """Who left each stage in a month, which way: what another month's conversion is held against."""
    codes, exits = campaign.stage_codes, defaultdict[str, Counter[funnel.Way]](Counter)
    period = periods.on_the_floor(*month_span(month))
    for one in passages.leavings(_slice(campaign.campaign_id, column, value), period):
        exits[codes[one.stage]][one.way] += one.tally.count
    return {code: funnel.StageFigures(code, exits=dict(own)) for code, own in exits.items()}


def _slice(campaign_id: int, column: str, value: int) -> Slice:
    if column == "owner_id":
        return Slice(campaign_id, agent_id=value)
    return Slice(campaign_id, team_id=value if column else None)


def period_figures(
    campaign_id: int, since: datetime | None, until: datetime | None, now: datetime | None = None
) -> funnel.Funnel:
    """The funnel of a campaign over any [since, until), each lead once.

    Args:
        campaign_id: whose stages.
        since: None for all that ever was.
        until: None for all that ever will be.
        now: this moment, for the leads that were open at the end of what is over; None for those of now.
    """
    ever = periods.everything()
    period = periods.on_the_floor(since or ever.since, until or ever.until)
    return funnels.figures_of(Slice(campaign_id), period, now)


def stock_of(campaign: Book) -> dict[str, funnel.Tally]:
    """Leads in each stage now, from the counters."""
    return {campaign.stage_codes[stage]: tally for _, stage, tally in passages.stock(Slice(campaign.campaign_id))}


def happenings(viewer: Agent, limit: int) -> tuple[Happening, ...]:
    """What just happened, newest first, for the eyes of one person: a lead that may not be seen has no name here."""
    rows = rows_of(
        "SELECT j.id, j.at, COALESCE(a.name, ''), j.verb, j.lead_id, j.detail FROM journal j "
        "LEFT JOIN agent a ON a.id = j.agent_id WHERE j.verb IN ('log', 'move', 'import', 'take-in') "
        f"AND NOT {is_undone('touch')} AND NOT {is_undone('stage_move')} ORDER BY j.id DESC "
        f"LIMIT {int(limit)}"  # in the text: PostgreSQL plans a statement with no value to fill in but once
    )
    wanted = [row[4] for row in rows if row[4] is not None]
    seen = {
        found.id: (found.company, found.amount)
        for found in Lead.select(Lead.id, Lead.company, Lead.amount).where(Lead.id.in_(wanted), sight.seen_by(viewer))
    }
    return tuple(_happening(row, seen.get(row[4])) for row in rows)


def is_undone(table: str) -> str:
    """Whether what the journal's line wrote there was taken back; a touch that was only corrected was not."""
    return (
        f"EXISTS (SELECT 1 FROM {table} w JOIN journal u ON u.id = w.voided_by "
        "WHERE w.lead_id = j.lead_id AND w.journal_id = j.id AND u.verb = 'undo')"
    )


def _happening(row: tuple[int, int, str, str, int | None, str], seen: tuple[str, int | None] | None) -> Happening:
    number, at, agent, verb, lead_id, text = row
    detail = json.loads(text) if text.startswith("{") else {}
    closed = detail.get("aftermath", {}).get("closes", "") if verb == "log" else ""
    return Happening(
        number,
        moment(at),
        agent,
        verb,
        lead_id if seen else None,
        seen[0] if seen else "",
        str(detail.get("from", "")),
        str(detail.get("to", closed)),
        str(detail.get("outcome", "")),
        money(seen[1]) if seen else None,
    )


def today(agent_id: int, now: datetime) -> Today:
    """One agent's day so far, by the floor's clock."""
    begins, ends = floor_day(now)
    span = (seconds(begins), seconds(ends))
    touches = rows_of(
        "SELECT COALESCE(SUM(CASE WHEN kind = 'call' THEN 1 ELSE 0 END), 0), COALESCE(SUM(is_talk), 0), "
        "COALESCE(SUM(CASE WHEN answers_at >= ? AND answers_at < ? AND at <= answers_at + 900 THEN 1 ELSE 0 END), 0), "
        "COALESCE(SUM(CASE WHEN answers_at >= ? AND answers_at < ? AND at > answers_at + 900 THEN 1 ELSE 0 END), 0) "
        "FROM touch WHERE agent_id = ? AND at >= ? AND at < ? AND voided_by IS NULL",
        (*span, *span, agent_id, *span),
    )
    calls, talks, kept, late = map(int, touches[0])
    still_due = rows_of(
        "SELECT COUNT(*) FROM lead WHERE due_agent_id = ? AND due_at IS NOT NULL AND due_at < ? AND voided_at IS NULL",
        (agent_id, span[1]),
    )[0][0]
    won = rows_of(
        "SELECT COUNT(*), COALESCE(SUM(COALESCE(m.amount, 0)), 0) FROM stage_move m "
        "JOIN stage s ON s.id = m.to_stage_id LEFT JOIN stage f ON f.id = m.from_stage_id "
        "WHERE m.at >= ? AND m.at < ? AND m.voided_by IS NULL AND m.agent_id = ? AND s.kind = 'won' "
        "AND COALESCE(f.kind, '') <> 'won'",
        (*span, agent_id),
    )[0]
    tally = funnel.Tally(int(won[0]), money(int(won[1])) or funnel.NOTHING)
    return Today(calls, talks, kept, int(still_due), late, tally)
