"""What history says of a selection's steps: the conversions that forecasts, plans and the dry day reckon with."""

from __future__ import annotations

from datetime import datetime

import funnel
from models.base import month_of, month_starts
from models.campaigns import book
from models.reports.funnels import figures_of
from models.reports.periods import Period, PeriodKind, midnight
from models.reports.slices import Slice
from models.zones import floor_zone

MONTHS = 6
"""So many, the present one included, make up the history that speaks: long enough for most cycles, short enough to
follow what the team learns."""


def history(now: datetime) -> Period:
    """The whole months that are measured."""
    zone = floor_zone()
    month = month_of(now.astimezone(zone).date())
    since, until = (midnight(month_starts(at), zone) for at in (month - MONTHS + 1, month + 1))
    return Period(since, until, PeriodKind.CUSTOM)


def measured(chosen: Slice, now: datetime) -> funnel.Funnel:
    """The figures of that history, for those who may see them; open leads are those of now."""
    return figures_of(chosen, history(now))


def steps(chosen: Slice, now: datetime) -> tuple[funnel.Step, ...]:
    """The steps down to the sale: measured where enough leads left, as planned where history is silent."""
    return funnel.steps(book(chosen.campaign_id).playbook, measured(chosen, now))
