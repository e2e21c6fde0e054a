"""What changed: a bell that wakes the other sessions after a commit, and a cheap question where there is no bell."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any, Protocol

from models.base import proxy, rows_of
from models.connect import BELL, CHANNEL, is_postgres, translated


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
        from inotify_simple import INotify, flags

        # The file is made here, so that the first ring of the floor's life is heard too; who may only read finds it.
        with suppress(OSError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o660))
        self.inotify = INotify(nonblocking=True)
        self.inotify.add_watch(path, flags.CLOSE_WRITE)

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
        self.connection.execute(f"LISTEN {CHANNEL}")

    def fileno(self) -> int:
        return int(self.connection.fileno())

    def drain(self) -> bool:
        return bool(list(self.connection.notifies(timeout=0)))

    def close(self) -> None:
        self.connection.close()


def _plain(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if name != "prefer_psycopg3"}


def open_bell() -> Bell | None:
    """The floor's bell; None where there is no way to wait for it (then ask `version` now and then)."""
    if is_postgres():
        with translated():
            return _Listener()
    with suppress(ImportError, OSError):
        return _File(proxy.obj.database + BELL)
    return None


def version() -> int:
    """A number that another session's commit changes. Six microseconds on SQLite."""
    if is_postgres():
        return int(rows_of("SELECT COALESCE(MAX(id), 0) FROM journal")[0][0])
    return int(rows_of("PRAGMA data_version")[0][0])
