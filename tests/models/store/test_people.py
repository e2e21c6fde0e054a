"""People, teams, playbooks and what each may see."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import check, crew, figures, floor, lists, queue, views
from models.base import rows_of
from models.errors import Refused, Stale
from models.people import Agent, Role
from tests.models.store import floors
from tests.models.store.floors import NOW, PLAYBOOK, MadeFloor

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def portfolio(made: MadeFloor) -> tuple[int, int, int, int]:
    """Ann's: an own lead, one in hand, one promised out of the pool; and one of Bob's that Ann promised."""
    own, held, pooled, of_bob = (made.lead(owner=who) for who in ("ann", "ann", None, "bob"))
    made.log(made.take("ann", pooled), "callback", next_at=NOW + HOUR)
    made.log(made.take("boss", of_bob), "callback", next_at=NOW + HOUR)
    floors.write(
        f"UPDATE lead SET due_agent_id = {made.people['ann']}, lane = {made.people['ann']} WHERE id = {of_bob}"
    )
    made.take("ann", held)
    return own, held, pooled, of_bob


def test_who_leaves_hands_everything_on(made: MadeFloor) -> None:
    """Leads, promises and what is in hand go to the heir; nobody starts from zero."""
    own, held, pooled, of_bob = portfolio(made)
    old = queue.held(made.people["ann"], NOW)
    assert old is not None
    assert crew.leave("ann", to="cid", by=made.boss, token=made.token(), now=NOW) == 4
    cid, south = made.people["cid"], made.teams["south"]
    for lead in (own, held):
        stored = floors.row(lead)
        assert (stored.owner_id, stored.team_id, stored.lane, stored.holder_id) == (cid, south, cid, None)
    stored = floors.row(pooled)
    assert (stored.owner_id, stored.team_id, stored.due_agent_id, stored.lane) == (None, 1, cid, cid)
    stored = floors.row(of_bob)
    assert (stored.owner_id, stored.due_agent_id) == (made.people["bob"], cid)
    assert rows_of("SELECT COUNT(*) FROM transfer") == [(2,)]
    assert check.check(NOW) == ()
    with pytest.raises(Stale):
        made.log(old, "no_answer")


def test_who_leaves_without_an_heir_leaves_to_the_pool(made: MadeFloor) -> None:
    """The team's pool calls on, promises too."""
    own, held, pooled, of_bob = portfolio(made)
    crew.leave("ann", to=None, by=made.boss, token=made.token(), now=NOW)
    assert {row.lead_id for row in lists.queue(made.people["bob"], NOW).rows} == {own, held}
    first = made.next("bob", NOW + HOUR).lead_id
    waiting = {row.lead_id for row in lists.queue(made.people["bob"], NOW + HOUR).rows}
    assert first in (pooled, of_bob), "both are promised for the same moment"
    assert {first, *waiting} == {own, held, pooled, of_bob}
    assert check.check(NOW + HOUR) == ()
    with pytest.raises(Refused, match="unknown_agent"):
        queue.take(made.people["ann"], own, NOW)
    assert queue.claim_next(made.people["ann"], NOW) is None


def test_who_moves_takes_the_own_leads_along(made: MadeFloor) -> None:
    """Figures of both teams follow; what is in hand stays in hand."""
    made.lead(owner="ann", amount="100")
    claim = made.next("ann")
    crew.move_agent("ann", team="south", by=made.boss, token=made.token(), now=NOW)
    made.log(claim, "no_answer")
    assert rows_of("SELECT team_id, owner_id, n, amount FROM stock WHERE n <> 0") == [
        (made.teams["south"], made.people["ann"], 1, 10_000)
    ]
    assert check.check(NOW) == ()
    pool = made.lead(team="south")
    assert made.next("ann").lead_id == pool


def test_the_last_manager_stays(made: MadeFloor) -> None:
    """And is told."""
    before = floors.dump()
    with pytest.raises(Refused, match="last_manager"):
        crew.leave("boss", to=None, by=made.boss, token=made.token(), now=NOW)
    assert floors.dump() == before


def test_who_comes_back_is_the_same_person(made: MadeFloor) -> None:
    """With the old records and a place in a team."""
    crew.leave("ann", to=None, by=made.boss, token=made.token(), now=NOW)
    assert views.person("ann") is None
    again = crew.add_agent("ann", name="Ann", role=Role.AGENT, team="south", by=made.boss, token=made.token(), now=NOW)
    assert again == made.people["ann"]
    pool = made.lead(team="south")
    assert made.next("ann").lead_id == pool


# ── playbooks ─────────────────────────────────────────────────────────────────────────────────────────────────────────


OFFER = PLAYBOOK[PLAYBOOK.index('[[stages]]\ncode = "offer"') : PLAYBOOK.index('[[stages]]\ncode = "deal"')]


