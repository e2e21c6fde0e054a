"""The desk's second connection: it answers the newest question, waits for nobody and is waited for by nobody."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from models import connect, ledger, queue
from models.base import new_token, proxy, rows_of
from models.errors import Unavailable
from models.search import finding
from tests.tui import floors
from tests.tui.floors import NOW, Team
from tui.reader import Overtaken
from tui.store import Store

SLOW = "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 4000000000) SELECT COUNT(*) FROM c"
"""Takes ten minutes on either database."""


class Slow:
    """A question that nobody lives to hear the answer of."""

    def __init__(self, ask: Callable[[], object] | None = None) -> None:
        self._ask = ask or one_large_one
        self._has_begun, self._is_over = threading.Event(), threading.Event()

    def __call__(self) -> object:
        self._has_begun.set()
        try:
            return self._ask()
        finally:
            self._is_over.set()

    async def begins(self) -> None:
        """Waits until it is being answered."""
        assert await asyncio.to_thread(self._has_begun.wait, 20)

    async def ends(self) -> None:
        """Waits until it was broken off."""
        assert await asyncio.to_thread(self._is_over.wait, 20)


def one_large_one() -> object:
    """One statement that runs and runs."""
    return rows_of(SLOW)


def many_small_ones() -> object:
    """One question after the other: an interruption may come between two of them."""
    while rows_of("SELECT COUNT(*) FROM agent"):
        pass
    return None


@pytest.fixture
def team(database_url: str) -> Team:
    """Who works on the floor."""
    return floors.set_up(database_url)


@pytest.fixture
def store(database_url: str, team: Team) -> Iterator[Store]:
    """A desk's database."""
    store = Store(database_url)
    store.open()
    yield store
    store.close(waits=True)


def companies() -> list[str]:
    return [row[0] for row in rows_of("SELECT company FROM lead ORDER BY id")]


@pytest.mark.parametrize("ask", [one_large_one, many_small_ones])
async def test_a_newer_question_ends_the_older(store: Store, ask: Callable[[], object]) -> None:
    """Who asked before hears that it was overtaken; the new answer is right."""
    slow = Slow(ask)
    older = asyncio.create_task(store.look_up(slow))
    await slow.begins()
    assert await store.look_up(companies) == await store.run(companies)
    with pytest.raises(Overtaken):
        await older
    await slow.ends()


async def test_of_many_questions_at_once_the_last_is_answered(store: Store) -> None:
    """As when somebody types faster than anything can be found."""
    questions = (store.look_up(rows_of, f"SELECT {number}") for number in range(30))
    answers = await asyncio.gather(*questions, return_exceptions=True)
    assert answers[-1] == [(29,)]
    assert {type(answer) for answer in answers[:-1]} == {Overtaken}


async def test_nobody_waits_for_a_slow_question(store: Store, team: Team) -> None:
    """The desk logs and claims meanwhile."""
    slow = Slow()
    asked = asyncio.create_task(store.look_up(slow))
    await slow.begins()
    claim = await store.run(queue.claim_next, team.agent, NOW)
    assert claim is not None
    await store.run(ledger.log_touch, claim, ledger.Entry("no_answer"), token=new_token(), now=NOW)
    assert not asked.done()
    assert [hit.company for hit in await store.look_up(finding.find, team.agent, "acme", NOW)] == ["Acme Tools"]
    assert isinstance((await asyncio.gather(asked, return_exceptions=True))[0], Overtaken)


async def test_a_call_is_logged_while_a_figure_is_counted(store: Store, team: Team) -> None:
    """It waits for no snapshot, and the figure tells of the moment in which it was asked, from first to last."""
    may_end = threading.Event()

    def count() -> tuple[int, int]:
        with connect.snapshot():
            first = rows_of("SELECT COUNT(*) FROM touch")[0][0]
            slow()
            return first, rows_of("SELECT COUNT(*) FROM touch")[0][0]

    slow = Slow(lambda: may_end.wait(20))
    asked = asyncio.create_task(store.look_up(count))
    await slow.begins()
    claim = await store.run(queue.claim_next, team.agent, NOW)
    assert claim is not None
    await store.run(ledger.log_touch, claim, ledger.Entry("no_answer"), token=new_token(), now=NOW)
    assert not asked.done()
    may_end.set()
    assert await asked == (0, 0)
    assert await store.look_up(rows_of, "SELECT COUNT(*) FROM touch") == [(1,)]


