"""What changed: a bell that wakes the other sessions after a commit, and a cheap question where there is no bell."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta
from typing import Any, Protocol

from models.base import proxy, rows_of
from models.connect import BELL, CHANNEL, is_postgres, is_reader

VERSION = """SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() - '0/0'::pg_lsn
    ELSE hashtextextended(pg_current_snapshot()::text, 0)::numeric END"""
"""What is seen of the floor is named by which transactions have ended; a replica names how far it has come instead.

Neither costs a writer anything. Another database's commits change it too: then somebody looks for nothing.
"""
LAG = """SELECT CASE WHEN EXISTS (SELECT FROM pg_stat_wal_receiver)
    AND pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN interval '0'
    ELSE clock_timestamp() - COALESCE(pg_last_xact_replay_timestamp(), pg_postmaster_start_time()) END
    WHERE pg_is_in_recovery()"""
"""Nothing where all that came was replayed and more may come; else the age of the last commit that was, or the time
since the replica started, where none has been."""


class Bell(Protocol):
    """Something the screen's loop can wait for: readable when another session committed."""

    def fileno(self) -> int:
        """What to watch."""

    def drain(self) -> bool:
        """Takes all rings in; whether there was one."""

    def close(self) -> None:
        """Stops listening."""


class _File:
    """The bell beside a SQLite floor, heard by inotify."""

    def __init__(self, path: str) -> None:
        import ctypes

        import inotify_simple

        # Left to itself it has a program look for the C library; a desk that Ctrl+Z stops before that one has begun
        # hangs, and so does its shell.
        inotify_simple._libc = ctypes.CDLL(None, use_errno=True)
        if not is_reader(proxy.obj):
            # The file is made here, so that the first ring of the floor's life is heard too. Who only reads would make
            # one that others cannot ring.
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o660))
        self.inotify = inotify_simple.INotify(nonblocking=True)
        try:
            self.inotify.add_watch(path, inotify_simple.flags.CLOSE_WRITE)
        except BaseException:
            self.inotify.close()
            raise

    def fileno(self) -> int:
        return int(self.inotify.fileno())

    def drain(self) -> bool:
        return bool(self.inotify.read(timeout=0))

    def close(self) -> None:
        self.inotify.close()


class _Listener:
    """PostgreSQL's notifications, on a connection that does nothing else."""

    def __init__(self) -> None:
        import psycopg

        database = proxy.obj
        self.connection: Any = psycopg.connect(
            dbname=database.database, autocommit=True, **_plain(database.connect_params)
        )
        try:
            self.connection.execute(f"LISTEN {CHANNEL}")
        except BaseException:
            self.connection.close()
            raise

    def fileno(self) -> int:
        return int(self.connection.fileno())

    def drain(self) -> bool:
        return bool(list(self.connection.notifies(timeout=0)))

    def close(self) -> None:
        self.connection.close()


def _plain(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if name != "prefer_psycopg3"}


def open_bell() -> Bell | None:
    """The floor's bell; None where there is no way to wait for it (then ask `version` now and then).

    A replica has none, nor has a server that is away.
    """
    if is_postgres():
        import psycopg

        with suppress(psycopg.Error):
            return _Listener()
        return None
    with suppress(ImportError, OSError):
        return _File(proxy.obj.database + BELL)
    return None


def version() -> int:
    """A number that every commit of another session changes. Six microseconds on SQLite."""
    return int(rows_of(VERSION if is_postgres() else "PRAGMA data_version")[0][0])


def lag() -> timedelta | None:
    """How far the replica that is read here is behind the floor; None where the floor itself is read."""
    rows = rows_of(LAG) if is_postgres() else []
    return rows[0][0] if rows else None
