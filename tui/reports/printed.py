"""Reports as tables for a terminal, and for a pipe: columns that fit, Chinese counted in cells."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import BinaryIO

from rich.cells import cell_len

from tui.i18n import _
from tui.lines import table
from tui.lines.frame import Frame
from tui.lines.text import Line, wrap
from tui.plain import plain
from tui.reports import cells
from tui.reports.sheet import Column, Group, Report, Row, Sheet, cells_of

LOOKED_AT = 500
"""Rows that decide how wide the columns are; those after them are cut."""
WIDE = 100_000


def write(report: Report, frame: Frame, stream: BinaryIO, *, width: int = WIDE) -> None:
    """Each sheet under its title, its notes below it.

    Args:
        report: what is printed.
        frame: the floor's clock.
        stream: where to.
        width: of the terminal, in cells; columns for which it has no room are left out and named.
    """
    out = io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="\n")
    for line in lines(report, frame, width):
        out.write(line.rstrip() + "\n")
    out.detach()


def lines(report: Report, frame: Frame, width: int) -> Iterator[str]:
    """The lines of it, without styles."""
    yield " · ".join([report.title, *_span(report), *map(plain, report.selection.values())])
    for sheet in report.sheets:
        yield ""
        if sheet.title != report.title:
            yield sheet.title
        yield from _sheet(sheet, frame, width)


def _span(report: Report) -> list[str]:
    return [f"{report.since} – {report.until}"] if report.since and report.until else []


def _sheet(sheet: Sheet, frame: Frame, width: int) -> Iterator[str]:
    rows = iter(sheet.every_row())
    first = [_told(row, sheet, frame) for row in islice(rows, LOOKED_AT)]
    columns = [_column(column, place, first) for place, column in enumerate(sheet.columns)]
    where = table.places(columns, width - 1)
    yield _text(table.head_line(columns, where))
    for row in chain(first, (_told(row, sheet, frame) for row in rows)):
        if isinstance(row, str):
            yield row
        else:
            yield _text(table.row_line([(cell, "") for cell in row], columns, where))
    if not first:
        yield " " + _("Nothing in this period.")
    room = min(width, 100)
    left_out = [column.title for place, column in enumerate(columns) if place not in {at for at, _width in where}]
    for note in (*sheet.notes, *([_left_out(left_out)] if left_out else [])):
        yield from (" " + line for line in wrap(plain(note), room - 1, most=20))


def _left_out(names: Sequence[str]) -> str:
    return _("No room for: {columns}. All columns: --format csv or xlsx, or a wider window.").format(
        columns=", ".join(names)
    )


def _told(row: Row, sheet: Sheet, frame: Frame) -> list[str] | str:
    """The cells in letters; a heading of rows as one line."""
    if isinstance(row, Group):
        return f"── {plain(row.name)} ──"
    told = zip(cells_of(row), sheet.columns, strict=True)
    return [cells.text(cell, column.kind, frame, grouped=True) for cell, column in told]


def _column(column: Column, place: int, rows: Sequence[list[str] | str]) -> table.Column:
    found = [cell_len(row[place]) for row in rows if not isinstance(row, str)]
    most = min(max([cell_len(column.heading), *found]), max(column.most, cell_len(column.heading)))
    # Long texts give way before a column goes; numbers are never cut.
    gives = column.kind.is_text and not column.is_uncut
    least = min(most, max(12, cell_len(column.heading))) if gives else most
    return table.Column(
        column.heading, least, not column.kind.is_text, grow=1 if most > least else 0, most=most, rank=column.rank
    )


def _text(line: Line) -> str:
    return "".join(text for text, _style in line)
