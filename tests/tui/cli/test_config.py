"""`callfloor config show`: every setting, its value, and who said so; the examples of its page can be used."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import themes
from tui import config
from tui.__main__ import callfloor
from tui.commands import DESK
from tui.figures.commands import FIGURES
from tui.monitor.commands import MONITOR

PAGE = Path(__file__).parents[3] / "docs" / "configuration.md"


def run(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(callfloor, words, prog_name="callfloor")
    assert result.exit_code == code, result.output
    return result


def shown(*words: str) -> dict[str, tuple[Any, str]]:
    """Setting → value and who said it."""
    found = json.loads(run(*words, "config", "show", "--json").output)
    return {row["name"]: (row["value"], row["from"]) for row in found["settings"]}


def own_file(home: Path, text: str) -> Path:
    path = home / ".config" / "callfloor" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def examples() -> list[str]:
    return re.findall(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)


def test_every_setting_has_its_value_and_who_said_it(
    frozen_surroundings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = own_file(frozen_surroundings, 'theme = "light"\ndial.way = "none"\n[keys]\ndesk.quit = "f10"')
    monkeypatch.setenv("CALLFLOOR_THEME", "terminal")
    found = shown("--language", "zh_CN")
    assert set(config.SETTINGS) | {f"keys.{command.id}" for command in (*DESK, *MONITOR, *FIGURES)} == set(found)
    assert found["language"] == ("zh_CN", "--language")
    assert found["theme"] == ("terminal", "CALLFLOOR_THEME")
    assert found["dial.way"] == ("none", str(own))
    assert found["keys.desk.quit"] == ("f10", str(own))
    assert found["keys.desk.next-lead"] == ("enter", "default")
    assert shown()["language"] == ("en", "LANG")


def test_for_people_it_is_a_table_and_the_files(frozen_surroundings: Path) -> None:
    own = own_file(frozen_surroundings, 'dial.command = ["dialler", "{number}"]')
    lines = run("config", "show").output.splitlines()
    assert next(line.split() for line in lines if line.startswith("theme")) == ["theme", "dark", "default"]
    assert next(line.split() for line in lines if "dial.command" in line)[1:] == ["dialler", "{number}", str(own)]
    assert f"  {own}" in lines
    assert f"  {config.SYSTEM}  (not there)" in lines


@pytest.mark.parametrize(
    "url", ["postgresql://li.wei:hush@h/floor", "postgresql://h/floor?user=a&password=hush&sslmode=require"]
)
def test_a_password_is_not_shown(url: str) -> None:
    output = run("config", "show", "--json", "--db", url).output
    assert "hush" not in output
    assert "h/floor" in output


def test_a_replica_is_of_the_floor_that_was_named_with_it(
    frozen_surroundings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_file(frozen_surroundings, 'db = "postgresql://a/floor"\nread_db = "postgresql://b:hush@c/floor"')
    assert shown()["read_db"][0] == "postgresql://b:***@c/floor"
    other = json.loads(run("config", "show", "--json", "--db", "postgresql://other/floor").output)["settings"]
    assert next(row for row in other if row["name"] == "read_db") == {"name": "read_db", "value": "", "from": "default"}
    monkeypatch.setenv("CALLFLOOR_READ_DB", "postgresql://d/floor")
    assert shown()["read_db"] == ("postgresql://d/floor", "CALLFLOOR_READ_DB")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('theme = "darkk"', "There is no theme darkk; there are: dark, light, terminal"),
        ('language = "de"', "line 1: language cannot be de; it is one of: en, zh_CN"),
        ('[keys]\n"desk.fly" = "v"', "there is no command desk.fly"),
        ('[keys]\n"desk.quit" = "x"', "x would mean both desk."),
        ('[keys]\n"desk.quit" = "ctrl+s"', "desk.quit cannot be on ctrl+s"),
        ("[keys]\ndesk.quit = 7", "line 2: keys.desk.quit must be text"),
        ('[dial]\ncommand = "sh"', "line 2: dial.command must be a list of texts"),
    ],
)
def test_what_nobody_knows_is_refused_by_name(frozen_surroundings: Path, text: str, said: str) -> None:
    own_file(frozen_surroundings, text)
    assert said in run("config", "show", code=2).output


def test_a_flag_or_a_variable_has_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("--language", "de", "config", "show", code=2).output.startswith("--language: language cannot be de;")
    monkeypatch.setenv("CALLFLOOR_LANGUAGE", "de")
    assert run("config", "show", code=2).output.startswith("CALLFLOOR_LANGUAGE: language cannot be de;")


def test_a_theme_with_a_mistake_is_named(frozen_surroundings: Path) -> None:
    own_file(frozen_surroundings, 'theme = "mine"')
    folder = frozen_surroundings / ".config" / "callfloor" / "themes"
    folder.mkdir()
    (folder / "mine.toml").write_text('inherits = "dark"\n[colors]\nwon = "grass"', encoding="utf-8")
    assert "mine.toml: colors.won: 'grass' is no colour" in run("config", "show", code=2).output


def test_the_examples_of_the_page_can_be_used(frozen_surroundings: Path, tmp_path: Path) -> None:
    settings, system, theme = examples()
    own = own_file(frozen_surroundings, settings)
    found = shown()
    said = {name for name, (_, source) in found.items() if source == str(own)}
    assert said == {
        "language", "theme", "zone", "db", "read_db", "dial.way", "dial.command", "monitor.numbers",
        "keys.desk.promote-lead", "keys.desk.quit",
    }  # fmt: skip
    (tmp_path / "system.toml").write_text(system, encoding="utf-8")
    of_machine = config.load({}, {}, system=tmp_path / "system.toml")
    assert of_machine.identity.account == "callfloor"
    assert of_machine.glass == config.Glass(allowed=True, folder="/run/callfloor/glass")
    folder = tmp_path / "themes"
    folder.mkdir()
    (folder / "mine.toml").write_text(theme, encoding="utf-8")
    assert themes.load([folder])["mine"].variables["promise"] == "#ffd75f"


def test_the_page_names_everything() -> None:
    text = PAGE.read_text("utf-8")
    for name in (*config.SETTINGS, *config.VARIABLES, *themes.SURFACES, *themes.MEANINGS):
        assert name.rpartition(".")[2] in text, name
