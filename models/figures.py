"""The funnel's figures from kept counters and from the history, what just happened, and an agent's day."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time

import funnel
from models import sight
from models.base import NEVER, moment, money, month_of, rows_of, seconds
from models.campaigns import Book, book
from models.cards import Happening, Panel, Scope, Today
from models.lead import Lead
from models.people import Agent
from models.sales import gone_on
from models.zones import floor_day, floor_zone, month_span


def panel(agent_id: int, scope: Scope, campaign_id: int, now: datetime, *, happenings_shown: int = 8) -> Panel:
    """The live funnel of the floor's present month: kept counters only, whatever the floor's size."""
    month = month_of(now.astimezone(floor_zone()).date())
    viewer = Agent.get_by_id(agent_id)
    dimension = _dimension(viewer, scope)
    figures = month_figures(campaign_id, month, month + 1, *dimension)
    last = leavers(campaign_id, month - 1, *dimension)
    return Panel(scope, campaign_id, month, figures, happenings(agent_id, happenings_shown), last)


def _dimension(viewer: Agent, scope: Scope) -> tuple[str, int]:
    if scope is Scope.MINE:
        return "owner_id", viewer.id
    if scope is Scope.TEAM and viewer.team_id is not None:
        return "team_id", viewer.team_id
    return "", 0


def month_figures(campaign_id: int, since: int, until: int, column: str = "", value: int = 0) -> funnel.Funnel:
    """The funnel of a campaign over one whole month [since, until) from the counters.

    Args:
        campaign_id: whose stages.
        since: counted month (`base.month_of`).
        until: the month after; leavers are kept by month, so one month is all that adds up.
        column: `owner_id` or `team_id`; the whole floor when empty.
        value: its value.
    """
    campaign = book(campaign_id)
    ids = {number: code for code, number in campaign.stage_ids.items()}
    where = _where(campaign, column, value)
    stock = {
        ids[row[0]]: funnel.Tally(int(row[1]), money(int(row[2])) or funnel.NOTHING)
        for row in rows_of(f"SELECT stage_id, SUM(n), SUM(amount) FROM stock WHERE {where} GROUP BY stage_id")
        if row[0] in ids
    }
    entries = {
        ids[row[0]]: int(row[1])
        for row in rows_of(
            f"SELECT stage_id, SUM(n) FROM entered WHERE month >= ? AND month < ? AND {where} GROUP BY stage_id",
            (since, until),
        )
        if row[0] in ids
    }
    gone = rows_of(
        "SELECT stage_id, to_stage_id, way, is_final, SUM(n), SUM(amount) FROM left_stage "
        f"WHERE month >= ? AND month < ? AND {where} GROUP BY stage_id, to_stage_id, way, is_final "
        "HAVING SUM(n) <> 0",
        (since, until),
    )
    target = wanted(since, until, column, value)
    exits, closed = _split(campaign, gone)
    span = [seconds(month_span(month)[0]) for month in (since, until)]
    for tally in gone_on([campaign], span, column, value).values():
        closed[funnel.Kind.WON] += tally
    return funnel.figures(campaign.playbook, stock, entries, exits, closed, target)


def leavers(campaign_id: int, month: int, column: str = "", value: int = 0) -> dict[str, funnel.StageFigures]:
    """Who left each stage in a month, which way: what another month's conversion is held against."""
    campaign = book(campaign_id)
    rows = rows_of(
        f"SELECT stage_id, way, SUM(n) FROM left_stage WHERE month = ? AND {_where(campaign, column, value)} "
        "GROUP BY stage_id, way HAVING SUM(n) <> 0",
        (month,),
    )
    exits: dict[str, dict[funnel.Way, int]] = defaultdict(dict)
    for stage, way, count in rows:
        exits[campaign.stage_codes[stage]][funnel.Way(way)] = int(count)
    return {code: funnel.StageFigures(code, exits=ways) for code, ways in exits.items()}


def _where(campaign: Book, column: str, value: int) -> str:
    of_campaign = f"stage_id IN ({', '.join(str(number) for number in campaign.stage_codes)})"
    return f"{of_campaign} AND {column} = {int(value)}" if column else of_campaign


Exits = dict[tuple[str, funnel.Way], int]
Closed = dict[funnel.Kind, funnel.Tally]


def _split(campaign: Book, gone: Iterable[tuple[int, int, str, int, int, int]]) -> tuple[Exits, Closed]:
    exits: Exits = defaultdict(int)
    closed: Closed = defaultdict(funnel.Tally)
    for stage, to, way, is_final, count, amount in gone:
        exits[campaign.stage_codes[stage], funnel.Way(way)] += int(count)
        kind = campaign.kind(to)
        is_after_the_sale = kind is campaign.kind(stage) is funnel.Kind.WON
        if is_final and kind is not funnel.Kind.OPEN and not is_after_the_sale:
            closed[kind] += funnel.Tally(int(count), money(int(amount)) or funnel.NOTHING)
    return exits, closed


