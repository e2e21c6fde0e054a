"""What watching costs: the monitor's reads in SQLite's own instructions and in processor time, at a million leads and
200 agents in the middle of their day.

The floor's first look at a day counts it; each look after it reads what is new. A look follows another commit, as on a
floor where all move.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import made_floor
from benchmarks.bench_store import LARGE, SMALL, log, steps
from benchmarks.made_floor import NOW, TEAMS, Floor
from models import crew, desks, queue
from models.base import month_of, new_token, proxy, rows_of, seconds
from models.connect import transact
from models.desks.presence import State
from models.people import Role
from models.watching import (
    happenings,
    leads,
    looks,
    month,
    overview,
    portfolio,
    pulse,
    review,
    spot,
    tallies,
)
from models.watching.cards import EVERYTHING, Selection

AGENTS, CALLS, SPELLS = 200, 150, 100
"""People on the floor; calls and spells of each until now."""
ROUNDS = 21
MOST_STEPS = 60_000
"""SQLite instructions that a look at the floor may take; it is asked for once a second."""
DAY = timedelta(days=1)


def main() -> int:
    """Prints the tables; 1 where a look at the floor takes too much."""
    worst = 0
    os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="callfloor-state-")
    for size in (SMALL, LARGE):
        with tempfile.TemporaryDirectory() as folder, made_floor.opened(size, Path(folder)) as floor:
            crowd = crowded(floor)
            print(f"{size:,} leads, {AGENTS} agents, {CALLS * AGENTS:,} calls today")
            print(f"{'':<34}{'instructions':>14}{'statements':>12}{'ms of processor':>18}")
            for name, read in reads(floor, crowd).items():
                cost = measured(name, read, crowd)
                worst = max(worst, int(name.startswith("overview, once") and cost > MOST_STEPS))
            desks.close()
    return worst


def crowded(floor: Floor) -> list[int]:
    """A hundred agents more, and everybody in the middle of their day: calls, states, leads in hand."""
    random = Random(2)
    for number in range(len(floor.agents), AGENTS):
        crew.add_agent(
            f"b{number}", name=f"B {number}", role=Role.AGENT, team=f"team {number % TEAMS}", by=floor.managers,
            token=new_token(), now=NOW,
        )  # fmt: skip
    agents = [row[0] for row in rows_of("SELECT id FROM agent WHERE role = 'agent' ORDER BY id")]
    many = rows_of("SELECT MAX(id) FROM lead")[0][0]
    begins = seconds(NOW) - 6 * 3600
    calls = [
        (random.randrange(1, many + 1), begins + random.randrange(6 * 3600), agent, int(random.random() < 0.3))
        for agent in agents
        for _ in range(CALLS)
    ]
    transact(
        lambda: proxy.connection().cursor().executemany(
            "INSERT INTO touch (journal_id, lead_id, stage_id, at, agent_id, kind, outcome, is_talk, seconds, note) "
            "VALUES (0, ?, 1, ?, ?, 'call', 'talked', ?, 60, 'asks for an offer')",
            sorted(calls, key=lambda call: call[1]),
        )
    )  # fmt: skip
    for agent in agents:
        desks.log_in(agent, NOW - timedelta(hours=6))
        for spell in range(SPELLS):
            state = (State.ON_CALL, State.WRAP_UP, State.READY)[spell % 3]
            desks.enter(agent, state, now=NOW - timedelta(hours=6) + timedelta(minutes=3 * spell))
        desks.seen(agent, NOW)
        queue.claim_next(agent, NOW)
    return agents


def reads(floor: Floor, crowd: list[int]) -> dict[str, Callable[[], object]]:
    """Every read of the monitor, by what it shows."""
    boss, agent = floor.managers, crowd[0]
    draws = [place / 20 for place in range(20)]
    today: dict[str, Any] = {"since": NOW - timedelta(hours=6), "until": NOW}
    team = Selection(team_id=1)

    def first() -> object:
        tallies.forget()
        return overview.overview(boss, EVERYTHING, NOW)

    return {
        "overview, the day's first": first,
        "overview, once a second": lambda: overview.overview(boss, EVERYTHING, NOW),
        "overview of a team": lambda: overview.overview(boss, team, NOW),
        "looks": lambda: looks.looks(boss, EVERYTHING, NOW),
        "looks of a team": lambda: looks.looks(boss, team, NOW),
        "happenings, all shown": lambda: happenings.happenings(boss, EVERYTHING, NOW),
        "pulse": lambda: pulse.pulse(boss, EVERYTHING, NOW),
        "pulse of a team": lambda: pulse.pulse(boss, team, NOW),
        "portfolio, a page": lambda: portfolio.portfolio(boss, agent, EVERYTHING, NOW),
        "weekly review, a page": lambda: review.review(
            boss, agent, EVERYTHING, NOW, since=NOW - 3 * DAY, until=NOW + 4 * DAY
        ),
        "spot check": lambda: spot.spot_check(boss, EVERYTHING, NOW, **today, draws=draws),
        "spot check, aimed": lambda: spot.spot_check(boss, EVERYTHING, NOW, **today, draws=draws, aimed=True),
        "month": lambda: month.month(boss, EVERYTHING, month_of(NOW.date()), NOW),
        "find": lambda: leads.find(boss, "company 91", EVERYTHING, NOW),
        "lead": lambda: leads.lead(boss, 1, EVERYTHING, NOW),
    }


def measured(name: str, read: Callable[[], object], crowd: list[int]) -> int:
    """Prints the row of one read; its instructions."""
    read()
    spans = []
    for place in range(ROUNDS):
        moves(crowd[place])
        begun = time.process_time()
        read()
        spans.append((time.process_time() - begun) * 1000)
    moves(crowd[0])
    with steps() as seen:
        read()
    cost = sum(seen.values())
    print(f"{name:<34}{cost:>14,}{len(seen):>12}{statistics.median(spans):>18.2f}", flush=True)
    return cost


def moves(agent: int) -> None:
    """Something happens meanwhile: a call is logged, and its agent goes on to the next."""
    claim = queue.held(agent, NOW) or queue.claim_next(agent, NOW)
    if claim is not None:
        log(claim, NOW)
    queue.claim_next(agent, NOW)


if __name__ == "__main__":
    sys.exit(main())
