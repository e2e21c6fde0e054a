"""The queue: a window of rows and a cursor that stays with its lead when the rows around it change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.message import Message

from tui.lines.text import Line
from tui.widgets.lines_view import TOP, LinesView

RowWriter = Callable[[int, int, bool], Line]
"""Writes a row: its place, the width, whether the cursor is on it."""


class QueueList(LinesView):
    """Waiting leads, one to a line."""

    @dataclass
    class EndReached(Message):
        """The cursor came to the last row that was read."""

        rows: int

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(frame=TOP, id=id)
        self.leads: tuple[int, ...] = ()
        self.cursor = 0

    @property
    def lead_id(self) -> int | None:
        """The lead under the cursor."""
        return self.leads[self.cursor] if self.leads else None

    def show_rows(
        self,
        leads: Sequence[int],
        row: RowWriter,
        rest: Callable[[int], Sequence[Line]],
        *,
        title: Line = (),
        foot: Line = (),
    ) -> None:
        """Shows the rows; the cursor stays with its lead where that is still waiting, and at its place where not."""
        current = self.lead_id
        self.leads = tuple(leads)
        if self.cursor > 0 and current in self.leads:
            self.cursor = self.leads.index(current)
        self.cursor = min(self.cursor, max(0, len(self.leads) - 1))

        def write(width: int) -> list[Line]:
            rows = [row(place, width, place == self.cursor) for place in range(len(self.leads))]
            return rows + list(rest(width))

        self.show(write, title=title, foot=foot)
        self.keep_in_sight(self.cursor)

    def move(self, by: int) -> None:
        """Moves the cursor; at the edge the window jumps half a page, so that most steps repaint two lines."""
        place = min(max(self.cursor + by, 0), max(0, len(self.leads) - 1))
        if place == self.cursor:
            return
        self.cursor = place
        self.rewrite()
        self.keep_in_sight(self.cursor)
        if place == len(self.leads) - 1:
            self.post_message(self.EndReached(len(self.leads)))
