"""What the screens of figures ask in one go. Every function here runs on the reader's thread, and only reads."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import funnel
from models.connect import snapshot
from models.errors import Unavailable
from models.reports import bottlenecks, bridges, forecasts, funnels, openings, periods, plans, reaches, targets
from models.reports import drying as dryings
from models.reports import hours as by_hour
from models.reports import sources as by_source
from models.reports import work as by_work
from models.reports.bottlenecks import Narrow
from models.reports.drying import Drying
from models.reports.forecasts import Forecasts, Prospects
from models.reports.funnels import Funnels, Part
from models.reports.hours import Spent, Stretches
from models.reports.openings import Cell, Key, Page
from models.reports.passages import Key as PartKey
from models.reports.periods import Period, PeriodKind
from models.reports.plans import Plan
from models.reports.reaches import Cohorts
from models.reports.slices import By, Slice, narrowed
from models.reports.sources import Sources
from models.reports.targets import Attainments
from models.reports.work import Doings
from tui.figures.periods import Asked

SHOWN = {PeriodKind.DAY: 14, PeriodKind.WEEK: 13, PeriodKind.MONTH: 12, PeriodKind.QUARTER: 8, PeriodKind.YEAR: 5}
"""Periods that are looked at together, by their kind."""


def period(asked: Asked, now: datetime, *, is_ahead: bool = False) -> Period:
    """The period that is meant; one that has not begun is the present one, unless it is looked ahead."""
    found = present = periods.period(asked.kind, now)
    if asked.day is not None:
        found = periods.of_day(asked.kind, asked.day, present.since.tzinfo)
    for _step in range(abs(asked.steps)):
        found = found.after() if asked.steps > 0 else found.before()
    return found if is_ahead else min(found, present, key=lambda one: one.since)


@dataclass(frozen=True, slots=True)
class Stages:
    """The funnel of a period, and that of the period before it, to see what changed."""

    chosen: Slice
    period: Period
    whole: Part
    before: Part
    narrow: Narrow
    """Its bottleneck."""


@dataclass(frozen=True, slots=True)
class Times:
    """The funnels of several periods, oldest first."""

    chosen: Slice
    periods: tuple[Period, ...]
    funnels: tuple[funnel.Funnel, ...]


def stages(viewer_id: int, chosen: Slice, asked: Asked, now: datetime) -> Stages:
    """The funnel of a period."""
    when = period(asked, now)
    with snapshot():
        found = funnels.funnels(viewer_id, chosen, when, now=now)
        before = funnels.funnels(viewer_id, chosen, when.before())
        narrow = bottlenecks.narrow(viewer_id, chosen, when)
    return Stages(found.chosen, when, found.whole, before.whole, narrow)


def times(viewer_id: int, chosen: Slice, asked: Asked, now: datetime) -> Times:
    """The funnels of the period and of those before it."""
    with snapshot():
        own, found = narrowed(viewer_id, chosen), [period(asked, now)]
        while len(found) < SHOWN[asked.kind]:
            found.insert(0, found[0].before())
        return Times(own, tuple(found), tuple(funnels.figures_of(own, one) for one in found))


@dataclass(frozen=True, slots=True)
class Bridged:
    """What came and went in a period, stage by stage."""

    chosen: Slice
    period: Period
    bridge: funnel.Bridge
    """With what was taken back since, and its line."""


def bridge(viewer_id: int, chosen: Slice, asked: Asked, now: datetime) -> Bridged:
    """The bridge of a period."""
    when = period(asked, now)
    return Bridged(chosen, when, bridges.bridge(viewer_id, chosen, when, shows_voided=True))


def split(viewer_id: int, chosen: Slice, asked: Asked, now: datetime, by: By) -> Funnels:
    """The funnel of a period in its parts."""
    return funnels.funnels(viewer_id, chosen, period(asked, now), by, now)


@dataclass(frozen=True, slots=True)
class Outlooks:
    """The forecast, and how the present month goes."""

    forecasts: Forecasts
    months: tuple[Period, ...]
    """Those of the forecast, the present one first."""
    month: funnel.Funnel
    """The figures of the present one."""


def outlooks(viewer_id: int, chosen: Slice, now: datetime, by: By) -> Outlooks:
    """The forecast of the next twelve months."""
    found = forecasts.forecasts(viewer_id, chosen, now, by)
    months = [periods.period(PeriodKind.MONTH, now)]
    while len(months) < len(found.whole.months):
        months.append(months[-1].after())
    return Outlooks(found, tuple(months), funnels.figures_of(found.chosen, months[0]))


def prospects(viewer_id: int, chosen: Slice, asked: Asked, now: datetime) -> Prospects:
    """The leads that are due in a period."""
    return forecasts.prospects(viewer_id, chosen, period(asked, now, is_ahead=True), now)


def drying(viewer_id: int, chosen: Slice, now: datetime) -> Drying:
    """The day the orders dry up."""
    return dryings.drying(viewer_id, chosen, now)


def plan(viewer_id: int, chosen: Slice, asked: Asked, now: datetime) -> Plan:
    """The plan of the present period."""
    return plans.plan(viewer_id, chosen, now, asked.kind)


def reach(viewer_id: int, chosen: Slice, asked: Asked, now: datetime) -> Cohorts:
    """What became of those that entered each stage in a period."""
    return reaches.cohorts(viewer_id, chosen, period(asked, now))


def sources(viewer_id: int, chosen: Slice, asked: Asked, now: datetime) -> Sources:
    """What each source brought in a period."""
    return by_source.sources(viewer_id, chosen, period(asked, now))


def work(viewer_id: int, chosen: Slice, asked: Asked, now: datetime) -> Doings:
    """What each agent did in a period."""
    return by_work.work(viewer_id, chosen, period(asked, now), By.AGENT)


@dataclass(frozen=True, slots=True)
class Days:
    """Where the time of agents went."""

    period: Period
    spent: dict[int, funnel.Hours]
    """Of each agent, by their id."""
    names: dict[PartKey, str]


def hours(viewer_id: int, chosen: Slice, asked: Asked, now: datetime) -> Days:
    """Where the time of each agent went."""
    when, names, spent = period(asked, now), funnels.names_of(By.AGENT), dict[int, funnel.Hours]()
    # Where nobody ever opened a desk, or their file is away, nothing is known of anybody.
    with suppress(Unavailable):
        spent = by_hour.hours(viewer_id, chosen, when)
    return Days(when, spent, names)


def reached(viewer_id: int, chosen: Slice, asked: Asked, now: datetime) -> Attainments:
    """How far each agent's targets are reached."""
    return targets.attainments(viewer_id, chosen, period(asked, now), now=now)


PAGE = 100
"""Rows that are read at once."""


def stretches(viewer_id: int, spent: Spent, after: int | None) -> Stretches:
    """A page of the spells that a time at work is the sum of."""
    return by_hour.stretches(viewer_id, spent, after=after or 0, limit=PAGE)


def rows(viewer_id: int, cell: Cell, after: Key | None) -> Page:
    """A page of what a number was counted from."""
    return openings.rows(viewer_id, cell, after=after, limit=PAGE)
