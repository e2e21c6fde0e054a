"""The schema's age: migrations from the first day, run by peewee's own runner."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import peewee as pw

from models.base import proxy, rows_of
from models.connect import is_postgres, translated
from models.errors import Unavailable

MIGRATIONS = Path(__file__).with_name("migrations")
LOCK = 0x63666C72
"""PostgreSQL advisory lock under which one process migrates."""
UNFINISHED = "9999_copy_is_unfinished"
"""Stands among the migrations of a copy until all of it is there; an older program takes it for a newer floor."""


def migrate() -> list[str]:
    """Brings the floor's schema up to this program's; harmless when it is there. Returns the names that were run."""
    from playhouse.migrations import Runner

    from models.record import sealing
    from models.search import catalogue

    with translated():
        if is_postgres():
            proxy.execute_sql("SET lock_timeout = 0")  # however long who is faster takes
            proxy.execute_sql("SELECT pg_advisory_lock(%s)", (LOCK,))
        try:
            done: list[str] = Runner(proxy.obj, str(MIGRATIONS)).up()
        finally:
            if is_postgres():
                proxy.execute_sql("SELECT pg_advisory_unlock(%s)", (LOCK,))
    if done:
        # What a migration left to do: in short transactions, beside those who work already.
        catalogue.catch_up()
        sealing.catch_up()
    return done


def bring_up_to_date() -> list[str]:
    """Migrates a floor of an older program; nothing where there is no floor yet, or where it is of this age."""
    try:
        require_current()
    except Unavailable as error:
        return migrate() if error.code == "older" else []
    return []


def require_current() -> None:
    """Refuses a database that is no floor, older than this program, or newer.

    Raises:
        Unavailable: `not_a_floor`, `unfinished` (a copy that was broken off), `older` or `newer`.
    """
    ours = {path.stem for path in MIGRATIONS.glob("[0-9]*.py")}
    try:
        theirs = {str(row[0]) for row in proxy.execute_sql("SELECT name FROM schema_migration")}
    except pw.DatabaseError as error:
        raise Unavailable("not_a_floor") from error
    if UNFINISHED in theirs:
        raise Unavailable("unfinished")
    if theirs - ours:
        raise Unavailable("newer")
    if ours - theirs:
        raise Unavailable("older")


def is_unfinished() -> bool:
    """Whether this is a copy that was broken off. It has a schema."""
    return bool(rows_of("SELECT 1 FROM schema_migration WHERE name = ?", (UNFINISHED,)))


def mark_unfinished(*, is_so: bool) -> None:
    """Puts that mark, or takes it away."""
    proxy.execute_sql(f"DELETE FROM schema_migration WHERE name = '{UNFINISHED}'")
    if is_so:
        proxy.execute_sql(
            f"INSERT INTO schema_migration (name, applied) VALUES ('{UNFINISHED}', '{datetime.now(UTC):%F %T}')"
        )
