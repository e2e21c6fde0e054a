"""The desk on a real terminal: it starts, and gives the terminal back whole however it ends."""

from __future__ import annotations

import fcntl
import os
import pty
import re
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
from typing import TypeVar

import pytest

from tests.tui.floors import LOGIN, set_up

ROOT = Path(__file__).parents[2]
START = (
    "import sys; from tui import opening; from tui.config import Config; "
    f"sys.exit(opening.run(Config(db=sys.argv[1]), {LOGIN!r}))"
)
ALTERNATE_SCREEN, ALTERNATE_SCREEN_LEFT = b"\x1b[?1049h", b"\x1b[?1049l"
CURSOR_SHOWN, CURSOR_HIDDEN = b"\x1b[?25h", b"\x1b[?25l"
MODES = (b"?1004", b"?2004")
"""Reports of focus and marks around what is pasted: on while the desk is there."""


T = TypeVar("T", bound="Terminal")


class Terminal:
    """The other end of a program's terminal, which is the program's own: keys can stop it, and a hang-up reach it."""

    def __init__(self, command: list[str], *, ignores_hang_up: bool = False) -> None:
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(theirs)
        self.theirs = theirs

        def begin() -> None:
            os.login_tty(os.dup(theirs))
            if ignores_hang_up:
                signal.signal(signal.SIGHUP, signal.SIG_IGN)

        self.program = subprocess.Popen(command, cwd=ROOT, preexec_fn=begin)
        self.seen = b""

    def forget(self) -> None:
        """Only what comes from now on counts."""
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
def terminal(url: str, *, ignores_hang_up: bool = False) -> Iterator[Terminal]:
    """A desk alone on its terminal, as under a forced command."""
    with closed(Terminal([sys.executable, "-c", START, url], ignores_hang_up=ignores_hang_up)) as found:
        found.read_until(is_painted)
        yield found


@contextmanager
def closed(found: T) -> Iterator[T]:
    """Ends the program and its terminal, whatever became of them."""
    try:
        yield found
    finally:
        found.program.kill()
        found.program.wait()
        os.close(found.theirs)
        os.close(found.ours)


def is_painted(seen: bytes) -> bool:
    """From the first line to the last."""
    return all(word in seen for word in (b"Li Wei", b"queue", b"lead", b"keys"))


def is_restored(seen: bytes) -> bool:
    """Whether the shell has its screen, its cursor and its keys."""
    return all(
        sign in seen for sign in (ALTERNATE_SCREEN_LEFT, CURSOR_SHOWN, *(b"\x1b[" + mode + b"l" for mode in MODES))
    )


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


@pytest.mark.parametrize("is_ignored", [False, True])
def test_a_hang_up_ends_it(fresh_sqlite: str, is_ignored: bool) -> None:
    set_up(fresh_sqlite)
    with terminal(fresh_sqlite, ignores_hang_up=is_ignored) as desk:
        assert hang_up(desk) == 128 + signal.SIGHUP


def hang_up(desk: Terminal) -> int:
    """Cuts the line and waits for the end of what ran on it."""
    os.close(desk.theirs)
    os.close(desk.ours)
    try:
        return desk.program.wait(10)
    finally:
        desk.ours, desk.theirs = os.openpty()


JOB = re.compile(rb"job (\d+)\.")
WRAPPERS = {"itself": "{desk}", "behind a wrapper": "sh -c 'true; {desk}; true'"}


@contextmanager
def shell(url: str, line: str) -> Iterator[Terminal]:
    """A desk that was called in a shell that looks after its jobs."""
    with closed(Terminal(["bash", "--norc", "--noprofile", "-i"])) as found:
        found.type(f'export START="{START}"\n'.encode())
        desk = f'{sys.executable} -c "$START" {url}'
        found.type(line.format(desk=desk).encode() + b"\n")
        found.read_until(is_painted)
        yield found


@pytest.mark.parametrize("line", WRAPPERS.values(), ids=WRAPPERS.keys())
def test_ctrl_z_goes_to_the_shell_and_fg_comes_back_whole(fresh_sqlite: str, line: str) -> None:
    set_up(fresh_sqlite)
    with shell(fresh_sqlite, line) as desk:
        for _ in range(2):
            desk.forget()
            desk.type(b"\x1a")
            desk.read_until(lambda seen: is_restored(seen) and b"Stopped" in seen)
            desk.forget()
            desk.type(b"echo $((6 * 7)).; fg\n")
            desk.read_until(lambda seen: ALTERNATE_SCREEN in seen and is_painted(seen.partition(ALTERNATE_SCREEN)[2]))
            assert b"42." in desk.seen
        desk.forget()
        desk.type(b"q")
        desk.read_until(is_restored)


def test_what_is_being_written_is_there_again(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    with shell(fresh_sqlite, "{desk}") as desk:
        desk.type(b"/")
        desk.read_until(lambda seen: b"any part of a name" in seen)
        desk.type(b"nobody\x1a")
        desk.read_until(lambda seen: is_restored(seen) and b"Stopped" in seen)
        desk.forget()
        desk.type(b"fg\n")
        desk.read_until(lambda seen: b"nobody" in seen.partition(ALTERNATE_SCREEN)[2])


def test_a_hang_up_ends_a_stopped_one_too(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    with shell(fresh_sqlite, "{desk}") as desk:
        desk.type(b"\x1a")
        desk.read_until(lambda seen: b"Stopped" in seen)
        desk.type(b"echo job $(jobs -p).\n")
        desk.read_until(lambda seen: JOB.search(seen) is not None)
        job = JOB.search(desk.seen)
        assert job is not None
        stopped = os.pidfd_open(int(job[1]))
        hang_up(desk)
        assert select.select([stopped], [], [], 10)[0] == [stopped]
        os.close(stopped)


def test_without_a_shell_nothing_stops_it(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    with terminal(fresh_sqlite) as desk:
        desk.type(b"\x1a")
        desk.read_until(lambda seen: b"There is no shell to go to." in seen)
        desk.forget()
        desk.program.send_signal(signal.SIGTSTP)
        desk.read_until(lambda seen: is_painted(seen.partition(ALTERNATE_SCREEN)[2]))
        desk.type(b"q")
        assert desk.program.wait(10) == 0


def test_nothing_blinks(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    with terminal(fresh_sqlite) as desk:
        for keys, sign in ((b"?", b"While you write"), (b"q/", b"any part of a name"), (b"a", b"move")):
            desk.type(keys)
            desk.read_until(lambda seen, sign=sign: sign in seen)  # type: ignore[misc]
        assert CURSOR_HIDDEN in desk.seen
        assert CURSOR_SHOWN not in desk.seen
        assert re.search(rb"\x1b\[(?:[0-9;]*;)?[56](?:;[0-9;]*)?m|\x1b\[\?12h|\x1b\[[135]? q", desk.seen) is None


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
    assert (done.returncode, done.stderr) == (2, "callfloor needs a terminal, and this is none.\n")


def test_a_terminal_that_can_only_write_on_is_none(fresh_sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(fresh_sqlite)
    monkeypatch.setenv("TERM", "dumb")
    with closed(Terminal([sys.executable, "-c", START, fresh_sqlite])) as desk:
        desk.read_until(lambda seen: b"no_terminal" in seen)
        assert ALTERNATE_SCREEN not in desk.seen
