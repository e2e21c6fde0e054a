"""The second thread with a connection, for questions that may take long: finding, reports. It cannot write.

The newest question ends the one before it, so that answers never come out of order and nobody waits for what nobody
wants to know any more.
"""

from __future__ import annotations

import asyncio
import math
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from models.errors import Unavailable

if TYPE_CHECKING:
    import peewee as pw

T = TypeVar("T")

AGAIN = 0.02
"""Seconds after which a question is broken off once more: it may have been between two statements."""
PATIENCE = 1.0
"""Seconds for which that is tried where nobody waits for another answer."""

TURN = 0.0005
"""Seconds for which the thread may keep the interpreter from the screen while it reckons. A key needs it several times
over: with Python's own 5 ms, figures that take a fifth of a second held a key up for 30 ms."""


class Overtaken(Exception):
    """A newer question was asked before this one was answered."""


class Reader:
    """The thread, made with its connection when something is asked for the first time."""

    def __init__(self) -> None:
        self._thread: ThreadPoolExecutor | None = None
        self._database: pw.Database | None = None
        self._break_off: Callable[[], object] = lambda: None
        """Ends the statement that runs, from any thread."""
        self._newest = 0
        self._running: Future[Any] | None = None
        self._ending = threading.Lock()

    async def ask(self, work: Callable[[], T]) -> T:
        """Runs work on the thread, in place of what runs there.

        Raises:
            Overtaken: something else was asked meanwhile.
            Unavailable: the database is gone, also after it was opened once more; or the work tried to write.
        """
        self._newest += 1
        mine = self._newest
        if self._running is not None and not self._running.done():
            await asyncio.to_thread(self._end, self._running)
        self._require_newest(mine)
        if self._thread is None:
            sys.setswitchinterval(TURN)
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="reader")
        self._running = asked = self._thread.submit(self._answer, mine, work)
        try:
            answer = await asyncio.wrap_future(asked)
        except asyncio.CancelledError:
            if mine == self._newest:
                self._newest += 1
                asyncio.get_running_loop().run_in_executor(None, self._end, asked, PATIENCE)
            raise
        except Exception:
            self._require_newest(mine)  # what was broken off failed for no other reason
            raise
        self._require_newest(mine)
        return answer

    def _require_newest(self, mine: int) -> None:
        if mine != self._newest:
            raise Overtaken

    def _end(self, running: Future[Any], patience: float = math.inf) -> None:
        """Breaks off what runs until it is over. One thread at a time, so that no newer question is hit by it."""
        until = time.monotonic() + patience
        with self._ending:
            while not running.done() and time.monotonic() < until:
                with suppress(Exception):  # each driver has its own way to say that there is nothing to break off
                    self._break_off()
                wait([running], AGAIN)

    # ── on the thread ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _answer(self, mine: int, work: Callable[[], T]) -> T:
        """One question. What a lost line did not answer is asked once more: nothing was written."""
        try:
            return self._ask_once(work)
        except Unavailable as error:
            self._require_newest(mine)
            if error.code != "gone":
                raise
        self._close()
        return self._ask_once(work)

    def _ask_once(self, work: Callable[[], T]) -> T:
        from models import connect
        from models.base import proxy

        with connect.translated():
            if self._database is not proxy.obj:  # none yet, or the floor was opened anew
                self._close()
                self._database, self._break_off = connect.open_reader()
            return work()

    def _close(self) -> None:
        database, self._database = self._database, None
        with suppress(Exception):  # a connection that is gone may say so once more
            if database is not None:
                database.close()

    def close(self, *, waits: bool = False) -> None:
        """Ends what runs, closes the connection and lets the thread go."""
        self._newest += 1
        if self._thread is None:
            return
        if self._running is not None:
            self._end(self._running, PATIENCE)
        with suppress(RuntimeError):
            self._thread.submit(self._close)
        self._thread.shutdown(wait=waits)
