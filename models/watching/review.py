"""The weekly review: every lead of one agent, what was done this week, how far it came, what is wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import funnel
from models.base import rows_of, seconds
from models.campaigns import Book, books
from models.connect import snapshot
from models.lead import Lead
from models.watching import masks
from models.watching.cards import PortfolioRow, Problem, ReviewLine, Selection
from models.watching.eyes import eyes
from models.watching.masks import Mask
from models.watching.portfolio import Place, open_stages, page
from models.zones import floor_day


def week_of(now: datetime) -> tuple[datetime, datetime]:
    """The floor's week at a moment: Monday's midnight, and the next one's."""
    begins, _ = floor_day(now)
    monday = begins - timedelta(days=begins.weekday())
    return monday, monday + timedelta(days=7)


def review(
    viewer_id: int,
    agent_id: int,
    selection: Selection,
    now: datetime,
    *,
    since: datetime,
    until: datetime,
    after: Place | None = None,
    limit: int = 100,
    mask: Mask = Mask.FULL,
) -> tuple[ReviewLine, ...]:
    """Every lead that an agent owns: those closed in [since, until), then the open ones as in their `portfolio`.

    Args:
        viewer_id: who watches.
        agent_id: whose leads.
        selection: its team and campaign narrow them.
        now: this moment.
        since: the first moment of the week.
        until: the first moment after it.
        after: the `lead.place` of the last line of the page before.
        limit: of lines.
        mask: of numbers in notes and names.

    Raises:
        Refused: `supervisors_only`; `not_found` for an agent outside the team.
    """
    with snapshot():
        viewer, narrowed = eyes(viewer_id, Selection(selection.team_id, agent_id, selection.campaign_id))
        own = {one.campaign_id: one for one in books() if narrowed.campaign_id in (None, one.campaign_id)}
        stages = [*_closed_stages(own.values()), *open_stages(narrowed)]
        is_this_weeks = (Lead.stage_since >= seconds(since)) & (Lead.stage_since < seconds(until))
        condition = Lead.stage_id.in_(open_stages(narrowed)) | is_this_weeks
        leads = page(viewer, agent_id, stages, now, after=after, limit=limit, condition=condition)
        numbers = [lead.lead_id for lead in leads]
        touches, moves = _touches(numbers, since, until), _moves(numbers, since, until)
        last = _last(numbers)
    return tuple(
        _line(
            lead, own[lead.campaign_id], touches[lead.lead_id], moves[lead.lead_id], last.get(lead.lead_id), now, mask
        )
        for lead in leads
    )


def _closed_stages(campaigns: Any) -> list[int]:
    """Won first, then lost and invalid."""
    found = []
    for one in campaigns:
        won = [one.stage_ids[stage.code] for stage in one.playbook.stages[one.playbook.sale :]]
        found += [*won, one.stage_ids[funnel.LOST], one.stage_ids[funnel.INVALID]]
    return found


Touch = tuple[str, str, int, str]
"""Kind, outcome, whether it was a talk, note."""


def _touches(leads: Sequence[int], since: datetime, until: datetime) -> dict[int, list[Touch]]:
    found: dict[int, list[Touch]] = defaultdict(list)
    for lead, *touch in rows_of(
        f"SELECT lead_id, kind, outcome, is_talk, note FROM touch WHERE lead_id IN ({_holes(leads)}) "
        "AND at >= ? AND at < ? AND voided_by IS NULL ORDER BY at, id",
        (*leads, seconds(since), seconds(until)),
    ):
        found[lead].append((touch[0], touch[1], touch[2], touch[3]))
    return found


Moved = tuple[int | None, int, str]
"""From, to, way."""


def _moves(leads: Sequence[int], since: datetime, until: datetime) -> dict[int, list[Moved]]:
    found: dict[int, list[Moved]] = defaultdict(list)
    for lead, origin, to, way in rows_of(
        f"SELECT lead_id, from_stage_id, to_stage_id, way FROM stage_move WHERE lead_id IN ({_holes(leads)}) "
        "AND at >= ? AND at < ? AND voided_by IS NULL ORDER BY at, id",
        (*leads, seconds(since), seconds(until)),
    ):
        found[lead].append((origin, to, way))
    return found


def _last(leads: Sequence[int]) -> dict[int, int]:
    """Whether the last touch of each lead lacks a next step."""
    rows = rows_of(
        f"SELECT lead_id, lacks_next_step FROM touch WHERE lead_id IN ({_holes(leads)}) AND voided_by IS NULL "
        "ORDER BY at, id",
        leads,
    )
    return dict(rows)


def _holes(leads: Sequence[int]) -> str:
    return ", ".join("?" * len(leads)) or "NULL"


def _line(
    lead: PortfolioRow,
    campaign: Book,
    touches: Sequence[Touch],
    moves: Sequence[Moved],
    lacks: int | None,
    now: datetime,
    mask: Mask,
) -> ReviewLine:
    calls = sum(kind == funnel.TouchKind.CALL for kind, *_ in touches)
    codes = campaign.stage_codes
    return ReviewLine(
        lead=masks.texts(lead, mask),
        calls=calls,
        talks=sum(is_talk for _, _, is_talk, _ in touches),
        others=len(touches) - calls,
        last_outcome=touches[-1][1] if touches else "",
        note=masks.text(touches[-1][3], mask) if touches else "",
        moves=tuple(
            (codes[origin] if origin is not None else "", codes[to], funnel.Way(way)) for origin, to, way in moves
        ),
        problem=problem_of(lead, campaign.playbook, now, lacks_next_step=bool(lacks)),
    )


def problem_of(
    lead: PortfolioRow, playbook: funnel.Playbook, now: datetime, *, lacks_next_step: bool
) -> Problem | None:
    """What is wrong with a lead, the worst first; nothing with a closed one that keeps its promises."""
    if lead.promised_at is not None and lead.promised_at < now:
        return Problem.PROMISE_MISSED
    if lead.kind is not funnel.Kind.OPEN:
        return None
    if lead.touched_at is None:
        return Problem.NEVER_CALLED
    if lead.is_past_dwell:
        return Problem.PAST_DWELL
    if lead.promised_at is None and lacks_next_step:
        return Problem.NO_NEXT_STEP
    is_on_its_way = playbook.position(lead.stage) > 0
    if is_on_its_way and lead.promised_at is None and now - lead.touched_at >= timedelta(days=playbook.silence_days):
        return Problem.SILENCE
    return None
