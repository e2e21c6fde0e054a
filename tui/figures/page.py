"""What a screen of figures shows: a sheet as it is saved, which numbers open their rows, what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from rich.cells import cell_len

from models.reports.periods import Period
from tui import clocks, money
from tui.i18n import _
from tui.lines.frame import Frame
from tui.lines.table import Column
from tui.lines.text import Line, Piece, cut
from tui.plain import plain
from tui.reports import sheet as sheets
from tui.reports.sheet import Cell, Kind

DASH = "–"
BRIEF = 8
"""Cells of a stage over its numbers; what is longer is cut."""
TOTAL = -1
"""The row of a sheet's total."""

Place = tuple[int, str]
"""A number of a sheet: its row, and the code of its column."""


@dataclass(frozen=True)
class Page:
    """One view of one period."""

    period: Period | None
    """None where it is of this moment."""
    sheet: sheets.Sheet
    opens: Mapping[Place, object] = field(default_factory=dict)
    """Numbers that were counted from rows, and what asks for these."""
    leads: Mapping[int, int] = field(default_factory=dict)
    """Rows that are a lead each, and which."""
    marks: Mapping[Place, Piece] = field(default_factory=dict)
    """A sign after a number and the style of both: the best, the weakest."""
    bars: str = ""
    """The column whose numbers are drawn as lying bars, too."""
    begins_at: int = 0
    """The row of the cursor at first."""
    series: Sequence[int] = ()
    """Rows that follow each other in time, oldest first: standing columns show the figure under the cursor."""
    is_ahead: bool = False
    """Whether they lie ahead of now."""
    labels: Sequence[str] = ()
    """Short names of those rows, for the chart."""
    above: Callable[[int], Sequence[Line]] = lambda width: ()
    """What is said before all else, for a width."""
    below: Callable[[int], Sequence[Line]] = lambda width: ()
    """What is said under the table, for a width."""
    nothing: str = ""
    """Said in place of a table without rows."""
    kinds: Sequence[Kind] = ()
    """What each row holds, where not all of a column is of one kind."""
    saves: Sequence[sheets.Sheet] = ()
    """What is saved in place of the sheet that is shown."""

    def report(self, name: str, selection: str) -> sheets.Report:
        """The page as it is saved.

        Args:
            name: of the screen, its code.
            selection: whose figures they are, in words.
        """
        since, until = self.period.days if self.period is not None else (None, None)
        return sheets.Report(name, self.sheet.title, self.saves or (self.sheet,), since, until, {"whose": selection})

    @cached_property
    def rows(self) -> list[Sequence[Cell]]:
        """The rows, and the total as the last one where there is one."""
        rows = [row for row in self.sheet.rows if isinstance(row, Sequence)]
        return rows if self.sheet.total is None or not rows else [*rows, self.sheet.total]

    def kind(self, row: int, column: int) -> Kind:
        """What a number of the screen is."""
        return self.kinds[row] if self.kinds and column else self.sheet.columns[column].kind

    def mark(self, row: int, column: int) -> str:
        """The sign after a number; blanks where another number of its column has one."""
        code = self.sheet.columns[column].code
        room = max((len(sign) for (_row, name), (sign, _style) in self.marks.items() if name == code), default=0)
        return self.marks.get(self.place(row, column), ("", ""))[0].ljust(room)

    def place(self, row: int, column: int) -> Place:
        """The name of a number on the screen."""
        is_total = self.sheet.total is not None and row == len(self.rows) - 1
        return (TOTAL if is_total else row), self.sheet.columns[column].code


def shown(value: Cell, kind: Kind, frame: Frame) -> str:
    """A value for a column of a screen, in as few cells as can be."""
    if value is None:
        return "" if kind.is_text else DASH
    match value, kind:
        case (Decimal() | int() | Fraction(), Kind.MONEY | Kind.WAN):
            return frame.short(Decimal(value) if not isinstance(value, Fraction) else _decimal(value))
        case (Fraction() | int() | Decimal(), Kind.SHARE):
            return money.per_cent(Fraction(value))
        case (Fraction() | int() | Decimal(), Kind.DAYS | Kind.NUMBER):
            return f"{float(value):.0f}" if value >= 10 else f"{float(value):.1f}".removesuffix(".0")
        case (int(), Kind.SECONDS):
            return f"{value // 3600}:{value % 3600 // 60:02}"
        case (int(), _):
            return f"{value:,}".replace("-", "−")
        case (datetime(), _):
            return clocks.stamp(value, frame.now, frame.zone)
        case (date(), _):
            return clocks.short_date(value, frame.today)
    return plain(str(value))


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator


def size(value: Cell) -> Fraction | None:
    """A value as a length to be drawn; None where it is no number."""
    return Fraction(value) if isinstance(value, int | Decimal | Fraction) else None


def is_number(kind: Kind) -> bool:
    """Whether a column holds what can be drawn."""
    return kind not in (Kind.TEXT, Kind.DATE, Kind.MOMENT)


def column(one: sheets.Column, cells: Sequence[str]) -> Column:
    """A column of the screen as wide as its heading and its widest cell."""
    heading = cut(one.heading, one.most)
    need = max([cell_len(heading), *map(cell_len, cells)], default=1)
    if not is_number(one.kind):
        least = need if one.is_uncut else min(need, max(cell_len(heading), 12))
        return Column(heading, least, grow=1, most=min(need, one.most), rank=one.rank)
    return Column(heading, need, is_right=True, rank=one.rank)


def turned(sheet: sheets.Sheet, corner: str, headings: Sequence[tuple[str, str]]) -> sheets.Sheet:
    """A sheet on its side, as its parts are compared best: a row for each number, a column for each row and the total.

    Args:
        sheet: its first column are the names.
        corner: the heading of what the numbers are.
        headings: code and short name of each row, the total's last; what is left out first comes last but for it.
    """
    _name, *numbers = sheet.columns
    kinds = {one.kind for one in numbers}
    kind = kinds.pop() if len(kinds) == 1 else Kind.NUMBER
    lines = [sheets.cells_of(row) for row in sheet.every_row() if not isinstance(row, sheets.Group)]
    last = len(headings) - (sheet.total is not None)
    columns = [
        sheets.Column(code, name, kind, most=BRIEF, rank=at if at < last else 0)
        for at, (code, name) in enumerate(headings)
    ]
    rows = [(one.heading, *(line[at] for line in lines)) for at, one in enumerate(numbers, 1)]
    return sheets.Sheet(sheet.name, sheet.title, (sheets.Column("figure", corner, is_uncut=True), *columns), rows)


def nothing_in(period: Period | None, what: str, before: str) -> str:
    """Why there is nothing to see, and where there may be something.

    Args:
        period: that was looked at.
        what: did not happen in it, as a whole sentence.
        before: the key that shows the period before.
    """
    if period is None:
        return what
    return what + " " + _("{key} shows the period before.").format(key=before)
