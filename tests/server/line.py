"""The agent's end of a line: a terminal with an ssh in it, on one loop with all others."""

from __future__ import annotations

import asyncio
import os
import re
import select
import signal
import termios
from collections.abc import Callable
from contextlib import suppress

import pyte

from tests.tui.test_desk_kill import HEIGHT, WIDTH
from tests.tui.test_terminal import Terminal

FOOT = -5
"""The first line of the composer."""
PATIENCE = 20.0
"""Seconds after which a screen that does not answer counts as stuck; a machine with ten others on it is slow."""


class Gone(Exception):
    """The session ended."""


class Stuck(Exception):
    """A session that is there did not answer."""


class Line(Terminal):
    """A terminal with an ssh in it, read as it comes."""

    def __init__(self, command: list[str]) -> None:
        super().__init__(command)
        self._screen = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.ByteStream(self._screen)
        self._heard = asyncio.Event()
        self.is_cut = False
        """The client itself was killed: nobody is left to give the terminal back."""
        asyncio.get_running_loop().add_reader(self.ours, self._hear)

    @property
    def screen(self) -> str:
        """The screen as text."""
        return "\n".join(self._screen.display)

    @property
    def foot(self) -> str:
        """Its last lines, where the desk answers."""
        return "\n".join(self._screen.display[FOOT:])

    @property
    def is_there(self) -> bool:
        """Whether the client still runs."""
        return self.program.poll() is None

    def _hear(self) -> None:
        came = os.read(self.ours, 65536)
        self.seen = (self.seen + came)[-8192:]
        self._stream.feed(came)
        self._heard.set()

    async def answer(self, wanted: re.Pattern[str]) -> str:
        """Waits until the desk answers; raises as `until`."""
        await self.until(lambda _screen: wanted.search(self.foot))
        return self.foot

    async def until(self, is_so: Callable[[str], object], seconds: float = PATIENCE) -> str:
        """Waits until the screen shows it.

        Raises:
            Gone: the session ended.
            Stuck: it never did.
        """
        try:
            async with asyncio.timeout(seconds):
                while not is_so(self.screen):
                    if not self.is_there:
                        raise Gone
                    self._heard.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._heard.wait(), 0.2)
        except TimeoutError:
            raise Stuck(self.screen) from None
        return self.screen

    async def ended(self, seconds: float = PATIENCE) -> int:
        """Waits for the end of the client; its exit code."""
        with suppress(Gone):
            await self.until(lambda _screen: False, seconds)
        while select.select([self.ours], [], [], 0)[0]:
            self._hear()
        return self.program.returncode

    def close(self) -> list[str]:
        """Gives the terminal away; its last words where it was not as before."""
        asyncio.get_running_loop().remove_reader(self.ours)
        is_whole = self.is_cut or self.is_there or termios.tcgetattr(self.theirs) == self.before
        spoilt = [] if is_whole else [f"{self.program.returncode} {self.seen[-300:]!r}"]
        with suppress(ProcessLookupError):
            self.program.send_signal(signal.SIGCONT)
        self.program.kill()
        self.program.wait()
        os.close(self.theirs)
        os.close(self.ours)
        return spoilt
