"""The rest of deploy/: units that systemd understands and that reach little, accounts and folders, sshd's settings."""

from __future__ import annotations

import re

import pytest

from tests.server.forms import Server
from tests.server.machine import ROOT

pytestmark = pytest.mark.xdist_group("server")

UNITS = sorted(path.name for path in (ROOT / "deploy" / "systemd").iterdir())
EXPOSED = 20
"""Of a hundred, as systemd counts it; a service that says nothing has 96."""


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_finds_nothing_to_complain_about(by_key: Server, unit: str) -> None:
    said = by_key.machine.run("systemd-analyze", "verify", "--man=no", f"{ROOT}/deploy/systemd/{unit}")
    assert not [line for line in said.splitlines() if "callfloor" in line], said


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.endswith(".service")])
def test_what_runs_by_itself_reaches_little(by_key: Server, unit: str) -> None:
    path = f"{ROOT}/deploy/systemd/{unit}"
    by_key.machine.run("systemd-analyze", "security", "--offline=yes", f"--threshold={EXPOSED}", path)


@pytest.mark.parametrize("form", ["keys", "accounts"])
def test_a_usual_sshd_takes_the_settings(by_key: Server, form: str) -> None:
    machine = by_key.machine
    machine.write("/run/try", f"Include {ROOT}/deploy/sshd/{form}.conf\nHostKey /etc/ssh/callfloor_host\n")
    machine.run("/usr/sbin/sshd", "-t", "-f", "/run/try")


def test_the_floors_folder_is_its_owners_alone(by_key: Server) -> None:
    said = by_key.machine.sh("cd /var/lib/callfloor; stat -c '%a %U %n' . floor.db* backups /run/callfloor")
    found = {name: (mode, owner) for mode, owner, name in (line.split() for line in said.splitlines())}
    assert found["/run/callfloor"] == ("1733", "root")
    assert found["."] == found["backups"] == ("700", "callfloor")
    files = {name: row for name, row in found.items() if re.match(r"floor\.db", name)}
    assert {"floor.db", "floor.db-gate", "floor.db-bell"} <= set(files)
    assert set(files.values()) == {("600", "callfloor")}


def test_nobody_else_reads_the_floor(by_key: Server) -> None:
    for path in ("/var/lib/callfloor", "/var/lib/callfloor/floor.db"):
        assert "denied" in by_key.machine.run("runuser", "-u", "nobody", "--", "ls", path, code=2)
