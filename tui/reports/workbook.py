"""Reports as xlsx: typed cells, widths that fit Chinese, a head that stays, filters, charts; no cell is a formula."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import chain, islice
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO

from rich.cells import cell_len

from tui.lines.frame import Frame
from tui.plain import plain
from tui.reports import cells
from tui.reports.sheet import Cell, Chart, Column, Figure, Group, Kind, Report, Row, Sheet, Subtotal, cells_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

LOOKED_AT = 500
"""Rows that decide how wide the columns are."""
LEAST, EDGE = 6, 2
"""Least width of a column, and the room around its text."""
LINE, MOST_LINES = 15, 12
"""Points of a line, and the lines that a row shows at most."""
NAME = 31
"""Letters of a worksheet's name."""
BANNED = re.compile(r"[\[\]:*?/\\']")
"""Signs that such a name may not have."""
FORMS = {
    Kind.COUNT: "#,##0",
    Kind.NUMBER: "#,##0.0",
    Kind.MONEY: "#,##0.00",
    Kind.WAN: "#,##0.00####",
    Kind.SHARE: "0.0%",
    Kind.DAYS: "0.0",
    Kind.SECONDS: "[h]:mm",
    Kind.DATE: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
    Kind.CLOCK: "hh:mm",
}
WHOLE = {Kind.MONEY: "#,##0", Kind.WAN: "#,##0", Kind.NUMBER: "#,##0", Kind.DAYS: "0"}
"""The same for whole numbers: no cents that are none."""
PARTS = {Kind.WAN: cells.WAN, Kind.SECONDS: 86_400}
"""What a cell counts in: ten thousands of money, days of time."""
A4 = 9
CHARTS = {Figure.BAR: "bar", Figure.COLUMN: "column", Figure.LINE: "line", Figure.PIE: "pie"}
CHART_ROWS = 16
"""Rows that a chart covers."""


def write(report: Report, frame: Frame, stream: BinaryIO) -> None:
    """A worksheet for each sheet. Rows leave memory as they come."""
    from xlsxwriter import Workbook

    # What waits on the disk meanwhile is nobody else's to read, and goes with this folder.
    with TemporaryDirectory(prefix="callfloor-") as folder:
        book = Workbook(stream, {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False})
        book.set_properties({"title": plain(report.title), "created": frame.now.replace(tzinfo=None)})
        writer = _Writer(book, frame)
        names: set[str] = set()
        for sheet in report.sheets:
            writer.write(sheet, report, _name(sheet.title, names))
        book.close()


def _name(title: str, taken: set[str]) -> str:
    """A worksheet's name, no two alike."""
    bare = " ".join(BANNED.sub(" ", plain(title)).split())[:NAME] or "-"
    name, number = bare, 1
    while name.casefold() in taken:
        number += 1
        name = f"{bare[: NAME - 4]} {number}"
    taken.add(name.casefold())
    return name


