"""The desk as an application: wiring only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.types import CSSPathType

from tui.commands import DESK, of_outcomes
from tui.config import Config
from tui.errands import Opening
from tui.face import Face
from tui.keys import keymaps
from tui.screens.desk import Desk
from tui.store import Store


class Callfloor(Face, inherit_bindings=False):
    """One agent's desk."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["app.tcss", "screens/desk.tcss"]  # a first screen's own is not read

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
        outcomes = {number: of_outcomes(book.playbook) for number, book in opening.books.items()}
        self.keymaps = keymaps(DESK, outcomes, config.keys)

    @on(Desk.Shown)
    def _desk_shown(self) -> None:
        self.shown()

    def get_default_screen(self) -> Desk:
        """The desk is the first screen, not one over an empty one: that would be painted too."""
        return Desk(self.store, self.opening, self.keymaps, self.config, self.clock)
