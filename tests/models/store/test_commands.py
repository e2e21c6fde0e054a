"""What an agent commands: repeated it is harmless, refused it changes nothing, and what follows is the playbook's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

import funnel
from models import ledger, lists, queue, taking_in, views
from models.base import NEVER, rows_of
from models.cards import Claim, TouchLine
from models.check import check
from models.errors import Refused, Stale
from models.journal import MoveRow, TouchRow
from tests.models.store import floors
from tests.models.store.floors import NOW, MadeFloor

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def repeated(command: Callable[[], object]) -> None:
    """The second time gives the same answer and changes nothing."""
    first = command()
    before = floors.dump()
    assert command() == first
    assert floors.dump() == before


ENTRIES = [
    ledger.Entry("no_answer", note="rang"),
    ledger.Entry("talked", note="说好了", sleep_until=NOW + DAY),
    ledger.Entry("callback", next_at=NOW + HOUR),
    ledger.Entry("refused", reason="price"),
    ledger.Entry("banned"),
]


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry.outcome for entry in ENTRIES])
def test_a_log_that_is_repeated(made: MadeFloor, entry: ledger.Entry) -> None:
    """A key pressed on a line that broke counts once."""
    made.lead()
    claim = made.next("ann")
    repeated(lambda: ledger.log_touch(claim, entry, token="same", now=NOW))
    assert TouchRow.select().count() == 1


@pytest.mark.parametrize("to", ["offer", funnel.LOST, funnel.INVALID])
def test_a_move_that_is_repeated(made: MadeFloor, to: str) -> None:
    """Also where the first one let the lead go."""
    made.lead()
    claim = made.next("ann")
    reason = {funnel.LOST: "price", funnel.INVALID: "wrong_number"}.get(to, "")
    repeated(lambda: ledger.move(claim, to, reason=reason, token="same", now=NOW).way)
    assert MoveRow.select().count() == 2


def test_sleep_edit_taking_in_and_correction_that_are_repeated(made: MadeFloor) -> None:
    """Every command that writes names itself."""
    values = {"company": "Once", "source": "web", "number": "+49305550001"}
    repeated(lambda: taking_in.take_in(1, values, by=made.boss, team_id=1, token="in", now=NOW))
    claim = made.next("ann")
    repeated(lambda: ledger.edit(claim, {"amount": "120", "plan": "call"}, token="edit", now=NOW))
    repeated(lambda: ledger.sleep(claim, NOW + DAY, token="sleep", now=NOW))
    claim = made.next("ann", NOW + DAY)
    made.log(claim, "no_answer", NOW + DAY)
    touch, ann = TouchRow.get().id, made.people["ann"]
    repeated(lambda: ledger.correct_note(touch, "better", agent_id=ann, token="correct", now=NOW + DAY))


def test_a_sale_is_stored_and_moved_in_one(made: MadeFloor) -> None:
    """Amount and day are confirmed with it and count among its facts; what is refused stores neither."""
    lead = made.lead()
    claim = made.next("ann")
    made.move(claim, "deal")
    sale = {"amount": "1,200.50", "expected_on": "2026-03-02"}
    with pytest.raises(Refused, match="bad_value"):
        ledger.move(claim, "won", values={**sale, "amount": "much"}, token="a", now=NOW)
    with pytest.raises(Refused, match="rules"):
        ledger.move(claim, "new", values=sale, token="b", now=NOW)
    assert views.lead(made.people["ann"], lead, NOW).amount is None
    repeated(lambda: ledger.move(claim, "won", values=sale, token="c", now=NOW).way)
    card = views.lead(made.people["ann"], lead, NOW)
    assert (card.kind, card.amount, card.fields["expected_on"]) == (funnel.Kind.WON, Decimal("1200.5"), "2026-03-02")
    assert MoveRow.select().order_by(MoveRow.id.desc()).get().amount == 120_050
    assert check(NOW) == ()


REFUSALS: list[tuple[str, Callable[[MadeFloor, Claim], object]]] = [
    ("unknown_outcome", lambda made, claim: made.log(claim, "sang")),
    ("needs_moment", lambda made, claim: made.log(claim, "callback")),
    ("past_moment", lambda made, claim: made.log(claim, "callback", next_at=NOW - MINUTE)),
    ("past_moment", lambda made, claim: made.log(claim, "talked", sleep_until=NOW)),
    ("rules", lambda made, claim: made.log(claim, "refused")),
    ("rules", lambda made, claim: made.log(claim, "refused", reason="weather")),
    ("rules", lambda made, claim: made.move(claim, "won", reason="")),
    ("rules", lambda made, claim: made.move(claim, "new")),
    ("rules", lambda made, claim: made.move(claim, "nowhere")),
    ("past_moment", lambda made, claim: ledger.sleep(claim, NOW, token="t", now=NOW)),
    ("unknown_field", lambda made, claim: ledger.edit(claim, {"need": "x", "shoe": "9"}, token="t", now=NOW)),
    ("bad_value", lambda made, claim: ledger.edit(claim, {"person": "Q", "amount": "much"}, token="t", now=NOW)),
    ("bad_value", lambda made, claim: ledger.edit(claim, {"amount": "1e999999999"}, token="t", now=NOW)),
    ("bad_value", lambda made, claim: ledger.edit(claim, {"amount": "-5"}, token="t", now=NOW)),
    ("bad_value", lambda made, claim: ledger.edit(claim, {"units": "99999999999"}, token="t", now=NOW)),
    ("bad_value", lambda made, claim: ledger.edit(claim, {"expected_on": "31.12."}, token="t", now=NOW)),
    ("bad_value", lambda made, claim: ledger.edit(claim, {"number": "+49"}, token="t", now=NOW)),
    ("unknown_source", lambda made, claim: ledger.edit(claim, {"source": "moon"}, token="t", now=NOW)),
    ("too_long", lambda made, claim: ledger.edit(claim, {"need": "x" * 10_001}, token="t", now=NOW)),
    ("taken", lambda made, claim: ledger.edit(claim, {"need": "x", "code": "A1"}, token="t", now=NOW)),
    ("not_found", lambda made, claim: queue.take(made.people["cid"], claim.lead_id, NOW)),
    ("not_found", lambda made, claim: queue.take(made.people["ann"], 999_999, NOW)),
]


@pytest.mark.parametrize(("code", "command"), REFUSALS, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_refused_changes_nothing(
    made: MadeFloor, code: str, command: Callable[[MadeFloor, Claim], object]
) -> None:
    """No half of a command stays, whatever it had written before it was refused."""
    made.lead(code="A1", team="south")
    made.lead()
    claim = made.next("ann")
    before = floors.dump()
    with pytest.raises(Refused) as caught:
        command(made, claim)
    assert caught.value.code == code
    assert floors.dump() == before


@pytest.mark.parametrize("command", ["log", "move", "sleep", "edit"])
def test_a_stale_screen_changes_nothing(made: MadeFloor, command: str) -> None:
    """Every command looks at the claim it was made on."""
    made.lead()
    old = made.next("ann")
    made.next("bob", NOW + HOUR)
    now, before = NOW + HOUR, floors.dump()
    commands: dict[str, Callable[[], object]] = {
        "log": lambda: made.log(old, "no_answer", now),
        "move": lambda: made.move(old, "offer", now),
        "sleep": lambda: ledger.sleep(old, now + DAY, token="t", now=now),
        "edit": lambda: ledger.edit(old, {"need": "x"}, token="t", now=now),
    }
    with pytest.raises(Stale) as caught:
        commands[command]()
    assert caught.value.by == "Bob"
    assert floors.dump() == before


def test_the_cadence_of_misses(made: MadeFloor) -> None:
    """Half an hour, two hours, then a day; the third try of a day waits for the customer's midnight."""
    made.lead()
    now, pauses = NOW, []
    for _ in range(4):
        after = made.log(made.next("ann", now), "no_answer", now)
        assert after.wake_at is not None
        pauses.append(after.wake_at - now)
        assert queue.claim_next(made.people["ann"], after.wake_at - MINUTE) is None
        now = after.wake_at
    assert pauses == [30 * MINUTE, 2 * HOUR, DAY, DAY]


