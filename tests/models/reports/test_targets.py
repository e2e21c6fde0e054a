"""How far targets are reached: by hand, and against plain Python on random floors."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from funnel import Tally
from models import targets
from models.errors import Refused
from models.reports.periods import PeriodKind, between, period
from models.reports.slices import By, Slice
from models.reports.targets import Staged, attainments
from models.targets import Goal
from tests.models.reports import second_way
from tests.models.store.conftest import Anew
from tests.models.store.floors import NOW, MadeFloor

ALL = Slice(1)
MARCH = 2026 * 12 + 2


def wants(made: MadeFloor, month: int = MARCH, **values: Any) -> None:
    given = {"team": None, "login": None, "deals": None, "amount": None, **values}
    targets.set_target(month, **given, by=made.boss, token=made.token(), now=NOW)


def test_money_deals_calls_talks_and_entries(made: MadeFloor) -> None:
    """Ann has won one of two deals with one call; an open offer of 400 covers half of what is missing."""
    wants(made, login="ann", deals=2, amount=Decimal(700), calls=4, talks=2)
    targets.set_stage_target(
        MARCH, "offer", campaign_id=1, team=None, login="ann", leads=8, amount=None, by=made.boss, token="t", now=NOW
    )
    lead = made.lead(owner="ann", amount="300")
    made.log(made.take("ann", lead), "talked", sleep_until=NOW + timedelta(days=1))
    made.move(made.take("boss", lead), "won")
    made.move(made.take("boss", made.lead(owner="ann", amount="400")), "offer")
    found = attainments(made.boss, ALL, period(PeriodKind.MONTH, NOW))
    (ann,) = [part for part in found.parts if part.name == "Ann"]
    assert ann.goal == Goal(2, Decimal(700), 4, 2)
    assert (ann.won, ann.calls, ann.talks) == (Tally(1, Decimal(300)), 1, 1)
    assert [ann.amount, ann.deals, ann.of_calls, ann.of_talks] == [Fraction(3, 7), HALF, Fraction(1, 4), HALF]
    assert (ann.coverage, ann.stages) == (HALF, (Staged("offer", 8, 1),))
    assert ann.stages[0].attainment == Fraction(1, 8)
    assert found.whole.goal == Goal()
    assert [found.whole.amount, found.whole.deals, found.whole.of_calls, found.whole.coverage] == [None] * 4


HALF = Fraction(1, 2)


def test_who_has_a_target_is_listed_with_nothing_to_show(made: MadeFloor) -> None:
    for login in ("ann", "cid"):
        wants(made, login=login, deals=2)
    wants(made, team="south", calls=5)
    month = period(PeriodKind.MONTH, NOW)
    seen = [(part.name, part.goal, part.deals) for part in attainments(made.boss, ALL, month).parts]
    assert seen == [("Ann", Goal(2), Fraction(0)), ("Cid", Goal(2), Fraction(0))]
    assert [part.name for part in attainments(made.watcher, ALL, month).parts] == ["Ann"]
    assert [part.name for part in attainments(made.boss, ALL, month, By.TEAM).parts] == ["south"]


def test_several_months_are_wanted_together(made: MadeFloor) -> None:
    wants(made, MARCH - 1, deals=3)
    wants(made, deals=4, calls=10)
    wants(made, MARCH + 1, deals=100)
    found = attainments(made.boss, ALL, period(PeriodKind.QUARTER, NOW), By.NOTHING)
    assert (found.whole.goal, found.parts) == (Goal(deals=7, calls=10), ())


def test_a_part_of_a_month_has_no_target(made: MadeFloor) -> None:
    with pytest.raises(Refused, match="target_months"):
        attainments(made.boss, ALL, between(date(2026, 3, 1), date(2026, 3, 9)))


def test_who_sees_which_target(made: MadeFloor) -> None:
    wants(made, deals=9)
    wants(made, team="north", deals=5)
    wants(made, login="ann", deals=2)
    month = period(PeriodKind.MONTH, NOW)
    viewers = (made.boss, made.watcher, made.people["ann"])
    assert [attainments(who, ALL, month, By.NOTHING).whole.goal.deals for who in viewers] == [9, 5, 2]


@pytest.mark.parametrize("by", [By.TEAM, By.AGENT])
def test_the_same_as_from_every_row(anew: Anew, by: By) -> None:
    with anew() as made:
        second_way.written(made, Random(by.value), leads=40)
        for name in ("ann", "cid"):
            wants(made, login=name, deals=3, amount=Decimal(50), calls=9)
        wants(made, team="south", talks=7)
        found, month = second_way.raw(), period(PeriodKind.MONTH, NOW)
        seen = attainments(made.boss, ALL, month, by)
        column = "team_id" if by is By.TEAM else "owner_id"
        sold = second_way.sold(found, month.since, month.until)
        touches = second_way.in_period(second_way.touches_of(found, ALL), month.since, month.until)
        assert {part.name: part.goal for part in seen.parts if part.goal != Goal()} == (
            {"south": Goal(talks=7)} if by is By.TEAM else dict.fromkeys(("Ann", "Cid"), Goal(3, Decimal(50), 9))
        )
        for part in seen.parts:
            own = [row for row in sold if (row[column] or 0) == part.key]
            assert part.won == Tally(len(own), second_way.amount(own))
            whose = {row["id"] for row in found.agents.values() if (row["team_id"] or 0) == part.key}
            mine = [
                row for row in touches
                if (row["agent_id"] or 0) == part.key or (by is By.TEAM and row["agent_id"] in whose)
                if by is By.AGENT or row["agent_id"] in whose or (not part.key and row["agent_id"] is None)
            ]  # fmt: skip
            assert (part.calls, part.talks) == (
                sum(row["kind"] == "call" for row in mine), sum(row["is_talk"] for row in mine),
            )  # fmt: skip
