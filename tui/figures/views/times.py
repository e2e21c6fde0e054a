"""The funnel over time: period after period what came, what was won, and how each stage's success changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import funnel
from models.reports.periods import Period
from tui.figures import cells, errands, periods
from tui.figures.page import Page, nothing_in
from tui.figures.periods import Asked
from tui.figures.views import steps
from tui.i18n import _
from tui.lines.frame import Frame
from tui.reports.sheet import Cell, Chart, Column, Figure, Kind, Sheet

if TYPE_CHECKING:
    from tui.screens.questions import Asking


def read(host: Asking, asked: Asked) -> Callable[[], object]:
    """The funnels of several periods, the one that is asked for last."""
    return partial(errands.times, host.person.id, host.slice, asked, host.clock())


def write(found: object, host: Asking) -> Page:
    """The page of them."""
    assert isinstance(found, errands.Times)
    playbook, frame = host.playbook, host.frame
    is_empty = all(map(_is_empty, found.funnels))
    columns = (
        Column("period", _("period"), most=20),
        Column("entered", _("came"), Kind.COUNT),
        Column("won", _("won"), Kind.COUNT),
        Column("amount", _("amount"), Kind.MONEY),
        Column("lost", _("lost"), Kind.COUNT, rank=3),
        Column("won_of_closed", _("of closed"), Kind.SHARE, rank=2),
        *steps.columns(playbook),
    )
    both = list(zip(found.periods, found.funnels, strict=True))
    while len(both) > 1 and _is_empty(both[0][1]):
        both.pop(0)  # the floor had not begun
    rows = [_row(period, figures, playbook, frame) for period, figures in reversed(both)]
    chart = Chart(Figure.COLUMN, _("won"), "period", ("won",))
    sheet = Sheet("over-time", _("funnel over time"), columns, () if is_empty else rows, charts=(chart,))
    key = host.figure_keys.key("figures.period-before")
    nothing = nothing_in(found.periods[-1], _("Nothing came and nothing was closed in all this time."), key)
    return Page(
        found.periods[-1],
        sheet,
        opens=cells.of_parts(
            {at: (found.chosen, period) for at, (period, _figures) in enumerate(reversed(both))}, playbook
        ),
        marks=steps.few([figures for _period, figures in reversed(both)], playbook),
        series=() if is_empty else range(len(both) - 1, -1, -1),
        labels=[periods.brief(period, frame) for period, _figures in both],
        below=lambda width: [] if is_empty else [steps.few_line(playbook, width)],
        nothing=nothing,
    )


def _is_empty(figures: funnel.Funnel) -> bool:
    return not any(row.entered or row.left for row in figures.stages)


def _row(period: Period, figures: funnel.Funnel, playbook: funnel.Playbook, frame: Frame) -> tuple[Cell, ...]:
    first = figures.stages[0].entered if figures.stages else 0
    return (
        periods.name(period, frame),
        first,
        figures.won.count,
        figures.won.amount,
        figures.lost.count,
        figures.won_of_closed,
        *steps.cells(figures, playbook),
    )
