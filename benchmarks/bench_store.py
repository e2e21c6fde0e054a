"""What the store costs: the claim in SQLite's own instructions, commands and reads in milliseconds, at a million leads.

Instructions are the same on every run and decide; times are shown with the machine's noise beside them.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import ParamSpec, TypeVar

import apsw

from benchmarks import made_floor
from benchmarks.made_floor import NOW, Floor
from models import figures, ledger, lists, queue, views
from models.base import new_token, proxy
from models.cards import Claim, Scope

P = ParamSpec("P")
T = TypeVar("T")

SMALL, LARGE = 10_000, 1_000_000
MOST_STEPS = 1_200
"""SQLite instructions that a claim may take, whatever the floor's size."""
ROUNDS, CALLS = 3, 150


@dataclass
class Clock:
    """A floor's present: it goes on by half a minute with every look, so that the sweeps take part."""

    now: datetime = NOW
    ticks: Iterator[int] = field(default_factory=count)

    def tick(self) -> datetime:
        """A little later."""
        return self.now + timedelta(seconds=3 * next(self.ticks))


@contextmanager
def steps() -> Iterator[dict[str, int]]:
    """SQLite's instructions by statement, while it lasts."""
    found: dict[str, int] = {}

    def seen(event: dict[str, object]) -> None:
        status = event["stmt_status"]
        assert isinstance(status, dict)
        sql = str(event["sql"])
        found[sql] = found.get(sql, 0) + int(status["SQLITE_STMTSTATUS_VM_STEP"])

    connection = proxy.connection()
    connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, seen)
    try:
        yield found
    finally:
        connection.trace_v2(0, None)


def instructions(floor: Floor) -> dict[str, list[int]]:
    """Of the claim alone and of the whole command, for some agents, and of the log of what they claimed."""
    clock = Clock()
    spent: dict[str, list[int]] = {"claim": [], "claim_next": [], "log": []}
    for agent in floor.agents[:40]:
        now = clock.tick()
        with steps() as seen:
            claim = queue.claim_next(agent, now)
        assert claim is not None
        spent["claim"].append(sum(cost for sql, cost in seen.items() if "RETURNING" in sql and "seat" in sql))
        spent["claim_next"].append(sum(seen.values()))
        with steps() as seen:
            log(claim, now)
        spent["log"].append(sum(seen.values()))
    return spent


def log(claim: Claim, now: datetime) -> None:
    """The commonest command of all."""
    ledger.log_touch(claim, ledger.Entry("no_answer", note="rang for half a minute"), token=new_token(), now=now)


# ── times ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Series:
    """One thing measured over and over, in milliseconds."""

    name: str
    limit: float | None = None
    rounds: list[list[float]] = field(default_factory=lambda: [[] for _ in range(ROUNDS)])

    def line(self) -> str:
        """Its row of the table."""
        spans = sorted(span for one in self.rounds for span in one)
        p95 = spans[int(len(spans) * 0.95)]
        medians = [statistics.median(one) for one in self.rounds]
        noise = (max(medians) - min(medians)) / min(medians)
        verdict = "" if self.limit is None else f"p95 ≤ {self.limit:g}: {'yes' if p95 <= self.limit else 'NO'}"
        cells = f"{spans[0]:8.2f} {statistics.median(spans):8.2f} {p95:8.2f} {spans[-1]:8.2f} {noise:7.0%}"
        return f"{self.name:<34} {cells}  {verdict}"


def timed(series: Series, turn: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs the work once, on the clock."""
    begun = time.perf_counter()
    done = work(*args, **kwargs)
    series.rounds[turn].append((time.perf_counter() - begun) * 1000)
    return done


def commands(floor: Floor) -> tuple[list[Series], float]:
    """Claims and logs of many agents in turn, and the processor's time for both together."""
    claims, logs, promises = Series("claim_next"), Series("log, with commit", 15), Series("log with promise", 15)
    clock, random, begun = Clock(NOW + timedelta(minutes=5)), Random(2), time.process_time()
    for turn in range(ROUNDS):
        for _ in range(CALLS):
            now = clock.tick()
            claim = timed(claims, turn, queue.claim_next, random.choice(floor.agents), now)
            assert claim is not None
            if random.random() < 0.7:
                timed(logs, turn, log, claim, now)
            else:
                promise = ledger.Entry("talked", note="wants an offer", next_at=now + timedelta(days=1))
                timed(promises, turn, ledger.log_touch, claim, promise, token=new_token(), now=now)
    return [claims, logs, promises], (time.process_time() - begun) * 1000 / ROUNDS / CALLS


def reads(floor: Floor) -> list[Series]:
    """What screens ask all day."""
    now, random = NOW + timedelta(hours=1), Random(3)
    asked: dict[str, Callable[[int], object]] = {}
    for scope in Scope:
        for shown in (0, 8):
            asked[f"panel, {scope.value}{', with happenings' if shown else ''}"] = partial(
                figures.panel, scope=scope, campaign_id=1, now=now, happenings_shown=shown
            )
    asked["queue list"] = partial(lists.queue, now=now)
    asked["why the first is first"] = lambda agent: lists.why(agent, lists.heads(agent, now, 1)[0].id, now)
    asked["lead card"] = lambda agent: views.lead(floor.managers, random.randrange(1, LARGE), now)
    asked["an agent's day"] = partial(figures.today, now=now)
    measured = []
    for name, ask in asked.items():
        series = Series(name, 5 if name.startswith("panel") else None)
        ask(floor.agents[0])
        for turn in range(ROUNDS):
            for _ in range(CALLS // 3):
                timed(series, turn, ask, random.choice(floor.agents))
        measured.append(series)
    return measured


def machine(folder: Path) -> list[Series]:
    """The same small work each time: what differs here is the machine's."""
    thinking, writing = Series("machine: a loop"), Series("machine: fdatasync")
    file = os.open(folder / "sync", os.O_WRONLY | os.O_CREAT)
    for turn in range(ROUNDS):
        for _ in range(CALLS):
            timed(thinking, turn, sum, range(50_000))
            os.pwrite(file, b"x" * 4096, 0)
            timed(writing, turn, os.fdatasync, file)
    os.close(file)
    return [thinking, writing]


def main() -> int:
    """Prints the tables; 1 where the claim takes too many instructions or more on a larger floor."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        before = machine(folder)
        spent = {}
        with made_floor.opened(SMALL, folder) as floor:
            spent[SMALL] = instructions(floor)
        with made_floor.opened(LARGE, folder) as floor:
            spent[LARGE] = instructions(floor)
            table, cpu = commands(floor)
            table += reads(floor)
        table += [*before, *machine(folder)]
    print(f"{'SQLite instructions':<22}{'leads':>12}{'median':>10}{'max':>10}")
    for what in ("claim", "claim_next", "log"):
        for size, costs in spent.items():
            print(f"{what:<22}{size:>12,}{statistics.median(costs[what]):>10.0f}{max(costs[what]):>10}")
    print(f"\n{LARGE:,} leads, ms{'':<17} {'min':>8} {'median':>8} {'p95':>8} {'max':>8} {'noise':>7}")
    print("\n".join(series.line() for series in table))
    print(f"processor for claim_next and log together: {cpu:.2f} ms")
    return int(any(max(costs["claim"]) > MOST_STEPS for costs in spent.values()))


if __name__ == "__main__":
    sys.exit(main())
