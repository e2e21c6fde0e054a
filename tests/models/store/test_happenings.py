"""What happens as it happens, found again and one lead read: what is told, to whom, and how much of a number."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from models import crew, ledger, undoing
from models.cards import TouchLine
from models.errors import Refused
from models.watching.cards import EVERYTHING, Selection
from models.watching.happenings import happenings
from models.watching.leads import find, lead
from models.watching.looks import looks
from models.watching.masks import Mask
from models.watching.overview import overview
from tests.models.store.floors import HOUR, NOW, MadeFloor


def test_a_talk_is_told_with_its_note_and_what_was_promised(made: MadeFloor) -> None:
    one = made.lead(company="Acme", amount="120000")
    made.log(made.take("ann", one), "callback", note="will\nsign", next_at=NOW + HOUR, seconds=61)
    (event,) = happenings(made.boss, EVERYTHING, NOW, limit=1)
    assert (event.agent, event.company, event.stage, event.outcome) == ("Ann", "Acme", "new", "callback")
    assert (event.note, event.next_at, event.is_promised) == ("will sign", NOW + HOUR, True)
    assert (event.kind, event.tries, event.seconds, event.amount) == ("call", 1, 61, None)


def test_a_miss_is_told_with_its_next_try(made: MadeFloor) -> None:
    made.log(made.take("ann", made.lead()), "no_answer")
    (event,) = happenings(made.boss, EVERYTHING, NOW, limit=1)
    assert (event.next_at, event.is_promised) == (NOW + timedelta(minutes=30), False)


def test_a_move_is_told_with_amount_and_probability(made: MadeFloor) -> None:
    one = made.lead(amount="120000")
    made.move(made.take("ann", one), "offer")
    (event,) = happenings(made.boss, EVERYTHING, NOW, limit=1)
    assert (event.origin, event.to, event.amount, event.probability) == ("new", "offer", Decimal(120_000), 50)
    made.log(made.take("ann", one), "refused", reason="price")
    (event,) = happenings(made.boss, EVERYTHING, NOW, limit=1)
    assert (event.to, event.probability) == ("lost", 0)


def test_a_cursor_brings_what_is_new_and_a_limit_the_newest(made: MadeFloor) -> None:
    leads = [made.lead() for _ in range(5)]
    known = happenings(made.boss, EVERYTHING, NOW)
    assert [event.lead_id for event in known] == leads[::-1]
    assert happenings(made.boss, EVERYTHING, NOW, after=known[0].id) == ()
    made.log(made.take("ann", leads[0]), "no_answer"), made.log(made.take("ann", leads[1]), "talked")
    new = happenings(made.boss, EVERYTHING, NOW, after=known[0].id)
    assert [event.outcome for event in new] == ["talked", "no_answer"]
    assert happenings(made.boss, EVERYTHING, NOW, after=known[0].id, limit=1) == new[:1]


def test_what_was_undone_did_not_happen(made: MadeFloor) -> None:
    claim, token = made.take("ann", made.lead()), made.token()
    ledger.log_touch(claim, ledger.Entry("talked"), token=token, now=NOW)
    before = happenings(made.boss, EVERYTHING, NOW)
    undoing.undo(made.people["ann"], token, token=made.token(), now=NOW)
    assert [event.verb for event in before] == ["log", "take-in"]
    assert [event.id for event in happenings(made.boss, EVERYTHING, NOW)] == [before[1].id]


def test_a_team_hears_of_its_people_and_of_its_leads(made: MadeFloor) -> None:
    north, south = made.lead(team="north"), made.lead(team="south")
    made.log(made.take("boss", north), "no_answer"), made.log(made.take("cid", south), "no_answer")
    told = happenings(made.watcher, EVERYTHING, NOW)
    assert {event.lead_id for event in told} == {north}
    ann = Selection(agent_id=made.people["ann"])
    assert happenings(made.boss, ann, NOW) == ()
    assert happenings(made.boss, Selection(campaign_id=2), NOW) == ()


def test_of_a_lead_that_may_not_be_seen_nothing_of_the_customer_is_told(made: MadeFloor) -> None:
    south = made.lead(team="south", company="Secret", amount="5")
    made.log(made.take("dee", south), "talked", note="secret"), made.move(made.take("dee", south), "offer")
    # Her new team does not see the lead, but its supervisor hears of what the team's people do.
    crew.move_agent("dee", team="north", by=made.boss, token=made.token(), now=NOW)
    moved, logged = (event for event in happenings(made.watcher, EVERYTHING, NOW) if event.agent == "Dee")
    assert (logged.lead_id, logged.company, logged.note, logged.outcome) == (None, "", "", "talked")
    assert (moved.company, moved.amount, moved.probability, moved.to) == ("", None, None, "offer")


def test_agents_hear_nothing_here(made: MadeFloor) -> None:
    for read in (
        lambda: happenings(made.people["ann"], EVERYTHING, NOW),
        lambda: find(made.people["ann"], "Company", EVERYTHING, NOW),
        lambda: lead(made.people["ann"], 1, EVERYTHING, NOW),
    ):
        with pytest.raises(Refused, match="supervisors_only"):
            read()


# ── found, and one lead ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_team_is_found_in_alone(made: MadeFloor) -> None:
    north, south, pool = made.lead(team="north"), made.lead(team="south"), made.lead(team=None)
    found = {one.lead_id for one in find(made.boss, "Company", EVERYTHING, NOW)}
    assert found == {north, south, pool}
    for viewer, team in ((made.boss, "north"), (made.watcher, "south")):
        selection = Selection(team_id=made.teams[team])
        assert {one.lead_id for one in find(viewer, "Company", selection, NOW)} == {north, pool}
        with pytest.raises(Refused, match="not_found"):
            lead(viewer, south, selection, NOW)
        assert lead(viewer, north, selection, NOW).id == north


@pytest.mark.parametrize(("mask", "shown"), [(Mask.MASKED, "+49 •••11"), (Mask.HIDDEN, "•••")])
def test_no_number_leaves_the_store_whole(made: MadeFloor, mask: Mask, shown: str) -> None:
    digits = "493055500011"
    one = made.lead(
        number=f"+{digits}", company="Acme 030-5550-0011", person="Li 030 55500011", need="call 03055500011"
    )
    made.log(made.take("ann", one), "talked", note="new number: 030/5550 0011!", feedback=f"+{digits}")
    made.move(made.take("ann", one), "offer", reason="said so at 03055500011")
    whole = lead(made.boss, one, EVERYTHING, NOW)
    assert digits in repr(whole)
    masked = lead(made.boss, one, EVERYTHING, NOW, mask=mask)
    (phone,) = masked.contacts[0].phones
    assert (phone.number, phone.extension, phone.shown) == (0, "", shown)
    assert masked.fields["number"] == shown
    (found,) = find(made.boss, digits, EVERYTHING, NOW, mask=mask)
    assert found.number == shown
    told = happenings(made.boss, EVERYTHING, NOW, mask=mask)
    made.log(made.take("ann", one, NOW + HOUR), "callback", NOW + HOUR, next_at=NOW + 2 * HOUR)
    late, missed = NOW + 3 * HOUR, looks(made.boss, EVERYTHING, NOW + 3 * HOUR, mask=mask)
    made.take("ann", one, late)
    in_hand = overview(made.boss, EVERYTHING, late, mask=mask)
    assert missed.rows
    assert any(row.lead_id == one for row in in_hand.agents)
    for value in (masked, found, told, missed, in_hand):
        for written in (digits, "5550", "0011", "5500011", "55500011"):
            assert written not in repr(value), written
    touch = next(line for line in masked.history if isinstance(line, TouchLine))
    assert touch.note == ("new number: •••/•••• ••11!" if mask is Mask.MASKED else "new number: •••/•••• ••••!")
