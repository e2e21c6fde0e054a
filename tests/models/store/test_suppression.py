"""Numbers that nobody may call: no path leads to them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models import check, crew, ledger, lists, queue, suppress, taking_in, views
from models.errors import Refused, Stale
from tests.models.store import floors
from tests.models.store.floors import NOW, MadeFloor

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NUMBER = 4930123456


def bar(made: MadeFloor, number: int = NUMBER) -> int:
    """Puts a number on the list."""
    return suppress.add([number], reason="asked", agent_id=made.boss, token=made.token(), now=NOW)


def called(made: MadeFloor, lead: int, now: datetime = NOW) -> bool:
    """Whether any path brings the lead into somebody's hands."""
    for who in ("ann", "boss"):
        with pytest.raises(Refused, match="barred"):
            made.take(who, lead, now)
    handed = {row.lead_id for row in lists.queue(made.people["ann"], now).rows}
    claim = queue.claim_next(made.people["ann"], now)
    return lead in handed or (claim is not None and claim.lead_id == lead)


def test_a_suppressed_number_is_never_handed_out(made: MadeFloor) -> None:
    """Neither ready nor asleep, neither by next nor by search; and it stays so."""
    ready = made.lead(number=f"+{NUMBER}")
    assert bar(made) == 1
    assert bar(made) == 0
    for days in (0, 1, 30):
        assert not called(made, ready, NOW + days * DAY)
    assert views.lead(made.boss, ready, NOW).is_barred
    assert check.check(NOW) == ()


def test_a_promise_to_a_suppressed_number_is_not_kept(made: MadeFloor) -> None:
    """The customer's no counts more; neither its moment nor an heir brings it back."""
    lead = made.lead(owner="ann", number=f"+{NUMBER}")
    made.log(made.next("ann"), "callback", next_at=NOW + HOUR)
    bar(made)
    assert not called(made, lead, NOW + HOUR)
    assert not called(made, lead, NOW + 2 * HOUR)
    crew.leave("ann", to="bob", by=made.boss, token=made.token(), now=NOW + 2 * HOUR)
    assert queue.claim_next(made.people["bob"], NOW + 3 * HOUR) is None
    assert check.check(NOW + 3 * HOUR) == ()


def test_a_suppressed_number_leaves_the_hands(made: MadeFloor) -> None:
    """Whoever holds it is refused the next command, and the claim does not wake it."""
    lead = made.lead(number=f"+{NUMBER}")
    claim = made.next("ann")
    bar(made)
    with pytest.raises(Stale):
        made.log(claim, "no_answer")
    queue.release(claim, NOW)
    assert not called(made, lead, NOW + HOUR)
    assert check.check(NOW + HOUR) == ()


def test_never_call_me_again(made: MadeFloor) -> None:
    """The outcome bars every number of the lead, and every lead that has no other number."""
    lead = made.lead(number=f"+{NUMBER}")
    made.log(made.next("ann"), "banned")
    assert [entry.number for entry in suppress.listed()] == [NUMBER]
    assert not called(made, lead, NOW + DAY)
    with pytest.raises(Refused, match="suppressed"):
        taking_in.take_in(
            1, {"company": "C", "source": "web", "number": f"+{NUMBER}"}, by=made.boss, token="t", now=NOW
        )
    other = made.lead()
    claim = made.take("ann", other)
    with pytest.raises(Refused, match="suppressed"):
        ledger.edit(claim, {"number": f"+{NUMBER}"}, token="t", now=NOW)
    assert check.check(NOW) == ()


def test_a_lead_with_another_number_may_be_called(made: MadeFloor) -> None:
    """The card marks the one that may not."""
    lead = made.lead(number=f"+{NUMBER}")
    floors.write("INSERT INTO phone (lead_id, contact_id, number, extension) VALUES (1, 1, 4930999999, '')")
    bar(made)
    assert made.next("ann").lead_id == lead
    (contact,) = views.lead(made.boss, lead, NOW).contacts
    assert [(phone.number, phone.is_suppressed) for phone in contact.phones] == [(NUMBER, True), (4930999999, False)]
    assert views.lead(made.boss, lead, NOW).fields["number"] == "+4930999999"
    assert check.check(NOW) == ()


@pytest.mark.parametrize("was", ["ready", "asleep", "held", "lost"])
def test_a_number_taken_off_the_list(made: MadeFloor, was: str) -> None:
    """A manager's right; the lead stands again where it stood."""
    lead = made.lead(number=f"+{NUMBER}")
    if was == "asleep":
        made.log(made.next("ann"), "callback", next_at=NOW + DAY)
    elif was == "lost":
        made.log(made.next("ann"), "refused", reason="price")
    elif was == "held":
        made.next("ann")
    before = floors.row(lead).wake_at
    bar(made)
    assert not called(made, lead)
    with pytest.raises(Refused, match="managers_only"):
        suppress.remove(NUMBER, reason="mistake", agent_id=made.people["ann"], token=made.token(), now=NOW)
    assert suppress.remove(NUMBER, reason="mistake", agent_id=made.boss, token=made.token(), now=NOW)
    assert not suppress.remove(NUMBER, reason="mistake", agent_id=made.boss, token=made.token(), now=NOW)
    assert floors.row(lead).wake_at == (None if was == "held" else before)
    assert check.check(NOW) == ()
