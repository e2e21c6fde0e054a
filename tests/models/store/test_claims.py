"""Who is next, and whose hands a lead is in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import check, floor, ledger, lists, queue, views
from models.base import NEVER
from models.cards import Claim
from models.errors import Refused, Stale
from models.lead import Lead
from tests.models.store import floors
from tests.models.store.floors import NOW, PLAYBOOK, MadeFloor

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def promised(made: MadeFloor, who: str, *, on: str = "north") -> int:
    """A lead whose customer somebody promised to call in an hour."""
    lead = made.lead(team=on)
    made.log(made.take(who, lead), "callback", next_at=NOW + HOUR)
    return lead


def test_the_order_of_calling(made: MadeFloor) -> None:
    """Own promise, the pool's promise, fresh, intent, past dwell, value, waiting: one lead for each, best made last."""
    late = NOW + 3 * DAY - HOUR
    waits_longest = made.lead(now=NOW - HOUR)
    waits = made.lead()
    worth = made.lead(amount="90000")
    strong, stale = made.lead(), made.lead()
    for lead, moment in ((stale, NOW), (strong, NOW + 2 * DAY)):
        claim = made.take("bob", lead, moment)
        made.move(claim, "offer", moment)
        queue.release(claim, moment)
    fresh = made.lead(now=late, obtained=late)
    pooled, own = made.lead(), made.lead()
    for who, lead in (("bob", pooled), ("ann", own)):
        made.log(made.take(who, lead), "callback", next_at=late - 20 * MINUTE)
    queue.claim_next(made.people["ann"], late - 20 * MINUTE)  # ann is here, bob is not
    made.log(made.take("ann", own, late - 20 * MINUTE), "callback", late - 20 * MINUTE, next_at=late - 5 * MINUTE)
    order = []
    while queue.claim_next(made.people["ann"], late):
        claim = made.next("ann", late)
        order.append(claim.lead_id)
        made.log(claim, "no_answer", late)
    assert order == [own, pooled, fresh, stale, strong, worth, waits_longest, waits]


def test_the_playbook_may_order_otherwise(made: MadeFloor) -> None:
    """A changed order re-keys what waits, by the sweep."""
    rich, strong = made.lead(amount="900000"), made.lead(amount="1000")
    claim = made.take("bob", strong)
    made.move(claim, "offer")
    queue.release(claim, NOW)
    assert [lead.lead_id for lead in lists.queue(made.people["ann"], NOW).rows] == [strong, rich]
    order = 'order = ["promise", "value", "fresh", "intent", "dwell", "waiting"]\n'
    floor.apply_playbook(1, order + PLAYBOOK, by=made.boss, token=made.token(), now=NOW)
    assert made.next("ann", NOW + MINUTE).lead_id == rich


def test_only_open_zones_are_called(made: MadeFloor) -> None:
    """Each customer by the own clock: at ten in London nobody in New York or Shanghai is called."""
    shanghai, berlin = made.lead(place="Shanghai", amount="5000"), made.lead(place="Berlin")
    assert [row.lead_id for row in lists.queue(made.people["ann"], NOW).rows] == [berlin]
    assert made.next("ann").lead_id == berlin
    assert queue.claim_next(made.people["bob"], NOW) is None
    card = lists.queue(made.people["bob"], NOW)
    assert (card.ready, card.outside_hours, card.held) == (0, 1, 1)
    assert (card.next_at, card.next_zone) == (NOW.replace(hour=0) + DAY, "Asia/Shanghai")
    assert made.next("bob", NOW.replace(hour=0) + DAY).lead_id == shanghai


def test_weekends_belong_to_the_customer(made: MadeFloor) -> None:
    """From Friday evening to Monday morning nothing is handed out."""
    made.lead()
    friday = NOW.replace(day=6, hour=17)
    assert queue.claim_next(made.people["ann"], friday) is None
    assert queue.claim_next(made.people["ann"], friday + 2 * DAY) is None
    assert queue.claim_next(made.people["ann"], NOW.replace(day=9, hour=7, minute=0))


