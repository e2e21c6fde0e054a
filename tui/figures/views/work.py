"""Where each one's amount comes from: calls, contact rate, conversion, deal size, and the gap to the average."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from models.reports.work import Doings
from tui.figures import cells, errands
from tui.figures.asking import asking
from tui.figures.page import TOTAL, Page, nothing_in
from tui.figures.periods import Asked
from tui.i18n import _
from tui.lines.text import wrap
from tui.reports.work import work_sheet

if TYPE_CHECKING:
    from tui.screens.questions import Asking


def read(host: Asking, asked: Asked) -> Callable[[], object]:
    """What each one did."""
    return partial(errands.work, host.person.id, host.slice, asked, host.clock())


def write(found: object, host: Asking) -> Page:
    """The page of it, who sold most first; the same sheet as the report's."""
    assert isinstance(found, Doings)
    parts = sorted(found.parts, key=lambda part: (-part.performance.won.amount, -part.performance.work.calls))
    found = replace(found, parts=tuple(parts))
    title = _("where it comes from")
    sheet = work_sheet(found, asking(host, "work", title, found.chosen, found.period), title)
    means = _(
        "Amount = calls × contact rate × deals of talks × deal size. Work counts for who did it, deals for whose the "
        "lead was."
    )
    lines = {at: (replace(found.chosen, agent_id=int(part.key)), found.period) for at, part in enumerate(parts)}
    lines[TOTAL] = (found.chosen, found.period)
    return Page(
        found.period,
        sheet,
        opens=cells.of_lines(lines, cells.OF_WORK),
        bars="amount",
        below=lambda width: [((" " + part, "dim"),) for part in wrap(means, width - 1)],
        nothing=nothing_in(
            found.period, _("Nobody called and nobody sold."), host.figure_keys.key("figures.period-before")
        ),
    )
