"""A floor on each database for the contract of the store, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests import postgres
from tests.models.store import floors


def _made(url: str) -> floors.MadeFloor:
    with floors.opened(url):
        return floors.make(url)


@pytest.fixture(scope="session")
def sqlite_pattern(tmp_path_factory: pytest.TempPathFactory) -> floors.MadeFloor:
    """A file with people and no leads."""
    return _made(str(tmp_path_factory.mktemp("pattern") / "floor.db"))


@pytest.fixture(scope="session")
def postgres_pattern(postgres_url: str) -> Iterator[floors.MadeFloor]:
    """The same on PostgreSQL."""
    with postgres.database(postgres_url) as url:
        yield _made(url)


@contextmanager
def _copy(pattern: floors.MadeFloor, folder: Path, server: str) -> Iterator[str]:
    if server:
        with postgres.database(server, template=urlsplit(pattern.url).path[1:]) as url:
            yield url
    else:
        yield str(shutil.copy(pattern.url, folder / "floor.db"))


Anew = Callable[[], AbstractContextManager[floors.MadeFloor]]
"""A floor with people and no leads, another one each time."""


@pytest.fixture(params=["sqlite", "postgres"])
def anew(request: pytest.FixtureRequest, tmp_path: Path) -> Anew:
    """Floors, for a test that needs one for each of its examples; one at a time is open in this process."""
    pattern: floors.MadeFloor = request.getfixturevalue(f"{request.param}_pattern")
    server: str = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""

    @contextmanager
    def opened() -> Iterator[floors.MadeFloor]:
        with _copy(pattern, tmp_path, server) as url, floors.opened(url):
            yield replace(pattern, url=url, _serial=count(1))

    return opened


@pytest.fixture
def made(anew: Anew) -> Iterator[floors.MadeFloor]:
    """A floor with people and no leads, open in this process."""
    with anew() as floor:
        yield floor
