"""Backups: made while others write, proved before they count, kept for a while, and put back."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from models import check, connect, desks
from models.base import proxy, rows_of
from models.connect import is_postgres
from models.copies import backups
from models.desks.draft import Draft
from models.errors import Refused, Unavailable
from tests import postgres
from tests.models.store import floors
from tests.models.store.floors import NOW, MadeFloor

WRITER = """
import sys
from tests.models.store.floors import NOW
from models import connect, suppress
from models.base import new_token
connect.use(sys.argv[1])
number = 49300000000
print("writing", flush=True)
while True:
    number += 1
    suppress.add([number], reason="r", agent_id=1, token=new_token(), now=NOW)
    print(number, flush=True)
"""
BACKER = """
import sys
from pathlib import Path
from tests.models.store.floors import NOW
from models import connect
from models.copies import backups
from models.errors import Unavailable
connect.use(sys.argv[1], read_only=True)
try:
    backups.back_up(sys.argv[1], Path(sys.argv[2]), NOW)
except Unavailable as error:
    print(error.code, error.fields["why"])
"""


@pytest.fixture
def worked(made: MadeFloor) -> MadeFloor:
    """A floor with a history, a lead in hand and a draft on a desk."""
    made.lead()
    made.lead()
    made.log(made.next("ann"), "talked", note="wants two")
    made.next("bob")
    desks.keep(made.people["bob"], Draft(1, "log talked", "not saved yet", 3, True, NOW), NOW)
    return made


@contextmanager
def program(text: str, *words: str, limit: int | None = None) -> Iterator[subprocess.Popen[str]]:
    """Another process at work, ended at the end."""

    def confine() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    run = subprocess.Popen(
        [sys.executable, "-c", text, *words],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        preexec_fn=confine,
    )
    try:
        yield run
    finally:
        run.kill()
        run.wait()
        assert run.stdout is not None
        run.stdout.close()


@contextmanager
def elsewhere(made: MadeFloor, tmp_path: Path) -> Iterator[str]:
    """An empty place of the same kind."""
    if is_postgres():
        server = connect.database_of(made.url).connect_params["host"]
        with postgres.database(f"postgresql://floor@/postgres?host={server}") as url:
            yield url
    else:
        yield str(tmp_path / "elsewhere" / "floor.db")


@contextmanager
def away() -> Iterator[None]:
    """This process works on another floor meanwhile."""
    database = proxy.obj
    database.close()
    desks.close()
    try:
        yield
    finally:
        proxy.initialize(database)
        database.connect()


def test_what_was_backed_up_comes_back(worked: MadeFloor, tmp_path: Path) -> None:
    """Row by row, the drafts too, readable by its owner alone; the record holds, and work goes on."""
    before, draft = floors.dump(), desks.drafts(worked.people["bob"])
    made = backups.back_up(worked.url, tmp_path / "kept", NOW)
    assert {path.stat().st_mode & 0o777 for path in made.path.iterdir()} == {0o600}
    assert made.path.stat().st_mode & 0o777 == 0o700
    assert backups.kept(tmp_path / "kept") == (made,)
    with elsewhere(worked, tmp_path) as url, away():
        assert backups.restore(made.path, url, NOW) is None
        if not url.startswith("postgres"):
            assert {f"floor.db{end}" for end in ("", "-wal", "-shm")} <= set(os.listdir(Path(url).parent))
        with floors.opened(url):
            assert floors.dump() == before
            assert desks.drafts(worked.people["bob"]) == draft
            assert check.check(NOW) == ()
            worked.log(worked.take("ann", worked.lead()), "no_answer")
            assert check.check(NOW) == ()
            desks.close()


def test_a_backup_while_somebody_writes(worked: MadeFloor, tmp_path: Path) -> None:
    """One moment of the floor, in which all agrees; the writer is kept waiting by nobody and goes on."""
    with program(WRITER, worked.url) as writer:
        assert writer.stdout is not None
        for _ in range(5):
            writer.stdout.readline()
        made = backups.back_up(worked.url, tmp_path, NOW)
        for _ in range(5):
            assert writer.stdout.readline()
    with elsewhere(worked, tmp_path) as url, away():
        backups.restore(made.path, url, NOW)
        with floors.opened(url):
            assert check.check(NOW) == ()
            assert rows_of("SELECT COUNT(*) FROM suppression")[0][0] >= 4


def test_old_ones_go_and_the_newest_stays(worked: MadeFloor, tmp_path: Path) -> None:
    """By number and by age; of two in one second both are kept."""
    days = (0, 0, 1, 2, 3, 40)
    made = [backups.back_up(worked.url, tmp_path, NOW + timedelta(days=day)) for day in days]
    assert len({one.path for one in made}) == len(days)
    gone = backups.thin_out(tmp_path, NOW + timedelta(days=40), keep=4, days=39)
    assert {one.path for one in gone} == {one.path for one in made[:2]}
    assert backups.thin_out(tmp_path, NOW + timedelta(days=400), keep=4, days=30) == tuple(reversed(made[2:5]))
    assert backups.kept(tmp_path) == (made[5],)


def test_what_is_no_backup_is_refused(worked: MadeFloor, tmp_path: Path) -> None:
    """And what one cannot be put over: a floor that lives, another kind of database."""
    made = backups.back_up(worked.url, tmp_path / "kept", NOW)
    with pytest.raises(Refused, match="restore_living"):
        backups.restore(made.path, worked.url, NOW)
    with pytest.raises(Refused, match="not_a_backup"):
        backups.restore(tmp_path, worked.url, NOW)
    other = str(tmp_path / "x.db") if is_postgres() else "postgresql:///nowhere"
    with pytest.raises(Refused, match="restore_kind"):
        backups.restore(made.path, other, NOW)


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def on_sqlite(sqlite_pattern: MadeFloor, tmp_path: Path) -> Iterator[MadeFloor]:
    """A floor in a file."""
    url = str(shutil.copy(sqlite_pattern.url, tmp_path / "floor.db"))
    with floors.opened(url):
        yield MadeFloor(url, sqlite_pattern.boss, people=sqlite_pattern.people, teams=sqlite_pattern.teams)


def test_a_kill_leaves_no_half_backup_that_counts(on_sqlite: MadeFloor, tmp_path: Path) -> None:
    """Shot in the middle of it; the next one clears up and is whole."""
    proxy.execute_sql("CREATE TABLE ballast (bulk BLOB)")
    proxy.execute_sql("INSERT INTO ballast VALUES (ZEROBLOB(60000000))")
    folder = tmp_path / "kept"
    with program(BACKER, on_sqlite.url, str(folder)) as backer:
        while not list(folder.glob(".partial-*/floor.db")):
            assert backer.poll() is None
        backer.send_signal(signal.SIGKILL)
        backer.wait()
    assert list(folder.glob(".partial-*"))
    assert backups.kept(folder) == ()
    made = backups.back_up(on_sqlite.url, folder, NOW)
    assert backups.kept(folder) == (made,)
    assert not list(folder.glob(".partial-*"))


def test_a_disk_without_room_is_said(on_sqlite: MadeFloor, tmp_path: Path) -> None:
    """With the reason, and nothing is left of it."""
    with program(BACKER, on_sqlite.url, str(tmp_path / "kept"), limit=40_000) as backer:
        told = backer.communicate()[0]
    assert told.startswith("backup_failed no space left")
    assert backups.kept(tmp_path / "kept") == ()
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="backup_failed"):
        backups.back_up(on_sqlite.url, tmp_path / "file" / "kept", NOW)


def test_one_at_a_time(on_sqlite: MadeFloor, tmp_path: Path) -> None:
    """Another is told so."""
    with backups._alone(tmp_path), pytest.raises(Refused, match="backup_running"):
        backups.back_up(on_sqlite.url, tmp_path, NOW)


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        ("UPDATE stock SET n = n + 1", "backup_bad"),
        ("UPDATE schema_migration SET name = '9999_later' WHERE name = '0001_first_floor'", "newer"),
        ("DROP TABLE schema_migration", "backup_bad"),
    ],
)
def test_what_did_not_prove_good_is_not_put_in_place(
    on_sqlite: MadeFloor, tmp_path: Path, damage: str, code: str
) -> None:
    """The floor that is there stays as it is."""
    on_sqlite.lead()
    made = backups.back_up(on_sqlite.url, tmp_path / "kept", NOW)
    copy = apsw.Connection(str(made.path / "floor.db"))
    copy.execute(damage)
    copy.close()
    before = floors.dump()
    with pytest.raises(Unavailable, match=code):
        backups.restore(made.path, on_sqlite.url, NOW, anyway=True)
    assert floors.dump() == before
    (made.path / "floor.db").write_bytes(b"no database at all" * 1000)
    with pytest.raises(Unavailable, match="backup_bad"):
        backups.restore(made.path, on_sqlite.url, NOW, anyway=True)


def test_a_floor_that_lives_is_put_aside(on_sqlite: MadeFloor, tmp_path: Path) -> None:
    """Whole, with what lay in its journal; who had it open is told that it is gone, and writes into neither."""
    made = backups.back_up(on_sqlite.url, tmp_path / "kept", NOW)
    on_sqlite.lead()
    old = proxy.obj
    aside = backups.restore(made.path, on_sqlite.url, NOW, anyway=True)
    assert aside is not None
    proxy.initialize(old)
    with pytest.raises(Unavailable, match="gone"):
        on_sqlite.lead()
    proxy.close()
    with floors.opened(str(aside)):
        assert rows_of("SELECT COUNT(*) FROM lead") == [(1,)]
    with floors.opened(on_sqlite.url):
        assert rows_of("SELECT COUNT(*) FROM lead") == [(0,)]
        assert check.check(NOW) == ()
