"""The one thread that may touch the database. The screen's loop hands it work and awaits the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import ParamSpec, TypeVar

from models.errors import Unavailable
from tui.reader import Reader

P = ParamSpec("P")
T = TypeVar("T")

PAUSES = (0.2, 0.5, 1.0, 2.0)
"""Seconds between the tries of what the database could not do."""
PASSING = ("locked", "gone")
"""Troubles that pass by themselves."""


class Store:
    """The floor's database behind its thread. One piece of work at a time, in the order in which they were given."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.url = url
        self.read_only = read_only
        """Whether its connection cannot write, whatever it is asked for."""
        self._is_lost = False
        self._shut: Callable[[], object] = lambda: None
        """Closes the connection that this store opened, on its thread."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="floor")
        self._reader = Reader()

    def open(self) -> None:
        """Opens the floor and waits for it.

        Raises:
            Unavailable: it is not there, no floor, or of another age.
        """
        self.call(self._open)

    def call(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs work on the database's thread and waits: before and after the screen, never while it is there."""
        return self._thread.submit(self._work, partial(work, *args, **kwargs)).result()

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs work on the database's thread while the screen goes on; its errors come back as they are."""
        return await asyncio.wrap_future(self._thread.submit(self._work, partial(work, *args, **kwargs)))

    async def insist(self, work: Callable[[], T], tell: Callable[[Unavailable | None], None]) -> T:
        """As `run`, and what passes by itself is tried again for a while.

        Args:
            work: what is to be done, safe to repeat.
            tell: hears of each trouble, and that there is none any more.
        """
        for pause in (*PAUSES, None):
            try:
                answer = await self.run(work)
            except Unavailable as trouble:
                tell(trouble)
                if pause is None or trouble.code not in PASSING:
                    raise
                await asyncio.sleep(pause)
            else:
                tell(None)
                return answer
        raise AssertionError("unreachable")

    async def look_up(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Answers a question beside what `run` does, on a connection that cannot write; a newer one ends it.

        Raises:
            Overtaken: a newer one came.
        """
        return await self._reader.ask(partial(work, *args, **kwargs))

    def _work(self, work: Callable[[], T]) -> T:
        """One piece of work, on the thread. A lost database is opened anew before the next."""
        from models import connect

        try:
            with connect.translated():
                if self._is_lost:
                    self._open()
                    self._is_lost = False
                return work()
        except Unavailable as error:
            self._is_lost = self._is_lost or error.code == "gone"
            raise

    def keep(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """Begins work of the desks' own place, which does not wait for a floor that is lost."""
        return asyncio.wrap_future(self._thread.submit(work))

    def leave(self, work: Callable[[], object]) -> None:
        """As `keep`, for a desk that ends and waits for nothing."""
        with suppress(RuntimeError):  # the thread is gone already
            self._thread.submit(work)

    def leave_once_more(self, work: Callable[[], object]) -> None:
        """As `leave`, for what a line that was cut kept from being done: it is opened anew for it, once."""
        self.leave(partial(self._once_more, work))

    def _once_more(self, work: Callable[[], object]) -> None:
        with suppress(Unavailable):
            try:
                self._work(work)
            except Unavailable:
                self._work(work)

    def close(self, *, waits: bool = False) -> None:
        """Closes the database and lets the thread go; unless told to wait, nobody waits for a lost server."""
        self._reader.close(waits=waits)
        with suppress(RuntimeError):
            self._thread.submit(self._close_all)
        self._thread.shutdown(wait=waits, cancel_futures=False)

    def _open(self) -> None:
        from models import connect, schema

        self._close()  # the broken half of a connection, if there is one
        path = connect.sqlite_path(self.url)
        if path is not None and not path.is_file():  # SQLite would make an empty one
            raise Unavailable("gone" if self._is_lost else "not_a_floor")
        self._shut = connect.use(self.url, read_only=self.read_only, room=connect.DESK_ROOM).close
        schema.require_current()

    def _close_all(self) -> None:
        from models import desks

        with suppress(Exception):  # whatever it was, nobody is left to hear it
            desks.close()
        self._close()

    def _close(self) -> None:
        with suppress(Exception):  # a connection that is gone may say so once more
            self._shut()
