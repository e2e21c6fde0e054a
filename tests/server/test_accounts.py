"""An account for each person on PostgreSQL, and supervisors who may look at a SQLite floor and write nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.server.conftest import Server, leave
from tests.server.machine import FLOOR, LIBRARY, Machine

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
        runuser -u callfloor -- callfloor agent add chen --role supervisor --team north
        chgrp callfloor-supervisors /var/lib/callfloor {FLOOR}*
        chmod 2750 /var/lib/callfloor
        chmod 640 {FLOOR}*
    """)
    yield machine
    machine.sh(f"""
        userdel chen
        runuser -u callfloor -- callfloor agent leave chen
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
