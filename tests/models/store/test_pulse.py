"""The live funnel: its figures and vital signs counted a second time from the moves by the heart's own definitions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest

import funnel
from models import targets
from models.base import moment, money, month_of, seconds
from models.campaigns import book
from models.cards import Scope
from models.errors import Refused
from models.watching.cards import EVERYTHING, Selection
from models.watching.pulse import pulse, won_cycles
from models.zones import month_span
from tests.models.store import watched
from tests.models.store.conftest import Anew
from tests.models.store.floors import NOW, MadeFloor, write


def stored() -> list[dict[str, Any]]:
    """All moves on record, in their order."""
    return sorted(watched.rows("stage_move", "voided_by IS NULL"), key=lambda row: (row["at"], row["id"]))


def as_move(row: dict[str, Any]) -> funnel.Move:
    """A move as the heart takes it."""
    codes = book(1).stage_codes
    origin, to = codes.get(row["from_stage_id"]), codes[row["to_stage_id"]]
    amount = money(row["amount"]) or Decimal(0)
    return funnel.Move(row["lead_id"], moment(row["at"]), origin, to, funnel.Way(row["way"]), amount)


def seconds_of(cycles: Iterable[timedelta]) -> list[int]:
    return sorted(cycle // timedelta(seconds=1) for cycle in cycles)


Sold = list[tuple[timedelta, int | None, int | None]]
"""The cycle of each deal, and the owner and the team that the lead had when it was sold."""


def sold(since: datetime, until: datetime) -> Sold:
    """By the heart, lead for lead."""
    found: Sold = []
    of_lead: dict[int, list[dict[str, Any]]] = {}
    for row in stored():
        of_lead.setdefault(row["lead_id"], []).append(row)
    for own in of_lead.values():
        last = [row for row in own if row["at"] < seconds(until)][-1:]
        cycles = funnel.won_cycles(book(1).playbook, map(as_move, own), since, until)
        found += [(cycle, last[0]["owner_id"], last[0]["team_id"]) for cycle in cycles]
    return found


@pytest.mark.parametrize("seed", range(3))
def test_cycles_are_those_of_the_heart(anew: Anew, seed: int) -> None:
    with anew() as made:
        random = Random(seed)
        lived = watched.Floor(made, random)
        found = 0
        for _ in range(3):
            lived.goes_on(60)
            since, until = sorted(NOW + (lived.now - NOW) * random.uniform(-0.2, 1.2) for _ in range(2))
            since, until = (at.replace(microsecond=0) for at in (since, until))
            deals = sold(since, until)
            found += len(deals)
            assert seconds_of(won_cycles(book(1), since, until)) == seconds_of(cycle for cycle, _, _ in deals)
            for value in range(1, 6):
                of_owner = won_cycles(book(1), since, until, "owner_id", value)
                assert seconds_of(of_owner) == seconds_of(cycle for cycle, owner, _ in deals if owner == value)
                of_team = won_cycles(book(1), since, until, "team_id", value)
                assert seconds_of(of_team) == seconds_of(cycle for cycle, _, team in deals if team == value)
        assert found


@pytest.mark.parametrize("seed", range(3))
def test_the_pulse_is_what_the_heart_says_of_the_records(anew: Anew, seed: int) -> None:
    with anew() as made:
        lived = watched.Floor(made, Random(seed))
        lived.goes_on(80)
        now, playbook = lived.now, book(1).playbook
        month = month_of(now.date())
        begins, ends = month_span(month)
        targets.set_target(
            month, team=None, login=None, deals=5, amount=Decimal(10**6), by=made.boss, token=made.token(), now=now
        )
        stages = {row["id"]: row["code"] for row in watched.rows("stage")}
        stock: dict[str, funnel.Tally] = {}
        for lead in watched.rows("lead"):
            tally = funnel.Tally(1, money(lead["amount"]) or Decimal(0))
            stock[stages[lead["stage_id"]]] = stock.get(stages[lead["stage_id"]], funnel.Tally()) + tally
        moves = list(map(as_move, stored()))
        counted = funnel.counted(playbook, stock, moves, begins, ends, funnel.Tally(5, Decimal(10**6)))
        cycles = funnel.won_cycles(playbook, moves, begins, ends)
        seen = pulse(made.boss, EVERYTHING, now)
        assert seen.panel.scope is Scope.FLOOR
        assert seen.vitals == funnel.vitals(playbook, counted, cycles)
        assert seen.shape == funnel.shape(playbook, counted, passed(now, begins, ends))
        assert seen.vitals.width.ratio == counted.coverage


def passed(now: datetime, begins: datetime, ends: datetime) -> Fraction:
    return Fraction((now - begins) // timedelta(seconds=1), (ends - begins) // timedelta(seconds=1))


def test_the_advice_is_the_playbooks_own(made: MadeFloor) -> None:
    said = """
advice = { gap_ahead = { en = "Turn them into B.", zh = "转成B。" } }
bounds = { enough_leavers = 1 }
"""
    write(f"UPDATE campaign SET playbook = '{said}' || playbook, edition = 'advised'")
    for _ in range(8):
        made.lead(now=NOW - timedelta(days=1))
    seen = pulse(made.boss, EVERYTHING, NOW)
    # Nobody wants anything, so the orders come; the top is full and the middle empty.
    assert (seen.shape, seen.advice.zh) == (funnel.Shape.GAP_AHEAD, "转成B。")


def test_who_watches_a_team_gets_its_funnel(made: MadeFloor) -> None:
    made.lead(team="north"), made.lead(team="south"), made.lead(owner="ann")
    assert pulse(made.boss, EVERYTHING, NOW).panel.funnel.stages[0].open.count == 3
    assert pulse(made.watcher, EVERYTHING, NOW).panel.scope is Scope.TEAM
    assert pulse(made.watcher, EVERYTHING, NOW).panel.funnel.stages[0].open.count == 2
    ann = Selection(agent_id=made.people["ann"])
    assert pulse(made.watcher, ann, NOW).panel.funnel.stages[0].open.count == 1
    with pytest.raises(Refused, match="not_found"):
        pulse(made.watcher, Selection(agent_id=made.people["cid"]), NOW)


def test_without_a_campaign_there_is_no_pulse(made: MadeFloor) -> None:
    write("UPDATE campaign SET closed_at = 1")
    with pytest.raises(Refused, match="no_campaign"):
        pulse(made.boss, EVERYTHING, NOW)
