"""Colleagues at work beside a desk: each a process of its own, on the same floor, through the same commands.

A colleague waits on the pipe that its desk holds: when the pipe ends, whether the desk closed it or was killed, the
colleague gives back what it holds and goes home.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from models import connect, crew, schema
from models.demo.colleague import go_home, work_once
from models.errors import FloorError, Unavailable

PACE = 6.0
"""Seconds between two steps, on average; people take minutes."""
GOODBYE = 5.0
"""Seconds that a colleague has to go home by itself."""


@contextmanager
def colleagues(url: str, logins: Sequence[str], *, pace: float = PACE) -> Iterator[tuple[int, ...]]:
    """Starts one process for each of these and ends them all; yields their process ids."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        for login in logins:
            started.append(_start(url, login, pace))
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


def _start(url: str, login: str, pace: float) -> subprocess.Popen[bytes]:
    """In a session of its own: keys and hang-ups of the desk's terminal are not meant for it, the pipe tells it all."""
    root = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "models.demo.alive", url, login, str(pace)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": paths},
        start_new_session=True,
    )


def main(url: str, login: str, pace: float) -> None:
    """The life of one colleague, until the pipe on its standard input ends."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    database = connect.use(url)
    schema.require_current()
    agent, rng = crew.agent_of(login).id, Random()
    try:
        while not _has_ended(rng.uniform(0.5, 1.5) * pace):
            # Busy or full for a moment: the next step tries again.
            with suppress(Unavailable):
                work_once(agent, datetime.now(UTC), rng)
    finally:
        with suppress(FloorError):
            go_home(agent, datetime.now(UTC))
        database.close()


def _has_ended(seconds: float) -> bool:
    """Waits; whether the desk's end of the pipe is gone."""
    return bool(select.select([sys.stdin.fileno()], [], [], seconds)[0])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
