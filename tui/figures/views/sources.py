"""The funnel by source: which brings leads, which brings customers, what share of those that signed, at what cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from models.reports.sources import Sources
from tui.figures import cells, errands
from tui.figures.asking import asking
from tui.figures.page import TOTAL, Page, nothing_in
from tui.figures.periods import Asked
from tui.i18n import _
from tui.lines.text import wrap
from tui.reports.sources import source_sheet

if TYPE_CHECKING:
    from tui.screens.questions import Asking


def read(host: Asking, asked: Asked) -> Callable[[], object]:
    """Each source."""
    return partial(errands.sources, host.person.id, host.slice, asked, host.clock())


def write(found: object, host: Asking) -> Page:
    """The page of them, what brought most first; the same sheet as the report's."""
    assert isinstance(found, Sources)
    rows = sorted(found.rows, key=lambda row: (-row.won.amount, -row.won.count, -row.leads))
    found = replace(found, rows=tuple(rows))
    sheet = source_sheet(found, asking(host, "sources", _("by source"), found.chosen, found.period))
    lines = {at: (replace(found.chosen, source=row.source), found.period) for at, row in enumerate(rows)}
    lines[TOTAL] = (found.chosen, found.period)
    return Page(
        found.period,
        sheet,
        opens=cells.of_parts(lines, host.playbook) | cells.of_lines(lines, cells.OF_A_SOURCE),
        bars="won",
        below=lambda width: [((" " + part, "dim"),) for note in sheet.notes for part in wrap(note, width - 1)],
        nothing=nothing_in(
            found.period,
            _("No lead came from anywhere and none was closed."),
            host.figure_keys.key("figures.period-before"),
        ),
    )
