"""What every test stands on: frozen surroundings, and both databases."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests import postgres

# Textual reads these when it is imported, so they are set before any test module is.
os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ["TEXTUAL_COLOR_SYSTEM"] = "truecolor"

# A slow machine is no fault of a test.
TOO_SLOW = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile("floor", deadline=None, suppress_health_check=TOO_SLOW, print_blob=True)
hypothesis.settings.register_profile("ci", parent=hypothesis.settings.get_profile("floor"), derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "floor")

FROZEN = {
    "LANG": "en_US.UTF-8",
    "LC_CTYPE": "C.UTF-8",
    "TZ": "UTC",
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
}
KEPT = {"CALLFLOOR_SAMPLES"}  # a folder of real lists that the import is tested on where someone has one
SWEPT = ("CALLFLOOR_", "LC_", "PG", "SSH_", "XDG_")
UNSET = {"COLUMNS", "EDITOR", "LANGUAGE", "LINES", "NO_COLOR", "TMUX", "VISUAL"}


@pytest.fixture(autouse=True)
def frozen_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """No developer's configuration, language, zone or terminal reaches a test; yields the home it has instead."""
    for name in set(os.environ) - KEPT:
        if name in UNSET or name.startswith(SWEPT):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    (home / "run").mkdir(parents=True, mode=0o700)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home / "run"))
    for name, value in FROZEN.items():
        monkeypatch.setenv(name, value)
    time.tzset()
    yield home
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """Where everybody may look; a test's own folder is closed to other users."""
    path = Path(tempfile.mkdtemp(prefix="callfloor-", dir="/tmp"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        path.chmod(0o755)
        shutil.rmtree(path)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this test process alone, started when the first test asks for it."""
    with postgres.server() as url:
        yield url


@pytest.fixture
def fresh_postgres(postgres_url: str) -> Iterator[str]:
    """An empty PostgreSQL database of this test alone."""
    with postgres.database(postgres_url) as url:
        yield url


@pytest.fixture
def fresh_sqlite(tmp_path: Path) -> str:
    """The URL of an SQLite database of this test alone; the file is not there yet."""
    return f"sqlite:///{tmp_path / 'floor.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database on each kind in turn: a test that takes it is part of the contract of both."""
    url: str = request.getfixturevalue(f"fresh_{request.param}")
    return url
