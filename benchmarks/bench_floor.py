"""A whole floor at work: a hundred agents who claim and log, a monitor that watches, five real desks among them, on
SQLite and on PostgreSQL; and what fifty desks need of memory.

`python -m benchmarks.bench_floor [SECONDS]`, 60 for each crowd unless said otherwise.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.bench_desk import ENTER, MINIMAL, MINIMALS, environ, head, line, started
from benchmarks.bench_monitor_screen import READY
from benchmarks.made_floor import NOW, opened
from benchmarks.terminal import Terminal
from models import connect, ledger, queue
from models.base import new_token, proxy, rows_of
from models.copies import copying
from models.errors import FloorError
from tests import postgres

LEADS = 100_000
ROUND = 5.0
"""Seconds between two calls of one agent."""
DESKS = 5
PROBES = 40
SESSIONS = 50
SCREEN = (
    "import sys, time; from datetime import datetime, timedelta;"
    "from tui import opening; from tui.config import Config;"
    "began, at = float(sys.argv[3]), datetime.fromisoformat(sys.argv[4]);"
    "clock = lambda: at + timedelta(seconds=time.time() - began);"
    "open_it = opening.watch if sys.argv[2] == 'boss' else opening.run;"
    "sys.exit(open_it(Config(db=sys.argv[1]), sys.argv[2], clock=clock))"
)


@dataclass
class Worked:
    """What one agent's process did."""

    claims: list[float] = field(default_factory=list)
    logs: list[float] = field(default_factory=list)
    """Milliseconds."""
    errors: list[str] = field(default_factory=list)

    def work(self, agent: int, now: datetime) -> None:
        """One call: the next lead, and no answer."""
        began = time.perf_counter()
        try:
            claim = queue.claim_next(agent, now)
            claimed = time.perf_counter()
            self.claims.append((claimed - began) * 1000)
            if claim is not None:
                ledger.log_touch(claim, ledger.Entry("no_answer"), token=new_token(), now=now)
                self.logs.append((time.perf_counter() - claimed) * 1000)
        except FloorError as error:
            self.errors.append(error.code)


def floor_time(began: float) -> datetime:
    """The moment on the floor, whose day began with the benchmark."""
    return NOW + timedelta(seconds=time.time() - began)


def agent_at_work(url: str, agent: int, delay: float, seconds: float, path: Path) -> None:
    """A process of its own: works at its pace and writes down how long each command took.

    The first call is not counted: it loads what a desk has loaded before the day begins.
    """
    connect.use(url)
    began = time.time()
    Worked().work(agent, floor_time(began))
    worked, turn = Worked(), began + ROUND + delay
    while turn < began + seconds:
        time.sleep(max(0.0, turn - time.time()))
        worked.work(agent, floor_time(began))
        turn += ROUND
    path.write_text(json.dumps([worked.claims, worked.logs, worked.errors]))


@contextmanager
def crowd(url: str, agents: tuple[int, ...], seconds: float, folder: Path) -> Iterator[list[Worked]]:
    """The agents at work, evenly spread over each round; filled with what they did at the end."""
    children = []
    for place, agent in enumerate(agents):
        if child := os.fork():
            children.append(child)
            continue
        code = 1
        try:
            agent_at_work(url, agent, place * ROUND / len(agents), seconds, folder / f"worked-{agent}")
            code = 0
        except BaseException:  # noqa: BLE001 - whatever it is, the copy of this process ends here
            traceback.print_exc()
        finally:
            os._exit(code)
    found: list[Worked] = []
    yield found
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    if any(codes):
        raise RuntimeError("a process of the crowd failed")
    for path in sorted(folder.glob("worked-*")):
        found.append(Worked(*json.loads(path.read_text())))
        path.unlink()


def told(name: str, found: list[Worked]) -> None:
    """The figures of a crowd."""
    for what, times in (
        ("claim", [one for worked in found for one in worked.claims]),
        ("log with commit", [one for worked in found for one in worked.logs]),
    ):
        line(f"{name}, {what}", times)
        print(f"{name}, {what}: p99 {sorted(times)[int(len(times) * 0.99)]:.1f} ms", flush=True)
    served = [len(worked.logs) for worked in found]
    errors = [code for worked in found for code in worked.errors]
    print(
        f"{name}: {len(found)} agents served {min(served)} to {max(served)} times, errors {errors or 'none'}",
        flush=True,
    )


def screen(url: str, login: str, home: Path, began: float, until: bytes) -> Terminal:
    """Somebody's screen that is ready."""
    command = [sys.executable, "-c", SCREEN, url, login, str(began), NOW.isoformat()]
    terminal = Terminal(command, environ(home))
    terminal.draw(terminal.collect(terminal.began, until=until, most=30))
    return terminal


