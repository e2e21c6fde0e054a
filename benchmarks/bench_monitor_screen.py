"""The monitor through a real terminal of 120×40 in truecolor: two hundred agents who all move, and who all rest."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.bench_desk import DOWN, answers, environ, line
from benchmarks.made_floor import NOW, Floor, opened
from benchmarks.terminal import Answer, Terminal
from models import connect, crew, desks, ledger, queue
from models.base import new_token
from models.desks.presence import State
from models.errors import FloorError
from models.people import Role

LEADS, AGENTS = 10_000, 200
SECONDS, WARM = 30, 5
CHANGES, LOGS = 40.0, 20.0
"""States that are entered and calls that are logged each second: everybody does something else every five."""
MONITOR = (
    "import sys, time; from datetime import datetime, timedelta;"
    "from tui import opening; from tui.config import Config;"
    "began, at = float(sys.argv[2]), datetime.fromisoformat(sys.argv[3]);"
    "clock = lambda: at + timedelta(seconds=time.time() - began);"
    "sys.exit(opening.watch(Config(db=sys.argv[1]), 'boss', clock=clock))"
)
READY = b"as it happens"


def floor_time(began: float) -> datetime:
    """The moment on the floor, whose day began with the benchmark."""
    return NOW + timedelta(seconds=time.time() - began)


def hire(floor: Floor) -> list[int]:
    """As many agents as the figures are for."""

    def hired(number: int) -> int:
        return crew.add_agent(
            f"m{number}", name=f"Moving {number}", role=Role.AGENT, team=f"team {number % 10}", by=1,
            token=new_token(), now=NOW,
        )  # fmt: skip

    return [*floor.agents, *map(hired, range(len(floor.agents), AGENTS))]


def move(url: str, began: float, seconds: float, agents: list[int]) -> None:
    """Everybody changes what they do, at a bounded rate for a bounded time; what a process of its own runs."""
    random, end = Random(1), time.time() + seconds
    database = connect.use(url)
    states = (State.READY, State.ON_CALL, State.WRAP_UP, State.PAUSE)
    turn, logged = 0, 0.0
    while time.time() < end:
        now = floor_time(began)
        agent = agents[turn % len(agents)]
        state = states[(turn // len(agents) + agent) % len(states)]
        desks.enter(agent, state, code="break" if state is State.PAUSE else "", now=now)
        logged += LOGS / CHANGES
        while logged >= 1:
            logged -= 1
            with suppress(FloorError):
                claim = queue.claim_next(random.choice(agents), now)
                if claim is not None:
                    ledger.log_touch(claim, ledger.Entry("no_answer"), token=new_token(), now=now)
        turn += 1
        time.sleep(max(0.0, end - seconds + turn / CHANGES - time.time()))
    database.close()


@contextmanager
def moving(floor: Floor, began: float, agents: list[int]) -> Iterator[None]:
    """The process that moves them."""
    numbers = ",".join(map(str, agents))
    command = [sys.executable, "-m", "benchmarks.bench_monitor_screen", "move", str(floor.path), str(began), numbers]
    process = subprocess.Popen(command)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def started(floor: Floor, home: Path, began: float) -> tuple[Terminal, Answer]:
    """A monitor that is ready."""
    command = [sys.executable, "-c", MONITOR, str(floor.path), str(began), NOW.isoformat()]
    terminal = Terminal(command, environ(home))
    return terminal, terminal.draw(terminal.collect(terminal.began, until=READY, most=20))


def measure(terminal: Terminal, name: str) -> None:
    """What goes to the terminal each second, and what it takes of a core."""
    terminal.draw(terminal.collect(time.perf_counter(), silence=WARM, most=WARM))
    processor, begun, counts = terminal.seconds_of_processor(), time.perf_counter(), []
    while (passed := time.perf_counter() - begun) < SECONDS:
        answer = terminal.draw(terminal.collect(time.perf_counter(), silence=1, most=min(1, SECONDS - passed)))
        counts.append(float(answer.count))
    spent = terminal.seconds_of_processor() - processor
    passed = time.perf_counter() - begun
    line(f"{name}, each second", counts, "B")
    print(
        f"{name:<44} {sum(counts) / passed:9.1f} B/s, {spent / passed:.2%} of a core, {terminal.memory():.1f} MiB",
        flush=True,
    )


def main() -> int:
    """Every figure."""
    print(f"{'':<44} {'median':>9} {'p95':>9} {'least':>9} {'most':>9}")
    with tempfile.TemporaryDirectory() as folder, opened(LEADS, Path(folder)) as floor:
        began, agents = time.time(), hire(floor)
        for agent in agents:
            desks.log_in(agent, NOW - timedelta(hours=2))
            desks.enter(agent, State.READY, now=NOW)
        terminal, answer = started(floor, Path(folder), began)
        with closing(terminal):
            line("first paint", [float(answer.count)], "B")
            with moving(floor, began, agents):
                measure(terminal, f"{AGENTS} agents, all moving")
                found = [terminal.press(DOWN, silence=0.05) for _ in range(60)]
                answers("down the floor while they move", found)
            measure(terminal, f"{AGENTS} agents, all at rest")
            print(f"median key {statistics.median(one.settled for one in found) * 1000:.1f} ms until settled")
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["move"]:
        move(sys.argv[2], float(sys.argv[3]), 3 * SECONDS, [int(number) for number in sys.argv[4].split(",")])
    else:
        sys.exit(main())
