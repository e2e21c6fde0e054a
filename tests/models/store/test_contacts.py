"""The people at a lead: whom to ask for, what to dial, on which clock; on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from models import contacts, queue, suppress, views
from models.base import rows_of
from models.cards import Claim, ContactCard
from models.check import check
from models.connect import transact
from models.errors import Refused, Stale
from models.journal import Journal
from tests.models.store import floors
from tests.models.store.floors import NOW, MadeFloor

HOUR = timedelta(hours=1)
BERLIN, SHANGHAI, NEW_YORK = "+49 30 5559001", "+86 21 55590010", "+1 212 555 9001"


def people(made: MadeFloor, lead_id: int) -> tuple[ContactCard, ...]:
    """The contacts as a screen shows them."""
    return views.lead(made.people["ann"], lead_id, NOW).contacts


def held(made: MadeFloor, *, place: str = "Berlin", second: str = SHANGHAI) -> tuple[Claim, int, int]:
    """A lead in hand with two contacts: the claim, the first, the second."""
    lead = made.lead(place=place)
    claim = made.take("ann", lead)
    other = contacts.add(claim, {"name": "Second", "number": second}, token=made.token(), now=NOW)
    return claim, people(made, lead)[0].id, other


def zone_of(lead_id: int) -> str:
    """By which clock a lead is called."""
    return str(rows_of("SELECT z.name FROM lead l JOIN zone z ON z.id = l.zone_id WHERE l.id = ?", (lead_id,))[0][0])


def numbers(made: MadeFloor, lead_id: int) -> list[str]:
    """Every number, in the order of the screen."""
    return [f"+{phone.number}" for contact in people(made, lead_id) for phone in contact.phones]


def test_a_contact_is_added_behind_the_others(made: MadeFloor) -> None:
    """With the part in the decision, and a number; the one to dial stays."""
    claim, _, second = held(made)
    contacts.change(claim, second, {"part": "decider", "title": "  CEO ", "email": "x@y.de"}, token="t", now=NOW)
    first, other = people(made, claim.lead_id)
    assert (first.name, other.name, other.part, other.title, other.email) == ("P", "Second", "decider", "CEO", "x@y.de")
    assert [phone.number for phone in other.phones] == [862155590010]
    assert zone_of(claim.lead_id) == "Europe/Berlin"
    assert check(NOW) == ()


def test_putting_first_asks_dials_and_tells_the_time_elsewhere(made: MadeFloor) -> None:
    """Name, number and calling hours follow; the numbers of the others stay theirs."""
    claim, first, second = held(made)
    contacts.add_number(claim, first, NEW_YORK, token="more", now=NOW)
    contacts.add_number(claim, second, "+86 21 55590011", token="and more", now=NOW)
    contacts.put_first(claim, second, token="first", now=NOW)
    assert [contact.name for contact in people(made, claim.lead_id)] == ["Second", "P"]
    assert zone_of(claim.lead_id) == "Asia/Shanghai"
    assert [len(contact.phones) for contact in people(made, claim.lead_id)] == [2, 2]
    fields = views.lead(made.people["ann"], claim.lead_id, NOW).fields
    assert (fields["person"], fields["number"]) == ("Second", "+862155590010")
    queue.release(claim, NOW)
    assert check(NOW) == ()


def test_a_number_can_be_changed_and_taken_away(made: MadeFloor) -> None:
    """The clock follows the number to dial."""
    claim, first, second = held(made)
    contacts.change_number(claim, second, 862155590010, "+86 (21) 5559-0012", token="a", now=NOW)
    assert numbers(made, claim.lead_id)[1] == "+862155590012"
    (old,) = [phone.number for phone in people(made, claim.lead_id)[0].phones]
    contacts.change_number(claim, first, old, "", token="b", now=NOW)
    assert numbers(made, claim.lead_id) == ["+862155590012"]
    assert zone_of(claim.lead_id) == "Asia/Shanghai"


def test_a_contact_that_goes_takes_the_numbers_along(made: MadeFloor) -> None:
    """Voided, not deleted."""
    claim, first, _second = held(made)
    contacts.remove(claim, first, token="t", now=NOW)
    assert [contact.name for contact in people(made, claim.lead_id)] == ["Second"]
    assert zone_of(claim.lead_id) == "Asia/Shanghai"
    assert rows_of("SELECT COUNT(*) FROM contact WHERE lead_id = ?", (claim.lead_id,))[0][0] == 2


REFUSALS: list[tuple[str, Callable[[MadeFloor, Claim, int], object]]] = [
    ("field_missing", lambda made, claim, who: contacts.add(claim, {"title": "x"}, token="t", now=NOW)),
    ("unknown_field", lambda made, claim, who: contacts.change(claim, who, {"shoe": "9"}, token="t", now=NOW)),
    ("unknown_choice", lambda made, claim, who: contacts.change(claim, who, {"part": "boss"}, token="t", now=NOW)),
    ("too_long", lambda made, claim, who: contacts.change(claim, who, {"name": "x" * 10_001}, token="t", now=NOW)),
    ("no_contact", lambda made, claim, who: contacts.change(claim, 999, {"name": "x"}, token="t", now=NOW)),
    ("no_contact", lambda made, claim, who: contacts.change_number(claim, who, 1, BERLIN, token="t", now=NOW)),
    ("bad_value", lambda made, claim, who: contacts.add_number(claim, who, "+49", token="t", now=NOW)),
    ("suppressed", lambda made, claim, who: contacts.add_number(claim, who, NEW_YORK, token="t", now=NOW)),
    ("known_number", lambda made, claim, who: contacts.add_number(claim, who, SHANGHAI, token="t", now=NOW)),
    ("duplicate", lambda made, claim, who: contacts.add_number(claim, who, BERLIN, token="t", now=NOW)),
]


@pytest.mark.parametrize(("code", "command"), REFUSALS, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_refused_changes_nothing(
    made: MadeFloor, code: str, command: Callable[[MadeFloor, Claim, int], object]
) -> None:
    """Numbers that nobody may call, that somebody else has, that are none."""
    suppress.add([12125559001], reason="asked", agent_id=made.boss, token="list", now=NOW)
    made.lead(number=BERLIN, team="south")
    claim, _, second = held(made)
    before = floors.dump()
    with pytest.raises(Refused) as refused:
        command(made, claim, second)
    assert refused.value.code == code
    assert floors.dump() == before


def test_a_lead_keeps_a_number_that_may_be_called(made: MadeFloor) -> None:
    """Neither the last contact goes, nor the last number that nobody forbade."""
    claim, first, second = held(made)
    suppress.add([862155590010], reason="asked", agent_id=made.boss, token="list", now=NOW)
    (only,) = [phone.number for phone in people(made, claim.lead_id)[0].phones]
    with pytest.raises(Refused, match="last_number"):
        contacts.change_number(claim, first, only, "", token="a", now=NOW)
    with pytest.raises(Refused, match="last_number"):
        contacts.remove(claim, first, token="b", now=NOW)
    contacts.remove(claim, second, token="c", now=NOW)
    with pytest.raises(Refused, match="last_contact"):
        contacts.remove(claim, first, token="d", now=NOW)


COMMANDS: dict[str, Callable[[Claim, int, str], object]] = {
    "add": lambda claim, who, token: contacts.add(claim, {"name": "Q", "number": BERLIN}, token=token, now=NOW),
    "change": lambda claim, who, token: contacts.change(claim, who, {"name": "Q"}, token=token, now=NOW),
    "number": lambda claim, who, token: contacts.add_number(claim, who, BERLIN, token=token, now=NOW),
    "other": lambda claim, who, token: contacts.change_number(claim, who, 862155590010, BERLIN, token=token, now=NOW),
    "gone": lambda claim, who, token: contacts.change_number(claim, who, 862155590010, "", token=token, now=NOW),
    "first": lambda claim, who, token: contacts.put_first(claim, who, token=token, now=NOW),
    "remove": lambda claim, who, token: contacts.remove(claim, who, token=token, now=NOW),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_is_repeated_or_comes_late_changes_nothing(made: MadeFloor, name: str) -> None:
    """One token, one change; no change without the claim."""
    claim, _, second = held(made)
    given = COMMANDS[name](claim, second, "same")
    before = floors.dump()
    assert COMMANDS[name](claim, second, "same") == given
    assert floors.dump() == before
    made.take("bob", claim.lead_id, NOW + HOUR)
    with pytest.raises(Stale):
        COMMANDS[name](claim, second, "another")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_can_be_taken_back(made: MadeFloor, name: str) -> None:
    """Its record says what was there: people, numbers and clock are as they were."""
    claim, _, second = held(made)
    as_it_was = [(one.name, one.part, one.phones) for one in people(made, claim.lead_id)], zone_of(claim.lead_id)
    COMMANDS[name](claim, second, "same")
    (record,) = Journal.select().where(Journal.token == "same")

    def undo() -> None:
        lead = floors.row(claim.lead_id)
        contacts.take_back(lead, json.loads(record.detail), NOW)
        lead.save()

    transact(undo)
    found = [(one.name, one.part, one.phones) for one in people(made, claim.lead_id)], zone_of(claim.lead_id)
    assert found == as_it_was
