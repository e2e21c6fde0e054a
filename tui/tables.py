"""A table laid over the floor: its rows, a cursor, what stands under a row, and the same as cells for a file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from tui.i18n import _
from tui.lines.table import Column, head_line, places, row_line
from tui.lines.text import Line, Piece, crop, told, wrap
from tui.reports.sheet import Report, of_texts
from tui.sheets import Deed, Hints, Sheet

STEPS = {"down": 1, "up": -1, "j": 1, "pagedown": 10, "space": 10, "pageup": -10, "home": -100_000, "end": 100_000}
INDENT = 3


MARKS = " ▌●◐○‖✗"


def without_marks(cells: Sequence[Piece]) -> list[str]:
    """Cells as a file has them: words without the marks before them."""
    return [text.strip(MARKS) for text, _style in cells]


@dataclass(frozen=True, slots=True)
class Row:
    """One row."""

    cells: tuple[Piece, ...]
    lead_id: int | None = None
    agent_id: int | None = None
    below: str = ""
    """A text under it, as a note."""


class TableSheet(Sheet):
    """Rows of which the cursor opens one."""

    def __init__(
        self,
        title: str,
        columns: Sequence[Column],
        rows: Sequence[Row],
        *,
        opened: Callable[[Row], Awaitable[None]],
        opens: str = "",
        above: Callable[[int], Sequence[Line]] = lambda width: (),
        nothing: str = "",
        keys: Mapping[str, tuple[str, Deed]] | None = None,
        more: Callable[[], Awaitable[Sequence[Row]]] | None = None,
        command: str = "",
    ) -> None:
        """Makes it.

        Args:
            title: stands over it.
            columns: of the table.
            rows: its rows, all or the first of them.
            opened: what Enter does with a row.
            opens: that in a word, for the footer.
            above: lines before the table.
            nothing: said where there is no row.
            keys: more keys, with what they do in words.
            more: reads the rows after the last, where there may be some.
            command: the command that opened it.
        """
        super().__init__(title, lambda width: (), command=command)
        self.columns, self.rows = tuple(columns), list(rows)
        self.at = 0
        self._opened, self._opens, self._above, self._nothing = opened, opens or _("open"), above, nothing
        self._keys, self._more = dict(keys or {}), more
        self._places: list[int] = []

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self.at] if self.rows else None

    @property
    def hints(self) -> Hints:
        """How to move, what to open, and out."""
        shown_ = {"left": "←", "right": "→"}
        turns = {"left", "right"} <= set(self._keys)
        own = tuple(
            ("←→" if turns and key == "right" else shown_.get(key, key), word)
            for key, (word, _deed) in self._keys.items()
            if word
        )
        move = (("↓↑", _("move")), ("⏎", self._opens)) if self.rows else ()
        return (*move, *own, ("Esc", _("back")))

    @property
    def line(self) -> int | None:
        """The cursor's line."""
        return self._places[self.at] if self.at < len(self._places) else None

    def lines(self, width: int) -> list[Line]:
        """The table."""
        lines = list(self._above(width))
        self._places = []
        if not self.rows:
            return lines + told(self._nothing, width=width)
        where = places(self.columns, width - 1)
        lines.append(crop(head_line(self.columns, where), width))
        for place, row in enumerate(self.rows):
            self._places.append(len(lines))
            lines.append(crop(row_line(row.cells, self.columns, where, is_current=place == self.at), width))
            if row.below:
                edge = ("▌" if place == self.at else " ", "accent")
                for text in wrap(row.below, width - INDENT, most=2):
                    lines.append((edge, (" " * (INDENT - 1), ""), (text, "dim")))
        return lines

    def press(self, key: str) -> Deed | bool:
        """Arrows move, Enter opens."""
        if key in self._keys:
            return self._keys[key][1]
        if not self.rows:
            return False
        if key in STEPS:
            self.at = min(max(self.at + STEPS[key], 0), len(self.rows) - 1)
            return self._read_on if self.at == len(self.rows) - 1 and self._more is not None else True
        if key == "enter":
            opened, row = self._opened, self.rows[self.at]
            return lambda: opened(row)
        return False

    async def _read_on(self) -> None:
        """The rows after the last."""
        if self._more is None:
            return
        found = await self._more()
        self.rows += found
        if not found:
            self._more = None

    async def read_whole(self) -> None:
        """Every row that there is."""
        while self._more is not None:
            await self._read_on()

    def report(self) -> Report:
        """Its rows as they are saved, the text under a row as its last cell."""
        has_notes = any(row.below for row in self.rows)
        head = [column.title for column in self.columns] + [_("note")] * has_notes
        rows = [without_marks(row.cells) + [row.below] * has_notes for row in self.rows]
        return of_texts(self.command.rpartition(".")[2] or "table", self.title, head, rows)
