"""The leads that are due in a period: which will be won, which are in danger and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import funnel
from models.reports.forecasts import ProspectRow, Prospects
from tui import words
from tui.figures import errands
from tui.figures.page import Page, Place
from tui.figures.periods import Asked
from tui.i18n import _
from tui.lines.frame import Frame
from tui.lines.text import Line, Piece, crop, joined
from tui.plain import plain
from tui.reports.forecast import DANGERS, HOPES
from tui.reports.sheet import Cell, Column, Kind, Sheet

if TYPE_CHECKING:
    from tui.screens.questions import Asking

SIGNS = {funnel.Hope.WILL_BE_WON: ("✓", "won"), funnel.Hope.IN_DANGER: ("!", "lost"), funnel.Hope.OPEN: ("·", "")}
"""Sign and style of what to expect, in the order of the list."""


def read(host: Asking, asked: Asked) -> Callable[[], object]:
    """What is due in a period."""
    return partial(errands.prospects, host.person.id, host.slice, asked, host.clock())


def write(found: object, host: Asking) -> Page:
    """The page of it: what will be won, then what is in danger, then the rest, most money first."""
    assert isinstance(found, Prospects)
    playbook, frame = host.playbook, host.frame
    rows = [row for hope in SIGNS for row in found.of(hope)]
    columns = (
        Column("company", _("company"), most=30),
        Column("hope", _("expect"), most=14),
        Column("amount", _("worth"), Kind.MONEY),
        Column("expected_on", _("expected on"), Kind.DATE, rank=2),
        Column("stage", _("stage"), most=20, rank=1),
        Column("owner", _("agent"), most=16, rank=3),
        Column("why", _("in danger because"), most=40),
    )
    marks: dict[Place, Piece] = {
        (at, "hope"): ("", SIGNS[row.hope][1]) for at, row in enumerate(rows) if SIGNS[row.hope][1]
    }

    def below(width: int) -> Sequence[Line]:
        return [crop(line, width) for line in _sums(found, frame)]

    return Page(
        found.period,
        Sheet("prospects", _("will it be won?"), columns, [_row(row, playbook) for row in rows]),
        leads={at: row.lead_id for at, row in enumerate(rows)},
        marks=marks,
        below=below,
        nothing=_("No open lead is expected in this time. {key} shows what is expected after it.").format(
            key=host.figure_keys.key("figures.period-after")
        ),
    )


def _row(row: ProspectRow, playbook: funnel.Playbook) -> tuple[Cell, ...]:
    sign, _style = SIGNS[row.hope]
    why = ", ".join(_(DANGERS[danger]) for danger in row.dangers)
    return (
        plain(row.company) or _("no name"), f"{sign} {_(HOPES[row.hope])}", row.amount, row.expected_on,
        words.stage_title(playbook, row.stage), plain(row.owner) or _("pool"), why,
    )  # fmt: skip


def _sums(found: Prospects, frame: Frame) -> Iterator[Line]:
    """How many are expected to be what, and how much that is."""
    parts: list[Line] = []
    for hope, (sign, style) in SIGNS.items():
        worth = found.worth(hope)
        parts.append(((f"{sign} {_(HOPES[hope])} ", style), (f"{worth.count:,} {frame.short(worth.amount)}", "strong")))
    yield ((" ", ""), *joined(parts, ("   ", "")))
    yield (
        (" " + _("weighted") + " ", "dim"),
        (frame.short(found.outlook.weighted), "strong"),
        ("   " + _("commit") + " ", "dim"),
        (frame.short(found.outlook.commit.amount), "strong"),
        ("   " + _("best case") + " ", "dim"),
        (frame.short(found.outlook.best.amount), "strong"),
    )
    if found.is_cut:
        yield ((" " + _("Only those with most money are listed."), "dim"),)
