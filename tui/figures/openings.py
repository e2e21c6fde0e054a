"""The leads behind a number, page by page; Enter looks at one, Esc goes back to the figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import funnel
from models.reports.hours import Spent, Stretch, Stretches
from models.reports.openings import Cell, Page, Row
from tui import words
from tui.clocks import stamp
from tui.figures import errands
from tui.i18n import _
from tui.lines.frame import Frame
from tui.lines.table import Column
from tui.lines.text import Line, told
from tui.plain import plain
from tui.reports.work import HOURS
from tui.screens.questions import Question, forget
from tui.sheets import Deed
from tui.tables import Row as TableRow
from tui.tables import TableSheet

if TYPE_CHECKING:
    from tui.figures.sheet import FiguresSheet


AT_ONCE = 0.2
"""Seconds for which they are waited for before the list is shown without them."""


class OpenedRows(TableSheet):
    """What a number was counted from: leads and what happened to them, or spells at a desk."""

    is_wide = True

    def __init__(self, figures: FiguresSheet, cell: Cell | Spent, title: str) -> None:
        """Makes it and asks for the first page.

        Args:
            figures: the screen that the number stands on.
            cell: the number, or the time.
            title: the number in words.
        """
        columns, nothing = _of_leads(), _("No lead stands behind this figure.")
        if isinstance(cell, Spent):
            columns, nothing = _of_spells(), _("No time went into it.")
        super().__init__(title, columns, (), opened=self._look_at, opens=_("lead"), nothing=nothing)
        self.host, self._figures, self._cell = figures.host, figures, cell
        self._last: Page | Stretches | None = None
        self.question: Question[Page | Stretches] = Question(self.host, self._look, self._told)
        self.question.ask(title)

    async def _look(self, _text: str) -> Page | Stretches:
        return await self.host.store.look_up(self._read)

    def _read(self) -> Page | Stretches:
        """The next page; on the reader's thread."""
        after, viewer = self._last.after if self._last else None, self.host.person.id
        if isinstance(self._cell, Spent):
            assert not isinstance(after, tuple)
            return errands.stretches(viewer, self._cell, after)
        assert not isinstance(after, int)
        return errands.rows(viewer, self._cell, after)

    def _told(self) -> None:
        if self.question.is_answered and self.question.answer is not None and self._last is None:
            self._take(self.question.answer)
        if self.host.sheet is self:
            self.host.repaint_sheet()

    def _take(self, page: Page | Stretches) -> list[TableRow]:
        frame, playbook = self.host.frame, self.host.playbook
        if isinstance(page, Stretches):
            rows = [TableRow(_of_spell(one, frame), one.lead_id) for one in page.rows]
        else:
            rows = [TableRow(_cells(row, playbook, frame), row.lead_id) for row in page.rows]
        self._last, self._more = page, self._next if page.after is not None else None
        if not self.rows:
            self.rows = rows
        return rows

    async def _next(self) -> Sequence[TableRow]:
        return self._take(await self._look(""))

    async def _look_at(self, row: TableRow) -> None:
        if row.lead_id is not None:
            await self.host.look_at(row.lead_id)
        elif isinstance(self._cell, Spent):
            self.host.say(_("No lead was in hand then, or it is another team's now."))
        else:
            self.host.say(_("This lead is another team's now."))

    def lines(self, width: int) -> list[Line]:
        """The rows, or why there are none yet."""
        if self.question.trouble:
            return told(self.question.trouble, width=width)
        if self._last is None:
            return told(_("counting …"), width=width) if self.question.is_late else []
        return super().lines(width)

    def press(self, key: str) -> Deed | bool:
        """As every table; Esc goes back to the figures."""
        if key in ("escape", "q"):
            return self._back
        answer = super().press(key)
        if not callable(answer) or key == "enter":
            return answer
        deed: Deed = answer

        async def read_on() -> None:
            await deed()
            self.host.repaint_sheet()

        return read_on

    async def _back(self) -> None:
        forget(self.host)
        self._figures.back()


def _of_leads() -> tuple[Column, ...]:
    return (
        Column(_("company"), 14, grow=3, most=36),
        Column(_("stage"), 12, grow=2, most=40),
        Column(_("when"), 14),
        Column(_("worth"), 8, is_right=True),
        Column(_("agent"), 10, grow=1, most=20, rank=1),
        Column(_("lead number"), 12, rank=2),
    )


def _of_spells() -> tuple[Column, ...]:
    return (
        Column(_("agent"), 10, grow=1, most=20),
        Column(_("what it went into"), 17),
        Column(_("when"), 14),
        Column(_("how long"), 8, is_right=True),
        Column(_("company"), 14, grow=3, most=36),
    )


def _of_spell(one: Stretch, frame: Frame) -> tuple[tuple[str, str], ...]:
    """A time in one state, and the lead in hand."""
    minutes, seconds = divmod(one.lasted // timedelta(seconds=1), 60)
    return (
        (plain(one.agent), "strong"),
        (_(HOURS[one.part]), "accent"),
        (stamp(one.since, frame.now, frame.zone), "dim"),
        (f"{minutes}:{seconds:02}", ""),
        (plain(one.company), ""),
    )


def _cells(row: Row, playbook: funnel.Playbook, frame: Frame) -> tuple[tuple[str, str], ...]:
    """A lead, or something that happened to one."""
    name = plain(row.company) if row.lead_id is not None else _("another team's")
    stage = words.stage_title(playbook, row.stage)
    if row.origin:
        stage = f"{words.stage_brief(playbook, row.origin)} → {stage}"
    return (
        (name or _("no name"), "strong" if row.lead_id is not None else "dim"),
        (stage, "accent"),
        (stamp(row.at, frame.now, frame.zone), "dim"),
        (("−" if row.count < 0 else "") + frame.short(row.amount), ""),
        (plain(row.owner) or _("pool"), "" if row.owner else "dim"),
        (plain(row.code), "dim"),
    )


async def open_rows(sheet: FiguresSheet, cell: object, title: str) -> None:
    """Shows them over the figures."""
    assert isinstance(cell, Cell | Spent)
    rows = OpenedRows(sheet, cell, title)
    await rows.question.wait(AT_ONCE)
    sheet.host.open_sheet(rows)
