"""A floor on each database for the contract of the store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.models.store import floors


@pytest.fixture
def made(database_url: str) -> Iterator[floors.MadeFloor]:
    """A floor with people and no leads."""
    with floors.opened(database_url):
        yield floors.make(database_url)
