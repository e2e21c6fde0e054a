"""The configuration: flags over environment over files over defaults, every mistake with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import Refused
from tui import config, words
from tui.cli import shared
from tui.config import Config, Identity


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


@pytest.mark.parametrize(
    ("session", "zone", "source"),
    [
        ("Europe/London", "Europe/London", "TZ"),
        (":America/New_York", "America/New_York", "TZ"),
        ("UTC", "", None),
        ("Etc/UTC", "", None),
        ("Mars/Olympus", "", None),
        ("CST6CDT,M3.2.0/2,M11.1.0/2", "", None),
    ],
)
def test_the_agents_zone_is_the_sessions_where_it_names_a_place(
    tmp_path: Path, session: str, zone: str, source: str | None
) -> None:
    found = config.load({}, {"TZ": session}, system=tmp_path / "nowhere.toml")
    assert (found.zone, found.sources.get("zone")) == (zone, source)


def test_a_configured_zone_wins_over_the_sessions(tmp_path: Path) -> None:
    own = write(tmp_path / "own.toml", 'zone = "Asia/Tokyo"')
    assert config.load({"file": str(own)}, {"TZ": "Europe/London"}, system=own).zone == "Asia/Tokyo"
    said = {"TZ": "Europe/London", "CALLFLOOR_ZONE": "Asia/Seoul"}
    assert config.load({"file": str(own)}, said, system=own).zone == "Asia/Seoul"


def test_only_the_system_says_whose_forced_commands_name_people(tmp_path: Path) -> None:
    text = '[identity]\naccount = "callfloor"'
    system, own = write(tmp_path / "system.toml", text), write(tmp_path / "own.toml", text)
    nowhere = tmp_path / "nowhere.toml"
    assert config.load({}, {}, system=system).identity.account == "callfloor"
    assert not config.load({"file": str(own)}, {}, system=nowhere).identity.account


def test_only_the_system_says_whether_screens_may_be_looked_at(tmp_path: Path) -> None:
    texts = {
        yes: write(tmp_path / f"{yes}.toml", f'[glass]\nallowed = {yes}\nfolder = "/{yes}"')
        for yes in ("true", "false")
    }
    nowhere = tmp_path / "nowhere.toml"
    assert config.load({}, {}, system=nowhere).glass == config.Glass(allowed=False)
    assert config.load({"file": str(texts["true"])}, {}, system=nowhere).glass == config.Glass(allowed=False)
    seen = config.load({"file": str(texts["false"])}, {}, system=texts["true"]).glass
    assert seen == config.Glass(allowed=True, folder="/true")


def test_only_the_service_account_is_named_by_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLFLOOR_AGENT", "boss")
    me = shared.system_user()
    assert shared.caller(Config(identity=Identity(me))) == "boss"
    assert shared.caller(Config(identity=Identity("callfloor"))) == me
    assert shared.caller(Config()) == me
    monkeypatch.delenv("CALLFLOOR_AGENT")
    assert shared.caller(Config(identity=Identity(me))) == me


@pytest.mark.parametrize(
    ("machine", "own", "numbers"),
    [
        (None, None, "full"),
        (None, "masked", "masked"),
        ("masked", None, "masked"),
        ("masked", "full", "masked"),
        ("masked", "hidden", "hidden"),
        ("hidden", "masked", "hidden"),
    ],
)
def test_ones_own_file_never_widens_what_the_monitor_shows(
    tmp_path: Path, machine: str | None, own: str | None, numbers: str
) -> None:
    said = {
        name: write(tmp_path / f"{name}.toml", f'monitor.numbers = "{value}"' if value else "")
        for name, value in (("machine", machine), ("own", own))
    }
    found = config.load({"file": str(said["own"])}, {}, system=said["machine"])
    assert found.monitor.numbers == numbers
    by = None if numbers == "full" else str(said["own" if numbers == own else "machine"])
    assert found.sources.get("monitor.numbers") == by


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('\ntheem = "dark"', "line 2: there is no setting theem"),
        ("theme = 3", "line 1: theme must be text"),
        ('[dial]\n\nway = "pigeon"', "line 3: dial.way cannot be pigeon; it is one of: link"),
        ('zone = "Mars/Olympus"', "line 1: zone cannot be Mars/Olympus; it is a time zone, as in Europe/Berlin"),
        ('[monitor]\nnumbers = "some"', "line 2: monitor.numbers cannot be some; it is one of: full, masked, hidden"),
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
