"""A part of the screen that shows lines, draws its own frame, and repaints only the lines that changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual.events import Resize
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from tui import paint
from tui.lines.text import Line, Piece, crop, width_of

Writer = Callable[[int], Sequence[Line]]
"""Writes the lines for a width."""

FULL, TOP, NONE = "full", "top", "none"


class LinesView(Widget):
    """Lines under a title. Textual's own borders and titles repaint the whole widget when a word in them changes."""

    DEFAULT_CSS = "LinesView { height: 1fr; }"

    def __init__(
        self, *, frame: str = NONE, ground: str = "background", says_more: bool = False, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.frame = frame
        self.ground = ground
        """The theme's colour that it is written on."""
        self.says_more = says_more
        """Whether the frame says how many lines stand below what is shown."""
        self.title: Line = ()
        self.foot: Line = ()
        self.is_lit = False
        """Whether the frame is drawn as the one that takes the keys."""
        self.top = 0
        """The first line that is shown."""
        self.watched: Callable[[], None] | None = None
        """Called whenever something else was drawn, while somebody looks at this screen from elsewhere."""
        self._writer: Writer = lambda width: ()
        self._lines: list[Line] = []
        self._drawn: list[Line] = []
        self._fits = Size()
        """The size for which they were drawn."""

    # ── what others say to it ─────────────────────────────────────────────────────────────────────────────────────────

    def show(self, writer: Writer, *, title: Line = (), foot: Line = ()) -> None:
        """Shows what the writer writes, now and after every change of size."""
        self._writer, self.title, self.foot = writer, title, foot
        self.rewrite()

    def rewrite(self) -> None:
        """Writes again and repaints the lines that came out differently."""
        if not self.inner_width:  # before its first layout, and where it is hidden: it is written when it is painted
            self._fits = Size()
            return
        self._fill()
        self._redraw()

    def _fill(self) -> None:
        """Writes for the width that it has."""
        self._lines = list(self._writer(self.inner_width))

    def scroll_lines(self, by: int) -> None:
        """Moves what is shown, as far as there is something to show."""
        most = max(0, self._length - self.inner_height)
        top = min(max(self.top + by, 0), most)
        if top != self.top:
            self.top = top
            self._redraw()

    def keep_in_sight(self, line: int) -> None:
        """Shows that line; at the edge the window jumps half a page, so that most steps repaint two lines."""
        height = self.inner_height
        if height and not self.top <= line < self.top + height:
            self.scroll_lines(line - height // 2 - self.top)

    @property
    def inner_width(self) -> int:
        """Cells of a line inside the frame."""
        return max(0, self.size.width - (4 if self.frame == FULL else 0))

    @property
    def inner_height(self) -> int:
        """Lines inside the frame."""
        return max(0, self.size.height - {FULL: 2, TOP: 1, NONE: 0}[self.frame])

    @property
    def _length(self) -> int:
        """Lines that there are, shown or not."""
        return len(self._lines)

    def _part(self, first: int, count: int) -> list[Line]:
        """So many of them from that one on."""
        return self._lines[first : first + count]

    def _above(self) -> list[Line]:
        """Lines that stay over those that scroll; `inner_height` does not count them."""
        return []

    @property
    def drawn(self) -> Sequence[Line]:
        """What is shown, frame and all."""
        return self._drawn

    @property
    def text(self) -> str:
        """What is shown, as text: for tests and for whoever looks over a shoulder."""
        return "\n".join("".join(text for text, _ in line) for line in self._drawn)

    # ── drawing ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _redraw(self) -> None:
        before, is_known = self._drawn, self._fits == self.size
        self._draw()
        if not is_known:
            return  # the layout that gave it its size paints it
        if len(before) != len(self._drawn):
            self.refresh()
            return
        width = self.size.width
        changed = [_changed(before[y], line, y, width) for y, line in enumerate(self._drawn) if line != before[y]]
        if changed:
            self.refresh(*changed)

    def _draw(self) -> None:
        """Draws what is written; whoever looks on is told when it is something else."""
        (width, height), before, self._fits = self.size, self._drawn, self.size
        self._drawn = [crop(line, width) for line in self._framed(width, height)]
        if self.watched is not None and self._drawn != before:
            self.watched()

    def _framed(self, width: int, height: int) -> list[Line]:
        self.top = min(self.top, max(0, self._length - self.inner_height))
        shown = self._part(self.top, self.inner_height)
        shown = [*self._above(), *shown, *[()] * (self.inner_height - len(shown))]
        edge = "key" if self.is_lit else "rule"
        if self.frame == NONE or height < 1:
            return shown
        below = self._length - self.top - self.inner_height
        foot = self.foot
        if self.says_more and below > 0:
            foot = (*foot, (" · " if foot else "", "dim"), (f"▾ {below}", "key"))
        if self.frame == TOP:
            return [self._edge("─", "─", edge, self.title, foot, width), *shown]
        inner = self.inner_width
        sides = [
            (("│ ", edge), *crop(line, inner), (" " * max(0, inner - width_of(crop(line, inner))), ""), (" │", edge))
            for line in shown
        ]
        top = self._edge("╭", "╮", edge, self.title, (), width)
        bottom = self._edge("╰", "╯", edge, (), foot, width)
        return [top, *sides, bottom]

    def _edge(self, left: str, right: str, style: str, title: Line, foot: Line, width: int) -> Line:
        head: list[Piece] = [(left + "─", style)]
        if title:
            head += [(" ", ""), *crop(title, width - 6), (" ", "")]
        tail: list[Piece] = [("─" + right, style)]
        if foot and (room := width - width_of(head) - width_of(tail) - 3) > 0:
            tail = [(" ", ""), *crop(foot, room), (" ", ""), *tail]
        return (*head, ("─" * max(0, width - width_of(head) - width_of(tail)), style), *tail)

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        """Nothing here scrolls by Textual's means; a new size of what could scroll would paint all of it once more."""
        return super()._size_updated(size, virtual_size, container_size, layout=False)

    def render_line(self, y: int) -> Strip:
        """One line of the widget, drawn now if it was hidden: it is painted before it hears of its size."""
        if self._fits != self.size and self.inner_width:
            self._fill()
            self._draw()
        line = self._drawn[y] if y < len(self._drawn) else ()
        segments = [Segment(text, paint.style(names, self.ground)) for text, names in line if text]
        return Strip(segments).adjust_cell_length(self.size.width, paint.style("", self.ground))

    def on_resize(self, event: Resize) -> None:
        """Lines are written for their width."""
        self.rewrite()


def _changed(before: Line, line: Line, y: int, width: int) -> Region:
    """The cells in which two drawings of a line differ: pieces that are the same at both ends are not sent again."""
    least = min(len(before), len(line))
    head = next((at for at in range(least) if before[at] != line[at]), least)
    start = width_of(line[:head])
    if head < least and before[head][1] == line[head][1]:
        start += cell_len(_same_head(before[head][0], line[head][0]))
    end = width
    if width_of(before) == width_of(line):
        tail = next((at for at in range(least - head) if before[-1 - at] != line[-1 - at]), least - head)
        end = width_of(line[: len(line) - tail])
    return Region(start, y, max(1, end - start), 1)


def _same_head(one: str, other: str) -> str:
    """What two texts begin with alike, less its last letter: a mark that came after it is drawn on it."""
    least = min(len(one), len(other))
    same = next((at for at in range(least) if one[at] != other[at]), least)
    return one[: max(0, same - 1)]
