"""Two processes draft a long list: this one, and a colleague who gets every other portion of its rows."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import islice
from multiprocessing.connection import Connection, Pipe
from pathlib import Path

from models.exchange.drafting import Drafter, Rows, Setting
from models.exchange.mapping import ListMap

OWN, COLLEAGUES = 500, 4_000
"""Rows of one portion: small ones here, so that the colleague does not wait for the next long."""
WORTH_IT = 20_000
"""Rows after which a colleague is called: a process takes half a second to begin."""

Portion = list[tuple[int, Sequence[str]]]
"""Rows with their numbers."""


class Drafters:
    """Drafts rows in whatever process has time; what is drafted may come out of order."""

    def __init__(self, setting: Setting, how: ListMap, names: Sequence[str], *, has_header: bool) -> None:
        self._asked = (setting, how, tuple(names), has_header)
        self.own = Drafter(setting, how, names, has_header=has_header)
        self.notes: Counter[str] = self.own.notes
        self._colleague: _Colleague | None = None
        self._portion: Portion = []
        """What the colleague has."""
        # Years that roll are counted in the order of the rows, by one.
        self._may_share = bool(sys.executable) and all(rule.year_rolls is None for rule in how.rules())

    def draft(self, rows: Iterable[tuple[int, Sequence[str]]], drafted: int) -> Rows | None:
        """Drafts the next portion here, or gives it away; None at the end of the rows.

        Args:
            rows: what is left of the list.
            drafted: how many rows there were before.
        """
        if self._may_share and drafted >= WORTH_IT and not self._portion:
            portion = list(islice(rows, COLLEAGUES))
            if not portion:
                return None
            self._give(portion)
            return Rows()
        count = 0
        for count, (row, cells) in enumerate(islice(rows, OWN), 1):  # noqa: B007
            self.own.draft(cells, row)
        return self._taken() if count else None

    def _taken(self) -> Rows:
        done = self._own_rows()
        if self._portion and (self._colleague is None or self._colleague.line.poll()):
            done.add(self._back())
        return done

    def _own_rows(self) -> Rows:
        done, self.own.rows = self.own.rows, Rows()
        return done

    def finish(self) -> Rows:
        """What is still away; the colleague goes home."""
        done = self._back() if self._portion else Rows()
        if self._colleague is not None:
            with suppress(*LOST):
                self._colleague.line.send(None)
                self.notes.update(self._colleague.line.recv())
        self.close()
        return done

    def close(self) -> None:
        """Ends the colleague, whatever it is at."""
        if self._colleague is not None:
            self._colleague.end()
            self._colleague = None

    def _give(self, portion: Portion) -> None:
        self._portion = portion
        try:
            self._colleague = self._colleague or _Colleague(self._asked)
            self._colleague.line.send(portion)
        except LOST:
            self._do_without()

    def _back(self) -> Rows:
        portion, self._portion = self._portion, []
        if self._colleague is not None:
            try:
                done: Rows = self._colleague.line.recv()
                return done
            except LOST:
                self._do_without()
        for row, cells in portion:
            self.own.draft(cells, row)
        return self._own_rows()

    def _do_without(self) -> None:
        """The colleague is gone, or never came: what it had is drafted here, like all that follows."""
        self.close()
        self._may_share = False


LOST = (EOFError, OSError)


class _Colleague:
    """A process of its own, begun anew and not by a fork: database, locks and signals stay with who began it."""

    def __init__(self, asked: tuple[object, ...]) -> None:
        self.line, there = Pipe()
        handle = there.fileno()
        path = str(Path(__file__).parents[2])
        code = f"import sys; sys.path.insert(0, {path!r}); from models.exchange.drafters import serve; serve({handle})"
        self._process = subprocess.Popen([sys.executable, "-c", code], pass_fds=[handle], stdin=subprocess.DEVNULL)
        there.close()
        self.line.send(asked)

    def end(self) -> None:
        """Ends it."""
        self.line.close()
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def serve(handle: int) -> None:
    """The colleague's whole life: takes portions from a pipe and gives back what it drafted."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for whoever began it
    with Connection(handle) as line, suppress(*LOST):
        setting, how, names, has_header = line.recv()
        drafter = Drafter(setting, how, names, has_header=has_header)
        while (portion := line.recv()) is not None:
            for row, cells in portion:
                drafter.draft(cells, row)
            done, drafter.rows = drafter.rows, Rows()
            line.send(done)
        line.send(drafter.notes)
