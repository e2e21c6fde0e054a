"""The schema's age: migrations from the first day, run by peewee's own runner."""

from __future__ import annotations

from pathlib import Path

import peewee as pw

from models.base import proxy
from models.connect import is_postgres, translated
from models.errors import Unavailable

MIGRATIONS = Path(__file__).with_name("migrations")
LOCK = 0x63666C72
"""PostgreSQL advisory lock under which one process migrates."""


def migrate() -> list[str]:
    """Brings the floor's schema up to this program's; harmless when it is there. Returns the names that were run."""
    from playhouse.migrations import Runner

    from models import catalogue

    with translated():
        if is_postgres():
            proxy.execute_sql("SELECT pg_advisory_lock(%s)", (LOCK,))
        try:
            done: list[str] = Runner(proxy.obj, str(MIGRATIONS)).up()
        finally:
            if is_postgres():
                proxy.execute_sql("SELECT pg_advisory_unlock(%s)", (LOCK,))
    if done:
        catalogue.catch_up()  # what a migration left to do: in short transactions, beside those who work already
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
        Unavailable: `not_a_floor`, `older` or `newer`.
    """
    ours = {path.stem for path in MIGRATIONS.glob("[0-9]*.py")}
    try:
        theirs = {str(row[0]) for row in proxy.execute_sql("SELECT name FROM schema_migration")}
    except pw.DatabaseError as error:
        raise Unavailable("not_a_floor") from error
    if theirs - ours:
        raise Unavailable("newer")
    if ours - theirs:
        raise Unavailable("older")
