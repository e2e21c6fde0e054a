"""Real sessions on real terminals that end badly: nothing is lost, nothing spins, and the floor knows of it."""

from __future__ import annotations

import os
import select
import signal
import termios
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models import crew, desks, queue
from models.base import new_token
from models.cards import Claim
from models.desks.presence import LOST_AFTER, Presence, State, as_of
from models.people import Role
from tests.tui.floors import LOGIN, NOW, Team, at, set_up
from tests.tui.test_desk_kill import START, Seen, clock_of, desk
from tests.tui.test_terminal import closed, hang_up, is_restored

GRACE = timedelta(minutes=5)
LEASE = timedelta(minutes=10)
SECOND = timedelta(seconds=1)
TICKS = os.sysconf("SC_CLK_TCK")
QUICK = START.replace("from tui import opening;", "from tui import opening; from tui.screens import around; ").replace(
    "ahead =", "around.HEARTBEAT = 0.2; ahead ="
)
"""A desk whose heart beats five times a second, so that one that stands still is known soon."""


@pytest.fixture
def ahead() -> float:
    """Seconds from the machine's clock to that of the floor, so that calls are permitted."""
    return (NOW - datetime.now(UTC)).total_seconds()


class Floor:
    """What stands on record while desks live and die."""

    def __init__(self, url: str, team: Team, ahead: float) -> None:
        self.url = url
        self.team = team
        self.ahead = timedelta(seconds=ahead)

    @property
    def now(self) -> datetime:
        """By the clock of the desks."""
        return datetime.now(UTC) + self.ahead

    def present(self, agent_id: int = 0) -> Presence:
        """How the floor sees an agent."""
        with at(self.url):
            found = desks.present(agent_id or self.team.agent)
        assert found is not None
        return found

    def held(self, agent_id: int = 0) -> Claim | None:
        """What they hold."""
        with at(self.url):
            return queue.held(agent_id or self.team.agent, self.now)

    def draft(self) -> tuple[str, int] | None:
        """What was being written."""
        with at(self.url):
            return next(((one.text, one.cursor) for one in desks.drafts(self.team.agent) if one.is_open), None)


@pytest.fixture
def floor(database_url: str, ahead: float) -> Floor:
    return Floor(database_url, set_up(database_url), ahead)


def write(seen: Seen, floor: Floor) -> None:
    """A call, and half a note."""
    seen.type(b"\rdt")
    seen.until(lambda screen: "Talked" in screen)
    seen.type("half a thouht 三个月".encode() + b"\x1b[D" * 6)
    seen.read_until(lambda _seen: floor.draft() == ("half a thouht 三个月", 11))


def comes_back(floor: Floor, ahead: float) -> None:
    """The same lead, clock, draft and cursor."""
    with desk(floor.url, ahead) as seen:
        screen = seen.until(lambda screen: "thouht" in screen and clock_of(screen) >= 0)
        assert "+86 138 0013 8000" in screen
        seen.type(b"g")
        seen.until(lambda screen: "half a thought 三个月" in screen)
        claim = floor.held()
        assert claim is not None
        assert claim.until > floor.now + GRACE
        assert floor.present().state is State.ON_CALL


