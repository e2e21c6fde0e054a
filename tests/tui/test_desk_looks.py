"""What the desk looks like: sizes, languages, themes, and names that would steer a terminal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rich.cells import cell_len

from tests.tui.floors import COMPANIES, NOW, Seat, log, seated, set_up
from tui import i18n
from tui.config import Config

SIZES = ((80, 24), (110, 30), (146, 35), (200, 50))


def screen_of(seat: Seat) -> list[str]:
    """The screen as rows of text, as a terminal would show it."""
    rows = [""] * seat.app.size.height
    for strips in [seat.app.screen._compositor.render_strips()]:
        for y, strip in enumerate(strips):
            rows[y] = strip.text
    return rows


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
async def test_every_size_in_both_languages(fresh_sqlite: str, size: tuple[int, int], language: str) -> None:
    set_up(fresh_sqlite)
    i18n.use(language)
    async with seated(fresh_sqlite, size=size) as seat:
        for keys in (("enter",), ("t", "x"), ("escape", "x"), ("escape", "e"), ("escape", "?"), ("escape", "w")):
            await seat.press(*keys)
            rows = screen_of(seat)
            assert {cell_len(row) for row in rows} == {size[0]}
            assert "张敏" in "".join(rows) or seat.desk.sheet is not None
        assert seat.desk.panel.display is (size[0] >= 110)
        assert seat.desk.strip.display is (size[0] < 110)


async def test_a_resize_changes_between_three_panes_and_two(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, size=(146, 35)) as seat:
        await seat.press("enter")
        await seat.pilot.resize_terminal(80, 24)
        await seat.pilot.pause()
        assert (seat.desk.strip.display, seat.desk.panel.display) == (True, False)
        assert "╭" not in seat.desk.card.text
        assert "张敏" in seat.card
        await seat.pilot.resize_terminal(60, 16)
        await seat.pilot.pause()
        assert (seat.desk.queue.display, seat.desk.card.size.width) == (False, 60)
        await seat.pilot.resize_terminal(80, 24)
        await seat.pilot.pause()
        assert seat.desk.queue.display
        assert "东方纸业" in seat.desk.queue.text


async def test_a_small_card_spends_no_line_on_nothing(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite, companies=COMPANIES[:1])
    log(fresh_sqlite, team.colleague, "Acme Tools", "no_answer", NOW - timedelta(hours=8))
    log(fresh_sqlite, team.agent, "Acme Tools", "talked", NOW - timedelta(hours=4), note="agrees", next_at=NOW)
    async with seated(fresh_sqlite, size=(80, 24)) as seat:
        await seat.press("enter")
        rows = [row.rstrip() for row in seat.desk.card.text.split("\n")]
        at = next(place for place, row in enumerate(rows) if "history" in row)
        assert rows[at - 1].strip()
        assert [row.split()[-1] for row in rows[at + 1 : at + 4]] == ["Wei", "agrees", "Lei"]


async def test_names_are_text_and_nothing_else(fresh_sqlite: str) -> None:
    set_up(
        fresh_sqlite, ("[red]Evil[/red]", "[@click=app.quit]x[/]", "[/bad]", "\x1b]52;c;aGk=\x07", "a\u202ebc\u200b")
    )
    async with seated(fresh_sqlite, size=(146, 35)) as seat:
        for name in ("[red]Evil[/red]", "[@click=app.quit]x[/]", "[/bad]", "]52;c;aGk=", "abc"):
            await seat.press("n" if seat.desk.hand else "enter")
            assert name in seat.card
        assert not {"\x1b", "\x07", "\u202e", "\u200b"} & set("".join(screen_of(seat)))


@pytest.mark.parametrize("theme", ["dark", "light", "terminal"])
async def test_every_theme_paints(fresh_sqlite: str, theme: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, config=Config(db=fresh_sqlite, theme=theme)) as seat:
        await seat.press("enter", "t")
        assert seat.app.theme == theme
        assert seat.desk.card.styles.background is not None


async def test_a_theme_of_textual_paints_too(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        seat.app.theme = "nord"
        await seat.pilot.pause()
        await seat.press("enter")
        assert "张敏" in seat.card
