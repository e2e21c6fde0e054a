"""Undo: a command is taken back on record, the lead is in hand as before it, and every figure forgets it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

import funnel
from models import check, contacts, figures, ledger, lists, queue, suppress, undoing, views
from models.base import NEVER, rows_of, seconds
from models.cards import Claim, Scope, TouchLine
from models.errors import Refused, Stale
from tests.models.store import floors
from tests.models.store.floors import NOW, MadeFloor

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOON = NOW + 4 * SECOND


def undo(made: MadeFloor, who: str = "ann", now: datetime = SOON, *, undone: str = "it") -> undoing.Undone:
    """The command of that token taken back."""
    return undoing.undo(made.people[who], undone, token=made.token(), now=now)


def logged(claim: Claim, outcome: str = "no_answer", now: datetime = NOW, **entry: object) -> None:
    """A follow-up that is going to be regretted."""
    ledger.log_touch(claim, ledger.Entry(outcome, **entry), token="it", now=now)  # type: ignore[arg-type]


def refused(code: str, command: Callable[[], object]) -> Refused:
    """The refusal; nothing changed."""
    before = floors.dump()
    with pytest.raises(Refused) as caught:
        command()
    assert caught.value.code == code
    assert floors.dump() == before
    return caught.value


# ── what comes back ───────────────────────────────────────────────────────────────────────────────────────────────────

ENTRIES = [
    ledger.Entry("no_answer", kind=funnel.TouchKind.EMAIL, seconds=31, is_inbound=True),
    ledger.Entry("talked", note="说好了", purpose="p", feedback="f", tags="a,b", bring="c", sleep_until=NOW + DAY),
    ledger.Entry("callback", note="rings", next_at=NOW + HOUR),
    ledger.Entry("refused", reason="price"),
    ledger.Entry("wrong"),
    ledger.Entry("banned"),
]


def standing(lead_id: int) -> dict[str, object]:
    """A lead's row, but for what a claim changes in it."""
    of_a_claim = ("wake_at", "held_since", "token")
    return {name: value for name, value in floors.row(lead_id).__data__.items() if name not in of_a_claim}


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry.outcome for entry in ENTRIES])
def test_what_was_typed_comes_back(made: MadeFloor, entry: ledger.Entry) -> None:
    """To be corrected and logged again, on a claim that holds; of the log itself nothing is left in the lead."""
    lead = made.lead(obtained=NOW)
    claim = made.next("ann")
    before = standing(lead)
    ledger.log_touch(claim, entry, token="it", now=NOW)
    undone = undo(made)
    assert standing(lead) == before
    assert (undone.verb, undone.entry) == ("log", entry)
    assert undone.claim == queue.held(made.people["ann"], SOON)
    assert (undone.claim.lead_id, undone.claim.since, undone.claim.until) == (lead, SOON, SOON + 10 * MINUTE)
    assert check.check(SOON) == ()
    ledger.log_touch(undone.claim, entry, token="again", now=SOON)
    assert check.check(SOON) == ()


def test_every_other_command_comes_back_too(made: MadeFloor) -> None:
    """With what it was given."""
    made.lead()
    claim = made.next("ann")
    ledger.move(claim, "offer", reason="so", token="move", now=NOW)
    moved = undo(made, undone="move")
    assert (moved.verb, moved.to, moved.reason) == ("move", "offer", "so")
    ledger.edit(moved.claim, {"amount": "1,200", "plan": "call"}, token="edit", now=SOON)
    edited = undo(made, undone="edit")
    assert (edited.verb, edited.values) == ("edit", {"amount": "1,200", "plan": "call"})
    ledger.sleep(edited.claim, NOW + DAY, why="fair", token="sleep", now=SOON)
    slept = undo(made, undone="sleep")
    assert (slept.verb, slept.until, slept.reason) == ("sleep", NOW + DAY, "fair")
    assert check.check(SOON) == ()


