"""A lead that stays in hand after its talk, so that it can be promoted at once."""

from __future__ import annotations

from datetime import timedelta

from models import ledger, queue
from models.base import NEVER, seconds
from models.check import check
from models.lead import Lead
from tests.models.store.floors import NOW, MadeFloor

DAY = timedelta(days=1)


def test_a_talk_that_keeps_its_lead_sleeps_until_its_promise_once_it_is_let_go(made: MadeFloor) -> None:
    """The claim stays, the promise stands, the promotion is allowed by the talk just logged."""
    number = made.lead()
    claim = made.next("ann")
    ledger.log_touch(claim, ledger.Entry("talked", next_at=NOW + DAY), keep=True, token="talk", now=NOW)
    assert queue.held(claim.agent_id, NOW) == claim
    ledger.move(claim, "offer", token="move", now=NOW)
    queue.release(claim, NOW)
    lead = Lead.get_by_id(number)
    assert (lead.wake_at, lead.due_at, lead.due_agent_id) == (seconds(NOW + DAY), seconds(NOW + DAY), claim.agent_id)
    assert check(NOW) == ()


def test_a_kept_lead_whose_desk_is_gone_sleeps_as_it_should(made: MadeFloor) -> None:
    """The claim runs out by itself; nobody calls the customer again before the cadence says so."""
    number = made.lead()
    claim = made.next("ann")
    after = ledger.log_touch(claim, ledger.Entry("no_answer"), keep=True, token="miss", now=NOW)
    later = claim.until + timedelta(seconds=1)
    assert queue.claim_next(made.people["bob"], later) is None
    assert after.wake_at is not None
    assert Lead.get_by_id(number).wake_at == seconds(after.wake_at)


def test_a_lead_that_closes_is_not_kept(made: MadeFloor) -> None:
    """There is nothing more to do with it."""
    number = made.lead()
    claim = made.next("ann")
    ledger.log_touch(claim, ledger.Entry("refused", reason="price"), keep=True, token="no", now=NOW)
    assert queue.held(claim.agent_id, NOW) is None
    assert Lead.get_by_id(number).wake_at == NEVER


def test_a_move_leaves_a_promise_where_it_was(made: MadeFloor) -> None:
    """A lead taken out of its sleep, moved and given back sleeps on."""
    number = made.lead()
    claim = made.next("ann")
    ledger.log_touch(claim, ledger.Entry("callback", next_at=NOW + DAY), token="talk", now=NOW)
    again = queue.take(claim.agent_id, number, NOW)
    ledger.move(again, "offer", token="move", now=NOW)
    queue.release(again, NOW)
    assert Lead.get_by_id(number).wake_at == seconds(NOW + DAY)
