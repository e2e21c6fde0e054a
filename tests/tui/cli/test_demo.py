"""`callfloor demo`: makes its floor once, opens the right desk, and never takes the place of somebody's own file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from models.connect import transact
from models.demo import alive, making
from models.journal import Journal
from tests.tui.floors import at
from tui import opening
from tui.__main__ import callfloor
from tui.cli import shared
from tui.config import Config

MAKING = "Making a floor"


@pytest.fixture
def desks(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Opens no screen; tells (database, login) of every desk that would be. Floors are small."""
    opened: list[tuple[str, str]] = []

    def run(config: Config, login: str, *, is_new: bool) -> int:
        opened.append((config.db, login))
        return 0

    monkeypatch.setattr(opening, "run", run)
    monkeypatch.setattr(making, "make", partial(making.make, leads=60))
    return opened


def demo(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(callfloor, ["demo", *words], prog_name="callfloor")
    assert result.exit_code == code, result.output
    return result


def test_it_is_made_once_and_again_when_fresh(desks: list[tuple[str, str]], frozen_surroundings: Path) -> None:
    """Among the user's cached files; the line says what takes a moment."""
    assert MAKING in demo().output
    (file,) = (frozen_surroundings / ".cache" / "callfloor").iterdir()
    assert desks == [(str(file), "li.wei")]
    assert MAKING not in demo("--agent", "chen.jie").output
    assert desks[1:] == [(str(file), "chen.jie")]
    before = file.stat().st_ino
    assert MAKING in demo("--fresh").output
    assert file.stat().st_ino != before


@pytest.mark.usefixtures("desks")
def test_it_is_made_again_when_its_dates_are_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a day."""
    where = str(tmp_path / "floor.db")
    assert MAKING in demo("--where", where).output
    later = shared.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr("tui.cli.demo.now", lambda: later)
    assert MAKING in demo("--where", where).output


def test_a_file_that_is_no_demo_stays_untouched(desks: list[tuple[str, str]], tmp_path: Path) -> None:
    """Whatever was asked for."""
    own = tmp_path / "floor.db"
    own.write_bytes(b"mine")
    assert "no demo floor" in demo("--where", str(own), "--fresh", code=2).output
    assert own.read_bytes() == b"mine"
    assert desks == []


@pytest.mark.usefixtures("desks")
def test_a_place_where_no_file_can_be_is_said(tmp_path: Path) -> None:
    """In one sentence; a file stands where the folder should be."""
    (tmp_path / "folder").write_bytes(b"")
    assert "cannot be kept" in demo("--where", str(tmp_path / "folder" / "floor.db"), code=1).output


def test_colleagues_come_only_when_asked(
    desks: list[tuple[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three of them, never the one whose desk it is, on the same floor, while the desk is open."""
    came: list[tuple[str, list[str], int]] = []

    @contextmanager
    def colleagues(url: str, logins: list[str]) -> Iterator[None]:
        came.append((url, logins, len(desks)))
        yield

    monkeypatch.setattr(alive, "colleagues", colleagues)
    where = str(tmp_path / "floor.db")
    demo("--where", where)
    assert came == []
    demo("--where", where, "--alive", "--agent", "wang.fang")
    assert came == [(where, ["zhao.lei", "chen.jie", "j.smith"], 1)]
    assert desks[-1] == (where, "wang.fang")


@pytest.mark.usefixtures("desks")
def test_who_tries_it_is_led_through_the_first_lead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until somebody has worked there."""
    where = tmp_path / "floor.db"
    found: list[bool] = []

    def run(_config: Config, _login: str, *, is_new: bool) -> int:
        found.append(is_new)
        return 0

    monkeypatch.setattr(opening, "run", run)
    demo("--where", str(where))
    demo("--where", str(where))
    with at(str(where)):
        transact(lambda: Journal.add(token="t", at=0, verb="log"))
    demo("--where", str(where))
    assert found == [True, True, False]
