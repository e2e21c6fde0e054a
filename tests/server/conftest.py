"""One machine for all tests of the shared server, and two forms of it: a service account, and an account each."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest

from tests.server.machine import LIBRARY, Machine, machine, missing
from tests.tui.test_desk_kill import Window
from tests.tui.test_terminal import closed, is_restored

FORMS = ("by_key", "by_account") if os.environ.get("SERVER_FORMS") == "all" else ("by_key",)
"""Every refusal is tried on the first; `make server` tries it on both."""
PEOPLE = ("li.wei", "zhao.lei")


def wait_until(is_so: Callable[[], object], seconds: float = 30) -> None:
    """Asks again until it is so."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it never came to be"
        time.sleep(0.05)


@dataclass(frozen=True)
class Server:
    """A machine with a floor, and how people get in."""

    machine: Machine
    login: Callable[[str], str]
    """Person → the account that they log in to."""

    @contextmanager
    def window(self, person: str, *options: str) -> Iterator[Window]:
        """A person's terminal with an ssh in it."""
        with closed(Window(self.machine.ssh(self.login(person), person, *options))) as found:
            yield found

    @contextmanager
    def desk(self, person: str, *options: str) -> Iterator[Window]:
        """The same, when the desk is there."""
        with self.window(person, *options) as found:
            found.until(lambda screen: "queue" in screen)
            yield found

    def desks(self, person: str = PEOPLE[0]) -> set[int]:
        """The numbers of the desks that run on a person's account."""
        running = self.machine.processes(self.login(person))
        return {pid for pid, command in running.items() if "callfloor desk" in command and "python" in command}


def leave(server: Server, desk: Window, *, person: str = PEOPLE[0], stays: int = 0) -> None:
    """Leaves the desk: the line ends well, and nothing of it is left on the server."""
    desk.type(b"q")
    desk.read_until(is_restored)
    assert desk.program.wait(20) == 0
    wait_until(lambda: len(server.desks(person)) == stays)
    if not stays:
        wait_until(lambda: not server.machine.processes(server.login(person)))


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Machine]]:
    """Makes machines without callfloor; skips, in words, where there can be none."""
    if why := missing():
        pytest.skip(f"the shared server was not tried: {why}")
    with ExitStack() as stack:
        yield lambda: stack.enter_context(machine(tmp_path_factory.mktemp("machine")))


@pytest.fixture(scope="session")
def by_key(bare: Callable[[], Machine]) -> Server:
    """One service account; the key says who comes."""
    made = bare()
    made.install("keys")
    lines = [f'restrict,pty,command="{LIBRARY}/session desk {person}" {made.key(person)}' for person in PEOPLE]
    lines += [
        f'restrict,pty,command="{LIBRARY}/session direct direct" {made.key("direct")}',
        f'restrict,pty,command="{LIBRARY}/session desk nobody.here" {made.key("nobody.here")}',
        f'restrict,pty,command="{LIBRARY}/session monitor chen" {made.key("chen")}',
        made.key("bare"),  # an administrator's mistake
    ]
    made.write("/etc/callfloor/keys/callfloor", "\n".join(lines) + "\n")
    made.key("unknown")
    made.run("chpasswd", text="callfloor:secret\n")
    _set_up(made, (*PEOPLE, "direct"))
    return Server(made, lambda _person: "callfloor")


@pytest.fixture(scope="session")
def by_account(bare: Callable[[], Machine]) -> Server:
    """An account for each person, on PostgreSQL, where the server lets them in by their system account."""
    made = bare()
    made.install("accounts")
    made.start_postgres()
    made.sql("CREATE ROLE callfloor LOGIN")
    made.sql("CREATE DATABASE callfloor OWNER callfloor TEMPLATE template0 ENCODING UTF8")
    made.write("/etc/callfloor/config.toml", 'db = "postgresql:///callfloor?host=/run/postgresql"\n')
    for person in PEOPLE:
        made.sh(f"useradd --create-home --groups callfloor-agents --shell {LIBRARY}/session {person}")
        made.write(f"/etc/callfloor/keys/{person}", made.key(person) + "\n")
    made.sh(f"useradd --create-home --groups callfloor-supervisors --shell {LIBRARY}/session chen")
    made.write("/etc/callfloor/keys/chen", made.key("chen") + "\n")
    made.key("unknown")
    made.run("chpasswd", text="".join(f"{person}:secret\n" for person in PEOPLE))
    _set_up(made, PEOPLE)
    made.sql(made.callfloor("grants"), "callfloor")
    return Server(made, lambda person: person)


@pytest.fixture(params=FORMS)
def server(request: pytest.FixtureRequest) -> Server:
    """Each form in turn."""
    found: Server = request.getfixturevalue(request.param)
    return found


def _set_up(made: Machine, people: tuple[str, ...]) -> None:
    made.callfloor("init", "--zone", "Asia/Shanghai", "--region", "CN")
    made.callfloor("team", "add", "north")
    for person in people:
        made.callfloor("agent", "add", person, "--team", "north")
    made.callfloor("agent", "add", "chen", "--role", "supervisor", "--team", "north")
    made.listen()
