"""Reports as JSON of a documented, versioned shape (docs/reports.md)."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import BinaryIO

from tui.lines.frame import Frame
from tui.plain import plain
from tui.reports import cells
from tui.reports.sheet import Cell, Column, Group, Kind, Report, Sheet, Subtotal

VERSION = 1
"""Of the shape; it goes up when a key changes its meaning."""


def write(report: Report, frame: Frame, stream: BinaryIO) -> None:
    """One object; its rows stand one on each line, and are written as they come."""
    out = io.TextIOWrapper(stream, encoding="utf-8", newline="\n")
    for part in _parts(report, frame):
        out.write(part)
    out.detach()


def _parts(report: Report, frame: Frame) -> Iterator[str]:
    head = {
        "version": VERSION,
        "report": report.name,
        "title": plain(report.title),
        "made": frame.now.astimezone(frame.zone).isoformat(timespec="seconds"),
        "zone": str(frame.zone),
        "currency": frame.currency,
        "from": report.since.isoformat() if report.since else None,
        "to": report.until.isoformat() if report.until else None,
        "selection": {code: plain(name) for code, name in report.selection.items()},
    }
    yield "{\n" + "".join(f"{_json(key)}: {_json(value)},\n" for key, value in head.items()) + '"sheets": [\n'
    for place, sheet in enumerate(report.sheets):
        yield ",\n" if place else ""
        yield from _sheet(sheet, frame)
    yield "\n]\n}\n"


def _sheet(sheet: Sheet, frame: Frame) -> Iterator[str]:
    columns = [{"code": one.code, "heading": plain(one.heading), "kind": one.kind.value} for one in sheet.columns]
    yield f'{{"name": {_json(sheet.name)}, "title": {_json(plain(sheet.title))}, "columns": {_json(columns)},\n'
    yield '"rows": ['
    group: dict[str, object] = {}
    sums: list[dict[str, object]] = []
    separator = "\n"
    for row in sheet.rows:
        if isinstance(row, Group):
            group = {"group": plain(row.name)}
        elif isinstance(row, Subtotal):
            sums.append(group | _object(row.cells, sheet.columns, frame))
        else:
            yield separator + _json(group | _object(row, sheet.columns, frame))
            separator = ",\n"
    total = None if sheet.total is None else _object(sheet.total, sheet.columns, frame)
    notes = [plain(note) for note in sheet.notes]
    yield f'\n],\n"subtotals": {_json(sums)}, "total": {_json(total)}, "notes": {_json(notes)}}}'


def _object(row: object, columns: object, frame: Frame) -> dict[str, object]:
    assert isinstance(row, list | tuple)
    assert isinstance(columns, list | tuple)
    return {column.code: _value(cell, column, frame) for cell, column in zip(row, columns, strict=True)}


def _value(cell: Cell, column: Column, frame: Frame) -> object:
    match cell:
        case None | int():
            return cell
        case datetime():
            return cell.astimezone(frame.zone).isoformat(timespec="seconds")
        case date():
            return cell.isoformat()
        case Decimal() | Fraction():
            number = cells.exact(cell)
            return int(number) if number.denominator == 1 else float(number)
        case _:
            return cells.text(cell, Kind.TEXT, frame, grouped=False)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
