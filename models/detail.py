"""What a line of the journal tells of its command beside verb and token: what followed, and what was there before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import funnel
from models.base import Rendered, mark, moment_or_none, seconds
from models.lead import Contact, Lead, Phone

People = dict[str, dict[int, dict[str, Any]]]
"""The rows of a lead's contacts and numbers: table → id → column → value."""

OF_THE_CLAIM = frozenset({"wake_at", "slept_until", "holder_id", "held_since", "token"})
OF_THE_PLACE = frozenset({"lane", "key", "rekey_at"})
KEPT = tuple(name for name in Lead._meta.sorted_field_names if name not in OF_THE_CLAIM | OF_THE_PLACE)
CONTACTS = Rendered(lambda: Contact.select().where(Contact.lead_id == mark("lead"), Contact.voided_at.is_null()))
PHONES = Rendered(lambda: Phone.select().where(Phone.lead_id == mark("lead"), Phone.voided_at.is_null()))


def followed(after: funnel.Aftermath) -> dict[str, object]:
    """An aftermath, to be stored."""
    return {
        name: seconds(value) if isinstance(value, datetime) else value
        for name, value in after._asdict().items()
        if value not in (None, "", False)
    }


def aftermath(stored: Mapping[str, object]) -> funnel.Aftermath:
    """An aftermath that was stored."""
    values: dict[str, object] = dict(stored)
    for name in ("wake_at", "promised_at"):
        if name in values:
            values[name] = moment_or_none(int(str(values[name])))
    if "closes" in values:
        values["closes"] = funnel.Kind(str(values["closes"]))
    return funnel.Aftermath(**{"wake_at": None, **values})  # type: ignore[arg-type]


def was(before: Mapping[str, Any], lead: Lead) -> dict[str, Any]:
    """What a command changed in a lead, as it was before; and until when the lead slept, if it did.

    Its claim ended with the command, and its place in the queue follows from the rest: neither is told.
    """
    now = lead.__data__
    told = {name: before[name] for name in KEPT if before[name] != now[name]}
    if before["slept_until"] is not None:
        told["slept_until"] = before["slept_until"]
    return told


def people_of(lead_id: int) -> People:
    """The contacts and numbers of a lead as they are stored."""
    contacts, phones = Contact.read_all(CONTACTS, lead=lead_id), Phone.read_all(PHONES, lead=lead_id)
    return {
        "contact": {row.id: dict(row.__data__) for row in contacts},
        "phone": {row.id: dict(row.__data__) for row in phones},
    }


def people_were(before: People, now: People) -> dict[str, dict[int, dict[str, Any] | None]]:
    """What a command changed in them, as it was before; None for a row that it added."""
    told: dict[str, dict[int, dict[str, Any] | None]] = {}
    for table, rows in now.items():
        for number, row in rows.items():
            old = before[table].get(number)
            if old != row:
                changed = None if old is None else {name: old[name] for name in old if old[name] != row[name]}
                told.setdefault(table, {})[number] = changed
    return told
