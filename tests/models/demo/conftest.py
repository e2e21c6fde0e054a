"""The demo floor, made once for a whole run and copied where a test works on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models import connect
from models.demo import making

NOW = datetime(2026, 6, 17, 6, 30, tzinfo=UTC)
"""A Wednesday: 14:30 in Shanghai, early morning in London, night in New York."""


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole floor, as `callfloor demo` makes it."""
    path = tmp_path_factory.mktemp("demo") / "floor.db"
    making.make(path, NOW)
    return path


@pytest.fixture(scope="session")
def small_pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small one, quickly made."""
    path = tmp_path_factory.mktemp("small") / "floor.db"
    making.make(path, NOW, leads=240)
    return path


@pytest.fixture
def whole(pattern: Path) -> Iterator[Path]:
    """The whole floor, to look at."""
    database = connect.use(str(pattern))
    yield pattern
    database.close()


@pytest.fixture
def own(pattern: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the whole floor, to work on."""
    path = Path(shutil.copy(pattern, tmp_path / "floor.db"))
    database = connect.use(str(path))
    yield path
    database.close()