def test_a_stage_with_open_leads_cannot_go(made: MadeFloor) -> None:
    """The refusal says how many stand where, and nothing is changed."""
    for _ in range(3):
        claim = made.take("ann", made.lead())
        made.move(claim, "offer")
        queue.release(claim, NOW)
    made.lead()
    before = floors.dump()
    with pytest.raises(Refused) as caught:
        floor.apply_playbook(1, PLAYBOOK.replace(OFFER, ""), by=made.boss, token=made.token(), now=NOW)
    assert (caught.value.code, caught.value.fields) == ("stage_in_use", {"stages": {"offer": 3}})
    assert floors.dump() == before


def test_a_stage_that_is_empty_may_go_and_come_back(made: MadeFloor) -> None:
    """The history still names it, the figures count it again when it is back."""
    lead = made.lead()
    claim = made.next("ann")
    made.move(claim, "offer")
    made.move(claim, "deal", reason="agreed")
    floor.apply_playbook(1, PLAYBOOK.replace(OFFER, ""), by=made.boss, token=made.token(), now=NOW)
    card = views.lead(made.people["ann"], lead, NOW)
    assert [line.to for line in card.history if hasattr(line, "to")] == ["deal", "offer", "new"]
    assert [row.stage for row in figures.month_figures(1, 24314, 24315).stages] == ["new", "deal", "won"]
    assert check.check(NOW) == ()
    floor.apply_playbook(1, PLAYBOOK, by=made.boss, token=made.token(), now=NOW)
    assert [row.entered for row in figures.month_figures(1, 24314, 24315).stages] == [1, 1, 1, 0]


def test_a_changed_playbook_keys_every_lead_again(made: MadeFloor) -> None:
    """The sweep does it in batches, while claims go on; afterwards every key is what the heart says."""
    for _ in range(230):
        made.lead()
    floor.apply_playbook(
        1, PLAYBOOK.replace("probability = 10\n", "probability = 20\n"), by=made.boss, token=made.token(), now=NOW
    )
    assert rows_of("SELECT COUNT(*) FROM lead WHERE rekey_at = 0") == [(230,)]
    for minute in range(4):
        queue.release(made.next("ann", NOW + minute * MINUTE), NOW + minute * MINUTE)
    assert rows_of("SELECT COUNT(*) FROM lead WHERE rekey_at = 0") == [(0,)]
    assert check.check(NOW + 4 * MINUTE) == ()


# ── who may see what ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def mixed(made: MadeFloor) -> dict[str, int]:
    """One lead of each sort by a name that says whose it is."""
    return {
        "ann": made.lead(owner="ann", company="ann"),
        "bob": made.lead(owner="bob", company="bob"),
        "cid": made.lead(owner="cid", company="cid"),
        "north": made.lead(company="north"),
        "south": made.lead(team="south", company="south"),
        "floor": made.lead(team=None, company="floor"),
        "boss": made.lead(owner="boss", company="boss"),
    }


SIGHT = {
    "ann": {"ann", "north", "floor"},
    "cid": {"cid", "south", "floor"},
    "wim": {"ann", "bob", "north", "floor"},
    "boss": {"ann", "bob", "cid", "north", "south", "floor", "boss"},
}


@pytest.mark.parametrize("who", SIGHT)
def test_what_a_person_sees(made: MadeFloor, mixed: dict[str, int], who: str) -> None:
    """One filter for records, taking, why and what just happened."""
    me = made.people[who]
    for name, lead in mixed.items():
        if name in SIGHT[who]:
            assert views.lead(me, lead, NOW).company == name
            assert lists.why(me, lead, NOW).company == name
            continue
        for look in (views.lead, lists.why):
            with pytest.raises(Refused, match="not_found"):
                look(me, lead, NOW)
        with pytest.raises(Refused, match="supervisors_watch" if who == "wim" else "not_found"):
            queue.take(me, lead, NOW)
    happened = figures.happenings(Agent.get_by_id(me), 50)
    assert len(happened) == len(mixed)
    assert {line.company for line in happened} - {""} == SIGHT[who]
    assert all(line.amount is None and not line.company for line in happened if line.lead_id is None)
    assert {row.company for row in lists.queue(me, NOW).rows} <= SIGHT[who]


def test_a_lead_taken_back_is_seen_by_nobody(made: MadeFloor, mixed: dict[str, int]) -> None:
    """An import that was undone leaves every list."""
    floors.write("UPDATE lead SET voided_at = 1, wake_at = 4611686018427387904")
    for who in SIGHT:
        with pytest.raises(Refused, match="not_found"):
            views.lead(made.people[who], mixed["ann"], NOW)
        assert lists.queue(made.people[who], NOW).rows == ()


def test_a_pool_lead_that_a_colleague_promised_is_still_the_pool_s(made: MadeFloor) -> None:
    """When its customer calls in, whoever answers finds it; it waits in the queue of who promised."""
    lead = made.lead(company="called in")
    made.log(made.take("ann", lead), "callback", next_at=NOW + HOUR)
    assert views.lead(made.people["bob"], lead, NOW).company == "called in"
    with pytest.raises(Refused, match="not_found"):
        views.lead(made.people["cid"], lead, NOW)
    assert queue.claim_next(made.people["bob"], NOW) is None
