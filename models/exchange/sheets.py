"""Spreadsheets as rows of text: xlsx, xls, ods."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from models.errors import Refused

Cell = int | float | str | bool | time | date | datetime | timedelta


def names(path: Path) -> tuple[str, ...]:
    """The names of a file's sheets."""
    return tuple(_opened(path).sheet_names)


def filled(path: Path) -> str:
    """The first sheet that has anything in it; refused when none has."""
    book = _opened(path)
    for name in book.sheet_names:
        try:
            cells = book.get_sheet_by_name(name).iter_rows()
            if any(cell != "" for row in cells for cell in row):
                return str(name)
        except _faults():
            continue  # a chart, or a sheet that cannot be read: another may hold the list
    raise Refused("list_empty", file=path.name)


def rows(path: Path, sheet: str) -> Iterator[list[str]]:
    """The rows of one sheet, every cell as it would be typed."""
    book = _opened(path)
    if sheet not in book.sheet_names:
        raise Refused("list_sheet", file=path.name, sheet=sheet, allowed=tuple(book.sheet_names))
    try:
        for row in book.get_sheet_by_name(sheet).iter_rows():
            yield [cell if isinstance(cell, str) else text(cell) for cell in row]
    except _faults() as error:
        raise Refused("list_unreadable", file=path.name) from error


def text(cell: Cell) -> str:
    """A cell as a person would type it: whole numbers without '.0', days without midnight.

    >>> text(13800138000.0), text(0.5), text(datetime(2026, 3, 1)), text(True)
    ('13800138000', '0.5', '2026-03-01', '1')
    """
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def _opened(path: Path):  # type: ignore[no-untyped-def]
    import python_calamine

    try:
        return python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError as error:
        raise Refused("list_encrypted", file=path.name) from error
    except _faults() as error:
        raise Refused("list_unreadable", file=path.name) from error


def _faults() -> tuple[type[BaseException], ...]:
    import python_calamine

    return (python_calamine.CalamineError, OSError, ValueError)
