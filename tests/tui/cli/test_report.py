"""`callfloor report`: by name, over a period, for whom it is, into any form; what is wrong is said in one sentence."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.tui.cli.conftest import Floor

LIST = """\
company,person,phone,source,amount
Acme,Ann,+86 138 0013 8000,web_form,500000
东方纸业,李,13800138001,展会推广,
"""


@pytest.fixture
def worked(floor: Floor, tmp_path: Path) -> Floor:
    """Two teams, an agent in each, a supervisor of one, and two leads of the first agent."""
    for team in ("north", "south"):
        floor("team", "add", team)
    for login, team in (("li.wei", "north"), ("zhao.lei", "south")):
        floor("agent", "add", login, "--name", login.title(), "--team", team)
    floor("agent", "add", "sun.li", "--name", "Sun Li", "--team", "north", "--role", "supervisor")
    path = tmp_path / "list.csv"
    path.write_text(LIST, "utf-8")
    floor("import", str(path), "--owner", "li.wei", "--yes")
    return floor


def leads(floor: Floor, *words: str) -> list[str]:
    """The customers of a tracking sheet."""
    (sheet,) = json.loads(floor("report", "tracking", "--format", "json", *words).stdout)["sheets"]
    return [row["customer"] for row in sheet["rows"]]


def test_every_report_is_listed(floor: Floor) -> None:
    said = floor("report", "--list").stdout
    assert "tracking     Tracking sheet: every open lead" in said
    assert floor("report").stdout == said
    assert "跟踪表" in floor("report", "--list", "--language", "zh_CN").stdout


def test_everybody_reads_what_is_theirs(worked: Floor) -> None:
    assert leads(worked) == ["Acme/Ann", "东方纸业/李"]
    assert leads(worked, "--team", "south") == []
    assert leads(worked, "--agent", "li.wei", "--source", "展会推广") == ["东方纸业/李"]
    assert leads(worked, "--amount-from", "100,000") == ["Acme/Ann"]
    worked.login = "sun.li"
    assert leads(worked) == ["Acme/Ann", "东方纸业/李"]
    worked("report", "tracking", "--team", "south", code=2)
    worked.login = "zhao.lei"
    assert leads(worked) == []
    assert "no such" in worked("report", "tracking", "--agent", "li.wei", code=2).stderr
    worked.login = "nobody"
    assert "Nobody with the login nobody" in worked("report", "tracking", code=2).stderr


def test_numbers_are_masked_for_supervisors_as_the_monitor_masks_them(
    worked: Floor, frozen_surroundings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = frozen_surroundings / "config.toml"
    path.write_text('[monitor]\nnumbers = "masked"\n')
    monkeypatch.setenv("CALLFLOOR_CONFIG", str(path))
    sheet = ("report", "tracking", "--more")
    assert "138 0013 8000" in worked(*sheet).stdout
    worked.login = "sun.li"
    said = worked(*sheet).stdout
    assert "138 0013 8000" not in said
    assert "+86 •••00" in said


@pytest.mark.parametrize("form", ["table", "csv", "json", "xlsx", "md"])
def test_a_file_is_its_readers_own_and_put_in_place_whole(worked: Floor, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"sheet.{'txt' if form == 'table' else form}"
    path.write_bytes(b"before")
    path.chmod(0o644)
    assert f"Saved: {path}" in worked("report", "tracking", "--out", str(path)).stderr
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() == worked("report", "tracking", "--format", form).stdout_bytes or form in ("xlsx", "json")
    assert not list(tmp_path.glob(".callfloor-*")), "nothing is left beside it"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none",), "There is no report none; there are: funnel, conversion"),
        (("tracking", "--by", "moon"), "cannot be split by moon"),
        (("tracking", "--format", "pdf"), "There is no format pdf; there are: table, csv, json, xlsx, md"),
        (("tracking", "--from", "2026-02-01", "--to", "2026-02-01"), "The period is empty"),
        (("tracking", "--all", "--period", "week"), "Say either --all"),
        (("tracking", "--from", "2026-02-31"), "2026-02-31"),
        (("tracking", "--team", "west"), "There is no team west; there are: north, south"),
        (("tracking", "--agent", "who"), "Nobody with the login who"),
        (("tracking", "--campaign", "x"), "There is no campaign x"),
        (("tracking", "--source", "moon"), "There is no such source"),
        (("tracking", "--amount-to", "much"), "much is no amount"),
        (("tracking", "--out", "/nowhere/sheet.csv"), "/nowhere/sheet.csv cannot be written"),
        (("tracking", "--out", "/dev/null"), "/dev/null is no file"),
        (("tracking", "--out", "/"), "/ is no file"),
    ],
)
def test_what_is_wrong_is_one_sentence(worked: Floor, words: tuple[str, ...], said: str) -> None:
    result = worked("report", *words, code=2)
    assert said in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
