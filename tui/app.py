"""The application: wiring only. Themes, the driver, the desk, and what happens when something was not foreseen."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import App
from textual.types import CSSPathType

from models.errors import Refused
from tui import driver, mishap, paint
from tui.commands import DESK, of_outcomes
from tui.config import Config, known_themes
from tui.errands import Opening
from tui.i18n import _
from tui.keys import keymaps
from tui.screens.desk import Desk
from tui.store import Store


class Callfloor(App[None], inherit_bindings=False):
    """One person's callfloor."""

    TITLE = "callfloor"
    CSS_PATH: ClassVar[CSSPathType | None] = ["app.tcss", "screens/desk.tcss"]  # a first screen's own is not read
    ENABLE_COMMAND_PALETTE = False  # the desk has its own, in place: Textual's is a screen of forty kilobytes

    def __init__(
        self,
        config: Config,
        store: Store,
        opening: Opening,
        *,
        clock: Callable[[], datetime],
        shown: Callable[[], None] = lambda: None,
    ) -> None:
        self.is_colourless = "NO_COLOR" in os.environ
        """Nothing but marks: Textual by itself would make greys of a theme's colours."""
        super().__init__(
            driver_class=driver.QuietDriver if driver.works_here() else None,
            ansi_color=True if self.is_colourless else None,
        )
        self.config = config
        self.store = store
        self.opening = opening
        self.clock = clock
        self.shown = shown
        """Called once, when the desk is painted for the first time."""
        outcomes = {number: of_outcomes(book.playbook) for number, book in opening.books.items()}
        self.keymaps = keymaps(DESK, outcomes, config.keys)
        self._choose_theme(config.theme)

    def _choose_theme(self, wanted: str) -> None:
        known = known_themes()
        if wanted not in known:
            raise Refused("theme_unknown", theme=wanted, allowed=tuple(sorted(known)))
        for theme in known.values():
            self.register_theme(theme)
        self.theme = wanted
        self.stylesheet.set_variables(self.get_css_variables())  # set before it runs, nobody else does it

    def get_css_variables(self) -> dict[str, str]:
        """The theme's colours; a theme of Textual's own is asked for the desk's meanings in its nearest words."""
        colours = super().get_css_variables()
        nearest = {
            "dim": "text-muted",
            "rule": "panel",
            "key": "warning",
            "cursor": "foreground",
            "promise": "warning",
            "fresh": "success",
            "stuck": "warning",
            "won": "success",
            "lost": "error",
        }
        for meaning, near in nearest.items():
            colours.setdefault(
                meaning, colours[near] if not colours[near].startswith("auto") else colours["foreground"]
            )
        paint.use({} if self.is_colourless else colours)
        return colours

    def on_mount(self) -> None:
        """A repaint follows every theme and every return from the shell."""
        self.theme_changed_signal.subscribe(self, lambda _theme: self.refresh(layout=True))
        self.app_resume_signal.subscribe(self, lambda _app: self.screen.refresh(layout=True))

    @on(Desk.Shown)
    def _desk_shown(self) -> None:
        self.shown()

    def get_default_screen(self) -> Desk:
        """The desk is the first screen, not one over an empty one: that would be painted too."""
        return Desk(self.store, self.opening, self.keymaps, self.config, self.clock)

    def _handle_exception(self, error: Exception) -> None:
        if self.is_headless:  # a test wants to see it
            super()._handle_exception(error)
            return
        reference = mishap.record(error)
        text = _("Something went wrong that nobody foresaw. Reference {reference}, in {file}.")
        self.exit(return_code=70, message=text.format(reference=reference, file=mishap.log_file()))
