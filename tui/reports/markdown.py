"""Reports as Markdown tables, in which no data is a mark."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from tui.lines.frame import Frame
from tui.plain import plain
from tui.reports import cells
from tui.reports.sheet import Group, Report, Row, Sheet, Subtotal, cells_of

MARKS = re.compile(r"([\\`*_{}\[\]<>#|~!&])")


def write(report: Report, frame: Frame, stream: BinaryIO) -> None:
    """Title, period and selection; each sheet as a table under its own heading, its notes below."""
    out = io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="\n")
    for line in _lines(report, frame):
        out.write(line + "\n")
    out.detach()


def _lines(report: Report, frame: Frame) -> Iterator[str]:
    yield f"# {escaped(report.title)}"
    span = [f"{report.since} – {report.until}"] if report.since and report.until else []
    if said := [*span, *map(escaped, report.selection.values())]:
        yield from ("", " · ".join(said))
    for sheet in report.sheets:
        if sheet.title != report.title:
            yield from ("", f"## {escaped(sheet.title)}")
        yield ""
        yield _line(escaped(column.heading) for column in sheet.columns)
        yield _line("---" if column.kind.is_text else "--:" for column in sheet.columns)
        yield from (_line(_told(row, sheet, frame)) for row in sheet.every_row())
        for note in sheet.notes:
            yield from ("", escaped(note))


def _told(row: Row, sheet: Sheet, frame: Frame) -> list[str]:
    if isinstance(row, Group):
        return [f"**{escaped(row.name)}**", *[""] * (len(sheet.columns) - 1)]
    told = zip(cells_of(row), sheet.columns, strict=True)
    said = [escaped(cells.text(cell, column.kind, frame, grouped=True)) for cell, column in told]
    return [f"**{one}**" if one else "" for one in said] if isinstance(row, Subtotal) else said


def _line(said: Iterable[str]) -> str:
    return f"| {' | '.join(said)} |"


def escaped(text: str) -> str:
    """A text whose signs are no marks.

    >>> escaped("a|b *c* <d>")
    'a\\\\|b \\\\*c\\\\* \\\\<d\\\\>'
    """
    return MARKS.sub(r"\\\1", plain(text, cells.LONGEST))
