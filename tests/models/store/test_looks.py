"""What needs a look: every sort found a second time by a walk over all leads, touches and people."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from models import desks
from models.base import seconds
from models.campaigns import book
from models.desks.presence import State
from models.errors import Refused
from models.watching.cards import EVERYTHING, URGENCY, Selection, Signal
from models.watching.looks import looks
from models.watching.overview import overview
from tests.models.store import lives, watched
from tests.models.store.conftest import Anew
from tests.models.store.floors import HOUR, NOW, MadeFloor, write

DAY = timedelta(days=1)
OPEN = ("new", "offer", "deal")


@pytest.mark.parametrize("seed", range(5))
def test_every_sort_is_that_of_the_records(anew: Anew, seed: int) -> None:
    with anew() as made:
        lived = watched.Floor(made, Random(seed), leads=40)
        for _ in range(3):
            lived.goes_on(50)
            # A quiet time, so that something goes cold.
            lived.life.now += lived.random.choice((HOUR, 3 * DAY, 20 * DAY))
            lives.sweep(lived.now)
            for viewer, selection in _selections(made):
                _agrees(made, viewer, selection, lived.now)


def _selections(made: MadeFloor) -> list[tuple[int, Selection]]:
    south = Selection(team_id=made.teams["south"])
    return [
        (made.boss, EVERYTHING), (made.watcher, EVERYTHING), (made.boss, south),
        (made.boss, Selection(agent_id=made.people["ann"])), (made.boss, Selection(campaign_id=2)),
    ]  # fmt: skip


def _agrees(made: MadeFloor, viewer: int, selection: Selection, now: datetime) -> None:
    found = looks(viewer, selection, now, limit=200)
    team = made.teams["north"] if viewer == made.watcher else selection.team_id
    leads = [lead for lead in watched.rows("lead") if _is_seen(lead, team) and selection.campaign_id in (None, 1)]
    wanted = _wanted(leads, selection.agent_id, now)
    told = {signal: {look.lead_id for look in found.rows if look.signal is signal} for signal in wanted}
    assert told == wanted
    states = {one.agent_id: one.signal for one in overview(viewer, selection, now).agents}
    for signal in (Signal.SLOW_WRAP_UP, Signal.LONG_PAUSE, Signal.LINE_LOST):
        assert found.by_signal[signal] == list(states.values()).count(signal)
    assert found.count == len(found.rows) == sum(found.by_signal.values())
    order = [URGENCY.index(look.signal) for look in found.rows]
    assert order == sorted(order)
    assert all(look.at <= now for look in found.rows)


def _is_seen(lead: dict[str, Any], team: int | None) -> bool:
    is_pool = lead["team_id"] is None and lead["owner_id"] is None
    return lead["voided_at"] is None and (team is None or lead["team_id"] == team or is_pool)


def _wanted(leads: list[dict[str, Any]], agent: int | None, now: datetime) -> dict[Signal, set[int]]:
    stamp, stages, playbook = seconds(now), book(1).stage_codes, book(1).playbook
    lacking = [
        touch for touch in watched.rows("touch", "voided_by IS NULL AND lacks_next_step = 1")
        if touch["at"] in range(seconds(watched.midnight(now)), seconds(watched.midnight(now) + DAY))
        and agent in (None, touch["agent_id"])
    ]  # fmt: skip
    wanted: dict[Signal, set[int]] = {
        signal: set()
        for signal in (
            Signal.PROMISE_MISSED, Signal.FIRST_CALL_LATE, Signal.PAST_DWELL, Signal.SILENCE, Signal.NO_NEXT_STEP
        )
    }  # fmt: skip
    for lead in leads:
        code = stages[lead["stage_id"]]
        is_open, is_own = code in OPEN, agent in (None, lead["owner_id"])
        is_held = lead["holder_id"] is not None and (lead["wake_at"] or 0) > stamp
        dwell = playbook.stage(code).dwell_days if is_open else None
        touched = lead["touched_at"]
        if (
            lead["due_at"] is not None
            and lead["due_at"] < stamp
            and not is_held
            and agent in (None, lead["due_agent_id"])
        ):
            wanted[Signal.PROMISE_MISSED].add(lead["id"])
        if is_open and is_own and lead["fresh_until"] is not None and lead["fresh_until"] <= stamp and not is_held:
            wanted[Signal.FIRST_CALL_LATE].add(lead["id"])
        if dwell and is_own and stamp - lead["stage_since"] >= dwell * 86_400:
            wanted[Signal.PAST_DWELL].add(lead["id"])
        is_ready = lead["wake_at"] is None and lead["due_at"] is None
        if code in OPEN[1:] and is_own and touched is not None and is_ready and stamp - touched >= 14 * 86_400:
            wanted[Signal.SILENCE].add(lead["id"])
        if (
            is_open
            and lead["due_at"] is None
            and any(touch["lead_id"] == lead["id"] and touch["at"] >= (touched or 0) for touch in lacking)
        ):
            wanted[Signal.NO_NEXT_STEP].add(lead["id"])
    return wanted


def test_a_promise_is_missed_until_somebody_has_the_lead(made: MadeFloor) -> None:
    one = made.lead(company="Nord")
    made.log(made.take("ann", one), "callback", next_at=NOW + HOUR)
    assert looks(made.boss, EVERYTHING, NOW + HOUR).count == 0
    late = NOW + HOUR + timedelta(minutes=3)
    (look,) = looks(made.boss, EVERYTHING, late).rows
    assert (look.signal, look.at, look.company, look.agent) == (Signal.PROMISE_MISSED, NOW + HOUR, "Nord", "Ann")
    made.take("ann", one, late)
    assert looks(made.boss, EVERYTHING, late).count == 0


def test_a_cold_lead_says_since_when_and_how_many_days(made: MadeFloor) -> None:
    one = made.lead(owner="ann", amount="180000")
    made.move(made.take("ann", one), "offer")
    look = looks(made.boss, EVERYTHING, NOW + 16 * DAY).rows[-1]
    assert (look.signal, look.since, look.days, look.agent) == (Signal.PAST_DWELL, NOW, 16, "Ann")
    assert (look.at, look.stage) == (NOW + 2 * DAY, "offer")


def test_a_long_pause_says_its_code(made: MadeFloor) -> None:
    write(f"UPDATE campaign SET playbook = '{watched.PAUSES}' || playbook, edition = 'paused'")
    desks.log_in(made.people["ann"], NOW)
    desks.enter(made.people["ann"], State.PAUSE, code="break", now=NOW)
    later = NOW + timedelta(minutes=7)
    desks.seen(made.people["ann"], later)
    (look,) = looks(made.watcher, EVERYTHING, later).rows
    assert (look.signal, look.code, look.since) == (Signal.LONG_PAUSE, "break", NOW)
    assert (look.at, look.agent, look.lead_id) == (NOW + timedelta(minutes=5), "Ann", None)


def test_a_few_are_listed_and_all_are_counted(made: MadeFloor) -> None:
    leads = [made.lead(now=NOW, obtained=NOW, team=team) for team in ("north", "south", None) for _ in range(3)]
    later = NOW + timedelta(hours=5)
    few = looks(made.boss, EVERYTHING, later, limit=2)
    assert (len(few.rows), few.count) == (2, len(leads))
    assert looks(made.boss, EVERYTHING, later, limit=0).rows == ()


def test_agents_look_at_nothing(made: MadeFloor) -> None:
    with pytest.raises(Refused, match="supervisors_only"):
        looks(made.people["ann"], EVERYTHING, NOW)
