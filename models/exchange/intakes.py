"""Imports as the floor keeps them: started, done, taken back; and whether the one that runs is still alive."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from models.base import Rendered, mark, moment, proxy, rows_of
from models.connect import is_postgres, translated
from models.errors import Refused, Unavailable
from models.lead import Intake
from models.people import require_manager

IMPORT = "-import"
"""Suffix of the file beside a SQLite floor that the running import keeps locked."""
LOCK = 0x63666C69
"""PostgreSQL's advisory lock for the same."""
HOLDERS = (
    "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = ? AND objsubid = 1 AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
"""Who has it there: looked up, never tried, so that looking keeps nobody out."""
TRIES = 5
REVEALING, DONE, UNDONE = "revealing", "done", "undone"

HOLD = 0.025
"""Seconds that one transaction of an import, or of taking it back, should take: as long as everybody else waits at
most."""
REST = 0.1
"""The share of the time it held the gate that it then leaves to the others, whoever waits."""

HALFWAY = Rendered(lambda: Intake.select(Intake.id).where(Intake.state == REVEALING).order_by(Intake.id))
IS_HALFWAY = Rendered(lambda: Intake.select(Intake.id).where(Intake.id == mark("intake"), Intake.state == REVEALING))


@dataclass(frozen=True, slots=True)
class IntakeLine:
    """An import as the list of them shows it."""

    id: int
    file: str
    at: datetime
    agent: str
    state: str
    rows: int
    taken: int
    merged: int
    rejected: int


def listed(by: int) -> tuple[IntakeLine, ...]:
    """All imports, newest first. Managers only."""
    with translated():
        require_manager(by)
        rows = rows_of(
            "SELECT i.id, i.file, i.at, a.name, i.state, i.rows, i.taken, i.merged, i.rejected FROM intake i "
            "JOIN agent a ON a.id = i.agent_id ORDER BY i.id DESC"
        )
    return tuple(IntakeLine(row[0], row[1], moment(row[2]), *row[3:]) for row in rows)


@contextmanager
def alone() -> Iterator[None]:
    """One import at a time: the lock is the process's own, so that a dead one holds nothing.

    Raises:
        Refused: `import_running`.
    """
    if is_postgres():
        if not rows_of("SELECT pg_try_advisory_lock(?)", (LOCK,))[0][0]:
            raise Refused("import_running")
        try:
            yield
        finally:
            if not proxy.obj.is_closed():
                rows_of("SELECT pg_advisory_unlock(?)", (LOCK,))
        return
    handle = os.open(proxy.obj.database + IMPORT, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
    try:
        if not _is_ours(handle):
            raise Refused("import_running")
        yield
    finally:
        os.close(handle)


def _is_ours(handle: int) -> bool:
    """Takes the lock. Who only looks at it holds it for a moment, so it is tried more than once."""
    for _ in range(TRIES):
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(0.01)
    return False


def require_alone() -> None:
    """Looks that this process still has the lock: on PostgreSQL it goes with a line that breaks. Inside a command.

    Raises:
        Unavailable: `gone`.
    """
    if is_postgres() and not rows_of(f"{HOLDERS} AND pid = pg_backend_pid()", (LOCK,)):
        raise Unavailable("gone")


def is_running() -> bool:
    """Whether a list comes in, or is taken back by who ordered it, at this moment."""
    if is_postgres():
        return bool(rows_of(HOLDERS, (LOCK,)))
    try:
        with open(proxy.obj.database + IMPORT, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


# ── left halfway ──────────────────────────────────────────────────────────────────────────────────────────────────────
# First the state is read, then the lock is looked at: what was halfway and whose process is gone then stays so, until
# it is taken back.


def halfway() -> tuple[int, ...]:
    """Imports that stopped before their end and that nobody took back yet; not the one that runs. Writes nothing."""
    found = HALFWAY.rows()
    return tuple(int(row[0]) for row in found) if found and not is_running() else ()


def abandoned() -> int | None:
    """The first of them."""
    return next(iter(halfway()), None)


def is_abandoned(intake_id: int) -> bool:
    """Whether this import is one of them."""
    return bool(IS_HALFWAY.rows(intake=intake_id)) and not is_running()