def wanted(since: int, until: int, column: str = "", value: int = 0) -> funnel.Tally | None:
    """The target of the months [since, until); None where nobody set one. Arguments as for `month_figures`."""
    team, agent = (value if column == "team_id" else 0), (value if column == "owner_id" else 0)
    rows = rows_of(
        "SELECT COALESCE(SUM(deals), 0), COALESCE(SUM(amount), 0), COUNT(*) FROM target "
        "WHERE month >= ? AND month < ? AND team_id = ? AND agent_id = ?",
        (since, until, team, agent),
    )
    deals, amount, count = rows[0]
    return funnel.Tally(int(deals), money(int(amount)) or funnel.NOTHING) if count else None


def period_figures(campaign_id: int, since: datetime | None, until: datetime | None) -> funnel.Funnel:
    """The funnel of a campaign over any [since, until): leavers from the history itself, each lead once.

    Args:
        campaign_id: whose stages.
        since: None for all that ever was.
        until: None for all that ever will be.
    """
    campaign = book(campaign_id)
    stages = ", ".join(str(number) for number in campaign.stage_codes)
    span = (-NEVER if since is None else seconds(since), NEVER if until is None else seconds(until))
    entries = {
        campaign.stage_codes[row[0]]: int(row[1])
        for row in rows_of(
            "SELECT to_stage_id, COUNT(*) FROM stage_move WHERE voided_by IS NULL AND at >= ? AND at < ? "
            f"AND to_stage_id IN ({stages}) GROUP BY to_stage_id",
            span,
        )
    }
    later = (
        "SELECT 1 FROM stage_move o WHERE o.lead_id = m.lead_id AND o.voided_by IS NULL AND o.at < ? "
        "AND (o.at > m.at OR (o.at = m.at AND o.id > m.id))"
    )
    gone = rows_of(
        f"SELECT m.from_stage_id, m.to_stage_id, m.way, CASE WHEN EXISTS ({later}) THEN 0 ELSE 1 END AS is_final, "
        "COUNT(*), SUM(COALESCE(m.amount, 0)) FROM stage_move m WHERE m.voided_by IS NULL AND m.at >= ? AND m.at < ? "
        f"AND m.from_stage_id IN ({stages}) AND NOT EXISTS ({later} AND "
        "(o.from_stage_id = m.from_stage_id OR o.to_stage_id = m.from_stage_id)) GROUP BY 1, 2, 3, 4",
        (span[1], *span, span[1]),
    )
    target = _target_of_months(since, until)
    exits, closed = _split(campaign, gone)
    for tally in gone_on([campaign], span).values():
        closed[funnel.Kind.WON] += tally
    return funnel.figures(campaign.playbook, stock_of(campaign), entries, exits, closed, target)


def _target_of_months(since: datetime | None, until: datetime | None) -> funnel.Tally | None:
    """The floor's target of a period of whole months; a part of a month has none."""
    if since is None or until is None:
        return None
    days = [at.astimezone(floor_zone()) for at in (since, until)]
    if any(day.day != 1 or day.time() != time() for day in days):
        return None
    return wanted(month_of(days[0].date()), month_of(days[1].date()), "", 0)


def stock_of(campaign: Book) -> dict[str, funnel.Tally]:
    """Leads in each stage now, from the counters."""
    rows = rows_of(
        "SELECT s.code, SUM(k.n), SUM(k.amount) FROM stock k JOIN stage s ON s.id = k.stage_id WHERE s.campaign_id = ? "
        "GROUP BY s.code",
        (campaign.campaign_id,),
    )
    return {row[0]: funnel.Tally(int(row[1]), money(int(row[2])) or funnel.NOTHING) for row in rows}


def happenings(agent_id: int, limit: int) -> tuple[Happening, ...]:
    """What just happened, newest first, for the eyes of one person: a lead that may not be seen has no name here."""
    viewer = Agent.get_by_id(agent_id)
    rows = rows_of(
        "SELECT j.id, j.at, COALESCE(a.name, ''), j.verb, j.lead_id, j.detail FROM journal j "
        "LEFT JOIN agent a ON a.id = j.agent_id WHERE j.verb IN ('log', 'move', 'import', 'take-in') "
        f"AND NOT {is_undone('touch')} AND NOT {is_undone('stage_move')} ORDER BY j.id DESC LIMIT ?",
        (limit,),
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