def test_a_days_tries_are_capped_by_the_customers_day(made: MadeFloor) -> None:
    """Busy three times before noon: not again before their own midnight has passed."""
    made.lead()
    for minutes in (0, 1, 2):
        claim = made.take("ann", 1, NOW + minutes * MINUTE)
        made.log(claim, "talked", NOW + minutes * MINUTE, sleep_until=NOW + HOUR)
    claim = made.take("ann", 1, NOW + 3 * MINUTE)
    after = made.log(claim, "no_answer", NOW + 3 * MINUTE)
    assert after.wake_at == NOW.replace(hour=23)


def test_tries_in_all_end_the_lead(made: MadeFloor) -> None:
    """Five misses in a row and it is invalid as never reached; a talk begins a new count."""
    lead, now = made.lead(), NOW
    for outcome in ["no_answer"] * 3 + ["talked"] + ["no_answer"] * 4:
        assert made.log(made.take("ann", lead, now), outcome, now).closes is None
        now += DAY
    after = made.log(made.take("ann", lead, now), "no_answer", now)
    assert (after.closes, after.reason) == (funnel.Kind.INVALID, "unreachable")
    assert floors.row(lead).wake_at == NEVER
    assert check(now) == ()


def test_a_talk_without_a_next_step_is_flagged(made: MadeFloor) -> None:
    """At once, and on record."""
    lead = made.lead()
    assert made.log(made.next("ann", NOW + MINUTE), "talked", NOW + MINUTE, note="nice").lacks_next_step
    line = views.lead(made.people["ann"], lead, NOW).history[0]
    assert isinstance(line, TouchLine)
    assert (line.lacks_next_step, line.note) == (True, "nice")


