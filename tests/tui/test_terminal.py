"""The desk on a real terminal: it starts, and gives the terminal back whole however it ends."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.tui.floors import LOGIN, set_up

ROOT = Path(__file__).parents[2]
START = (
    "import sys; from tui import opening; from tui.config import Config; "
    f"sys.exit(opening.run(Config(db=sys.argv[1]), {LOGIN!r}))"
)
ALTERNATE_SCREEN_LEFT, CURSOR_SHOWN = b"\x1b[?1049l", b"\x1b[?25h"


class Terminal:
    """The other end of a program's terminal."""

    def __init__(self, command: list[str]) -> None:
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(theirs)
        self.theirs = theirs
        self.program = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, start_new_session=True
        )
        self.seen = b""

    def read_until(self, is_there: Callable[[bytes], bool], seconds: float = 20) -> None:
        """Reads what the program draws until it is there, or the program ends."""
        until = time.monotonic() + seconds
        while not is_there(self.seen):
            ready, _, _ = select.select([self.ours], [], [], max(0.0, until - time.monotonic()))
            assert ready, self.seen[-2000:]
            self.seen += os.read(self.ours, 65536)

    def type(self, keys: bytes) -> None:
        """Keys, as a terminal sends them."""
        os.write(self.ours, keys)


@contextmanager
def terminal(url: str) -> Iterator[Terminal]:
    found = Terminal([sys.executable, "-c", START, url])
    try:
        found.read_until(lambda seen: b"queue" in seen)
        yield found
    finally:
        found.program.kill()
        found.program.wait()
        os.close(found.theirs)
        os.close(found.ours)


def is_restored(seen: bytes) -> bool:
    return ALTERNATE_SCREEN_LEFT in seen and CURSOR_SHOWN in seen


def test_quitting_gives_the_terminal_back(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    with terminal(fresh_sqlite) as desk:
        desk.type(b"q")
        desk.read_until(is_restored)
        assert desk.program.wait(10) == 0
        assert termios.tcgetattr(desk.theirs) == desk.before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_cleanly(fresh_sqlite: str, number: signal.Signals) -> None:
    set_up(fresh_sqlite)
    with terminal(fresh_sqlite) as desk:
        desk.program.send_signal(number)
        desk.read_until(is_restored)
        assert desk.program.wait(10) == 128 + number
        assert termios.tcgetattr(desk.theirs) == desk.before


def test_a_hang_up_ends_it(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    with terminal(fresh_sqlite) as desk:
        os.close(desk.theirs)
        os.close(desk.ours)
        code = desk.program.wait(10)
        desk.ours, desk.theirs = os.openpty()
        assert code == 128 + signal.SIGHUP


def test_nothing_moves_while_nothing_happens(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    with terminal(fresh_sqlite) as desk:
        while select.select([desk.ours], [], [], 0.5)[0]:
            os.read(desk.ours, 65536)
        assert select.select([desk.ours], [], [], 1)[0] == []


def test_without_a_terminal_it_says_so(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    command = [sys.executable, "-m", "tui", "desk", "--db", fresh_sqlite]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "The desk needs a terminal, and this is none.\n")
