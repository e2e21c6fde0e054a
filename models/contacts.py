"""The people at a lead: added, changed, put first, taken away. Each command is one transaction under the lead's claim.

Whom to ask for is the first contact, the number to dial the first that nobody forbade; both go by id. Nothing is
deleted: what is taken away is voided, and whoever stands behind another is written anew behind them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from models import queue, suppress
from models.base import seconds
from models.campaigns import Book
from models.cards import Claim
from models.connect import transact
from models.errors import Refused
from models.fields import EXAMPLES, LONGEST, clean, main_phone
from models.lead import Contact, Lead, Phone
from models.ledger import in_hand, write_journal
from models.numbers import Number, parse_number, whereabouts
from models.people import Floor
from models.taking_in import twins_of
from models.zones import unknown_zone_id, zone_id

PARTS = ("executor", "approver", "decider", "user")
"""Parts in the decision."""
OWN = ("name", "title", "part", "email")
VERB = "contact"
"""Of these commands in the journal."""

TABLES: dict[str, type[Contact] | type[Phone]] = {"contact": Contact, "phone": Phone}


class _Changes:
    """What one command does to the rows of a lead's people, kept so that it can be taken back."""

    def __init__(self, lead: Lead, now: datetime) -> None:
        self.lead = lead
        self.now = now
        self.before: dict[str, dict[int, dict[str, object]]] = {name: {} for name in TABLES}
        self.added: dict[str, list[int]] = {name: [] for name in TABLES}

    def set(self, row: Contact | Phone, **values: object) -> None:
        """Changes a row."""
        table = "contact" if isinstance(row, Contact) else "phone"
        before = self.before[table].setdefault(row.id, {})
        for column, value in values.items():
            before.setdefault(column, getattr(row, column))
            setattr(row, column, value)
        row.save()

    def void(self, *rows: Contact | Phone) -> None:
        """Takes rows away."""
        for row in rows:
            self.set(row, voided_at=seconds(self.now))

    def add(self, table: str, /, **values: object) -> int:
        """Writes a new row."""
        made = TABLES[table].add(lead_id=self.lead.id, **values)
        self.added[table].append(made)
        return made


Command = Callable[[_Changes], int]
"""Changes something, and returns the contact that it was about."""


def add(claim: Claim, values: Mapping[str, str], *, token: str, now: datetime) -> int:
    """Adds a contact behind the others, with a number where one is given, and returns its id.

    Raises:
        Refused: `field_missing` without a name, and as for `change` and `add_number`.
        Stale, Unavailable: as for `ledger.log_touch`.
    """

    def command(changes: _Changes) -> int:
        own = _checked({name: text for name, text in values.items() if name != "number"})
        if not own.get("name"):
            raise Refused("field_missing", field="person")
        made = changes.add("contact", **own)
        if typed := clean(values.get("number", "")):
            number = _free_number(changes.lead, typed)
            changes.add("phone", contact_id=made, number=number.number, extension=number.extension)
        return made

    return _carried_out(claim, "add", command, token, now)


def change(claim: Claim, contact_id: int, values: Mapping[str, str], *, token: str, now: datetime) -> int:
    """Changes name, title, part in the decision or e-mail.

    Raises:
        Refused: `no_contact`, `unknown_field`, `unknown_choice` for a part, `too_long`.
        Stale, Unavailable: as for `ledger.log_touch`.
    """

    def command(changes: _Changes) -> int:
        changes.set(_contact(changes.lead, contact_id), **_checked(values))
        return contact_id

    return _carried_out(claim, "change", command, token, now)


def add_number(claim: Claim, contact_id: int, typed: str, *, token: str, now: datetime) -> int:
    """Adds a further number of a contact.

    Raises:
        Refused: `no_contact`, `bad_value`, `suppressed`, `known_number`, `duplicate` (names the owner, nothing of the
            customer).
        Stale, Unavailable: as for `ledger.log_touch`.
    """

    def command(changes: _Changes) -> int:
        contact, number = _contact(changes.lead, contact_id), _free_number(changes.lead, typed)
        changes.add("phone", contact_id=contact.id, number=number.number, extension=number.extension)
        return contact_id

    return _carried_out(claim, "number", command, token, now)


def change_number(claim: Claim, contact_id: int, old: int, typed: str, *, token: str, now: datetime) -> int:
    """Puts another number in the place of one; nothing in its place takes it away.

    Raises:
        Refused: as for `add_number`, and `last_number` where nothing that may be called would be left.
        Stale, Unavailable: as for `ledger.log_touch`.
    """

    def command(changes: _Changes) -> int:
        contact = _contact(changes.lead, contact_id)
        phone = next((one for one in _phones(changes.lead) if (one.contact_id, one.number) == (contact.id, old)), None)
        if phone is None:
            raise Refused("no_contact")
        if not clean(typed):
            changes.void(phone)
            _require_number(changes.lead)
            return contact_id
        number = _free_number(changes.lead, typed, besides=old)
        changes.set(phone, number=number.number, extension=number.extension)
        return contact_id

    return _carried_out(claim, "number", command, token, now)


