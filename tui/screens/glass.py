"""The desk's own glass: lets in who may look at it, shows the agent who does, and sends what the screen shows.

Made where the machine's configuration allows it, and nowhere else. While nobody looks it is one socket that sleeps.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from models.errors import FloorError
from models.watching.masks import Mask
from tui import errands_desks as errands
from tui.glass import frames, places
from tui.glass.pictures import picture
from tui.glass.places import Door
from tui.glass.watchers import Watcher
from tui.widgets.lines_view import LinesView

if TYPE_CHECKING:
    from tui.screens.desk import Desk

GATHERED, PACE = 0.03, 0.25
"""Seconds from a change to its frame, so that what changes with it goes along; and between two frames."""
MOST = 8
"""Lines that are open at once, before and behind the door."""
GREETED = 2.0
"""Seconds in which a watcher has to say who they are."""
ASKED = 60
"""Seconds after which it is asked again whether they still may look."""


class Glass:
    """What makes a desk one that can be looked at."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._door: Door | None = None
        self._lines = 0
        self._watchers: dict[Watcher, str] = {}
        self._due: asyncio.TimerHandle | None = None
        self._sent_at = 0.0

    @property
    def lookers(self) -> tuple[str, ...]:
        """Who looks now, each name once."""
        return tuple(dict.fromkeys(self._watchers.values()))

    def open(self) -> None:
        """Listens from now on. Where that cannot be the desk works all the same, and `doctor` says why."""
        if places.works_here():
            with suppress(OSError):
                self._door = places.listen(self.desk.config, self.desk.person.id)
                asyncio.get_running_loop().add_reader(self._door.ear, self._hear_knock)

    def close(self) -> None:
        """Nobody looks any more."""
        if self._door is not None:
            asyncio.get_running_loop().remove_reader(self._door.ear)
            self._door.shut()
            self._door = None
        for watcher in self._watchers:
            watcher.leave()
        if self._due is not None:
            self._due.cancel()

    # ── letting in ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _hear_knock(self) -> None:
        assert self._door is not None
        try:
            line, _address = self._door.ear.accept()
        except OSError:  # they left before the door was opened
            return
        line.setblocking(False)
        if self._lines < MOST:
            self.desk.run_worker(self._serve(line), group="glass", exit_on_error=False)
        else:
            line.close()

    async def _serve(self, line: socket.socket) -> None:
        """One watcher, from the door to the end. Who may not look is given no byte."""
        self._lines += 1
        try:
            with closing(line):
                login = await self._login_of(line)
                if login and (name := await self._name_of(login)):
                    await self._show_to(line, login, name)
        finally:
            self._lines -= 1

    async def _login_of(self, line: socket.socket) -> str:
        """Who the system says it is; of an account that works for others, who it says itself."""
        found = places.peer(line)
        if not found.is_trusted(self.desk.config.identity.account):
            return found.login
        said = b""
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(GREETED):
                said = await asyncio.get_running_loop().sock_recv(line, 1024)
        greeting = frames.greeting(said)
        return greeting.login if greeting else ""

    async def _name_of(self, login: str) -> str:
        """The name of who may look; empty for everybody else, and where nobody can say."""
        with suppress(FloorError):
            return await self.desk.store.run(errands.looker, login, self.desk.person.id)
        return ""

    async def _show_to(self, line: socket.socket, login: str, name: str) -> None:
        watcher = Watcher(line, self._stir)
        self._watchers[watcher] = name
        try:
            self._tell()  # the agent knows before the first line goes out
            while name and self._door is not None and not await watcher.is_gone_within(ASKED):
                name = await self._name_of(login)
        finally:
            watcher.leave()
            del self._watchers[watcher]
            self._tell()

    def _tell(self) -> None:
        """Who looks is others now: the agent sees it, and the parts of the screen tell of themselves or do not."""
        desk = self.desk
        if not desk.is_running:
            return
        for part in desk.query(LinesView):
            part.watched = self._stir if self._watchers else None
        desk.paint.status()
        self._stir()

    # ── showing ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _stir(self) -> None:
        """Something is drawn differently."""
        if self._due is None and self._watchers:
            loop = asyncio.get_running_loop()
            at = max(loop.time() + GATHERED, self._sent_at + PACE)
            self._due = loop.call_at(at, self._send)

    def _send(self) -> None:
        self._due = None
        ready = [watcher for watcher in self._watchers if not watcher.is_busy]
        if ready and self.desk.is_running:
            self._sent_at = asyncio.get_running_loop().time()
            size = self.desk.app.size
            lines = picture(self.desk.query(LinesView), size, Mask(self.desk.config.monitor.numbers))
            for watcher in ready:
                watcher.show(lines, (size.width, size.height))