async def test_a_key_does_not_wait_while_a_figure_is_reckoned(store: Store) -> None:
    """The screen has its turn many times over while pure Python runs beside it, counted by that thread's own clock."""
    begun = threading.Event()

    def reckon() -> None:
        begun.set()
        until = time.thread_time() + 0.3
        while time.thread_time() < until:
            pass

    asked = asyncio.create_task(store.look_up(reckon))
    assert await asyncio.to_thread(begun.wait, 20)
    turns = 0
    while not asked.done():
        await asyncio.sleep(0.0001)  # as for a key: it sleeps until there is one
        turns += 1
    assert turns > 0.3 / 0.0025, "twice as often as Python lets it by itself"


async def test_a_question_nobody_waits_for_any_more_is_broken_off(store: Store) -> None:
    """A list that was closed, a worker that was replaced."""
    slow = Slow()
    asked = asyncio.create_task(store.look_up(slow))
    await slow.begins()
    asked.cancel()
    await slow.ends()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert await store.look_up(rows_of, "SELECT 1") == [(1,)]


async def test_it_cannot_write(store: Store, team: Team) -> None:
    """By the database's own means; and whoever writes the proper way is not held up by the attempt."""

    def write() -> None:
        connect.transact(lambda: proxy.execute_sql("UPDATE lead SET company = 'written'"))

    for attempt in (write, lambda: proxy.execute_sql("UPDATE lead SET company = 'written'")):
        with pytest.raises(Unavailable, match="read_only"):
            await store.look_up(attempt)
    assert "written" not in await store.look_up(companies)
    await store.run(write)
    assert set(await store.look_up(companies)) == {"written"}


async def test_it_sees_what_was_just_written(store: Store, team: Team) -> None:
    """The desk's own log, without waiting for anything."""
    await store.look_up(companies)
    claim = await store.run(queue.claim_next, team.agent, NOW)
    assert claim is not None
    await store.run(ledger.log_touch, claim, ledger.Entry("no_answer", note="zebra"), token=new_token(), now=NOW)
    assert [hit.where for hit in await store.look_up(finding.find, team.agent, "zebr", NOW)] == ["note"]


async def test_a_floor_that_was_opened_anew(store: Store) -> None:
    """The desk lost its database and has it again: the next question is asked of that."""

    def lose() -> None:
        raise Unavailable("gone")

    await store.look_up(companies)
    with pytest.raises(Unavailable):
        await store.run(lose)
    await store.run(companies)
    assert len(await store.look_up(companies)) == len(floors.COMPANIES)


async def test_a_line_that_was_cut_is_opened_anew(fresh_postgres: str) -> None:
    """Whoever asks does not notice."""
    floors.set_up(fresh_postgres)
    store = Store(fresh_postgres)
    store.open()
    try:
        await store.look_up(companies)
        with psycopg.connect(fresh_postgres, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid()"
            )
        assert len(await store.look_up(companies)) == len(floors.COMPANIES)
    finally:
        store.close(waits=True)


async def test_a_mistake_is_told_as_it_is(store: Store) -> None:
    """And the next question is answered."""
    with pytest.raises(ZeroDivisionError):
        await store.look_up(lambda: 1 // 0)
    assert len(await store.look_up(companies)) == len(floors.COMPANIES)


async def test_leaving_ends_what_is_asked(database_url: str) -> None:
    """A desk that closes does not stay for an answer, and nothing of it does."""
    floors.set_up(database_url)
    store = Store(database_url)
    store.open()
    assert not readers()
    slow = Slow()
    asked = asyncio.create_task(store.look_up(slow))
    await slow.begins()
    assert readers()
    await asyncio.to_thread(store.close, waits=True)
    with pytest.raises(Overtaken):
        await asked
    assert not readers()


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("reader")]
