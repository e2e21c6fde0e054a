"""What the floor's database is: its build or version, and what a server of it allows. For `callfloor doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models import schema
from models.base import rows_of
from models.connect import is_postgres, translated
from models.errors import Unavailable
from models.people import Agent


@dataclass(frozen=True, slots=True)
class Engine:
    """The database that a floor lies on."""

    kind: str
    """sqlite or postgres."""
    version: tuple[int, ...]
    """SQLite's 3, 51, 3; PostgreSQL's 16, 2."""
    age: str
    """The schema's: current, older, newer or not_a_floor."""
    people: int = 0
    """Who works on the floor."""
    connections: int = 0
    """That a PostgreSQL takes at once; 0 on SQLite."""
    trigrams: str = ""
    """pg_trgm: there, available or missing; empty on SQLite."""
    ahead: timedelta = timedelta(0)
    """How far the server's clock is ahead of this machine's; nothing on SQLite."""


def engine(now: datetime) -> Engine:
    """Looks at the floor's database, which is open on this thread.

    Args:
        now: this machine's clock.

    Raises:
        Unavailable: it cannot be asked.
    """
    age = "current"
    try:
        schema.require_current()
    except Unavailable as error:
        age = error.code
    with translated():
        people = Agent.select().where(Agent.left_at.is_null()).count() if age == "current" else 0
        return _postgres(now, age, people) if is_postgres() else Engine("sqlite", _sqlite_version(), age, people)


def _sqlite_version() -> tuple[int, ...]:
    import apsw

    return tuple(map(int, apsw.sqlite_lib_version().split(".")))


def _postgres(now: datetime, age: str, people: int) -> Engine:
    (number, connections, clock), *_ = rows_of(
        "SELECT current_setting('server_version_num')::int, current_setting('max_connections')::int,"
        " extract(epoch FROM clock_timestamp())"
    )
    found = rows_of("SELECT installed_version IS NOT NULL FROM pg_available_extensions WHERE name = 'pg_trgm'")
    trigrams = "missing" if not found else "there" if found[0][0] else "available"
    ahead = datetime.fromtimestamp(float(clock), UTC) - now
    return Engine("postgres", (number // 10_000, number % 10_000), age, people, connections, trigrams, ahead)
