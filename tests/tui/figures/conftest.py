"""A floor with six months of history, made once; each story that writes has a copy."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.demo import making

NOW = datetime(2026, 6, 18, 6, 3, tzinfo=UTC)
"""A Thursday, 14:03 in Shanghai."""


@pytest.fixture(scope="session")
def past_floor(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Three hundred leads and what became of them; to be read only."""
    path = tmp_path_factory.mktemp("floor") / "past.db"
    making.make(path, NOW, leads=300)
    return str(path)


@pytest.fixture
def own_floor(past_floor: str, tmp_path: Path) -> str:
    """A copy, for whoever sits down at a desk."""
    return str(shutil.copy(past_floor, tmp_path / "own.db"))
