"""Lines that break: tmux keeps a desk and the next log-in finds it; without tmux it ends and is resumed."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Callable

import pytest

from tests.server.conftest import leave, wait_until
from tests.server.forms import Server
from tests.tui.test_desk_kill import Window

pytestmark = pytest.mark.xdist_group("server")

Cut = Callable[[Server, Window], None]


def the_callers_end(_server: Server, window: Window) -> None:
    """As a laptop that loses its power."""
    window.program.send_signal(signal.SIGKILL)
    window.program.wait(10)


def the_servers_end(server: Server, window: Window) -> None:
    """As a line that sshd gives up."""
    sessions = [
        pid for pid, command in server.machine.processes("callfloor").items() if re.match(r"sshd: .*@", command)
    ]
    assert len(sessions) == 1
    server.machine.run("kill", "-KILL", str(sessions[0]))
    window.program.wait(20)


def has_line(server: Server, desk: int) -> bool:
    """Whether a desk would say that somebody sits at it."""
    told = server.machine.environment(desk)["TMUX"]
    ask = "from tui import line; print(line.is_there())"
    place = ["env", f"TMUX={told}", "runuser", "-u", "callfloor", "--", sys.executable, "-P", "-c", ask]
    return server.machine.run(*place) == "True\n"


CUTS = pytest.mark.parametrize("cut", [the_callers_end, the_servers_end])


def write_halfway(desk: Window, company: str) -> None:
    """Begins to write somebody new down."""
    desk.type(b"a")
    desk.until(lambda screen: "new lead" in screen)
    desk.type(company.encode())
    desk.until(lambda screen: company in screen)


@CUTS
def test_tmux_keeps_the_desk_and_the_next_log_in_finds_it(by_key: Server, cut: Cut) -> None:
    with by_key.desk("li.wei") as desk:
        (before,) = by_key.desks()
        write_halfway(desk, "Halfway Ltd")
        assert has_line(by_key, before)
        cut(by_key, desk)
    wait_until(lambda: not has_line(by_key, before))
    with by_key.window("li.wei") as desk:
        desk.until(lambda screen: "Halfway Ltd" in screen)
        assert by_key.desks() == {before}
        assert has_line(by_key, before)
        desk.type(b" & Sons")  # the cursor stands where it stood
        desk.until(lambda screen: "Halfway Ltd & Sons" in screen)
        desk.type(b"\x18")
        desk.until(lambda screen: "new lead ──" not in screen)
        leave(by_key, desk)


@CUTS
def test_without_tmux_the_desk_ends_with_its_line_and_the_next_one_has_what_was_typed(by_key: Server, cut: Cut) -> None:
    with by_key.desk("direct") as desk:
        (before,) = by_key.desks()
        write_halfway(desk, "Resumed Ltd")
        cut(by_key, desk)
        wait_until(lambda: not by_key.desks())
    with by_key.desk("direct") as desk:
        assert by_key.desks() != {before}
        if "Resumed Ltd" not in desk.screen:
            desk.type(b"a")
        desk.until(lambda screen: "Resumed Ltd" in screen)
        desk.type(b"\x18")
        desk.until(lambda screen: "Resumed Ltd" not in screen)
        leave(by_key, desk)


def test_a_second_log_in_takes_the_place_over(by_key: Server) -> None:
    with by_key.desk("li.wei") as first, by_key.window("li.wei") as second:
        second.until(lambda screen: "queue" in screen)
        first.program.wait(20)
        assert len(by_key.desks()) == 1
        leave(by_key, second)


def test_two_people_share_nothing(by_key: Server) -> None:
    with by_key.desk("li.wei") as one, by_key.desk("zhao.lei") as other:
        assert len(by_key.desks()) == 2
        assert "zhao.lei" in other.screen
        leave(by_key, other, stays=1)
        leave(by_key, one)


def test_a_desk_that_nobody_comes_back_to_ends_as_by_a_hang_up(by_key: Server) -> None:
    machine = by_key.machine
    settings = machine.run("cat", "/etc/callfloor/tmux.conf")
    machine.write("/etc/callfloor/tmux.conf", settings.replace("-d 600", "-d 1"))
    with by_key.desk("li.wei") as desk:
        the_callers_end(by_key, desk)
        wait_until(lambda: not machine.processes("callfloor"))
    machine.write("/etc/callfloor/tmux.conf", settings)


def test_why_a_desk_does_not_open_can_be_read(by_key: Server) -> None:
    with by_key.window("nobody.here") as desk:
        desk.until(lambda screen: "Nobody with the login nobody.here" in screen and "Enter ends this" in screen)
        desk.type(b"\r")
        desk.program.wait(20)
    wait_until(lambda: not by_key.machine.processes("callfloor"))
