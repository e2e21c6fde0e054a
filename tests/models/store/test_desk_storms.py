"""Desks in real processes: killed, many at once, on a full disk, in a folder that is closed to them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from models import desks
from models.base import proxy
from models.desks.presence import State
from tests.models.store import desk_workers, floors
from tests.models.store.desk_places import at, away, notes, typed
from tests.models.store.floors import MadeFloor

ROOT = Path(__file__).parents[3]
NO_RIGHTS = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []
"""Root may write anywhere, unless it gives that up."""


def command(kind: str, url: str, *agents: int) -> list[str]:
    """A process at a desk."""
    return [sys.executable, "-m", "tests.models.store.desk_workers", kind, url, *map(str, agents)]


def told(kind: str, url: str, agent: int) -> list[str]:
    """What a process says that ends by itself."""
    rights = [] if kind == "full" else NO_RIGHTS
    run = subprocess.run([*rights, *command(kind, url, agent)], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return run.stdout.splitlines()


def test_a_draft_survives_a_kill_right_after_it_was_kept(made: MadeFloor) -> None:
    """With its lead, cursor and clock."""
    ann = made.people["ann"]
    proxy.close()
    assert subprocess.run(command("die", made.url, ann), cwd=ROOT, check=False).returncode == -signal.SIGKILL
    proxy.connect()
    assert desks.drafts(ann) == (typed("half a sen", cursor=4, after=2),)
    left = desks.log_in(ann, at(60)).left
    assert left is not None
    assert (left.state, left.lead_id, left.call_since) == (State.ON_CALL, 7, at(1))


def test_a_note_survives_it_too(sqlite_pattern: MadeFloor, tmp_path: Path) -> None:
    """Where the desks' place is away: the next start brings it back."""
    url, ann = str(shutil.copy(sqlite_pattern.url, tmp_path / "floor.db")), sqlite_pattern.people["ann"]
    with floors.opened(url), away(url):
        assert subprocess.run(command("die", url, ann), cwd=ROOT, check=False).returncode == -signal.SIGKILL
    with floors.opened(url):
        assert desks.drafts(ann) == (typed("half a sen", cursor=4, after=2),)
        desks.close()


def test_whoever_is_killed_while_typing_loses_one_letter_at_most(made: MadeFloor) -> None:
    """What was said to be kept is there, and the file is whole."""
    ann = made.people["ann"]
    for letters in (1, 30, 200):
        with subprocess.Popen(command("type", made.url, ann), cwd=ROOT, stdout=subprocess.PIPE, text=True) as typist:
            assert typist.stdout is not None
            for _ in range(letters):
                typist.stdout.readline()
            typist.kill()
            said = [int(line) for line in typist.stdout.read().split("\n")[:-1]] or [letters]
        (draft,) = desks.drafts(ann)
        assert (draft.at - at(0)).total_seconds() in (said[-1], said[-1] + 1)
        assert (desks.trouble(), desks.news()) == (None, ())


def test_many_at_once(made: MadeFloor, frozen_surroundings: Path) -> None:
    """Nobody fails, nobody gives up waiting, and everybody's last word is there."""
    agents = list(range(100, 116))
    desks.close()
    subprocess.run(command("crowd", made.url, *agents), cwd=ROOT, check=True)
    assert notes(frozen_surroundings) == []
    last = desk_workers.KEEPS - 1
    for agent in agents:
        assert [draft.text for draft in desks.drafts(agent)] == [f"{agent} {last - back}" for back in range(3)]
        assert desks.account(agent, at(0), at(999)).logged_in == at(last) - at(0)
    assert len(desks.everybody()) == len(agents)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("full", ["full True", "None True"]), ("closed", ["gone closed", "None open closed"])],
)
def test_a_disk_that_takes_no_more(sqlite_pattern: MadeFloor, tmp_path: Path, kind: str, expected: list[str]) -> None:
    """Full, or in a folder without the right to write: noted elsewhere, and back when there is room again."""
    url = str(shutil.copy(sqlite_pattern.url, tmp_path / "floor.db"))
    assert told(kind, url, sqlite_pattern.people["ann"]) == expected


def test_a_monitor_without_the_right_to_write_reads_when_nobody_is_there(
    sqlite_pattern: MadeFloor, tmp_path: Path
) -> None:
    """Its user may read the files, and no more."""
    folder, ann = tmp_path / "floor", sqlite_pattern.people["ann"]
    folder.mkdir()
    url = str(shutil.copy(sqlite_pattern.url, folder / "floor.db"))
    with floors.opened(url):
        desks.log_in(ann, at(0))
        desks.enter(ann, State.PAUSE, code="lunch", now=at(1))
        desks.close()
        for file in folder.iterdir():
            file.chmod(0o444)
        folder.chmod(0o555)
        try:
            assert told("watch", url, ann) == ["pause"]
        finally:
            folder.chmod(0o755)
