"""The bridge of a period: what stood in each stage, what came and went, what stands there, in leads and in money."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tui import words
from tui.figures import cells, errands
from tui.figures.page import Page, Place, nothing_in, turned
from tui.figures.periods import Asked
from tui.i18n import _
from tui.lines.text import Line, Piece, wrap
from tui.reports.bridge import bridge_sheets

if TYPE_CHECKING:
    from tui.screens.questions import Asking

LEADS, MONEY = range(2)
TOGETHER = "together"


def read(host: Asking, asked: Asked) -> Callable[[], object]:
    """The bridge of a period."""
    return partial(errands.bridge, host.person.id, host.slice, asked, host.clock())


def write_leads(found: object, host: Asking) -> Page:
    """The page of the leads."""
    return _page(found, host, LEADS)


def write_money(found: object, host: Asking) -> Page:
    """The page of their money."""
    return _page(found, host, MONEY)


def _page(found: object, host: Asking, which: int) -> Page:
    """The sheet of the report on its side: each stage's column adds up from above. Both sheets are saved."""
    assert isinstance(found, errands.Bridged)
    playbook, stages = host.playbook, found.bridge.stages
    sheets = bridge_sheets(found.bridge, playbook, shows_voided=True)
    named = [(row.stage, words.stage_brief(playbook, row.stage)) for row in stages]
    sheet = turned(sheets[which], _("leads") if which is LEADS else _("amount"), [*named, (TOGETHER, _("together"))])
    lines = [column.code for column in sheets[which].columns[1:]]
    marks: dict[Place, Piece] = {(at, "figure"): ("", "strong") for at in (0, len(lines) - 1)}
    is_empty = not any(row.opening.count or row.lines for row in stages)
    said = [_("What was taken back since stands in its line, and goes out again below.")]
    if which is LEADS:
        said.insert(0, _("Columns add up. Transferred: from or to people outside of this selection."))

    def below(width: int) -> Sequence[Line]:
        return [] if is_empty else [((" " + part, "dim"),) for text in said for part in wrap(text, width - 1)]

    return Page(
        found.period,
        replace(sheet, rows=()) if is_empty else sheet,
        opens=cells.of_bridge(
            [*((row.stage, row.stage) for row in stages), (TOGETHER, "")], lines, found.chosen, found.period
        ),
        marks=marks,
        below=below,
        nothing=nothing_in(
            found.period,
            _("No lead stood in this funnel, and none came or left."),
            host.figure_keys.key("figures.period-before"),
        ),
        saves=sheets,
    )