def test_the_lead_that_came_next_is_given_back(made: MadeFloor) -> None:
    """It stands again where it stood; the old one is in hand, and no other is."""
    first, second = made.lead(amount="900"), made.lead(amount="9")
    logged(made.next("ann"))
    brought = made.next("ann", SOON)
    assert brought.lead_id == second
    claim = undo(made).claim
    assert claim.lead_id == first
    assert queue.held(made.people["ann"], SOON) == claim
    assert made.next("bob", SOON).lead_id == second
    with pytest.raises(Stale):
        made.log(brought, "no_answer", SOON)
    assert check.check(SOON) == ()


def test_an_undone_lead_that_is_let_go_stands_where_it_stood(made: MadeFloor) -> None:
    """Ready ones are ready, in their place; those that slept sleep on."""
    order = [made.lead(amount=amount) for amount in ("9000", "400", "20")]
    asleep = made.lead()
    ledger.sleep(made.take("ann", asleep), NOW + DAY, token="zzz", now=NOW)
    for lead in (order[1], asleep):
        logged(made.take("bob", lead), "talked", next_at=NOW + 5 * DAY)
        claim = undoing.undo(made.people["bob"], "it", token=f"undo {lead}", now=SOON).claim
        queue.release(claim, SOON)
        floors.tamper(f"UPDATE journal SET token = 'old {lead}' WHERE token = 'it'")
    assert [row.lead_id for row in lists.queue(made.people["ann"], SOON).rows] == order
    assert floors.row(asleep).wake_at == seconds(NOW + DAY)


def test_voided_records_stay_readable(made: MadeFloor) -> None:
    """The touch, the move and both commands are on record; history and figures know nothing of them."""
    lead = made.lead(owner="ann", amount="500")
    ann = made.people["ann"]
    before = (figures.today(ann, NOW), figures.panel(ann, Scope.MINE, 1, NOW), views.lead(ann, lead, NOW).history)
    claim = made.next("ann")
    logged(claim, "refused", reason="price", note="too dear")
    undo(made)
    (undoes,) = rows_of("SELECT id FROM journal WHERE verb = 'undo'")
    assert rows_of("SELECT note, voided_by FROM touch") == [("too dear", undoes[0])]
    assert rows_of("SELECT way, voided_by FROM stage_move ORDER BY id") == [("enter", None), ("lost", undoes[0])]
    after = (figures.today(ann, NOW), figures.panel(ann, Scope.MINE, 1, NOW), views.lead(ann, lead, NOW).history)
    assert after == before
    assert check.check(SOON) == ()


def test_a_sale_undone_is_not_won(made: MadeFloor) -> None:
    """Neither in the funnel, nor in the agent's day, nor among what just happened."""
    lead = made.lead(amount="500")
    claim = made.next("ann")
    ledger.move(claim, "won", reason="so", token="it", now=NOW)
    assert figures.today(claim.agent_id, NOW).won.count == 1
    queue.release(claim, NOW)
    undo(made)
    panel = figures.panel(claim.agent_id, Scope.FLOOR, 1, SOON)
    assert (panel.funnel.won.count, figures.today(claim.agent_id, SOON).won.count) == (0, 0)
    assert [one.verb for one in panel.happenings] == ["take-in"]
    assert floors.row(lead).slept_until is None
    assert check.check(SOON) == ()


def test_a_promise_that_was_answered_is_open_again(made: MadeFloor) -> None:
    """Whose it was, and as late as it is."""
    lead = made.lead()
    made.log(made.take("ann", lead), "callback", next_at=NOW + HOUR)
    then = NOW + HOUR + MINUTE
    before = figures.today(made.people["ann"], then)
    logged(made.next("ann", then), "talked", then, next_at=then + DAY)
    assert figures.today(made.people["ann"], then).promises_kept == before.promises_kept + 1
    undo(made, now=then + 4 * SECOND)
    assert figures.today(made.people["ann"], then) == before
    stored = floors.row(lead)
    assert (stored.due_at, stored.due_agent_id) == (seconds(NOW + HOUR), made.people["ann"])
    assert check.check(then) == ()


