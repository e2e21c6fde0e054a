"""Colleagues at work beside a desk or under a monitor: processes on the same floor, through the same commands.

What each of them does at every moment the floor is told, as a desk would tell it. A colleague waits on the pipe that
its desk holds: when the pipe ends, whether the desk closed it or was killed, the colleague gives back what it holds and
goes home.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from models import connect, crew, desks, schema
from models.demo.colleague import Deed, go_home, work_once
from models.desks.presence import State
from models.errors import FloorError

FLOOR = "CALLFLOOR_DB"
"""The variable by which colleagues are told the floor's database."""
PAUSES = ("lunch", "break", "meeting")
LEAVES = 0.04
"""How often somebody who has worked a lead leaves the calls for a while."""
MORNING = (1.5, 4.0)
"""Hours that a colleague has worked already."""
PACE = 6.0
"""Seconds between two steps, on average; people take minutes."""
GOODBYE = 5.0
"""Seconds that a colleague has to go home by itself."""


@contextmanager
def colleagues(
    url: str, logins: Sequence[str], *, pace: float = PACE, to_a_process: int = 1
) -> Iterator[tuple[int, ...]]:
    """Starts processes for these and ends them all; yields their process ids.

    Args:
        url: the floor's database.
        logins: who works.
        pace: seconds between two steps of one of them, on average.
        to_a_process: so many share one, where they are many.
    """
    started: list[subprocess.Popen[bytes]] = []
    try:
        for first in range(0, len(logins), to_a_process):
            started.append(_start(url, logins[first : first + to_a_process], pace))
        yield tuple(process.pid for process in started)
    finally:
        for process in started:
            assert process.stdin is not None
            process.stdin.close()
        for process in started:
            try:
                process.wait(GOODBYE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(url: str, logins: Sequence[str], pace: float) -> subprocess.Popen[bytes]:
    """In a session of its own: keys and hang-ups of the desk's terminal are not meant for it, the pipe tells it all."""
    root = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "models.demo.alive", str(pace), *logins],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": paths, FLOOR: url},  # whose password no list of processes shows
        start_new_session=True,
    )


def main(url: str, pace: float, logins: Sequence[str]) -> None:
    """The life of some colleagues, until the pipe on the process's standard input ends."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    database = connect.use(url)
    schema.require_current()
    rng = Random()
    agents = [crew.agent_of(login).id for login in logins]
    turns = {agent: rng.uniform(0.1, 1.0) * pace for agent in agents}
    """Seconds from the beginning to everybody's next step."""
    for agent in agents:
        with suppress(FloorError):
            live_through_morning(agent, datetime.now(UTC), rng)
    began = time.monotonic()
    try:
        while True:
            agent = min(agents, key=turns.__getitem__)
            if _has_ended(max(0.0, began + turns[agent] - time.monotonic())):
                break
            turns[agent] += rng.uniform(0.5, 1.5) * pace
            # Busy or full for a moment, or one of them is refused: the next step tries again, and the others go on.
            with suppress(FloorError):
                _tell(agent, work_once(agent, datetime.now(UTC), rng), rng)
    finally:
        for agent in agents:
            with suppress(FloorError):
                go_home(agent, datetime.now(UTC))
                desks.enter(agent, State.OFF, now=datetime.now(UTC))
        database.close()


def live_through_morning(agent: int, now: datetime, rng: Random) -> None:
    """Logs in some hours ago and spends them as people do, so that the day's figures are those of a day."""
    at = now - timedelta(hours=rng.uniform(*MORNING))
    desks.log_in(agent, at)
    while at < now - timedelta(minutes=9):
        for state, least, most in ((State.READY, 5, 40), (State.ON_CALL, 20, 420), (State.WRAP_UP, 10, 110)):
            desks.enter(agent, state, now=at)
            at += timedelta(seconds=rng.uniform(least, most))
        if rng.random() < LEAVES:
            desks.enter(agent, State.PAUSE, code="break", now=at)
            at += timedelta(minutes=rng.uniform(3, 9))
    desks.enter(agent, State.READY, now=min(at, now))
    desks.seen(agent, now)


def _tell(agent: int, deed: Deed, rng: Random) -> None:
    """Tells the floor what somebody does after a step, as their desk would."""
    now = datetime.now(UTC)
    if deed.verb == "claimed":
        desks.enter(agent, State.ON_CALL, lead_id=deed.lead_id, now=now)
    elif deed.verb in ("logged", "promoted", "closed"):
        if rng.random() < LEAVES:
            desks.enter(agent, State.PAUSE, code=rng.choice(PAUSES), now=now)
        else:
            desks.enter(agent, State.WRAP_UP, lead_id=deed.lead_id, now=now)
    elif rng.random() < 0.5:
        desks.enter(agent, State.READY, now=now)
    else:
        desks.seen(agent, now)


def _has_ended(seconds: float) -> bool:
    """Waits; whether the desk's end of the pipe is gone."""
    return bool(select.select([sys.stdin.fileno()], [], [], seconds)[0])


if __name__ == "__main__":
    main(os.environ[FLOOR], float(sys.argv[1]), sys.argv[2:])
