"""A screen of figures: the period, the views, a table with a cursor on one number, its chart, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.reports.periods import PeriodKind
from tui.figures import charts, openings, periods, saving
from tui.figures.page import DASH, Page, column, is_number, shown, size
from tui.figures.periods import Asked
from tui.i18n import _, counted
from tui.lines.panel import bar
from tui.lines.table import Column, Places, head_line, leaves, row_line
from tui.lines.text import Line, Piece, crop, ends, told
from tui.reports.sheet import Kind
from tui.screens.questions import Question, forget
from tui.sheets import Deed, Hints, Sheet

if TYPE_CHECKING:
    from tui.screens.questions import Asking

BAR = Column("", 6, grow=3, most=48, rank=1)
CHART = 5, 9
"""Lines of a chart on a small terminal and on a large one."""


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at a screen's figures."""

    code: str
    name: str
    read: Callable[[Asking, Asked], Callable[[], object]]
    """What is asked of the database, to be run on the reader's thread."""
    write: Callable[[object, Asking], Page]
    """The answer as a page."""
    kinds: tuple[PeriodKind, ...] = tuple(periods.KINDS)
    """Periods that it can be of; none where it is of this moment."""
    may_turn: bool = True
    """Whether the periods before and after can be seen, too."""


class FiguresSheet(Sheet):
    """A screen of figures over a desk or a monitor."""

    is_wide = True

    def __init__(self, host: Asking, title: str, views: tuple[View, ...], *, command: str) -> None:
        """Makes it and asks for the first page.

        Args:
            host: the screen under it.
            title: what the figures are.
            views: the ways to look at them, the first one first.
            command: that opened it.
        """
        super().__init__(title, lambda width: (), command=command)
        self.host, self.views = host, views
        self.view = views[0]
        self._asked = Asked(PeriodKind.MONTH)
        self.page: Page | None = None
        self.row = self.column = 0
        self._turns = 0
        self._lines: list[int] = []
        self._leaves: list[tuple[int, ...]] = []
        """The columns by their numbers, leaf after leaf where there is no room for all of them at once."""
        self.question: Question[Page] = Question(host, self._look, self._told)
        self._ask()

    # ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def asked(self) -> Asked:
        """The period that is wanted; a kind that this view has none of is a month."""
        kinds = self.view.kinds
        return self._asked if self._asked.kind in kinds else replace(self._asked, kind=PeriodKind.MONTH)

    def _ask(self) -> None:
        self._turns += 1
        self.question.ask(f"{self.view.code} {self.asked} {self._turns}")

    async def _look(self, _text: str) -> Page:
        view, host = self.view, self.host
        found = await host.store.look_up(view.read(host, self.asked))
        return view.write(found, host)

    def _told(self) -> None:
        if self.question.is_answered and self.question.answer is not None:
            page, self.page = self.page, self.question.answer
            if (period := self.page.period) is not None:
                is_present = period.since <= self.host.clock() < period.until
                self._asked = Asked(self.asked.kind, None if is_present else period.since.date())
            if page is None or [one.code for one in page.sheet.columns] != [
                one.code for one in self.page.sheet.columns
            ]:
                self.row, self.column = self.page.begins_at, self._first_number()
            self.row = min(self.row, max(0, len(self.page.rows) - 1))
        if self.host.sheet is self:
            self.host.repaint_sheet()

    def _first_number(self) -> int:
        assert self.page is not None
        return next((at for at, one in enumerate(self.page.sheet.columns) if is_number(one.kind)), 0)

    # ── what it shows ─────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def hints(self) -> Hints:
        """How to turn it, what opens, and out."""
        key = self.host.figure_keys.key
        both = f"{key('figures.period-before')}{key('figures.period-after')}"
        found = [(both, _("before, after"))] if self.view.kinds and self.view.may_turn else []
        found += [(key("figures.turn-period"), _("period"))] if self.view.kinds else []
        found += [(key("figures.turn-view"), _("view"))] if len(self.views) > 1 else []
        found.append((key("figures.next-figure"), _("figure")))
        if self.page is not None and (self.page.opens or self.page.leads):
            found.append((key("figures.open-rows"), _("lead") if self.page.leads else _("leads behind it")))
        return (*found, (key("figures.save-file"), _("save")), ("Esc", _("back")))

    @property
    def line(self) -> int | None:
        """The cursor's line; of the first row the top, so that what is said and drawn above it is seen first."""
        if self.row == 0:
            return 0
        return self._lines[self.row] if self.row < len(self._lines) else None

    def lines(self, width: int) -> list[Line]:
        """All of it."""
        page, lines = self.page, [self._period_line(width), self._view_line(width)]
        self._lines = []
        if self.question.trouble:
            return [*lines, *told(self.question.trouble, width=width)]
        if page is None:
            return lines
        if not page.rows:
            return [*lines, *told(page.nothing, width=width), (), *page.below(width)]
        if page.rows and (said := page.above(width)):
            lines += [(), *said]
        if page.series:
            lines += [(), *self._chart(page, width)]
        table = self._table(page, width, len(lines) + 1)
        return [*lines, self._turning(width), *table, (), *page.below(width)]

    def _period_line(self, width: int) -> Line:
        """Which period it is, and which kinds there are."""
        period = self.page.period if self.page else None
        if not self.view.kinds or period is None:
            return ends([(" " + (_("at present") if self.page else ""), "strong")], [], width)
        frame = self.host.frame
        left: list[Piece] = [(" ", ""), (periods.name(period, frame), "strong")]
        if self.view.may_turn:
            left = [(" ← ", "key"), left[1], (" →", "key")]
        if frame.now < period.until:
            left.append(("  " + _("so far"), "dim"))
        return ends(left, _choices([(_(periods.KINDS[kind]), kind is period.kind) for kind in self.view.kinds]), width)

    def _view_line(self, width: int) -> Line:
        """Which view it is, which there are, and of when the figures are."""
        left: list[Piece] = [(" ", "")]
        left += _choices([(_(one.name), one is self.view) for one in self.views]) if len(self.views) > 1 else []
        if self.question.is_late:
            return ends(left, [(_("counting …") + " ", "strong stuck")], width)
        return ends(left, [], width)

    def _table(self, page: Page, width: int, above: int) -> list[Line]:
        """The table: the bar before the first number, the cursor on one of them."""
        sheet, frame = page.sheet, self.host.frame
        texts = [
            [shown(value, page.kind(row, at), frame) + page.mark(row, at) for at, value in enumerate(cells)]
            for row, cells in enumerate(page.rows)
        ]
        columns = [column(one, [row[at] for row in texts]) for at, one in enumerate(sheet.columns)]
        drawn = sheet.place(page.bars) if page.bars else None
        if drawn is not None:
            columns.insert(1, BAR)
        where = self._leaf(columns, width - 1, has_bar=drawn is not None)
        room = next((cells for at, cells in where if drawn is not None and at == 1), 0)
        lines = [crop(head_line(columns, where), width)]
        for row, cells in enumerate(page.rows):
            self._lines.append(above + len(lines))
            pieces = [self._piece(page, row, at, text) for at, text in enumerate(texts[row])]
            if drawn is not None:
                pieces.insert(1, self._bar(page, row, cells[drawn], drawn, room))
            lines.append(crop(row_line(pieces, columns, where, is_current=row == self.row), width))
        return lines

    def _leaf(self, columns: Sequence[Column], width: int, *, has_bar: bool) -> Places:
        """The columns of the leaf that the cursor is on; which the others are, Tab must know."""
        found = leaves(columns, width)
        self._leaves = [
            tuple(at - (has_bar and at > 1) for at, _cells in where if not (has_bar and at == 1)) for where in found
        ]
        return found[self._turned]

    @property
    def _turned(self) -> int:
        """The number of that leaf."""
        return next((at for at, seen in enumerate(self._leaves) if self.column in seen), 0)

    def _turning(self, width: int) -> Line:
        """How many columns are on the leaves before this one, and on those after it."""
        here = self._turned
        before, after = (
            sum(len(seen) - 1 for seen in some) for some in (self._leaves[:here], self._leaves[here + 1 :])
        )
        left = f" ◂ {_more(before)}" if before else ""
        right = f"{_more(after)} ▸ " if after else ""
        return ends([(left, "key")], [(right, "key")], width) if before or after else ()

    def _piece(self, page: Page, row: int, at: int, text: str) -> Piece:
        """One cell; the one under the cursor is turned."""
        place = page.place(row, at)
        style = page.marks.get(place, ("", ""))[1] or ("dim" if text in ("", DASH) or page.rows[row][at] == 0 else "")
        if place[0] < 0 or (at == 0 and not style):
            style = f"strong {style}"
        return (text, f"reverse {style}") if (row, at) == (self.row, self.column) and at else (text, style)

    def _bar(self, page: Page, row: int, value: object, drawn: int, room: int) -> Piece:
        if page.place(row, drawn)[0] < 0:
            return "", ""
        sizes = [size(cells[drawn]) or 0 for cells in page.rows[: len(page.rows) - (page.sheet.total is not None)]]
        most, own = max(sizes, default=0), size(page.rows[row][drawn]) or 0
        if page.kind(row, drawn) is Kind.SHARE:
            most = max(most, 1)  # a share is one of a whole, not of the largest share
        return bar(round(own * 1000), round(most * 1000), room), page.marks.get(page.place(row, 0), ("", ""))[
            1
        ] or "accent"

    def _chart(self, page: Page, width: int) -> list[Line]:
        """The figure under the cursor over time, and what it is in the cursor's line."""
        frame, one = self.host.frame, page.sheet.columns[self.column]
        if not is_number(one.kind):
            return []
        rows = [page.rows[row] for row in page.series]
        values = [size(cells[self.column]) for cells in rows]
        most = max((value for value in values if value is not None), default=None)
        largest = next((cells[self.column] for cells, value in zip(rows, values, strict=True) if value == most), None)
        under = page.rows[self.row]
        head: Line = (
            (" " + one.heading, "strong key"),
            (f"  {shown(under[0], page.sheet.columns[0].kind, frame)} ", "dim"),
            (shown(under[self.column], one.kind, frame), "strong"),
        )
        scale, height = shown(largest, one.kind, frame), CHART[self.host.app.size.height > 30]
        at = page.series.index(self.row) if self.row in page.series else -1
        drawn = charts.columns(values, page.labels, scale, width, height, at=at, is_ahead=page.is_ahead)
        return [crop(head, width), *drawn]

    # ── keys ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def press(self, key: str) -> Deed | bool:
        """Its own keys; all others are the screen's."""
        if key in ("escape", "q"):
            return self.close
        command = self.host.figure_keys.command(key)
        if command is None:
            return False
        if command.id == "figures.open-rows":
            return self.open_rows
        if command.id == "figures.save-file":
            return self.save_file
        getattr(self, command.id.removeprefix("figures.").replace("-", "_"))()
        return True

    def raise_cursor(self) -> None:
        """Up."""
        self.row = max(0, self.row - 1)

    def lower_cursor(self) -> None:
        """Down."""
        self.row = min(self.row + 1, max(0, len(self.page.rows) - 1 if self.page else 0))

    def next_figure(self) -> None:
        """To the right, and from the last one to the first."""
        self._turn_figure(1)

    def last_figure(self) -> None:
        """To the left."""
        self._turn_figure(-1)

    def _turn_figure(self, by: int) -> None:
        if self.page is not None and (numbers := [at for seen in self._leaves for at in seen if at]):
            here = numbers.index(self.column) if self.column in numbers else -1
            self.column = numbers[(here + by) % len(numbers)]

    def turn_view(self) -> None:
        """The next way to look at them."""
        self.view = self.views[(self.views.index(self.view) + 1) % len(self.views)]
        self._ask()

    def turn_period(self) -> None:
        """Day, week, month, quarter, year."""
        if kinds := self.view.kinds:
            self._asked = replace(self.asked, kind=kinds[(kinds.index(self.asked.kind) + 1) % len(kinds)], steps=0)
            self._ask()
        else:
            self.host.say(_("These figures are of this moment."))

    def period_before(self) -> None:
        """One period back."""
        self._step(-1)

    def period_after(self) -> None:
        """One on, never beyond this one."""
        self._step(1)

    def _step(self, by: int) -> None:
        if self.view.kinds and self.view.may_turn:
            self._asked = replace(self.asked, steps=self.asked.steps + by)
            self._ask()
        else:
            self.host.say(_("These figures are of this moment."))

    def count_anew(self) -> None:
        """Counts again."""
        self._ask()

    def back(self) -> None:
        """Lies on top again, after what was opened from it."""
        self.host.open_sheet(self)

    async def close(self) -> None:
        """Esc: away with it, and with the question that may be running."""
        forget(self.host)
        self.host.close_sheet()

    async def open_rows(self) -> None:
        """Enter: the leads behind the number under the cursor; where there was no answer, asks once more."""
        if self.question.trouble:
            self._ask()
        elif self.page is not None and self.page.rows:
            place = self.page.place(self.row, self.column)
            if (lead_id := self.page.leads.get(place[0])) is not None:
                await self.host.look_at(lead_id)
            elif (cell := self.page.opens.get(place)) is not None:
                await openings.open_rows(self, cell, self._named())
            else:
                self.host.say(_("No leads stand behind this figure alone."))

    def _named(self) -> str:
        """The number under the cursor in words: its line, its column, its period."""
        assert self.page is not None
        frame, columns = self.host.frame, self.page.sheet.columns
        first = shown(self.page.rows[self.row][0], columns[0].kind, frame)
        parts = [first, columns[self.column].heading]
        if self.page.period is not None and not self.page.series:
            parts.append(periods.name(self.page.period, frame))
        return " · ".join(parts)

    async def save_file(self) -> None:
        """Asks for the form of the file."""
        if not self.host.may_suspend():
            self.host.say(_("There is no shell here, and no folder of yours to save into."), "stuck")
        elif self.page is not None:
            saving.ask_form(self, self.page)


def _more(columns: int) -> str:
    return counted("{count} more column", "{count} more columns", columns)


def _choices(names: list[tuple[str, bool]]) -> list[Piece]:
    """Names of which one is chosen."""
    pieces: list[Piece] = []
    for name, is_this in names:
        pieces += [(" · ", "dim")] if pieces else []
        pieces.append((name, "strong underline" if is_this else "dim"))
    return pieces
