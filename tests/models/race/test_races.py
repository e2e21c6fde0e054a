"""Races between real processes on both databases: nobody is called by two, nothing acknowledged is lost."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from threading import Thread

import psycopg

from models import check
from models.base import rows_of
from tests.models.race import crowd, paths, storm
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


def test_people_taken_on_by_several_at_once(database_url: str, tmp_path: Path) -> None:
    """Each has a seat in every lane that is theirs, and nobody is refused for what another was doing."""
    agents = crowd.crowded(database_url, agents=4, leads=1)
    crowd.loose("hire", database_url, agents, tmp_path)
    with floors.opened(database_url):
        seats = rows_of("SELECT COUNT(*) FROM seat s JOIN agent a ON a.id = s.agent_id WHERE a.login LIKE ?", ("new%",))
    assert len(crowd.told(tmp_path)) == 24
    assert seats == [(24 * 3,)]


def test_a_storm_over_all_paths(database_url: str, tmp_path: Path) -> None:
    """Next, find, promises, history, links, lists, hand-over, bans: no lead is ever in two hands."""
    left = storm.over_all_paths(database_url, tmp_path, agents=10, managers=2, leads=60, duration=4, seed=1, speed=60)
    assert left.is_well, left
    assert left.kills > 5
    assert {"log", "move", "sleep", "edit", "take-in", "undo", "import", "agent-leave", "suppress"} <= left.ways


def test_a_storm_notices_what_must_not_be() -> None:
    """Two who had a lead at once, and a record of somebody whose lead was another's, are found."""
    ann, bob, lead = 1, 2, 7
    told: list[paths.Line] = [
        (1.0, "handed", ann, lead, ("100.0", "0.9")),
        (2.0, "handed", bob, lead, ("100.0", "1.9")),
        (3.0, "log", ann, lead, ("token", "2.5")),
    ]
    assert [(one.agent, other.agent) for one, other in paths.called_twice(told)] == [(ann, bob)]
    assert paths.written_late(told) == [told[2]]
    told.insert(1, (1.5, "ending", ann, lead, ()))
    assert paths.called_twice(told) == []
    ran_out: list[paths.Line] = [(1.0, "handed", ann, lead, ("1.8", "0.9")), told[2]]
    assert paths.called_twice(ran_out) == []
    again: list[paths.Line] = [
        (1.0, "handed", ann, lead, ("1.8", "0.9")),
        (2.0, "handed", bob, lead, ("100.0", "1.9")),
        (3.0, "ending", bob, lead, ()),
        (4.0, "handed", ann, lead, ("100.0", "3.9")),
    ]
    assert paths.called_twice(again) == []
    lost_before_it_was_told: list[paths.Line] = [(0.95, "revoking", 9, 0, (str(ann),)), (0.99, "revoked", 9, 0, ())]
    assert paths.handed([*lost_before_it_was_told, told[0]]) == []


def test_lines_that_are_cut_at_random(fresh_postgres: str, tmp_path: Path) -> None:
    """Before a command, in its middle, while it is being committed: asked again, each log is there once."""
    agents = crowd.crowded(fresh_postgres, agents=6, leads=300)
    cut, working = 0, Thread(target=crowd.loose, args=("persist", fresh_postgres, agents, tmp_path))
    working.start()
    with psycopg.connect(fresh_postgres, autocommit=True) as server:
        while working.is_alive():
            found = server.execute(
                "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                "AND datname = current_database() AND state <> 'idle' ORDER BY random() LIMIT 1) AS one"
            )
            cut += len(found.fetchall())
            working.join(0.02)
    tokens = [words[1] for words in crowd.told(tmp_path)]
    assert cut > 5
    assert len(tokens) == 6 * 30
    with floors.opened(fresh_postgres):
        recorded = Counter(
            row[0] for row in rows_of("SELECT j.token FROM touch t JOIN journal j ON j.id = t.journal_id")
        )
        assert recorded == Counter(tokens)
        assert check.check(NOW) == ()