def test_a_lead_that_was_kept_in_hand_never_left_it(made: MadeFloor) -> None:
    """A promotion after a talk is undone, then the talk: each screen before is stale, the claim as old as it was."""
    lead = made.lead()
    claim = made.next("ann")
    ledger.log_touch(claim, ledger.Entry("talked", next_at=NOW + DAY), keep=True, token="talk", now=NOW + SECOND)
    ledger.move(claim, "offer", token="move", now=NOW + 2 * SECOND)
    refused("undo_worked_on", lambda: undo(made, undone="talk"))
    back = undo(made, undone="move").claim
    assert (back.since, floors.row(lead).due_at) == (claim.since, seconds(NOW + DAY))
    with pytest.raises(Stale):
        made.move(claim, "offer", SOON)
    (line,) = (one for one in views.lead(claim.agent_id, lead, SOON).history if isinstance(one, TouchLine))
    assert line.at >= back.since
    undo(made, undone="talk")
    assert (floors.row(lead).due_at, floors.row(lead).tries) == (None, 0)
    refused("undo_nothing", lambda: undo(made, undone="talk"))
    assert check.check(SOON) == ()


def test_an_edit_undone(made: MadeFloor) -> None:
    """Number, place, person and own fields are as they were; what it added is there no more."""
    lead = made.lead(number="", person="", need="n")
    bare = views.lead(made.boss, lead, NOW)
    values = {"number": "+12125550199", "person": "Eve", "need": "", "plan": "call", "amount": "7", "code": "X1"}
    ledger.edit(made.take("boss", lead), values, token="it", now=NOW)
    assert views.lead(made.boss, lead, NOW).fields["number"] == "+12125550199"
    undo(made, "boss")
    card = views.lead(made.boss, lead, NOW)
    assert (card.fields, card.zone, card.contacts, card.code) == (bare.fields, bare.zone, bare.contacts, bare.code)
    ledger.edit(made.take("boss", lead), {"number": "+12125550199"}, token="once", now=SOON)
    ledger.edit(made.take("boss", lead), {"number": "+493055501991"}, token="more", now=SOON)
    undo(made, "boss", undone="more")
    assert views.lead(made.boss, lead, NOW).fields["number"] == "+12125550199"
    assert check.check(SOON) == ()


def test_a_sale_undone_forgets_what_was_confirmed_with_it(made: MadeFloor) -> None:
    """Amount and day come back to be confirmed otherwise."""
    lead = made.lead(amount="500")
    claim = made.next("ann")
    made.move(claim, "deal")
    before, sale = standing(lead), {"amount": "1,200", "expected_on": "2026-03-02", "person": "Eve"}
    ledger.move(claim, "won", values=sale, token="it", now=NOW)
    undone = undo(made)
    assert (undone.to, undone.values) == ("won", sale)
    assert standing(lead) == before
    assert views.lead(made.boss, lead, NOW).contacts[0].name == "P"
    assert check.check(SOON) == ()


def test_a_change_of_the_people_undone(made: MadeFloor) -> None:
    """Whom to ask for, what to dial and on which clock are as they were."""
    lead = made.lead()
    claim = made.take("ann", lead)
    second = contacts.add(claim, {"name": "Eve", "number": "+1 212 555 0199"}, token="add", now=NOW)
    before = views.lead(made.boss, lead, NOW)
    contacts.put_first(claim, second, token="it", now=NOW)
    assert views.lead(made.boss, lead, NOW).zone != before.zone
    undone = undo(made)
    assert (undone.verb, undone.claim.since) == ("contact", claim.since)
    after = views.lead(made.boss, lead, NOW)
    assert (after.contacts, after.zone, after.fields) == (before.contacts, before.zone, before.fields)
    queue.release(undone.claim, SOON)
    floors.write("UPDATE lead SET zone_id = (SELECT MAX(id) FROM zone)")
    kept = floors.row(lead).zone_id
    undo(made, undone="add")
    # Nobody dials another number for it: the clock that a list brought stays.
    assert floors.row(lead).zone_id == kept
    assert [one.name for one in views.lead(made.boss, lead, NOW).contacts] == ["P"]
    assert check.check(SOON) == ()


# ── never call again ──────────────────────────────────────────────────────────────────────────────────────────────────

NUMBER, OTHER = "+4930123456", "+4930999999"