def put_first(claim: Claim, contact_id: int, *, token: str, now: datetime) -> int:
    """Makes a contact the one to ask for, and the own number the one to dial.

    Raises:
        Refused: `no_contact`.
        Stale, Unavailable: as for `ledger.log_touch`.
    """

    def command(changes: _Changes) -> int:
        lead = changes.lead
        first = _contact(lead, contact_id)
        for other in _contacts(lead):
            if other.id < first.id:
                own = {name: getattr(other, name) for name in (*OWN, "intake_id")}
                again = changes.add("contact", **own)
                _move_numbers(changes, [one for one in _phones(lead) if one.contact_id == other.id], again)
                changes.void(other)
        numbers = _phones(lead)
        last = max((one.id for one in numbers if one.contact_id == first.id), default=0)
        for one in numbers:  # a number of somebody behind it that was added before its own last one
            if one.contact_id != first.id and one.id < last:
                _move_numbers(changes, [one], one.contact_id)
        return contact_id

    return _carried_out(claim, "first", command, token, now)


def remove(claim: Claim, contact_id: int, *, token: str, now: datetime) -> int:
    """Takes a contact away with all numbers.

    Raises:
        Refused: `no_contact`, `last_contact`, `last_number` where nothing that may be called would be left.
        Stale, Unavailable: as for `ledger.log_touch`.
    """

    def command(changes: _Changes) -> int:
        contact = _contact(changes.lead, contact_id)
        if len(_contacts(changes.lead)) == 1:
            raise Refused("last_contact")
        numbers = [one for one in _phones(changes.lead) if one.contact_id == contact.id]
        changes.void(contact, *numbers)
        if numbers:
            _require_number(changes.lead)
        return contact_id

    return _carried_out(claim, "remove", command, token, now)


def take_back(lead: Lead, detail: Mapping[str, Any], now: datetime) -> None:
    """Sets the people of a lead back to what a command's record says was there. Inside a command.

    The caller writes the lead.
    """
    dialled = main_phone(lead.id)
    for name, model in TABLES.items():
        for number in detail["added"][name]:
            model.update(voided_at=seconds(now)).where(model.id == number, model.voided_at.is_null()).execute()
        for number, columns in detail["before"][name].items():
            model.update(**columns).where(model.id == int(number)).execute()
    _follow_number(lead, dialled, now)


# ── what the commands share ───────────────────────────────────────────────────────────────────────────────────────────


def _carried_out(claim: Claim, act: str, change: Command, token: str, now: datetime) -> int:
    """Runs a command under its claim and writes down what it did; a repeat gives what the first one gave."""

    def command() -> int:
        lead, campaign, done = in_hand(claim, token)
        if done is not None:
            return int(json.loads(done.detail)["contact"])
        changes, dialled = _Changes(lead, now), main_phone(lead.id)
        contact = change(changes)
        detail = {"act": act, "contact": contact, "before": changes.before, "added": changes.added}
        write_journal(token, VERB, lead, claim.agent_id, now, detail)
        _follow_number(lead, dialled, now)
        _write(lead, campaign, now)
        return contact

    return transact(command)


def _write(lead: Lead, campaign: Book, now: datetime) -> None:
    queue.put_in_place(lead, campaign, now)
    lead.save()


def _follow_number(lead: Lead, dialled: Phone | None, now: datetime) -> None:
    """The lead's clock becomes that of the number to dial, where that is another one now."""
    phone = main_phone(lead.id)
    if (dialled and dialled.number) == (phone and phone.number):
        return
    lead.zone_id = unknown_zone_id(now) if phone is None else zone_id(whereabouts(phone.number, now), now)


def _contacts(lead: Lead) -> list[Contact]:
    return list(Contact.select().where(Contact.lead_id == lead.id, Contact.voided_at.is_null()).order_by(Contact.id))


def _phones(lead: Lead) -> list[Phone]:
    return list(Phone.select().where(Phone.lead_id == lead.id, Phone.voided_at.is_null()).order_by(Phone.id))


def _contact(lead: Lead, contact_id: int) -> Contact:
    found = next((one for one in _contacts(lead) if one.id == contact_id), None)
    if found is None:
        raise Refused("no_contact")
    return found


def _checked(values: Mapping[str, str]) -> dict[str, str]:
    """What was typed for a contact, as it is stored."""
    cleaned = {name: clean(text) for name, text in values.items()}
    for name, text in cleaned.items():
        if name not in OWN:
            raise Refused("unknown_field", field=name)
        if len(text) > LONGEST:
            raise Refused("too_long", field=name, longest=LONGEST)
    if cleaned.get("part") and cleaned["part"] not in PARTS:
        raise Refused("unknown_choice", field="part", allowed=PARTS)
    return cleaned


def _free_number(lead: Lead, typed: str, *, besides: int | None = None) -> Number:
    """A number that may be called and that nobody else has; `besides`: the one whose place it takes."""
    number = parse_number(clean(typed), Floor.get_by_id(1).region)
    if number is None:
        raise Refused("bad_value", field="number", example=EXAMPLES["number"])
    if number.number == besides:
        return number
    if suppress.are_suppressed([number.number]):
        raise Refused("suppressed", field="number")
    if number.number in {one.number for one in _phones(lead)}:
        raise Refused("known_number")
    if twin := twins_of([number.number]).get(number.number):
        raise Refused("duplicate", lead=twin.lead_id, owner=twin.owner)
    return number


def _require_number(lead: Lead) -> None:
    """A lead keeps a number that may be called; where there is to be none, its last call says why."""
    numbers = {one.number for one in _phones(lead)}
    if not numbers - suppress.are_suppressed(numbers):
        raise Refused("last_number")


def _move_numbers(changes: _Changes, phones: list[Phone], contact_id: int) -> None:
    """Writes numbers anew, behind all others."""
    for phone in phones:
        changes.add("phone", contact_id=contact_id, number=phone.number, extension=phone.extension)
        changes.void(phone)
