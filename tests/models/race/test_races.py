"""Races between real processes on both databases: nobody is called by two, nothing acknowledged is lost."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from models import check
from models.base import rows_of
from tests.models.race import crowd, storm
from tests.models.race.workers import NOW
from tests.models.store import floors


def test_eight_race_for_five_hundred_leads(database_url: str, tmp_path: Path) -> None:
    """Every lead is handed out, and to one process only."""
    agents = crowd.crowded(database_url, agents=8, leads=500)
    crowd.loose("race", database_url, agents, tmp_path)
    told = crowd.told(tmp_path)
    handed = Counter(words[1] for words in told if words[0] == "handed")
    with floors.opened(database_url):
        assert rows_of("SELECT COUNT(DISTINCT lead_id), COUNT(*) FROM touch") == [(500, 500)]
        assert check.check(NOW) == ()
    assert len(handed) == 500
    assert set(handed.values()) == {1}
    # Who got none got none because there was none: at most what others were just being given.
    assert all(int(words[1]) < 8 for words in told if words[0] == "left")


def test_leads_that_move_every_way_at_once(database_url: str, tmp_path: Path) -> None:
    """Commands that lock the same counters in opposite order are repeated, not refused."""
    agents = crowd.crowded(database_url, agents=6, leads=150)
    crowd.loose("promote", database_url, agents, tmp_path)
    tokens = [words[1] for words in crowd.told(tmp_path)]
    with floors.opened(database_url):
        recorded = {row[0] for row in rows_of("SELECT token FROM journal WHERE verb = 'move'")}
        assert recorded == set(tokens)
        assert check.check(NOW) == ()


def test_undoing_while_others_take_the_leads(database_url: str, tmp_path: Path) -> None:
    """What was undone counts no more, what was not does, and no lead is in two hands."""
    agents = crowd.crowded(database_url, agents=6, leads=200)
    crowd.loose("regret", database_url, agents, tmp_path)
    told = crowd.told(tmp_path)
    undone = {words[1] for words in told if words[0] == "undone"}
    refused = Counter(words[2] for words in told if words[0] == "refused")
    with floors.opened(database_url):
        voided = {
            row[0]
            for row in rows_of(
                "SELECT j.token FROM journal j JOIN touch t ON t.journal_id = j.id WHERE t.voided_by IS NOT NULL"
            )
        }
        assert check.check(NOW) == ()
    assert voided == undone
    assert undone
    assert set(refused) <= {"held", "undo_worked_on"}


def test_writers_killed_at_random(database_url: str, tmp_path: Path) -> None:
    """No acknowledged record is lost, no lead is stuck, every counter agrees."""
    left = storm.storm(database_url, tmp_path, writers=20, leads=400, duration=2, seed=1)
    assert left.kills > 5
    assert left.acknowledged > 20
    assert (left.lost, left.twice, left.stuck, left.faults, left.unavailable) == (0, 0, 0, (), ())
