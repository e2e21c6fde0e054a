"""Writers that are killed at random, and what has to hold afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from models import check, queue
from models.base import rows_of, seconds
from models.connect import transact
from tests.models.race import crowd
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


def _stuck(agent: int) -> int:
    """Leads that nobody is given when every claim and every sleep has run out."""
    later = NOW + timedelta(days=3)
    while rows_of("SELECT COUNT(*) FROM lead WHERE wake_at IS NOT NULL AND wake_at < ?", (seconds(later),))[0][0]:
        transact(lambda: queue.wake(later))
    ready = rows_of("SELECT COUNT(*) FROM lead WHERE wake_at IS NULL AND holder_id IS NULL AND token IS NULL")[0][0]
    assert queue.claim_next(agent, later) is not None
    return int(rows_of("SELECT COUNT(*) FROM lead")[0][0] - ready)
