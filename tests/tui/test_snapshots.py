"""Few whole pictures, in both languages at both sizes; `pytest --snapshot-update` takes them anew, to be looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from tests.tui.floors import LOGIN, NOW, log, set_up, stored
from tui import errands
from tui.app import Callfloor
from tui.config import Config
from tui.screens.desk import Desk

SMALL, WIDE = (80, 24), (146, 35)
PICTURES = {
    "a lead in hand": ("enter",),
    "a talk being written": ("enter", "t", *"agrees #price > contract @fri 10am"),
    "what is missing": ("enter", "p"),
    "the day": ("y",),
}


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["small", "wide"])
@pytest.mark.parametrize("name", PICTURES)
def test_picture(
    fresh_sqlite: str, snap_compare: Callable[..., bool], language: str, size: tuple[int, int], name: str
) -> None:
    team = set_up(fresh_sqlite)
    log(fresh_sqlite, team.agent, "Nord Bearings", "callback", next_at=NOW + timedelta(hours=4), note="send the list")
    log(fresh_sqlite, team.colleague, "长江物流", "no_answer")
    with stored(fresh_sqlite) as store:
        opening = store.call(errands.opening, LOGIN, NOW)
        app = Callfloor(Config(db=fresh_sqlite, language=language), store, opening, clock=lambda: NOW)

        async def work(pilot: Pilot[None]) -> None:
            desk = app.screen
            assert isinstance(desk, Desk)
            desk.breath = float("-inf")
            for key in PICTURES[name]:
                await pilot.press("space" if key == " " else key)
                await desk.settle()
            while desk.deeds.is_looking:
                await pilot.pause()
            await pilot.pause()

        assert snap_compare(app, terminal_size=size, run_before=work)
