"""Undo: the last thing on record is taken back, its lead is in hand again, and what was typed is there to be mended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from models import queue, undoing
from models.base import rows_of
from tests.tui.floors import COLLEAGUE, NOW, SUPERVISOR, at, lead_of, log, seated, set_up
from tui.screens.undo import Undoing

TAKEN_BACK = "Taken back: Acme Tools is in your hands as before."


@dataclass
class Watch:
    """A clock that is set by hand."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


def outcomes(url: str, company: str) -> list[tuple[str, bool]]:
    """What is on record of a company's calls, and whether it stands."""
    with at(url):
        return rows_of(
            "SELECT t.outcome, t.voided_by IS NULL FROM touch t JOIN lead l ON l.id = t.lead_id WHERE l.company = ? "
            "ORDER BY t.id",
            (company,),
        )


async def test_a_call_is_taken_back_in_place_of_the_lead_that_came(database_url: str) -> None:
    set_up(database_url)
    async with seated(database_url) as seat:
        await seat.press("enter", "n")
        assert seat.company == "东方纸业"
        assert "u takes it back" in seat.said
        await seat.press("u")
        assert (seat.company, seat.desk.hand.claim is not None) == ("Acme Tools", True)  # type: ignore[union-attr]
        assert TAKEN_BACK in seat.said
        assert "takes it back" not in seat.said
        await seat.press("b")
        assert seat.company == "东方纸业"
    assert outcomes(database_url, "Acme Tools") == [("no_answer", False), ("busy", True)]
    assert lead_of(database_url, "东方纸业").holder == "Li Wei"


async def test_what_was_typed_is_there_again(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await seat.type("likes it @+2h #price")
        await seat.press("enter", "u")
        assert seat.company == "Acme Tools"
        assert "likes it @+2h #price" in seat.said
        await seat.type(" and more")
        await seat.press("enter")
        assert "Acme Tools: Talked" in seat.said
    assert [line.note for line in lead_of(fresh_sqlite, "Acme Tools").history if hasattr(line, "note")] == [
        "likes it and more"
    ]


async def test_a_move_is_taken_back(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    log(fresh_sqlite, team.agent, "Acme Tools", "talked", NOW - timedelta(hours=2))
    async with seated(fresh_sqlite) as seat:
        await seat.press("/")
        await seat.type("Acme")
        await seat.until(lambda: "Acme Tools" in seat.card)
        await seat.press("enter", "p")
        assert "Acme Tools → Contacted" in seat.said
        await seat.press("u")
        assert TAKEN_BACK in seat.said
    assert lead_of(fresh_sqlite, "Acme Tools").stage == "E"


async def test_a_lead_that_was_closed_is_open_again(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "x", "enter", "u")
        assert TAKEN_BACK in seat.said
    assert lead_of(fresh_sqlite, "Acme Tools").stage == "E"


async def test_sleep_and_an_edit_are_taken_back_with_what_was_typed(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "z")
        await seat.type("+3 days")
        await seat.press("enter", "u")
        assert seat.company == "Acme Tools"
        assert "+3 days" in seat.said
        await seat.press("escape", "e")
        await seat.type("need")
        await seat.press("enter")
        await seat.type("a crane")
        await seat.press("enter")
        assert lead_of(fresh_sqlite, "Acme Tools").fields["need"] == "a crane"
        await seat.press("u")
        assert "need" not in lead_of(fresh_sqlite, "Acme Tools").fields
        assert "a crane" in seat.said


async def test_without_anything_on_record_there_is_nothing_to_take_back(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("u")
        assert "There is nothing to take back." in seat.said
        await seat.press("enter", "n", "u", "u")
        assert "There is nothing to take back." in seat.said
        assert seat.company == "Acme Tools"


async def test_what_came_in_between_is_said(fresh_sqlite: str) -> None:
    team, watch = set_up(fresh_sqlite), Watch()
    async with seated(fresh_sqlite, clock=watch) as seat:
        await seat.press("enter", "n")
        watch.now += timedelta(seconds=30)
        await seat.press("u")
        assert "It is too late to take that back: it could be for 10 seconds." in seat.said
        assert seat.company == "东方纸业"
        await seat.press("n")
        await seat.app.store.run(_take, team.colleague, "东方纸业", watch.now)
        await seat.press("u")
        assert "Zhao Lei has this lead in hand." in seat.said
        assert seat.company == "Lin Logistics"


def _take(agent_id: int, company: str, now: datetime) -> None:
    queue.take(agent_id, rows_of("SELECT id FROM lead WHERE company = ?", (company,))[0][0], now)


async def test_only_the_last_thing_is_taken_back(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "n", "n", "u")
        assert seat.company == "东方纸业"
        await seat.press("u")
        assert "There is nothing to take back." in seat.said
    assert outcomes(fresh_sqlite, "Acme Tools") == [("no_answer", True)]


async def test_the_offer_goes_away_quietly(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    assert Undoing.offered == undoing.UNDO_SECONDS
    async with seated(fresh_sqlite) as seat:
        seat.desk.deeds.offered = 0.05
        await seat.press("enter", "n")
        await seat.until(lambda: "takes it back" not in seat.said)
        assert "Acme Tools: No answer" in seat.said


async def test_the_call_is_there_again_with_its_time(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    watch = Watch()
    async with seated(fresh_sqlite, clock=watch) as seat:
        await seat.press("enter", "d")
        watch.now += timedelta(seconds=72)
        await seat.press("b", "u")
        watch.now += timedelta(seconds=8)
        await seat.press("n")
    with at(fresh_sqlite):
        assert rows_of("SELECT outcome, seconds FROM touch ORDER BY id") == [("busy", 72), ("no_answer", 72)]


async def test_nobody_is_left_on_the_line(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "n", "d", "u")
        assert "The call with 东方纸业 is not logged yet: log it first." in seat.said
        assert seat.company == "东方纸业"


@pytest.mark.parametrize(("login", "said"), [(SUPERVISOR, "Supervisors watch"), (COLLEAGUE, "nothing to take back")])
async def test_only_ones_own(fresh_sqlite: str, login: str, said: str) -> None:
    team = set_up(fresh_sqlite)
    log(fresh_sqlite, team.agent, "Acme Tools", "no_answer")
    async with seated(fresh_sqlite, login) as seat:
        await seat.press("u")
        assert said in seat.said