def test_a_promise_is_kept_or_late(made: MadeFloor) -> None:
    """The touch that answers it names the moment; a quarter of an hour early answers it too."""
    for minutes, answers in ((-14, True), (0, True), (40, True), (-16, False)):
        lead = made.lead()
        made.log(made.take("ann", lead), "callback", next_at=NOW + HOUR)
        then = NOW + HOUR + minutes * MINUTE
        made.log(made.take("ann", lead, then), "no_answer", then)
        touch = TouchRow.select().where(TouchRow.lead_id == lead).order_by(TouchRow.id.desc()).get()
        due = int((NOW + HOUR).timestamp())
        assert touch.answers_at == (due if answers else None)
        assert floors.row(lead).due_at == (None if answers else due)
    assert check(NOW + 2 * HOUR) == ()


def test_a_new_promise_is_of_who_made_it(made: MadeFloor) -> None:
    """A manager who promises keeps it, whoever promised before; a standing promise stays whose it was."""
    lead = made.lead()
    made.log(made.take("ann", lead), "callback", next_at=NOW + DAY)
    made.log(made.take("boss", lead), "no_answer")
    assert floors.row(lead).due_agent_id == made.people["ann"]
    made.log(made.take("boss", lead), "callback", next_at=NOW + 2 * DAY)
    assert (floors.row(lead).due_agent_id, floors.row(lead).lane) == (made.boss, made.boss)


