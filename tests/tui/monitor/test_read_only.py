"""The monitor can change nothing: every key, every entry of the palette, the store itself, a user who may not write."""

from __future__ import annotations

import string
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import peewee as pw
import pytest

from models import connect, crew, queue, suppress, taking_in
from models.base import new_token, proxy, rows_of
from models.errors import Unavailable
from tests.tui.floors import NOW, Team, at, stored, strike
from tests.tui.watching import BOSS, Gallery, busy_floor, watching
from tui.commands import FIGURES
from tui.figures.screens import VIEWS
from tui.figures.sheet import FiguresSheet
from tui.keys import NAMED

LEAVING = {"q", "ctrl+z"}
KEYS = sorted({*string.ascii_letters, *string.digits, *string.punctuation} - {"q"})


def contents(url: str) -> dict[str, bytes]:
    """Every byte of the floor and of its desks; `-shm` is where readers note what they read."""
    path = connect.sqlite_path(url)
    assert path is not None
    return {
        one.name: one.read_bytes()
        for one in sorted(path.parent.iterdir())
        if one.name.startswith(path.name) and not one.name.endswith("-shm")
    }


async def test_no_key_changes_anything(fresh_sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    busy_floor(fresh_sqlite)
    before = contents(fresh_sqlite)
    async with watching(fresh_sqlite, size=(110, 30)) as gallery:
        for opened in ((), ("enter",), ("tab",), ("/",), ("k",)):
            for key in sorted((NAMED - LEAVING) | set(KEYS)):
                await come_back(gallery)
                await strike(gallery.watch, *opened, key)
            assert gallery.app.is_running
    assert contents(fresh_sqlite) == before


SCREENS = {key: code for code, key, _name, _tip in FIGURES}


@pytest.mark.parametrize("screen", SCREENS)
async def test_no_key_over_the_figures_changes_anything(
    fresh_sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, screen: str
) -> None:
    busy_floor(fresh_sqlite)
    monkeypatch.chdir(tmp_path)  # what a key saves is a file of one's own
    before = contents(fresh_sqlite)
    async with watching(fresh_sqlite, size=(110, 30)) as gallery:
        seen, views = set(), VIEWS[SCREENS[screen]]
        for turns, key in enumerate(sorted((NAMED - LEAVING) | set(KEYS))):
            sheet = gallery.watch.sheet
            if not isinstance(sheet, FiguresSheet) or sheet.views != views:
                await come_back(gallery)
                await strike(gallery.watch, screen)
                sheet = gallery.watch.sheet
            assert isinstance(sheet, FiguresSheet)
            while sheet.view != views[turns % len(views)]:
                await strike(gallery.watch, "v")
            await gallery.until(lambda sheet=sheet: sheet.question.is_answered)  # type: ignore[misc]
            seen.add(sheet.view.code)
            await strike(gallery.watch, key, "enter")
        assert seen == {view.code for view in views}
        assert gallery.app.is_running
    assert contents(fresh_sqlite) == before


async def come_back(gallery: Gallery) -> None:
    """To the floor, whatever was opened."""
    while gallery.watch.sheets or gallery.watch.composer.is_open or gallery.watch.pane != "floor":
        await strike(gallery.watch, "escape")


async def test_no_entry_of_the_palette_changes_anything(
    fresh_sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    busy_floor(fresh_sqlite)
    before = contents(fresh_sqlite)
    async with watching(fresh_sqlite) as gallery:
        entries = [
            one.id for one in gallery.watch.deeds.palette_entries() if one.id not in ("monitor.quit", "monitor.suspend")
        ]
        assert len(entries) > 15
        for entry in entries:
            await come_back(gallery)
            await strike(gallery.watch, "ctrl+p", *entry.partition(".")[2], "enter")
            await gallery.pilot.pause()
    assert contents(fresh_sqlite) == before


COMMANDS: dict[str, Callable[[Team], object]] = {
    "claim": lambda team: queue.claim_next(team.agent, NOW),
    "new lead": lambda team: taking_in.take_in(
        1, {"company": "Late Ltd", "person": "Li", "number": "+8613800138999", "source": "cold_call"}, by=team.manager,
        team_id=None, token=new_token(), now=NOW,
    ),
    "suppress": lambda team: suppress.add(
        [8613800138000], reason="asked", agent_id=team.manager, token=new_token(), now=NOW
    ),
    "team": lambda team: crew.add_team("late", by=team.manager, token=new_token(), now=NOW),
    "take": lambda team: queue.take(team.agent, 1, NOW),
    "SQL": lambda team: proxy.execute_sql("UPDATE lead SET company = 'x'"),
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_its_store_refuses_every_command(database_url: str, command: str) -> None:
    team = busy_floor(database_url)
    with stored(database_url, read_only=True) as store:
        before = store.call(figures)
        with pytest.raises((Unavailable, pw.DatabaseError)) as refused:
            store.call(COMMANDS[command], team)
        if isinstance(refused.value, Unavailable):
            assert refused.value.code == "read_only"
        else:
            assert "read" in str(refused.value).lower()
    with at(database_url):
        assert figures() == before


def figures() -> list[tuple[object, ...]]:
    """How much there is of everything that commands write."""
    tables = ("lead", "journal", "touch", "stage_move", "suppression", "team")
    counts = [row for table in tables for row in rows_of(f"SELECT COUNT(*) FROM {table}")]
    return [*counts, *rows_of("SELECT company FROM lead ORDER BY id")]


NOBODY = 65_534
WATCHER = f"""
import os, sys
import apsw, peewee, playhouse.apsw_ext
from datetime import datetime
import tui.monitor.app, tui.monitor.errands, models.watching.looks, models.desks
from tui.store import Store
if os.geteuid() == 0:
    os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})
store = Store(sys.argv[1], read_only=True)
store.open()
from tui.monitor import errands
found = store.call(errands.opening, {BOSS!r}, datetime.fromisoformat(sys.argv[2]), "full")
print(len(found.survey.overview.agents), found.survey.overview.is_presence_known)
store.close(waits=True)
"""


def test_a_user_who_may_not_write_watches_when_nobody_is_there(public_folder: Path) -> None:
    """A real other user where the tests run as the superuser; else one before a folder without write bits."""
    url = str(public_folder / "floor.db")
    busy_floor(url)
    for path in public_folder.iterdir():
        path.chmod(0o444)
    public_folder.chmod(0o555)
    before = contents(url)
    command = [sys.executable, "-c", WATCHER, url, (NOW + timedelta(seconds=5)).isoformat()]
    run = subprocess.run(command, cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False)
    assert run.stderr == ""
    assert run.stdout.split() == ["3", "True"]
    assert contents(url) == before
