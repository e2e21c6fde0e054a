"""Rows under a head that stays, and a cursor that stays with its row. Only rows in sight are written, however many."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from tui.lines.text import Line
from tui.widgets.lines_view import FULL, LinesView, Writer

RowWriter = Callable[[int, int, bool], Line]
"""Writes a row: its place, the width, whether the cursor is on it."""


class RowList(LinesView):
    """A list as long as it likes."""

    def __init__(self, *, frame: str = FULL, id: str | None = None) -> None:
        super().__init__(frame=frame, says_more=True, id=id)
        self.keys: tuple[Hashable, ...] = ()
        """What makes each row the same one in the next list."""
        self.cursor = 0
        self._row: RowWriter = lambda place, width, is_current: ()
        self._head: Writer = lambda width: ()
        self._nothing: Writer = lambda width: ()
        self._head_height = 0

    @property
    def key(self) -> Hashable | None:
        """The row under the cursor."""
        return self.keys[self.cursor] if self.keys else None

    def show_rows(
        self,
        keys: Sequence[Hashable],
        row: RowWriter,
        *,
        nothing: Writer,
        head: Writer | None = None,
        title: Line = (),
        foot: Line = (),
        follows: bool = True,
    ) -> None:
        """Shows other rows.

        Args:
            keys: one for each row.
            row: writes a row.
            nothing: written where there is no row.
            head: one line that stays above them.
            title: in the frame above.
            foot: in the frame below.
            follows: whether a cursor on the first row stays with it when others come before it.
        """
        before = self.key
        self.keys = tuple(keys)
        if before in self.keys and (follows or self.cursor > 0):
            self.cursor = self.keys.index(before)
        self.cursor = min(self.cursor, max(0, len(self.keys) - 1))
        self._row, self._nothing, self._head = row, nothing, head or (lambda width: ())
        self._head_height = 1 if head else 0
        self.title, self.foot = title, foot
        self.rewrite()

    def _fill(self) -> None:
        """Writes what stands there without rows, and brings the cursor's row in sight."""
        self._lines = [] if self.keys else list(self._nothing(self.inner_width))
        self._bring_in_sight()

    def move(self, by: int) -> None:
        """Moves the cursor."""
        place = min(max(self.cursor + by, 0), max(0, len(self.keys) - 1))
        if place != self.cursor:
            self.cursor = place
            self.rewrite()

    @property
    def inner_height(self) -> int:
        """Rows inside the frame, below the head."""
        return max(0, super().inner_height - self._head_height)

    def _bring_in_sight(self) -> None:
        """At the edge the window jumps half a page, so that most steps repaint two lines."""
        height = self.inner_height
        if height and not self.top <= self.cursor < self.top + height:
            self.top = min(max(self.cursor - height // 2, 0), max(0, self._length - height))

    @property
    def _length(self) -> int:
        return len(self.keys) or len(self._lines)

    def _part(self, first: int, count: int) -> list[Line]:
        if not self.keys:
            return super()._part(first, count)
        width, last = self.inner_width, min(first + count, len(self.keys))
        return [self._row(place, width, self.is_lit and place == self.cursor) for place in range(first, last)]

    def _above(self) -> list[Line]:
        return list(self._head(self.inner_width))[: self._head_height]
