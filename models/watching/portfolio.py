"""An agent's portfolio, a page at a time: the leads nearest to the sale first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import funnel
from models import lists, sight
from models.base import moment, moment_or_none, money
from models.campaigns import Book, books
from models.connect import snapshot
from models.lead import Lead
from models.people import Agent
from models.views import lead_code
from models.watching import masks
from models.watching.cards import PortfolioRow, Selection
from models.watching.eyes import eyes
from models.watching.masks import Mask

Place = tuple[int, int]
"""Of a stage among those that are shown, and the lead's id."""


def portfolio(
    viewer_id: int,
    agent_id: int,
    selection: Selection,
    now: datetime,
    *,
    after: Place | None = None,
    limit: int = 100,
    mask: Mask = Mask.FULL,
) -> tuple[PortfolioRow, ...]:
    """The open leads that an agent owns, from the last stage to the first, in each the oldest first.

    Args:
        viewer_id: who watches.
        agent_id: whose leads.
        selection: its team and campaign narrow them.
        now: this moment.
        after: the `place` of the last row of the page before.
        limit: of rows.
        mask: of numbers in names.

    Raises:
        Refused: `supervisors_only`; `not_found` for an agent outside the team.
    """
    with snapshot():
        viewer, narrowed = eyes(viewer_id, Selection(selection.team_id, agent_id, selection.campaign_id))
        stages = open_stages(narrowed)
        rows = page(viewer, agent_id, stages, now, after=after, limit=limit)
    return tuple(masks.texts(row, mask) for row in rows)


def open_stages(selection: Selection) -> list[int]:
    """The open stages of the selection's campaigns, nearest to the sale first."""
    of_books = [one for one in books() if selection.campaign_id in (None, one.campaign_id)]
    return [one.stage_ids[stage.code] for one in of_books for stage in reversed(funnel.levels(one.playbook))]


def page(
    viewer: Agent,
    agent_id: int,
    stages: Sequence[int],
    now: datetime,
    *,
    after: Place | None,
    limit: int,
    condition: Any = None,
) -> list[PortfolioRow]:
    """The next leads of an agent in these stages, one stage after the other: so they are indexed."""
    books_of = {one.campaign_id: one for one in books()}
    first, beyond = after if after is not None else (0, 0)
    found: list[tuple[int, Lead]] = []
    for place, stage_id in list(enumerate(stages))[first:]:
        if len(found) >= limit:
            break
        query = Lead.select().where(
            Lead.owner_id == agent_id,
            Lead.stage_id == stage_id,
            Lead.id > (beyond if place == first else 0),
            sight.seen_by(viewer),
        )
        if condition is not None:
            query = query.where(condition)
        found += [(place, lead) for lead in query.order_by(Lead.id).limit(limit - len(found))]
    names = lists.contact_names([lead.id for _, lead in found])
    return [
        _row(lead, books_of[lead.campaign_id], names.get(lead.id, ""), (place, lead.id), now) for place, lead in found
    ]


def _row(lead: Lead, campaign: Book, person: str, place: Place, now: datetime) -> PortfolioRow:
    code = campaign.stage_codes[lead.stage_id]
    since = moment(lead.stage_since)
    dwell = campaign.playbook.stage(code).dwell_days if code not in (funnel.LOST, funnel.INVALID) else None
    return PortfolioRow(
        lead_id=lead.id,
        code=lead_code(lead.id, lead.code, lead.entered_at),
        campaign_id=lead.campaign_id,
        company=lead.company,
        person=person,
        stage=code,
        kind=campaign.kind(lead.stage_id),
        amount=money(lead.amount),
        days_in_stage=(now - since).days,
        is_past_dwell=dwell is not None and now - since >= timedelta(days=dwell),
        touched_at=moment_or_none(lead.touched_at),
        promised_at=moment_or_none(lead.due_at),
        place=place,
    )
