"""A floor on each database for lists to come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from models import check, connect, crew, floor
from models.base import new_token, rows_of
from models.exchange.planning import Order, Plan, plan
from models.exchange.revealing import Result, apply
from models.people import Role
from models.playbook import shipped_text
from tests.models.exchange import made

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""A Monday morning in Shanghai."""


def quiet(_phase: str, _done: int, _total: int) -> None:
    """Progress that nobody looks at."""


@dataclass
class Site:
    """A floor, its people, and a folder for lists."""

    url: str
    folder: Path
    boss: int
    agent: int

    def written(self, rows: Sequence[Sequence[str]], name: str = "list.csv") -> Path:
        """A list in a file."""
        path = self.folder / name
        path.write_bytes(made.written(rows))
        return path

    def plan(self, path: Path, **said: Any) -> Plan:
        """What an import would do."""
        return plan(Order(path, self.boss, **said), NOW, quiet)

    def take(self, path: Path, **said: Any) -> Result:
        """Imports, and looks that all counters agree afterwards."""
        planned = self.plan(path, **said)
        try:
            return apply(planned, NOW, quiet)
        finally:
            planned.close()
            assert check.check(NOW) == ()

    def leads(self, columns: str = "company", where: str = "1 = 1") -> list[tuple[Any, ...]]:
        """Leads that stand, in their order."""
        return rows_of(f"SELECT {columns} FROM lead WHERE voided_at IS NULL AND {where} ORDER BY id")

    def phones(self) -> list[int]:
        """Numbers that stand."""
        return [row[0] for row in rows_of("SELECT number FROM phone WHERE voided_at IS NULL ORDER BY id")]

    def people(self) -> list[str]:
        """Contacts that stand."""
        return [row[0] for row in rows_of("SELECT name FROM contact WHERE voided_at IS NULL ORDER BY id")]


def opened(url: str, folder: Path) -> Site:
    """A new floor with a manager and an agent in a team."""
    boss = floor.init(
        name="Ours", zone="Asia/Shanghai", region="CN", currency="CNY", playbook=shipped_text("telesales"),
        login="boss", agent="Boss", token=new_token(), now=NOW,
    )  # fmt: skip
    crew.add_team("north", by=boss, token=new_token(), now=NOW)
    agent = crew.add_agent("li.wei", name="李伟", role=Role.AGENT, team="north", by=boss, token=new_token(), now=NOW)
    return Site(url, folder, boss, agent)


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """A floor on each database, open in this process."""
    folder = tmp_path / "lists"
    folder.mkdir()
    database = connect.use(database_url)
    yield opened(database_url, folder)
    database.close()
