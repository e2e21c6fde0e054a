"""A colleague's steps keep the floor true and move its funnel."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from models import check, crew, queue
from models.base import proxy, rows_of
from models.demo import colleague
from models.demo.crew import COLLEAGUES
from models.lead import lane_of
from tests.models.demo.conftest import NOW

pytestmark = pytest.mark.xdist_group("demo")


def stock() -> dict[str, int]:
    return dict(rows_of("SELECT s.code, SUM(k.n) FROM stock k JOIN stage s ON s.id = k.stage_id GROUP BY s.code"))


@pytest.mark.usefixtures("own")
def test_three_hundred_steps() -> None:
    """Everything agrees afterwards, leads went on, some came, and all is on record."""
    rng, now = Random(7), NOW
    hands = [crew.agent_of(login).id for login in COLLEAGUES]
    before, last = stock(), rows_of("SELECT MAX(id) FROM journal")[0][0]
    deeds = Counter[str]()
    for step in range(300):
        now += timedelta(seconds=4)
        deeds[colleague.work_once(hands[step % len(hands)], now, rng).verb] += 1
    assert check.check(now) == ()
    assert deeds["promoted"] > 5
    assert deeds["took_in"] > 5
    assert deeds["logged"] > 20
    assert stock() != before
    verbs = {row[0] for row in rows_of("SELECT DISTINCT verb FROM journal WHERE id > ?", (last,))}
    assert {"log", "move", "take-in", "edit"} <= verbs
    assert rows_of("SELECT COUNT(*) FROM touch WHERE is_talk = 1 AND note = '' AND journal_id > ?", (last,))[0][0] == 0


@pytest.mark.usefixtures("own")
def test_a_lead_that_was_another_colleagues_is_out_of_sight_after_the_talk() -> None:
    """A promise that nobody made is everybody's in the team: kept, the lead is its owner's again, and no step fails."""
    worker = crew.agent_of(COLLEAGUES[0])
    leads = rows_of(
        "SELECT l.id FROM lead l JOIN stage s ON s.id = l.stage_id WHERE s.code = 'A' AND l.holder_id IS NULL "
        "AND l.team_id = ? AND l.owner_id <> ? AND l.barred = 0",
        (worker.team_id, worker.id),
    )
    deeds = Counter[str]()
    for number, (lead,) in enumerate(leads):
        lane, promised = lane_of(None, worker.team_id), int(NOW.timestamp()) - 3600
        proxy.execute_sql(f"UPDATE lead SET lane = {lane}, due_at = {promised}, due_agent_id = NULL WHERE id = {lead}")
        queue.take(worker.id, lead, NOW)
        deeds[colleague.work_once(worker.id, NOW, Random(number)).verb] += 1
    assert deeds["logged"] > 3


@pytest.mark.usefixtures("own")
def test_a_lead_is_held_between_two_steps_and_given_back() -> None:
    """Others see it in a colleague's hands; who goes home leaves none."""
    rng, agent = Random(3), crew.agent_of(COLLEAGUES[0]).id
    while (deed := colleague.work_once(agent, NOW, rng)).verb != "claimed":
        pass
    held = queue.held(agent, NOW)
    assert held is not None
    assert held.lead_id == deed.lead_id
    colleague.go_home(agent, NOW)
    assert queue.held(agent, NOW) is None
    assert check.check(NOW) == ()
