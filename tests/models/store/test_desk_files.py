"""The second file of a floor on SQLite: missing, damaged, somebody else's, of another age; said, and never a crash."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from models import connect, desks
from models.desks import shelf
from models.desks.presence import State
from models.desks.shelf import DeskFile
from models.errors import Unavailable
from tests.models.store import floors
from tests.models.store.desk_places import LATER, at, desk_file, keep, notes, typed
from tests.models.store.floors import NOW, MadeFloor

BACK = LATER.total_seconds() + 10


@pytest.fixture
def on_sqlite(sqlite_pattern: MadeFloor, tmp_path: Path) -> Iterator[MadeFloor]:
    """A floor in a file, where ann has typed something and has gone."""
    url = str(shutil.copy(sqlite_pattern.url, tmp_path / "floor.db"))
    with floors.opened(url):
        made = MadeFloor(url, sqlite_pattern.boss, people=sqlite_pattern.people, teams=sqlite_pattern.teams)
        desks.log_in(made.people["ann"], NOW)
        keep(made.people["ann"], typed("before"))
        desks.close()
        yield made
        desks.close()


def told() -> list[str]:
    """The news, each told once."""
    return [news.code for news in desks.news()]


def beside(url: str) -> list[str]:
    """What lies beside the file, without the floor's own."""
    folder = Path(url).parent
    return sorted(path.name.removeprefix("floor.db-desks") for path in folder.glob("floor.db-desks*"))


# ── damaged ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def overwritten(file: Path) -> None:
    file.write_bytes(b"a letter to a friend\n" * 400)


def cut(file: Path) -> None:
    os.truncate(file, 5_000)


def scratched(file: Path) -> None:
    """Its head is whole: it shows when the pages behind are read."""
    with file.open("r+b") as handle:
        handle.seek(4096)
        handle.write(os.urandom(file.stat().st_size - 4096))


def of_another_program(file: Path) -> None:
    file.unlink()
    apsw.Connection(str(file)).execute("CREATE TABLE draft (id INTEGER)")


@pytest.mark.parametrize("damage", [overwritten, cut, scratched])
def test_a_damaged_file_is_put_aside_and_the_desk_goes_on(on_sqlite: MadeFloor, damage: Callable[[Path], None]) -> None:
    """What lay there is lost, and it is said; the file stays for whoever can mend it."""
    ann, file = on_sqlite.people["ann"], desk_file(on_sqlite.url)
    damage(file)
    spoilt = file.read_bytes()
    assert desks.log_in(ann, at(10)).left is None
    (news,) = desks.news()
    aside = Path(f"{file}.broken-1")
    assert (news.code, news.fields) == ("desks_broken", {"aside": str(aside)})
    assert aside.read_bytes() == spoilt
    new = keep(ann, typed("after", after=11))
    assert desks.drafts(ann) == (new,)
    assert (desks.trouble(), told()) == (None, [])


def test_everybody_whose_drafts_were_lost_is_told_once(on_sqlite: MadeFloor) -> None:
    """Also who was at home when it happened."""
    ann, bob = on_sqlite.people["ann"], on_sqlite.people["bob"]
    overwritten(desk_file(on_sqlite.url))
    desks.log_in(ann, at(1))
    assert told() == ["desks_broken"]
    another_process()
    desks.log_in(bob, at(2))
    assert told() == ["desks_broken"]
    another_process()
    desks.enter(bob, State.OFF, now=at(3))
    desks.log_in(bob, at(4))
    desks.log_in(ann, at(5))
    assert told() == []


def another_process() -> None:
    """What this process knows of desks is forgotten."""
    desks.close()
    desks._known.clear()


def test_it_happens_again(on_sqlite: MadeFloor) -> None:
    """Each damaged file keeps its place."""
    ann = on_sqlite.people["ann"]
    for second in (1, 2):
        overwritten(desk_file(on_sqlite.url))
        keep(ann, typed("again", after=second))
        desks.close()
        assert told() == ["desks_broken"]
    assert [name for name in beside(on_sqlite.url) if "broken" in name and name[-1].isdigit()] == [
        ".broken-1",
        ".broken-2",
    ]


def test_a_file_of_another_program_is_not_written(on_sqlite: MadeFloor) -> None:
    file = desk_file(on_sqlite.url)
    of_another_program(file)
    kept = keep(on_sqlite.boss, typed("mine"))
    assert told() == ["desks_foreign"]
    assert desks.drafts(on_sqlite.boss) == (kept,)
    other = apsw.Connection(f"{file}.foreign-1")
    assert list(other.execute("SELECT name FROM sqlite_master")) == [("draft",)]
    other.close()


def test_the_desks_of_a_floor_that_was_here_before(on_sqlite: MadeFloor, tmp_path: Path) -> None:
    """Somebody set the floor up anew: nobody is shown what others typed of other customers."""
    ann = on_sqlite.people["ann"]
    url = str(tmp_path / "new" / "floor.db")
    os.mkdir(tmp_path / "new")
    shutil.copy(desk_file(on_sqlite.url), desk_file(url))
    with floors.opened(url):
        assert floors.make(url).people["ann"] == ann
        assert desks.drafts(ann) == ()
        assert told() == ["desks_foreign"]
        desks.close()


