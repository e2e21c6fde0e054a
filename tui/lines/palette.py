"""The palette as lines: every command with its key, its name, what it does, and why it can do nothing now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from msgspec import Struct
from rich.cells import cell_len

from tui.lines.found import HIT
from tui.lines.text import Line, Piece, crop, cut, fit_right
from tui.plain import plain

KEY = 6


class Entry(Struct, frozen=True):
    """One thing that can be told to the desk."""

    id: str
    key: str
    name: str
    tip: str
    objection: str = ""
    """Why it can do nothing now."""
    hits: frozenset[int] = frozenset()
    """The letters of its name that were typed."""


def name_room(entries: Iterable[Entry], width: int) -> int:
    """Cells that the names of these commands take."""
    return min(max((cell_len(plain(one.name)) for one in entries), default=0), max(10, width // 3)) + 2


def entry_line(entry: Entry, room: int, width: int, *, is_current: bool) -> Line:
    """A command.

    Args:
        entry: the command.
        room: cells of the names, with the blanks after them.
        width: cells of the line.
        is_current: the cursor is on it.
    """
    style = "dim" if entry.objection else "strong" if is_current else ""
    name = cut(plain(entry.name), room - 1)
    tail: Piece = (f"✗ {plain(entry.objection)}", "stuck") if entry.objection else (plain(entry.tip), "dim")
    return crop(
        (
            ("▌" if is_current else " ", "accent"),
            (fit_right(entry.key, KEY - 1) + "  ", "dim" if entry.objection else "key"),
            *_with_hits(name, entry.hits, style),
            (" " * (room - cell_len(name)), ""),
            tail,
        ),
        width,
    )


def _with_hits(text: str, hits: Collection[int], style: str) -> Iterator[Piece]:
    """A text with the letters underlined that were typed, neighbours in one piece."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or (place in hits) != (start in hits):
            yield text[start:place], f"{style} {HIT}".strip() if start in hits else style
            start = place
