"""Tables as lines: columns that fit a width, a head, rows. Narrow screens lose the columns that matter least."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tui.lines.text import Line, Piece, crop, cut, fit, fit_right

GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    title: str
    width: int
    """Cells that it needs."""
    is_right: bool = False
    grow: int = 0
    """Its share of the room that is left."""
    most: int = 1_000
    """Cells beyond which it does not grow."""
    rank: int = 0
    """What has the highest goes first where there is no room."""


Places = tuple[tuple[int, int], ...]
"""Number of a column, and its cells on the line, from left to right."""


def places(columns: Sequence[Column], width: int) -> Places:
    """Which columns there is room for, and how wide each of them is.

    >>> places([Column("a", 4, grow=1), Column("b", 6, rank=1)], 20)
    ((0, 12), (1, 6))
    >>> places([Column("a", 4, grow=1), Column("b", 6, rank=1)], 9)
    ((0, 9),)
    """
    kept = list(range(len(columns)))
    while len(kept) > 1 and _needed(columns, kept) > width:
        least = max(kept, key=lambda at: (columns[at].rank, at))
        kept.remove(least)
    widths = {at: columns[at].width for at in kept}
    left = width - _needed(columns, kept)
    while left > 0 and (open_ones := [at for at in kept if columns[at].grow and widths[at] < columns[at].most]):
        shares = sum(columns[at].grow for at in open_ones)
        given = {at: min(columns[at].most - widths[at], left * columns[at].grow // shares) for at in open_ones}
        if not any(given.values()):
            given[open_ones[0]] = min(left, columns[open_ones[0]].most - widths[open_ones[0]])
        for at, more in given.items():
            widths[at] += more
        left -= sum(given.values())
    return tuple((at, widths[at]) for at in kept)


def leaves(columns: Sequence[Column], width: int) -> list[Places]:
    """All columns, leaf after leaf where there is no room for them at once: what matters most on the first one.

    The first column stands on every leaf. One without a title only draws what others say, and has no leaf of its own.

    >>> leaves([Column("a", 4), Column("b", 6, rank=1), Column("c", 6)], 12)
    [((0, 4), (2, 6)), ((0, 4), (1, 6))]
    """
    found: list[Places] = []
    left = list(range(1, len(columns)))
    while left or not found:
        here = [0, *left]
        where = tuple((here[at], cells) for at, cells in places([columns[at] for at in here], width))
        if left and len(where) == 1:
            where = (*where, (left[0], columns[left[0]].width))
        found.append(where)
        shown = {at for at, _cells in where}
        left = [at for at in left if at not in shown and columns[at].title]
    return found


def _needed(columns: Sequence[Column], kept: Sequence[int]) -> int:
    return sum(columns[at].width for at in kept) + GAP * (len(kept) - 1)


def head_line(columns: Sequence[Column], where: Places, *, indent: str = " ") -> Line:
    """The titles of the columns."""
    return tuple(_set([(column.title, "dim") for column in columns], columns, where, (indent, "")))


def row_line(cells: Sequence[Piece], columns: Sequence[Column], where: Places, *, is_current: bool = False) -> Line:
    """A row; the cursor stands before it. Each cell is a piece of its own, so that one that changes is sent alone."""
    return tuple(_set(cells, columns, where, ("▌" if is_current else " ", "accent")))


def _set(cells: Sequence[Piece], columns: Sequence[Column], where: Places, edge: Piece) -> Iterator[Piece]:
    yield edge
    for place, (at, width) in enumerate(where):
        text, style = cells[at]
        last = place == len(where) - 1
        gap = "" if last else " " * GAP
        if columns[at].is_right:
            yield fit_right(text, width), style
        elif style.startswith("underline"):
            yield cut(text, width), style
        else:
            yield fit(text, width), style
        yield gap, ""


def table_lines(
    columns: Sequence[Column], rows: Sequence[Sequence[Piece]], width: int, *, at: int | None = None
) -> list[Line]:
    """A whole table under its head; the cursor at one row of it."""
    where = places(columns, width - 1)
    lines = [crop(head_line(columns, where), width)]
    return lines + [
        crop(row_line(row, columns, where, is_current=place == at), width) for place, row in enumerate(rows)
    ]


def fitted(column: Column, cells: Sequence[str]) -> Column:
    """The column no wider than its title and its widest cell need."""
    need = max([cell_len(column.title), *map(cell_len, cells)], default=0)
    return Column(column.title, min(column.width, need), column.is_right, column.grow, column.most, column.rank)
