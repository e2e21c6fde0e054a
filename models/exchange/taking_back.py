"""An import is taken back, a step at a time: by who ordered it, or by whoever sweeps the floor after its process died.

How far it went stands with the list, written with each step, so that anybody goes on where the last one stopped.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING

from models import history
from models.base import NEVER, proxy, rows_of, seconds
from models.connect import is_postgres, transact, translated
from models.errors import Refused
from models.exchange.intakes import HALFWAY, HOLD, REST, REVEALING, UNDONE, abandoned, alone
from models.journal import REPEATED, AmountChange, Journal, MoveRow, TouchRow, Transfer
from models.lead import Intake, Lead
from models.people import require_manager
from models.record.chain import note_voided

if TYPE_CHECKING:
    from models.exchange.planning import Progress

CHUNK, WALK = 25, 200
"""Leads taken back at once, as many chunks as the time of a step allows; and looked at on the way."""
WORKED = "(EXISTS (SELECT 1 FROM journal j WHERE j.lead_id = l.id) OR (l.holder_id IS NOT NULL AND l.wake_at > ?))"
"""Somebody has given a command on the lead, or has it in hands: an import itself leaves no record at its leads."""
_found: set[int] = set()
"""Imports left halfway that this process has met."""


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


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the taking back of an import has gone."""

    intake: int
    after: int = 0
    """The last lead that was looked at."""
    fills: int = 0
    """Batches of filled fields that were emptied again."""
    voided: int = 0
    restored: int = 0
    kept: int = 0
    is_over: bool = False


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
            if intake.state == UNDONE and not _leads_left(intake_id):
                raise Refused("import_undone", id=intake_id)
            return take_back(intake_id, by, now, progress)


def _leads_left(intake_id: int) -> bool:
    sql = "SELECT 1 FROM lead WHERE intake_id = ? AND voided_at IS NULL LIMIT 1"
    return bool(rows_of(sql, (intake_id,)))


def recover(by: int, now: datetime, progress: Progress = lambda *_: None) -> tuple[Undone, ...]:
    """Takes back what imports left halfway whose process is gone. Call it while `alone`."""
    return tuple(take_back(row[0], by, now, progress) for row in HALFWAY.rows())


def tidy(by: int, now: datetime, progress: Progress = lambda *_: None) -> tuple[Undone, ...]:
    """As `recover`, for who is not alone yet: before a plan, in which half an import would count as known leads.

    Raises:
        Refused: `managers_only`, `import_running`.
    """
    with translated():
        require_manager(by)
        with alone():
            return recover(by, now, progress)


def take_back(intake_id: int, by: int, now: datetime, progress: Progress) -> Undone:
    """Takes an import back to its end, in transactions so short that nobody at a desk waits for them."""
    # From here on it counts as stopped halfway: whoever finds it so goes on taking it back.
    transact(lambda: Intake.update(state=REVEALING).where(Intake.id == intake_id).execute())
    total = int(rows_of("SELECT COUNT(*) FROM lead WHERE intake_id = ? AND voided_at IS NULL", (intake_id,))[0][0])
    while True:
        began = time.perf_counter()
        reach = transact(lambda: _step(intake_id, by, now, HOLD))
        if reach.is_over:
            break
        progress("undo", min(reach.voided, total), total)
        time.sleep((time.perf_counter() - began) * REST)
    stay = rows_of("SELECT company FROM lead WHERE intake_id = ? AND voided_at IS NULL ORDER BY id", (intake_id,))
    examples = tuple(row[0] for row in stay[:5])
    return Undone(intake_id, reach.voided, len(stay), examples, reach.restored, reach.kept)


def has_found() -> bool:
    """Whether this process has met something to sweep, and not its end yet: it need not look each time."""
    return bool(_found)


def sweep(now: datetime, hold: float = HOLD) -> bool:
    """A step, of so many seconds, of what an import left halfway whose process is gone. Inside a command.

    Returns:
        Whether there was anything to take back.
    """
    intake_id = abandoned()
    _found.clear()
    if intake_id is None:
        return False
    _found.add(intake_id)
    lock = " FOR UPDATE SKIP LOCKED" if is_postgres() else ""
    # Who is faster does it; and one that has come to its end since it was looked for is not halfway.
    if rows_of(f"SELECT 1 FROM intake WHERE id = ? AND state = '{REVEALING}'{lock}", (intake_id,)):
        _step(intake_id, None, now, hold)
    return True


