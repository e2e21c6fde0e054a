"""The tracking sheet written out and imported again: the same leads, on the floor that wrote it and on another one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models import campaigns, connect, crew, floor
from models.base import new_token, rows_of
from models.demo import making
from models.people import Role
from tests.tui.cli.conftest import Floor

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
WIDE = ("--more", "--all")


@pytest.fixture
def demo(fresh_sqlite: str, monkeypatch: pytest.MonkeyPatch) -> Floor:
    """A floor that worked for half a year, and a clock that stands."""
    making.fill(fresh_sqlite.removeprefix("sqlite:///"), NOW, leads=120)
    monkeypatch.setattr("tui.cli.report.now", lambda: NOW)
    monkeypatch.setattr("tui.cli.lists.now", lambda: NOW)
    made = Floor(fresh_sqlite, monkeypatch)
    made.login = "zhang.hua"
    return made


def tracked(of: Floor, *words: str) -> list[dict[str, Any]]:
    """The rows of the sheet, without the rates, which are no lead's."""
    (sheet,) = json.loads(of("report", "tracking", "--format", "json", *WIDE, *words).stdout)["sheets"]
    rows: list[dict[str, Any]] = sheet["rows"]
    return sorted(({**row, "passage": ""} for row in rows), key=lambda row: str(row["code"]))


def copied(of: Floor, url: str, monkeypatch: pytest.MonkeyPatch) -> Floor:
    """Another floor with the same playbook and the same people, and no lead."""
    database = connect.use(of.url)
    text = rows_of("SELECT playbook FROM campaign ORDER BY id LIMIT 1")[0][0]
    people = rows_of("SELECT login, name FROM agent WHERE role = 'agent' AND left_at IS NULL")
    zone, region, currency = rows_of("SELECT zone, region, currency FROM floor")[0]
    database.close()
    database = connect.use(url)
    boss = floor.init(
        name="Other", zone=zone, region=region, currency=currency, playbook=text, login="zhang.hua", agent="张华",
        token=new_token(), now=NOW,
    )  # fmt: skip
    crew.add_team("all", by=boss, token=new_token(), now=NOW)
    for login, name in people:
        crew.add_agent(login, name=name, role=Role.AGENT, team="all", by=boss, token=new_token(), now=NOW)
    assert campaigns.books()
    database.close()
    made = Floor(url, monkeypatch)
    made.login = "zhang.hua"
    return made


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_another_floor_gets_the_same_leads(
    demo: Floor, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, language: str
) -> None:
    path = tmp_path / f"sheet.{form}"
    url = f"sqlite:///{tmp_path / 'other.db'}" if database_url == demo.url else database_url
    demo("report", "tracking", *WIDE, "--language", language, "--out", str(path))
    before = tracked(demo, "--language", language)
    assert len(before) > 20
    other = copied(demo, url, monkeypatch)
    said = other("import", str(path), "--yes", "--as-of", f"{NOW + timedelta(hours=8):%Y-%m-%d}").output
    assert "rejected" not in said
    for one, other_one in zip(tracked(other, "--language", language), before, strict=True):
        assert one == other_one


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_floor_that_wrote_it_knows_its_leads_again(demo: Floor, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"sheet.{form}"
    demo("report", "tracking", "--language", "zh_CN", "--out", str(path))
    before = tracked(demo)
    said = demo("import", str(path), "--yes").output
    assert "New: 0 leads" in said
    assert f"{len(before)} rows with a number that the floor has" in said
    assert "rejected" not in said
    assert tracked(demo) == before


def test_a_floor_that_does_not_know_them_takes_none_without_a_number(
    demo: Floor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sheet.csv"
    demo("report", "tracking", "--out", str(path))
    other = copied(demo, f"sqlite:///{tmp_path / 'other.db'}", monkeypatch)
    said = other("import", str(path), "--yes").output
    assert "New: 0 leads" in said
    assert "no phone number and no e-mail, nor a lead of that lead number here" in said
    assert tracked(other) == []
