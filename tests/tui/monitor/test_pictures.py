"""Few whole pictures of the monitor; `pytest --snapshot-update` takes them anew, to be looked at."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from tests.tui.floors import NOW, stored
from tests.tui.watching import BOSS, busy_floor
from tui.config import Config
from tui.monitor import errands
from tui.monitor.app import Monitor
from tui.monitor.screen import Watch

SMALL, WIDE = (80, 24), (146, 35)
PICTURES: dict[str, tuple[str, ...]] = {"the floor": (), "the weekly review": ("down", "r")}


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["small", "wide"])
@pytest.mark.parametrize("name", PICTURES)
def test_picture(
    fresh_sqlite: str, snap_compare: Callable[..., bool], language: str, size: tuple[int, int], name: str
) -> None:
    busy_floor(fresh_sqlite)
    with stored(fresh_sqlite, read_only=True) as store:
        opening = store.call(errands.opening, BOSS, NOW, "full")
        app = Monitor(Config(db=fresh_sqlite, language=language), store, opening, clock=lambda: NOW)

        async def look(pilot: Pilot[None]) -> None:
            watch = app.screen
            assert isinstance(watch, Watch)
            for key in PICTURES[name]:
                await pilot.press(key)
                await watch.settle()
            await pilot.pause()

        assert snap_compare(app, terminal_size=size, run_before=look)
