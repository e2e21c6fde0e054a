"""The monitor as an application: wiring only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.types import CSSPathType

from tui.config import Config
from tui.face import Face
from tui.keys import keymaps
from tui.monitor.commands import MONITOR
from tui.monitor.errands import Opening
from tui.monitor.screen import Watch
from tui.store import Store


class Monitor(Face, inherit_bindings=False):
    """One supervisor's monitor."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["../app.tcss", "monitor.tcss"]

    def __init__(
        self,
        config: Config,
        store: Store,
        opening: Opening,
        *,
        clock: Callable[[], datetime],
        shown: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(config, store, clock=clock, shown=shown)
        self.opening = opening
        self.keymap = keymaps(MONITOR, {0: ()}, config.keys)[0]

    @on(Watch.Shown)
    def _monitor_shown(self) -> None:
        self.shown()

    def get_default_screen(self) -> Watch:
        """The floor is the first screen."""
        return Watch(self.store, self.opening, self.keymap, self.config, self.clock)