def test_an_unknown_zone_goes_by_the_floors_clock(made: MadeFloor) -> None:
    """And says that it is not known."""
    lead = made.lead(number="")
    card = views.lead(made.people["ann"], lead, NOW)
    assert (card.zone, card.zone_is_known) == ("Europe/Berlin", False)
    assert made.next("ann").lead_id == lead


def test_next_gives_what_is_already_in_hand(made: MadeFloor) -> None:
    """Asking twice takes no second lead, also after a search."""
    made.lead()
    searched = made.lead()
    claim = made.take("ann", searched)
    assert made.next("ann") == claim
    assert queue.held(made.people["ann"], NOW) == claim


def test_taking_one_lets_go_of_the_other(made: MadeFloor) -> None:
    """An agent holds one lead."""
    first, second = made.lead(), made.lead()
    claim = made.take("ann", first)
    made.take("ann", second)
    assert made.take("bob", first).token != claim.token


def test_a_lead_in_anothers_hands_is_named(made: MadeFloor) -> None:
    """By next, by search and by taking: nobody gets it, and one is told who has it."""
    lead = made.lead()
    claim = made.next("ann")
    assert queue.claim_next(made.people["bob"], NOW) is None
    with pytest.raises(Stale) as caught:
        made.take("bob", lead, NOW + MINUTE)
    assert (caught.value.code, caught.value.by, caught.value.at) == ("held", "Ann", claim.since)
    assert views.lead(made.people["bob"], lead, NOW).holder == "Ann"


def test_looking_does_not_claim(made: MadeFloor) -> None:
    """A card that is open on a screen is anybody's to work."""
    lead = made.lead()
    views.lead(made.people["ann"], lead, NOW)
    assert made.next("bob").lead_id == lead


def test_a_claim_runs_out_and_the_lead_stands_where_it_stood(made: MadeFloor) -> None:
    """Ready it was, ready it is; the old screen is refused."""
    lead = made.lead()
    claim = made.next("ann")
    assert claim.until == NOW + 10 * MINUTE
    assert queue.claim_next(made.people["bob"], NOW + 9 * MINUTE) is None
    assert made.next("bob", NOW + 10 * MINUTE).lead_id == lead
    with pytest.raises(Stale) as caught:
        made.log(claim, "no_answer", NOW + 11 * MINUTE)
    assert caught.value.by == "Bob"


def test_a_claim_ends_for_its_holder_when_it_does_for_the_others(made: MadeFloor) -> None:
    """In whole seconds, as it is kept: taken, renewed, or handed out once more."""
    lead, at = made.lead(), NOW + timedelta(seconds=0.9)
    claim = made.take("ann", lead, at)

    def ends_as_it_is_kept(claim: Claim | None) -> None:
        assert claim is not None
        assert claim.until.timestamp() == Lead.get_by_id(lead).wake_at

    ends_as_it_is_kept(claim)
    ends_as_it_is_kept(queue.renew(claim, at + MINUTE))
    ends_as_it_is_kept(queue.claim_next(made.people["ann"], at + 2 * MINUTE))
    queue.release(claim, at + 3 * MINUTE)
    ends_as_it_is_kept(queue.claim_next(made.people["ann"], at + 4 * MINUTE))


def test_a_late_log_counts_while_nobody_was_faster(made: MadeFloor) -> None:
    """A talk longer than the claim is not lost."""
    made.lead()
    claim = made.next("ann")
    made.log(claim, "talked", NOW + HOUR)


def test_renewing_keeps_the_token(made: MadeFloor) -> None:
    """The claim lasts longer and is the same."""
    made.lead()
    claim = made.next("ann")
    renewed = queue.renew(claim, NOW + 8 * MINUTE)
    assert (renewed.token, renewed.since, renewed.until) == (claim.token, claim.since, NOW + 18 * MINUTE)
    assert queue.claim_next(made.people["bob"], NOW + 17 * MINUTE) is None
    queue.release(renewed, NOW + 17 * MINUTE)
    with pytest.raises(Stale):
        queue.renew(renewed, NOW + 17 * MINUTE)


