"""The doctor's judgement on made-up servers, and on real files."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from models.engine import Engine
from tests.tui.floors import set_up
from tui import i18n
from tui.__main__ import callfloor
from tui.cli.shared import system_user
from tui.doctor import checks, looking, sentences
from tui.doctor.facts import Disk, Doors, Facts, FileFact, Level, Terminal

CONFIG, FLOOR = "/etc/callfloor/config.toml", "/var/lib/callfloor"
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
TIED = 'restrict,pty,command="/usr/local/lib/callfloor/session desk li.wei" ssh-ed25519 AAAA li.wei'
CLOSED = {
    "disableforwarding": "yes", "permittunnel": "no", "permituserenvironment": "no", "permituserrc": "no",
    "passwordauthentication": "no", "kbdinteractiveauthentication": "no", "authenticationmethods": "publickey",
    "clientaliveinterval": "15", "permitrootlogin": "without-password", "forcecommand": "none",
}  # fmt: skip


def of(role: str, name: str, mode: int, owner: str = "callfloor", group: str = "callfloor") -> FileFact:
    return FileFact(role, name, owner, group, mode)


GOOD = Facts(
    now=NOW,
    user="root",
    account="callfloor",
    settings_file=CONFIG,
    db=f"sqlite:///{FLOOR}/floor.db",
    db_source=CONFIG,
    files=(
        of("settings", CONFIG, 0o644, "root", "root"),
        of("folder", FLOOR, 0o700),
        of("database", f"{FLOOR}/floor.db", 0o600),
        of("beside", f"{FLOOR}/floor.db-gate", 0o600),
    ),
    disk=Disk("ext4", 50 * 2**30, 2**30),
    engine=Engine("sqlite", (3, 51, 3), "current", people=50),
    copied_at=NOW - timedelta(hours=5),
    is_synchronised=True,
    terminal=Terminal(True, "xterm-256color", "truecolor", "UTF-8", 120, 40),
    tmux=(3, 4),
    doors=Doors("callfloor", CLOSED, (TIED,), "root", 0o644),
    units={"callfloor-check.timer": "active", "callfloor-check.service": "inactive"},
)
GLASS = "/run/callfloor/glass"
POSTGRES = replace(
    GOOD, files=GOOD.files[:1], disk=None,
    engine=Engine("postgres", (15, 3), "current", people=50, connections=150, trigrams="there"),
)  # fmt: skip


def files(*changed: FileFact) -> Facts:
    """A good server but for these."""
    named = {one.path: one for one in (*GOOD.files, *changed)}
    return replace(GOOD, files=tuple(named.values()))


def settings(mode: int = 0o644, owner: str = "root") -> Facts:
    return files(of("settings", CONFIG, mode, owner))


def glazed(mode: int) -> Facts:
    """A good server where screens may be looked at."""
    return replace(GOOD, glass_folder=GLASS, glass=of("glass", GLASS, mode, "root", "callfloor-supervisors"))


def engine(**changed: Any) -> Facts:
    assert GOOD.engine is not None
    return replace(GOOD, engine=replace(GOOD.engine, **changed))


def postgres(**changed: Any) -> Facts:
    assert POSTGRES.engine is not None
    return replace(POSTGRES, engine=replace(POSTGRES.engine, **changed))


def doors(**changed: str) -> Facts:
    return replace(GOOD, doors=Doors("callfloor", {**CLOSED, **changed}, (TIED,), "root", 0o644))


def keys(*lines: str, owner: str = "root", mode: int = 0o644) -> Facts:
    return replace(GOOD, doors=Doors("callfloor", CLOSED, lines, owner, mode))


def unasked(why: str) -> Facts:
    return replace(GOOD, doors=Doors("callfloor", {}, why=why))


def terminal(**changed: Any) -> Facts:
    return replace(GOOD, terminal=replace(GOOD.terminal, **changed))


DATABASE, FOLDER = f"{FLOOR}/floor.db", FLOOR
ALONE = replace(GOOD, account="", doors=None, user="li", files=(of("folder", FLOOR, 0o700, "li"),), db_source="")
F, W, K = Level.FAULT, Level.WARNING, Level.OK
CASES: dict[str, tuple[Facts, Level]] = {
    "settings_ok": (GOOD, K),
    "settings_own": (ALONE, K),
    "settings_none": (replace(GOOD, files=GOOD.files[1:]), W),
    "settings_writable": (settings(0o664), F),
    "settings_unread": (settings(0o600), W),
    "settings_password": (replace(POSTGRES, db="postgresql://floor:secret@db.example/callfloor"), F),
    "settings_elsewhere": (replace(GOOD, db_source="CALLFLOOR_DB"), W),
    "files_ok": (GOOD, K),
    "file_owner": (files(of("beside", f"{FLOOR}/floor.db-gate", 0o600, "root")), F),
    "file_read_by_all": (files(of("database", DATABASE, 0o604)), F),
    "file_written_by_all": (files(of("beside", f"{FLOOR}/floor.db-bell", 0o602)), F),
    "file_written_by_group": (files(of("database", DATABASE, 0o660)), W),
    "files_half_open": (files(of("folder", FOLDER, 0o2750, group="callfloor-supervisors")), W),
    "disk_ok": (GOOD, K),
    "disk_network": (replace(GOOD, disk=Disk("nfs4", 2**40, 0)), F),
    "disk_volatile": (replace(GOOD, disk=Disk("tmpfs", 2**40, 0)), F),
    "disk_tight": (replace(GOOD, disk=Disk("ext4", 9 * 2**30, 5 * 2**30)), W),
    "disk_full": (replace(GOOD, disk=Disk("ext4", 2**20, 0)), F),
    "database_trouble": (replace(GOOD, engine=None, trouble="gone"), F),
    "database_unseen": (replace(POSTGRES, engine=None, trouble="no_account"), W),
    "schema_older": (engine(age="older"), F),
    "schema_newer": (engine(age="newer"), F),
    "schema_not_a_floor": (engine(age="not_a_floor"), F),
    "sqlite_ok": (GOOD, K),
    "sqlite_fault": (engine(version=(3, 51, 2)), F),
    "postgres_ok": (POSTGRES, K),
    "postgres_old": (postgres(version=(12, 9)), F),
    "postgres_connections": (postgres(connections=100), F),
    "trigrams_available": (postgres(trigrams="available"), W),
    "trigrams_missing": (postgres(trigrams="missing"), W),
    "backup_ok": (GOOD, K),
    "backup_none": (replace(GOOD, copied_at=None), W),
    "backup_old": (replace(GOOD, copied_at=NOW - timedelta(days=8)), F),
    "clock_ok": (GOOD, K),
    "clock_adrift": (replace(GOOD, is_synchronised=False), W),
    "clock_unknown": (replace(GOOD, is_synchronised=None), W),
    "clock_apart": (postgres(ahead=timedelta(seconds=-3)), F),
    "sshd_ok": (GOOD, K),
    "sshd_unused": (ALONE, K),
    "sshd_no_sshd": (unasked("no_sshd"), W),
    "sshd_not_root": (unasked("not_root"), W),
    "sshd_refused": (unasked("refused"), W),
    "sshd_forwarding": (doors(disableforwarding="no", allowtcpforwarding="yes"), F),
    "sshd_password": (doors(authenticationmethods="any", kbdinteractiveauthentication="yes"), F),
    "sshd_environment": (doors(permituserenvironment="yes"), F),
    "sshd_userrc": (doors(permituserrc="yes"), W),
    "sshd_dead_lines": (doors(clientaliveinterval="0"), W),
    "sshd_root": (doors(permitrootlogin="yes"), W),
    "sshd_no_keys": (keys(), F),
    "sshd_loose_key": (keys(TIED, "ssh-ed25519 AAAA somebody"), F),
    "sshd_keys_writable": (keys(TIED, mode=0o666), F),
    "tmux_ok": (GOOD, K),
    "tmux_no_links": (replace(GOOD, tmux=(3, 3)), K),
    "tmux_none": (replace(GOOD, tmux=None), W),
    "tmux_old": (replace(GOOD, tmux=(3, 1)), F),
    "units_ok": (GOOD, K),
    "unit_failed": (replace(GOOD, units={"callfloor-check.service": "failed"}), F),
    "glass_ok": (glazed(0o3753), K),
    "glass_none": (replace(GOOD, glass_folder=GLASS), F),
    "glass_open": (glazed(0o2757), F),
    "timer_off": (replace(GOOD, units={"callfloor-backup.timer": "inactive"}), W),
    "terminal_ok": (GOOD, K),
    "terminal_none": (terminal(is_there=False), K),
    "terminal_letters": (terminal(encoding="ANSI_X3.4-1968"), F),
    "terminal_dumb": (terminal(term="dumb"), F),
    "terminal_colours": (terminal(term="vt100", colours=""), W),
    "terminal_small": (terminal(lines=20), W),
    "program_ok": (GOOD, K),
    "program_slow": (replace(GOOD, uncompiled={"tui": "/opt/callfloor/tui"}), W),
}
"""What is found → where, and how bad it is."""


def test_a_good_server_is_told_so() -> None:
    assert {finding.level for finding in checks.examine(GOOD)} == {K}
    assert {finding.level for finding in checks.examine(POSTGRES)} == {K}


@pytest.mark.parametrize("code", CASES)
def test_what_is_wrong_is_found_and_nothing_else(code: str) -> None:
    facts, level = CASES[code]
    found = {finding.code: finding for finding in checks.examine(facts)}
    assert found[code].level is level
    if level is not K:
        assert [one for one in found.values() if one.level is not K] == [found[code]]


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("code", CASES)
def test_every_finding_is_one_line_with_its_fields_filled(code: str, language: str) -> None:
    i18n.use(language)
    (finding,) = (one for one in checks.examine(CASES[code][0]) if one.code == code)
    said = sentences.sentence(finding)
    assert said
    assert "{" not in said
    assert "\n" not in said
    assert "secret" not in said
    assert finding.check in sentences.CHECKS


def test_no_sentence_is_for_nothing() -> None:
    assert set(CASES) - {"database_trouble"} == set(sentences.SENTENCES)


@pytest.mark.parametrize(
    ("line", "is_loose"),
    [
        (TIED, False),
        ('command="x",restrict,pty ssh-ed25519 AAAA', False),
        ("restrict,pty ssh-ed25519 AAAA", True),
        ('command="a restrict,b" ssh-ed25519 AAAA', True),
        ('environment="A=command=,restrict" ssh-ed25519 AAAA', True),
        ("ssh-ed25519 AAAA restrict,command=x", True),
    ],
)
def test_a_key_is_tied_by_its_options_alone(line: str, is_loose: bool) -> None:
    assert ("sshd_loose_key" in {one.code for one in checks.examine(keys(line))}) is is_loose


# ── on real files ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """What a test makes is its own, as at a session of the service account."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a floor in it, closed to others."""
    made = tmp_path / "floor"
    made.mkdir(mode=0o700)
    set_up(f"sqlite:///{made / 'floor.db'}")
    return made


