"""`make storm`: writers killed at random for longer than a test has time, on SQLite and on a real PostgreSQL.

`python -m benchmarks.storm [SECONDS]`, 30 for each database unless said otherwise; the exit code is 1 where anything
was lost, stuck, done twice or counted wrong.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests import postgres
from tests.models.race import storm

WRITERS, LEADS = 20, 2_000


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


def main(seconds: float = 30) -> int:
    """Both databases, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        is_well = blow("SQLite", str(Path(folder) / "floor.db"), seconds)
    with postgres.server() as server, postgres.database(server) as url:
        is_well &= blow("PostgreSQL", url, seconds)
    return int(not is_well)


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:])))
