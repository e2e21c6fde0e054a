"""Writers that are killed at random, and what has to hold afterwards."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from models import check, queue
from models.base import rows_of, seconds
from models.connect import transact
from models.errors import Refused
from models.exchange import taking_back
from tests.models.race import crowd, paths
from tests.models.race.workers import NOW
from tests.models.store import floors


@dataclass(frozen=True)
class Aftermath:
    """What a storm left."""

    kills: int
    acknowledged: int
    lost: int
    """Acknowledged and not on record: none, ever."""
    twice: int
    stuck: int
    """Leads that did not come back by themselves."""
    faults: tuple[check.Discrepancy, ...]
    unavailable: tuple[str, ...]


def storm(url: str, folder: Path, *, writers: int, leads: int, duration: float, seed: int) -> Aftermath:
    """Kills one of the writers every few moments and sends another in, then looks at what is there."""
    agents = crowd.crowded(url, agents=writers, leads=leads)
    kills = crowd.loose("write", url, agents, folder, duration=duration, seed=seed)
    lines = crowd.told(folder)
    tokens = [(words[0], words[1]) for words in lines if words[0] in ("log", "move")]
    with floors.opened(url):
        recorded = {(verb, token) for verb, token in rows_of("SELECT verb, token FROM journal")}
        doubled = rows_of("SELECT journal_id FROM touch GROUP BY journal_id HAVING COUNT(*) > 1")
        faults = check.check(NOW)
        stuck = _stuck(agents[0])
        faults += check.check(NOW + timedelta(days=3))
    return Aftermath(
        kills,
        len(tokens),
        len(set(tokens) - recorded),
        len(doubled),
        stuck,
        faults,
        tuple(words[1] for words in lines if words[0] == "unavailable"),
    )


@dataclass(frozen=True)
class Crossing:
    """What a storm over all paths left."""

    kills: int
    acknowledged: int
    lost: int
    called_twice: tuple[tuple[paths.Hold, paths.Hold], ...]
    """Of leads that two agents had at once: none, ever."""
    written_late: tuple[paths.Line, ...]
    """Records of agents whose lead was another's by then: none, ever."""
    stuck: int
    faults: tuple[check.Discrepancy, ...]
    unavailable: tuple[str, ...]
    ways: frozenset[str]
    """Verbs on record: what was really done."""

    @property
    def is_well(self) -> bool:
        """Nothing is lost, doubled, stuck or counted wrong."""
        harm = (self.called_twice, self.written_late, self.faults, self.unavailable)
        return not any(harm) and (self.lost, self.stuck) == (0, 0)


def over_all_paths(
    url: str, folder: Path, *, agents: int, managers: int, leads: int, duration: float, seed: int, speed: float
) -> Crossing:
    """As `storm`, with agents who come to leads by every path and managers who change the floor under them.

    The storm's clock runs `speed` times as fast as the world's, so that claims run out in it; at 1 the managers use the
    command line too.
    """
    people = crowd.of_every_kind(url, agents=agents, managers=managers, leads=leads)
    paths.StormClock.start(folder, speed)
    (folder / "url").write_text(url)
    kills = crowd.loose("paths", url, people, folder, duration=duration, seed=seed)
    told, now = paths.lines(folder), paths.StormClock.of(folder).moment()
    tokens = {(what, rest[0]) for _at, what, _agent, _lead, rest in told if what in ("log", "move")}
    with floors.opened(url):
        _tidy(people[-1], now)
        recorded = {(verb, token) for verb, token in rows_of("SELECT verb, token FROM journal")}
        faults = check.check(now)
        stuck = _stuck(people[0], now)
        faults += check.check(now + timedelta(days=3))
    return Crossing(
        kills,
        len(tokens),
        len(tokens - recorded),
        tuple(paths.called_twice(told)),
        tuple(paths.written_late(told)),
        stuck,
        faults,
        tuple(words[1] for words in crowd.told(folder) if words[0] == "unavailable"),
        frozenset(verb for verb, _token in recorded),
    )


def _tidy(agent: int, now: datetime) -> None:
    """Takes back what a killed import left, as soon as the server has noticed that who held its lock is dead."""
    deadline = time.monotonic() + 30
    while True:
        try:
            taking_back.tidy(agent, now)
        except Refused:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _stuck(agent: int, now: datetime = NOW) -> int:
    """Leads that nobody is given when every claim and every sleep has run out."""
    later = now + timedelta(days=3)
    while rows_of("SELECT COUNT(*) FROM lead WHERE wake_at IS NOT NULL AND wake_at < ?", (seconds(later),))[0][0]:
        transact(lambda: queue.wake(later))
    held = rows_of("SELECT COUNT(*) FROM lead WHERE holder_id IS NOT NULL OR token IS NOT NULL")[0][0]
    waiting = (
        "SELECT COUNT(*) FROM lead l JOIN stage s ON s.id = l.stage_id WHERE s.kind = 'open' AND l.barred = 0 "
        "AND l.voided_at IS NULL AND l.wake_at IS "
    )
    asleep, ready = rows_of(waiting + "NOT NULL")[0][0], rows_of(waiting + "NULL")[0][0]
    is_served = not ready or queue.claim_next(agent, later) is not None
    return int(held + asleep + (0 if is_served else ready))
