"""A screen as lines of text: what its parts have drawn, put side by side, customers' numbers masked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.geometry import Size

from models.watching import masks
from models.watching.masks import Mask
from tui.glass.frames import clean
from tui.lines.text import Line, Piece, crop, width_of
from tui.widgets.composer import Composer
from tui.widgets.lines_view import LinesView


def picture(parts: Iterable[LinesView], size: Size, mask: Mask) -> list[Line]:
    """The lines of a screen.

    Args:
        parts: everything that draws on it; what is hidden has no room and is left out.
        size: of the screen.
        mask: how much of a number may be shown.
    """
    rows: list[list[Piece]] = [[] for _row in range(size.height)]
    for part in sorted(parts, key=lambda part: part.content_region.x):
        where = part.content_region
        is_typed = isinstance(part, Composer) and part.is_open
        for y, line in enumerate(masked(part.drawn[: where.height], mask, is_typed=is_typed), where.y):
            if 0 <= y < size.height:
                row = rows[y]
                row.append((" " * (where.x - width_of(row)), ""))
                row += line
    return [clean(crop([piece for piece in row if piece[0]], size.width)) for row in rows]


def masked(lines: Sequence[Line], mask: Mask, *, is_typed: bool = False) -> list[Line]:
    """Lines with the numbers in them masked, also those that go on in another piece or in the next line."""
    if mask is Mask.FULL:
        return list(lines)
    told = masks.pane(["".join(text for text, _style in line) for line in lines], mask, is_typed=is_typed)
    return [_in_pieces(line, text) for line, text in zip(lines, told, strict=True)]


def _in_pieces(line: Line, text: str) -> Line:
    """Another text of the same length in the pieces of a line."""
    pieces, at = [], 0
    for before, style in line:
        pieces.append((text[at : at + len(before)], style))
        at += len(before)
    return tuple(pieces)
