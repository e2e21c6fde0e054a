"""Reach: what became of the leads that entered each stage in a period, and so the overall conversion of these."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import funnel
from models.reports.reaches import Cohorts
from tui import money, words
from tui.figures import cells, errands
from tui.figures.page import Page, nothing_in
from tui.figures.periods import Asked
from tui.i18n import _
from tui.lines.text import Line, crop, wrap
from tui.reports.sheet import Cell, Chart, Column, Figure, Kind, Sheet

if TYPE_CHECKING:
    from tui.screens.questions import Asking


def read(host: Asking, asked: Asked) -> Callable[[], object]:
    """What became of them."""
    return partial(errands.reach, host.person.id, host.slice, asked, host.clock())


def write(found: object, host: Asking) -> Page:
    """The page of it; beyond the last stage nothing can be reached."""
    assert isinstance(found, Cohorts)
    stages = list(found.whole)
    is_empty = not any(one.entered for one in found.whole.values())
    columns = (
        Column("stage", _("stage"), most=24),
        Column("entered", _("came"), Kind.COUNT),
        Column("reached", _("got further"), Kind.COUNT),
        Column("reach", _("reach"), Kind.SHARE),
        Column("young", _("on the way"), Kind.COUNT, rank=1),
        Column("won", _("won"), Kind.COUNT, rank=2),
        Column("won_ratio", _("share won"), Kind.SHARE, rank=3),
    )
    rows = [
        _row(words.stage_title(host.playbook, stage), one, is_last=stage == stages[-1])
        for stage, one in found.whole.items()
    ]

    def below(width: int) -> Sequence[Line]:
        means = _(
            "Of the leads that came into a stage in this period, each once: those that got further until now, whenever "
            "that was. Young ones are on the way still."
        )
        said = [((" " + part, "dim"),) for part in wrap(means, width - 1)]
        return [] if is_empty else [crop(_overall(found.whole[stages[0]]), width), (), *said]

    return Page(
        found.period,
        Sheet(
            "reach", _("reach"), columns, () if is_empty else rows,
            charts=(Chart(Figure.BAR, _("reach"), "stage", ("reach",)),),
        ),
        opens=cells.of_reaches(stages, found.chosen, found.period),
        bars="entered",
        below=below,
        nothing=nothing_in(
            found.period, _("No lead came into any stage."), host.figure_keys.key("figures.period-before")
        ),
    )  # fmt: skip


def _row(name: str, one: funnel.Reach, *, is_last: bool) -> tuple[Cell, ...]:
    further: tuple[Cell, ...] = (None, None, None) if is_last else (one.reached, one.ratio, one.open)
    return name, one.entered, *further, one.won, one.won_ratio


def _overall(first: funnel.Reach) -> Line:
    """The overall conversion of those that came into the first stage."""
    text = _("{won} of {entered}, {share}").format(
        won=f"{first.won:,}", entered=f"{first.entered:,}", share=money.per_cent(first.won_ratio)
    )
    return ((" " + _("won of those that came into the first stage") + " ", "dim"), (text, "strong"))