def work_at(desk: Terminal, over: threading.Event, found: list[float]) -> None:
    """No answer and next at a real desk, at the pace of the others."""
    desk.press(ENTER)
    while not over.is_set():
        before = head(desk.text)
        answer = desk.press("n", lambda text: head(text) != before)  # noqa: B023 - it is asked at once
        if answer.painted is not None:
            found.append(answer.painted * 1000)
        desk.draw(desk.collect(time.perf_counter(), silence=ROUND, most=ROUND))


def calls_of(agent: str) -> Callable[[str], int]:
    """Reads the calls of an agent from the monitor's floor."""

    def read(text: str) -> int:
        heading = next(line for line in text.splitlines() if " calls " in line and " kept " in line)
        row = next(line for line in text.splitlines() if f"{agent} " in line)
        cell = row[: heading.index(" calls ") + len(" calls")].split()[-1]
        return int(cell) if cell.isdecimal() else 0  # who was not here today has none

    return read


def seen_by(monitor: Terminal, agent: int, began: float) -> list[float]:
    """Milliseconds from a commit of this process until the monitor shows it in the agent's row."""
    found, calls = [], calls_of("A 0")
    for _ in range(PROBES):
        now = floor_time(began)
        claim = queue.claim_next(agent, now)
        assert claim is not None
        before = calls(monitor.text)
        ledger.log_touch(claim, ledger.Entry("no_answer"), token=new_token(), now=now)
        committed = time.perf_counter()
        found.append((monitor.wait_for(lambda text, before=before: calls(text) > before) - committed) * 1000)  # type: ignore[misc]
        monitor.draw(monitor.collect(time.perf_counter(), silence=0.3, most=0.3))
    return found


def alone(name: str, url: str, agents: tuple[int, ...], seconds: float, folder: Path) -> None:
    """A hundred agents, and nothing else."""
    with crowd(url, agents, seconds, folder) as found:
        pass
    told(f"{name}, {len(agents)} agents", found)


def watched(name: str, url: str, agents: tuple[int, ...], folder: Path) -> None:
    """The same with some of them at real desks, and a monitor that watches it all."""
    began, over, painted, seconds = time.time(), threading.Event(), list[float](), PROBES * 1.5
    logins = dict(rows_of("SELECT id, login FROM agent"))
    proxy.close()  # the processes of the crowd are copies of this one
    with crowd(url, agents[DESKS + 1 :], seconds, folder) as found, ExitStack() as screens:
        connect.use(url)
        monitor = screens.enter_context(closing(screen(url, "boss", folder, began, READY)))
        desks = [
            screens.enter_context(closing(screen(url, logins[agent], folder, began, b"queue")))
            for agent in agents[1 : DESKS + 1]
        ]
        at_work = [threading.Thread(target=work_at, args=(desk, over, painted)) for desk in desks]
        for one in at_work:
            one.start()
        monitor.wait_for(lambda text: "A 0 " in text)
        seen = seen_by(monitor, agents[0], began)
        over.set()
        for one in at_work:
            one.join()
    line(f"{name}, another's commit → monitor painted", seen)
    line(f"{name}, no answer → next lead painted at a desk", painted)
    told(f"{name}, watched", found)


def memory(url: str, agents: tuple[int, ...], home: Path) -> None:
    """What each of many desks needs beside the others, and the smallest programs of the kind."""
    logins = dict(rows_of("SELECT id, login FROM agent"))
    programs: dict[str, Callable[[int], Terminal]] = {
        "desk": lambda number: screen(url, logins[agents[number]], home, time.time(), b"queue")
    }
    for name, more in MINIMALS.items():
        programs[name] = lambda _number, more=more: started(MINIMAL.format(more=more), home)[0]  # type: ignore[misc]
    for name, start in programs.items():
        with ExitStack() as sessions:
            terminals = [sessions.enter_context(closing(start(number))) for number in range(SESSIONS)]
            for terminal in terminals:
                terminal.draw(terminal.collect(time.perf_counter(), silence=0.3))
            line(f"memory of each of {SESSIONS}, {name}", [terminal.memory() for terminal in terminals], "MiB")


def main(seconds: float = 60) -> int:
    """Both databases, and the memory of many desks."""
    print(f"{'':<51} {'median':>9} {'p95':>9} {'least':>9} {'most':>9}")
    with tempfile.TemporaryDirectory() as place, opened(LEADS, Path(place)) as floor:
        url, folder = str(floor.path), Path(place)
        with postgres.server(is_safe=True) as server, postgres.database(server) as other:
            copying.copy(url, other, NOW)
            for name, where in (("SQLite", url), ("PostgreSQL", other)):
                connect.use(where)
                alone(name, where, floor.agents, seconds, folder)
                watched(name, where, floor.agents, folder)
        connect.use(url)
        memory(url, floor.agents, folder)  # last: lines that are cut by the dozen are the first thing a monitor shows
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:])))
