"""The month as a table, agent by agent, and all of them together."""

from __future__ import annotations

from models.watching.cards import MonthRow
from tui import money
from tui.clocks import MONTHS
from tui.i18n import _
from tui.i18n import marked as N_
from tui.lines.frame import Frame
from tui.lines.table import Column
from tui.lines.text import Piece
from tui.plain import plain


def columns() -> tuple[Column, ...]:
    """Work, promises, conversion, target."""
    return (
        Column(_("agent"), 10, grow=2, most=20),
        Column(_("team"), 6, grow=1, most=14, rank=9),
        Column(_("calls"), 6, is_right=True, rank=2),
        Column(_("talks"), 6, is_right=True, rank=4),
        Column(_("reached"), 7, is_right=True, rank=6),
        Column(_("talk time"), 9, is_right=True, rank=8),
        Column(_("kept"), 7, is_right=True, rank=5),
        Column(_("moves"), 6, is_right=True, rank=7),
        Column(_("won"), 5, is_right=True),
        Column(_("amount"), 8, is_right=True),
        Column(_("conversion"), 10, is_right=True, rank=3),
        Column(_("target"), 8, is_right=True, rank=1),
        Column(_("met"), 6, is_right=True),
    )


OTHERS, TOTAL = N_("pool, and who left"), N_("all together")
"""Lines that are nobody's."""
WORK = 7
"""Columns between who it is and what was sold."""


def cells(row: MonthRow, frame: Frame, line: str = "") -> tuple[Piece, ...]:
    """An agent's month, or what stands in one of the lines that are nobody's."""
    strong = "strong" if line == TOTAL else ""
    if line == OTHERS:
        return (
            (_(line), "dim"),
            *((("", ""),) * WORK),
            *_sold(row, frame),
            ("", ""),
            ("", ""),
        )
    target = "–"
    if row.target is not None:
        target = frame.short(row.target.amount) if row.target.amount else f"{row.target.count}"
    reached = row.attainment
    style = "dim" if reached is None else "won" if reached >= 1 else ""
    return (
        (_(line) if line else plain(row.name), "strong"),
        (plain(row.team), "dim"),
        (f"{row.calls:,}", strong),
        (f"{row.talks:,}", strong),
        (money.per_cent(row.contact_rate), ""),
        (f"{row.talk_seconds // 3600}:{row.talk_seconds // 60 % 60:02}", ""),
        (f"{row.kept}/{row.promised}", ""),
        (f"{row.moves:,}", ""),
        *_sold(row, frame),
        (target, "dim"),
        (money.per_cent(reached), style),
    )


def _sold(row: MonthRow, frame: Frame) -> tuple[Piece, ...]:
    """Deals, what they are worth, and their share of all that was closed."""
    return (
        (f"{row.won.count:,}", "won" if row.won.count else ""),
        (frame.short(row.won.amount) if row.won.count else "–", "strong won" if row.won.count else ""),
        (money.per_cent(row.conversion), ""),
    )


def title(month: int) -> str:
    """A counted month by its name: 'Jun 2026'."""
    return _("{month} {year}").format(month=_(MONTHS[month % 12]), year=month // 12)
