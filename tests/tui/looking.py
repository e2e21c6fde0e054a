"""Somebody who looks at a desk over its real socket, without a monitor: what is let in, and what comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from tests.tui.floors import SUPERVISOR
from tui import config as configuration
from tui.config import Config
from tui.glass import frames, places
from tui.glass.frames import LONGEST, Frame, Greeting
from tui.lines.text import Line


def glazed(url: str, *, numbers: str = "full", folder: str = "", account: str = "") -> Config:
    """A configuration that allows to look at screens."""
    return Config(
        db=url,
        identity=configuration.Identity(account),
        monitor=configuration.Monitor(numbers),
        glass=configuration.Glass(allowed=True, folder=folder),
    )


class Looker:
    """One line to a desk."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.raw = b""
        self.frames: list[Frame] = []
        self.lines: list[Line] = []

    @property
    def text(self) -> str:
        """The screen as far as it came."""
        return "\n".join("".join(text for text, _style in line).rstrip() for line in self.lines)

    async def read(self) -> bool:
        """The next frame; False where none comes any more."""
        said = b""
        with suppress(ConnectionResetError):  # shut before the name was heard
            async with asyncio.timeout(20):
                said = await self.reader.readline()
        self.raw += said
        found = frames.frame(said)
        if found is not None:
            self.frames.append(found)
            self.lines = frames.applied(self.lines, found)
        return bool(said)

    async def until(self, is_so: Callable[[str], object]) -> None:
        """Reads until the screen shows it."""
        while not is_so(self.text):
            assert await self.read(), self.text

    async def rest(self) -> bytes:
        """What comes in a while in which nothing should."""
        try:
            async with asyncio.timeout(1.5):
                return await self.reader.read(LONGEST)
        except TimeoutError:
            return b""

    async def leave(self) -> None:
        """Goes away."""
        self.writer.close()
        await self.writer.wait_closed()


@asynccontextmanager
async def looking(config: Config, agent_id: int, login: str = SUPERVISOR) -> AsyncIterator[Looker]:
    """Knocks at a desk and says a name."""
    line = places.knock(config, agent_id)
    line.send(frames.written(Greeting(login)))
    looker = Looker(*await asyncio.open_unix_connection(sock=line, limit=LONGEST))
    try:
        yield looker
    finally:
        looker.writer.transport.abort()
