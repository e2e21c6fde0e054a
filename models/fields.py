"""A lead's fields by their codes: what is filled, and what a person typed turned into what is stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

import funnel
from models import suppress
from models.base import hundredths, money
from models.errors import Refused
from models.lead import Contact, Lead, Phone, Suppression
from models.numbers import parse_number, whereabouts
from models.zones import zone_id

COLUMNS = ("code", "company", "industry", "source", "need", "product", "amount", "margin", "units", "expected_on")
MONEY = ("amount", "margin")
OF_CONTACT = {"person": "name", "title": "title", "email": "email"}
EXAMPLES = {
    "amount": "120000.50",
    "margin": "30000",
    "units": "12",
    "expected_on": "2026-12-31",
    "number": "+86 138 0013 8000",
}
MOST = 10**15
"""Hundredths: ten thousand milliards, so that the sum of a stage still fits its counter."""
LONGEST = 10_000
"""Characters of one field; nobody types more, and a pasted book is a mistake."""


def fields_of(lead: Lead) -> dict[str, object]:
    """Every filled field of a lead: text, Decimal or int."""
    values: dict[str, object] = {name: getattr(lead, name) for name in COLUMNS}
    values |= {name: money(getattr(lead, name)) for name in MONEY}
    values |= json.loads(lead.profile) if lead.profile else {}
    contact = main_contact(lead.id)
    if contact is not None:
        values |= {name: getattr(contact, column) for name, column in OF_CONTACT.items()}
    phone = main_phone(lead.id)
    values["number"] = f"+{phone.number}" if phone is not None else None
    return {name: value for name, value in values.items() if funnel.is_filled(value)}


def main_contact(lead_id: int) -> Contact | None:
    """Whom to ask for."""
    return (
        Contact.select()
        .where(Contact.lead_id == lead_id, Contact.voided_at.is_null())
        .order_by(Contact.id)
        .limit(1)
        .get_or_none()
    )


def main_phone(lead_id: int) -> Phone | None:
    """The number to dial: the first that nobody forbade, if there is one."""
    forbidden = Suppression.select(Suppression.number)
    return (
        Phone.select()
        .where(Phone.lead_id == lead_id, Phone.voided_at.is_null())
        .order_by(Phone.number.in_(forbidden), Phone.id)
        .limit(1)
        .get_or_none()
    )


def change(lead: Lead, playbook: funnel.Playbook, values: Mapping[str, str], region: str, now: datetime) -> None:
    """Sets fields from what a person typed; the caller writes the lead itself. Empty text empties a field.

    Raises:
        Refused: `unknown_field`, `bad_value` with an example, `suppressed`.
    """
    own = {field.code for field in playbook.fields}
    profile = json.loads(lead.profile) if lead.profile else {}
    for name, typed in values.items():
        text = clean(typed)
        if name not in funnel.LEAD_FIELDS and name not in own:
            raise Refused("unknown_field", field=name)
        if len(text) > LONGEST:
            raise Refused("too_long", field=name, longest=LONGEST)
        if name == "number":
            _change_number(lead, text, region, now)
        elif name in OF_CONTACT:
            contact = main_contact(lead.id) or Contact(lead_id=lead.id)
            setattr(contact, OF_CONTACT[name], text)
            contact.save()
        elif name in COLUMNS:
            setattr(lead, name, stored(name, text, playbook))
        elif text:
            profile[name] = text
        else:
            profile.pop(name, None)
    lead.profile = json.dumps(profile, ensure_ascii=False) if profile else ""


def stored(name: str, text: str, playbook: funnel.Playbook) -> object:
    """The stored form of a column's value."""
    if name == "source":
        source = playbook.source(text)
        if text and source is None:
            raise Refused("unknown_source", field=name, allowed=tuple(source.code for source in playbook.sources))
        return source.code if source else ""
    readers: dict[str, Callable[[str], object]] = {
        "amount": _hundredths, "margin": _hundredths, "units": _count, "expected_on": _day,
    }  # fmt: skip
    if name not in readers:
        return (text or None) if name == "code" else text
    try:
        return readers[name](text) if text else None
    except (ValueError, ArithmeticError):
        raise Refused("bad_value", field=name, example=EXAMPLES[name]) from None


def _hundredths(text: str) -> int | None:
    minor = hundredths(Decimal(text.replace(",", "").replace("，", "").replace(" ", "")))
    if minor is None or not 0 <= minor <= MOST:
        raise ValueError("not an amount")
    return minor


def _count(text: str) -> int:
    if not 0 <= (count := int(text)) < 1 << 31:
        raise ValueError("not a count")
    return count


def _day(text: str) -> str:
    return date.fromisoformat(text).isoformat()


def _change_number(lead: Lead, text: str, region: str, now: datetime) -> None:
    number = parse_number(text, region)
    if number is None:
        raise Refused("bad_value", field="number", example=EXAMPLES["number"])
    if suppress.are_suppressed([number.number]):
        raise Refused("suppressed", field="number")
    contact = main_contact(lead.id) or Contact.create(lead_id=lead.id)
    old = main_phone(lead.id)
    if old is not None:
        old.number, old.extension = number.number, number.extension
        old.save()
    else:
        Phone.create(lead_id=lead.id, contact_id=contact.id, number=number.number, extension=number.extension)
    lead.zone_id = zone_id(whereabouts(number.number, now), now)


ALLOWED_CONTROLS = "\n\t"


def clean(text: str) -> str:
    """Text as it was given, without control characters and what is no character at all, blanks around it cut."""
    return "".join(sign for sign in text if sign in ALLOWED_CONTROLS or _is_sign(sign)).strip()


def _is_sign(sign: str) -> bool:
    code = ord(sign)
    return not (code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000)