def diagnosis(url: str, code: int) -> dict[str, dict[str, object]]:
    """What the command finds: code → finding."""
    result = CliRunner().invoke(callfloor, ["doctor", "--db", url, "--json"])
    assert result.exit_code == code, result.output
    return {one["code"]: one for one in json.loads(result.output)["findings"]}


def test_a_real_floor_is_looked_at(folder: Path) -> None:
    found = diagnosis(f"sqlite:///{folder / 'floor.db'}", 0)
    assert {"files_ok", "sqlite_ok", "settings_own"} <= set(found)
    (folder / "floor.db-bell").chmod(0o646)
    (folder / "floor.db").chmod(0o644)
    found = diagnosis(f"sqlite:///{folder / 'floor.db'}", 1)
    assert str(found["file_written_by_all"]["text"]).endswith("floor.db-bell")
    assert f"{folder / 'floor.db'} " in str(found["file_read_by_all"]["text"])


def test_looking_changes_nothing(folder: Path) -> None:
    """The index of SQLite's journal is what every reader shares; all else stays as it was."""
    before = contents(folder)
    diagnosis(f"sqlite:///{folder / 'floor.db'}", 0)
    assert contents(folder) == before
    diagnosis(f"sqlite:///{folder / 'nowhere.db'}", 1)
    assert not (folder / "nowhere.db").exists()


