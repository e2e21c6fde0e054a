"""Where drafts and presence lie: beside the floor, written in their own short transactions, never in the floor's way.

On SQLite a small second file, so that a keystroke waits neither for the gate of the journal nor for the disk, and rings
no bell. On PostgreSQL tables of the floor, written without waiting for the disk. What a process wrote outlives it
either way; a machine that loses its power may lose the last moments.
"""

from __future__ import annotations

import fcntl
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import peewee as pw

from models.base import proxy
from models.connect import keep_journal, translated
from models.errors import Unavailable

if TYPE_CHECKING:
    import apsw

T = TypeVar("T")
Row = tuple[Any, ...]
Run = Callable[[str, Sequence[object]], list[Row]]
"""Runs one SQL text with `?` places and gives its rows."""

STEPS = (
    """
    CREATE TABLE draft (agent_id BIGINT NOT NULL, lead_id BIGINT NOT NULL, place TEXT NOT NULL, text TEXT NOT NULL,
        cursor INTEGER NOT NULL, is_open INTEGER NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (agent_id, lead_id, place));
    CREATE TABLE presence (agent_id BIGINT PRIMARY KEY, state TEXT NOT NULL, code TEXT NOT NULL, since BIGINT NOT NULL,
        lead_id BIGINT, call_since BIGINT, logged_in_at BIGINT NOT NULL, seen_at BIGINT NOT NULL);
    CREATE TABLE spell (agent_id BIGINT NOT NULL, since BIGINT NOT NULL, until BIGINT NOT NULL, state TEXT NOT NULL,
        code TEXT NOT NULL, lead_id BIGINT, PRIMARY KEY (agent_id, since)){without_rowid};
    """,
    "ALTER TABLE presence ADD COLUMN place TEXT NOT NULL DEFAULT ''",
)
"""What brings the tables from each version to the next. Frozen, as migrations are: a later change is a later step, and
a later migration for PostgreSQL."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stamp(at: datetime) -> int:
    """UTC microseconds of an aware moment: times at work add up to the last of them."""
    return (at - EPOCH) // timedelta(microseconds=1)


def moment_of(microseconds: int) -> datetime:
    """The aware UTC moment of a stamp."""
    return EPOCH + timedelta(microseconds=microseconds)


class Shelf(Protocol):
    """A place for what lies on the desks."""

    news: list[Unavailable]
    """What happened to it since somebody asked, oldest first."""
    lock: str
    """What a SELECT says at its end to keep others from its rows until it has written them."""
    version: str
    """A question whose answer changes with what others write."""

    def read(self, sql: str, args: Sequence[object] = ()) -> list[Row]:
        """The rows of one question."""

    def write(self, work: Callable[[Run], T]) -> T:
        """Runs work as one transaction. It may run twice: what it does has to be safe to repeat."""

    def tell_origin(self) -> None:
        """News for whoever was never here: whether another was here before, and what became of it."""

    def close(self) -> None:
        """Gives back what is open; the next call opens it again."""


# ── on PostgreSQL ─────────────────────────────────────────────────────────────────────────────────────────────────────


class DeskTables:
    """Tables of the floor, on the floor's own connection."""

    lock = " FOR UPDATE"
    version = "SELECT COALESCE(MAX(seen_at), 0) + COUNT(*) FROM presence"

    def __init__(self) -> None:
        self.news: list[Unavailable] = []

    def read(self, sql: str, args: Sequence[object] = ()) -> list[Row]:
        """The rows of one question."""
        self._require_line()
        with translated():
            return self._run(sql, args)

    def write(self, work: Callable[[Run], T]) -> T:
        """Runs work as one transaction whose end does not wait for the server's disk."""
        self._require_line()
        with translated():
            self._run("BEGIN; SET LOCAL synchronous_commit TO off")  # together: every way to the server counts
            try:
                result = work(self._run)
                self._run("COMMIT")
            except BaseException:
                with suppress(pw.DatabaseError):  # a line that is gone takes the transaction with it
                    self._run("ROLLBACK")
                raise
            return result

    def tell_origin(self) -> None:
        """Tables are never put aside."""

    def close(self) -> None:
        """Nothing of its own is open."""

    def _require_line(self) -> None:
        # Connecting again is the floor's business: here it would make every letter wait for a server that is gone.
        if proxy.is_closed() or proxy.connection().closed:
            raise Unavailable("gone")

    def _run(self, sql: str, args: Sequence[object] = ()) -> list[Row]:
        cursor = proxy.execute_sql(sql.replace("?", proxy.obj.param), args or None)
        return list(cursor.fetchall()) if cursor.description else []


