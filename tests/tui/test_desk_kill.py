"""On a real terminal: what goes down the line while somebody is called, and a desk that is killed in mid-sentence."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pyte
import pytest

from models import desks
from models.cards import TouchLine
from models.desks.presence import State
from tests.tui.floors import LOGIN, NOW, at, lead_of, set_up
from tests.tui.test_terminal import Terminal, closed, is_restored

START = (
    "import sys; from datetime import UTC, datetime, timedelta; "
    "from tui import opening; from tui.config import Config; "
    "ahead = timedelta(seconds=float(sys.argv[2])); "
    f"sys.exit(opening.run(Config(db=sys.argv[1]), {LOGIN!r}, clock=lambda: datetime.now(UTC) + ahead))"
)
WIDTH, HEIGHT = 80, 24


class Window(Terminal):
    """A program on a terminal, and what stands on its screen."""

    def __init__(self, command: list[str]) -> None:
        super().__init__(command)
        self._screen = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.ByteStream(self._screen)
        self._drawn = 0

    @property
    def screen(self) -> str:
        """The screen as text."""
        self._stream.feed(self.seen[self._drawn :])
        self._drawn = len(self.seen)
        return "\n".join(self._screen.display)

    def until(self, is_so: Callable[[str], object]) -> str:
        """Reads until the screen shows it."""
        self.read_until(lambda _seen: bool(is_so(self.screen)))
        return self.screen


class Seen(Window):
    """A desk in a window."""

    def __init__(self, url: str, ahead: float, start: str = START) -> None:
        super().__init__([sys.executable, "-c", start, url, str(ahead)])


@pytest.fixture
def ahead() -> float:
    """Seconds from the machine's clock to that of the floor, so that calls are permitted."""
    return (NOW - datetime.now(UTC)).total_seconds()


@contextmanager
def desk(url: str, ahead: float) -> Iterator[Seen]:
    """A desk as a process of its own."""
    found = Seen(url, ahead)
    with closed(found):
        found.until(lambda screen: "queue" in screen)
        yield found


def clock_of(screen: str) -> int:
    """Seconds on the call's clock; -1 where there is none."""
    found = re.search(r"● (?:on call )?(\d\d):(\d\d)", screen)
    return int(found[1]) * 60 + int(found[2]) if found else -1


def test_the_number_goes_down_the_line_as_link_and_as_text(fresh_sqlite: str, ahead: float) -> None:
    set_up(fresh_sqlite)
    with desk(fresh_sqlite, ahead) as seen:
        seen.type(b"\rd")
        seen.until(lambda screen: "Calling +86 138 0013 8000" in screen)
        assert b"\x1b]52;c;Kzg2MTM4MDAxMzgwMDA=\x07" in seen.seen  # +8613800138000
        assert re.search(rb"\x1b\]8;[^;]*;tel:\+8613800138000\x1b\\[^\x1b]*\x1b\[[^m]*m\+86 138 0013 8000", seen.seen)


def test_a_running_clock_sends_its_digits_and_nothing_else(fresh_sqlite: str, ahead: float) -> None:
    set_up(fresh_sqlite)
    with desk(fresh_sqlite, ahead) as seen:
        seen.type(b"\rd")
        first = clock_of(seen.until(lambda screen: "Calling" in screen and clock_of(screen) >= 1))
        before = len(seen.seen)
        last = clock_of(seen.until(lambda screen: clock_of(screen) >= first + 3))
        assert (len(seen.seen) - before) / (last - first) <= 150


def test_killed_in_mid_sentence_everything_is_there_again(fresh_sqlite: str, ahead: float) -> None:
    team = set_up(fresh_sqlite)
    with desk(fresh_sqlite, ahead) as seen:
        seen.type(b"\rdt")
        seen.until(lambda screen: "Talked" in screen)
        seen.type("they wat 三个月 free".encode() + b"\x1b[D" * 9)
        seen.until(lambda screen: "free" in screen)
        with at(fresh_sqlite):  # the clock of the call draws once a second: it is looked at as often
            seen.read_until(lambda _seen: [one.cursor for one in desks.drafts(team.agent)] == [8])
        before = clock_of(seen.screen)
        seen.program.kill()
        seen.program.wait()
    with desk(fresh_sqlite, ahead) as seen:
        screen = seen.until(lambda screen: "they wat" in screen and clock_of(screen) >= 0)
        assert "+86 138 0013 8000" in screen
        assert before <= clock_of(screen) < before + 60
        seen.type(b"\x1b[Dn\x1b[F @fri 10am")
        assert "they want" in seen.until(lambda screen: "10am" in screen)
        seen.type(b"\r")
        seen.until(lambda screen: "promised Fri" in screen)
    touch = lead_of(fresh_sqlite, "Acme Tools").history[0]
    assert isinstance(touch, TouchLine)
    assert touch.note == "they want 三个月 free"
    with desk(fresh_sqlite, ahead) as seen:  # what is on record is no draft, however soon the desk was killed after it
        seen.type(b"q")
        seen.read_until(is_restored)
        seen.program.wait(10)
    with at(fresh_sqlite):
        assert desks.drafts(team.agent) == ()


def test_a_line_that_is_cut_loses_no_letter_and_does_not_log_out(fresh_sqlite: str, ahead: float) -> None:
    team = set_up(fresh_sqlite)
    with desk(fresh_sqlite, ahead) as seen:
        seen.type(b"\rdt")
        seen.until(lambda screen: "Talked" in screen)
        seen.type(b"the very last lett")
        seen.until(lambda screen: "last lett" in screen)
        seen.type(b"er")
        seen.program.terminate()
        seen.read_until(is_restored)
        seen.program.wait(10)
    with at(fresh_sqlite):
        assert desks.drafts(team.agent)[0].text.startswith("the very last lett")
        left = desks.present(team.agent)
    assert left is not None
    assert (left.state, left.lead_id) == (State.LOST, 1)


def test_whoever_logs_in_again_goes_on_there(database_url: str, ahead: float) -> None:
    """The lead, the clock, the half-typed text and the cursor come along; the first desk says so, and does nothing."""
    team = set_up(database_url)
    with desk(database_url, ahead) as first:
        first.type(b"\rdt")
        first.until(lambda screen: "Talked" in screen)
        first.type(b"half a thouht" + b"\x1b[D" * 2)
        with at(database_url):
            first.read_until(lambda _seen: [one.cursor for one in desks.drafts(team.agent)] == [11])
        with desk(database_url, ahead) as second:
            second.until(lambda screen: "half a thouht" in screen and clock_of(screen) >= 0)
            screen = first.until(lambda screen: "this desk is closed" in screen)
            assert re.search(
                r"You logged in at pts/\d+ · \S+ at \d\d:\d\d", " ".join(screen.split()).replace(" │ ", " ")
            )
            first.type(b"g and more\x1b[F @fri 10am")
            second.type(b"g\x1b[F @fri 10am\r")
            second.until(lambda screen: "promised Fri" in screen)
            first.type(b"q")  # an Enter that comes within a breath of the sheet is the tail of what was typed
            first.read_until(is_restored)
            assert first.program.wait(10) == 0
            with at(database_url):
                present = desks.present(team.agent)
                assert present is not None
                assert present.state is State.READY, "whoever was replaced logs nobody out"
                assert desks.drafts(team.agent) == ()
    (touch,) = (one for one in lead_of(database_url, "Acme Tools").history if isinstance(one, TouchLine))
    assert touch.note == "half a thought"
