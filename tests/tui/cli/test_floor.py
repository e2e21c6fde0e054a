"""The commands of managers: the floor, its people, playbooks, suppression, figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models import check
from models.base import proxy
from models.connect import transact
from models.record import audit
from tests.tui import floors
from tests.tui.cli.conftest import Floor
from tui.cli.record import DISCREPANCIES


def test_init_makes_its_caller_the_manager_and_refuses_a_second_time(floor: Floor) -> None:
    """A floor is set up once."""
    assert "boss" in floor("agent", "list").output
    assert "a floor here already" in floor("init", code=2).output


def test_a_floor_that_is_not_there_is_said_and_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A typing mistake in the path leaves no empty file behind."""
    floor = Floor(str(tmp_path / "nowhere.db"), monkeypatch)
    assert "callfloor init" in floor("status", code=3).output
    assert not (tmp_path / "nowhere.db").exists()


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("--zone", "Asia/Shangai", "Asia/Shanghai"), ("--region", "China", "country code"), ("--playbook", "b3b", "b2b")],
)
def test_init_refuses_what_it_does_not_know(
    database_url: str, monkeypatch: pytest.MonkeyPatch, option: str, value: str, said: str
) -> None:
    """The sentence names what would be right."""
    floor = Floor(database_url, monkeypatch)
    assert said in floor("init", option, value, code=2).output
    assert "no floor here yet" in floor("status", code=3).output


def test_people_come_move_and_leave(floor: Floor) -> None:
    """Teams and agents through their whole stay."""
    floor("team", "add", "north")
    floor("team", "add", "south")
    floor("agent", "add", "li", "--name", "李伟", "--team", "north")
    assert "belong to a team" in floor("agent", "add", "x", code=2).output
    assert "north, south" in floor("agent", "add", "x", "--team", "west", code=2).output
    floor("agent", "move", "li", "--team", "south")
    assert "李伟" in floor("agent", "list").output
    floor("agent", "leave", "li")
    assert "left" in floor("agent", "list").output
    assert "last manager" in floor("agent", "leave", "boss", code=2).output


def test_teams_move_and_leave(floor: Floor) -> None:
    """With everybody in them; one with people says who they are and wants to know where they go."""
    for name in ("north", "south"):
        floor("team", "add", name)
    floor("agent", "add", "li", "--name", "李伟", "--team", "north")
    refused = floor("team", "leave", "north", code=2).output
    assert "1 work in team north: 李伟" in refused
    assert "--to" in refused
    assert "that very team" in floor("team", "move", "north", "--to", "north", code=2).output
    assert "Team north is empty; its people are in south now." in floor("team", "move", "north", "--to", "south").output
    assert "south" in floor("agent", "list").output
    assert "0 leads were handed on. Team north is closed." in floor("team", "leave", "north").output
    assert "north" not in floor("team", "list").output
    floor("team", "add", "west")
    floor("team", "leave", "south", "--to", "west")
    assert "west" in floor("agent", "list").output
    assert "agree" in floor("check").output


def test_only_managers_change_the_floor(floor: Floor) -> None:
    """Agents are refused in words, strangers are told whom to ask."""
    floor("team", "add", "north")
    floor("agent", "add", "li", "--team", "north")
    floor.login = "li"
    assert "Only a manager" in floor("team", "add", "south", code=2).output
    assert "Only a manager" in floor("suppress", "list", code=2).output
    floor.login = "nobody"
    assert "callfloor agent add nobody" in floor("status", code=2).output


def test_suppression_is_added_imported_listed_and_removed(floor: Floor, tmp_path: Path) -> None:
    """Numbers go on by anybody and come off by a manager with a reason."""
    floor("suppress", "add", "+86 138 0013 8000", "--reason", "asked")
    names = tmp_path / "list.csv"
    names.write_text("number\n13800138000\n+86 138 0013 8001\nnone\n", encoding="utf-8")
    imported = floor("suppress", "import", str(names))
    assert "1 number is new" in imported.output
    assert "no number" in imported.output
    assert "+8613800138000" in floor("suppress", "list").output
    floor("suppress", "remove", "13800138000", "--reason", "mistake")
    assert "not on the suppression list" in floor("suppress", "remove", "13800138000", "--reason", "x", code=2).output
    assert "no phone number" in floor("suppress", "add", "12", code=2).output
    assert "1 number is new" in floor("suppress", "add", "--reason", "asked", typed="138 0013 8002\n").output


