"""`callfloor monitor`, and what `callfloor` alone opens: a desk for who works leads, the monitor for who watches."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from models.demo import alive, making
from models.demo.alive import PACE
from tests.tui.floors import LOGIN, SUPERVISOR, set_up
from tui import opening
from tui.__main__ import callfloor
from tui.cli import desk, monitor
from tui.config import Config


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Opens no screen; tells what would be opened, and whose."""
    found: list[tuple[str, str]] = []

    def seat(kind: str) -> None:
        def run(_config: Config, login: str, **_: object) -> int:
            found.append((kind, login))
            return 0

        monkeypatch.setattr(opening, {"desk": "run", "monitor": "watch"}[kind], run)

    seat("desk")
    seat("monitor")
    return found


def run(login: str, *words: str, monkeypatch: pytest.MonkeyPatch, code: int = 0) -> Result:
    for module in (desk, monitor):
        monkeypatch.setattr(module, "caller", lambda _config: login)
    result = CliRunner().invoke(callfloor, list(words), prog_name="callfloor")
    assert result.exit_code == code, result.output
    return result


@pytest.mark.parametrize(("login", "kind"), [(LOGIN, "desk"), (SUPERVISOR, "monitor"), ("boss", "desk")])
def test_without_a_command_everybody_gets_their_own(
    fresh_sqlite: str, opened: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch, login: str, kind: str
) -> None:
    set_up(fresh_sqlite)
    monkeypatch.setenv("CALLFLOOR_DB", fresh_sqlite)
    run(login, monkeypatch=monkeypatch)
    assert opened == [(kind, login)]


def test_a_manager_may_open_both(
    fresh_sqlite: str, opened: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(fresh_sqlite)
    monkeypatch.setenv("CALLFLOOR_DB", fresh_sqlite)
    run("boss", "monitor", monkeypatch=monkeypatch)
    run("boss", "desk", monkeypatch=monkeypatch)
    assert opened == [("monitor", "boss"), ("desk", "boss")]


def test_agents_are_refused_in_one_sentence(fresh_sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(fresh_sqlite)
    monkeypatch.setenv("CALLFLOOR_DB", fresh_sqlite)
    monkeypatch.setattr(opening, "_begin", lambda _config: None)
    result = run(LOGIN, "monitor", monkeypatch=monkeypatch, code=2)
    assert result.output.count("\n") == 1
    assert result.output.startswith("The monitor is for supervisors and managers")


def test_the_demo_is_watched_by_its_manager_while_all_agents_work(
    opened: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    came: list[int] = []

    class Colleagues:
        def __init__(self, _url: str, logins: list[str], *, pace: float, to_a_process: int) -> None:
            assert to_a_process == len(logins)
            assert pace > PACE
            came.append(len(logins))

        def __enter__(self) -> None:
            assert opened == []

        def __exit__(self, *_: object) -> None:
            assert len(opened) == 1

    made = making.make
    monkeypatch.setattr(making, "make", lambda path, now: made(path, now, leads=60))
    monkeypatch.setattr(alive, "colleagues", Colleagues)
    run("nobody", "demo", "--monitor", "--where", str(tmp_path / "floor.db"), monkeypatch=monkeypatch)
    assert opened == [("monitor", "zhang.hua")]
    assert came == [12]
