"""Backward planning 倒推法 of a month, a quarter or a year: what every level needs, week by week, and each day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

import funnel
from models.campaigns import book
from models.connect import snapshot
from models.reports import periods, rates
from models.reports.funnels import figures_of, target
from models.reports.periods import Period, PeriodKind
from models.reports.slices import Slice, narrowed
from models.reports.work import worked
from models.workdays import Calendar

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WeekPlan:
    """One week of the period, as far as it lies in it."""

    period: Period
    days: int
    """Working days; of the present week all, those that are over too."""
    days_left: int
    done: funnel.Week | None
    """What it was to bring when it began, and what came; None where it has not begun, or nobody set a target."""
    to: Mapping[str, int]
    """Leads to bring into each level in what is left of it; a level that no number fills is left out."""

    @property
    def since(self) -> date:
        """Its first day."""
        return self.period.days[0]

    @property
    def until(self) -> date:
        """The day after its last."""
        return self.period.days[1]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is wanted of a selection in a period, and what that needs."""

    chosen: Slice
    """As far as the viewer may see it."""
    period: Period
    figures: funnel.Funnel
    """Of the period so far: target, won, attainment, the conversions that the rates are corrected by."""
    size: Fraction | None
    """What a deal brings, by those won in the measured months; None where none was."""
    deals: Fraction | None
    """Orders that are wanted still; None where nobody set a target, or nobody knows what a deal brings."""
    steps: tuple[funnel.Step, ...]
    """The rates that are reckoned with: measured where enough leads left in the measured months."""
    measured: Period
    """Those months."""
    needs: tuple[funnel.Need, ...]
    """Level by level from the top; empty where `deals` is not known."""
    weeks: tuple[WeekPlan, ...]
    days_left: int
    """Working days, today among them while the floor calls."""
    today: funnel.Daily | None
    """What each of those days has to bring; None where none is left, or `deals` is not known."""

    @property
    def missing(self) -> funnel.Tally | None:
        """To the target, never less than nothing; None where nobody set one."""
        return missing(self.figures)


def missing(figures: funnel.Funnel) -> funnel.Tally | None:
    """What is missing to the target of a period, never less than nothing; None where nobody set one."""
    wanted, won = figures.target, figures.won
    if wanted is None:
        return None
    return funnel.Tally(max(0, wanted.count - won.count), max(funnel.NOTHING, wanted.amount - won.amount))


def plan(viewer_id: int, chosen: Slice, now: datetime, kind: PeriodKind = PeriodKind.MONTH) -> Plan:
    """The plan of the period in which a moment lies, made anew from what happened so far.

    Args:
        viewer_id: who asks.
        chosen: narrowed to what this person may see; targets are set for floors, teams and agents.
        now: this moment.
        kind: month, quarter or year.

    Raises:
        Refused: `not_found`.
    """
    with snapshot():
        chosen, period = narrowed(viewer_id, chosen), periods.period(kind, now)
        base = _base(chosen, period, now)
        weeks = list(_weeks(period))
        done = [_won(chosen, week, period) for week in weeks if week[0] <= base.today]
    course = _course(base, weeks, done)
    left = [base.calendar.days(max(since, base.first), until) for since, until in weeks]
    spreads = {need.stage: funnel.spread(need.gap, left) for need in base.needs if need.gap is not None}
    return Plan(
        chosen,
        period,
        base.figures,
        base.size,
        base.deals,
        base.steps,
        rates.history(now),
        base.needs,
        tuple(
            WeekPlan(
                periods.between(*week, period.since.tzinfo),
                base.calendar.days(*week),
                left[place],
                course[place] if place < len(course) else None,
                {stage: parts[place] for stage, parts in spreads.items()},
            )
            for place, week in enumerate(weeks)
        ),
        base.days_left,
        base.daily,
    )


def today(agent_id: int, campaign_id: int, now: datetime) -> funnel.Daily | None:
    """What each day that is left of the month has to bring of an agent; kept counters only.

    Returns:
        None where nobody set the agent a target, no day is left, or nobody knows what a deal brings.
    """
    period = periods.period(PeriodKind.MONTH, now)
    chosen = Slice(campaign_id, agent_id=agent_id)
    if target(chosen, period) is None:
        return None
    return _base(chosen, period, now).daily


@dataclass(frozen=True, slots=True)
class _Base:
    """What every plan is made from."""

    calendar: Calendar
    today: date
    first: date
    """The first day that is left: today, or the next one where the floor calls nobody any more."""
    days_left: int
    figures: funnel.Funnel
    size: Fraction | None
    deals: Fraction | None
    steps: tuple[funnel.Step, ...]
    needs: tuple[funnel.Need, ...]
    daily: funnel.Daily | None


def _base(chosen: Slice, period: Period, now: datetime) -> _Base:
    playbook, figures = book(chosen.campaign_id).playbook, figures_of(chosen, period)
    learnt, calendar = rates.measured(chosen, now), Calendar.of_floor()
    steps, stock = funnel.steps(playbook, learnt), {row.stage: row.open for row in figures.stages}
    size, lacking = _size(chosen, learnt, now), missing(figures)
    deals = None if lacking is None else funnel.deals_wanted(lacking, size)
    midnight = now.astimezone(period.since.tzinfo).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    closes = calendar.closing(midnight)
    first = midnight.date() + timedelta(days=closes is None or now >= closes)
    days_left = calendar.days(first, period.days[1])
    daily = None
    if deals is not None and days_left:
        intervals = {row.stage: row.interval for row in learnt.stages if row.interval is not None}
        calls = sum(own.calls for *_, own in worked(chosen, rates.history(now)))
        daily = funnel.daily(steps, intervals, stock, deals, (learnt.won.count, calls), days_left)
    return _Base(
        calendar,
        midnight.date(),
        first,
        days_left,
        figures,
        size,
        deals,
        steps,
        () if deals is None else funnel.needs(steps, stock, deals),
        daily,
    )


def _size(chosen: Slice, learnt: funnel.Funnel, now: datetime) -> Fraction | None:
    """What a deal of the selection brings; of the whole campaign where the selection won none."""
    won = learnt.won
    if not won.count:
        won = rates.measured(Slice(chosen.campaign_id), now).won
    return Fraction(won.amount) / won.count if won.count else None


# ── week by week ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _weeks(period: Period) -> Iterator[tuple[date, date]]:
    """The weeks of a period, from Monday, the first and the last as far as they lie in it."""
    since, last = period.days
    while since < last:
        until = min(last, since - timedelta(days=since.weekday()) + WEEK)
        yield since, until
        since = until


def _won(chosen: Slice, week: tuple[date, date], period: Period) -> funnel.Tally:
    """The deals of a week that were won still when it ended."""
    return figures_of(chosen, periods.between(*week, period.since.tzinfo)).won


def _course(base: _Base, weeks: list[tuple[date, date]], done: list[funnel.Tally]) -> tuple[funnel.Week, ...]:
    """The weeks that have begun: each was to bring its share of what was missing then. Money, where money is wanted."""
    wanted = base.figures.target
    if wanted is None:
        return ()
    of_money = wanted.amount > 0
    came = [Fraction(tally.amount if of_money else tally.count) for tally in done]
    came += [Fraction(0)] * (len(weeks) - len(done))
    days = [base.calendar.days(*week) for week in weeks]
    whole = Fraction(wanted.amount if of_money else wanted.count)
    return funnel.course(whole, list(zip(days, came, strict=True)))[: len(done)]
