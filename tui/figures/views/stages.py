"""The funnel from stage to stage: how many stand there, came, left, went on, how long that took, who was lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

import funnel
from models.reports.bottlenecks import Narrow
from models.reports.funnels import Part
from tui import clocks, money, words
from tui.figures import cells, errands
from tui.figures.page import DASH, Page, Place, nothing_in
from tui.figures.periods import Asked
from tui.figures.views import steps
from tui.i18n import _, said
from tui.lines.frame import Frame
from tui.lines.text import Line, Piece, crop, joined, wrap
from tui.lines.vitals import shape_lines, vital_lines
from tui.plain import plain
from tui.reports.sheet import Cell, Chart, Column, Figure, Kind, Sheet

if TYPE_CHECKING:
    from tui.screens.questions import Asking

NOTED = 3
"""Points of change below which a change is chance."""


def read(host: Asking, asked: Asked) -> Callable[[], object]:
    """The funnel of a period."""
    return partial(errands.stages, host.person.id, host.slice, asked, host.clock())


def write(found: object, host: Asking) -> Page:
    """The page of it."""
    assert isinstance(found, errands.Stages)
    playbook, frame, whole = host.playbook, host.frame, found.whole
    is_empty = not any(row.open.count or row.entered or row.left for row in whole.figures.stages)

    def below(width: int) -> Sequence[Line]:
        return [] if is_empty else list(_below(found, playbook, frame, width))

    return Page(
        found.period,
        Sheet(
            "funnel",
            _("funnel"),
            _columns(is_over=found.period.until <= frame.now),
            () if is_empty else [_row(row, whole, playbook) for row in whole.figures.stages],
            charts=(Chart(Figure.BAR, _("leads by stage"), "stage", ("open",)),),
        ),
        opens=cells.of_stages([row.stage for row in whole.figures.stages], found.chosen, found.period, frame.now),
        marks=_marks(found, playbook),
        bars="open",
        below=below,
        nothing=nothing_in(
            found.period,
            _("No lead stands in this funnel, and none came or left."),
            host.figure_keys.key("figures.period-before"),
        ),
    )


def _columns(*, is_over: bool) -> tuple[Column, ...]:
    return (
        Column("stage", _("stage"), most=24),
        Column("open", words.open_heading(is_over=is_over), Kind.COUNT),
        Column("amount", _("worth"), Kind.MONEY, rank=3),
        Column("entered", _("came"), Kind.COUNT, rank=1),
        Column("left", _("left"), Kind.COUNT, rank=1),
        Column("forward", _("went on"), Kind.COUNT, rank=6),
        Column("conversion", _("success"), Kind.SHARE),
        Column("lost", _("lost"), Kind.COUNT, rank=2),
        Column("days", _("days"), Kind.DAYS, rank=4),
        Column("back", _("back"), Kind.COUNT, rank=7),
        Column("invalid", _("invalid"), Kind.COUNT, rank=8),
        Column("mean_days", _("mean days"), Kind.DAYS, rank=9),
        Column("nine_of_ten", _("9 of 10 within"), Kind.DAYS, rank=10),
    )


def _row(row: funnel.StageFigures, whole: Part, playbook: funnel.Playbook) -> tuple[Cell, ...]:
    times = whole.times.get(row.stage, funnel.Times())
    return (
        words.stage_title(playbook, row.stage),
        row.open.count,
        row.open.amount,
        row.entered,
        row.left,
        row.forward,
        row.conversion,
        row.lost,
        times.median,
        row.back,
        row.invalid,
        times.mean,
        times.p90,
    )


def _marks(found: errands.Stages, playbook: funnel.Playbook) -> dict[Place, Piece]:
    """The bottleneck, what changed against the period before, and the sale in its own style."""
    figures, last = found.whole.figures, {row.stage: row for row in found.before.figures.stages}
    narrow, marks = found.narrow.found, dict[Place, Piece]()
    for at, row in enumerate(figures.stages):
        if 0 < row.left < playbook.bounds.enough_leavers:
            marks[at, "conversion"] = steps.FEW
        points = change(row, last.get(row.stage), playbook)
        if points:
            marks[at, "conversion"] = (f"{'▲' if points > 0 else '▼'}{abs(points)}", "won" if points > 0 else "lost")
        if narrow is not None and row.stage == narrow.step.stage:
            marks[at, "stage"] = ("", "strong lost")
            marks[at, "lost"] = ("!", "strong lost")
        if playbook.kind(row.stage) is funnel.Kind.WON:
            marks[at, "stage"] = ("", "won")
    return marks


def change(row: funnel.StageFigures, last: funnel.StageFigures | None, playbook: funnel.Playbook) -> int:
    """Points of success more or less than in the period before; nothing where too few left to tell."""
    enough = playbook.bounds.enough_leavers
    if last is None or row.conversion is None or last.conversion is None or min(row.left, last.left) < enough:
        return 0
    points = round(float(row.conversion - last.conversion) * 100)
    return points if abs(points) >= NOTED else 0


# ── what is said below ────────────────────────────────────────────────────────────────────────────────────────────────


def _below(found: errands.Stages, playbook: funnel.Playbook, frame: Frame, width: int) -> Iterator[Line]:
    """What was closed and how long it took, the bottleneck with its evidence, the vital signs and the shape."""
    room = width - 1
    for line in (_closed(found.whole.figures, frame), _cycle(found.whole, found.before), ()):
        yield crop(((" ", ""), *line), width)
    figures = found.whole.figures
    flow = funnel.Flow(_span(found.whole.cycle), _span(found.before.cycle))
    vitals = funnel.Vitals(
        funnel.width(playbook, figures),
        funnel.Slope(funnel.steps(playbook, figures)),
        funnel.evenness(playbook, figures),
        flow,
    )
    shape = funnel.shape(playbook, figures, _passed(found, frame.now))
    advice = playbook.advice.on(shape) if shape else funnel.NO_WORDS
    for part in (
        _bottleneck(found.narrow, figures, playbook, room),
        vital_lines(vitals, playbook, room),
        shape_lines(shape, advice, room),
    ):
        for line in part:
            yield ((" ", ""), *line)
    if any(0 < row.left < playbook.bounds.enough_leavers for row in figures.stages):
        yield from ((), steps.few_line(playbook, width))


def _span(times: funnel.Times) -> timedelta | None:
    return None if times.median is None else timedelta(days=float(times.median))


def _passed(found: errands.Stages, now: datetime) -> Fraction:
    """The share of the period that is over."""
    second = timedelta(seconds=1)
    whole, gone = (found.period.until - found.period.since) // second, (now - found.period.since) // second
    return min(Fraction(1), Fraction(gone, whole))


def _closed(figures: funnel.Funnel, frame: Frame) -> Line:
    parts: list[Line] = [
        ((_("won") + " ", "dim"), (f"{figures.won.count:,} {frame.short(figures.won.amount)}", "strong won")),
        ((_("lost") + " ", "dim"), (f"{figures.lost.count:,}", "")),
        ((_("invalid") + " ", "dim"), (f"{figures.invalid.count:,}", "")),
        ((_("won of all closed") + " ", "dim"), (money.per_cent(figures.won_of_closed), "strong")),
    ]
    if figures.target is not None:
        parts.append(((_("target") + " ", "dim"), (money.per_cent(figures.attainment), "strong")))
    return joined(parts, ("   ", ""))


def _cycle(whole: Part, before: Part) -> Line:
    """How long the deals took that were won, and how long they did before."""

    def days(value: Fraction | None) -> str:
        return DASH if value is None else clocks.days(round(value))

    text = _("{median} (mean {mean})").format(median=days(whole.cycle.median), mean=days(whole.cycle.mean))
    last: Line = ((_("before") + " ", "dim"), (days(before.cycle.median), ""))
    return joined([((_("from first to won") + " ", "dim"), (text, "")), last], ("   ", ""))


def _bottleneck(narrow: Narrow, figures: funnel.Funnel, playbook: funnel.Playbook, width: int) -> Iterator[Line]:
    """The step furthest below its plan: how far, what became of those who did not go on and why, and what helps."""
    if narrow.found is None:
        is_known = funnel.Slope(funnel.steps(playbook, figures)).weakest is not None
        text = _("No bottleneck can be named yet: fewer than {count} leads left each stage.")
        calm = _("No bottleneck: no stage is below its plan.")
        yield crop(((calm if is_known else text.format(count=playbook.bounds.enough_leavers), "dim"),), width)
        yield ()
        return
    step, row = narrow.found.step, narrow.found.leavers
    name = f"{words.stage_title(playbook, step.stage)} → {words.stage_title(playbook, step.to)}"
    yield crop(((_("bottleneck") + " ", "strong lost"), (name, "strong")), width)
    evidence = _(
        "{forward} of {left} went on: {measured}, planned {planned}. Back {back}, lost {lost}, invalid {invalid}."
    )
    text = evidence.format(
        forward=row.forward, left=row.left, measured=money.per_cent(step.measured),
        planned=money.per_cent(step.planned), back=row.back, lost=row.lost, invalid=row.invalid,
    )  # fmt: skip
    yield from (((line, ""),) for line in wrap(text, width))
    if reasons := [f"{words.reason_name(playbook, one.code)} {one.count}" for one in narrow.reasons if one.code]:
        yield crop(((words.labelled(_("Why"), ""), "dim"), (" · ".join(reasons), "")), width)
    ours = _("Gather the reasons why leads leave here, and decide in the review what will be done otherwise.")
    yield from (((line, "dim"),) for line in wrap(plain(said(narrow.advice)) or ours, width, most=3))
    yield ()
