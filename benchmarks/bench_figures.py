"""What figures cost: each report in SQLite's own instructions and in milliseconds, on a floor with ten moves a lead.

`python -m benchmarks.bench_figures [LEADS] [postgres]`: of so many leads, 100,000 where nothing is said; with
`postgres`, the same floor is copied to a server of its own and asked the same. Times are processor time on SQLite, the
wall's on PostgreSQL, whose work is done elsewhere.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from random import Random

from benchmarks import made_floor
from benchmarks.bench_store import steps
from benchmarks.made_floor import NOW, Floor
from funnel import Line
from models import connect, figures
from models.base import month_of, proxy, rows_of
from models.campaigns import book
from models.cards import Scope
from models.connect import is_postgres
from models.copies import copying
from models.reports import bridges, funnels, legs, openings, reaches, sources, standing, work
from models.reports.cells import Cell, Number
from models.reports.periods import Period, PeriodKind, of_day
from models.reports.slices import By, Slice
from models.zones import floor_zone
from tests import postgres

LEADS, MOVES, TOUCHES = 100_000, 10, 5
"""And moves and touches of each lead."""
ROUNDS = 3
BATCH = 50_000
SOURCES = ("internet", "exhibition", "advertising", "referral", "inbound", "web_form", "")
LOOP = ("E", "D", "C", "B", "C", "D", "C", "D", "E")
"""Where every lead goes and comes back from before it goes where it stands: eight moves."""
DEEPER = "EDCBA".index
WAYS = tuple("forward" if DEEPER(to) > DEEPER(here) else "back" for here, to in pairwise(LOOP))


def main() -> int:
    """Prints the tables; nothing here is refused."""
    leads = int(sys.argv[1]) if len(sys.argv) > 1 else LEADS
    with tempfile.TemporaryDirectory() as folder, made_floor.opened(leads, Path(folder)) as floor:
        begun = time.perf_counter()
        with triggers_off():
            grow(floor)
        print(f"{leads:,} leads, {MOVES * leads:,} moves, {TOUCHES * leads:,} touches", end="")
        print(f" (grown in {time.perf_counter() - begun:.0f} s)", flush=True)
        told(floor)
        if "postgres" in sys.argv[2:]:
            with postgres.server() as server, postgres.database(server) as url:
                copying.copy(str(floor.path), url, NOW, anyway=True)
                database = connect.use(url)
                told(floor)
                database.close()
    return 0


@contextmanager
def triggers_off() -> Iterator[None]:
    """Counters are counted at the end, all at once."""
    triggers = rows_of("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    for name, _ in triggers:
        proxy.execute_sql(f"DROP TRIGGER {name}")
    proxy.execute_sql("BEGIN IMMEDIATE")
    yield
    passages_of = import_module("models.migrations.0011_passages")
    by_lead = import_module("models.migrations.0014_by_lead")
    kept = ("stock", "entered", "passed", "stayed")
    for table in ("passage", "passed", "stayed", "worked", "entered", "flow", *(f"{name}_by_lead" for name in kept)):
        proxy.execute_sql(f"DELETE FROM {table}")
    for statement in (*passages_of.FILL, *by_lead.fill()):
        proxy.execute_sql(statement)
    proxy.execute_sql(
        "INSERT INTO flow (width, span, stage_id, team_id, owner_id, line, is_voided, n, amount) " + legs.recounted()
    )
    proxy.execute_sql(
        "INSERT INTO entered (month, stage_id, team_id, owner_id, n) SELECT month, to_stage_id, COALESCE(team_id, 0), "
        "COALESCE(owner_id, 0), COUNT(*) FROM stage_move GROUP BY 1, 2, 3, 4"
    )
    proxy.execute_sql("COMMIT")
    for _, sql in triggers:
        proxy.execute_sql(sql)
    proxy.execute_sql("ANALYZE")


def grow(floor: Floor) -> None:
    """Eight moves more for each lead, before the one that it had; touches; sources, industries and products."""
    random, ids = Random(3), book(floor.campaign).stage_ids
    cursor = proxy.connection().cursor()
    for place, source in enumerate(SOURCES):
        cursor.execute(
            "UPDATE lead SET source = ?, industry = 'industry ' || (id % 5), product = 'product ' || (id % 3) "
            "WHERE id % ? = ?",
            (source, len(SOURCES), place),
        )
    rows = rows_of("SELECT id, entered_at, stage_since, owner_id, team_id, amount, stage_id FROM lead ORDER BY id")
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        cursor.executemany(
            "INSERT INTO stage_move (journal_id, lead_id, from_stage_id, to_stage_id, way, at, month, agent_id, "
            "owner_id, team_id, amount) VALUES (0, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)",
            [move for lead in part for move in loop(random, lead, ids)],
        )
        cursor.executemany(
            "INSERT INTO touch (journal_id, lead_id, stage_id, at, agent_id, owner_id, team_id, kind, outcome, "
            "is_talk, seconds) VALUES (0, ?, ?, ?, ?, ?, ?, 'call', 'talked', ?, 60)",
            [touch for lead in part for touch in touched(random, lead, floor.agents)],
        )


def loop(random: Random, lead: tuple[int, ...], ids: Mapping[str, int]) -> Iterator[tuple[object, ...]]:
    """A lead's way between its coming and its last move."""
    number, came, since, owner, team, amount, stage = lead
    until = since if stage != ids["E"] else int(NOW.timestamp())
    times = sorted(random.randrange(came, max(came + 1, until)) for _ in WAYS)
    for place, (way, at) in enumerate(zip(WAYS, times, strict=True)):
        yield number, ids[LOOP[place]], ids[LOOP[place + 1]], way, at, made_floor._month(at), owner, team, amount


