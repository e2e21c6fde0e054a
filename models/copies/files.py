"""SQLite files as a whole: a copy of one that others write, and whether a copy is good."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from models import check, schema
from models.errors import Unavailable

PROVED = ("stock", "entered", "left", "stage")
"""Questions of `check` that a copy has to answer: counters against what they count."""


def make_sqlite(source: Path, target: Path) -> None:
    """Copies a database in one moment, while others write it.

    Raises:
        Unavailable: `backup_failed`.
        OSError: the disk cannot.
    """
    with _open(source) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))


def require_whole(path: Path) -> None:
    """Opens a copy and reads it through.

    Raises:
        Unavailable: `backup_bad` with what is wrong.
    """
    with _open(path, "immutable=1") as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        if found != ["ok"]:
            raise Unavailable("backup_bad", file=str(path), why=str(found[0]))


def prove_sqlite(path: Path) -> None:
    """Looks that a copy is whole, a floor of no newer program, and that its counters agree.

    Raises:
        Unavailable: `backup_bad` with what is wrong, `newer`.
    """
    require_whole(path)
    with _open(path, "immutable=1") as connection:
        try:
            theirs = {row[0] for row in connection.execute("SELECT name FROM schema_migration")}
            floors = connection.execute("SELECT COUNT(*) FROM floor").fetchall()
        except apsw.SQLError:
            raise Unavailable("backup_bad", file=str(path), why="schema_migration") from None
        if theirs - {one.stem for one in schema.MIGRATIONS.glob("[0-9]*.py")}:
            raise Unavailable("newer")
        for code, question in check.QUESTIONS if floors == [(1,)] else ():
            if code in PROVED and connection.execute(question.replace("IS DISTINCT FROM", "IS NOT")).fetchall():
                raise Unavailable("backup_bad", file=str(path), why=code)


def copy_sqlite(source: Path, target: Path, mode: int) -> None:
    """Copies a file that nobody has open, onto the disk."""
    shutil.copyfile(source, target)
    target.chmod(mode)
    handle = os.open(target, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _open(path: Path, how: str = "mode=ro") -> Iterator[apsw.Connection]:
    try:
        connection = apsw.Connection(
            f"file:{_quoted(path)}?{how}", flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
        )
        connection.setbusytimeout(10_000)
        try:
            yield connection
        finally:
            connection.close()
    except (apsw.FullError, apsw.IOError) as error:
        raise Unavailable("backup_failed", place=str(path), why="no space left, or the disk failed") from error
    except (apsw.NotADBError, apsw.CorruptError) as error:
        raise Unavailable("backup_bad", file=str(path), why="not a database") from error
    except apsw.Error as error:
        raise Unavailable("backup_failed", place=str(path), why=type(error).__name__) from error


def _quoted(path: Path) -> str:
    from urllib.parse import quote

    return quote(str(path.resolve()))