def sweep_for(lasting: float, now: datetime) -> None:
    """Steps as commands of their own, for so many seconds at most."""
    until = time.perf_counter() + lasting
    while abandoned() is not None and (began := time.perf_counter()) < until:
        transact(lambda: sweep(now))
        time.sleep((time.perf_counter() - began) * REST)


def pass_over(intake_id: int, lead_id: int, now: datetime) -> bool:
    """Takes a lead back that a queue was about to hand out, with those of its import that would come next.

    Inside a command. False where the lead stays: somebody has worked on it, or its import is not halfway any more.
    """
    if rows_of("SELECT 1 FROM journal WHERE lead_id = ? LIMIT 1", (lead_id,)):
        return False
    if _locked_state(intake_id) != REVEALING:
        return False
    lock = " FOR UPDATE OF l SKIP LOCKED" if is_postgres() else ""
    given = Lead.get_by_id(lead_id)
    following = rows_of(
        f"SELECT l.id, l.intake_id, {WORKED} FROM lead l WHERE l.campaign_id = ? AND l.lane = ? AND l.zone_id = ? "
        f"AND l.wake_at IS NULL ORDER BY l.key LIMIT {CHUNK}{lock}",
        (seconds(now), given.campaign_id, given.lane, given.zone_id),
    )
    going = [lead_id, *(row[0] for row in following if row[1] == intake_id and not row[2])]
    _found.add(intake_id)
    record, reach = _record(intake_id, None, now)
    _void(going, record, now)
    _keep(record, replace(reach, voided=reach.voided + len(going)))
    return True


# ── a step ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _step(intake_id: int, by: int | None, now: datetime, hold: float) -> Reach:
    """As much as may be done while others wait. Inside a command."""
    began = time.perf_counter()
    if _locked_state(intake_id) != REVEALING:  # somebody else was at it, and has come to its end
        return _reach(intake_id)[1]
    record, reach = _record(intake_id, by, now)
    while not reach.is_over:
        reach = _void_some(reach, record, now) or _empty_some(reach, record, now) or replace(reach, is_over=True)
        if time.perf_counter() - began > hold:
            break
    _keep(record, reach)
    if reach.is_over:
        Intake.update(state=UNDONE).where(Intake.id == intake_id).execute()
    return reach


def _locked_state(intake_id: int) -> str:
    lock = " FOR UPDATE" if is_postgres() else ""
    return str(rows_of(f"SELECT state FROM intake WHERE id = ?{lock}", (intake_id,))[0][0])


def _record(intake_id: int, by: int | None, now: datetime) -> tuple[int, Reach]:
    """The record to go on with, and how far it went; a new one where the last has come to its end."""
    record, reach = _reach(intake_id)
    if record and not reach.is_over:
        return record, reach
    # What was worked on at the first time may go at a later one.
    before = next(n for n in count() if Journal.read(REPEATED, token=f"import-undo-{intake_id}-{n}") is None)
    began = Journal.read(REPEATED, token=f"import-{intake_id}")
    reach = Reach(intake_id, json.loads(began.detail)["after"] if began else 0)
    token, detail = f"import-undo-{intake_id}-{before}", json.dumps({"intake": intake_id})
    return Journal.add(token=token, at=seconds(now), agent_id=by, verb="import-undo", detail=detail), reach


def _reach(intake_id: int) -> tuple[int, Reach]:
    """The record of taking it back and how far it went; 0 where nobody has begun."""
    kept = Intake.get_by_id(intake_id).reach
    return json.loads(kept)["record"] if kept else 0, Reach(**json.loads(kept)["reach"]) if kept else Reach(intake_id)


def _keep(record: int, reach: Reach) -> None:
    kept = json.dumps({"record": record, "reach": asdict(reach)})
    Intake.update(reach=kept).where(Intake.id == reach.intake).execute()


