"""How a moment stands before it is promised, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models import floor, ledger, slots
from models.base import new_token
from tests.models.store import floors
from tests.models.store.floors import NOW, MadeFloor

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_inside_the_customers_hours(made: MadeFloor) -> None:
    """By the customer's clock, not the floor's: ten in Berlin is six in the evening in Shanghai."""
    berlin, shanghai = made.lead(place="Berlin"), made.lead(place="Shanghai")
    at = NOW + DAY - HOUR
    assert slots.slot(made.people["ann"], berlin, at).is_open
    closed = slots.slot(made.people["ann"], shanghai, NOW + DAY + HOUR)
    assert (closed.is_open, closed.is_free) == (False, False)
    assert closed.opens_at == NOW.replace(hour=0) + 2 * DAY


def test_two_promises_at_once(made: MadeFloor) -> None:
    """Only one's own, only those that are near, and not that of the same lead, which it replaces."""
    ann, first, second = made.people["ann"], made.lead(company="First"), made.lead()
    ledger.edit(made.take("ann", second), {"company": ""}, token=made.token(), now=NOW)
    at = NOW + DAY
    made.log(made.take("ann", first), "callback", next_at=at)
    made.log(made.take("ann", second), "callback", next_at=at + 9 * MINUTE)
    third = made.lead()
    found = slots.slot(ann, third, at + 5 * MINUTE).booked
    assert [(one.lead_id, one.company, one.at) for one in found] == [
        (first, "First", at),
        (second, "P", at + 9 * MINUTE),
    ]
    assert [one.lead_id for one in slots.slot(ann, first, at).booked] == [second]
    assert slots.slot(ann, third, at - 10 * MINUTE).is_free
    assert slots.slot(ann, third, at + 19 * MINUTE).is_free
    assert slots.slot(made.people["bob"], third, at).is_free


def test_a_holiday_has_a_name(made: MadeFloor) -> None:
    """Also where the playbook calls on holidays: the customer is told of no hour that nobody keeps."""
    lead = made.lead(place="Berlin")
    found = slots.slot(made.people["ann"], lead, NOW.replace(month=12, day=25), language="en_US")
    assert (found.holiday, found.is_open, found.is_free) == ("Christmas Day", True, False)
    text = floors.PLAYBOOK.replace("respects_holidays = false", "respects_holidays = true")
    floor.apply_playbook(1, text, by=made.boss, token=new_token(), now=NOW)
    assert not slots.slot(made.people["ann"], lead, NOW.replace(month=12, day=25)).is_open


@pytest.mark.parametrize(
    ("country", "language", "name"),
    [("CN", "en_US", "National Day"), ("CN", "zh_CN", "国庆节"), ("", "en_US", ""), ("XX", "en_US", "")],
)
def test_holidays_by_name(country: str, language: str, name: str) -> None:
    """In the desk's language where somebody translated it."""
    assert slots.holiday(country, date(2026, 10, 1), language) == name
    assert slots.holiday(country, date(2026, 10, 20), language) == ""
