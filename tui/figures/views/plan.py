"""Backward planning 倒推法: from the target back to what every stage needs, week by week and today."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial
from math import ceil
from typing import TYPE_CHECKING

import funnel
from models.reports.openings import Cell as Opening
from models.reports.openings import Number
from models.reports.periods import PeriodKind
from models.reports.plans import Plan
from tui import clocks, money, words
from tui.figures import errands
from tui.figures.page import Page, Place
from tui.figures.periods import Asked
from tui.i18n import _, counted
from tui.lines.frame import Frame
from tui.lines.text import Line, Piece, crop, joined, wrap
from tui.reports.sheet import Cell, Chart, Column, Figure, Kind, Sheet

if TYPE_CHECKING:
    from tui.screens.questions import Asking

KINDS = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR)
"""Targets are set by the month."""
PLANNED: Piece = ("~", "dim")
"""After a rate that is the playbook's: too few left to measure it."""


def read(host: Asking, asked: Asked) -> Callable[[], object]:
    """The plan of the period."""
    return partial(errands.plan, host.person.id, host.slice, asked, host.clock())


def _page(found: Plan, host: Asking, sheet: Sheet, **more: object) -> Page:
    frame, playbook = host.frame, host.playbook

    def above(width: int) -> Sequence[Line]:
        return [crop(((" ", ""), *line), width) for line in _says(found, playbook, frame)]

    return Page(found.period, sheet, above=above, nothing=_why_none(found), **more)  # type: ignore[arg-type]


def _why_none(found: Plan) -> str:
    """Why nothing is planned."""
    if found.missing is None:
        return _("No target is set for this period: a manager sets one with callfloor target set.")
    return _("Nobody has won a deal yet: nobody knows what one brings, so that no number can be planned.")


# ── what is needed ────────────────────────────────────────────────────────────────────────────────────────────────────


def write_levels(found: object, host: Asking) -> Page:
    """The page of the levels: what each needs, holds and lacks."""
    assert isinstance(found, Plan)
    columns = (
        Column("stage", _("stage"), most=24),
        Column("needed", _("needed"), Kind.COUNT),
        Column("open", _("open now"), Kind.COUNT),
        Column("gap", _("missing"), Kind.COUNT),
        Column("today", _("each day"), Kind.COUNT, rank=1),
        Column("rate", _("rate"), Kind.SHARE, rank=2),
    )
    rows = [_level(need, found, host.playbook) for need in found.needs]
    marks: dict[Place, Piece] = {(at, "rate"): PLANNED for at, need in enumerate(found.needs) if not need.is_measured}
    marks |= {(at, "gap"): ("!", "strong lost") for at, need in enumerate(found.needs) if need.gap is None or need.gap}
    opens = {
        (at, column): Opening(Number.OPEN, found.chosen, None, need.stage)
        for at, need in enumerate(found.needs)
        for column in ("needed", "open", "gap")
    }
    opens |= {
        (at, "rate"): Opening(Number.LEFT, found.chosen, found.measured, need.stage)
        for at, need in enumerate(found.needs)
        if need.is_measured
    }
    chart = Chart(Figure.BAR, _("needed and open"), "stage", ("needed", "open"))

    def below(width: int) -> Sequence[Line]:
        return list(_means(width)) if rows else []

    sheet = Sheet("plan", _("plan"), columns, rows, charts=(chart,))
    return _page(found, host, sheet, opens=opens, marks=marks, bars="gap", below=below)


def _level(need: funnel.Need, found: Plan, playbook: funnel.Playbook) -> tuple[Cell, ...]:
    daily = found.today.to.get(need.stage) if found.today else None
    needed = None if need.needed is None else ceil(need.needed)
    return (
        words.stage_title(playbook, need.stage),
        needed,
        need.stock,
        need.gap,
        daily.likely if daily else None,
        need.rate,
    )


def _means(width: int) -> Iterator[Line]:
    """What the columns mean."""
    text = _(
        "Needed: leads that this level has to hold so that the missing orders come of it. Rates are those of half a "
        "year; ~ is the playbook's own, where too few left. ! is missing, or nobody goes on from there."
    )
    for part in wrap(text, width - 1):
        yield ((" " + part, "dim"),)


