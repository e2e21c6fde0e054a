"""What ends a session, over and over: clients, lines, tmux, desks, sshd and the database, each on the real process."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from random import Random

from tests.server.forms import Server
from tests.server.line import Line
from tests.server.typist import Typist


class Weather:
    """Strikes one of the typists, or all of them."""

    def __init__(self, server: Server, typists: Sequence[Typist], random: Random, *, has_postgres: bool) -> None:
        self.server = server
        self.typists = typists
        self.random = random
        self.struck: Counter[str] = Counter()
        self._blows: dict[str, Callable[[Typist, Line], Awaitable[object]]] = {
            "client killed": self._kill_client,
            "line cut": self._cut,
            "tmux killed": self._kill_tmux,
            "desk killed": lambda typist, line: self.signal(typist, "KILL"),
            "desk hung up": lambda typist, line: self.signal(typist, "HUP"),
            "desk terminated": lambda typist, line: self.signal(typist, "TERM"),
            "line stalled": self._stall,
            "logged in twice": self._double,
        }
        self._restarts: dict[str, Callable[[], None]] = {"sshd restarted": server.machine.restart_sshd}
        if has_postgres:
            self._restarts["PostgreSQL restarted"] = server.machine.restart_postgres

    async def rage(self, rounds: int, *, pause: float) -> None:
        """Strikes with everything in each round, in any order, about so many seconds apart."""
        for _ in range(rounds):
            due = [*self._blows, *self._restarts]
            self.random.shuffle(due)
            while due:
                await asyncio.sleep(self.random.uniform(0.5, 1.5) * pause)
                if await self._strike(due[-1]):
                    self.struck[due.pop()] += 1

    async def _strike(self, what: str) -> bool:
        """Whether there was somebody to strike: who comes or goes has nothing there."""
        if restart := self._restarts.get(what):
            await asyncio.to_thread(restart)
            return True
        there = [(one, one.line) for one in self.typists if one.line is not None and one.line.is_there]
        if not there:
            return False
        typist, line = self.random.choice(there)
        return await self._blows[what](typist, line) is not False

    # ── blows ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _kill_client(self, typist: Typist, line: Line) -> None:
        """As a laptop that loses its power."""
        line.is_cut = True
        line.program.kill()

    async def _stall(self, typist: Typist, line: Line) -> None:
        """As a line that nothing comes through for a while."""
        line.program.send_signal(signal.SIGSTOP)
        asyncio.get_running_loop().call_later(self.random.uniform(1, 4), self._go_on, line)

    def _go_on(self, line: Line) -> None:
        if line.is_there:
            line.program.send_signal(signal.SIGCONT)

    async def _double(self, typist: Typist, line: Line) -> None:
        typist.is_doubled = True

    async def _cut(self, typist: Typist, line: Line) -> bool:
        """The server's end of the line."""
        tree = await asyncio.to_thread(self._tree)
        clients = [parent for pid, (parent, command) in tree.items() if self._is_tmux(command, typist) and parent != 1]
        sessions = [pid for pid in clients if "sshd" in tree[pid][1]]
        return await self._kill(sessions, "KILL")

    async def _kill_tmux(self, typist: Typist, line: Line) -> bool:
        return await self._kill(self._tmux(await asyncio.to_thread(self._tree), typist), "KILL")

    async def signal(self, typist: Typist, name: str) -> bool:
        """Tells a person's desk something; whether there was one."""
        tree = await asyncio.to_thread(self._tree)
        shells = [pid for pid, (parent, _command) in tree.items() if parent in self._tmux(tree, typist)]
        desks = [pid for pid, (parent, command) in tree.items() if parent in shells and "callfloor desk" in command]
        return await self._kill(desks, name)

    # ── who is who ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _tree(self) -> dict[int, tuple[int, str]]:
        """Every process of the machine: number → parent, and account and command."""
        rows = [
            row.split(None, 2)
            for row in self.server.machine.run("ps", "-ww", "-eo", "pid=,ppid=,user:32=,args=").split("\n")
        ]
        return {int(row[0]): (int(row[1]), row[2]) for row in rows if len(row) == 3}

    def _is_tmux(self, command: str, typist: Typist) -> bool:
        """A person's own: named after them where one account serves all."""
        account = self.server.login(typist.person)
        name = "" if account == typist.person else typist.person
        return command.startswith(f"{account} ") and f" -L desk-{name} " in command

    def _tmux(self, tree: dict[int, tuple[int, str]], typist: Typist) -> list[int]:
        return [pid for pid, (parent, command) in tree.items() if parent == 1 and self._is_tmux(command, typist)]

    async def _kill(self, pids: Sequence[int], name: str) -> bool:
        if not pids:
            return False
        await asyncio.to_thread(self.server.machine.run, "kill", f"-{name}", *map(str, pids), code=None)
        return True