def cpu_of(pid: int) -> float:
    """Seconds of processor time so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


ENDS: dict[str, Callable[[Seen], int]] = {}


def ending(name: str) -> Callable[[Callable[[Seen], int]], Callable[[Seen], int]]:
    """A way in which a session ends; it returns the exit code."""

    def noted(end: Callable[[Seen], int]) -> Callable[[Seen], int]:
        ENDS[name] = end
        return end

    return noted


@ending("the line is cut")
def _cut(seen: Seen) -> int:
    return hang_up(seen) - 128 - signal.SIGHUP


@ending("SIGHUP")
def _told_of_a_hang_up(seen: Seen) -> int:
    return _told(seen, signal.SIGHUP)


@ending("SIGTERM")
def _told_to_end(seen: Seen) -> int:
    return _told(seen, signal.SIGTERM)


def _told(seen: Seen, number: signal.Signals) -> int:
    seen.program.send_signal(number)
    seen.read_until(is_restored)
    code = seen.program.wait(10)
    assert termios.tcgetattr(seen.theirs) == seen.before
    return code - 128 - number


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_an_end_that_nobody_wanted(floor: Floor, ahead: float, end: Callable[[Seen], int]) -> None:
    """The line counts as lost from that moment, the lead waits for the grace, and all of it is there again."""
    with desk(floor.url, ahead) as seen:
        write(seen, floor)
        before = floor.now
        assert end(seen) == 0
    lost, claim = floor.present(), floor.held()
    assert (lost.state, lost.lead_id) == (State.LOST, 1)
    assert before <= lost.since <= floor.now
    assert claim is not None
    assert abs(claim.until - (lost.since + GRACE)) <= 2 * SECOND
    assert floor.draft() == ("half a thouht 三个月", 11)
    comes_back(floor, ahead)


def test_a_kill_that_leaves_no_time(floor: Floor, ahead: float) -> None:
    """Nothing is told: the line counts as lost since the last sign of life, and the claim runs out by itself."""
    with desk(floor.url, ahead) as seen:
        write(seen, floor)
        taken = floor.held()
        seen.program.kill()
        seen.program.wait(10)
    left, claim = floor.present(), floor.held()
    assert left.state is State.ON_CALL
    lost = as_of(left, left.seen_at + LOST_AFTER)
    assert (lost.state, lost.since) == (State.LOST, left.seen_at)
    assert taken is not None
    assert claim == taken
    assert claim.until <= floor.now + LEASE
    comes_back(floor, ahead)


def test_whoever_quits_is_off_and_the_lead_is_free(floor: Floor, ahead: float) -> None:
    with desk(floor.url, ahead) as seen:
        seen.type(b"\r")
        seen.read_until(lambda _seen: floor.held() is not None)
        seen.type(b"q")
        seen.read_until(is_restored)
        assert seen.program.wait(10) == 0
    assert floor.present().state is State.OFF
    assert floor.held() is None


# ── a terminal that stops reading ─────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def stalled(floor: Floor, ahead: float) -> Iterator[Seen]:
    """A desk with half a note whose terminal takes nothing any more, until its heart stands still."""
    seen = Seen(floor.url, ahead, QUICK)
    with closed(seen):
        seen.until(lambda screen: "queue" in screen)
        write(seen, floor)
        seen.type(b"\x1b")
        seen.until(lambda screen: "thouht" not in screen)
        termios.tcflow(seen.theirs, termios.TCOOFF)  # as Ctrl+S does, or a reader that sleeps
        last = None
        while last != (last := floor.present().seen_at):
            seen.type(b"?q?q?q?q")  # much to draw
            select.select([], [], [], 1.5)  # seven heartbeats
        yield seen


def test_a_stalled_terminal_is_lost_costs_nothing_and_goes_on(floor: Floor, ahead: float) -> None:
    with stalled(floor, ahead) as seen:
        since, spent = floor.present().seen_at, cpu_of(seen.program.pid)
        select.select([], [], [], 2)
        assert floor.present().seen_at == since
        assert cpu_of(seen.program.pid) - spent <= 0.04, "it waits, and does not spin"
        assert as_of(floor.present(), since + LOST_AFTER).state is State.LOST
        termios.tcflow(seen.theirs, termios.TCOON)
        seen.read_until(lambda _seen: floor.present().seen_at > since + 2 * SECOND)
        assert as_of(floor.present(), floor.now).state is State.ON_CALL
        seen.type(b"t")
        seen.until(lambda screen: "half a thouht 三个月" in screen)


def test_a_stalled_terminal_is_told_to_end(floor: Floor, ahead: float) -> None:
    """Nobody reads what would give the screen back, but the keys are, and the process is gone."""
    number = signal.SIGTERM if floor.url.startswith("sqlite") else signal.SIGHUP  # one way for both, each tried once
    with stalled(floor, ahead) as seen:
        seen.program.send_signal(number)
        assert seen.program.wait(10) == 128 + signal.SIGALRM
        assert termios.tcgetattr(seen.theirs) == seen.before
    comes_back_after_a_stall(floor, ahead)


def test_a_closed_laptop_whose_line_ends_later(floor: Floor, ahead: float) -> None:
    """First nothing is heard of it, then it hangs up."""
    with stalled(floor, ahead) as seen:
        assert hang_up(seen) in (128 + signal.SIGHUP, 128 + signal.SIGALRM)
    comes_back_after_a_stall(floor, ahead)


def comes_back_after_a_stall(floor: Floor, ahead: float) -> None:
    """The text was put away before the stall: its key brings it back, with the call's clock."""
    with desk(floor.url, ahead) as seen:
        seen.until(lambda screen: clock_of(screen) >= 0)
        seen.type(b"t")
        seen.until(lambda screen: "half a thouht 三个月" in screen)


# ── the server restarts ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_server_restarts(floor: Floor, ahead: float) -> None:
    """Everybody is told to end, and killed if they did not; afterwards each has their own lead again."""
    logins = [LOGIN, "zhao.lei", "ann", "bob"]
    with at(floor.url):
        ids = [floor.team.agent, floor.team.colleague]
        for login in logins[2:]:
            args = {"name": login.title(), "role": Role.AGENT, "team": "north", "by": floor.team.manager}
            ids.append(crew.add_agent(login, token=new_token(), now=NOW - timedelta(hours=1), **args))  # type: ignore[arg-type]
    with ExitStack() as desks_:
        sessions = []
        for login, agent in zip(logins, ids, strict=True):
            seen = Seen(floor.url, ahead, START.replace(repr(LOGIN), repr(login)))
            desks_.enter_context(closed(seen))
            seen.until(lambda screen: "queue" in screen)
            seen.type(b"\r")
            seen.read_until(lambda _seen, agent=agent: floor.held(agent) is not None)  # type: ignore[misc]
            sessions.append(seen)
        leads = [claim.lead_id for agent in ids if (claim := floor.held(agent))]
        assert len(set(leads)) == len(ids)
        for seen in sessions:
            seen.program.send_signal(signal.SIGTERM)
        for seen in sessions:
            seen.read_until(is_restored)
            assert seen.program.wait(10) == 128 + signal.SIGTERM
            seen.program.kill()
    assert [floor.present(agent).state for agent in ids] == [State.LOST] * len(ids)
    with at(floor.url):
        again = [queue.take_over(agent, floor.now) for agent in ids]
    assert [claim.lead_id for claim in again if claim] == leads
