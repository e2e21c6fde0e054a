"""One machine for all tests of the shared server, and two forms of it: a service account, and an account each."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.server.forms import Server, key_line, serve_by_account, serve_by_key
from tests.server.machine import Machine, machine, missing
from tests.tui.test_desk_kill import Window
from tests.tui.test_terminal import is_restored

FORMS = ("by_key", "by_account") if os.environ.get("SERVER_FORMS") == "all" else ("by_key",)
"""Every refusal is tried on the first; `make server` tries it on both."""
PEOPLE = ("li.wei", "zhao.lei")


def wait_until(is_so: Callable[[], object], seconds: float = 30) -> None:
    """Asks again until it is so."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it never came to be"
        time.sleep(0.05)


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
    lines = [
        key_line(made, "desk", "nobody.here"),
        key_line(made, "direct", "direct"),
        made.key("bare"),  # an administrator's mistake
    ]
    made.key("unknown")
    found = serve_by_key(made, PEOPLE, lines)
    made.callfloor("agent", "add", "direct", "--team", "north")
    made.run("chpasswd", text="callfloor:secret\n")
    return found


@pytest.fixture(scope="session")
def by_account(bare: Callable[[], Machine]) -> Server:
    """An account for each person, on PostgreSQL, where the server lets them in by their system account."""
    made = bare()
    made.key("unknown")
    found = serve_by_account(made, PEOPLE)
    made.run("chpasswd", text="".join(f"{person}:secret\n" for person in PEOPLE))
    return found


@pytest.fixture(params=FORMS)
def server(request: pytest.FixtureRequest) -> Server:
    """Each form in turn."""
    found: Server = request.getfixturevalue(request.param)
    return found
