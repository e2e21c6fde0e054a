"""What figures cost: each report in SQLite's own instructions and in milliseconds, on a floor with a past.

`python -m benchmarks.bench_figures [LEADS] [postgres]`: of so many leads, 100,000 where nothing is said; with
`postgres`, the same floor is copied to a server of its own and asked the same. Times are processor time on SQLite, the
wall's on PostgreSQL, whose work is done elsewhere.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

from benchmarks import grown_floor
from benchmarks.bench_store import steps
from benchmarks.grown_floor import SOURCES
from benchmarks.made_floor import NOW, Floor
from funnel import Line
from models import connect, figures
from models.base import month_of, rows_of
from models.cards import Scope
from models.connect import is_postgres
from models.copies import copying
from models.reports import bridges, funnels, openings, reaches, sources, standing, work
from models.reports.cells import Cell, Number
from models.reports.periods import Period, PeriodKind, of_day
from models.reports.slices import By, Slice
from models.zones import floor_zone
from tests import postgres

LEADS, ROUNDS = 100_000, 3


def main() -> int:
    """Prints the tables; nothing here is refused."""
    leads = int(sys.argv[1]) if len(sys.argv) > 1 else LEADS
    with tempfile.TemporaryDirectory() as folder, grown_floor.opened(leads, Path(folder)) as floor:
        counts = {name: rows_of(f"SELECT COUNT(*) FROM {name}")[0][0] for name in ("lead", "stage_move", "touch")}
        print(", ".join(f"{count:,} of {name}" for name, count in counts.items()), flush=True)
        told(floor)
        if "postgres" in sys.argv[2:]:
            with postgres.server() as server, postgres.database(server) as url:
                copying.copy(str(floor.path), url, NOW, anyway=True)
                database = connect.use(url)
                told(floor)
                database.close()
    return 0


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
