"""A long list is drafted by two processes: what comes out is what one would have made of it."""

from __future__ import annotations

import os
import signal

import pytest

from models.exchange import drafters
from tests.models.exchange import made
from tests.models.exchange.conftest import Site


@pytest.fixture
def database_url(fresh_sqlite: str) -> str:
    """What is drafted does not know the database."""
    return fresh_sqlite


def staged(site: Site) -> list[tuple[object, ...]]:
    rows = [*made.bought(3_000, twice=0.1), ["bad", "x", "12", "", "", ""]]
    planned = site.plan(site.written(rows))
    found = [*planned.staging.run("SELECT * FROM row ORDER BY n"), *planned.staging.run("SELECT * FROM reject")]
    assert planned.rows == 3_001
    found.append((sorted(planned.notes.items()),))
    planned.close()
    return found


def test_two_make_what_one_makes(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows, rejections, notes."""
    alone = staged(site)
    monkeypatch.setattr(drafters, "WORTH_IT", 100)
    monkeypatch.setattr(drafters, "COLLEAGUES", 700)
    assert staged(site) == alone


def test_one_goes_on_when_the_other_dies(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it had is drafted again."""
    alone = staged(site)
    monkeypatch.setattr(drafters, "WORTH_IT", 100)
    monkeypatch.setattr(drafters, "COLLEAGUES", 700)
    give = drafters.Drafters._give
    given: list[int] = []

    def give_and_shoot(self: drafters.Drafters, portion: drafters.Portion) -> None:
        give(self, portion)
        given.append(len(portion))
        if self._colleague is not None:
            os.kill(self._colleague._process.pid, signal.SIGKILL)

    monkeypatch.setattr(drafters.Drafters, "_give", give_and_shoot)
    assert staged(site) == alone
    assert given == [700]
