"""Themes on the screen: every word stands on the theme's own ground; without colours, marks say what has to be said."""

from __future__ import annotations

import pytest
from rich.style import Style

import themes
from tests.tui.floors import Seat, seated, set_up
from tui import paint
from tui.config import Config


def styles(seat: Seat) -> list[list[Style]]:
    """What the words of each row are written with, as it goes to the terminal."""
    rows = []
    for strip in seat.app.screen._compositor.render_strips():
        segments = list(strip)
        for one in seat.app.get_line_filters():
            segments = one.apply(segments, seat.app.screen.background_colors[1])
        rows.append([segment.style or Style.null() for segment in segments if segment.text.strip()])
    return rows


@pytest.mark.parametrize("size", [(80, 24), (146, 35)])
@pytest.mark.parametrize("name", ["dark", "light", "terminal"])
async def test_every_word_stands_on_the_themes_ground(fresh_sqlite: str, name: str, size: tuple[int, int]) -> None:
    set_up(fresh_sqlite)
    theme = themes.load()[name]
    async with seated(fresh_sqlite, size=size, config=Config(db=fresh_sqlite, theme=name)) as seat:
        for key in ("enter", "t", "escape", "y"):
            await seat.press(key)
            first, *panes, last = ({style.bgcolor for style in row} for row in styles(seat))
            assert first == last == {paint.style("", "panel").bgcolor}
            assert set().union(*panes) == {paint.style("").bgcolor}
        for name_of in ("background", "panel"):
            ground = paint.style("", name_of).bgcolor
            assert ground is not None
            assert ground.is_default if theme.ansi else ground.name == getattr(theme, name_of)


async def test_without_colours_marks_remain(fresh_sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(fresh_sqlite)
    monkeypatch.setenv("NO_COLOR", "1")
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        found = [style for row in styles(seat) for style in row]
        assert not [style for style in found if style.color and not style.color.is_default]
        assert not [style for style in found if style.bgcolor and not style.bgcolor.is_default]
        assert any(style.bold for style in found)
        assert any(style.dim for style in found)
