"""Rows whose number the floor has: what they bring to the lead that is there, and how that is taken out again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from models import history
from models.base import rows_of, seconds
from models.campaigns import book
from models.connect import is_postgres, transact
from models.exchange.duplicates import CONTACT, MERGE
from models.exchange.intakes import require_alone
from models.exchange.staging import KNOWN, Staging
from models.fields import main_contact
from models.journal import Journal
from models.lead import Contact, Lead, Phone
from models.queue import put_in_place

BATCH = 25
"""Leads of one short transaction."""
OF_LEAD = ("company", "industry", "need", "product", "amount", "margin", "units", "expected_on")
OF_CONTACT = {"person": "name", "title": "title", "part": "part", "email": "email"}
STAGED = ("n", "target", *OF_LEAD, *OF_CONTACT, "profile")

Row = Mapping[str, Any]
Change = dict[str, Any]
"""What a lead got: `fields`, `profile` and `person` (name → value), ids of `contacts` and `phones` that were added."""


def merge_all(staging: Staging, policy: str, intake_id: int, by: int, now: datetime, is_stopped: Any) -> int:
    """Brings every such row to its lead; returns how many leads got something."""
    if policy not in (MERGE, CONTACT):
        return 0
    columns = ", ".join(STAGED)
    sql = f"SELECT {columns} FROM row WHERE fate = {KNOWN} AND (target, n) > (?, ?) ORDER BY target, n LIMIT {BATCH}"
    after, merged, batches = (-1, -1), 0, 0
    while rows := [dict(zip(STAGED, row, strict=True)) for row in staging.run(sql, after)]:
        if is_stopped():
            break
        after, token = (rows[-1]["target"], rows[-1]["n"]), fill_token(intake_id, batches + 1)
        filled = transact(partial(_merge, staging, rows, policy, intake_id, token, by, now))
        merged, batches = merged + filled, batches + bool(filled)
    return merged


def fill_token(intake_id: int, batch: int) -> str:
    """The name under which the journal keeps what one batch filled, from 1 on without a gap, so that it is found."""
    return f"import-merge-{intake_id}-{batch}"


def _merge(
    staging: Staging, rows: Sequence[Row], policy: str, intake_id: int, token: str, by: int, now: datetime
) -> int:
    require_alone()
    changes: dict[int, Change] = {}
    written: list[tuple[Mapping[str, Any], Lead]] = []
    """Leads as they were, and as they are."""
    for row in rows:
        query = Lead.select().where(Lead.id == row["target"], Lead.voided_at.is_null())
        lead = (query.for_update() if is_postgres() else query).get_or_none()
        if lead is None:
            continue
        was = dict(lead.__data__)
        change = _filled(lead, row, now) if policy == MERGE else {}
        more = staging.run("SELECT number, extension FROM extra WHERE n = ? ORDER BY rowid", (row["n"],))
        _add(lead, row, change, more, intake_id, with_person=policy == CONTACT)
        if change:
            changes.setdefault(lead.id, {})
            _gather(changes[lead.id], change)
            written.append((was, lead))
    if changes:
        journal = Journal.add(
            token=token,
            at=seconds(now),
            agent_id=by,
            verb="import-merge",
            detail=json.dumps({"intake": intake_id, "leads": changes}, ensure_ascii=False),
        )
        for before, lead in written:
            history.write_amount(before, lead, journal, now)
    return len(changes)


def _gather(into: Change, change: Change) -> None:
    for name, value in change.items():
        if isinstance(value, list):
            into.setdefault(name, []).extend(value)
        else:
            into.setdefault(name, {}).update(value)


def _filled(lead: Lead, row: Row, now: datetime) -> Change:
    """Fills what is empty at the lead and its first contact."""
    fields = {name: row[name] for name in OF_LEAD if row[name] not in (None, "") and getattr(lead, name) in (None, "")}
    for name, value in fields.items():
        setattr(lead, name, value)
    own = json.loads(lead.profile) if lead.profile else {}
    profile = {name: text for name, text in _profile(row).items() if not own.get(name)}
    if profile:
        lead.profile = json.dumps({**own, **profile}, ensure_ascii=False)
    contact = main_contact(lead.id)
    person = {
        column: row[name]
        for name, column in OF_CONTACT.items()
        if row[name] and contact is not None and not getattr(contact, column)
    }
    if contact is not None and person:
        for column, value in person.items():
            setattr(contact, column, value)
        contact.save()
    if fields or profile:
        put_in_place(lead, book(lead.campaign_id), now)
        lead.save()
    change: Change = {"fields": fields, "profile": profile, "person": person}
    return {name: value for name, value in change.items() if value}


def _profile(row: Row) -> dict[str, str]:
    return dict(json.loads(row["profile"])) if row["profile"] else {}


def _add(
    lead: Lead, row: Row, change: Change, more: Sequence[tuple[Any, ...]], intake_id: int, *, with_person: bool
) -> None:
    """Adds further numbers, and the person if that is asked and nobody of that name is there."""
    contact = main_contact(lead.id)
    names = {
        one[0].casefold()
        for one in rows_of("SELECT name FROM contact WHERE lead_id = ? AND voided_at IS NULL", (lead.id,))
    }
    if with_person and row["person"] and row["person"].casefold() not in names:
        values = {column: row[name] for name, column in OF_CONTACT.items()}
        contact = Contact.create(lead_id=lead.id, intake_id=intake_id, **values)
        change["contacts"] = [contact.id]
    have = {one[0] for one in rows_of("SELECT number FROM phone WHERE lead_id = ? AND voided_at IS NULL", (lead.id,))}
    for number, extension in more:
        if number not in have and contact is not None:
            phone = Phone.create(lead_id=lead.id, contact_id=contact.id, number=number, extension=extension)
            change.setdefault("phones", []).append(phone.id)


# ── and back ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def take_out(lead: Lead, change: Change, now: datetime) -> tuple[int, int]:
    """Takes out of a lead what an import brought, where it still is as it came. Returns what went and what stays."""
    went = stays = 0
    for name, value in change.get("fields", {}).items():
        if getattr(lead, name) == value:
            setattr(lead, name, "" if isinstance(value, str) and name != "expected_on" else None)
            went += 1
        else:
            stays += 1
    profile = json.loads(lead.profile) if lead.profile else {}
    for name, value in change.get("profile", {}).items():
        if profile.get(name) == value:
            del profile[name]
            went += 1
        else:
            stays += 1
    lead.profile = json.dumps(profile, ensure_ascii=False) if profile else ""
    put_in_place(lead, book(lead.campaign_id), now)
    lead.save()
    contact = main_contact(lead.id)
    for column, value in change.get("person", {}).items():
        if contact is not None and getattr(contact, column) == value:
            setattr(contact, column, "")
            contact.save()
            went += 1
        else:
            stays += 1
    went += _void(Contact, change.get("contacts", []), now) + _void(Phone, change.get("phones", []), now)
    return went, stays


def _void(table: type[Contact] | type[Phone], ids: Sequence[int], now: datetime) -> int:
    if not ids:
        return 0
    return int(table.update(voided_at=seconds(now)).where(table.id.in_(ids), table.voided_at.is_null()).execute())