# ── on SQLite ─────────────────────────────────────────────────────────────────────────────────────────────────────────

BESIDE = "-desks"
"""Suffix of the file beside the floor's."""
KIND = 0x63666473
"""The file's application id: `cfds`."""
PATIENCE = 0.5
"""Seconds that a write waits for other desks. Theirs take a ten-thousandth of it; whoever is slower than this hangs."""
TURNS = 2_000
"""Milliseconds that an opening waits for others who open; a whole floor may log in at once."""
TRIES = 3

CODES = {"BusyError": "locked", "LockedError": "locked", "FullError": "full", "IOError": "full"} | {
    "ReadOnlyError": "read_only",
    "PermissionsError": "read_only",
}


class DeskFile:
    """A file of its own beside the floor's."""

    lock = ""
    version = "PRAGMA data_version"

    def __init__(self, path: Path, floor: str, *, read_only: bool) -> None:
        self.path = path
        self.floor = floor
        """The floor's own mark: the file of a floor that was here before is not this one's."""
        self.read_only = read_only
        self.news: list[Unavailable] = []
        self._told: set[object] = set()
        self._origin: Unavailable | None = None
        self._connection: apsw.Connection | None = None
        self._identity = (0, 0)

    def read(self, sql: str, args: Sequence[object] = ()) -> list[Row]:
        """The rows of one question."""
        return self._tried(lambda connection: _run(connection, sql, args))

    def write(self, work: Callable[[Run], T]) -> T:
        """Runs work as one transaction."""
        return self._tried(lambda connection: _transaction(connection, work))

    def tell_origin(self) -> None:
        """News where this file took the place of one that was put aside."""
        if self._origin is not None:
            self._tell(self._origin)

    def close(self) -> None:
        """Gives the file back."""
        if self._connection is not None:
            self._connection.close(True)
            self._connection = None

    def _tried(self, work: Callable[[apsw.Connection], T]) -> T:
        import apsw

        try:
            for _ in range(TRIES):
                try:
                    result = work(self._opened())
                except (apsw.CorruptError, apsw.NotADBError):
                    self._open("broken")
                    continue
                # Put aside or taken away meanwhile, by another desk or by hand: what was written went with it.
                if not self._has_moved():
                    return result
        except apsw.Error as error:
            if self._connection is not None and self._connection.in_transaction:
                self.close()
            raise Unavailable(CODES.get(type(error).__name__, "gone")) from error
        except OSError as error:
            raise Unavailable("gone") from error
        raise Unavailable("gone")

    def _has_moved(self) -> bool:
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            return True
        return (found.st_dev, found.st_ino) != self._identity

    def _opened(self) -> apsw.Connection:
        if self._connection is None:
            self._open()
        elif self._has_moved():
            self._open()
            self._tell(self._origin or Unavailable("desks_gone"))
        assert self._connection is not None
        return self._connection

    def _open(self, fault: str = "") -> None:
        """Opens the file, makes it where it is not there, and puts it aside where it cannot be used.

        One at a time: else somebody would open the new file with the journal of the old.
        """
        with _turn(self.path.parent):
            aside = self._put_aside(fault) if fault and not self._has_moved() else ""
            try:
                self._connect()
                if not aside and (fault := self._fault()):
                    aside = self._put_aside(fault)
                    self._connect()
                self._prepare(fault if aside else "", aside)
            except BaseException:
                self.close()
                raise

    def _connect(self) -> None:
        import apsw

        self.close()
        if not self.read_only:
            self._make_file()
        flags = apsw.SQLITE_OPEN_READONLY if self.read_only else apsw.SQLITE_OPEN_READWRITE
        self._connection = apsw.Connection(str(self.path), flags=flags)
        self._connection.set_busy_handler(_patience())
        keep_journal(self._connection)
        found = os.stat(self.path)
        self._identity = found.st_dev, found.st_ino

    def _make_file(self) -> None:
        """Whoever may use the floor may use its desks."""
        with suppress(FileExistsError):
            made = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                os.fchmod(made, os.stat(str(self.path).removesuffix(BESIDE)).st_mode & 0o777)
            finally:
                os.close(made)

    def _fault(self) -> str:
        """What keeps the file from being used: nothing, `broken`, or `foreign`."""
        import apsw

        assert self._connection is not None
        try:
            kind, tables = _numbers(self._connection, "application_id"), "SELECT COUNT(*) FROM sqlite_master"
            if kind == 0 and _run(self._connection, tables) == [(0,)]:
                return ""  # nothing in it yet
            is_ours = kind == KIND and _run(self._connection, "SELECT floor FROM born") == [(self.floor,)]
        except (apsw.CorruptError, apsw.NotADBError, apsw.SQLError):
            return "broken"
        return "" if is_ours else "foreign"

    def _prepare(self, fault: str, aside: str) -> None:
        connection = self._connection
        assert connection is not None
        version = _numbers(connection, "user_version")
        if version > len(STEPS):
            raise Unavailable("newer")
        _run(connection, "PRAGMA cache_size = -256")
        if not self.read_only:
            # All of its rows are read: a statement behind one that was not is never run.
            _run(connection, "PRAGMA journal_mode = wal; PRAGMA synchronous = normal")
            # The journal that stays is empty: else a file put here from a backup would get the old one's pages.
            _run(connection, "PRAGMA journal_size_limit = 0")
            if version < len(STEPS):
                _transaction(connection, lambda run: self._step(run, version, fault, aside))
        fault, aside = _run(connection, "SELECT fault, aside FROM born")[0]
        self._origin = Unavailable(f"desks_{fault}", aside=aside) if aside else None

    def _step(self, run: Run, version: int, fault: str, aside: str) -> None:
        for step in STEPS[version:]:
            for statement in step.format(without_rowid=" WITHOUT ROWID").split(";"):
                run(statement, ())
        if version == 0:
            run("CREATE TABLE born (floor TEXT NOT NULL, fault TEXT NOT NULL, aside TEXT NOT NULL)", ())
            run("INSERT INTO born (floor, fault, aside) VALUES (?, ?, ?)", (self.floor, fault, aside))
            run(f"PRAGMA application_id = {KIND}", ())
        run(f"PRAGMA user_version = {len(STEPS)}", ())

    def _put_aside(self, fault: str) -> str:
        """Renames the file and what belongs to it, for whoever can mend it. Returns its new name."""
        if self.read_only:
            raise Unavailable(f"desks_{fault}", aside="")
        self.close()
        number = 1
        while os.path.lexists(aside := f"{self.path}.{fault}-{number}"):
            number += 1
        for end in ("-wal", "-shm", ""):
            with suppress(FileNotFoundError):
                os.rename(f"{self.path}{end}", f"{aside}{end}")
        self._tell(Unavailable(f"desks_{fault}", aside=aside))
        return aside

    def _tell(self, news: Unavailable) -> None:
        """Once for each file that was put aside."""
        if (aside := news.fields.get("aside")) not in self._told:
            self.news.append(news)
            if aside is not None:
                self._told.add(aside)


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """A moment alone among those who open files of this folder."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        for _ in range(TURNS):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.001)
        else:
            raise Unavailable("locked")
        yield
    finally:
        os.close(handle)


def _patience() -> Callable[[int], bool]:
    """Waits for another desk: in short naps of any length, so that all come to their turn.

    SQLite's own naps grow, and whoever waited longest then waits on: two seconds among sixteen that never rest.
    """
    end = 0.0

    def nap(before: int) -> bool:
        nonlocal end
        if before == 0:
            end = time.monotonic() + PATIENCE
        time.sleep(random.uniform(0.000_05, 0.000_5))
        return time.monotonic() < end

    return nap


def _run(connection: apsw.Connection, sql: str, args: Sequence[object] = ()) -> list[Row]:
    return list(connection.execute(sql, tuple(args)))


def _numbers(connection: apsw.Connection, pragma: str) -> int:
    return int(_run(connection, f"PRAGMA {pragma}")[0][0])


def _transaction(connection: apsw.Connection, work: Callable[[Run], T]) -> T:
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(lambda sql, args: _run(connection, sql, args))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result