def _says(found: Plan, playbook: funnel.Playbook, frame: Frame) -> Iterator[Line]:
    """Target, won, missing, how many deals that is, the days that are left; and what is to be done today."""
    missing, figures = found.missing, found.figures
    if missing is None or figures.target is None:
        return
    of_money = figures.target.amount > 0

    def amount(tally: funnel.Tally) -> str:
        deals = counted("{count} deal", "{count} deals", tally.count)
        return frame.short(tally.amount) if of_money else deals

    share = figures.attainment if of_money else funnel.share(figures.won.count, figures.target.count)
    yield joined(
        [
            ((_("target") + " ", "dim"), (amount(figures.target), "strong")),
            ((_("won") + " ", "dim"), (f"{amount(figures.won)}, {money.per_cent(share)}", "strong won")),
            ((_("missing") + " ", "dim"), (amount(missing), "strong")),
            ((_("working days left") + " ", "dim"), (f"{found.days_left}", "strong")),
        ],
        ("   ", ""),
    )
    if found.deals is None:
        return
    if not found.deals:
        yield ((_("✓ The target is reached."), "strong won"),)
        return
    size = frame.short(Decimal(round(found.size))) if found.size else "–"
    deals = counted("{count} more deal", "{count} more deals", ceil(found.deals))
    yield ((_("that is") + " ", "dim"), (deals, "strong"), ("  " + _("at {size} each").format(size=size), "dim"))
    if found.needs and not any(need.gap is None or need.gap for need in found.needs):
        yield ((_("✓ Enough stands in every stage: work it."), "won"),)
    if found.today is not None:
        yield _today(found, found.today, playbook)


def _today(found: Plan, daily: funnel.Daily, playbook: funnel.Playbook) -> Line:
    """'today: 37 calls (30–45), 6 new leads, 2 to B'."""
    parts: list[Line] = []
    if daily.calls is not None:
        parts.append(((_("calls {count}").format(count=_range(daily.calls)), "strong"),))
    first = found.needs[0].stage if found.needs else ""
    for stage, span in daily.to.items():
        if span is not None and span.most:
            text = _("new leads {count}") if stage == first else _("to {stage} {count}")
            parts.append(((text.format(stage=words.stage_brief(playbook, stage), count=_range(span)), ""),))
    return ((_("each day") + "  ", "dim"), *joined(parts, (" · ", "dim")))


def _range(span: funnel.Range) -> str:
    return f"{span.likely}" if span.least == span.most else f"{span.likely} ({span.least}–{span.most})"


# ── week by week ──────────────────────────────────────────────────────────────────────────────────────────────────────


def write_weeks(found: object, host: Asking) -> Page:
    """The page of the weeks: what each was to bring, what came, and what is to be brought into each level."""
    assert isinstance(found, Plan)
    frame = host.frame
    of_money = found.figures.target is not None and found.figures.target.amount > 0
    kind = Kind.MONEY if of_money else Kind.NUMBER
    columns = (
        Column("week", _("week"), most=20),
        Column("days", _("work days"), Kind.COUNT, rank=2),
        Column("wanted", _("wanted"), kind),
        Column("done", _("brought"), kind),
        Column("completion", _("of it"), Kind.SHARE),
        *(
            Column(
                f"to_{need.stage}",
                _("to {stage}").format(stage=words.stage_brief(host.playbook, need.stage)),
                Kind.COUNT,
                rank=3,
            )
            for need in found.needs
        ),
    )
    rows = []
    for week in found.weeks if found.missing is not None else ():
        done = week.done
        days = f"{clocks.short_date(week.since, frame.today)}"
        into = [week.to.get(need.stage) if week.days_left else None for need in found.needs]
        rows.append(
            (
                days,
                week.days,
                _exact(done.wanted if done else None, of_money=of_money),
                _exact(done.done if done else None, of_money=of_money),
                done.completion if done else None,
                *into,
            )
        )
    here = next((at for at, week in enumerate(found.weeks) if week.since <= frame.today < week.until), -1)
    marks: dict[Place, Piece] = {(here, "week"): (" ◂", "strong")}
    opens = {
        (at, column): Opening(Number.WON, found.chosen, week.period)
        for at, week in enumerate(found.weeks)
        if week.done
        for column in ("done", "completion")
    }

    def below(width: int) -> Sequence[Line]:
        text = _("◂ this week. Each week was to bring its share of what was missing when it began; the rest is spread.")
        return [((" " + part, "dim"),) for part in wrap(text, width - 1)] if rows else []

    sheet = Sheet("plan-weeks", _("plan by week"), columns, rows)
    return _page(found, host, sheet, opens=opens, marks=marks, below=below, begins_at=max(0, here))


def _exact(value: Fraction | None, *, of_money: bool) -> Cell:
    """Money to the hundredth; deals as they are."""
    if value is None or not of_money:
        return value
    return Decimal(round(value * 100)).scaleb(-2)
