"""The month, agent by agent: work by who did it, deals by who owned the lead then, and the targets."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

import funnel
from models.base import money, rows_of, seconds
from models.campaigns import Book, books
from models.connect import snapshot
from models.reports.funnels import wanted
from models.reports.slices import By, Slice
from models.sales import gone_on
from models.watching.cards import MonthRow, MonthSheet, Selection
from models.watching.eyes import eyes, of_agents
from models.zones import month_span

NOBODY = MonthRow(0, "", "", 0, 0, 0, 0, 0, 0, funnel.Tally(), 0, None)


def month(viewer_id: int, selection: Selection, month: int, now: datetime) -> MonthSheet:
    """The sheet of a counted month (`base.month_of`), each agent of the selection by name, what none of them owned,
    and all of it together.

    Raises:
        Refused: `supervisors_only`; `not_found` for an agent outside the team.
    """
    with snapshot():
        _, selection = eyes(viewer_id, selection)
        span = tuple(map(seconds, month_span(month)))
        campaigns = [one for one in books() if selection.campaign_id in (None, one.campaign_id)]
        where, args = of_agents(selection)
        people = rows_of(
            "SELECT a.id, a.name, COALESCE(t.name, '') FROM agent a LEFT JOIN team t ON t.id = a.team_id "
            f"WHERE a.role = 'agent' AND {where}",
            args,
        )
        work, moves = _work(span, selection), _moves(span, campaigns)
        overdue, (won, closed) = _overdue(span, selection, now), _deals(month, span, campaigns)
        targets = _targets(month)
        rows = [
            replace(
                NOBODY,
                agent_id=number,
                name=name,
                team=team,
                moves=moves.get(number, 0),
                won=won.get(number, funnel.Tally()),
                closed=closed.get(number, 0),
                target=targets.get(number),
                **work.get(number, {}),
            )
            for number, name, team in sorted(people, key=lambda row: (row[1].casefold(), row[0]))
        ]
        rows = [replace(row, promised=row.promised + overdue.get(row.agent_id, 0)) for row in rows]
        others = _others(month, span, campaigns, selection, {row.agent_id for row in rows})
        return MonthSheet(month, tuple(rows), others, _together([*rows, others], _target(month, selection)))


def _together(rows: Sequence[MonthRow], target: funnel.Tally | None) -> MonthRow:
    counted = ("calls", "talks", "talk_seconds", "kept", "promised", "moves", "closed")
    sums = {name: sum(getattr(row, name) for row in rows) for name in counted}
    return replace(NOBODY, **sums, won=sum((row.won for row in rows), funnel.Tally()), target=target)


def _work(span: Sequence[int], selection: Selection) -> dict[int, dict[str, int]]:
    """Calls, talks, seconds of talk, promises kept and answered, by who did it."""
    begins, ends = span
    join, args = _of_campaign("t", selection)
    rows = rows_of(
        "SELECT t.agent_id, SUM(CASE WHEN t.kind = 'call' THEN 1 ELSE 0 END), SUM(t.is_talk), "
        "SUM(CASE WHEN t.is_talk = 1 THEN COALESCE(t.seconds, 0) ELSE 0 END), "
        "SUM(CASE WHEN t.answers_at >= ? AND t.answers_at < ? AND t.at <= t.answers_at + 900 THEN 1 ELSE 0 END), "
        "SUM(CASE WHEN t.answers_at >= ? AND t.answers_at < ? THEN 1 ELSE 0 END) "
        f"FROM touch t WHERE t.at >= ? AND t.at < ? AND t.voided_by IS NULL{join} GROUP BY t.agent_id",
        (begins, ends, begins, ends, begins, ends, *args),
    )
    names = ("calls", "talks", "talk_seconds", "kept", "promised")
    return {row[0]: dict(zip(names, map(int, row[1:]), strict=True)) for row in rows}


def _of_campaign(table: str, selection: Selection) -> tuple[str, tuple[int, ...]]:
    if selection.campaign_id is None:
        return "", ()
    return f" AND {table}.stage_id IN (SELECT id FROM stage WHERE campaign_id = ?)", (selection.campaign_id,)


def _moves(span: Sequence[int], campaigns: Sequence[Book]) -> dict[int, int]:
    """Forward moves by who made them."""
    stages = [number for one in campaigns for number in one.stage_codes]
    rows = rows_of(
        "SELECT m.agent_id, COUNT(*) FROM stage_move m WHERE m.at >= ? AND m.at < ? AND m.voided_by IS NULL "
        f"AND m.way IN ('forward', 'skip') AND m.to_stage_id IN ({', '.join('?' * len(stages)) or 'NULL'}) "
        "GROUP BY m.agent_id",
        (*span, *stages),
    )
    return {row[0]: int(row[1]) for row in rows}


def _overdue(span: Sequence[int], selection: Selection, now: datetime) -> dict[int, int]:
    """Promises of the month that are past and that nobody answered, by who promised."""
    join, args = _of_campaign("l", selection)
    rows = rows_of(
        "SELECT a.id, COUNT(*) FROM agent a CROSS JOIN lead l WHERE l.due_agent_id = a.id AND l.due_at IS NOT NULL "
        f"AND l.due_at >= ? AND l.due_at < ? AND l.due_at <= ? AND l.voided_at IS NULL{join} GROUP BY a.id",
        (*span, seconds(now), *args),
    )
    return {row[0]: int(row[1]) for row in rows}


def _deals(
    month: int, span: Sequence[int], campaigns: Sequence[Book], team_id: int | None = None
) -> tuple[Mapping[int, funnel.Tally], Mapping[int, int]]:
    """Won, and all that was closed, by who owned the lead then (0: nobody), of all leads or of a team's.

    The kept counters are read, whatever the floor's size.
    """
    column, value = ("", 0) if team_id is None else ("team_id", team_id)
    stages = {number: one.kind(number) for one in campaigns for number in one.stage_codes}
    closing = [number for number, kind in stages.items() if kind is not funnel.Kind.OPEN]
    narrower = column and f" AND {column} = {int(value)}"
    rows = rows_of(
        "SELECT owner_id, stage_id, to_stage_id, SUM(n), SUM(amount) FROM passed WHERE month = ? "
        f"AND next_month > month AND to_stage_id IN ({', '.join('?' * len(closing)) or 'NULL'}){narrower} "
        "GROUP BY owner_id, stage_id, to_stage_id",
        (month, *closing),
    )
    won: dict[int, funnel.Tally] = {}
    for one in campaigns:
        for owner, tally in gone_on(one, Slice(one.campaign_id, team_id), span, By.AGENT).items():
            won[int(owner)] = won.get(int(owner), funnel.Tally()) + tally
    closed: dict[int, int] = {owner: tally.count for owner, tally in won.items()}
    for owner, origin, stage, count, amount in rows:
        if stages[origin] is stages[stage] is funnel.Kind.WON:
            continue  # on the way after the sale: no sale of its own
        closed[owner] = closed.get(owner, 0) + int(count)
        if stages[stage] is funnel.Kind.WON:
            tally = funnel.Tally(int(count), money(int(amount)) or funnel.NOTHING)
            won[owner] = won.get(owner, funnel.Tally()) + tally
    return won, closed


def _others(
    month: int, span: Sequence[int], campaigns: Sequence[Book], selection: Selection, listed: Collection[int]
) -> MonthRow:
    """The selection's deals that nobody of the list owned; one agent's month has none."""
    if selection.agent_id is not None:
        return NOBODY
    won, closed = _deals(month, span, campaigns, selection.team_id)
    return replace(
        NOBODY,
        won=sum((tally for owner, tally in won.items() if owner not in listed), funnel.Tally()),
        closed=sum(count for owner, count in closed.items() if owner not in listed),
    )


def _targets(month: int) -> dict[int, funnel.Tally]:
    rows = rows_of("SELECT agent_id, deals, amount FROM target WHERE month = ? AND agent_id <> 0", (month,))
    return {row[0]: funnel.Tally(row[1] or 0, money(row[2]) or funnel.NOTHING) for row in rows}


def _target(month: int, selection: Selection) -> funnel.Tally | None:
    """What is wanted of the selection together."""
    if selection.agent_id is not None:
        return wanted(month, month + 1, "owner_id", selection.agent_id)
    if selection.team_id is not None:
        return wanted(month, month + 1, "team_id", selection.team_id)
    return wanted(month, month + 1)
