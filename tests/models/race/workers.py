"""The processes of a race: real commands on a floor, each told to a file that outlives whoever is killed.

Run as `python -m tests.models.race.workers KIND URL FOLDER SECONDS SEED AGENT…`. One process imports everything and
then makes the others, so that a killed one is followed by the next within milliseconds.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

from models import connect, crew, ledger, queue, undoing
from models.base import new_token, rows_of
from models.cards import Claim
from models.errors import Refused, Stale, Unavailable
from models.people import Role
from tests.models.race import paths

T = TypeVar("T")

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
LEAST = 50
"""A storm goes on until so much was acknowledged, however busy the machine is."""


class Told:
    """Lines that outlive the process: each is on the disk before the next command begins."""

    def __init__(self, path: Path) -> None:
        self.folder = path.parent
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def tell(self, *words: object) -> None:
        """One line."""
        os.write(self.file, (" ".join(map(str, words)) + "\n").encode())
        os.fsync(self.file)


def race(agent: int, told: Told) -> None:
    """Takes the next lead until there is none, and closes each; tells how many were ready when it got none."""
    while claim := queue.claim_next(agent, NOW):
        told.tell("handed", claim.lead_id)
        ledger.log_touch(claim, ledger.Entry("wrong"), token=new_token(), now=NOW)
    told.tell("left", rows_of("SELECT COUNT(*) FROM lead WHERE wake_at IS NULL")[0][0])


def write(agent: int, told: Told) -> None:
    """Works as fast as it can for ever: claims, moves and logs, and tells each token that was acknowledged."""
    random, now, keeper = Random(os.getpid()), NOW, os.getppid()
    while os.getppid() == keeper:
        now += timedelta(seconds=random.choice((1, 5, 20)))
        claim = queue.claim_next(agent, now)
        if claim is None:
            now += timedelta(minutes=30)
            continue
        with suppress(Stale):  # its clock ran ahead of the others'
            _work(claim, random, now, told)


def _work(claim: Claim, random: Random, now: datetime, told: Told) -> None:
    if random.random() < 0.5:
        _move(claim, random.choice(("new", "offer", "deal")), now, told)
    token = new_token()
    entry = ledger.Entry(random.choice(("no_answer", "talked")), sleep_until=now + timedelta(minutes=3))
    ledger.log_touch(claim, entry, token=token, now=now)
    told.tell("log", token)


def _move(claim: Claim, to: str, now: datetime, told: Told) -> None:
    token = new_token()
    with suppress(Refused):  # it stands there already
        ledger.move(claim, to, reason="so", token=token, now=now)
        told.tell("move", token)


def promote(agent: int, told: Told) -> None:
    """Moves leads of one pool up and down: rows of the same counters in every order."""
    random = Random(agent)
    for _ in range(20):
        claim = queue.claim_next(agent, NOW)
        assert claim is not None
        for _ in range(3):
            _move(claim, random.choice(("new", "offer", "deal")), NOW, told)
        ledger.log_touch(claim, ledger.Entry("no_answer"), token=new_token(), now=NOW)


def regret(agent: int, told: Told) -> None:
    """Logs and takes it back, while others look for leads to take: whoever was first has the lead."""
    for _ in range(15):
        claim, token = queue.claim_next(agent, NOW), new_token()
        assert claim is not None
        ledger.log_touch(claim, ledger.Entry("no_answer"), token=token, now=NOW)
        for (lead,) in rows_of("SELECT lead_id FROM journal WHERE verb = 'log' ORDER BY id DESC LIMIT 2"):
            with suppress(Stale):
                queue.take(agent, lead, NOW)
        try:
            undone = undoing.undo(agent, token, token=new_token(), now=NOW)
        except (Stale, Refused) as error:
            told.tell("refused", token, error.code)
        else:
            told.tell("undone", token)
            ledger.log_touch(undone.claim, ledger.Entry("talked"), token=new_token(), now=NOW)


def hire(agent: int, told: Told) -> None:
    """Takes people on, as the manager, while others do."""
    boss = rows_of("SELECT id FROM agent WHERE role = 'manager'")[0][0]
    for number in range(6):
        login = f"new{agent}-{number}"
        crew.add_agent(login, name=login, role=Role.AGENT, team="north", by=boss, token=new_token(), now=NOW)
        told.tell("hired", login)


def persist(agent: int, told: Told) -> None:
    """Works on lines that are cut at any moment: whatever was not answered is asked once more, under the same name."""
    for _ in range(30):
        claim = _until_answered(lambda: queue.claim_next(agent, NOW))
        assert claim is not None
        token, entry = new_token(), ledger.Entry("no_answer")
        _until_answered(lambda: ledger.log_touch(claim, entry, token=token, now=NOW))  # noqa: B023  called at once
        told.tell("log", token)


def _until_answered(work: Callable[[], T]) -> T:
    while True:
        with suppress(Unavailable):
            return work()


KINDS: dict[str, Callable[[int, Told], None]] = {
    "race": race, "write": write, "promote": promote, "regret": regret, "hire": hire, "paths": paths.play,
    "persist": persist,
}  # fmt: skip
ENDLESS = {"write": 0.2, "paths": 1.0}
"""Kinds that go on until they are killed, and seconds at most from one killing to the next."""


def begin(kind: str, url: str, agent: str, path: Path, wait: int, go: int | None = None) -> int:
    """A new process that connects, waits until all others have let go of the gate, and does its work."""
    if child := os.fork():
        return child
    if go is not None:
        os.close(go)
    code, told = 1, Told(path)
    try:
        connect.use(url)
        os.read(wait, 1)
        KINDS[kind](int(agent), told)
        code = 0
    except Unavailable as trouble:
        told.tell("unavailable", trouble.code)
    except Exception:  # noqa: BLE001 - whatever it is, the copy of the keeper ends here
        traceback.print_exc()
    finally:
        os._exit(code)


def main(kind: str, url: str, folder: str, duration: str, seed: str, *agents: str) -> None:
    """Lets the processes begin together; at the end kills those that are left. Prints how many it killed."""
    random, place = Random(int(seed)), Path(folder)
    wait, go = os.pipe()
    running = {agent: begin(kind, url, agent, place / f"told-{agent}-0", wait, go) for agent in agents}
    os.close(go)
    kills, ends = 0, time.monotonic() + float(duration)
    while kind in ENDLESS and (time.monotonic() < ends or _is_too_little(kind, place)):
        time.sleep(random.uniform(0, ENDLESS[kind]))
        agent = random.choice(agents)
        _end(running[agent])
        kills += 1
        running[agent] = begin(kind, url, agent, place / f"told-{agent}-{kills}", wait)
    for child in running.values():
        if kind in ENDLESS:
            _end(child)
        elif os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
            sys.exit("a process of the race failed")
    print(kills)


def _is_too_little(kind: str, place: Path) -> bool:
    acknowledged = sum(path.read_bytes().count(b"\n") for path in place.glob("told-*"))
    return acknowledged < LEAST or (kind == "paths" and bool(paths.untried(place)))


def _end(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
