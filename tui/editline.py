"""One line that is typed into: text and cursor, no screen. Keys in, True when they changed or moved something."""

from __future__ import annotations

from rich.cells import cell_len

from tui.plain import plain

LONGEST = 4_000
REMOVING = frozenset(("backspace", "delete", "ctrl+h", "ctrl+d", "ctrl+w", "ctrl+backspace", "ctrl+u", "ctrl+k"))
"""Keys that take something away: from a selected text, all of it."""


class EditLine:
    """The line."""

    __slots__ = ("cursor", "is_selected", "text")

    def __init__(self, text: str = "", cursor: int | None = None) -> None:
        self.text = text
        self.cursor = len(text) if cursor is None else min(max(cursor, 0), len(text))
        self.is_selected = False
        """The next letter takes the place of the whole text; a key that moves keeps it to be changed."""

    def press(self, key: str, character: str | None) -> bool:
        """One key. Those that mean nothing to a line are left to others."""
        if self.is_selected and key in REMOVING:
            self.cursor, key = len(self.text), "ctrl+u"
        match key:
            case "left" | "right":
                self.cursor = self._step(1 if key == "right" else -1)
            case "ctrl+left" | "ctrl+right":
                self.cursor = self._word(1 if key == "ctrl+right" else -1)
            case "home":
                self.cursor = 0
            case "end" | "ctrl+e":
                self.cursor = len(self.text)
            case "backspace" | "ctrl+h":
                self._cut(self._step(-1), self.cursor)
            case "delete" | "ctrl+d":
                self._cut(self.cursor, self._step(1))
            case "ctrl+w" | "ctrl+backspace":
                self._cut(self._word(-1), self.cursor)
            case "ctrl+u":
                self._cut(0, self.cursor)
            case "ctrl+k":
                self._cut(self.cursor, len(self.text))
            case _ if character and character.isprintable():
                self.insert(character)
            case _:
                return False
        self.is_selected = False
        return True

    def insert(self, text: str) -> None:
        """Puts text at the cursor, as one line without controls; what is too long is left out."""
        if self.is_selected:
            self._cut(0, len(self.text))
            self.is_selected = False
        text = plain(text, LONGEST)[: LONGEST - len(self.text)]
        self.text = self.text[: self.cursor] + text + self.text[self.cursor :]
        self.cursor += len(text)

    def view(self, width: int) -> tuple[str, int]:
        """What of the line fits into `width` cells around the cursor, and the cell that the cursor is in."""
        start = 0
        while cell_len(self.text[start : self.cursor]) >= width:
            start += max(1, width // 3)
        start = min(start, self.cursor)
        shown = self.text[start:]
        end = len(shown)
        while cell_len(shown[:end]) > width:
            end -= max(1, (cell_len(shown[:end]) - width) // 2)
        return shown[:end], cell_len(self.text[start : self.cursor])

    def _cut(self, start: int, end: int) -> None:
        self.text = self.text[:start] + self.text[end:]
        self.cursor = start

    def _step(self, by: int) -> int:
        place = self.cursor + by
        while 0 < place < len(self.text) and cell_len(self.text[place]) == 0:
            place += by  # a mark belongs to the letter before it
        return min(max(place, 0), len(self.text))

    def _word(self, by: int) -> int:
        place = self.cursor

        def ahead() -> str:
            return self.text[place : place + 1] if by > 0 else self.text[max(place - 1, 0) : place]

        while ahead().isspace():
            place += by
        while ahead() and not ahead().isspace():
            place += by
        return place
