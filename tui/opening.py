"""Opens a desk or a monitor: database first, so that what is wrong is said in the shell and not behind a screen."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from models import drivers
from models.errors import Refused
from tui.config import Config

if TYPE_CHECKING:
    from tui.face import Face

FROZEN = {
    "TEXTUAL_ANIMATIONS": "none",
    "TEXTUAL_SMOOTH_SCROLL": "0",
    "TEXTUAL_DISABLE_KITTY_KEY": "1",
    "TEXTUAL_FPS": "200",
    "ESCDELAY": "25",
}
"""Textual reads these when it is imported: nothing moves on this screen by itself, Esc answers at once, and
what changed waits 5 ms for what changes with it, not 17: a search paints twice, the letter and its list.
"""
M_ARENA_MAX = -8
"""What glibc calls it."""
OFTEN = (700, 5, 1)
"""Objects more than before, and rounds, after which the youngest, the young and all are looked through."""


def utc_now() -> datetime:
    """The clock of every desk that is not a test."""
    return datetime.now(UTC)


def run(config: Config, login: str, *, is_new: bool = False, clock: Callable[[], datetime] = utc_now) -> int:
    """Opens the desk of that login and stays until it is left. Returns the exit code.

    Args:
        config: what is configured.
        login: whose desk.
        is_new: whether they are to be led through the first lead, whatever they have done.
        clock: tells this moment.

    Raises:
        Refused: a stranger, no campaign, a bad theme or key, no terminal.
        Unavailable: the floor cannot be opened.
    """
    _begin(config.db)
    from tui import errands
    from tui.store import Store

    with closing(Store(config.db)) as store:
        store.open()
        opening = store.call(errands.opening, login, clock(), is_new=is_new)
        _freeze()
        from tui.app import Callfloor

        return _stay(Callfloor(config, store, opening, clock=clock, shown=_collect))


def watch(config: Config, login: str, *, clock: Callable[[], datetime] = utc_now) -> int:
    """Opens the monitor of that login and stays until it is left. Nothing in it can write. Returns the exit code.

    Raises:
        Refused: as `run`; `supervisors_only` for who works leads.
        Unavailable: the floor cannot be opened.
    """
    _begin(config.reports_db)
    from tui.monitor import errands
    from tui.store import Store

    with closing(Store(config.reports_db, read_only=True)) as store:
        store.open()
        opening = store.call(errands.opening, login, clock(), config.monitor.numbers)
        _freeze()
        from tui.monitor.app import Monitor

        return _stay(Monitor(config, store, opening, clock=clock, shown=_collect))


def is_watcher(config: Config, login: str) -> bool:
    """Whether who asks watches and works no leads, so that the monitor is their first screen.

    Raises:
        Refused: `stranger`.
        Unavailable: the floor cannot be opened.
    """
    _share_memory()
    drivers.load_for(config.db)
    from models import access
    from models.people import Role
    from tui.store import Store

    with closing(Store(config.db, read_only=True)) as store:
        store.open()
        return store.call(access.asking, login).role is Role.SUPERVISOR


def _begin(url: str) -> None:
    if not (sys.stdin.isatty() and sys.stderr.isatty()) or os.environ.get("TERM") == "dumb":
        raise Refused("no_terminal")
    _share_memory()
    gc.disable()  # until the first picture: nothing of what a start makes is garbage
    drivers.load_for(url)


def _freeze() -> None:
    for name, value in FROZEN.items():
        os.environ.setdefault(name, value)


def _stay(app: Face) -> int:
    app.run(mouse=False)
    return app.return_code or 0


def _share_memory() -> None:
    """The C library keeps what the threads free in one place instead of one for each: only one of them runs at a time.
    Does nothing where it knows no such places.
    """
    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def _collect() -> None:
    """Collects garbage from now on, but never looks again through what the start made: that would hold up a key.

    What is left to look through is little, and every picture leaves rings of lines that know themselves: looked for
    more often than Python would, each time takes two milliseconds at most and they stay a few hundred kilobytes.
    """
    gc.freeze()
    gc.set_threshold(*OFTEN)
    gc.enable()
