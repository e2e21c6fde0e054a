"""An account for each person on PostgreSQL, and supervisors who may look at a SQLite floor and write nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.server.conftest import leave, wait_until
from tests.server.forms import Server
from tests.server.machine import FLOOR, LIBRARY, PORT, ROOT, Machine
from tests.tui.test_desk_kill import Window
from tests.tui.test_terminal import closed, is_restored

pytestmark = pytest.mark.xdist_group("server")


def test_everybody_comes_in_as_themselves(by_account: Server) -> None:
    for person in ("li.wei", "zhao.lei"):
        with by_account.desk(person) as desk:
            assert person in desk.screen
            (pid,) = by_account.desks(person)
            assert "CALLFLOOR_AGENT" not in by_account.machine.environment(pid)
            leave(by_account, desk, person=person)


def test_nobody_comes_in_with_anothers_key(by_account: Server) -> None:
    command = by_account.machine.ssh("zhao.lei", "li.wei", "-tt")
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    assert done.returncode == 255
    assert "Permission denied (publickey)" in done.stderr


@pytest.fixture
def watcher(by_key: Server) -> Iterator[Machine]:
    """A SQLite floor that a supervisor with an account of their own may read, as the page says."""
    machine = by_key.machine
    machine.sh(f"""
        useradd --no-create-home --groups callfloor-supervisors --shell {LIBRARY}/session chen
        cp /root/keys/chen.pub /etc/callfloor/keys/chen
        cp /etc/ssh/sshd_config.d/callfloor.conf /run/doors
        cat {ROOT}/deploy/sshd/accounts.conf >>/etc/ssh/sshd_config.d/callfloor.conf
        kill -HUP "$(cat /run/sshd.pid)"
        chgrp callfloor-supervisors /var/lib/callfloor {FLOOR}*
        chmod 2750 /var/lib/callfloor
        chmod 640 {FLOOR}*
    """)
    wait_until(lambda: "ed25519" in machine.run("ssh-keyscan", "-p", PORT, "127.0.0.1", code=None))
    yield machine
    machine.sh(f"""
        userdel --force chen
        cp /run/doors /etc/ssh/sshd_config.d/callfloor.conf
        kill -HUP "$(cat /run/sshd.pid)"
        chgrp callfloor /var/lib/callfloor {FLOOR}*
        chmod g-s,u=rwx,go= /var/lib/callfloor
        chmod 600 {FLOOR}*
    """)


def test_a_supervisor_reads_the_floor_when_nobody_is_there_and_writes_nothing(watcher: Machine) -> None:
    before = watcher.sh("cd /var/lib/callfloor; stat -c '%n %U %G %a' *; sha256sum floor.db floor.db-wal")
    assert '"stages"' in watcher.callfloor("status", "--json", user="chen")
    command = ["runuser", "-u", "chen", "--", "callfloor", "team", "add", "mine"]
    assert "uid" not in watcher.run(*command, code=3)
    assert watcher.sh("cd /var/lib/callfloor; stat -c '%n %U %G %a' *; sha256sum floor.db floor.db-wal") == before


def watch(machine: Machine, login: str) -> None:
    """Comes in as chen, looks at the floor and leaves."""
    with closed(Window(machine.ssh(login, "chen"))) as monitor:
        monitor.until(lambda screen: "MONITOR" in screen and "zhao.lei" in screen)
        monitor.type(b"q")
        monitor.read_until(is_restored)
        assert monitor.program.wait(20) == 0


def test_a_supervisor_watches_by_the_service_accounts_key(by_key: Server) -> None:
    watch(by_key.machine, "callfloor")


def test_a_supervisor_watches_a_sqlite_floor_without_a_right_to_write(watcher: Machine) -> None:
    watch(watcher, "chen")


def test_a_supervisor_watches_by_their_role_in_postgresql(by_account: Server) -> None:
    watch(by_account.machine, "chen")
