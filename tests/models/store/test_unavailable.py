"""A database that cannot: said with its code, nothing half written, and all well again afterwards."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import apsw
import psycopg
import pytest

import funnel
from models import check, connect, ledger, views
from models.base import proxy
from models.errors import Unavailable
from tests.models.store import floors
from tests.models.store.floors import NOW, MadeFloor

MINUTE = timedelta(minutes=1)
NOTE = ledger.Entry("talked", note="half an hour of typing", sleep_until=NOW + MINUTE)


@pytest.fixture
def on_sqlite(sqlite_pattern: MadeFloor, tmp_path: Path) -> Iterator[MadeFloor]:
    """A floor with one lead, in a file."""
    url = str(shutil.copy(sqlite_pattern.url, tmp_path / "floor.db"))
    with floors.opened(url):
        made = MadeFloor(url, sqlite_pattern.boss, people=sqlite_pattern.people, teams=sqlite_pattern.teams)
        made.lead()
        yield made


def test_a_database_that_is_locked(on_sqlite: MadeFloor) -> None:
    """By something that knows nothing of the gate: told as busy; the same log goes through when it has gone."""
    claim = on_sqlite.next("ann")
    before = floors.dump()
    proxy.connection().setbusytimeout(1)
    other = apsw.Connection(on_sqlite.url)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked"):
        ledger.log_touch(claim, NOTE, token="t", now=NOW)
    assert floors.dump() == before
    other.execute("ROLLBACK")
    ledger.log_touch(claim, NOTE, token="t", now=NOW)
    assert check.check(NOW) == ()


def test_a_gate_is_left_after_a_fault(on_sqlite: MadeFloor) -> None:
    """Whoever could not begin does not keep the others out."""
    proxy.connection().setbusytimeout(1)
    other = apsw.Connection(on_sqlite.url)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable):
        on_sqlite.next("ann")
    other.execute("ROLLBACK")
    gate = connect.Gate(on_sqlite.url)
    gate.open()
    assert gate.file is not None
    fcntl.flock(gate.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    gate.close()


def test_a_full_disk(on_sqlite: MadeFloor) -> None:
    """Nothing of the command stays, and it goes through when there is room again."""
    claim = on_sqlite.next("ann")
    before = floors.dump()
    (pages,) = proxy.execute_sql("PRAGMA page_count").fetchone()
    proxy.execute_sql(f"PRAGMA max_page_count = {pages}")
    long = ledger.Entry("talked", note="x" * 100_000)
    with pytest.raises(Unavailable, match="full"):
        ledger.log_touch(claim, long, token="t", now=NOW)
    assert floors.dump() == before
    proxy.execute_sql(f"PRAGMA max_page_count = {pages * 10}")
    ledger.log_touch(claim, long, token="t", now=NOW)
    assert check.check(NOW) == ()


@pytest.mark.parametrize("instead", ["nothing", "another"])
def test_a_file_that_was_taken_away(on_sqlite: MadeFloor, instead: str) -> None:
    """Nothing is written into a file that nobody will find again; when it is back, the same log goes through."""
    claim = on_sqlite.next("ann")
    path = Path(on_sqlite.url)
    away = path.rename(path.with_name("away.db"))
    if instead == "another":
        shutil.copy(away, path)
    with pytest.raises(Unavailable, match="gone"):
        ledger.log_touch(claim, NOTE, token="t", now=NOW)
    away.rename(path)
    ledger.log_touch(claim, NOTE, token="t", now=NOW)
    assert check.check(NOW) == ()


@pytest.mark.parametrize("content", [b"", b"no database, a letter to a friend\n" * 200], ids=["empty", "a letter"])
def test_a_file_that_is_no_floor(tmp_path: Path, content: bytes) -> None:
    """Said as such, whatever is asked first."""
    from models import schema

    (tmp_path / "letter.db").write_bytes(content)
    with pytest.raises(Unavailable, match="not_a_floor"), floors.opened(str(tmp_path / "letter.db")):
        schema.require_current()


def test_a_place_that_is_not_there(tmp_path: Path) -> None:
    """A folder that does not exist, a server that does not answer."""
    for url in (str(tmp_path / "nowhere" / "floor.db"), f"postgresql://floor@/floor?host={tmp_path}"):
        with pytest.raises(Unavailable, match="gone"):
            connect.use(url)


def test_an_unknown_kind_of_database() -> None:
    """Named."""
    with pytest.raises(Unavailable) as caught:
        connect.use("mysql://localhost/floor")
    assert (caught.value.code, caught.value.fields) == ("unknown_url", {"scheme": "mysql"})


@pytest.mark.parametrize("moment", ["between commands", "inside a command"])
def test_a_server_that_drops_the_line(fresh_postgres: str, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """Told as gone; after connecting again the same log counts once, and nothing was half written."""
    with floors.opened(fresh_postgres):
        made = floors.make(fresh_postgres)
        made.lead()
        claim = made.next("ann")
        before = floors.dump()
        if moment == "between commands":
            hang_up(fresh_postgres)
        else:

            def follow(*args: Any, original: Any = funnel.follow, **more: Any) -> funnel.Aftermath:
                hang_up(fresh_postgres)
                return original(*args, **more)  # type: ignore[no-any-return]

            monkeypatch.setattr(funnel, "follow", follow)
        with pytest.raises(Unavailable, match="gone"):
            ledger.log_touch(claim, NOTE, token="t", now=NOW)
        monkeypatch.undo()
        connect.revive()
        assert floors.dump() == before
        ledger.log_touch(claim, NOTE, token="t", now=NOW)
        assert len(views.lead(made.boss, 1, NOW).history) == 2
        assert check.check(NOW) == ()


def hang_up(url: str) -> None:
    """The server ends every other connection of this database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid()"
        )


def test_who_has_no_account_is_not_told_that_there_is_no_floor(fresh_postgres: str) -> None:
    with pytest.raises(Unavailable) as caught:
        connect.use(fresh_postgres.replace("floor@", "stranger@"))
    assert caught.value.code == "no_account"
