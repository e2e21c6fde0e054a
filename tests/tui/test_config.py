"""The configuration: flags over environment over files over defaults, every mistake with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import Refused
from tui import config, words


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_who_says_what(tmp_path: Path) -> None:
    system = write(tmp_path / "system.toml", 'theme = "light"\ndb = "/srv/floor.db"\nlanguage = "zh_CN"')
    own = write(tmp_path / "own.toml", 'theme = "terminal"\n[keys]\n"desk.promote-lead" = "v"')
    found = config.load(
        {"file": str(own), "db": "flag.db"}, {"CALLFLOOR_DB": "env.db", "CALLFLOOR_LANGUAGE": "en"}, system=system
    )
    assert (found.theme, found.db, found.language) == ("terminal", "flag.db", "en")
    assert found.keys == {"desk.promote-lead": "v"}
    assert found.sources["theme"] == str(own)
    assert found.sources["db"] == "--db"
    assert found.sources["language"] == "CALLFLOOR_LANGUAGE"
    assert "dial.way" not in found.sources


def test_only_the_system_lets_people_name_themselves(tmp_path: Path) -> None:
    text = "[identity]\nallow_name = true"
    system, own = write(tmp_path / "system.toml", text), write(tmp_path / "own.toml", text)
    nowhere = tmp_path / "nowhere.toml"
    assert config.load({}, {}, system=system).identity.allow_name
    assert not config.load({"file": str(own)}, {}, system=nowhere).identity.allow_name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('\ntheem = "dark"', "line 2: there is no setting theem"),
        ("theme = 3", "line 1: theme must be text"),
        ('[dial]\n\nway = "pigeon"', "line 3: dial.way cannot be pigeon; it is one of: link"),
        ("theme = ", "cannot be read"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    own = write(tmp_path / "own.toml", text)
    with pytest.raises(Refused) as refused:
        config.load({"file": str(own)}, {}, system=tmp_path / "nowhere.toml")
    sentence = words.refusal(refused.value)
    assert str(own) in sentence
    assert said in sentence