def test_never_call_again_undone(made: MadeFloor) -> None:
    """Its numbers are off the list, other leads with them stand where they stood; what was barred before stays so."""
    lead, twin, barred = made.lead(number=NUMBER), made.lead(), made.lead(number=OTHER)
    made.log(made.take("bob", barred), "banned")
    made.log(made.take("bob", twin), "talked", next_at=NOW + DAY)
    phone = "INSERT INTO phone (lead_id, contact_id, number, extension) VALUES"
    floors.write(f"{phone} ({lead}, {lead}, {OTHER[1:]}, '')")
    floors.write(f"UPDATE phone SET number = {NUMBER[1:]} WHERE lead_id = {twin}")
    logged(made.take("ann", lead), "banned")
    assert floors.row(twin).barred
    undo(made)
    assert [entry.number for entry in suppress.listed()] == [int(OTHER)]
    assert [floors.row(one).barred for one in (lead, twin, barred)] == [0, 0, 1]
    assert floors.row(twin).wake_at == seconds(NOW + DAY)
    assert check.check(SOON) == ()


def test_a_lead_without_a_number_that_is_called_again(made: MadeFloor) -> None:
    """There is nothing to take off the list, and the lead is not barred."""
    lead = made.lead(number="")
    logged(made.take("ann", lead), "banned")
    assert floors.row(lead).barred
    undo(made)
    assert not floors.row(lead).barred
    assert check.check(SOON) == ()


def test_a_number_that_was_suppressed_meanwhile_stays_so(made: MadeFloor) -> None:
    """Undoing is no way past the list."""
    logged(made.take("ann", made.lead(number=NUMBER)))
    twin = made.lead()
    floors.write(f"UPDATE phone SET number = {NUMBER[1:]} WHERE lead_id = {twin}")
    made.log(made.take("bob", twin), "banned")
    refused("barred", lambda: undo(made))


def test_a_number_that_is_wanted_on_the_list_again(made: MadeFloor) -> None:
    """Whoever puts it there meanwhile finds it there; undoing the first time would take it off for both."""
    logged(made.take("ann", made.lead(number=NUMBER)), "banned")
    suppress.add([int(NUMBER)], reason="wrote to us", agent_id=made.boss, token="list", now=NOW)
    refused("undo_worked_on", lambda: undo(made))
    logged_too = made.take("bob", made.lead())
    ledger.log_touch(logged_too, ledger.Entry("no_answer"), token="his", now=NOW)
    suppress.add([int(OTHER)], reason="wrote to us", agent_id=made.boss, token="more", now=NOW)
    undo(made, "bob", undone="his")


# ── what is refused ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_ten_seconds_and_the_way(made: MadeFloor) -> None:
    """Fifteen are in time, sixteen are not; and the refusal says how many there are for the key."""
    made.lead()
    logged(made.next("ann"))
    late = refused("undo_too_late", lambda: undo(made, now=NOW + 16 * SECOND))
    assert late.fields["seconds"] == 10
    undo(made, now=NOW + 15 * SECOND)


NOTHING: list[tuple[str, str]] = [("ann", "other"), ("bob", "it"), ("ann", "test-1")]


@pytest.mark.parametrize(("who", "undone"), NOTHING, ids=["no such command", "a colleague's", "a lead taken in"])
def test_there_is_nothing_to_undo(made: MadeFloor, who: str, undone: str) -> None:
    """Only one's own commands on a lead."""
    made.token()
    made.lead()
    logged(made.next("ann"))
    floors.tamper("UPDATE journal SET agent_id = 2 WHERE verb = 'take-in'")
    refused("undo_nothing", lambda: undo(made, who, undone=undone))


def test_a_command_of_before_there_was_an_undo(made: MadeFloor) -> None:
    """Nobody knows any more what was there before it."""
    made.lead()
    logged(made.next("ann"))
    floors.tamper("""UPDATE journal SET detail = '{"outcome": "no_answer", "aftermath": {}}' WHERE token = 'it'""")
    refused("undo_nothing", lambda: undo(made))


def _take_in(made: MadeFloor, lead: int) -> None:
    made.lead()
    floors.tamper(f"UPDATE journal SET agent_id = {made.people['ann']} WHERE verb = 'take-in'")


