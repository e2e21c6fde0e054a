"""The bell and what stands in for it: every command is heard of, who may only read hears too."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg

from models import connect, contacts, crew, feed, ledger, queue, suppress, targets, undoing
from models.base import new_token, proxy
from models.people import Role
from tests.models.store import floors
from tests.models.store.floors import HOUR, NOW, MadeFloor


@contextmanager
def reading(url: str) -> Iterator[Callable[[], int]]:
    """What another session, which only reads, gets for the floor's version."""
    reader, writer = connect.database_of(url, read_only=True), proxy.obj
    reader.connect()

    def version() -> int:
        proxy.initialize(reader)
        try:
            return feed.version()
        finally:
            proxy.initialize(writer)

    try:
        yield version
    finally:
        reader.close()


def deeds(made: MadeFloor) -> Iterator[str]:
    """Every command on a floor, one after the other; also those that leave nothing in the journal."""
    lead = made.lead(number="+493055512341")
    yield "take in"
    claim = made.next("ann")
    yield "claim"
    queue.renew(claim, NOW + timedelta(minutes=1))
    yield "renew"
    queue.release(claim, NOW)
    yield "release"
    claim = made.take("ann", lead)
    yield "take"
    made.move(claim, "offer")
    yield "move"
    ledger.edit(claim, {"need": "boxes"}, token=made.token(), now=NOW)
    yield "edit"
    contacts.add(claim, {"name": "Q"}, token=made.token(), now=NOW)
    yield "contact"
    token = made.token()
    ledger.log_touch(claim, ledger.Entry("no_answer"), token=token, now=NOW)
    yield "log"
    claim = undoing.undo(made.people["ann"], token, token=made.token(), now=NOW).claim
    yield "undo"
    ledger.sleep(claim, NOW + HOUR, token=made.token(), now=NOW)
    yield "sleep"
    connect.transact(lambda: queue.wake(NOW + 2 * HOUR))
    yield "wake"
    token = made.token()
    suppress.add([493055512341], reason="", agent_id=made.boss, token=token, now=NOW)
    yield "suppress"
    suppress.remove(493055512341, reason="slip", agent_id=made.boss, token=made.token(), now=NOW)
    yield "lift"
    crew.add_team("west", by=made.boss, token=made.token(), now=NOW)
    yield "team"
    crew.add_agent("eve", name="Eve", role=Role.AGENT, team="west", by=made.boss, token=made.token(), now=NOW)
    yield "agent"
    crew.leave("eve", to=None, by=made.boss, token=made.token(), now=NOW)
    yield "leave"
    targets.set_target(24_314, team=None, login=None, deals=3, amount=None, by=made.boss, token=made.token(), now=NOW)
    yield "target"


def test_every_command_changes_the_version(made: MadeFloor) -> None:
    with reading(made.url) as version:
        known, deaf = version(), []
        for name in deeds(made):
            before, known = known, version()
            if known == before:
                deaf.append(name)
        assert deaf == []
        assert version() == known


def test_a_commit_that_began_before_another_is_heard_of_too(fresh_postgres: str) -> None:
    """Two that overlap: each is heard of when it ends, whoever began first."""
    with floors.opened(fresh_postgres), reading(fresh_postgres) as version:
        floors.make(fresh_postgres)
        seen = [version()]
        with psycopg.connect(fresh_postgres) as early, psycopg.connect(fresh_postgres) as late:
            early.execute("UPDATE team SET name = 'n' WHERE name = 'north'")
            late.execute("UPDATE team SET name = 's' WHERE name = 'south'")
            seen.append(version())
            for one in (late, early):
                one.commit()
                seen.append(version())
    assert seen[0] == seen[1]
    assert len(set(seen)) == 3


def test_who_only_reads_makes_no_bell_and_hears_the_one_there_is(
    made: MadeFloor,
) -> None:
    """Without a bell it asks; a bell that a reader made could not be rung by others."""
    path = made.url + connect.BELL
    is_file = not connect.is_postgres()
    if is_file and os.path.exists(path):
        os.unlink(path)
    proxy.obj.close()
    with floors_read(made.url):
        if is_file:
            assert feed.open_bell() is None
            assert not os.path.exists(path)
    with floors.opened(made.url):
        writer = proxy.obj
        made.lead()  # rings, and so makes it
        if is_file:
            os.chmod(path, 0o440)
        with floors_read(made.url):
            bell = feed.open_bell()
        assert bell is not None
        if is_file:
            os.chmod(path, 0o660)
        proxy.initialize(writer)
        crew.add_team("west", by=made.boss, token=new_token(), now=NOW)
        assert select.select([bell.fileno()], [], [], 30)[0]
        assert bell.drain()
        bell.close()


LISTENS = """
import sys
sys.addaudithook(lambda event, _: print(event) if event == "subprocess.Popen" else None)
from models import connect, feed
connect.use(sys.argv[1])
print(feed.open_bell().fileno() > 0)
"""


def test_to_listen_no_program_is_started(made: MadeFloor) -> None:
    """A process that is stopped while it begins another one hangs, and whoever waits for it too."""
    done = subprocess.run([sys.executable, "-c", LISTENS, made.url], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("True\n", "")


@contextmanager
def floors_read(url: str) -> Iterator[None]:
    database = connect.use(url, read_only=True)
    try:
        yield
    finally:
        database.close()


def test_the_floor_itself_lags_behind_nothing(made: MadeFloor) -> None:
    assert feed.lag() is None
