"""The pen draws the same picture in fewer bytes: held against a terminal in memory, on random pictures."""

from __future__ import annotations

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.style import Style

from tui.pen import Pen

SYSTEM = Console(color_system="truecolor", force_terminal=True)._color_system
COLOURS = st.sampled_from([None, "default", "red", "bright_blue", "color(141)", "#112233", "#c0caf5"])
STYLES = st.builds(
    Style, color=COLOURS, bgcolor=COLOURS, bold=st.booleans() | st.none(), dim=st.booleans() | st.none(),
    italic=st.booleans(), reverse=st.booleans(), underline=st.booleans(), strike=st.booleans(),
)  # fmt: skip
TEXTS = st.text(st.sampled_from("ab c,.华…"), max_size=6)
MOVES = st.builds(lambda y, x: f"\x1b[{y};{x}H", st.integers(1, 5), st.integers(1, 20))
STRANGE = st.sampled_from(
    ["\x1b[53mx\x1b[0m", "\x1b[4:3mx", "\x1b[21;31my\x1b[1mz\x1b[0m", "\x1b[m", "\x1b[;1mq", "\x1b[38;9mw"]
)
PIECES = st.one_of(
    st.builds(lambda style, text: style.render(text, color_system=SYSTEM), STYLES, TEXTS), MOVES, STRANGE, TEXTS
)
PICTURES = st.lists(st.lists(PIECES, max_size=8).map("".join), max_size=5)


def drawn(texts: list[str]) -> list[list[object]]:
    """Every cell with what it is written with."""
    screen = pyte.Screen(20, 5)
    stream = pyte.Stream(screen)
    for text in texts:
        stream.feed(text)
    return [[_shown(screen.buffer[y][x]) for x in range(20)] for y in range(5)]


def _shown(cell: pyte.screens.Char) -> object:
    """What is to be seen of a cell: a blank shows no letter's colour."""
    if cell.data == " " and not (cell.reverse or cell.underscore or cell.strikethrough):
        return cell.bg
    return cell


@given(PICTURES)
def test_the_picture_is_the_same(texts: list[str]) -> None:
    pen = Pen()
    assert drawn([pen.write(text) for text in texts]) == drawn(texts)


@given(
    st.lists(st.builds(lambda style, text: style.render(text or "a", color_system=SYSTEM), STYLES, TEXTS), min_size=1)
)
def test_it_never_says_more(texts: list[str]) -> None:
    pen = Pen()
    assert len(pen.write("".join(texts))) <= len("\x1b[0m" + "".join(texts))


def test_what_begins_unknown_is_made_known() -> None:
    assert Pen().write("a") == "\x1b[0ma"


def test_a_move_of_the_cursor_changes_no_ink() -> None:
    pen = Pen()
    assert pen.write("\x1b[31ma\x1b[0m\x1b[2;2H\x1b[31mb") == "\x1b[0;31ma\x1b[2;2Hb"
    assert pen.write("\x1b[0m\x1b[?2026l\x1b[?2026h\x1b[1;1H\x1b[31mc") == "\x1b[?2026l\x1b[?2026h\x1b[1;1Hc"


def test_what_ends_the_picture_is_written_plainly() -> None:
    pen = Pen()
    pen.write("\x1b[1;31ma\x1b[0m")
    assert pen.write("\x1b[?1049l") == "\x1b[0m\x1b[?1049l"
