"""What changed is sent and nothing else, and the screen shows what it would after a whole repaint."""

from __future__ import annotations

from io import StringIO

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip

from tests.tui.floors import seated, set_up
from tui import spans
from tui.lines.text import Line, Piece, crop
from tui.plain import plain
from tui.spans import SpansCompositor, SpansUpdate
from tui.widgets.lines_view import _changed

WIDTH, BEGIN = 40, 5
"""Cells of a line, and the column in which its widget stands."""
CONSOLE = Console(file=StringIO(), color_system="truecolor", force_terminal=True)
# A mark belongs to a letter, and no part of a line begins with one.
TEXTS = st.text(st.sampled_from("ab1 :华星，。é●█\u0301"), max_size=12).map(lambda text: text.lstrip("\u0301"))
LINES = st.lists(st.tuples(TEXTS, st.sampled_from(["strong", "dim"])), max_size=6)


def strip_of(line: Line) -> Strip:
    return Strip([Segment(text) for text, _ in line if text]).adjust_cell_length(WIDTH)


def drawn(screen: pyte.Screen, line: Line, span: tuple[int, int]) -> str:
    """The screen after that much of a line was sent."""
    update = SpansUpdate([{BEGIN: strip_of(line)}], [(0, *span)], [[BEGIN + WIDTH]])
    pyte.Stream(screen).feed(update.render_segments(CONSOLE))
    return "".join(screen.display)


@given(LINES, LINES)
def test_a_line_that_changed_looks_as_if_it_were_drawn_anew(before: list[Piece], after: list[Piece]) -> None:
    one, other = (crop(((plain(text), style) for text, style in line), WIDTH) for line in (before, after))
    screen, fresh = pyte.Screen(BEGIN + WIDTH + 3, 1), pyte.Screen(BEGIN + WIDTH + 3, 1)
    drawn(screen, one, (BEGIN, BEGIN + WIDTH))
    region = _changed(one, other, 0, WIDTH)
    changed = drawn(screen, other, (BEGIN + region.x, BEGIN + region.right))
    assert changed == drawn(fresh, other, (BEGIN, BEGIN + WIDTH))


@given(st.integers(0, 50), st.integers(0, 50))
def test_nothing_beside_the_span_is_touched(first: int, length: int) -> None:
    screen = pyte.Screen(60, 1)
    text = drawn(screen, (("x" * WIDTH, ""),), (first, first + length))
    assert {at for at, letter in enumerate(text) if letter == "x"} == set(range(first, first + length)) & set(
        range(BEGIN, BEGIN + WIDTH)
    )


async def test_the_desk_paints_this_way(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    assert spans.works_here()
    async with seated(fresh_sqlite) as seat:
        assert isinstance(seat.desk._compositor, SpansCompositor)
        seat.desk._compositor._dirty_regions.add(Region(0, 0, 3, 1))
        assert isinstance(seat.desk._compositor.render_update(), SpansUpdate)
