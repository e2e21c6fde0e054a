"""PostgreSQL lets writers meet: what it asks to be repeated is repeated, what two do at once is done once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import psycopg
import pytest

from models import check, connect, crew, ledger, queue
from models.base import new_token, proxy, rows_of
from models.errors import Stale
from tests.models.store import floors
from tests.models.store.floors import NOW, MadeFloor


@pytest.fixture
def served(fresh_postgres: str) -> Iterator[MadeFloor]:
    """A floor with two leads on a server."""
    with floors.opened(fresh_postgres):
        made = floors.make(fresh_postgres)
        made.lead()
        made.lead()
        yield made


@pytest.fixture
def other(served: MadeFloor) -> Iterator[psycopg.Connection]:
    """Somebody else's connection, who never gives up waiting."""
    with psycopg.connect(served.url, autocommit=True) as connection:
        connection.execute("SET deadlock_timeout = '60s'")
        yield connection


def until_somebody_waits(looking: psycopg.Connection) -> None:
    """Comes back when a connection of this database stands before a lock."""
    asked = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while not looking.execute(asked).fetchall():
        pass


def beside(work: Callable[[], object]) -> threading.Thread:
    """A command on a connection of its own, as on another desk."""

    def run() -> None:
        proxy.connect()
        try:
            work()
        finally:
            proxy.close()

    return threading.Thread(target=run)


def test_a_deadlock_is_repeated(served: MadeFloor, other: psycopg.Connection) -> None:
    """Two that lock the same leads in opposite order: ours is thrown out, and comes again by itself."""
    tries = 0

    def theirs() -> None:
        with other.transaction():
            other.execute("UPDATE lead SET need = 'theirs' WHERE id = 2")
            other.execute("UPDATE lead SET need = 'theirs' WHERE id = 1")

    thread = threading.Thread(target=theirs)

    def ours() -> None:
        nonlocal tries
        tries += 1
        if tries == 2:  # thrown out, we gave lead 1 back, and theirs went on
            thread.join()
        proxy.execute_sql("SET LOCAL deadlock_timeout = '1ms'")
        proxy.execute_sql("UPDATE lead SET need = 'ours' WHERE id = 1")
        if tries == 1:
            thread.start()
            with psycopg.connect(served.url, autocommit=True) as looking:
                until_somebody_waits(looking)
        proxy.execute_sql("UPDATE lead SET need = 'ours' WHERE id = 2")

    connect.transact(ours)
    assert tries == 2
    assert rows_of("SELECT DISTINCT need FROM lead") == [("ours",)]


def test_a_moment_that_has_passed_is_repeated(served: MadeFloor, other: psycopg.Connection) -> None:
    """A transaction whose picture of the floor is out of date runs again on the present one."""
    seen = []

    def work() -> None:
        proxy.execute_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        seen.append(rows_of("SELECT need FROM lead WHERE id = 1")[0][0])
        if len(seen) == 1:
            other.execute("UPDATE lead SET need = 'theirs' WHERE id = 1")
        proxy.execute_sql("UPDATE lead SET need = need || ' and ours' WHERE id = 1")

    connect.transact(work)
    assert seen == ["", "theirs"]
    assert rows_of("SELECT need FROM lead WHERE id = 1") == [("theirs and ours",)]


@pytest.mark.parametrize("token", ["same", "another"])
def test_a_repeat_while_the_first_is_still_being_written(
    served: MadeFloor, other: psycopg.Connection, token: str
) -> None:
    """The line broke, and the desk asks again on a new one before the first has ended: it counts once."""
    claim, answers = served.next("ann"), []
    entry = ledger.Entry("no_answer")

    def repeat() -> None:
        try:
            answers.append(str(ledger.log_touch(claim, entry, token=token, now=NOW)))
        except Stale as stale:
            answers.append(stale.code)

    second = beside(repeat)

    def first() -> str:
        done = str(ledger.log_touch(claim, entry, token="same", now=NOW))
        second.start()
        until_somebody_waits(other)
        return done

    done = connect.transact(first)
    second.join()
    assert answers == [done if token == "same" else "stale"]
    assert rows_of("SELECT COUNT(*) FROM touch") == [(1,)]
    assert check.check(NOW) == ()


def test_a_hand_over_beside_a_log_loses_neither(served: MadeFloor, other: psycopg.Connection) -> None:
    """Who moves teams waits for the log that is being written, and does not write the lead back as it was."""
    mine = served.lead(owner="ann")
    claim = served.take("ann", mine)
    mover = beside(lambda: crew.move_agent("ann", team="south", by=served.boss, token="m", now=NOW))

    def work() -> None:
        ledger.log_touch(claim, ledger.Entry("no_answer"), token=new_token(), now=NOW)
        mover.start()
        until_somebody_waits(other)

    connect.transact(work)
    mover.join()
    stored = floors.row(mine)
    assert (stored.team_id, stored.tries, stored.holder_id) == (served.teams["south"], 1, None)
    assert queue.held(served.people["ann"], NOW) is None
    assert check.check(NOW) == ()
