"""A real user who may read the floor's folder and write nothing in it, while somebody works and when nobody does."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from tests.models.store import floors
from tests.models.store.floors import MadeFloor

NOBODY = 65_534
READER = f"""
import os, sys
import apsw, peewee, playhouse.apsw_ext
from models import connect, views
from models.base import proxy, rows_of
from models.errors import Unavailable
if os.geteuid() == 0:
    os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})
try:
    connect.use(sys.argv[1], read_only=True)
    print(rows_of("SELECT COUNT(*) FROM lead")[0][0])
    try:
        proxy.execute_sql("UPDATE lead SET need = 'x'")
    except peewee.DatabaseError:
        print("refused")
except Unavailable as error:
    print(error.code)
"""
"""Drops what the superuser may once its modules are loaded; anybody else stands before a folder without write bits."""


@pytest.fixture
def floor(public_folder: Path, sqlite_pattern: MadeFloor) -> MadeFloor:
    """A floor in that folder that everybody may read."""
    url = str(shutil.copy(sqlite_pattern.url, public_folder / "floor.db"))
    os.chmod(url, 0o644)
    return MadeFloor(url, sqlite_pattern.boss, people=sqlite_pattern.people, teams=sqlite_pattern.teams)


def read_by_another(floor: MadeFloor) -> list[str]:
    """What a user sees who may not write: how many leads there are, and that writing is refused."""
    folder = Path(floor.url).parent
    kept = {path: stat.S_IMODE(path.stat().st_mode) for path in (*folder.iterdir(), folder)}
    for path, mode in kept.items():
        path.chmod(mode & ~0o222)
    try:
        run = subprocess.run([sys.executable, "-c", READER, floor.url], capture_output=True, text=True, check=True)
    finally:
        for path, mode in kept.items():
            path.chmod(mode)
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in kept if path != folder)
    return run.stdout.split()


def test_who_may_not_write_reads_while_somebody_works(floor: MadeFloor) -> None:
    """What was committed and lies in the journal still."""
    with floors.opened(floor.url):
        floor.lead()
        assert read_by_another(floor) == ["1", "refused"]


def test_who_may_not_write_reads_when_nobody_is_there(floor: MadeFloor) -> None:
    """The journal stays behind, and is empty: a copy that is put in the floor's place is not mixed with it."""
    with floors.opened(floor.url):
        floor.lead()
    assert os.path.getsize(f"{floor.url}-wal") == 0
    assert read_by_another(floor) == ["1", "refused"]
    with floors.opened(floor.url):
        floor.lead()
    assert read_by_another(floor) == ["2", "refused"]


def test_without_a_journal_it_cannot_be_read(floor: MadeFloor) -> None:
    """Which is what the two tests above would see if it went away with the last one."""
    with floors.opened(floor.url):
        floor.lead()
    connection = apsw.Connection(floor.url)
    connection.execute("SELECT COUNT(*) FROM lead").fetchall()
    connection.close()
    assert read_by_another(floor) == ["read_only"]
