"""What was done a moment ago is taken back: on record, and as if it had not been."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import contacts, figures, ledger, queue, undoing, views
from models.base import rows_of, seconds
from models.cards import Claim, Scope
from models.check import check
from models.errors import Refused, Stale
from models.lead import Lead
from models.ledger import Entry
from models.suppress import are_suppressed
from tests.models.store.floors import NOW, MadeFloor

SOON = NOW + timedelta(seconds=5)
DAY = timedelta(days=1)
OF_THE_CLAIM = ("wake_at", "slept_until", "holder_id", "held_since", "token")

Command = Callable[[Claim, datetime], Any]


def log(outcome: str, *, keep: bool = False, **entry: Any) -> Command:
    return lambda claim, now: ledger.log_touch(claim, Entry(outcome, **entry), keep=keep, token="it", now=now)


def move(to: str, **more: Any) -> Command:
    return lambda claim, now: ledger.move(claim, to, is_sign_seen=True, token="it", now=now, **more)


COMMANDS: dict[str, Command] = {
    "no answer": log("no_answer"),
    "talk": log("talked", note="dear", feedback="too dear", purpose="price", tags="price", bring="list"),
    "talk with a promise": log("callback", next_at=NOW + DAY),
    "talk that keeps the lead": log("talked", keep=True, next_at=NOW + DAY),
    "refusal": log("refused", reason="price"),
    "wrong number": log("wrong"),
    "never again": log("banned"),
    "promotion": move("offer"),
    "skip": move("deal", reason="in a hurry", values={"amount": "100"}),
    "sale": move("won", reason="at once", values={"amount": "5000", "expected_on": "2026-03-02"}),
    "loss": move("lost", reason="price"),
    "sleep": lambda claim, now: ledger.sleep(claim, NOW + DAY, why="away", token="it", now=now),
    "edit": lambda claim, now: ledger.edit(
        claim, {"company": "New Co", "amount": "7", "number": "+49305559999", "plan": "visit"}, token="it", now=now
    ),
    "contact": lambda claim, now: contacts.add(claim, {"name": "Eva", "part": "decider"}, token="it", now=now),
}


def picture(lead: int, made: MadeFloor, now: datetime) -> tuple[object, ...]:
    """Everything that an undone command must leave as it was: the lead but for its claim, people, figures, the day."""
    row = {name: value for name, value in Lead.get_by_id(lead).__data__.items() if name not in OF_THE_CLAIM}
    people = rows_of("SELECT id, name, part FROM contact WHERE lead_id = ? AND voided_at IS NULL", (lead,))
    numbers = rows_of("SELECT number FROM phone WHERE lead_id = ? AND voided_at IS NULL", (lead,))
    panel = figures.panel(made.boss, Scope.FLOOR, 1, now).funnel
    ann = made.people["ann"]
    return row, people, numbers, panel, figures.today(ann, now), views.lead(made.boss, lead, now).history


def stood(lead: int) -> int | None:
    """Until when a lead in hand sleeps once it is let go."""
    return Lead.get_by_id(lead).slept_until


@pytest.mark.parametrize("past", ["new", "promised", "asleep"])
@pytest.mark.parametrize("name", COMMANDS)
def test_all_is_as_it_was(made: MadeFloor, name: str, past: str) -> None:
    """Whatever was done, wherever the lead had stood; the next lead had come already."""
    lead = made.lead()
    if past == "promised":
        made.log(made.next("ann"), "callback", NOW - DAY / 24, next_at=NOW + DAY / 2)
    elif past == "asleep":
        made.log(made.next("ann"), "no_answer", NOW - DAY / 24)
    made.lead()
    claim = made.take("ann", lead)
    before, slept = picture(lead, made, NOW), stood(lead)
    COMMANDS[name](claim, NOW)
    queue.release(claim, NOW)
    came_next = queue.claim_next(claim.agent_id, NOW)
    assert came_next is not None
    undone = undoing.undo(claim.agent_id, "it", token="back", now=SOON)
    assert undone.claim.lead_id == lead
    assert queue.held(claim.agent_id, SOON) == undone.claim
    assert picture(lead, made, NOW) == before
    assert stood(lead) == slept
    assert check(SOON) == ()
    assert not are_suppressed([row[0] for row in rows_of("SELECT number FROM phone")])
    # The commands go on from there, and the record of both stays.
    made.log(undone.claim, "no_answer", SOON)
    verbs = [row[0] for row in rows_of("SELECT verb FROM journal WHERE lead_id = ? ORDER BY id", (lead,))]
    assert verbs[-3:] == [undone.verb, "undo", "log"]


def test_what_had_been_typed_comes_back(made: MadeFloor) -> None:
    """So that the composer can be opened with it again."""
    made.lead()
    claim = made.next("ann")
    entry = Entry(
        "talked", note="a", purpose="b", feedback="c", tags="d,e", bring="f", next_at=NOW + DAY, seconds=61,
        is_inbound=True,
    )  # fmt: skip
    ledger.log_touch(claim, entry, token="it", now=NOW)
    assert undoing.undo(claim.agent_id, "it", token="back", now=SOON).entry == entry


def test_again_it_changes_nothing(made: MadeFloor) -> None:
    """A line that broke after the commit: the same undo gives the same claim; another undo has nothing to do."""
    made.lead()
    claim = made.next("ann")
    made_it = COMMANDS["promotion"]
    made_it(claim, NOW)
    first = undoing.undo(claim.agent_id, "it", token="back", now=SOON)
    assert undoing.undo(claim.agent_id, "it", token="back", now=SOON) == first
    with pytest.raises(Refused, match="undo_nothing"):
        undoing.undo(claim.agent_id, "it", token="again", now=SOON)


def test_ten_seconds_and_no_more(made: MadeFloor) -> None:
    """Afterwards it is history: only a correction says it better."""
    made.lead()
    claim = made.next("ann")
    COMMANDS["talk"](claim, NOW)
    with pytest.raises(Refused, match="undo_too_late"):
        undoing.undo(claim.agent_id, "it", token="back", now=NOW + timedelta(seconds=16))


def test_not_once_the_next_was_worked(made: MadeFloor) -> None:
    """Nor when a colleague has done something to the lead since."""
    first, second = made.lead(), made.lead()
    claim = made.take("ann", first)
    COMMANDS["no answer"](claim, NOW)
    made.log(made.take("ann", second), "no_answer", NOW)
    with pytest.raises(Refused, match="undo_worked_on"):
        undoing.undo(claim.agent_id, "it", token="back", now=SOON)


def test_not_what_somebody_else_did(made: MadeFloor) -> None:
    """Nor what never was."""
    made.lead()
    COMMANDS["talk"](made.next("ann"), NOW)
    for agent, token in ((made.people["bob"], "it"), (made.people["ann"], "nothing")):
        with pytest.raises(Refused, match="undo_nothing"):
            undoing.undo(agent, token, token="back", now=SOON)


def test_a_colleague_was_faster(made: MadeFloor) -> None:
    """Who has the lead by now is said by name, and keeps it."""
    lead = made.lead()
    claim = made.next("ann")
    COMMANDS["talk with a promise"](claim, NOW)
    theirs = made.take("bob", lead)
    with pytest.raises(Stale) as caught:
        undoing.undo(claim.agent_id, "it", token="back", now=SOON)
    assert (caught.value.code, caught.value.by) == ("held", "Bob")
    assert queue.held(made.people["bob"], SOON) == theirs
    made.log(theirs, "no_answer", SOON)
    with pytest.raises(Refused, match="undo_worked_on"):
        undoing.undo(claim.agent_id, "it", token="back", now=SOON)


def test_voided_records_are_readable_and_count_nowhere(made: MadeFloor) -> None:
    """The touch stands in the history table, with who took it back and when."""
    lead = made.lead()
    claim = made.next("ann")
    COMMANDS["refusal"](claim, NOW)
    undoing.undo(claim.agent_id, "it", token="back", now=SOON)
    for table in ("touch", "stage_move"):
        (voided,) = rows_of(
            f"SELECT j.verb, j.at, j.agent_id FROM {table} t JOIN journal j ON j.id = t.voided_by WHERE t.lead_id = ?",
            (lead,),
        )
        assert voided == ("undo", seconds(SOON), claim.agent_id)
    assert figures.panel(made.boss, Scope.FLOOR, 1, SOON).funnel.lost.count == 0