def contents(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir() if not one.name.endswith("-shm")}


def test_either_database_is_asked(database_url: str) -> None:
    set_up(database_url)
    found = diagnosis(database_url, 0)
    assert {"sqlite_ok", "postgres_ok"} & set(found)
    assert "clock_apart" not in found


def test_a_backup_that_was_made_is_seen(folder: Path) -> None:
    url = f"sqlite:///{folder / 'floor.db'}"
    assert "backup_none" in diagnosis(url, 0)
    assert CliRunner().invoke(callfloor, ["backup", "--db", url]).exit_code == 0
    assert diagnosis(url, 0)["backup_ok"]["fields"] == {"hours": 0, "days": 0}


def test_it_says_sign_and_word(folder: Path) -> None:
    url = f"sqlite:///{folder / 'floor.db'}"
    said = CliRunner().invoke(callfloor, ["doctor", "--db", url]).output.splitlines()
    assert all(re.match(r"(✓ ok|! warning|✗ fault) +\S", line) for line in said)
    chinese = CliRunner().invoke(callfloor, ["--language", "zh_CN", "doctor", "--db", url]).output
    assert "✓ 正常" in chinese


def test_the_kind_of_a_file_system_is_the_systems_word() -> None:
    assert looking.kind_of(Path("/proc")) == "proc"
    assert looking.kind_of(Path(__file__).parent)


def test_the_facts_are_of_whoever_looks(folder: Path) -> None:
    from tui.config import Config

    facts = looking.look(Config(db=str(folder / "floor.db")), system_user(), NOW)
    assert {one.owner for one in facts.files if one.role != "settings"} == {system_user()}
    assert {one.path.rpartition("floor.db")[2] for one in facts.files if one.role == "beside"} >= {"-gate", "-bell"}
