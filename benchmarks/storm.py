"""`make storm`: writers killed at random for longer than a test has time, on SQLite and on a real PostgreSQL; then ten
agents at their desks over ssh, on both forms of a shared server, where this machine can have one inside.

`python -m benchmarks.storm [SECONDS]`, 30 for each unless said otherwise; the exit code is 1
where anything was lost, stuck, done twice or counted wrong.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests import postgres
from tests.models.race import storm
from tests.server import machine
from tests.server import storm as sessions

WRITERS, LEADS = 20, 2_000
AGENTS, MANAGERS = 37, 3
"""Of the storm over all paths."""
PAUSE = 1.5
"""Seconds between two sessions that are ended over ssh; everything that can end one takes its turn, ten in a round."""


def blow(kind: str, url: str, seconds: float) -> bool:
    """One storm; says what it left and whether all is well."""
    with tempfile.TemporaryDirectory() as folder:
        left = storm.storm(url, Path(folder), writers=WRITERS, leads=LEADS, duration=seconds, seed=1)
    print(
        f"{kind}: {WRITERS} writers, {seconds:g} s, {left.kills} killed, {left.acknowledged} acknowledged; "
        f"lost {left.lost}, twice {left.twice}, stuck {left.stuck}, "
        f"unavailable {len(left.unavailable)}, faults {left.faults or 'none'}",
        flush=True,
    )
    return (left.lost, left.twice, left.stuck, left.faults, left.unavailable) == (0, 0, 0, (), ())


def cross(kind: str, url: str, seconds: float, speed: float) -> bool:
    """One storm over all paths; says what it left and whether all is well."""
    with tempfile.TemporaryDirectory() as folder:
        left = storm.over_all_paths(
            url, Path(folder), agents=AGENTS, managers=MANAGERS, leads=LEADS, duration=seconds, seed=2, speed=speed
        )
    print(
        f"{kind}, all paths, clock x {speed:g}: {AGENTS} agents, {MANAGERS} managers, {seconds:g} s, {left.kills} "
        f"killed, {left.acknowledged} acknowledged; lost {left.lost}, called twice {left.called_twice}, written late "
        f"{left.written_late}, stuck {left.stuck}, unavailable {len(left.unavailable)}, faults {left.faults or 'none'}",
        flush=True,
    )
    return left.is_well


def over_ssh(form: str, rounds: int) -> bool:
    """One storm over ssh; says what it left and whether all is well."""
    with tempfile.TemporaryDirectory() as folder, machine.machine(Path(folder)) as made:
        served = sessions.serve(form, made, leads=2_000)
        left = asyncio.run(sessions.storm(form, served, rounds=rounds, pause=PAUSE, seed=3))
    struck = ", ".join(f"{what} {count}" for what, count in sorted(left.struck.items()))
    print(
        f"ssh, {form}: {len(sessions.PEOPLE)} agents and a monitor; {struck}; {left.log_ins} log-ins, "
        f"{left.drafts} drafts found again, {left.acknowledged} acknowledged; faults: {len(left.faults) or 'none'}",
        *left.faults,
        sep="\n",
        flush=True,
    )
    return not left.faults


def main(seconds: float = 30) -> int:
    """Both databases, one after the other; each with the world's clock, and with a fast one in which claims run out."""
    is_well = True
    with postgres.server() as server:
        for speed in (0, 1, 120):
            with tempfile.TemporaryDirectory() as folder, postgres.database(server) as url:
                for kind, place in (("SQLite", str(Path(folder) / "floor.db")), ("PostgreSQL", url)):
                    is_well &= cross(kind, place, seconds, speed) if speed else blow(kind, place, seconds)
    if why := machine.missing():
        print(f"ssh: not tried: {why}")
    else:
        for form in ("by_key", "by_account"):
            is_well &= over_ssh(form, round(seconds / PAUSE / 10) + 1)
    return int(not is_well)


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:])))
