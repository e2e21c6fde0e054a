"""What the desk and the monitor have in common: themes, the driver, and what nobody foresaw."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual.app import App
from textual.types import CSSPathType

from models.errors import Refused
from tui import driver, mishap, paint
from tui.config import Config, known_themes
from tui.store import Store


class Face(App[None], inherit_bindings=False):
    """One person's callfloor, whatever its first screen."""

    TITLE = "callfloor"
    CSS_PATH: ClassVar[CSSPathType | None] = "app.tcss"
    ENABLE_COMMAND_PALETTE = False  # each screen has its own, in place: Textual's is a screen of forty kilobytes

    def __init__(
        self, config: Config, store: Store, *, clock: Callable[[], datetime], shown: Callable[[], None] = lambda: None
    ) -> None:
        self.is_colourless = "NO_COLOR" in os.environ
        """Nothing but marks: Textual by itself would make greys of a theme's colours."""
        super().__init__(
            driver_class=driver.QuietDriver if driver.works_here() else None,
            ansi_color=True if self.is_colourless else None,
        )
        self.config = config
        self.store = store
        self.clock = clock
        self.shown = shown
        """Called once, when the first screen is painted for the first time."""
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
        """The theme's colours; a theme of Textual's own is asked for our meanings in its nearest words."""
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

    def _handle_exception(self, error: Exception) -> None:
        if self.is_headless:  # a test wants to see it
            super()._handle_exception(error)
            return
        self.exit(return_code=mishap.UNFORESEEN, message=mishap.sentence(error))
