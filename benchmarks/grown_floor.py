"""Floors with a past: nine or ten moves and five touches of each lead of a made floor, as years of work leave them.

People move leads while the floor works, from nine to six, and what happened later is written later. Made once for each
size and kept in `build/`, as the floors are that it grows from.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from random import Random

from benchmarks import made_floor
from benchmarks.made_floor import NOW, Floor
from models import connect
from models.base import proxy, rows_of
from models.campaigns import book
from models.reports import legs

TOUCHES = 5
"""Of each lead."""
SOURCES = ("internet", "exhibition", "advertising", "referral", "inbound", "web_form", "")
LOOP = ("E", "D", "C", "B", "C", "D", "C", "D", "E")
"""Where every lead goes and comes back from before it goes where it stands: eight moves."""
DEEPER = "EDCBA".index
WAYS = tuple("forward" if DEEPER(to) > DEEPER(here) else "back" for here, to in pairwise(LOOP))
MEMORY = 4 << 20
"""KiB in which SQLite puts ten million rows in order."""
DAY, OPENS, EAST = 86_400, 9 * 3600, 8 * 3600
"""Seconds: of a day, from midnight to nine, and that Shanghai is east of Greenwich."""
AT_WORK = f"(({{0}} + {EAST}) / {DAY} * {DAY} - {EAST} + {OPENS} + ({{0}} + {EAST}) % {DAY} * 9 / 24)"
"""SQL of the same moment of the day when a day is the floor's nine hours; nothing changes its order, day or month."""


def opened(leads: int, folder: Path) -> AbstractContextManager[Floor]:
    """A copy of a floor of that size, open in this process."""
    sources = (*made_floor.SOURCES, Path(__file__), Path(str(legs.__file__)))
    return made_floor.copied(made_floor.kept(f"grown-{leads}", sources, partial(_grown, leads)), folder)


def _grown(leads: int, path: Path) -> None:
    shutil.copy(made_floor.kept_floor(leads), path)
    database = connect.use(str(path))
    proxy.execute_sql(f"PRAGMA cache_size = -{MEMORY}")
    proxy.execute_sql("PRAGMA temp_store = MEMORY")
    agents = tuple(row[0] for row in rows_of("SELECT id FROM agent WHERE role = 'agent' ORDER BY id"))
    with _triggers_off():
        _grow(agents)
    proxy.execute_sql("ANALYZE")
    proxy.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


@contextmanager
def _triggers_off() -> Iterator[None]:
    """Counters are counted at the end, all at once."""
    triggers = rows_of("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    for name, _ in triggers:
        proxy.execute_sql(f"DROP TRIGGER {name}")
    proxy.execute_sql("BEGIN IMMEDIATE")
    yield
    passages_of = import_module("models.migrations.0011_passages")
    by_lead = import_module("models.migrations.0014_by_lead")
    flow_by_lead = import_module("models.migrations.0016_flow_by_lead")
    sales = import_module("models.migrations.0017_sales")
    work_by_lead = import_module("models.migrations.0019_work_by_lead")
    kept = ("stock", "entered", "passed", "stayed", "flow", "worked")
    others = ("passage", "passed", "stayed", "sale", "worked", "entered", "flow", "came")
    for table in (*others, *(f"{name}_by_lead" for name in kept)):
        proxy.execute_sql(f"DELETE FROM {table}")
    filled = (*passages_of.FILL, *by_lead.fill(), *flow_by_lead.fill(), sales.FILL, *work_by_lead.fill())
    for statement in filled:
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
    import_module("models.migrations.0018_cohorts").fill(proxy.obj)


def _grow(agents: tuple[int, ...]) -> None:
    """Eight moves more for each lead, before the one that it had; touches; sources, industries and products."""
    for place, source in enumerate(SOURCES):
        proxy.execute_sql(
            "UPDATE lead SET source = ?, industry = 'industry ' || (id % 5), product = 'product ' || (id % 3) "
            "WHERE id % ? = ?",
            (source, len(SOURCES), place),
        )
    random, ids = Random(3), book(1).stage_ids
    rows = rows_of("SELECT id, entered_at, stage_since, owner_id, team_id, amount, stage_id FROM lead ORDER BY id")
    # What was there came with its lead or stands at its end: of the same second, the first to come goes first.
    _write(
        "stage_move",
        "at, from_stage_id IS NOT NULL, rowid <= {old}, rowid",
        "journal_id, lead_id, from_stage_id, to_stage_id, way, at, month, agent_id, owner_id, team_id, amount",
        (move for lead in rows for move in _loop(random, lead, ids)),
    )
    _write(
        "touch",
        "at, rowid",
        "journal_id, lead_id, stage_id, at, agent_id, owner_id, team_id, kind, outcome, is_talk, seconds",
        (touch for lead in rows for touch in _touched(random, lead, agents)),
    )
    for column in ("obtained_at", "entered_at", "stage_since", "touched_at"):
        proxy.execute_sql(f"UPDATE lead SET {column} = {AT_WORK.format(column)}")


def _write(table: str, order: str, columns: str, rows: Iterator[tuple[object, ...]]) -> None:
    """Rows into a table, what was there (rows up to `old`) among them, in the order of time."""
    cursor = proxy.connection().cursor()
    cursor.execute(f"CREATE TEMP TABLE grown AS SELECT {columns} FROM {table}")
    (old,) = cursor.execute("SELECT COUNT(*) FROM grown").fetchone()
    cursor.executemany(f"INSERT INTO grown VALUES ({', '.join('?' * len(columns.split(',')))})", rows)
    cursor.execute(f"DELETE FROM {table}")
    at_work = columns.replace(" at,", f" {AT_WORK.format('at')},")
    cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {at_work} FROM grown ORDER BY {order.format(old=old)}")
    cursor.execute("DROP TABLE grown")


def _loop(random: Random, lead: tuple[int, ...], ids: Mapping[str, int]) -> Iterator[tuple[object, ...]]:
    """A lead's way between its coming and its last move."""
    number, came, since, owner, team, amount, stage = lead
    until = since if stage != ids["E"] else int(NOW.timestamp())
    times = sorted(random.randrange(came, max(came + 1, until)) for _ in WAYS)
    for place, (way, at) in enumerate(zip(WAYS, times, strict=True)):
        yield 0, number, ids[LOOP[place]], ids[LOOP[place + 1]], way, at, made_floor._month(at), 1, owner, team, amount


def _touched(random: Random, lead: tuple[int, ...], agents: tuple[int, ...]) -> Iterator[tuple[object, ...]]:
    """Its calls."""
    number, came, _, owner, team, _, stage = lead
    for _ in range(TOUCHES):
        at, is_talk = random.randrange(came, int(NOW.timestamp()) + 1), int(random.random() < 0.3)
        yield 0, number, stage, at, owner or random.choice(agents), owner, team, "call", "talked", is_talk, 60
