"""A list laid over the card that changes as one types: the composer has the letters, the arrows move its cursor."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from tui.lines.text import Line
from tui.sheets import Sheet

T = TypeVar("T")

PAGE = 10
"""Entries that a page key passes."""


class Listing(Sheet, Generic[T]):
    """Entries of one line or more each, and a cursor."""

    def __init__(
        self,
        title: str,
        entry: Callable[[T, int, bool], Sequence[Line]],
        *,
        identity: Callable[[T], Hashable],
        nothing: Callable[[int], Sequence[Line]],
    ) -> None:
        """Makes it, empty.

        Args:
            title: stands over it.
            entry: writes an entry for a width; told whether the cursor is on it.
            identity: what makes an entry the same one in the next list.
            nothing: written where there is no entry.
        """
        super().__init__(title, lambda width: ())
        self.entries: tuple[T, ...] = ()
        self.at = 0
        self._entry, self._identity, self._nothing = entry, identity, nothing
        self._is_chosen = False
        """The cursor was moved: it stays with its entry."""
        self._is_upwards = False
        self._places: list[tuple[int, int]] = []
        """First and last line of each entry, as last written."""

    @property
    def current(self) -> T | None:
        """The entry under the cursor."""
        return self.entries[self.at] if self.entries else None

    def fill(self, entries: Sequence[T]) -> None:
        """Other entries. The cursor stays with the entry that it was moved to, else it is on the first."""
        before = self.current
        self.entries, self.at = tuple(entries), 0
        if before is not None and self._is_chosen:
            kept = self._identity(before)
            self.at = next((at for at, one in enumerate(self.entries) if self._identity(one) == kept), 0)
        self._is_upwards = True

    def begin_anew(self) -> None:
        """Something else is looked for: the cursor goes to the first of what comes."""
        self._is_chosen = False

    def move(self, by: int) -> None:
        """Moves the cursor."""
        self._is_chosen, self._is_upwards = True, by < 0
        self.at = min(max(self.at + by, 0), max(0, len(self.entries) - 1))

    @property
    def line(self) -> int | None:
        """The end of the entry under the cursor that the cursor moves towards: it has to be in sight."""
        return self._places[self.at][0 if self._is_upwards else 1] if self.at < len(self._places) else None

    def lines(self, width: int) -> list[Line]:
        """The entries, or what is said where there is none."""
        if not self.entries:
            self._places = []
            return list(self._nothing(width))
        lines: list[Line] = []
        places: list[tuple[int, int]] = []
        for at, one in enumerate(self.entries):
            written = self._entry(one, width, at == self.at)
            places.append((len(lines), len(lines) + len(written) - 1))
            lines += written
        self._places = places
        return lines
