"""A streaming replica for what only reads: followed by asking, never written, and honest about how far it is behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import psycopg
import pytest
from click.testing import CliRunner

from models import connect, feed, queue
from models.base import rows_of
from models.errors import Unavailable
from tests import postgres
from tests.models.store import floors
from tests.models.store.floors import NOW, MadeFloor
from tui.__main__ import callfloor
from tui.cli import shared


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[MadeFloor, postgres.Server, postgres.Server]]:
    """A floor, its server, and a replica of that."""
    with postgres.running() as primary:
        with floors.opened(primary.url):
            made = floors.make(primary.url)
        with postgres.running(primary) as replica:
            yield made, primary, replica


def until(is_so: Callable[[], bool]) -> None:
    """Comes back when the replica has come so far."""
    while not is_so():
        pass


def test_a_replica_follows_and_cannot_be_written(pair: tuple[MadeFloor, postgres.Server, postgres.Server]) -> None:
    made, primary, replica = pair
    seen = []
    with psycopg.connect(primary.url, autocommit=True) as beside, floors.opened(replica.url):
        assert feed.open_bell() is None, "a replica cannot be listened to: it is asked"
        seen.append(feed.version())
        beside.execute("UPDATE team SET name = 'N' WHERE name = 'north'")
        until(lambda: rows_of("SELECT 1 FROM team WHERE name = 'N'") != [])
        seen.append(feed.version())
        until(lambda: feed.lag() == timedelta(0))
        with pytest.raises(Unavailable, match="read_only"):
            queue.claim_next(made.people["ann"], NOW)
    assert len(set(seen)) == 2


def test_reports_read_it_and_say_when_it_is_behind(
    pair: tuple[MadeFloor, postgres.Server, postgres.Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, primary, replica = pair
    monkeypatch.setattr(shared, "caller", lambda _config: "boss")
    monkeypatch.setattr(shared, "LATE", timedelta(microseconds=1))
    monkeypatch.setenv("CALLFLOOR_DB", made.url)
    monkeypatch.setenv("CALLFLOOR_READ_DB", replica.url)
    primary.do("stop")
    with floors.opened(replica.url):
        until(lambda: (feed.lag() or timedelta(0)) > timedelta(0))
    result = CliRunner().invoke(callfloor, ["status"], prog_name="callfloor")
    assert result.exit_code == 0, result.output
    assert "The replica is behind" in result.output
    with pytest.raises(Unavailable, match="gone"):
        connect.use(made.url)
