"""The floor's changes as they come, by the bell or by asking once a second, as one coalesced message."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.message import Message

from models.errors import FloorError
from tui.store import Store

if TYPE_CHECKING:
    from textual.message_pump import MessagePump

    from models.feed import Bell

POLL_SECONDS = 1.0


class FloorChanged(Message):
    """Somebody committed something. Many of them waiting are as good as one."""

    def can_replace(self, message: Message) -> bool:
        """The last one stands for all."""
        return isinstance(message, FloorChanged)


class Live:
    """Listens for as long as its screen is there."""

    def __init__(self, store: Store, screen: MessagePump) -> None:
        self.store = store
        self.screen = screen
        self._bell: Bell | None = None

    async def listen(self) -> None:
        """Listens until it is cancelled: by the bell where there is one, else by asking."""
        from models import feed

        with suppress(FloorError):
            self._bell = await self.store.run(feed.open_bell)
        if self._bell is None:
            await self._ask()
            return
        loop = asyncio.get_running_loop()
        silenced = asyncio.Event()
        bell = self._bell
        loop.add_reader(bell.fileno(), self._ring, bell, silenced)
        try:
            await silenced.wait()
        finally:
            loop.remove_reader(bell.fileno())
            bell.close()
            self._bell = None
        await self._ask()

    def _ring(self, bell: Bell, silenced: asyncio.Event) -> None:
        try:
            if bell.drain():
                self.screen.post_message(FloorChanged())
        except Exception:  # noqa: BLE001  each driver has its own way to say that the line is cut
            silenced.set()

    async def _ask(self) -> None:
        from models import feed

        known: int | None = None
        while True:
            with suppress(FloorError):
                version = await self.store.run(feed.version)
                if known is not None and version != known:
                    self.screen.post_message(FloorChanged())
                known = version
            await asyncio.sleep(POLL_SECONDS)
