"""The monitor on a real terminal: it starts small, sends nothing while nothing moves, and ends well however it ends."""

from __future__ import annotations

import os
import select
import signal
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from tests.tui.floors import NOW, set_up
from tests.tui.test_terminal import Terminal, closed, hang_up, is_restored
from tests.tui.watching import BOSS

START = (
    "import sys; from datetime import UTC, datetime, timedelta; "
    "from tui import opening; from tui.config import Config; "
    "ahead = timedelta(seconds=float(sys.argv[3])); config = Config(db=sys.argv[1], read_db=sys.argv[2]); "
    f"sys.exit(opening.watch(config, {BOSS!r}, clock=lambda: datetime.now(UTC) + ahead))"
)
"""A monitor whose minute has just begun: the next one, which is painted, is long ahead."""
FIRST_PICTURE = 9_000
"""Bytes that the first picture takes at most, at 80×24."""


def is_painted(seen: bytes) -> bool:
    """From the first line to the last."""
    return all(word in seen for word in (b"MONITOR", b"floor", b"needs a look", b"keys"))


@contextmanager
def monitor(url: str, *, read_db: str = "", ignores_hang_up: bool = False) -> Iterator[Terminal]:
    """A monitor alone on its terminal, as under a forced command."""
    command = [sys.executable, "-c", START, url, read_db, str((NOW - datetime.now(UTC)).total_seconds())]
    with closed(Terminal(command, ignores_hang_up=ignores_hang_up)) as found:
        found.read_until(is_painted)
        yield found


def test_it_starts_small_and_gives_the_terminal_back(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    with monitor(fresh_sqlite) as screen:
        assert len(screen.seen) < FIRST_PICTURE
        screen.type(b"q")
        screen.read_until(is_restored)
        assert screen.program.wait(10) == 0
        assert termios.tcgetattr(screen.theirs) == screen.before


def test_it_reads_the_replica_where_there_is_one(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    with monitor("/not/there.db", read_db=fresh_sqlite):
        """It was painted, so it was read there."""


def test_nothing_is_sent_while_nothing_moves(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    with monitor(fresh_sqlite) as screen:
        read_on(screen)
        assert select.select([screen.ours], [], [], 2.5)[0] == []


def read_on(screen: Terminal) -> None:
    """Reads until nothing more comes."""
    while select.select([screen.ours], [], [], 1)[0]:
        screen.seen += os.read(screen.ours, 65536)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_cleanly(fresh_sqlite: str, number: signal.Signals) -> None:
    set_up(fresh_sqlite)
    with monitor(fresh_sqlite) as screen:
        screen.program.send_signal(number)
        screen.read_until(is_restored)
        assert screen.program.wait(10) == 128 + number


@pytest.mark.parametrize("is_ignored", [False, True])
def test_a_hang_up_ends_it(fresh_sqlite: str, is_ignored: bool) -> None:
    set_up(fresh_sqlite)
    with monitor(fresh_sqlite, ignores_hang_up=is_ignored) as screen:
        assert hang_up(screen) == 128 + signal.SIGHUP


FIGURES = 12_000
"""Bytes that a screen of figures takes at most to open."""


def test_figures_open_small_and_send_nothing_after_it(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    with monitor(fresh_sqlite) as screen:
        read_on(screen)
        screen.forget()
        screen.type(b"F")
        screen.read_until(lambda seen: b"bottleneck" in seen)
        read_on(screen)
        assert len(screen.seen) < FIGURES
        assert select.select([screen.ours], [], [], 2.5)[0] == []