@pytest.mark.parametrize("owner", [None, "ann"])
def test_a_promise_of_somebody_away_becomes_the_pools(made: MadeFloor, owner: str | None) -> None:
    """After the playbook's minutes, counted from when it was due, also where the lead has an owner; and stays so."""
    lead = made.lead(owner=owner)
    claim = made.take("ann", lead)
    made.move(claim, "offer")
    made.log(claim, "callback", next_at=NOW + HOUR)
    assert queue.claim_next(made.people["bob"], NOW + HOUR + 14 * MINUTE) is None
    claim = made.next("bob", NOW + HOUR + 15 * MINUTE)
    assert claim.lead_id == lead
    queue.release(claim, NOW + HOUR + 15 * MINUTE)
    assert check(NOW + HOUR + 15 * MINUTE) == ()
    # The sweep that re-keys it for its dwell does not give it back.
    later = NOW + 2 * DAY + MINUTE
    assert made.next("bob", later).lead_id == lead
    assert check(later) == ()


def test_a_promise_stays_with_who_is_here(made: MadeFloor) -> None:
    """An agent who works keeps the own promises, late or not."""
    lead = made.lead()
    made.log(made.take("ann", lead), "callback", next_at=NOW + HOUR)
    late = NOW + HOUR + 30 * MINUTE
    made.lead(now=late)
    made.log(made.take("ann", made.lead(), late), "no_answer", late)
    assert made.next("bob", late + MINUTE).lead_id != lead
    assert made.next("ann", late + MINUTE).lead_id == lead


def test_sleeping_keeps_a_promise(made: MadeFloor) -> None:
    """A timer past the promised moment wakes for the promise."""
    lead = made.lead()
    made.log(made.take("ann", lead), "callback", next_at=NOW + HOUR)
    ledger.sleep(made.take("ann", lead), NOW + DAY, token="s", now=NOW)
    stored = floors.row(lead)
    assert stored.wake_at == stored.due_at == int((NOW + HOUR).timestamp())
    assert made.next("ann", NOW + HOUR).lead_id == lead


def test_closed_leads_rest_until_somebody_promises(made: MadeFloor) -> None:
    """Lost: not called; a customer who calls in and wants to be called is, in its turn; reopened it is ready."""
    lead, other = made.lead(), made.lead()
    made.log(made.take("ann", lead), "refused", reason="price")
    claim = made.next("ann", NOW + 2 * DAY)
    assert claim.lead_id == other
    claim = made.take("ann", lead, NOW + 2 * DAY)
    made.log(claim, "talked", NOW + 2 * DAY, is_inbound=True, next_at=NOW + 3 * DAY)
    assert check(NOW + 2 * DAY) == ()
    assert made.next("ann", NOW + 3 * DAY).lead_id == lead
    assert check(NOW + 3 * DAY) == ()
    claim = made.take("ann", lead, NOW + 3 * DAY)
    assert made.move(claim, "new", NOW + 3 * DAY).way is funnel.Way.REOPEN
    queue.release(claim, NOW + 3 * DAY)
    assert {row.lead_id for row in lists.queue(made.people["ann"], NOW + 3 * DAY).rows} == {lead, other}


def test_clocks_that_differ(made: MadeFloor) -> None:
    """A desk whose clock is slow writes nothing before what it follows: the last move is the last by every order."""
    lead = made.lead()
    claim = made.next("ann")
    made.move(claim, "offer", NOW + MINUTE)
    made.log(claim, "talked", NOW)
    made.move(made.take("bob", lead, NOW), "deal", NOW)
    moved = rows_of("SELECT to_stage_id, at FROM stage_move ORDER BY at DESC, id DESC LIMIT 1")
    assert moved == [(floors.row(lead).stage_id, int((NOW + MINUTE).timestamp()))]
    assert TouchRow.get().at == int((NOW + MINUTE).timestamp())
    assert check(NOW + MINUTE) == ()


