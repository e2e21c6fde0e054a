"""What a shared server refuses: everything but their own desk to those who may log in, and to others all of it."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.server.conftest import leave
from tests.server.forms import Server
from tests.server.machine import PORT

pytestmark = pytest.mark.xdist_group("server")

SAID = "no command, no files, no forwarding here"
LI = "li.wei"


def refused(server: Server, *command: str) -> str:
    """Runs a client inside the machine; it fails, and says so."""
    done = subprocess.run(
        [*server.machine.outside, *command], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
    )
    assert done.returncode != 0, done
    return done.stdout + done.stderr


def ssh(server: Server, *options: str, key: str = LI, login: str = "") -> list[str]:
    """An ssh inside the machine, without the way into it."""
    return server.machine.ssh(login or server.login(LI), key, *options)[len(server.machine.outside) :]


@pytest.mark.parametrize("terminal", ["-T", "-tt"])
@pytest.mark.parametrize("command", ["sh -c id", "/usr/local/lib/callfloor/session desk boss"])
def test_no_command(server: Server, terminal: str, command: str) -> None:
    assert SAID in refused(server, *ssh(server, terminal), command)


def test_no_shell_without_a_terminal(server: Server) -> None:
    said = refused(server, *ssh(server, "-T"))
    assert "needs a terminal" in said


def test_no_subsystem(server: Server) -> None:
    refused(server, *ssh(server, "-s"), "sftp")


@pytest.mark.parametrize("tool", [["scp"], ["scp", "-O"]])
def test_no_copy(server: Server, tool: list[str]) -> None:
    there = f"{server.login(LI)}@127.0.0.1"
    options = [*server.machine.client(LI), "-P", PORT]
    assert "root:" not in refused(server, *tool, *options, f"{there}:/etc/passwd", "/tmp/taken")
    refused(server, *tool, *options, "/etc/hostname", f"{there}:/tmp/brought")
    server.machine.sh("test ! -e /tmp/taken; test ! -e /tmp/brought")


def test_no_sftp(server: Server) -> None:
    there = f"{server.login(LI)}@127.0.0.1"
    refused(server, "sftp", *server.machine.client(LI), "-P", PORT, f"{there}:/etc/passwd", "/tmp/taken")
    server.machine.sh("test ! -e /tmp/taken")


def test_no_line_through_the_server(server: Server) -> None:
    assert "prohibited" in refused(server, *ssh(server, "-W", f"127.0.0.1:{PORT}"))


@pytest.mark.parametrize("through", [["-L", "3333:127.0.0.1:2222"], ["-L", "3333:/run/sshd.pid"], ["-D", "3333"]])
def test_no_forwarding_from_the_caller(server: Server, through: list[str]) -> None:
    """ssh listens, for that is its own affair; the server lets nothing through."""
    machine = server.machine
    client = subprocess.Popen([*machine.outside, *ssh(server, "-N", "-v", *through)], stderr=subprocess.PIPE, text=True)
    try:
        assert client.stderr is not None
        knock = (
            "import socket; s = socket.create_connection(('127.0.0.1', 3333)); s.sendall(bytes.fromhex('050100')); {}"
        )
        if through[0] == "-D":  # greets, then asks for 127.0.0.1:2222
            rest = "s.recv(2); s.sendall(bytes.fromhex('050100017f00000108ae')); print(s.recv(99))"
        else:
            rest = "print(s.recv(99))"
        for line in client.stderr:
            if "Local forwarding listening" in line or "Entering interactive session" in line:
                break
        machine.run("python3", "-c", knock.format(rest), code=None)
        for line in client.stderr:
            if "administratively prohibited" in line or "open failed" in line:
                break
        else:
            pytest.fail("it was not refused")
    finally:
        client.kill()
        client.communicate()


@pytest.mark.parametrize("back", ["4444:127.0.0.1:2222", "/tmp/socket:127.0.0.1:2222"])
def test_no_forwarding_back(server: Server, back: str) -> None:
    said = refused(server, *ssh(server, "-N", "-o", "ExitOnForwardFailure=yes", "-R", back))
    assert "forwarding failed" in said


def test_no_tunnel(server: Server) -> None:
    refused(server, *ssh(server, "-N", "-o", "ExitOnForwardFailure=yes", "-w", "any"))


def test_no_agent_and_no_display(server: Server) -> None:
    server.machine.sh("ssh-agent -a /tmp/agent >/dev/null; touch /tmp/.Xauthority")
    options = ("-A", "-Y", "-o", "IdentityAgent=/tmp/agent", "-o", "ForwardAgent=yes")
    with server.window(LI, *options) as desk:
        desk.until(lambda screen: "queue" in screen)
        for pid in server.desks():
            assert not {"SSH_AUTH_SOCK", "DISPLAY"} & set(server.machine.environment(pid))
        assert server.machine.sh("ls -d /tmp/ssh-* 2>/dev/null || :") == ""
        leave(server, desk)


def test_nothing_of_the_callers_environment_comes_along_but_language_and_colours(server: Server) -> None:
    smuggled = {
        "LD_PRELOAD": "/tmp/x.so", "PATH": "/tmp", "PYTHONPATH": "/tmp", "ENV": "/tmp/rc", "BASH_ENV": "/tmp/rc",
        "CALLFLOOR_AGENT": "callfloor", "CALLFLOOR_DB": "/tmp/other.db", "CALLFLOOR_CONFIG": "/tmp/mine.toml",
        "TMUX": "/tmp/socket,1,0", "TMUX_TMPDIR": "/tmp", "EDITOR": "sh", "LC_IDENTIFICATION": "$(id)",
    }  # fmt: skip
    told = {"LANG": "zh_CN.UTF-8", "COLORTERM": "truecolor", "LC_MESSAGES": "../../tmp/x", "TZ": "Asia/Shanghai"}
    together = " ".join(f"{name}={value}" for name, value in (smuggled | told).items())
    with server.window(LI, "-o", f"SetEnv={together}") as desk:
        desk.until(lambda screen: "queue" in screen or "队列" in screen)
        (pid,) = server.desks()
        found = server.machine.environment(pid)
        leave(server, desk)
    assert not {name for name, value in smuggled.items() if found.get(name) == value}
    assert found.get("TZ") == "Asia/Shanghai"
    assert set(found) <= {
        "CALLFLOOR_AGENT", "COLORTERM", "HOME", "LANG", "LC_CTYPE", "LOGNAME", "PATH", "PWD", "SHELL", "TERM",
        "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "TMUX", "TMUX_PANE", "TMUX_TMPDIR", "TZ", "USER",
    }  # fmt: skip


def test_no_password(server: Server) -> None:
    """The account has one, and this sshd takes passwords of others."""
    ways = "-o", "PreferredAuthentications=password,keyboard-interactive", "-o", "PubkeyAuthentication=no"
    said = refused(server, *ssh(server, *ways))
    assert re.search(r"Permission denied \(publickey\)", said)


def test_no_unknown_key(server: Server) -> None:
    assert "Permission denied" in refused(server, *ssh(server, "-tt", key="unknown"))


ESCAPES = {
    "the prefix": b"\x02c\x02:\x02d\x02%\x02!", "stop": b"\x1a", "quit": b"\x1c", "interrupt": b"\x03",
    "palette": b"\x10!sh\r\x1b", "a shell": b"!sh\r", "a command line": b":!sh\r\x1b", "mouse": b"\x1b[<2;5;5M",
    "tmux's own": b"\x1bPtmux;\x1b\x1bc\x1b\\",
}  # fmt: skip


def test_no_key_leads_out_of_the_desk(server: Server) -> None:
    with server.desk(LI) as desk:
        before = server.machine.processes(server.login(LI))
        (pid,) = server.desks()
        for keys in ESCAPES.values():
            desk.type(keys)
        desk.type(b"?")  # answers still, so that what was typed before is through
        desk.until(lambda screen: "While you write" in screen)
        assert server.machine.processes(server.login(LI)) == before
        assert server.machine.run("ps", "--ppid", str(pid), "-o", "args=", code=None).strip() == ""
        desk.type(b"\x1b")
        desk.until(lambda screen: "While you write" not in screen)
        leave(server, desk)


def test_a_key_opens_its_own_persons_desk_only(by_key: Server) -> None:
    with by_key.desk("zhao.lei") as desk:
        (pid,) = by_key.desks()
        assert by_key.machine.environment(pid)["CALLFLOOR_AGENT"] == "zhao.lei"
        leave(by_key, desk)


@pytest.mark.parametrize("command", [[], ["id"], ["/usr/local/lib/callfloor/session"]])
def test_a_key_without_a_command_opens_nothing(by_key: Server, command: list[str]) -> None:
    """Somebody forgot it: there is no shell behind it."""
    said = refused(by_key, *ssh(by_key, "-tt", key="bare", login="callfloor"), *command)
    assert "an administrator" in said
    assert "uid=" not in said


def test_the_owner_of_the_floor_has_no_shell(by_key: Server) -> None:
    assert "needs a terminal" in by_key.machine.run("su", "-", "callfloor", code=2)
    assert "an administrator" in by_key.machine.run("su", "-", "callfloor", "-c", "id", code=2)
