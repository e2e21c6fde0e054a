"""The palette: every command by its name, its id or its tip, run by Enter; and themes."""

from __future__ import annotations

import pytest

from tests.tui.floors import SUPERVISOR, Seat, seated, set_up
from tui import i18n
from tui.commands import DESK
from tui.lines.palette import Entry, entry_line
from tui.lines.text import width_of
from tui.palette import matching

SIZES = ((80, 24), (146, 35))


async def palette(seat: Seat, text: str) -> None:
    await seat.press("ctrl+p")
    await seat.type(text)


async def test_every_command_of_the_table_is_in_it_with_its_key(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, size=(146, 80)) as seat:
        await seat.press("ctrl+p")
        for command in DESK:
            shown = f"{seat.desk.keymap.key(command.id)} {command.name}"
            assert (shown in seat.card) is (command.id != "desk.open-palette"), shown
        assert "t Talked" in seat.card


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text", ["why", "wfrst", "explain-first", "explain", "w"])
async def test_a_command_is_found_by_name_letters_id_and_key(
    fresh_sqlite: str, size: tuple[int, int], text: str
) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, size=size) as seat:
        await seat.press("enter")
        await palette(seat, text)
        await seat.press("enter")
        assert "Worth ¥500,000." in seat.card


async def test_its_id_finds_a_command_in_chinese_too(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    i18n.use(i18n.CHINESE)
    async with seated(fresh_sqlite) as seat:
        await palette(seat, "show-help")
        assert "?" in seat.card.split()[2]
        await seat.press("enter")
        assert seat.desk.sheet is not None
        assert not seat.desk.composer.is_open


async def test_an_outcome_is_logged_from_it(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter")
        await palette(seat, "no answer")
        await seat.press("enter")
        assert "Acme Tools: No answer" in seat.said
        assert seat.company == "东方纸业"


async def test_a_command_that_can_do_nothing_says_why_and_stays(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await palette(seat, "promote")
        assert "✗ No lead in hand" in seat.card
        await seat.press("enter")
        assert "No lead in hand: ⏎ brings the next one." in seat.said
        assert seat.desk.composer.is_open
        await seat.press("escape")
        assert seat.desk.sheet is None


async def test_a_supervisor_is_told_what_is_not_theirs(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, SUPERVISOR) as seat:
        for name in ("new lead", "inbound"):
            await palette(seat, name)
            await seat.press("enter")
            assert "Supervisors watch and write nothing." in seat.said
            await seat.press("escape")


async def test_the_theme_changes_at_once(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await palette(seat, "theme light")
        await seat.press("enter")
        assert seat.app.theme == "light"
        await palette(seat, "theme light")
        assert "It is on." in seat.said


async def test_the_whole_tip_of_the_chosen_command_stands_under_the_line(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, size=(80, 24)) as seat:
        await palette(seat, "sleep")
        await seat.press("ctrl+u", "down", "up")
        assert "Bring the next lead into your hands." in seat.said


async def test_the_same_key_closes_it(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("ctrl+p", "ctrl+p")
        assert not seat.desk.composer.is_open
        assert seat.desk.sheet is None


@pytest.mark.parametrize("text", ["[red]", "[@click=app.quit]x[/]", "e" * 4_000, "\u05e9\u05dc"], ids=range(4))
async def test_whatever_is_typed_is_text(fresh_sqlite: str, text: str) -> None:
    assert matching([Entry("desk.quit", "q", "quit", "Leave the desk.")], text) == []
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await palette(seat, text[:30])
        assert "No command is called that." in seat.card


def test_the_key_itself_comes_first_and_letters_that_match_are_underlined() -> None:
    entries = [Entry("desk.close-lead", "x", "lost", "Close it."), Entry("desk.promote-lead", "p", "promote", "On.")]
    assert [one.key for one in matching(entries, "p")] == ["p"]
    assert [one.key for one in matching(entries, "o")] == ["x", "p"]
    line = entry_line(matching(entries, "prmt")[0], 12, 40, is_current=True)
    assert [text for text, style in line if "underline" in style] == ["pr", "m", "t"]
    assert width_of(entry_line(Entry("a", "ctrl+p", "名" * 40, "x" * 99), 12, 40, is_current=False)) == 40
