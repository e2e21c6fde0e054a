"""The bridge of a period: what stood in each stage when it began, what came and went, what stood there at its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import funnel
from funnel import Line, StageBridge, Tally
from models.reports.bridges import bridge_of
from tui import words
from tui.i18n import _
from tui.i18n import marked as N_
from tui.reports.asking import Asked
from tui.reports.sheet import Cell, Column, Kind, Report, Sheet

KEPT, WRITTEN = "kept", "written"
"""What was taken back since is nowhere; or in its line, and in one that takes it back."""
LINES = {
    Line.ENTERED: N_("Entered"),
    Line.RETURNED: N_("Returned"),
    Line.IMPORTED: N_("Imported"),
    Line.TAKEN_OVER: N_("Transferred in"),
    Line.HANDED_OVER: N_("Transferred out"),
    Line.ADVANCED: N_("Went on"),
    Line.BACK: N_("Went back"),
    Line.LOST: N_("Lost"),
    Line.INVALID: N_("Invalid"),
    Line.VOIDED: N_("Taken back"),
    Line.EDITED: N_("Amount edited"),
}


def bridge(asked: Asked) -> Report:
    """Leads and money, a sheet each; every row adds up from left to right."""
    shows_voided = asked.by == WRITTEN
    found = bridge_of(asked.slice, asked.period, shows_voided=shows_voided)
    return asked.report(bridge_sheets(found, asked.campaign.playbook, shows_voided=shows_voided))


def bridge_sheets(found: funnel.Bridge, playbook: funnel.Playbook, *, shows_voided: bool) -> tuple[Sheet, Sheet]:
    """Leads, and their money."""
    lines = [line for line in LINES if shows_voided or line is not Line.VOIDED]
    counts = [line for line in lines if line is not Line.EDITED]
    return (
        _sheet("leads", _("Leads"), Kind.COUNT, counts, found, playbook, lambda tally: tally.count),
        _sheet("money", _("Expected amounts"), Kind.MONEY, lines, found, playbook, lambda tally: tally.amount),
    )


def _sheet(
    name: str,
    title: str,
    kind: Kind,
    lines: Sequence[Line],
    found: funnel.Bridge,
    playbook: funnel.Playbook,
    part: Callable[[Tally], int | Decimal],
) -> Sheet:
    """Either side of all tallies; what goes out of a stage is below nothing."""

    def cells(row: StageBridge, title: str) -> tuple[Cell, ...]:
        told = [line.sign * part(row.line(line)) for line in lines]
        return (title, part(row.opening), *told, part(row.closing))

    columns = [
        Column("stage", _("Stage")),
        Column("opening", _("Opening"), kind),
        *(Column(line.value, _(LINES[line]), kind, rank=_rank(line)) for line in lines),
        Column("closing", _("Closing"), kind),
    ]
    rows = [cells(row, words.stage_name(playbook, row.stage)) for row in found.stages]
    return Sheet(name, title, columns, rows, total=cells(found.whole, _("Total")))


def _rank(line: Line) -> int:
    """What a narrow terminal leaves out first: what happens least."""
    seldom = (Line.IMPORTED, Line.HANDED_OVER, Line.TAKEN_OVER, Line.INVALID, Line.BACK, Line.RETURNED)
    return len(seldom) - seldom.index(line) if line in seldom else 0
