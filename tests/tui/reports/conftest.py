"""A floor that worked for half a year, made once, and its manager before the command line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from models.demo import making
from tests.tui.cli.conftest import Floor

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A demo floor, made once: reports change nothing."""
    path = tmp_path_factory.mktemp("demo") / "floor.db"
    making.fill(str(path), NOW, leads=400)
    return f"sqlite:///{path}"


@pytest.fixture
def demo(made: str, monkeypatch: pytest.MonkeyPatch) -> Floor:
    """Its manager before the command line, by a clock that stands."""
    monkeypatch.setattr("tui.cli.report.now", lambda: NOW)
    floor = Floor(made, monkeypatch)
    floor.login = "zhang.hua"
    return floor