@dataclass
class _Writer:
    book: Workbook
    frame: Frame
    formats: dict[tuple[str, str], Format] = field(default_factory=dict)

    def write(self, sheet: Sheet, report: Report, name: str) -> None:
        """One worksheet."""
        page: Worksheet = self.book.add_worksheet(name)
        rows = iter(sheet.every_row())
        first = list(islice(rows, LOOKED_AT))
        self._lay_out(page, sheet, report, first)
        at, is_grouped = 1, False
        last_row = 0
        for row in chain(first, rows):
            self._row(page, at, row, sheet.columns)
            is_grouped = is_grouped or isinstance(row, Group)
            last_row = last_row if isinstance(row, Group | Subtotal) else at
            at += 1
        if last_row and not is_grouped:
            page.autofilter(0, 0, last_row, len(sheet.columns) - 1)
        for place, note in enumerate(sheet.notes):
            page.write_string(at + 1 + place, 0, plain(note))
        drawn = [row for row in first if not isinstance(row, Group | Subtotal)]
        if drawn and not is_grouped:
            for place, chart in enumerate(sheet.charts):
                self._draw(page, name, sheet, chart, drawn, place)

    def _lay_out(self, page: Worksheet, sheet: Sheet, report: Report, first: Sequence[Row]) -> None:
        page.freeze_panes(1, _held(sheet.columns))
        page.set_landscape()
        page.set_paper(A4)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        span = [f"{report.since} – {report.until}"] if report.since and report.until else []
        heading = " · ".join([sheet.title, *span, *report.selection.values()])
        page.set_header("&L" + plain(heading).replace("&", "&&")[:200] + "&R&P/&N")
        for place, column in enumerate(sheet.columns):
            page.set_column(place, place, self._width(column, place, first))
            head = self._format("head words" if column.kind.is_text else "head", "", is_right=not column.kind.is_text)
            page.write_string(0, place, plain(column.heading), head)

    def _width(self, column: Column, place: int, rows: Sequence[Row]) -> int:
        found = (
            cell_len(cells.text(cells_of(row)[place], column.kind, self.frame, grouped=True))
            for row in rows
            if not isinstance(row, Group)
        )
        head = cell_len(plain(column.heading)) + EDGE  # the filter's arrow stands beside it
        return max(LEAST, head, min(column.most, max(found, default=0))) + EDGE

    def _row(self, page: Worksheet, at: int, row: Row, columns: Sequence[Column]) -> None:
        if isinstance(row, Group):
            look = self._format("group", "")
            page.write_string(at, 0, plain(row.name), look)
            for place in range(1, len(columns)):
                page.write_blank(at, place, None, look)
            return
        style = "sum" if isinstance(row, Subtotal) else ""
        if (tall := self._lines(row, columns)) > 1:  # no program that shows it need find out itself
            page.set_row(at, LINE * tall)
        for place, (cell, column) in enumerate(zip(cells_of(row), columns, strict=True)):
            self._cell(page, at, place, cell, column, style)

    def _lines(self, row: Sequence[Cell] | Subtotal, columns: Sequence[Column]) -> int:
        """Lines that its longest wrapped text takes, within reason."""
        longest = (
            -(-cell_len(cell) // column.most)
            for cell, column in zip(cells_of(row), columns, strict=True)
            if isinstance(cell, str) and len(cell) * 2 > column.most  # of all others it need not be counted
        )
        return min(max(longest, default=1), MOST_LINES)

    def _cell(self, page: Worksheet, at: int, place: int, cell: Cell, column: Column, style: str) -> None:
        kind = column.kind
        if cell is None and not kind.divides:
            page.write_blank(at, place, None, self._format(style, ""))
        elif cell is None:
            page.write_string(at, place, cells.DASH, self._format(style, "", is_right=True))
        elif kind is Kind.TEXT:
            text = cells.text(cell, kind, self.frame, grouped=False)
            is_long = len(text) * 2 > column.most and cell_len(text) > column.most
            page.write_string(at, place, text, self._format(f"{style} {'wrap' if is_long else 'words'}", ""))
        elif kind in (Kind.MOMENT, Kind.CLOCK):
            assert isinstance(cell, datetime)
            there = cell.astimezone(self.frame.zone).replace(tzinfo=None)
            page.write_datetime(at, place, there, self._format(style, FORMS[kind]))
        elif kind is Kind.DATE:
            assert isinstance(cell, date)
            page.write_datetime(at, place, cell, self._format(style, FORMS[kind]))
        else:
            number = float(_number(cell, kind))
            form = WHOLE.get(kind, FORMS[kind]) if number.is_integer() else FORMS[kind]
            page.write_number(at, place, number, self._format(style, form))

    def _format(self, style: str, form: str, *, is_right: bool = False) -> Format:
        """A format, made once: a book has a limited number of them."""
        key = (f"{style} right" if is_right else style, form)
        if key not in self.formats:
            self.formats[key] = self.book.add_format(dict(_looks(*key)))
        return self.formats[key]

    def _draw(
        self, page: Worksheet, name: str, sheet: Sheet, chart: Chart, rows: Sequence[Sequence[Cell]], place: int
    ) -> None:
        """A chart beside the rows; it is told what stands in them, since they have left memory."""
        made: Any = self.book.add_chart({"type": CHARTS[chart.figure]})
        last, category = len(rows), sheet.place(chart.category)
        names = [cells.text(row[category], sheet.columns[category].kind, self.frame, grouped=False) for row in rows]
        for code in chart.values:
            column = sheet.place(code)
            made.add_series(
                {
                    "name": [name, 0, column],
                    "categories": [name, 1, category, last, category],
                    "categories_data": names,
                    "values": [name, 1, column, last, column],
                    "values_data": [_number(row[column], sheet.columns[column].kind) for row in rows],
                    "data_labels": {"percentage": True, "category": True}
                    if chart.figure is Figure.PIE
                    else {"value": True},
                    "gap": 40,
                }
            )
        made.set_title({"name": plain(chart.title), "name_font": {"size": 12}})
        _scale(made, chart, sheet)
        if len(chart.values) == 1 and chart.figure is not Figure.PIE:
            made.set_legend({"none": True})
        page.insert_chart(place * CHART_ROWS, len(sheet.columns) + 1, made)


def _scale(made: Any, chart: Chart, sheet: Sheet) -> None:
    """The axes of a chart: per cent as per cent, faint lines, a funnel's first stage on top."""
    kinds = {sheet.columns[sheet.place(code)].kind for code in chart.values}
    form = "0%" if kinds == {Kind.SHARE} else "#,##0"
    values = {"num_format": form, "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}}}
    if chart.figure is Figure.BAR:
        made.set_y_axis({"reverse": True})
        made.set_x_axis(values)
    elif chart.figure is not Figure.PIE:
        made.set_y_axis(values)


def _number(cell: Cell, kind: Kind) -> float | str:
    """A number as a cell holds it; nothing where there is none."""
    if cell is None:
        return ""
    assert isinstance(cell, int | Decimal | Fraction)
    return float(cell / PARTS[kind]) if kind in PARTS else float(cell)


def _held(columns: Sequence[Column]) -> int:
    """Columns that stay when one scrolls to the side: the first, where there are many."""
    return 1 if len(columns) > 6 else 0


def _looks(style: str, form: str) -> Iterator[tuple[str, object]]:
    named: Mapping[str, Mapping[str, object]] = {
        "head": {"bold": True, "bottom": 1, "bg_color": "#E8EDF2", "valign": "vcenter"},
        "group": {"bold": True, "bg_color": "#F4F6F8"},
        "sum": {"bold": True, "top": 1},
        "words": {"align": "left", "indent": 1},
        "wrap": {"align": "left", "indent": 1, "text_wrap": True},
        "right": {"align": "right"},
    }
    yield "valign", "top"
    for word in style.split():
        yield from named[word].items()
    if form:
        yield "num_format", form
