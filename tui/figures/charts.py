"""Charts of blocks: they read without colour, in any alphabet, and change by the cell."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rich.cells import cell_len

from tui.lines.text import Line, Piece, crop, cut, fit, fit_right

DASH = "–"
STEPS = " ▁▂▃▄▅▆▇█"
WIDEST = 12
"""Cells of a column and the gap after it, at most."""


def columns(
    values: Sequence[Fraction | None],
    labels: Sequence[str],
    scale: str,
    width: int,
    height: int,
    *,
    at: int = -1,
    is_ahead: bool = False,
) -> list[Line]:
    """Standing columns from nothing up to the largest value, and their names below.

    What lies furthest from now goes where there is no room. A value that is not known has a dash in its place.

    Args:
        values: one for each column; None where there is nothing to divide by.
        labels: their names.
        scale: the largest value in words, beside the top.
        width: cells of the whole.
        height: lines of the columns, without the names.
        at: the column under the cursor.
        is_ahead: whether they lie ahead, so that now is on the left.
    """
    margin = cell_len(scale) + 1
    each = min(WIDEST, max(max((cell_len(label) for label in labels), default=1) + 1, (width - margin) // len(values)))
    count = max(1, min(len(values), (width - margin) // each))
    first = 0 if is_ahead else len(values) - count
    values, labels, at = values[first : first + count], labels[first : first + count], at - first
    most = max((value for value in values if value is not None), default=Fraction(0))
    lines = []
    for row in range(height, 0, -1):
        axis = fit_right(scale if row == height and most else "", margin - 1) + ("┤" if row in (1, height) else "│")
        pieces = [(axis, "dim")]
        for place, value in enumerate(values):
            block = _block(value, most, row, height)
            pieces.append((fit(block * (each - 1) if block in STEPS else block, each), _style(place == at)))
        lines.append(crop(pieces, width))
    names: list[Piece] = [(" " * margin, "")]
    for place, label in enumerate(labels):
        name = cut(label, each - 1)
        names += [(name, "strong reverse" if place == at else "dim"), (" " * (each - cell_len(name)), "")]
    return [*lines, crop(names, width)]


def _style(is_current: bool) -> str:
    return "strong key" if is_current else "accent"


def _block(value: Fraction | None, most: Fraction, row: int, height: int) -> str:
    """The part of a column in one line, counted from 1 at the bottom; a dash or a nought where there is none."""
    if value is None or value <= 0 or most <= 0:
        return (DASH if value is None else "0") if row == 1 else " "
    eighths = max(1, round(value / most * height * 8))  # what is there at all can be seen
    return STEPS[max(0, min(8, eighths - (row - 1) * 8))]
