"""The doctor on a real server: nothing to say of one that was set up by the page, and every door that is left open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.server.forms import Server
from tests.server.machine import FLOOR, Machine

pytestmark = pytest.mark.xdist_group("server")

KEYS = "/etc/callfloor/keys/callfloor"


def faults(machine: Machine) -> dict[str, str]:
    """What the doctor finds as root: code → sentence."""
    command = "env", "-i", "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "callfloor", "doctor", "--json"
    said = json.loads(machine.run(*command, code=None))
    return {one["code"]: one["text"] for one in said["findings"] if one["level"] == "fault"}


@contextmanager
def edited(machine: Machine, path: str, script: str) -> Iterator[None]:
    """A file changed by sed for a while; what it was, and whose, comes back."""
    machine.run("cp", "--preserve=all", path, f"{path}.kept")
    machine.run("sed", "-i", script, path)
    try:
        yield
    finally:
        machine.run("cp", "--preserve=all", f"{path}.kept", path)


@pytest.fixture
def machine(by_key: Server) -> Iterator[Machine]:
    """The machine without the key that somebody forgot to tie."""
    with edited(by_key.machine, KEYS, "/ bare$/d"):
        yield by_key.machine


def test_a_server_as_the_page_sets_it_up_has_no_fault(machine: Machine) -> None:
    assert faults(machine) == {}


def test_a_forgotten_command_is_found(by_key: Server) -> None:
    assert list(faults(by_key.machine)) == ["sshd_loose_key"]


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ("DisableForwarding yes", "sshd_forwarding"),
        ("AuthenticationMethods publickey", "sshd_password"),
        ("AuthorizedKeysFile .*", "sshd_no_keys"),
    ],
)
def test_an_open_door_is_found(machine: Machine, setting: str, code: str) -> None:
    more = "s/PasswordAuthentication no/PasswordAuthentication yes/" if code == "sshd_password" else ""
    with edited(machine, "/etc/ssh/sshd_config.d/callfloor.conf", f"s|{setting}||;{more}"):
        assert code in faults(machine)


@pytest.mark.parametrize(
    ("mischief", "remedy", "code"),
    [
        (f"chmod 644 {FLOOR}", f"chmod 600 {FLOOR}", "file_read_by_all"),
        (f"chmod 606 {FLOOR}-gate", f"chmod 600 {FLOOR}-gate", "file_written_by_all"),
        (f"chown root {FLOOR}-bell", f"chown callfloor {FLOOR}-bell", "file_owner"),
        (f"chmod 666 {KEYS}", f"chmod 644 {KEYS}", "sshd_keys_writable"),
        ("chown callfloor /etc/callfloor/config.toml", "chown root /etc/callfloor/config.toml", "settings_writable"),
    ],
)
def test_what_belongs_to_others_is_found(machine: Machine, mischief: str, remedy: str, code: str) -> None:
    machine.sh(mischief)
    try:
        assert list(faults(machine)) == [code]
    finally:
        machine.sh(remedy)