SINCE: dict[str, Callable[[MadeFloor, int], object]] = {
    "logged the next": lambda made, lead: made.log(made.next("ann", SOON), "no_answer", SOON),
    "edited the next": lambda made, lead: ledger.edit(made.next("ann", SOON), {"need": "x"}, token="e", now=SOON),
    "moved the next": lambda made, lead: made.move(made.next("ann", SOON), "offer", SOON),
    "took one in": _take_in,
    "logged this one": lambda made, lead: made.log(made.take("ann", lead, SOON), "no_answer", SOON),
    "a colleague logged it": lambda made, lead: made.log(made.take("bob", lead, SOON), "no_answer", SOON),
    "bettered the wording": lambda made, lead: ledger.correct_note(
        1, "rang", agent_id=made.people["ann"], token="c", now=SOON
    ),
    "it was handed over": lambda made, lead: floors.write(f"UPDATE lead SET team_id = 2, lane = -2 WHERE id = {lead}"),
}  # fmt: skip


@pytest.mark.parametrize("since", SINCE.values(), ids=SINCE)
def test_who_worked_on_cannot_undo(made: MadeFloor, since: Callable[[MadeFloor, int], object]) -> None:
    """One command is taken back, not two."""
    lead = made.lead(amount="900")
    made.lead()
    logged(made.next("ann"))
    since(made, lead)
    refused("undo_worked_on", lambda: undo(made))


def test_who_looked_on_can(made: MadeFloor) -> None:
    """Taking and letting go is no work, nor is what a colleague did elsewhere or took back."""
    lead, other = made.lead(amount="900"), made.lead()
    logged(made.next("ann"))
    queue.release(made.take("bob", lead, SOON), SOON)
    ledger.log_touch(made.take("bob", lead, SOON), ledger.Entry("talked"), token="his", now=SOON)
    queue.release(undo(made, "bob", undone="his").claim, SOON)
    made.log(made.take("bob", other, SOON), "no_answer", SOON)
    undo(made)
    assert check.check(SOON) == ()


def test_a_colleague_has_it(made: MadeFloor) -> None:
    """Refused with the name, until it is free again."""
    lead = made.lead()
    logged(made.next("ann"))
    theirs = made.take("bob", lead, NOW + SECOND)
    before = floors.dump()
    with pytest.raises(Stale) as caught:
        undo(made)
    assert (caught.value.code, caught.value.by, caught.value.at) == ("held", "Bob", NOW + SECOND)
    assert floors.dump() == before
    queue.release(theirs, SOON)
    assert undo(made).claim.lead_id == lead


def test_a_stage_that_is_gone(made: MadeFloor) -> None:
    """No open lead goes back to where no lead may stand."""
    made.lead()
    ledger.move(made.next("ann"), "offer", token="it", now=NOW)
    floors.write("UPDATE stage SET retired_at = 1 WHERE code = 'new'")
    floors.write("UPDATE campaign SET edition = 'another'")
    refused("stage_retired", lambda: undo(made))


def test_an_undo_that_is_repeated(made: MadeFloor) -> None:
    """On a line that broke, however late: the same answer, and nothing changes."""
    made.lead()
    logged(made.next("ann"), "talked", note="n")
    undone = undoing.undo(made.people["ann"], "it", token="back", now=SOON)
    before = floors.dump()
    assert undoing.undo(made.people["ann"], "it", token="back", now=NOW + MINUTE) == undone
    assert floors.dump() == before
    refused("undo_nothing", lambda: undo(made))


def test_a_lost_lead_rests_again(made: MadeFloor) -> None:
    """One that was reopened, or promised, by mistake."""
    lead = made.lead()
    made.log(made.next("ann"), "refused", reason="price")
    ledger.move(made.take("ann", lead), "new", reason="so", token="reopen", now=NOW)
    claim = undo(made, undone="reopen").claim
    ledger.log_touch(claim, ledger.Entry("talked", next_at=NOW + DAY), token="talk", now=SOON)
    queue.release(undo(made, undone="talk").claim, SOON)
    assert (floors.row(lead).wake_at, floors.row(lead).due_at) == (NEVER, None)
    assert check.check(SOON) == ()
