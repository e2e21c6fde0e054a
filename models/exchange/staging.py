"""A list on its way in: a file of its own, beside the floor, in which rows wait in the form of the store.

Nobody else reads it, and it goes with the import; what a killed one leaves the next one removes.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import apsw

from models.exchange.drafting import Rows

NEW, TWIN, KNOWN, SUPPRESSED, LATE = range(5)
"""Fates of a row: taken; its number stands earlier in the list; in the store; may not be called; lost a race."""

LEAD = (
    "n", "number", "extension", "person", "title", "part", "email", "company", "industry", "need", "product", "source",
    "code", "amount", "margin", "units", "expected_on", "profile", "obtained_at", "entered_at", "zone", "owner_id",
    "team_id", "stage_id", "stage_since", "touched_at", "fresh_until", "tries", "tries_on_day", "tried_on", "misses",
    "lane", "key", "rekey_at", "wake_at", "due_at", "due_agent_id",
)  # fmt: skip
MOVE = ("n", "place", "from_stage_id", "to_stage_id", "way", "at", "month", "amount", "reason")
TOUCH = ("n", "place", "stage_id", "at", "kind", "outcome", "is_talk", "seconds", "note", "purpose", "feedback")
EXTRA = ("n", "number", "extension")
REJECT = ("n", "code", "field", "found")

TYPES = {"n": "INTEGER", "place": "INTEGER", "number": "INTEGER", "code": "TEXT", "zone": "TEXT"}
"""Types of the columns that are looked up: a key without one is compared with nothing that has one by its index."""


def _columns(names: Sequence[str]) -> str:
    return ", ".join(f"{name} {TYPES.get(name, '')}".strip() for name in names)


SCHEMA = f"""
CREATE TABLE row (n INTEGER PRIMARY KEY, {_columns(LEAD[1:])}, fate INTEGER NOT NULL DEFAULT 0, target INTEGER);
CREATE TABLE move ({_columns(MOVE)}, PRIMARY KEY (n, place)) WITHOUT ROWID;
CREATE TABLE touch ({_columns(TOUCH)}, PRIMARY KEY (n, place)) WITHOUT ROWID;
CREATE TABLE extra ({_columns(EXTRA)});
CREATE TABLE reject (n INTEGER PRIMARY KEY, {_columns(REJECT[1:])});
CREATE TABLE person (n INTEGER, name, title, part, email);
CREATE TABLE zone (name TEXT PRIMARY KEY, zone_id INTEGER) WITHOUT ROWID
"""
BATCH = 5_000
PREFIX, SUFFIX = "callfloor-", ".list"
CACHE_KB = 48_000


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


class Staging:
    """The file, and what is asked of it."""

    def __init__(self, folder: Path | None = None) -> None:
        _sweep(folder or Path(tempfile.gettempdir()))
        self.lock, name = tempfile.mkstemp(prefix=PREFIX, dir=folder)
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.path = Path(name).rename(f"{name}{SUFFIX}")
        self.db = apsw.Connection(str(self.path))
        for statement in (
            "PRAGMA journal_mode = off",
            "PRAGMA synchronous = off",
            "PRAGMA locking_mode = normal",
            f"PRAGMA cache_size = -{CACHE_KB}",
            "PRAGMA temp_store = file",
            *SCHEMA.split(";"),
        ):
            self.run(statement)

    def run(self, sql: str, args: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        return list(self.db.cursor().execute(sql, args))

    def each(self, sql: str, args: Sequence[Any] | Mapping[str, Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a statement, one at a time."""
        return iter(self.db.cursor().execute(sql, args))

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """One statement for many rows, in one transaction."""
        with self.db:
            self.db.cursor().executemany(sql, rows)

    def one(self, sql: str, args: Sequence[Any] = ()) -> int:
        """The one number that a statement gives; nothing counts as 0."""
        rows = self.run(sql, args)
        return int(rows[0][0] or 0) if rows else 0

    def take(self, rows: Rows) -> None:
        """Puts what was drafted into the file and empties it."""
        with self.db:
            cursor = self.db.cursor()
            for table, columns, found in (
                ("row", LEAD, rows.leads),
                ("move", MOVE, rows.moves),
                ("touch", TOUCH, rows.touches),
                ("extra", EXTRA, rows.numbers),
                ("reject", REJECT, rows.rejected),
            ):
                if found:
                    cursor.executemany(_insert(table, columns), found)
                    found.clear()

    def finish(self) -> None:
        """Notes the zones that the list's numbers live in."""
        self.run("INSERT INTO zone (name) SELECT DISTINCT zone FROM row")

    def close(self) -> None:
        """Removes the file."""
        self.db.close()
        self.path.unlink(missing_ok=True)
        os.close(self.lock)


def _sweep(folder: Path) -> None:
    """Removes what killed imports left: no living process has a lock on it."""
    for path in folder.glob(f"{PREFIX}*{SUFFIX}"):
        with suppress(OSError):  # somebody else's, or in use
            handle = os.open(path, os.O_RDWR)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
            finally:
                os.close(handle)