def touched(random: Random, lead: tuple[int, ...], agents: tuple[int, ...]) -> Iterator[tuple[object, ...]]:
    """Its calls."""
    number, came, _, owner, team, _, stage = lead
    for _ in range(TOUCHES):
        at = random.randrange(came, int(NOW.timestamp()) + 1)
        yield number, stage, at, owner or random.choice(agents), owner, team, int(random.random() < 0.3)


def reads(floor: Floor) -> dict[str, Callable[[], object]]:
    """Every report, by what it shows."""
    boss, all_of_it, zone = floor.managers, Slice(floor.campaign), floor_zone()
    month = of_day(PeriodKind.MONTH, NOW.astimezone(zone).date(), zone).before()
    year = of_day(PeriodKind.YEAR, date(2025, 6, 1), zone)
    week = of_day(PeriodKind.WEEK, date(2026, 2, 11), zone)
    found: dict[str, Callable[[], object]] = {
        "live panel": lambda: figures.panel(boss, Scope.FLOOR, floor.campaign, NOW),
        "a month's stage figures alone": lambda: figures.month_figures(
            floor.campaign, month_of(month.since.date()), month_of(month.since.date()) + 1
        ),
    }
    for name, period in (("week", week), ("month", month), ("year", year)):
        for by in By:
            found[f"funnel, {name} by {by.value}"] = lambda p=period, b=by: funnels.funnels(boss, all_of_it, p, b, NOW)  # type: ignore[misc]
    for name, period in (("month", month), ("year", year)):
        for by in (By.NOTHING, By.AGENT, By.SOURCE):
            found[f"cohorts, {name} by {by.value}"] = lambda p=period, b=by: reaches.cohorts(boss, all_of_it, p, b)  # type: ignore[misc]
            found[f"work, {name} by {by.value}"] = lambda p=period, b=by: work.work(boss, all_of_it, p, b)  # type: ignore[misc]
        found[f"sources, {name}"] = lambda p=period: sources.sources(boss, all_of_it, p)  # type: ignore[misc]
    return {**found, **past(floor, {"month": month, "year": year})}


def past(floor: Floor, periods: Mapping[str, Period]) -> dict[str, Callable[[], object]]:
    """The bridge, what stood at past moments, and a page of what is behind a number."""
    boss, campaign = floor.managers, floor.campaign
    chosen = {
        "floor": Slice(campaign),
        "team": Slice(campaign, 1),
        "agent": Slice(campaign, agent_id=floor.agents[0]),
        "source": Slice(campaign, source=SOURCES[1]),
    }
    found: dict[str, Callable[[], object]] = {}
    for who, own in chosen.items():
        for name, period in periods.items():
            found[f"bridge, {name} of a {who}"] = lambda s=own, p=period: bridges.bridge(boss, s, p)  # type: ignore[misc]
        for days in (20, 200):
            at = NOW - timedelta(days=days, hours=5, minutes=7)
            found[f"as of {days} days ago, {who}"] = lambda s=own, t=at: standing.standing(boss, s, t)  # type: ignore[misc]
        for what in (Number.OPENING, Line.ADVANCED, Number.LEFT_FORWARD):
            cell = Cell(what, own, periods["month"], "C")
            found[f"behind {what.value}, {who}"] = lambda c=cell: openings.rows(boss, c)  # type: ignore[misc]
    return found


def told(floor: Floor) -> None:
    """Prints a row for each."""
    print(f"{'':<34}{'instructions':>16}{'ms':>10}")
    for name, read in reads(floor).items():
        spans = []
        clock = time.perf_counter if is_postgres() else time.process_time
        for _ in range(ROUNDS):
            begun = clock()
            read()
            spans.append((clock() - begun) * 1000)
        cost = "–"
        if not is_postgres():
            with steps() as seen:
                read()
            cost = f"{sum(seen.values()):,}"
        print(f"{name:<34}{cost:>16}{statistics.median(spans):>10.1f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
