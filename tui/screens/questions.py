"""A question that is asked anew with every letter: the newest replaces the rest, and no late answer is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from models.errors import FloorError
from tui import mishap, words
from tui.i18n import _
from tui.reader import Overtaken

if TYPE_CHECKING:
    from tui.monitor.screen import Watch
    from tui.screens.desk import Desk

    Asking: TypeAlias = Desk | Watch
    """Who can ask: each has a loop, a store and a line to say something in."""

A = TypeVar("A")

PATIENCE = 2.0
"""Seconds that Enter waits for the answer it is meant for."""
GROUP = "question"
SLOW = 0.5
"""After so many seconds without an answer it is said that one is coming."""


def forget(desk: Asking) -> None:
    """Nobody wants to know any more what was asked last: the database is let go."""
    desk.workers.cancel_group(desk, GROUP)


class Question(Generic[A]):
    """What was asked last, and what it was answered."""

    def __init__(self, desk: Asking, look: Callable[[str], Awaitable[A]], told: Callable[[], None]) -> None:
        """Makes it; nothing is asked yet.

        Args:
            desk: whose loop it is.
            look: finds the answer to a text.
            told: called when there is something new to show.
        """
        self.desk = desk
        self.answer: A | None = None
        self.answered: str | None = None
        """The text that the answer is for."""
        self.trouble = ""
        """Why there is none to the newest."""
        self.is_late = False
        self._look, self._told = look, told
        self._wanted: str | None = None
        self._is_over = asyncio.Event()

    @property
    def is_answered(self) -> bool:
        """Whether the answer is that to the newest question."""
        return self._wanted is not None and self.answered == self._wanted

    def ask(self, text: str) -> bool:
        """Asks; False where just this is asked already."""
        text = text.strip()
        if text == self._wanted and not self.trouble:
            return False
        self._wanted, self.trouble = text, ""
        self._is_over.clear()
        self.desk.run_worker(self._find(text), group=GROUP, exclusive=True)
        return True

    async def _find(self, text: str) -> None:
        hourglass = self.desk.set_timer(SLOW, self._say_late)
        try:
            answer = await self._look(text)
        except Overtaken:
            self.trouble = "✗ " + _("Something else was looked for: Enter asks again.")
        except FloorError as error:
            self.trouble = "✗ " + words.refusal(error)
        except Exception as error:
            if self.desk.app.is_headless:
                raise
            sentence = _("Something went wrong. Reference {reference}")
            self.trouble = "✗ " + sentence.format(reference=mishap.record(error))
        else:
            self.answer, self.answered = answer, text
        finally:
            hourglass.stop()
        self.is_late = False
        self._is_over.set()
        self._told()

    def _say_late(self) -> None:
        self.is_late = True
        self._told()

    async def wait(self, seconds: float) -> None:
        """Waits for the answer to what was asked last, for a moment: what comes at once is painted once."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._is_over.wait()

    async def settle(self) -> bool:
        """Waits for the answer to what was asked last; where that failed, asks once more."""
        if self.trouble:
            self.ask(self._wanted or "")
        try:
            async with asyncio.timeout(PATIENCE):
                await self._is_over.wait()
        except TimeoutError:
            self.desk.say(_("No answer yet: Enter again in a moment."), "stuck")
            return False
        return self.is_answered
