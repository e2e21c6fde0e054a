"""PostgreSQL lets writers meet: an undo beside whoever wants the lead, works on, or corrects what is undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from models import check, connect, ledger, queue, undoing
from models.base import rows_of
from models.errors import FloorError
from tests.models.store import floors
from tests.models.store.floors import NOW, MadeFloor
from tests.models.store.test_repeats import beside, until_somebody_waits


@pytest.fixture
def served(fresh_postgres: str) -> Iterator[MadeFloor]:
    """A server's floor with two leads; Ann has just logged the first by mistake."""
    with floors.opened(fresh_postgres):
        made = floors.make(fresh_postgres)
        lead = made.lead()
        made.lead()
        ledger.log_touch(made.take("ann", lead), ledger.Entry("no_answer"), token="it", now=NOW)
        yield made


@pytest.fixture
def looking(served: MadeFloor) -> Iterator[psycopg.Connection]:
    """A connection that only looks."""
    with psycopg.connect(served.url, autocommit=True) as connection:
        yield connection


def meeting(looking: psycopg.Connection, first: Callable[[], object], second: Callable[[], object]) -> str:
    """Does the first, and ends it only when the second waits for it; what the second was told."""
    told: list[str] = []

    def run() -> None:
        try:
            second()
            told.append("done")
        except FloorError as error:
            told.append(f"{error.code} {error.fields.get('by') or ''}".strip())

    thread = beside(run)

    def work() -> None:
        first()
        thread.start()
        until_somebody_waits(looking)

    connect.transact(work)
    thread.join()
    return told[0]


def undo(made: MadeFloor, token: str = "back") -> undoing.Undone:
    """Ann takes her log back."""
    return undoing.undo(made.people["ann"], "it", token=token, now=NOW)


def test_an_undo_waits_for_who_takes_the_lead(served: MadeFloor, looking: psycopg.Connection) -> None:
    """And is refused with the name."""
    told = meeting(looking, lambda: served.take("bob", 1), lambda: undo(served))
    assert told == "held Bob"
    assert check.check(NOW) == ()


def test_who_takes_the_lead_waits_for_the_undo(served: MadeFloor, looking: psycopg.Connection) -> None:
    """It is in the hands of who undid."""
    told = meeting(looking, lambda: undo(served), lambda: served.take("bob", 1))
    assert told == "held Ann"
    assert check.check(NOW) == ()


def test_an_undo_on_two_desks_counts_once(served: MadeFloor, looking: psycopg.Connection) -> None:
    """The other is told that there is nothing left to undo; a repeat of the same is told what the first was."""
    assert meeting(looking, lambda: undo(served), lambda: undo(served, "other")) == "undo_nothing"
    assert rows_of("SELECT COUNT(*) FROM journal WHERE verb = 'undo'") == [(1,)]


def test_a_repeat_beside_the_first(served: MadeFloor, looking: psycopg.Connection) -> None:
    """The line broke before the answer came."""
    assert meeting(looking, lambda: undo(served), lambda: undo(served)) == "done"
    assert rows_of("SELECT COUNT(*) FROM journal WHERE verb = 'undo'") == [(1,)]


def test_an_undo_waits_for_the_next_leads_log(served: MadeFloor, looking: psycopg.Connection) -> None:
    """Whoever works on at another desk meanwhile has worked on."""
    claim = served.take("ann", 2)
    told = meeting(looking, lambda: served.log(claim, "no_answer"), lambda: undo(served))
    assert told == "undo_worked_on"
    assert queue.held(served.people["ann"], NOW) is None


def test_what_is_corrected_and_undone_at_once(served: MadeFloor, looking: psycopg.Connection) -> None:
    """One of the two; never a correction of what does not count."""

    def correct() -> object:
        return ledger.correct_note(1, "rang", agent_id=served.people["ann"], token="better", now=NOW)

    assert meeting(looking, lambda: undo(served), correct) == "not_found"
    assert rows_of("SELECT COUNT(*) FROM touch WHERE voided_by IS NULL") == [(0,)]
    ledger.log_touch(served.take("ann", 1), ledger.Entry("no_answer"), token="again", now=NOW)

    def undo_again() -> object:
        return undoing.undo(served.people["ann"], "again", token="back again", now=NOW)

    def correct_again() -> object:
        return ledger.correct_note(2, "rang", agent_id=served.people["ann"], token="better", now=NOW)

    assert meeting(looking, correct_again, undo_again) == "undo_worked_on"
    assert rows_of("SELECT note FROM touch WHERE voided_by IS NULL") == [("rang",)]
    assert check.check(NOW) == ()
