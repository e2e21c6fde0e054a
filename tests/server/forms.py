"""The two forms of a shared server, each put on a bare machine as the page says, and how people come in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tests.server.machine import LIBRARY, Machine
from tests.tui.test_desk_kill import Window
from tests.tui.test_terminal import closed

SUPERVISOR = "chen"


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

    def desks(self, person: str = "li.wei") -> set[int]:
        """The numbers of the desks that run on a person's account."""
        running = self.machine.processes(self.login(person))
        return {pid for pid, command in running.items() if "callfloor desk" in command and "python" in command}


def key_line(made: Machine, kind: str, person: str) -> str:
    """A new key of the service account that opens a person's desk or monitor."""
    return f'restrict,pty,command="{LIBRARY}/session {kind} {person}" {made.key(person)}'


def serve_by_key(
    made: Machine, people: Sequence[str], lines: Iterable[str] = (), playbook: str = "telesales"
) -> Server:
    """One service account that owns a floor on SQLite; the key says who comes.

    Args:
        made: the machine.
        people: agents.
        lines: more keys.
        playbook: by its name, or a file in the machine.
    """
    made.install("keys")
    own = [*(key_line(made, "desk", person) for person in people), key_line(made, "monitor", SUPERVISOR)]
    made.write("/etc/callfloor/keys/callfloor", "\n".join([*own, *lines]) + "\n")
    _set_up(made, people, playbook)
    return Server(made, lambda _person: "callfloor")


def serve_by_account(made: Machine, people: Sequence[str], playbook: str = "telesales") -> Server:
    """An account for each person, on a floor on PostgreSQL; as `serve_by_key`."""
    made.install("accounts")
    made.start_postgres()
    made.sql("CREATE ROLE callfloor LOGIN")
    made.sql("CREATE DATABASE callfloor OWNER callfloor TEMPLATE template0 ENCODING UTF8")
    made.write("/etc/callfloor/config.toml", 'db = "postgresql:///callfloor?host=/run/postgresql"\n')
    groups = dict.fromkeys(people, "agents") | {SUPERVISOR: "supervisors"}
    for person, group in groups.items():
        made.sh(f"useradd --create-home --groups callfloor-{group} --shell {LIBRARY}/session {person}")
        made.write(f"/etc/callfloor/keys/{person}", made.key(person) + "\n")
    _set_up(made, people, playbook)
    made.sql(made.callfloor("grants"), "callfloor")
    return Server(made, lambda person: person)


def _set_up(made: Machine, people: Sequence[str], playbook: str) -> None:
    made.callfloor("init", "--zone", "Asia/Shanghai", "--region", "CN", "--playbook", playbook)
    made.callfloor("team", "add", "north")
    for person in people:
        made.callfloor("agent", "add", person, "--team", "north")
    made.callfloor("agent", "add", SUPERVISOR, "--role", "supervisor", "--team", "north")
    made.listen()
