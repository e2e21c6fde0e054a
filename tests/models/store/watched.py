"""A floor that somebody watches: random days of leads and of agents' states."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from models import desks
from models.base import proxy, rows_of
from models.connect import transact
from models.desks.presence import State
from models.journal import record
from tests.models.store import lives
from tests.models.store.floors import MadeFloor, write

AGENTS = ("ann", "bob", "cid", "dee")
CODES = ("lunch", "break", "meeting")
PAUSES = """
pauses = [
    { code = "lunch", name = { en = "Lunch", zh = "午" }, limit_minutes = 60 },
    { code = "break", name = { en = "Break", zh = "休" }, limit_minutes = 5 },
    { code = "meeting", name = { en = "Meeting", zh = "会" } },
]
"""


class Floor:
    """A floor that lives: leads are worked, agents change their states, records are taken back."""

    def __init__(self, made: MadeFloor, random: Random, *, leads: int = 30) -> None:
        write(f"UPDATE campaign SET playbook = '{PAUSES}' || playbook, edition = 'paused'")
        lives.people_it(made, random, leads)
        self.made, self.random = made, random
        self.life = lives.Life(made, random)

    @property
    def now(self) -> datetime:
        """This moment."""
        return self.life.now

    def goes_on(self, steps: int) -> None:
        """So many things happen."""
        for _ in range(steps):
            self.life.passes()
            self.random.choices((self.life.step, self.life.turn, self.life.undo), (80, 12, 8))[0]()
            for who in self.random.sample(AGENTS, 2):
                self._enters(self.made.people[who])
            if self.random.random() < 0.1:
                self._takes_back()

    def _enters(self, agent_id: int) -> None:
        state = self.random.choice(tuple(State))
        code = self.random.choice(CODES) if state is State.PAUSE else ""
        if self.random.random() < 0.1:
            desks.log_in(agent_id, self.now)
        elif self.random.random() < 0.4:
            desks.seen(agent_id, self.now)
        elif state is not State.LOST:
            desks.enter(agent_id, state, code=code, now=self.now)

    def _takes_back(self) -> None:
        """A touch is voided, as an undo does."""
        found = rows("touch", "voided_by IS NULL")
        if not found:
            return
        touch = self.random.choice(found)["id"]

        def command() -> int:
            undo = record(self.made.token(), "undo", self.made.boss, self.now)
            write(f"UPDATE touch SET voided_by = {undo} WHERE id = {touch}")
            return undo

        transact(command)


def rows(table: str, where: str = "1 = 1") -> list[dict[str, Any]]:
    """The rows of a table, by column."""
    names = [column.name for column in proxy.get_columns(table)]
    found = rows_of(f"SELECT {', '.join(names)} FROM {table} WHERE {where} ORDER BY 1")
    return [dict(zip(names, row, strict=True)) for row in found]


def midnight(now: datetime) -> datetime:
    """The begin of the floor's day, which is Berlin's winter day in these tests."""
    return (now + timedelta(hours=1)).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(hours=1)
