"""The one line that is written into, always in its place: closed it says what was stored last."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len
from textual.geometry import Offset

from tui.editline import EditLine
from tui.lines.text import Line, Piece, cut, fit, width_of
from tui.widgets.lines_view import TOP, LinesView

Preview = Callable[[str], Line]
"""What a text will do once it is entered."""


class Composer(LinesView):
    """A label, the line, and under it what will be stored."""

    def __init__(self, *, frame: str = TOP, id: str | None = None) -> None:
        super().__init__(frame=frame, id=id)
        self.line: EditLine | None = None
        """None: closed."""
        self.label = ""
        self._preview: Preview = lambda text: ()
        self._notice: Line = ()
        self._hint: Line = ()

    @property
    def is_open(self) -> bool:
        """Whether it takes the keys."""
        return self.line is not None

    def open(self, label: str, preview: Preview, *, title: Line, text: str = "", cursor: int | None = None) -> None:
        """Opens it for something to write; the cursor stands at the end where nothing else is said."""
        self.label, self._preview, self._notice = label, preview, ()
        self.line = EditLine(text, cursor)
        self.is_lit = True
        self.show(self._write, title=title)

    def shut(self) -> str:
        """Closes it; returns what stood in it."""
        text = self.line.text if self.line else ""
        self.line = None
        self.is_lit = False
        return text

    def select(self) -> None:
        """Offers the text to be replaced."""
        if self.line is not None and self.line.text:
            self.line.is_selected = True
            self.rewrite()

    def tell(self, notice: Line, *, hint: Line | None = None, title: Line = ()) -> None:
        """Says something: in its place when closed, under the line when open."""
        self._notice = notice
        if hint is not None:
            self._hint = hint
        self.show(self._write, title=self.title if self.is_open else title)

    def suggest(self, hint: Line) -> None:
        """Puts something under what is said; an open composer shows it once it is closed."""
        self._hint = hint
        self.rewrite()

    def press(self, key: str, character: str | None) -> bool:
        """A key for the line; False where it means nothing to it."""
        if self.line is None or not self.line.press(key, character):
            return False
        self._notice = ()
        self.rewrite()
        return True

    def paste(self, text: str) -> None:
        """Puts text at the cursor."""
        if self.line is not None:
            self.line.insert(text)
            self._notice = ()
            self.rewrite()

    def _write(self, width: int) -> list[Line]:
        if self.line is None:
            return [line for line in (self._notice, self._hint) if width_of(line)]
        label = cut(self.label, max(8, width // 3))
        shown, at = self.line.view(max(1, width - cell_len(label) - 2))
        pieces: list[Piece] = [(label + " ", "strong key"), *_with_cursor(shown, at, self.line.is_selected)]
        indent = fit("", cell_len(label) + 1)
        self._place_cursor(cell_len(label) + 1 + at)
        return [tuple(pieces), ((indent, ""), *(self._notice or self._preview(self.line.text)))]

    def _place_cursor(self, x: int) -> None:
        """Tells the terminal where one writes: an input method for Chinese opens its window there."""
        inset = 2 if self.frame == "full" else 0
        self.app.cursor_position = Offset(self.region.x + inset + x, self.region.y + (self.frame != "none"))


def _with_cursor(text: str, cell: int, is_selected: bool) -> list[Piece]:
    if is_selected:
        return [(text, "reverse")]
    head = ""
    for place, letter in enumerate(text):
        if cell_len(head) >= cell:
            return [(head, ""), (letter, "reverse"), (text[place + 1 :], "")]
        head += letter
    return [(head, ""), (" ", "reverse")]
