"""The funnel by source: which brings leads, which brings customers, and what share of those that signed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import funnel
from models.reports.funnels import Funnels, Part
from models.reports.slices import By
from tui.figures import errands
from tui.figures.page import Page, nothing_in
from tui.figures.periods import Asked
from tui.figures.views.agents import is_busy
from tui.i18n import _, said
from tui.plain import plain
from tui.reports.sheet import Cell, Chart, Column, Figure, Kind, Sheet

if TYPE_CHECKING:
    from tui.screens.questions import Asking


def read(host: Asking, asked: Asked) -> Callable[[], object]:
    """The funnel of each source."""
    return partial(errands.split, host.person.id, host.slice, asked, host.clock(), By.SOURCE)


def write(found: object, host: Asking) -> Page:
    """The page of them, what brought most first."""
    assert isinstance(found, Funnels)
    playbook, whole = host.playbook, found.whole.figures.won
    columns = (
        Column("source", _("source"), most=24),
        Column("entered", _("came"), Kind.COUNT),
        Column("won", _("won"), Kind.COUNT),
        Column("share", _("of all won"), Kind.SHARE),
        Column("amount", _("amount"), Kind.MONEY, rank=1),
        Column("won_of_closed", _("of closed"), Kind.SHARE, rank=2),
        Column("lost", _("lost"), Kind.COUNT, rank=3),
        Column("cycle", _("days to won"), Kind.DAYS, rank=4),
    )
    parts = [part for part in found.parts if is_busy(part.figures)]
    parts.sort(key=lambda part: (-part.figures.won.amount, -part.figures.won.count, part.name))
    rows = [_row(_name(part, playbook), part, whole) for part in parts]
    chart = Chart(Figure.PIE, _("won by source"), "source", ("won",))
    return Page(
        found.period,
        Sheet("sources", _("by source"), columns, rows, _row(_("together"), found.whole, whole), charts=(chart,)),
        bars="won",
        nothing=nothing_in(
            found.period,
            _("No lead came from anywhere and none was closed."),
            host.figure_keys.key("figures.period-before"),
        ),
    )


def _name(part: Part, playbook: funnel.Playbook) -> str:
    """A source by its name."""
    named = next((said(one.name) for one in playbook.sources if one.code == part.key), part.name)
    return plain(named) or _("not known")


def _row(name: str, part: Part, whole: funnel.Tally) -> tuple[Cell, ...]:
    figures = part.figures
    came = figures.stages[0].entered if figures.stages else 0
    share = funnel.share(figures.won.count, whole.count)
    return (
        name, came, figures.won.count, share, figures.won.amount, figures.won_of_closed, figures.lost.count,
        part.cycle.median,
    )  # fmt: skip
