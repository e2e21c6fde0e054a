"""Backward planning from the tables: by hand, and a second time in plain Python on random floors."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil
from random import Random
from typing import Any

import pytest

import funnel
from funnel import Range, Tally
from models import targets
from models.base import rows_of
from models.campaigns import book
from models.errors import Refused
from models.reports.periods import PeriodKind, midnight
from models.reports.plans import Plan, plan, today
from models.reports.rates import history
from models.reports.slices import Slice
from tests.models.reports import second_way
from tests.models.store.conftest import Anew
from tests.models.store.floors import NOW, MadeFloor

ALL = Slice(1)
MARCH = 2026 * 12 + 2
DAY = timedelta(days=1)


def wants(made: MadeFloor, month: int = MARCH, **values: Any) -> None:
    given = {"team": None, "login": None, "deals": None, "amount": None, **values}
    targets.set_target(month, **given, by=made.boss, token=made.token(), now=NOW)


def stands(made: MadeFloor, stage: str, owner: str = "ann", amount: str = "500") -> None:
    lead = made.lead(owner=owner, amount=amount)
    if stage != "new":
        made.move(made.take("boss", lead), stage)


def planned(made: MadeFloor, now: datetime = NOW, kind: PeriodKind = PeriodKind.MONTH) -> Plan:
    return plan(made.boss, ALL, now, kind)


# ── by hand ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_month_from_its_target_up(made: MadeFloor) -> None:
    """Ten deals by halves: 20, 40, 80; four leads are there; March 2026 has 22 working days from the 2nd."""
    wants(made, deals=10)
    for stage in ("new", "new", "new", "offer"):
        stands(made, stage)
    seen = planned(made)
    assert (seen.deals, seen.days_left, seen.missing) == (Fraction(10), 22, Tally(10))
    assert [(need.stage, need.needed, need.stock, need.gap) for need in seen.needs] == [
        ("new", Fraction(80), 3, 77), ("offer", Fraction(40), 1, 39), ("deal", Fraction(20), 0, 20),
    ]  # fmt: skip
    assert seen.today is not None
    assert seen.today.to == {"new": Range(4, 4, 4), "offer": Range(2, 2, 2), "deal": Range(1, 1, 1)}
    assert (seen.today.calls, seen.today.thinnest) == (None, "offer")
    assert [(week.since.day, week.days, week.to["deal"]) for week in seen.weeks] == [
        (1, 0, 0), (2, 5, 5), (9, 5, 5), (16, 5, 4), (23, 5, 5), (30, 2, 1),
    ]  # fmt: skip
    assert [week.done for week in seen.weeks][2:] == [None] * 4
    assert seen.weeks[1].done == funnel.Week(5, Fraction(50, 22), Fraction(0))


def test_it_is_planned_anew_as_it_happens(made: MadeFloor) -> None:
    wants(made, deals=10)
    stands(made, "won")
    stands(made, "won")
    seen = planned(made, NOW + 8 * DAY)
    assert (seen.deals, seen.days_left, seen.figures.attainment) == (Fraction(8), 16, None)
    first, second = (week.done for week in seen.weeks[1:3])
    assert first is not None
    assert second is not None
    assert (first.wanted, first.done, first.completion) == (Fraction(50, 22), Fraction(2), Fraction(88, 100))
    assert (second.wanted, second.done) == (Fraction(8 * 5, 17), Fraction(0))
    assert [week.days_left for week in seen.weeks] == [0, 0, 4, 5, 5, 2]


def test_money_becomes_deals_by_what_a_deal_brings(made: MadeFloor) -> None:
    wants(made, amount=Decimal(2000))
    assert planned(made).deals is None
    assert (planned(made).needs, planned(made).today) == ((), None)
    stands(made, "won", amount="400")
    stands(made, "won", amount="300")
    seen = planned(made)
    assert (seen.size, seen.deals) == (Fraction(350), Fraction(1300, 350))
    assert seen.weeks[1].done == funnel.Week(5, Fraction(2000 * 5, 22), Fraction(700))
    wants(made, login="bob", amount=Decimal(700))
    assert plan(made.people["bob"], ALL, NOW).deals == 2  # bob won nothing: a deal brings him what it brings the floor


def test_calls_by_what_a_deal_took(made: MadeFloor) -> None:
    wants(made, login="ann", deals=5)
    for _ in range(3):
        lead = made.lead(owner="ann")
        made.log(made.take("ann", lead), "no_answer")
    lead = made.lead(owner="ann", amount="70")
    made.log(made.take("ann", lead), "talked", sleep_until=NOW + DAY)
    made.move(made.take("boss", lead), "won")
    found = today(made.people["ann"], 1, NOW)
    assert found is not None
    assert found.calls is not None
    sure = funnel.interval(1, 4)
    assert sure is not None
    assert found.calls == Range(ceil(4 / sure.high / 22), 1, ceil(4 / sure.low / 22))
    assert found == plan(made.people["ann"], ALL, NOW).today


def test_without_a_target_nothing_is_wanted(made: MadeFloor) -> None:
    stands(made, "deal")
    seen = planned(made)
    assert (seen.deals, seen.needs, seen.today, seen.missing) == (None, (), None, None)
    assert {week.done for week in seen.weeks} == {None}
    assert today(made.people["ann"], 1, NOW) is None


def test_after_the_last_hour_no_day_is_left(made: MadeFloor) -> None:
    wants(made, deals=10)
    evening = datetime(2026, 3, 31, 17, tzinfo=UTC)
    seen = planned(made, evening)
    assert (seen.days_left, seen.today) == (0, None)
    assert [need.gap for need in seen.needs] == [80, 40, 20]
    assert planned(made, evening - timedelta(hours=5)).days_left == 1


def test_a_quarter_is_planned_by_the_targets_of_its_months(made: MadeFloor) -> None:
    wants(made, MARCH - 1, deals=4)
    wants(made, deals=5)
    seen = planned(made, kind=PeriodKind.QUARTER)
    assert (seen.deals, seen.period.days) == (Fraction(9), (date(2026, 1, 1), date(2026, 4, 1)))
    assert len(seen.weeks) == 14
    assert sum(week.to["new"] for week in seen.weeks) == 72
    assert {week.to["new"] for week in seen.weeks[:9]} == {0}  # what is over brings nothing any more


def test_who_sees_which_plan(made: MadeFloor) -> None:
    wants(made, deals=9)
    wants(made, team="north", deals=5)
    wants(made, login="ann", deals=2)
    viewers = (made.boss, made.watcher, made.people["ann"], made.people["cid"])
    assert [plan(who, ALL, NOW).deals for who in viewers] == [9, 5, 2, None]
    with pytest.raises(Refused, match="not_found"):
        plan(made.people["ann"], Slice(1, agent_id=made.people["bob"]), NOW)


# ── the second way ────────────────────────────────────────────────────────────────────────────────────────────────────


def sold(found: second_way.Raw, chosen: Slice, since: datetime, until: datetime) -> Tally:
    own = {row["id"] for row in second_way.moves_of(found, chosen)}
    rows = [row for row in second_way.sold(found, since, until) if row["id"] in own]
    return Tally(len(rows), second_way.amount(rows))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("whose", ["floor", "team", "agent"])
def test_the_same_as_from_every_row(anew: Anew, whose: str, seed: int) -> None:
    now = datetime(2026, 3, 18, 12, tzinfo=second_way.ZONE)
    with anew() as made:
        random = Random(f"{whose}{seed}")
        second_way.written(made, random, leads=60)
        of: dict[str, Any] = {"floor": {}, "team": {"team": "north"}, "agent": {"login": "ann"}}[whose]
        wants(made, deals=random.randrange(1, 40), amount=Decimal(random.randrange(10**6)), **of)
        chosen = {"floor": ALL, "team": Slice(1, made.teams["north"]), "agent": Slice(1, agent_id=made.people["ann"])}[
            whose
        ]
        found, seen = second_way.raw(), plan(made.boss, chosen, now)
        month, span = seen.period, history(now)
        deals, amount = rows_of("SELECT deals, amount FROM target")[0]
        won = sold(found, chosen, month.since, month.until)
        learnt = sold(found, chosen, span.since, span.until)
        whole = learnt if learnt.count else sold(found, ALL, span.since, span.until)
        lacking = Tally(max(0, deals - won.count), max(Decimal(0), Decimal(amount) / 100 - won.amount))
        assert seen.missing == lacking
        size = Fraction(whole.amount) / whole.count if whole.count else None
        assert seen.size == size
        orders = Fraction(lacking.count)
        if lacking.amount and size:
            orders = max(orders, Fraction(lacking.amount) / size)
        assert seen.deals == (None if lacking.amount and not size else orders)
        mine = {row["id"] for row in second_way.moves_of(found, chosen)}
        exits = [row for row in second_way.leavers(found, span.since, span.until) if row["id"] in mine]
        needed: Fraction | None = seen.deals
        for need, level in zip(reversed(seen.needs), reversed(funnel.levels(book(1).playbook)), strict=False):
            own = [row for row in exits if row["origin"] == level.code]
            forward = sum(row["way"] in ("forward", "skip") for row in own)
            rate = Fraction(forward, len(own)) if len(own) >= 20 else Fraction(1, 2)
            if needed:
                needed = needed / rate if rate else None
            stock = sum(row["stage_id"] == book(1).stage_ids[level.code] for row in second_way.leads_of(found, chosen))
            assert (need.stage, need.rate, need.needed, need.stock) == (level.code, rate, needed, stock)
            parts = sum(week.to.get(level.code, 0) for week in seen.weeks)
            assert parts == (need.gap or 0)
        touches = second_way.in_period(second_way.touches_of(found, chosen), span.since, span.until)
        calls = [row for row in touches if row["kind"] == "call"]
        if seen.deals is not None and learnt.count:
            assert seen.today is not None
            assert seen.today.calls is not None
            assert seen.today.calls.likely == ceil(seen.deals * len(calls) / learnt.count / seen.days_left)
        weeks = [week for week in seen.weeks if week.done is not None]
        edges = [[midnight(day, second_way.ZONE) for day in (week.since, week.until)] for week in weeks]
        done = [sold(found, chosen, *edge) for edge in edges]
        of_money = amount > 0
        came = [Fraction(tally.amount if of_money else tally.count) for tally in done]
        assert [week.done.done for week in weeks if week.done] == came
        assert len(done) == 4
