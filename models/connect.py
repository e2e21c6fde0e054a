"""URL → database: SQLite of one known build, a gate before each write, a bell after it; PostgreSQL by psycopg 3."""

from __future__ import annotations

import fcntl
import os
import random
import threading
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import peewee as pw

from models.base import proxy
from models.errors import Refused, Unavailable

T = TypeVar("T")
Q = TypeVar("Q", bound="pw.ModelSelect[Any]")

GATE, BELL = "-gate", "-bell"
"""Suffixes of the files beside a SQLite floor."""

ROOM, DESK_ROOM, READER_ROOM = 32_000, 2_000, 1_000
"""KiB of a SQLite floor's pages that a connection keeps: a command's, a desk's, and a desk's that only asks.

A desk comes back to the pages of its queue, some two megabytes. What else it reads, it reads once, and the system has
the file's pages anyway.
"""

MAPPED = 2 << 30
"""Bytes of a SQLite floor's file, as many as SQLite allows, that a connection which only asks reads in place: a report
looks at a million rows here and there, and each page was a call of the system and a copy.
"""

CHANNEL = "callfloor"
"""What PostgreSQL notifies."""


class Gate(threading.local):
    """A queue for writers that waits in the kernel: first come first served, freed when a process dies.

    SQLite's own busy handler sleeps and polls, and starves some processes by a factor of a thousand. Each thread with a
    connection has its own, and closes no other's.
    """

    def __init__(self, database: str) -> None:
        self.path = database + GATE
        self.file: int | None = None

    def open(self) -> None:
        """Opens the file if it is not open yet."""
        if self.file is None:
            self.file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)

    def enter(self) -> None:
        """Waits for its turn."""
        self.open()
        assert self.file is not None
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def leave(self) -> None:
        """Lets the next one in."""
        if self.file is not None:
            fcntl.flock(self.file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Gives the file back."""
        if self.file is not None:
            os.close(self.file)
            self.file = None


def _sqlite(path: str, *, read_only: bool, room: int) -> pw.Database:
    import apsw
    from playhouse.apsw_ext import APSWDatabase

    class GatedSqlite(APSWDatabase):  # type: ignore[misc]
        """SQLite whose every transaction passes the gate: begin enters it, commit and rollback leave it."""

        gate = Gate(path)
        inode = 0
        """Of the file that was opened: one that is taken away would take what is written into it with it."""

        def _add_conn_hooks(self, conn: Any) -> None:
            # The migration runner's own table keeps a datetime, which apsw does not bind by itself.
            conn.convert_binding = lambda _cursor, _place, value: value.isoformat(" ")
            super()._add_conn_hooks(conn)
            keep_journal(conn)
            self.inode = os.stat(path).st_ino

        def begin(self, lock_type: str | None = None) -> None:
            self.gate.enter()
            try:
                if os.stat(path).st_ino != self.inode:
                    raise FileNotFoundError(path)
                super().begin("IMMEDIATE")
            except BaseException:
                self.gate.leave()
                raise

        def commit(self) -> bool:
            done: bool = super().commit()
            self.gate.leave()
            return done

        def rollback(self) -> bool:
            try:
                undone: bool = super().rollback()
            finally:
                self.gate.leave()
            return undone

        def _close(self, conn: Any) -> None:
            # The journal that stays is empty: else a file put here from a backup would get the old one's pages. Only
            # now, since one that is emptied while it is written has to grow again, which every commit would wait for.
            with suppress(apsw.Error):
                conn.execute("PRAGMA journal_size_limit = 0")
            super()._close(conn)
            self.gate.close()

    pragmas: dict[str, object] = {"foreign_keys": 1, "cache_size": -room, "temp_store": 2}
    if read_only:
        reader: pw.Database = APSWDatabase(
            path,
            pragmas={**pragmas, "query_only": 1, "mmap_size": MAPPED},
            autoconnect=False,
            flags=apsw.SQLITE_OPEN_READONLY,
        )
        return reader
    pragmas |= {"journal_mode": "wal", "synchronous": "full", "recursive_triggers": 1, "wal_autocheckpoint": 2000}
    return GatedSqlite(path, pragmas=pragmas, autoconnect=False, timeout=10)


def keep_journal(connection: Any) -> None:
    """SQLite's journal stays when the last one leaves, so that who may not write can read at night.

    Args:
        connection: apsw's.
    """
    import apsw

    stays = array("i", [1])
    connection.file_control("main", apsw.SQLITE_FCNTL_PERSIST_WAL, stays.buffer_info()[0])


LINE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "fallback_application_name": "callfloor",
}
"""How long a desk waits for a server that does not answer, at most half a minute. A URL may say otherwise."""
SESSION = {
    "default_transaction_isolation": "read\\ committed",
    "lock_timeout": "10s",
    # A desk that stands still in the middle of a command, or whose machine is gone, keeps nobody waiting longer.
    "idle_in_transaction_session_timeout": "30s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
"""What a desk asks of its session on the server."""


def _postgres(url: str, *, read_only: bool) -> pw.Database:
    from playhouse.db_url import parse

    arguments = LINE | parse(url.replace("postgres://", "postgresql://", 1))
    name = arguments.pop("database")
    wanted = SESSION | ({"default_transaction_read_only": "on"} if read_only else {})
    options = " ".join(f"-c {setting}={value}" for setting, value in wanted.items())
    arguments["options"] = f"{options} {arguments.get('options', '')}".rstrip()
    return pw.PostgresqlDatabase(name, autoconnect=False, prefer_psycopg3=True, **arguments)


def is_postgres(database: pw.Database | None = None) -> bool:
    """Whether the floor lies on PostgreSQL."""
    return isinstance(database or proxy.obj, pw.PostgresqlDatabase)


def is_reader(database: pw.Database) -> bool:
    """Whether a connection was opened for reading alone."""
    parameters = database.connect_params
    return "flags" in parameters or "default_transaction_read_only=on" in parameters.get("options", "")


def sqlite_path(url: str) -> Path | None:
    """The file that a URL or a plain path means; None for a server's URL."""
    if "://" not in url:
        return Path(url).expanduser()
    parts = urlsplit(url)
    if parts.scheme != "sqlite":
        return None
    return Path(unquote(parts.path.removeprefix("/"))).expanduser()


def database_of(url: str, *, read_only: bool = False, room: int = ROOM) -> pw.Database:
    """An unopened database: `sqlite:///relative`, `sqlite:////absolute`, a plain path, or `postgresql://…`."""
    path = sqlite_path(url)
    if path is not None:
        return _sqlite(str(path), read_only=read_only, room=room)
    if urlsplit(url).scheme not in ("postgresql", "postgres"):
        raise Unavailable("unknown_url", scheme=urlsplit(url).scheme)
    try:
        return _postgres(url, read_only=read_only)
    except (ImportError, pw.ImproperlyConfigured) as error:
        raise Unavailable("no_driver") from error


def use(url: str, *, read_only: bool = False, room: int = ROOM) -> pw.Database:
    """Names the floor of this process and opens it on the calling thread.

    Raises:
        Unavailable: it is not there, not readable, or not a floor.
    """
    database = database_of(url, read_only=read_only, room=room)
    proxy.initialize(database)
    with translated():
        database.connect(reuse_if_open=True)
    _home.is_here = True
    return database


def open_reader() -> tuple[pw.Database, Callable[[], object]]:
    """A second connection to this process's floor, for the calling thread: it cannot write.

    Returns:
        What to close on this thread, and what breaks off its question when another thread calls it.

    Raises:
        Unavailable: as for `use`.
    """
    database = proxy.obj
    with translated():
        database.connect(reuse_if_open=True)
        if is_postgres(database):
            database.execute_sql("SET default_transaction_read_only = on")
            return database, partial(database.connection().cancel_safe, timeout=2)
        for pragma in ("query_only = 1", f"cache_size = -{READER_ROOM}", f"mmap_size = {MAPPED}"):
            database.execute_sql(f"PRAGMA {pragma}")
        return database, database.connection().interrupt


_home = threading.local()
"""The thread that named the floor is the only one that may connect again."""


def revive() -> None:
    """Connects again where the server dropped the line; nothing where all is well.

    Raises:
        Unavailable: it is still gone.
    """
    if not getattr(_home, "is_here", False):
        return
    with translated():
        if not proxy.is_closed() and is_postgres() and proxy.connection().closed:
            proxy.close()
        proxy.connect(reuse_if_open=True)


@contextmanager
def translated() -> Iterator[None]:
    """Turns the database's own errors into `Unavailable` with a code that the screens can say."""
    try:
        yield
    except pw.IntegrityError as error:
        # Two people wrote the same unique thing: a code, a name, a number.
        raise Refused("taken") from error
    except (pw.OperationalError, pw.InterfaceError, pw.InternalError) as error:
        raise Unavailable(_code(str(error))) from error
    except pw.DatabaseError as error:
        # A file that is no database, a server without our tables; anything else is a mistake of the program.
        if (code := _code(str(error))) == "gone" and type(error) is not pw.DatabaseError:
            raise
        raise Unavailable(code) from error
    except OSError as error:
        raise Unavailable("gone") from error


def _code(text: str) -> str:
    lowered = text.lower()
    for words, code in (
        (('role "', "authentication failed", "pg_hba.conf", "permission denied for database"), "no_account"),
        (("full", "no space", "disk i/o"), "full"),
        (("readonly", "read-only", "permission denied for table"), "read_only"),
        (("locked", "busy", "lock timeout"), "locked"),
        (("no such table", "does not exist", "not a database"), "not_a_floor"),
    ):
        if any(word in lowered for word in words):
            return code
    return "gone"


RETRIED = ("40001", "40P01")
"""PostgreSQL: could not serialize, deadlock. Commands are safe to repeat."""
TRIES = 12


def transact(work: Callable[[], T], *, is_news: bool = True) -> T:
    """Runs one command as one transaction, repeats it where PostgreSQL asks for that, then rings the bell.

    Args:
        work: the command.
        is_news: False for what nobody sees: no bell is rung.

    Raises:
        Unavailable: the database could not do it; nothing was changed.
    """
    revive()
    for attempt in range(TRIES):
        try:
            with translated(), proxy.atomic():
                result = _whole(work)
                if is_news and is_postgres():
                    proxy.execute_sql(f"NOTIFY {CHANNEL}")
        except Unavailable as error:
            if not _is_conflict(error) or attempt == TRIES - 1:
                raise
            time.sleep(random.uniform(0.001, 0.004) * 2**attempt)
            continue
        if is_news:
            ring()
        return result
    raise Unavailable("locked")


class _Command(threading.local):
    """What the command under way on this thread has to do yet, before it is committed."""

    ends: dict[Callable[[list[Any]], None], list[Any]] | None = None


_command = _Command()


def _whole(work: Callable[[], T]) -> T:
    """Runs a command, and at its end what was asked for by `at_end`; of one inside another, at the end of that."""
    outer = _command.ends
    _command.ends = {end: list(given) for end, given in (outer or {}).items()}
    try:
        result = work()
        if outer is None:
            for end, given in _command.ends.items():
                end(given)
        else:
            outer.update(_command.ends)
        return result
    finally:
        _command.ends = outer


def at_end(end: Callable[[list[T]], None], given: T) -> None:
    """Has `end` called once with all that was given for it, when the command has done its work. Inside a command."""
    if _command.ends is None:
        raise RuntimeError("outside a command")
    _command.ends.setdefault(end, []).append(given)


def _is_conflict(error: Unavailable) -> bool:
    cause: BaseException | None = error.__cause__
    while cause is not None:
        if getattr(cause, "sqlstate", None) in RETRIED:
            return True
        cause = getattr(cause, "orig", None) or cause.__cause__ or cause.__context__
    return False


def ring() -> None:
    """Tells the other sessions on a SQLite floor that something was committed.

    A lost ring costs a late picture, never a fact: readers ask again by themselves.
    """
    if not is_postgres():
        with suppress(OSError):
            # Not emptied before it is written: ext4 would flush it to the disk at every close.
            bell = os.open(proxy.obj.database + BELL, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o660)
            try:
                os.write(bell, b".")
            finally:
                os.close(bell)


def locked(query: Q) -> Q:
    """The rows of a query that a command will write: nobody else writes them before it ends. SQLite has one writer."""
    return query.for_update(of=query.model) if is_postgres() else query


@contextmanager
def snapshot() -> Iterator[None]:
    """Several reads of one moment. Takes no gate and delays no writer; inside another one it is part of that."""
    if _seen.is_whole:
        yield
        return
    database = proxy.obj
    if is_postgres():
        database.execute_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    else:
        database.execute_sql("BEGIN DEFERRED")
    _seen.is_whole = True
    try:
        yield
    finally:
        _seen.is_whole = False
        database.execute_sql("COMMIT")


class _Seen(threading.local):
    """Whether this thread reads inside a snapshot."""

    is_whole = False


_seen = _Seen()


def rows_in_turn(sql: str) -> Iterator[tuple[Any, ...]]:
    """Rows of a question with so many of them that they are never all in memory. Inside a `snapshot`, read to the end.

    Several may be read beside each other.
    """
    if not is_postgres():
        yield from proxy.execute_sql(sql)
        return
    name = f"turn_{next(_turns)}"
    proxy.execute_sql(f"DECLARE {name} NO SCROLL CURSOR FOR {sql}")
    while rows := list(proxy.execute_sql(f"FETCH {TURN} FROM {name}")):
        yield from rows
    proxy.execute_sql(f"CLOSE {name}")


TURN = 5_000
_turns = count()