@pytest.mark.parametrize("way", ["released", "expired", "left for another"])
def test_a_sleeping_lead_that_was_taken_sleeps_on(made: MadeFloor, way: str) -> None:
    """Looking after it early costs neither its timer nor its promise."""
    lead = promised(made, "ann")
    other = made.lead()
    claim = made.take("boss", lead, NOW + MINUTE)
    if way == "released":
        queue.release(claim, NOW + MINUTE)
    elif way == "left for another":
        made.take("boss", other, NOW + MINUTE)
    else:
        assert made.next("ann", NOW + 20 * MINUTE).lead_id == other
    stored = floors.row(lead)
    due = int((NOW + HOUR).timestamp())
    assert (stored.wake_at, stored.due_at, stored.due_agent_id) == (due, due, made.people["ann"])
    assert (stored.holder_id, stored.token, stored.slept_until) == (None, None, None)
    assert made.next("ann", NOW + HOUR).lead_id == lead


def test_a_claim_that_ran_out_unnoticed_costs_no_sleep(made: MadeFloor) -> None:
    """So much wakes in that minute that nothing has come to a lost lead when somebody else looks it up."""
    lost = made.lead()
    made.log(made.take("ann", lost), "refused", reason="price")
    for _ in range(queue.WAKE_BATCH):
        ledger.sleep(made.take("bob", made.lead()), NOW + MINUTE, token=made.token(), now=NOW)
    made.take("ann", lost)
    late = NOW + 20 * MINUTE
    queue.release(made.take("bob", lost, late), late)
    assert floors.row(lost).wake_at == NEVER
    assert not check.check(late)


def test_a_lead_whose_time_came_while_held_is_ready_afterwards(made: MadeFloor) -> None:
    """What it slept for has passed meanwhile."""
    lead = promised(made, "ann")
    made.take("boss", lead, NOW + 55 * MINUTE)
    assert queue.claim_next(made.people["ann"], NOW + HOUR) is None
    assert made.next("ann", NOW + 66 * MINUTE).lead_id == lead


def test_releasing_an_old_claim_is_harmless(made: MadeFloor) -> None:
    """It does not take the lead out of a colleague's hands."""
    made.lead()
    old = made.next("ann")
    claim = made.next("bob", NOW + HOUR)
    queue.release(old, NOW + HOUR)
    assert queue.held(made.people["bob"], NOW + HOUR) == claim


def test_who_was_faster_is_told_after_the_fact(made: MadeFloor) -> None:
    """Also when the colleague has logged and gone on."""
    lead = made.lead()
    old = made.next("ann")
    made.log(made.take("bob", lead, NOW + HOUR), "no_answer", NOW + HOUR)
    with pytest.raises(Stale) as caught:
        made.move(old, "offer", NOW + 2 * HOUR)
    assert (caught.value.code, caught.value.by, caught.value.at) == ("stale", "Bob", NOW + HOUR)


def test_pools_and_own_leads_are_different_lanes(made: MadeFloor) -> None:
    """A colleague's own leads and another team's pool are not handed out; the floor's pool is everybody's."""
    own, pool, floors_pool = made.lead(owner="ann"), made.lead(), made.lead(team=None)
    served = {}
    for who in ("ann", "bob", "cid"):
        served[who] = {row.lead_id for row in lists.queue(made.people[who], NOW).rows}
    assert served == {"ann": {own, pool, floors_pool}, "bob": {pool, floors_pool}, "cid": {floors_pool}}


def test_those_who_watch_take_nothing(made: MadeFloor) -> None:
    """A supervisor sees the lead and cannot put it into the own hands."""
    lead = made.lead()
    assert queue.claim_next(made.watcher, NOW) is None
    with pytest.raises(Refused, match="supervisors_watch"):
        queue.take(made.watcher, lead, NOW)


def test_a_pool_of_many_is_handed_out_to_the_last(made: MadeFloor) -> None:
    """Every lead once, no more and no less than there are."""
    leads = {made.lead() for _ in range(12)}
    handed = []
    while claim := queue.claim_next(made.people["ann"], NOW):
        handed.append(claim.lead_id)
        made.log(claim, "no_answer")
    assert sorted(handed) == sorted(leads)
