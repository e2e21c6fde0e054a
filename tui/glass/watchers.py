"""Somebody who looks at a desk, from the desk's end: lines go out, nothing is heard.

The desk never waits for them. What they did not read yet is one frame at most, and who does not read for a while is
shown the door. What they send is not even taken in: their line is shut in that direction, and that they left is told by
the system.
"""

from __future__ import annotations

import asyncio
import select
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress

from tui.glass import frames
from tui.glass.frames import Frame
from tui.lines.text import Line

ROOM = 1 << 16
"""Bytes that the system keeps for a watcher."""
PATIENCE = 10.0
"""Seconds in which a frame has to be read."""


class Watcher:
    """One line to somebody who was let in."""

    patience = PATIENCE

    def __init__(self, line: socket.socket, freed: Callable[[], None]) -> None:
        """Takes over the line.

        Args:
            line: which does not block.
            freed: called when a frame that had to wait is gone.
        """
        self._line = line
        self._freed = freed
        self._loop = asyncio.get_running_loop()
        self._known: Sequence[Line] = ()
        self._size = (0, 0)
        self._rest = memoryview(b"")
        self._limit: asyncio.TimerHandle | None = None
        self._over = asyncio.Event()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM)
        with suppress(OSError):  # they may have left already
            line.shutdown(socket.SHUT_RD)
        self._end = select.epoll()
        self._end.register(line, 0)  # asked for nothing, it tells of the end alone
        self._loop.add_reader(self._end, self.leave)

    @property
    def is_busy(self) -> bool:
        """Whether a frame is not read yet, or nobody is there any more."""
        return bool(self._rest) or self._over.is_set()

    def show(self, lines: Sequence[Line], size: tuple[int, int]) -> None:
        """Sends what changed since they saw the screen last; nothing when nothing did."""
        known = self._known if size == self._size else ()
        found = frames.changed(known, lines)
        if found:
            self._known, self._size = lines, size
            self._rest = memoryview(frames.written(Frame(*size, found)))
            self._send()

    def _send(self) -> None:
        try:
            self._rest = self._rest[self._line.send(self._rest) :]
        except BlockingIOError:
            pass
        except OSError:
            self.leave()
            return
        if self._rest and self._limit is None:
            self._limit = self._loop.call_later(self.patience, self.leave)
            self._loop.add_writer(self._line, self._send)
        elif not self._rest and self._limit is not None:
            self._forget_rest()
            self._freed()

    def _forget_rest(self) -> None:
        self._rest = memoryview(b"")
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
            self._loop.remove_writer(self._line)

    async def is_gone_within(self, seconds: float) -> bool:
        """Waits until they are gone, so long at most; says whether they are."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)
        return self._over.is_set()

    def leave(self) -> None:
        """The end of it, whoever wants it."""
        if not self._over.is_set():
            self._over.set()
            self._forget_rest()
            self._loop.remove_reader(self._end)
            self._end.close()
            self._line.close()
