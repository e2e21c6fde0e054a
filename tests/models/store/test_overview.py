"""The floor at one moment: every figure of the overview counted a second time from the records themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

import funnel
from models import desks
from models.base import money, seconds
from models.desks.presence import State, as_of
from models.errors import Refused
from models.watching.cards import EVERYTHING, AgentRow, Selection, Signal
from models.watching.overview import overview
from tests.models.store import watched
from tests.models.store.conftest import Anew
from tests.models.store.floors import NOW, MadeFloor, row, write

LIMITS = {"lunch": timedelta(minutes=60), "break": timedelta(minutes=5)}


@pytest.mark.parametrize("seed", range(6))
def test_every_figure_is_that_of_the_records(anew: Anew, seed: int) -> None:
    with anew() as made:
        floor = watched.Floor(made, Random(seed))
        floor.goes_on(100)
        for _ in range(6):
            now = floor.now
            seen = overview(made.boss, EVERYTHING, now)
            at_work = {one.agent_id for one in desks.everybody() if one.state is not State.OFF}
            assert {one.agent_id for one in seen.agents} == {made.people[who] for who in watched.AGENTS} | at_work
            for agent in seen.agents:
                assert agent == _counted(agent, made, now)
            assert seen.calls == sum(agent.calls for agent in seen.agents)
            assert seen.by_state[State.OFF] + seen.on == len(seen.agents)
            floor.goes_on(floor.random.choice((1, 5, 20)))


def _counted(agent: AgentRow, made: MadeFloor, now: datetime) -> AgentRow:
    """The same row from raw touches, moves, leads and spells."""
    begins = watched.midnight(now)
    ends = begins + timedelta(days=1)
    today = range(seconds(begins), seconds(ends))
    touches = [t for t in watched.rows("touch", "voided_by IS NULL") if t["agent_id"] == agent.agent_id]
    mine = [t for t in touches if t["at"] in today]
    answers = [t for t in mine if t["answers_at"] in today]
    won = {s["id"] for s in watched.rows("stage") if s["kind"] == "won"}
    sold = [
        m
        for m in watched.rows("stage_move", "voided_by IS NULL")
        if m["agent_id"] == agent.agent_id and m["to_stage_id"] in won and m["at"] in today
    ]
    leads = watched.rows("lead")
    overdue = [
        lead for lead in leads
        if lead["due_agent_id"] == agent.agent_id and lead["due_at"] is not None
        and seconds(begins) <= lead["due_at"] <= seconds(now)
    ]  # fmt: skip
    held = [one for one in leads if one["holder_id"] == agent.agent_id and (one["wake_at"] or 0) > seconds(now)]
    raw = {one.agent_id: one for one in desks.everybody()}.get(agent.agent_id)
    one = as_of(raw, now) if raw else None
    account = desks.account(agent.agent_id, begins, ends) if raw else None
    hours = Fraction(account.logged_in // timedelta(microseconds=1)) if account else Fraction(0)
    stages = {s["id"]: s["code"] for s in watched.rows("stage")}
    talks = sum(t["is_talk"] for t in mine)
    pause = LIMITS.get(one.code) if one and one.state is State.PAUSE else None
    limit = timedelta(seconds=120) if one and one.state is State.WRAP_UP else pause
    signal = {State.WRAP_UP: Signal.SLOW_WRAP_UP, State.PAUSE: Signal.LONG_PAUSE}.get(one.state) if one else None
    if one and one.state is State.LOST:
        signal = Signal.LINE_LOST
    elif not (one and limit and now - one.since > limit):
        signal = None
    person = next(a for a in watched.rows("agent") if a["id"] == agent.agent_id)
    team = {t["id"]: t["name"] for t in watched.rows("team")}.get(person["team_id"], "")
    return AgentRow(
        agent.agent_id, person["login"], person["name"], team,
        one.state if one else State.OFF, one.code if one else "", one.since if one else None, limit,
        held[0]["id"] if held else None, held[0]["company"] if held else "",
        stages[held[0]["stage_id"]] if held else "",
        sum(t["kind"] == "call" for t in mine), talks,
        talks * Fraction(3_600_000_000) / hours if hours else None,
        sum(t["at"] <= t["answers_at"] + 900 for t in answers), len(answers) + len(overdue),
        funnel.Tally(len(sold), sum((money(m["amount"]) or Decimal(0) for m in sold), Decimal(0))),
        Fraction(account.wait // timedelta(microseconds=1)) / hours if account and hours else None,
        signal,
    )  # fmt: skip


def test_a_team_is_all_that_its_supervisor_sees(made: MadeFloor) -> None:
    own, other = made.lead(team="north"), made.lead(team="south")
    made.take("ann", own), made.take("cid", other)
    for viewer in (made.watcher, made.boss):
        selection = Selection(team_id=made.teams["north"])
        agents = overview(viewer, selection, NOW).agents
        assert [(one.name, one.company) for one in agents] == [("Ann", row(own).company), ("Bob", "")]
    everybody = {one.name: one.lead_id for one in overview(made.boss, EVERYTHING, NOW).agents}
    assert everybody == {"Ann": own, "Bob": None, "Cid": other, "Dee": None}
    # A supervisor who asks for another team still looks at their own.
    south = overview(made.watcher, Selection(team_id=made.teams["south"]), NOW)
    assert [one.name for one in south.agents] == ["Ann", "Bob"]
    assert [one.name for one in overview(made.boss, Selection(agent_id=made.people["dee"]), NOW).agents] == ["Dee"]


def test_a_lead_of_another_team_in_hand_is_not_told(made: MadeFloor) -> None:
    lead = made.lead(team="south")
    made.take("cid", lead)
    write(f"UPDATE agent SET team_id = {made.teams['north']} WHERE id = {made.people['cid']}")
    seen = {one.name: one for one in overview(made.watcher, EVERYTHING, NOW).agents}
    assert (seen["Cid"].lead_id, seen["Cid"].company, seen["Cid"].stage) == (None, "", "")


def test_one_campaign_counts_its_own_leads_only(made: MadeFloor) -> None:
    made.log(made.take("ann", made.lead()), "talked")
    assert overview(made.boss, Selection(campaign_id=1), NOW).talks == 1
    assert overview(made.boss, Selection(campaign_id=2), NOW).talks == 0


def test_agents_watch_nobody(made: MadeFloor) -> None:
    with pytest.raises(Refused, match="supervisors_only"):
        overview(made.people["ann"], EVERYTHING, NOW)
    write(f"UPDATE agent SET left_at = 1 WHERE id = {made.watcher}")
    with pytest.raises(Refused, match="supervisors_only"):
        overview(made.watcher, EVERYTHING, NOW)


def test_a_supervisor_without_a_team_watches_nobody(made: MadeFloor) -> None:
    made.take("ann", made.lead())
    write(f"UPDATE agent SET team_id = NULL WHERE id = {made.watcher}")
    assert overview(made.watcher, EVERYTHING, NOW).agents == ()


def test_who_needs_a_look_stands_first(made: MadeFloor) -> None:
    """Lost lines, then slow wrap-ups, the longest first; the others by name, and who is off at the end."""
    people = made.people
    desks.enter(people["ann"], State.READY, now=NOW)
    desks.enter(people["bob"], State.WRAP_UP, now=NOW - timedelta(minutes=3))
    desks.enter(people["cid"], State.WRAP_UP, now=NOW - timedelta(minutes=9))
    for who in ("ann", "bob", "cid"):
        desks.seen(people[who], NOW)
    assert _order(made, NOW) == ["Cid", "Bob", "Ann", "Dee"]
    # The clock alone moves nobody.
    assert _order(made, NOW + timedelta(seconds=30)) == ["Cid", "Bob", "Ann", "Dee"]
    desks.seen(people["bob"], NOW + timedelta(minutes=2))
    desks.seen(people["cid"], NOW + timedelta(minutes=2))
    assert _order(made, NOW + timedelta(minutes=2)) == ["Ann", "Cid", "Bob", "Dee"]


def _order(made: MadeFloor, now: datetime) -> list[str]:
    return [one.name for one in overview(made.boss, EVERYTHING, now).agents]