# ── missing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_that_is_not_there_is_made(on_sqlite: MadeFloor) -> None:
    desk_file(on_sqlite.url).unlink()
    assert desks.drafts(on_sqlite.people["ann"]) == ()
    assert (told(), desks.trouble()) == ([], None)


def test_a_file_that_vanishes_under_the_desks(on_sqlite: MadeFloor) -> None:
    """What is typed from then on is kept in a new one, and it is said that the rest has gone."""
    ann = on_sqlite.people["ann"]
    assert len(desks.drafts(ann)) == 1
    desk_file(on_sqlite.url).unlink()
    kept = keep(ann, typed("after", place="sleep", after=1))
    assert told() == ["desks_gone"]
    desks.close()
    assert desks.drafts(ann) == (kept,)


def test_a_file_that_another_desk_put_aside(on_sqlite: MadeFloor) -> None:
    """A desk that had it open goes over to the new one before it writes the next word."""
    ann, file = on_sqlite.people["ann"], desk_file(on_sqlite.url)
    assert len(desks.drafts(ann)) == 1
    with closing(apsw.Connection(str(file))) as connection:
        ((floor,),) = connection.execute("SELECT floor FROM born")
    overwritten(file)
    another = DeskFile(file, str(floor), read_only=False)
    assert another.read("SELECT text FROM draft") == []
    assert [news.code for news in another.news] == ["desks_broken"]
    keep(ann, typed("after", after=1))
    assert told() == ["desks_broken"]
    assert another.read("SELECT text FROM draft") == [("after",)]
    another.close()


# ── of another age ────────────────────────────────────────────────────────────────────────────────────────────────────

LATER_STEP = "ALTER TABLE presence ADD COLUMN seat TEXT NOT NULL DEFAULT ''"


def test_a_file_of_an_older_program_is_brought_up_to_date(
    on_sqlite: MadeFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what lies in it."""
    monkeypatch.setattr(shelf, "STEPS", (*shelf.STEPS, LATER_STEP))
    assert [draft.text for draft in desks.drafts(on_sqlite.people["ann"])] == ["before"]
    assert told() == []
    desks.close()
    connection = apsw.Connection(str(desk_file(on_sqlite.url)))
    assert connection.pragma("user_version") == len(shelf.STEPS)
    assert list(connection.execute("SELECT seat FROM presence")) == [("",)]
    connection.close()


def test_a_file_of_a_newer_program_is_left_as_it_is(
    on_sqlite: MadeFloor, monkeypatch: pytest.MonkeyPatch, frozen_surroundings: Path
) -> None:
    """This one notes what is typed for the day it is replaced."""
    ann = on_sqlite.people["ann"]
    with monkeypatch.context() as newer:
        newer.setattr(shelf, "STEPS", (*shelf.STEPS, LATER_STEP))
        desks.drafts(ann)
        desks.close()
    before = desk_file(on_sqlite.url).read_bytes()
    kept = keep(ann, typed("from the old program", after=1))
    assert str(desks.trouble()) == "newer"
    assert (desks.drafts(ann), len(notes(frozen_surroundings))) == ((kept,), 1)
    assert desk_file(on_sqlite.url).read_bytes() == before
    monkeypatch.setattr(shelf, "STEPS", (*shelf.STEPS, LATER_STEP))
    assert [draft.text for draft in desks.drafts(ann)] == ["from the old program"]
    assert desks.trouble() is None


# ── busy, and to be read only ─────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_holds_the_file_is_not_waited_for_long(on_sqlite: MadeFloor, frozen_surroundings: Path) -> None:
    """Half a second, and not again for a while; reading goes on meanwhile."""
    ann = on_sqlite.people["ann"]
    other = apsw.Connection(str(desk_file(on_sqlite.url)))
    other.execute("BEGIN IMMEDIATE")
    note = keep(ann, typed("noted", after=1))
    assert str(desks.trouble()) == "locked"
    assert len(notes(frozen_surroundings)) == 1
    assert desks.drafts(ann) == (note,)
    other.execute("ROLLBACK")
    keep(ann, typed("written", after=BACK))
    assert (desks.trouble(), notes(frozen_surroundings)) == (None, [])


def test_a_monitor_reads_when_nobody_is_there(on_sqlite: MadeFloor) -> None:
    """Its connection makes nothing and changes nothing, not even a file that it cannot read."""
    file = desk_file(on_sqlite.url)
    before = beside(on_sqlite.url)
    assert before == ["", "-shm", "-wal"]
    database = connect.use(on_sqlite.url, read_only=True)
    try:
        assert [one.state for one in desks.everybody()] == [State.READY]
        desks.close()
        assert beside(on_sqlite.url) == before
        overwritten(file)
        with pytest.raises(Unavailable, match="desks_broken"):
            desks.everybody()
        file.unlink()
        with pytest.raises(Unavailable, match="gone"):
            desks.everybody()
        assert not file.exists()
    finally:
        database.close()
