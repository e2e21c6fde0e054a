"""How a text list is written: what separates its cells, what quotes them, what ends its rows."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SEPARATORS = (",", ";", "\t", "|", "\x1f", ":")
UNIT, RECORD = "\x1f", "\x1e"
"""ASCII's own separators of cells and of rows."""
LONGEST_CELL = 4_000_000
"""Characters of a cell: past this a quote was opened and never closed."""
LOOKED_AT = 200
"""Rows from which the separator is told."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way to write a list."""

    separator: str = ","
    quote: str = '"'
    escape: str | None = None
    """A sign that takes the meaning of the next one, where quotes are not doubled."""
    has_records: bool = False
    """Rows end with ASCII's own sign."""


def told(head: str, separator: str = "") -> Dialect:
    """The dialect that makes the most regular table of the list's beginning.

    >>> told("a;b;c\\n1,5;2;3\\n1,5;2;3\\n").separator
    ';'
    """
    has_records = UNIT in head and RECORD in head
    lines = _lines(head, has_records=has_records)
    quote = _quote(lines, separator or ",")
    escape = "\\" if f"\\{quote}" in head and quote * 2 not in head else None
    candidates = (separator,) if separator else (UNIT,) if has_records else SEPARATORS
    best = max(
        (Dialect(one, quote, escape, has_records) for one in candidates), key=lambda one: _regularity(lines, one)
    )
    return best if separator or _regularity(lines, best) > (0, 0) else Dialect(",", quote, escape)


def _lines(head: str, *, has_records: bool) -> list[str]:
    if has_records:
        return head.replace(RECORD, "\n").splitlines(keepends=True)
    return head.splitlines(keepends=True)


def _quote(lines: list[str], separator: str) -> str:
    """Apostrophes quote where cells begin and end with them and nothing is in real quotes."""
    head = "".join(lines)
    if '"' in head or "'" not in head:
        return '"'
    starts = sum(head.count(f"{one}'") for one in SEPARATORS) + sum(line.startswith("'") for line in lines)
    ends = sum(head.count(f"'{one}") for one in SEPARATORS) + sum(line.rstrip("\r\n").endswith("'") for line in lines)
    return "'" if starts >= max(2, len(lines)) and abs(starts - ends) <= starts // 10 else '"'


def _regularity(lines: list[str], dialect: Dialect) -> tuple[float, float]:
    """How many rows have the usual number of cells; with one cell each, nothing is separated."""
    try:
        widths = Counter(len(row) for row, _ in zip(parsed(lines, dialect), range(LOOKED_AT), strict=False) if row)
    except csv.Error:
        return (0, 0)
    if not widths:
        return (0, 0)
    usual, times = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    if usual < 2:
        return (0, 0)
    share = times / sum(widths.values())
    # Clock times make two or three cells of a sentence, so a colon has to be in nearly every row.
    if dialect.separator == ":" and share < 0.95:
        return (0, 0)
    return (round(share, 1) - (0.2 if dialect.separator == ":" else 0), usual)


def parsed(lines: Iterable[str], dialect: Dialect) -> Iterator[list[str]]:
    """The rows of a text; raises `csv.Error` where a quote never closes."""
    csv.field_size_limit(LONGEST_CELL)
    return csv.reader(
        lines, delimiter=dialect.separator, quotechar=dialect.quote, escapechar=dialect.escape, doublequote=True
    )