def test_status_of_an_empty_floor_has_every_key(floor: Floor) -> None:
    """The documented shape, with nothing instead of nought per cent."""
    floor("target", "set", "2026-11", "--amount", "200000", "--deals", "3")
    figures = json.loads(floor("status", "--json", "--from", "2026-11-01", "--to", "2026-12-01").output)
    assert figures["target"] == {"count": 3, "amount": 200000}
    assert [row["stage"] for row in figures["stages"]] == ["E", "D", "C", "B", "A", "won"]
    assert {row["conversion"] for row in figures["stages"]} == {None}
    assert figures["won"] == figures["lost"] == figures["invalid"] == {"count": 0, "amount": 0}
    assert json.loads(floor("status", "--json", "--all").output)["from"] is None


def test_targets_are_set_shown_and_shared_out(floor: Floor) -> None:
    """Of a team and a stage; the parts are said before they are set."""
    floor("team", "add", "north")
    for login in ("li.wei", "wang.min"):
        floor("agent", "add", login, "--name", login.title(), "--team", "north")
    floor("target", "set", "2026-11", "--team", "north", "--deals", "5", "--amount", "100,001", "--calls", "900")
    floor("target", "set", "2026-11", "--stage", "B", "--leads", "40")
    floor("target", "share", "2026-11", "--team", "north", "--yes")
    shown = floor("target", "show", "2026-11").output
    lines = [" ".join(line.split()) for line in shown.splitlines()[1:]]
    assert lines == [
        "2026-11 north 5 100,001 900 –",
        "2026-11 Li.Wei 3 50,001 450 –",
        "2026-11 Wang.Min 2 50,000 450 –",
        "2026-11 the floor B 40 – – –",
    ]
    assert "comes first" in floor("target", "share", "2026-12", "--team", "north", code=2).output
    assert "E, D, C" in floor("target", "set", "2026-12", "--stage", "Z", "--leads", "1", code=2).output
    assert "--leads" in floor("target", "set", "2026-12", "--stage", "B", "--deals", "1", code=2).output
    assert "--calls" in floor("target", "set", "2026-12", code=2).output


def test_a_measure_is_written_down_and_listed_with_its_effect(floor: Floor) -> None:
    """With the day from which it counts; nothing went on yet, which is no share."""
    assert (
        "counts from 2026-11-02"
        in floor("measure", "add", "ask for the budget", "--stage", "B", "--on", "2026-11-02").output
    )
    listed = floor("measure", "list").output
    assert "2026-11-02" in listed
    assert "ask for the budget" in listed
    assert "– (0/0)" in listed
    assert "still to come" in floor("measure", "add", "x", "--on", "2999-01-01", code=2).output


def test_periods_that_mean_nothing_are_refused(floor: Floor) -> None:
    """Contradictions and empty periods are said."""
    assert "either" in floor("status", "--all", "--from", "2026-11-01", code=2).output
    assert "empty" in floor("status", "--from", "2026-11-02", "--to", "2026-11-01", code=2).output


def test_a_broken_playbook_is_refused_with_its_line(floor: Floor, tmp_path: Path) -> None:
    """File, line, what is wrong and what would be right; the campaign keeps what it has."""
    text = floor("playbook", "show", "b2b").output
    broken = tmp_path / "broken.toml"
    broken.write_text(text.replace("probability = ", "probabilty = ", 1), encoding="utf-8")
    said = floor("playbook", "apply", str(broken), code=2).output
    assert f"{broken}:" in said
    assert "probability" in said
    assert "telesales" in floor("campaign", "list").output
    floor("playbook", "apply", "b2b", "--yes")
    assert "b2b" in floor("campaign", "list").output


def test_check_says_in_one_line_that_all_agrees(floor: Floor) -> None:
    """The promise of the command."""
    assert floor("check").output.count("\n") == 1


def test_check_names_what_does_not_agree(floor: Floor) -> None:
    """A counter that was altered is said in words, and the exit code tells a script."""
    with floors.at(floor.url):
        transact(lambda: proxy.execute_sql("INSERT INTO stock VALUES (1, 0, 0, 7, 0)"))
    assert "not those that stand there: 1 0 0 7 0 (1)" in floor("check", code=1).output


def test_every_discrepancy_has_its_sentence() -> None:
    """Whatever the check can find, a manager can read."""
    found = {code for code, _ in check.QUESTIONS} | {"import", "database", "months", "keys", "catalogue"}
    found |= {audit.ALTERED, audit.MISSING, audit.INSERTED, audit.UNKNOWN}
    assert found == set(DISCREPANCIES)