def test_a_sale_rests(made: MadeFloor) -> None:
    """At the end of the funnel a lead is called no more unless somebody promised."""
    lead = made.lead(amount="500")
    claim = made.next("ann")
    assert made.move(claim, "won").way is funnel.Way.SKIP
    queue.release(claim, NOW)
    assert queue.claim_next(made.people["ann"], NOW + DAY) is None
    made.log(made.take("ann", lead, NOW + DAY), "callback", NOW + DAY, next_at=NOW + 2 * DAY)
    assert made.next("ann", NOW + 2 * DAY).lead_id == lead
    assert check(NOW + 2 * DAY) == ()


def test_a_better_wording_names_the_old_one(made: MadeFloor) -> None:
    """Both are on record, one counts."""
    made.lead()
    made.log(made.next("ann"), "no_answer", note="ragn")
    touch = TouchRow.get().id
    for who in ("bob", "wim", "cid"):
        with pytest.raises(Refused):
            ledger.correct_note(touch, "x", agent_id=made.people[who], token="t", now=NOW)
    better = ledger.correct_note(touch, "rang", agent_id=made.people["ann"], token="t", now=NOW)
    rows = rows_of("SELECT id, note, corrects_id, voided_by IS NULL FROM touch ORDER BY id")
    assert [(row[0], row[1], row[2], bool(row[3])) for row in rows] == [
        (touch, "ragn", None, False),
        (better, "rang", touch, True),
    ]


def test_any_text_is_kept(made: MadeFloor) -> None:
    """Marks of a terminal and halves of characters are dropped, everything else comes back as it was."""
    made.lead()
    claim = made.next("ann", NOW + MINUTE)
    made.log(claim, "talked", NOW + MINUTE, note="a\x00b\x1b[31m\ud800 [/bad] 说好了 👍🏽\nnext", purpose="\x00")
    line = views.lead(made.people["ann"], 1, NOW).history[0]
    assert isinstance(line, TouchLine)
    assert (line.note, line.purpose) == ("ab[31m [/bad] 说好了 👍🏽\nnext", "")
    claim = made.take("ann", 1)
    ledger.edit(claim, {"need": "\x00\udfff需求", "plan": "\x07"}, token="e", now=NOW)
    made.move(claim, "deal", reason="a\x00\ud800b")
    ledger.sleep(claim, NOW + DAY, why="\x00later", token="s", now=NOW)
    card = views.lead(made.people["ann"], 1, NOW)
    assert (card.fields["need"], "plan" in card.fields) == ("需求", False)
    assert MoveRow.select().order_by(MoveRow.id.desc()).get().reason == "ab"


def test_a_number_that_is_here_is_not_taken_in_again(made: MadeFloor) -> None:
    """The owner is named, nothing of the customer."""
    made.lead(owner="ann", number="+49 30 555 0001")
    values = {"company": "Again", "source": "web", "number": "0049 (30) 5550001"}
    before = floors.dump()
    with pytest.raises(Refused) as caught:
        taking_in.take_in(1, values, by=made.boss, team_id=2, token="t", now=NOW)
    assert (caught.value.code, caught.value.fields["owner"]) == ("duplicate", "Ann")
    assert "Company" not in str(caught.value.fields)
    assert floors.dump() == before


@pytest.mark.parametrize(
    ("change", "code"),
    [({"company": " "}, "field_missing"), ({"number": "1"}, "bad_value"), ({"source": "moon"}, "unknown_source")],
)
def test_what_is_not_taken_in(made: MadeFloor, change: dict[str, str], code: str) -> None:
    """Nothing of it stays."""
    before = floors.dump()
    values = {"company": "C", "source": "web", "number": "+49305550001", **change}
    with pytest.raises(Refused) as caught:
        taking_in.take_in(1, values, by=made.boss, team_id=1, token="t", now=NOW)
    assert caught.value.code == code
    assert floors.dump() == before


def test_a_supervisor_takes_nothing_in(made: MadeFloor) -> None:
    """Who watches writes nothing."""
    with pytest.raises(Refused, match="supervisors_watch"):
        taking_in.take_in(1, {"company": "C", "source": "web"}, by=made.watcher, token="t", now=NOW)
