"""What leads a newcomer, and what an empty desk says: in plain words, with the keys that do something."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

import funnel
from models.base import rows_of
from models.demo import making
from tests.tui.floors import COLLEAGUE, NOW, SUPERVISOR, at, call, log, seated, set_up, words_of
from tests.tui.test_keys import PLAYBOOKS
from tui.commands import DESK, of_outcomes
from tui.config import Config
from tui.figures.commands import keymap as figure_keys
from tui.keys import keymaps
from tui.lines.help import help_lines
from tui.lines.text import width_of

WELCOME = "Welcome. The way through your first lead:"
EARLY = NOW - timedelta(hours=3)
"""7:00 in Shanghai, where nobody may be called yet."""


async def test_a_newcomer_is_led_until_the_first_lead_and_never_again(database_url: str) -> None:
    set_up(database_url)
    async with seated(database_url) as seat:
        assert WELCOME in seat.card
        assert "n nobody answered" in seat.card
        assert "After the call one key: n No answer t Talked" in seat.said
        await seat.press("enter")
        assert seat.company == "Acme Tools"
        await seat.press("n")
    async with seated(database_url, COLLEAGUE) as seat:
        assert WELCOME in seat.card
    async with seated(database_url) as seat:
        assert WELCOME not in seat.card
        assert "After the call" not in seat.said


async def test_the_keys_of_the_guide_are_those_that_are_configured(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, config=Config(db=fresh_sqlite, keys={"desk.promote-lead": "ctrl+r"})) as seat:
        assert "^r takes the lead a stage on" in seat.card


async def test_a_supervisor_is_told_what_there_is_to_see(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, SUPERVISOR) as seat:
        assert "Supervisors watch and write nothing." in seat.card
        assert "o looks at the lead under the cursor." in seat.card
        assert WELCOME not in seat.card
        await seat.press("enter")
        assert "Supervisors watch" in seat.said


async def test_before_the_hours_it_says_when_and_where_they_open(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, clock=lambda: EARLY) as seat:
        assert "No lead may be called before today 09:00 in Shanghai." in seat.card
        assert "y shows your day" in seat.card
        assert "not callable now 6" in words_of(seat.desk.queue.text)
        await seat.press("enter")
        assert "Nobody is to be called now." in seat.said


@pytest.mark.parametrize(
    ("companies", "said"),
    [
        ((), "Nobody is waiting. New leads come with a list"),
        (("Acme",), "Nobody is waiting. The next lead wakes today"),
    ],
)
async def test_an_empty_queue(fresh_sqlite: str, companies: tuple[str, ...], said: str) -> None:
    team = set_up(fresh_sqlite, companies)
    for company in companies:
        log(fresh_sqlite, team.agent, company, "no_answer")
    async with seated(fresh_sqlite) as seat:
        assert said in seat.card


async def test_a_lead_that_nobody_called_says_how_it_came(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, size=(146, 50)) as seat:
        await seat.press("o")
        assert "taken in as Potential" in seat.card


async def test_help_tells_every_key_and_can_be_paged(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, size=(80, 24)) as seat:
        await seat.press("?")
        seen = seat.card
        while "▾" in seat.desk.card.text:
            await seat.press("pagedown")
            seen += " " + seat.card
        for command in seat.desk.keymap.commands.values():
            assert seat.desk.keymap.key(command.id) in seen.split(), command.id
        await seat.press("h")
        assert "▾" in seat.desk.card.text
        await seat.press("escape")
        assert seat.desk.sheet is None


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda one: one.code)
@pytest.mark.parametrize("width", [40, 48, 61])
def test_help_fits(playbook: funnel.Playbook, width: int) -> None:
    keymap = keymaps(DESK, {1: of_outcomes(playbook)}, {})[1]
    figures = figure_keys(keymap, {})
    assert max(map(width_of, help_lines(keymap, figures, width))) <= width


def test_the_demo_counts_as_new_until_somebody_worked_there(tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    making.make(path, NOW, leads=60)
    assert making.is_untouched(path)
    with at(str(path)):
        company = rows_of("SELECT company FROM lead WHERE wake_at IS NULL AND owner_id IS NULL LIMIT 1")[0][0]
        call(1, company, "no_answer")
    assert not making.is_untouched(path)
