"""A person is erased: names, numbers and what was written of them go for good, figures and the chain stay.

A text leaves its digest where it was (`models.record.chain`); the salt goes with it, so that nobody can guess it back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from models import desks, queue, views
from models.base import NEVER, proxy, rows_of, seconds
from models.campaigns import Book, book
from models.connect import is_postgres
from models.errors import Refused
from models.exchange import intakes
from models.journal import Journal, MoveRow, TouchRow, once
from models.lead import Contact, Lead, Phone
from models.people import require_manager
from models.record.chain import Recorded, hidden, last_id

VERB = "erase"
KEPT_VERBS = (VERB, "anchor")
"""Their lines tell nothing of a customer, and the chain is read by them."""
BLANK_DETAIL = "{}"


def erase(lead_id: int, *, reason: str, by: int, token: str, now: datetime) -> int:
    """Erases what is personal at a lead: it stays in its stage, without a name, and is never called again.

    What an import filled in together with it cannot be taken back any more, which concerns a few leads beside it.
    Backups made before keep what they have.

    Args:
        lead_id: the lead.
        reason: who asked for it and why; it stays on record.
        by: a manager.
        token: of this command; a repeat is harmless.
        now: this moment.

    Returns:
        How many records lost their text.

    Raises:
        Refused: `managers_only`, `not_found`, `needs_reason`, `list_coming_in`.
    """
    if intakes.is_running():
        raise Refused("list_coming_in")
    seen = last_id(Journal)
    filled = _filled(lead_id)
    if not is_postgres():
        proxy.execute_sql("PRAGMA secure_delete = 1")

    def command() -> int:
        require_manager(by)
        if not reason.strip():
            raise Refused("needs_reason")
        lead = Lead.read(queue.LOCKED, lead=lead_id)
        if lead is None:
            raise Refused("not_found")
        campaign = book(lead.campaign_id)
        rows = {
            # The whole journal is looked through before anybody has to wait; here what has come since.
            "journal": _erased(Journal, _of(Journal, lead_id, [*filled, *_filled(lead_id, seen)])),
            "touch": _erased(TouchRow, _of(TouchRow, lead_id)),
            "stage_move": _erased(MoveRow, _said(lead_id, campaign)),
        }
        _forget(lead, campaign, now)
        count = sum(map(len, rows.values()))
        detail = {"reason": reason.strip(), "rows": rows, "result": count}
        Journal.add(
            token=token,
            at=seconds(now),
            agent_id=by,
            verb=VERB,
            lead_id=lead_id,
            team_id=lead.team_id,
            owner_id=lead.owner_id,
            detail=json.dumps(detail, ensure_ascii=False),
        )
        return count

    count = once(token, command)
    desks.forget(lead_id)
    return count


def lead_of(code: str, *, by: int) -> int:
    """The lead that a manager names by its code: its own, or the one that its card shows.

    Raises:
        Refused: `managers_only`, `not_found`.
    """
    require_manager(by)
    called = code.strip()
    rows = rows_of("SELECT id, code, entered_at FROM lead WHERE code = ? AND voided_at IS NULL", (called,))
    number = called[len("LF2026") :] if called.startswith("LF") else called
    if not rows and number.isdecimal():
        rows = rows_of("SELECT id, code, entered_at FROM lead WHERE id = ?", (int(number),))
    for found in rows:
        if called in (views.lead_code(*found), str(found[0])):
            return int(found[0])
    raise Refused("not_found")


def _filled(lead_id: int, after: int = 0) -> list[int]:
    """The journal's lines of imports that filled something in at the lead: many leads share one."""
    lines = rows_of("SELECT id, detail FROM journal WHERE id > ? AND verb = 'import-merge'", (after,))
    return [number for number, detail in lines if str(lead_id) in json.loads(detail).get("leads", ())]


def _of(model: type[Recorded], lead_id: int, more: Sequence[int] = ()) -> Iterator[tuple[Any, ...]]:
    holes = ", ".join("?" * len(more)) or "NULL"
    also = f" OR id IN ({holes})" if model is Journal else ""
    spared = f" AND verb NOT IN {KEPT_VERBS}" if model is Journal else ""
    sql = f"SELECT id, salt, {', '.join(model.TEXTS)} FROM {model.table()} WHERE (lead_id = ?{also}) AND erased IS NULL"
    yield from rows_of(f"{sql}{spared} ORDER BY id", (lead_id, *more))


def _said(lead_id: int, campaign: Book) -> Iterator[tuple[Any, ...]]:
    """Moves with a reason in somebody's words; those of the playbook are figures."""
    reasons = {one.code for one in (*campaign.playbook.loss_reasons, *campaign.playbook.invalid_reasons)}
    yield from (row for row in _of(MoveRow, lead_id) if row[2] not in reasons)


def _erased(model: type[Recorded], rows: Iterator[tuple[Any, ...]]) -> list[int]:
    """Takes the texts of these rows away and leaves their digest; returns the ids."""
    blank = ", ".join(f"{name} = '{BLANK_DETAIL if model is Journal else ''}'" for name in model.TEXTS)
    found = []
    for number, salt, *texts in rows:
        if any(texts):
            sql = f"UPDATE {model.table()} SET {blank}, salt = NULL, erased = ? WHERE id = ? RETURNING id"
            rows_of(sql, (hidden(texts, salt, None), number))
            found.append(int(number))
    return found


def _forget(lead: Lead, campaign: Book, now: datetime) -> None:
    """The lead without a name or a number, in nobody's hands and queue."""
    lead.company = lead.need = lead.profile = ""
    lead.code = lead.due_at = lead.due_agent_id = lead.holder_id = lead.held_since = lead.token = None
    lead.wake_at, lead.slept_until, lead.barred = NEVER, NEVER, 1
    queue.put_in_place(lead, campaign, now)
    lead.save()
    Contact.update(name="", title="", email="").where(Contact.lead_id == lead.id).execute()
    Phone.delete().where(Phone.lead_id == lead.id).execute()
    rows_of(
        "INSERT INTO uncatalogued (lead_id, can_wait) VALUES (?, 0) ON CONFLICT DO NOTHING RETURNING lead_id",
        (lead.id,),
    )
