"""Imports as the floor keeps them: started, done, taken back; and whether the one that runs is still alive."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from models.base import NEVER, moment, proxy, rows_of, seconds
from models.connect import is_postgres, transact, translated
from models.errors import Refused
from models.journal import Journal
from models.lead import Intake, Lead
from models.people import require_manager

if TYPE_CHECKING:
    from models.exchange.planning import Progress

IMPORT = "-import"
"""Suffix of the file beside a SQLite floor that the running import keeps locked."""
LOCK = 0x63666C69
"""PostgreSQL's advisory lock for the same."""
BATCH = 200
"""Leads taken back in one short transaction."""
REVEALING, DONE, UNDONE = "revealing", "done", "undone"


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


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking an import back did."""

    intake_id: int
    voided: int
    stay: int
    """Leads that somebody has worked since."""
    examples: tuple[str, ...] = ()
    """Companies of some that stay."""
    restored: int = 0
    """Leads whose filled fields were emptied again."""
    kept: int = 0
    """Fields that somebody has changed since, and which therefore stay."""


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
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("import_running") from None
        yield
    finally:
        os.close(handle)


def recover(by: int, now: datetime, progress: Progress = lambda *_: None) -> tuple[Undone, ...]:
    """Takes back what imports left halfway whose process is gone. Call it while `alone`."""
    halfway = rows_of("SELECT id FROM intake WHERE state = ? ORDER BY id", (REVEALING,))
    return tuple(take_back(row[0], by, now, progress) for row in halfway)


def tidy(by: int, now: datetime, progress: Progress = lambda *_: None) -> tuple[Undone, ...]:
    """As `recover`, for who is not alone yet: before a plan, in which half an import would count as known leads.

    Raises:
        Refused: `managers_only`, `import_running`.
    """
    with translated():
        require_manager(by)
        with alone():
            return recover(by, now, progress)


def halfway() -> tuple[int, ...]:
    """Imports that stopped before their end and that nobody took back yet; not the one that runs. Writes nothing."""
    found = rows_of("SELECT id FROM intake WHERE state = ? ORDER BY id", (REVEALING,))
    return tuple(int(row[0]) for row in found) if found and not is_running() else ()


def is_running() -> bool:
    """Whether a list comes in, or is taken back, at this moment."""
    if is_postgres():
        if not rows_of("SELECT pg_try_advisory_lock(?)", (LOCK,))[0][0]:
            return True
        rows_of("SELECT pg_advisory_unlock(?)", (LOCK,))
        return False
    try:
        with open(proxy.obj.database + IMPORT, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def undo(intake_id: int, by: int, now: datetime, progress: Progress = lambda *_: None) -> Undone:
    """Takes an import back where nothing has been worked on yet.

    Raises:
        Refused: `managers_only`, `import_unknown`, `import_undone`, `import_running`.
    """
    with translated():
        require_manager(by)
        with alone():
            intake = Intake.get_or_none(Intake.id == intake_id)
            if intake is None:
                raise Refused("import_unknown", id=intake_id)
            if intake.state == UNDONE and not _left(intake_id):
                raise Refused("import_undone", id=intake_id)
            return take_back(intake_id, by, now, progress)


# ── taking back ───────────────────────────────────────────────────────────────────────────────────────────────────────

WORKED = "(EXISTS (SELECT 1 FROM journal j WHERE j.lead_id = l.id) OR (l.holder_id IS NOT NULL AND l.wake_at > ?))"
"""Somebody has given a command on the lead, or has it in hands: an import itself leaves no record at its leads."""


def _left(intake_id: int) -> bool:
    sql = "SELECT 1 FROM lead WHERE intake_id = ? AND voided_at IS NULL LIMIT 1"
    return bool(rows_of(sql, (intake_id,)))


def take_back(intake_id: int, by: int, now: datetime, progress: Progress) -> Undone:
    """As `undo`, without its questions; in short transactions, so that the floor goes on."""
    journal = transact(lambda: _begin(intake_id, by, now))
    last, voided = 0, 0
    total = int(rows_of("SELECT COUNT(*) FROM lead WHERE intake_id = ? AND voided_at IS NULL", (intake_id,))[0][0])
    while True:
        batch, count = transact(lambda after=last: _void_some(intake_id, after, journal, now))  # type: ignore[misc]
        if not batch:
            break
        last, voided = batch, voided + count
        progress("undo", voided, total)
    restored, kept = _restore(intake_id, journal, now)
    transact(lambda: Intake.update(state=UNDONE).where(Intake.id == intake_id).execute())
    stay = rows_of("SELECT company FROM lead WHERE intake_id = ? AND voided_at IS NULL ORDER BY id", (intake_id,))
    return Undone(intake_id, voided, len(stay), tuple(row[0] for row in stay[:5]), restored, kept)


def _begin(intake_id: int, by: int, now: datetime) -> int:
    """From here on the import counts as stopped halfway: whoever finds it so goes on taking it back."""
    Intake.update(state=REVEALING).where(Intake.id == intake_id).execute()
    count = rows_of("SELECT COUNT(*) FROM journal WHERE token LIKE ?", (f"import-undo-{intake_id}-%",))[0][0]
    row = Journal.insert(
        token=f"import-undo-{intake_id}-{count}",
        at=seconds(now),
        agent_id=by,
        verb="import-undo",
        detail=json.dumps({"intake": intake_id}),
    ).execute()
    return int(row)


def _void_some(intake_id: int, after: int, journal: int, now: datetime) -> tuple[int, int]:
    """Takes back the next leads. Returns the last one looked at, 0 at the end, and how many went."""
    lock = " FOR UPDATE OF l" if is_postgres() else ""
    rows = rows_of(
        f"SELECT l.id, {WORKED} FROM lead l WHERE l.intake_id = ? AND l.id > ? AND l.voided_at IS NULL "
        f"ORDER BY l.id LIMIT {BATCH}{lock}",
        (seconds(now), intake_id, after),
    )
    if not rows:
        return 0, 0
    going = [row[0] for row in rows if not row[1]]
    if going:
        _void(going, journal, now)
    return int(rows[-1][0]), len(going)


def _void(leads: list[int], journal: int, now: datetime) -> None:
    places = ", ".join("?" * len(leads))
    for sql, value in (
        (f"UPDATE stage_move SET voided_by = ? WHERE voided_by IS NULL AND lead_id IN ({places})", journal),
        (f"UPDATE touch SET voided_by = ? WHERE voided_by IS NULL AND lead_id IN ({places})", journal),
        (f"UPDATE phone SET voided_at = ? WHERE voided_at IS NULL AND lead_id IN ({places})", seconds(now)),
        (f"UPDATE contact SET voided_at = ? WHERE voided_at IS NULL AND lead_id IN ({places})", seconds(now)),
        (
            f"UPDATE lead SET voided_at = ?, wake_at = {NEVER}, slept_until = NULL, rekey_at = NULL, due_at = NULL, "
            "due_agent_id = NULL, holder_id = NULL, held_since = NULL, token = NULL "
            f"WHERE id IN ({places})",
            seconds(now),
        ),
    ):
        rows_of_change(sql, [value, *leads])


def rows_of_change(sql: str, args: list[object]) -> None:
    """A plain statement with `?` places that changes rows, on either database."""
    proxy.execute_sql(sql if proxy.obj.param == "?" else sql.replace("?", proxy.obj.param), args)


def _restore(intake_id: int, journal: int, now: datetime) -> tuple[int, int]:
    """Empties again what the import filled in leads that were here before, where nobody has changed it since."""
    restored = kept = 0
    merges = rows_of(
        "SELECT id, detail FROM journal WHERE verb = 'import-merge' AND token LIKE ? ORDER BY id",
        (f"import-merge-{intake_id}-%",),
    )
    for _, detail in merges:
        changes = json.loads(detail)["leads"]
        counts = transact(lambda changes=changes: [_empty(int(lead), one, now) for lead, one in changes.items()])  # type: ignore[misc]
        restored += sum(1 for emptied, _ in counts if emptied)
        kept += sum(left for _, left in counts)
    return restored, kept


def _empty(lead_id: int, change: dict[str, object], now: datetime) -> tuple[int, int]:
    from models.exchange.merging import take_out

    query = Lead.select().where(Lead.id == lead_id)
    lead = (query.for_update() if is_postgres() else query).get_or_none()
    if lead is None or lead.voided_at is not None:
        return 0, 0
    return take_out(lead, change, now)
