"""Reports as csv: cells that no spreadsheet runs, with the mark that makes them read Chinese."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from models.exchange.formulas import as_text
from tui.lines.frame import Frame
from tui.reports import cells
from tui.reports.sheet import Cell, Group, Kind, Report, Sheet, cells_of


def write(report: Report, frame: Frame, stream: BinaryIO) -> None:
    """Head and rows of each sheet; where there are several, each under its title and parted by an empty line."""
    out = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    writer = csv.writer(out)
    for place, sheet in enumerate(report.sheets):
        if len(report.sheets) > 1:
            writer.writerows([[], [as_text(sheet.title)]] if place else [[as_text(sheet.title)]])
        writer.writerows(_rows(sheet, frame))
    out.detach()


def _rows(sheet: Sheet, frame: Frame) -> Iterator[list[str]]:
    yield [as_text(column.heading) for column in sheet.columns]
    for row in sheet.every_row():
        if isinstance(row, Group):
            yield [as_text(row.name), *[""] * (len(sheet.columns) - 1)]
        else:
            told = zip(cells_of(row), sheet.columns, strict=True)
            yield [_text(cell, column.kind, frame) for cell, column in told]


def _text(cell: Cell, kind: Kind, frame: Frame) -> str:
    said = cells.text(cell, kind, frame, grouped=False)
    return as_text(said) if kind.is_text else said
