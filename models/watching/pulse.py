"""The live funnel of a campaign in the floor's present month, with its vital signs and its shape."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

import funnel
from models.base import month_of, seconds
from models.campaigns import Book, book, books
from models.cards import Panel, Scope
from models.connect import snapshot
from models.errors import Refused
from models.figures import leavers, month_figures
from models.reports.slices import Slice
from models.sales import cycles
from models.watching.cards import Pulse, Selection
from models.watching.eyes import eyes
from models.zones import floor_zone, month_span


def pulse(viewer_id: int, selection: Selection, now: datetime) -> Pulse:
    """The funnel of the selection's campaign, else of the first that is open: kept counters, and the deals won.

    Raises:
        Refused: `supervisors_only`; `no_campaign` where none is open.
    """
    with snapshot():
        _, selection = eyes(viewer_id, selection)
        campaign = _campaign(selection)
        scope, dimension = _dimension(selection)
        month = month_of(now.astimezone(floor_zone()).date())
        figures = month_figures(campaign.campaign_id, month, month + 1, *dimension)
        last = leavers(campaign, month - 1, *dimension)
        begins, ends = month_span(month)
        before, _ = month_span(month - 1)
        own_cycles = won_cycles(campaign, begins, ends, *dimension)
        vitals = funnel.vitals(campaign.playbook, figures, own_cycles, won_cycles(campaign, before, begins, *dimension))
    passed = Fraction((now - begins) // timedelta(seconds=1), (ends - begins) // timedelta(seconds=1))
    shape = funnel.shape(campaign.playbook, figures, passed)
    panel = Panel(scope, campaign.campaign_id, month, figures, last=last)
    return Pulse(panel, vitals, shape, campaign.playbook.advice.on(shape) if shape else funnel.NO_WORDS)


def _campaign(selection: Selection) -> Book:
    if selection.campaign_id is not None:
        return book(selection.campaign_id)
    for campaign in books():
        return campaign
    raise Refused("no_campaign")


def _dimension(selection: Selection) -> tuple[Scope, tuple[str, int]]:
    if selection.agent_id is not None:
        return Scope.MINE, ("owner_id", selection.agent_id)
    if selection.team_id is not None:
        return Scope.TEAM, ("team_id", selection.team_id)
    return Scope.FLOOR, ("", 0)


def won_cycles(campaign: Book, since: datetime, until: datetime, column: str = "", value: int = 0) -> list[timedelta]:
    """How long each deal won in [since, until) took, as `funnel.won_cycles` says: only those deals are read.

    Args:
        campaign: whose deals.
        since: the first moment.
        until: the first moment after it.
        column: `owner_id` or `team_id` of the sale; the whole floor when empty.
        value: its value.
    """
    team, agent = (value if column == own else None for own in ("team_id", "owner_id"))
    return [
        timedelta(days=days)
        for _, took in cycles(Slice(campaign.campaign_id, team, agent), (seconds(since), seconds(until)))
        for days, count in took.items()
        for _ in range(count)
    ]
