"""Few whole pictures of figures, in both languages at both sizes; `pytest --snapshot-update` takes them anew."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from models.demo.crew import MANAGER
from tests.tui.figures.conftest import NOW
from tests.tui.floors import stored
from tui.config import Config
from tui.figures.sheet import FiguresSheet
from tui.monitor import errands
from tui.monitor.app import Monitor
from tui.monitor.screen import Watch

SMALL, WIDE = (80, 24), (146, 35)
PICTURES: dict[str, tuple[str, ...]] = {"by stage": ("F",), "over time": ("F", "v", "tab"), "the board": ("B", "p")}


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["small", "wide"])
@pytest.mark.parametrize("name", PICTURES)
def test_picture(
    past_floor: str, snap_compare: Callable[..., bool], language: str, size: tuple[int, int], name: str
) -> None:
    with stored(past_floor, read_only=True) as store:
        opening = store.call(errands.opening, MANAGER.login, NOW, "full")
        app = Monitor(Config(db=past_floor, language=language), store, opening, clock=lambda: NOW)

        async def look(pilot: Pilot[None]) -> None:
            watch = app.screen
            assert isinstance(watch, Watch)
            for key in PICTURES[name]:
                await pilot.press(key)
                await watch.settle()
                assert isinstance(watch.sheet, FiguresSheet)
                while not watch.sheet.question.is_answered:
                    await pilot.pause()
            await pilot.pause()

        assert snap_compare(app, terminal_size=size, run_before=look)