def _void_some(reach: Reach, record: int, now: datetime) -> Reach | None:
    """Takes back the next leads; None where all were looked at."""
    found, looked_at = _next_leads(reach)
    if looked_at is None:
        return None
    # One that another command is writing is looked at again: to wait for it could be to wait for each other.
    lock = " FOR UPDATE OF l SKIP LOCKED" if is_postgres() else ""
    places = ", ".join("?" * len(found)) or "NULL"
    rows = rows_of(
        f"SELECT l.id, {WORKED} FROM lead l WHERE l.id IN ({places}) AND l.voided_at IS NULL{lock}",
        (seconds(now), *found),
    )
    passed = set(found) - {row[0] for row in rows}
    going = [row[0] for row in rows if not row[1]]
    if going:
        _void(going, record, now)
    after = min(passed) - 1 if passed else looked_at
    return replace(reach, after=after, voided=reach.voided + len(going))


def _next_leads(reach: Reach) -> tuple[list[int], int | None]:
    """Leads of the import to take back, by their ids, and how far was looked; None at the end.

    SQLite's index has them in this order. PostgreSQL would gather all of them to sort them, each time: it walks the
    ids themselves, and leads of others on the way are passed over.
    """
    if not is_postgres():
        sql = f"SELECT id FROM lead WHERE intake_id = ? AND id > ? AND voided_at IS NULL ORDER BY id LIMIT {CHUNK}"
        found = [row[0] for row in rows_of(sql, (reach.intake, reach.after))]
        return found, found[-1] if found else None
    sql = f"SELECT id, intake_id = ? AND voided_at IS NULL FROM lead WHERE id > ? ORDER BY id LIMIT {WALK}"
    walked = rows_of(sql, (reach.intake, reach.after))
    found = [row[0] for row in walked if row[1]]
    if len(found) > CHUNK:
        return found[:CHUNK], found[CHUNK - 1]
    return found, walked[-1][0] if walked else None


def _void(leads: list[int], record: int, now: datetime) -> None:
    places = ", ".join("?" * len(leads))
    for table in (MoveRow, TouchRow, Transfer, AmountChange):
        rows = rows_of(
            f"UPDATE {table.table()} SET voided_by = ? WHERE voided_by IS NULL AND lead_id IN ({places}) RETURNING id",
            [record, *leads],
        )
        note_voided(table, record, [row[0] for row in rows])
    for sql, value in (
        (f"UPDATE phone SET voided_at = ? WHERE voided_at IS NULL AND lead_id IN ({places})", seconds(now)),
        (f"UPDATE contact SET voided_at = ? WHERE voided_at IS NULL AND lead_id IN ({places})", seconds(now)),
        (
            f"UPDATE lead SET voided_at = ?, wake_at = {NEVER}, slept_until = NULL, rekey_at = NULL, due_at = NULL, "
            "due_agent_id = NULL, holder_id = NULL, held_since = NULL, token = NULL "
            f"WHERE id IN ({places})",
            seconds(now),
        ),
    ):
        proxy.execute_sql(sql if proxy.obj.param == "?" else sql.replace("?", proxy.obj.param), [value, *leads])


def _empty_some(reach: Reach, record: int, now: datetime) -> Reach | None:
    """Empties again what the import filled in leads that were here before, where nobody has changed it since."""
    from models.exchange.merging import fill_token

    filled = Journal.read(REPEATED, token=fill_token(reach.intake, reach.fills + 1))
    if filled is None:
        return None
    changes = json.loads(filled.detail).get("leads", {}).items()  # none where one of them was erased
    counts = [_empty(int(lead), change, record, now) for lead, change in changes]
    return replace(
        reach,
        fills=reach.fills + 1,
        restored=reach.restored + sum(1 for emptied, _ in counts if emptied),
        kept=reach.kept + sum(left for _, left in counts),
    )


def _empty(lead_id: int, change: dict[str, object], record: int, now: datetime) -> tuple[int, int]:
    from models.exchange.merging import take_out

    query = Lead.select().where(Lead.id == lead_id)
    lead = (query.for_update() if is_postgres() else query).get_or_none()
    if lead is None or lead.voided_at is not None:
        return 0, 0
    before = dict(lead.__data__)
    counts = take_out(lead, change, now)
    history.write_amount(before, lead, record, now)
    return counts
