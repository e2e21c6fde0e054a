"""The four vital signs and the shape: examples from the trade, and laws that hold for any funnel."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel import (
    Advice,
    Bounds,
    Funnel,
    Kind,
    Move,
    Playbook,
    Shape,
    Tally,
    Way,
    Words,
    bottleneck,
    evenness,
    faults,
    figures,
    levels,
    median,
    orders_come,
    shape,
    steps,
    vitals,
    way_of,
    width,
    won_cycles,
)
from tests.funnel.making import BOOK, DEAL, NEED, NOW, OFFER, WON, stage
from tests.funnel.test_histories import Period, histories, over, periods

FIVE = replace(
    BOOK,
    stages=(stage("E", 5, 50), stage("D", 10, 50), stage("C", 30, 50), stage("B", 60, 50), stage("A", 90, 50), WON),
)
"""Levels that halve from one to the next."""
EVEN = (160, 80, 40, 20, 10)


def holding(
    counts: tuple[int, ...],
    *,
    won: int = 5,
    target: Tally | None = None,
    exits: dict[tuple[str, Way], int] | None = None,
    book: Playbook = FIVE,
) -> Funnel:
    """A funnel with so many open leads in its levels, each worth a thousand."""
    stock = {one.code: Tally(count, Decimal(1000 * count)) for one, count in zip(levels(book), counts, strict=True)}
    return figures(book, stock, {}, exits or {}, {Kind.WON: Tally(won, Decimal(1000 * won))}, target)


def test_levels_end_with_the_first_sale() -> None:
    assert levels(BOOK) == (NEED, OFFER, DEAL)
    assert levels(replace(BOOK, stages=(NEED, WON, stage("again"), replace(WON, code="twice")))) == (NEED,)


# ── width ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_width_is_what_open_leads_promise_against_what_is_missing() -> None:
    seen = width(FIVE, holding(EVEN, target=Tally(0, Decimal(105_000))))
    promised = Decimal(1000) * (8 + 8 + 12 + 12 + 9)
    assert (seen.promised, seen.missing, seen.is_money) == (promised, Decimal(100_000), True)
    assert seen.ratio == Fraction(49, 100)


def test_width_counts_deals_where_the_target_names_no_money() -> None:
    seen = width(FIVE, holding(EVEN, won=5, target=Tally(12)))
    assert (seen.promised, seen.missing, seen.ratio) == (Decimal(49), Decimal(7), Fraction(7))


def test_nothing_is_missing_once_the_target_is_reached_or_nobody_set_one() -> None:
    reached = width(FIVE, holding(EVEN, won=20, target=Tally(12)))
    assert (reached.missing, reached.ratio) == (Decimal(0), None)
    assert (width(FIVE, holding(EVEN)).missing, width(FIVE, holding(EVEN)).ratio) == (None, None)


# ── slope ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_weakest_step_is_the_one_furthest_below_its_plan() -> None:
    exits = {
        ("E", Way.FORWARD): 40, ("E", Way.LOST): 60,
        ("C", Way.FORWARD): 10, ("C", Way.SKIP): 5, ("C", Way.BACK): 35,
        ("A", Way.FORWARD): 1, ("A", Way.LOST): 18,
    }  # fmt: skip
    slope = vitals(FIVE, holding(EVEN, exits=exits)).slope
    assert [step.measured for step in slope.steps] == [Fraction(2, 5), None, Fraction(3, 10), None, None]
    assert slope.weakest is not None
    assert (slope.weakest.stage, slope.weakest.to, slope.weakest.ratio) == ("C", "B", Fraction(3, 5))
    assert slope.steps[1].rate == Fraction(1, 2)


def test_a_step_that_too_few_took_is_not_measured() -> None:
    few = replace(FIVE, bounds=Bounds(enough_leavers=3))
    exits = {("E", Way.FORWARD): 1, ("E", Way.LOST): 1}
    assert vitals(few, holding(EVEN, exits=exits)).slope.weakest is None
    assert vitals(few, holding(EVEN, exits={**exits, ("E", Way.BACK): 1})).slope.weakest is not None


def test_a_step_without_a_plan_is_never_the_weakest() -> None:
    book = replace(FIVE, stages=(replace(FIVE.stages[0], promotion_rate=0), *FIVE.stages[1:]))
    seen = vitals(book, holding(EVEN, exits={("E", Way.LOST): 50}, book=book)).slope
    assert (seen.weakest, seen.steps[0].measured, seen.steps[0].ratio) == (None, Fraction(0), None)


# ── bottleneck ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_bottleneck_is_the_weakest_step_and_its_leavers() -> None:
    exits = {
        ("E", Way.FORWARD): 60,
        ("E", Way.LOST): 40,
        ("C", Way.FORWARD): 8,
        ("C", Way.LOST): 30,
        ("C", Way.BACK): 2,
    }
    found = bottleneck(FIVE, holding(EVEN, exits=exits))
    assert found is not None
    assert (found.step.stage, found.step.measured, found.leavers.left) == ("C", Fraction(1, 5), 40)
    assert found.missed == 12


def test_a_funnel_as_planned_has_no_bottleneck() -> None:
    assert bottleneck(FIVE, holding(EVEN)) is None
    assert bottleneck(FIVE, holding(EVEN, exits={("E", Way.FORWARD): 10, ("E", Way.LOST): 10})) is None
    assert bottleneck(FIVE, holding(EVEN, exits={("E", Way.LOST): 19})) is None


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=5, max_size=5))
def test_no_step_is_further_below_its_plan_than_the_bottleneck(leavers: list[tuple[int, int]]) -> None:
    exits = {
        (level.code, way): count
        for level, pair in zip(levels(FIVE), leavers, strict=True)
        for way, count in zip((Way.FORWARD, Way.LOST), pair, strict=True)
    }
    found = bottleneck(FIVE, holding(EVEN, exits=exits))
    told = [Fraction(passed, passed + lost) * 2 for passed, lost in leavers if passed + lost >= 20]
    if found is None:
        assert all(ratio >= 1 for ratio in told)
    else:
        assert found.step.ratio == min(told)
        assert found.missed > 0


# ── evenness ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_thinnest_level_is_named() -> None:
    even = evenness(FIVE, holding((160, 80, 10, 20, 10)))
    assert even.thinnest is not None
    assert (even.thinnest.stage, even.ratio) == ("C", Fraction(1, 4))
    assert sum(level.ideal for level in even.levels) == 280


def test_the_ideal_goes_by_what_was_measured() -> None:
    # Of those who leave E one in ten goes on, so D need hold no more than a tenth.
    exits = {("E", Way.FORWARD): 10, ("E", Way.LOST): 90}
    even = evenness(FIVE, holding((1000, 100, 50, 25, 12), exits=exits))
    assert [level.fill for level in even.levels][:4] == [even.levels[0].fill] * 4


def test_a_step_that_nobody_passes_leaves_the_levels_below_something_to_hold() -> None:
    even = evenness(FIVE, holding(EVEN, exits={("E", Way.LOST): 90}))
    assert all(level.ideal > 0 for level in even.levels)


def test_an_empty_funnel_has_no_thinnest_level_and_no_shape() -> None:
    nothing = holding((0, 0, 0, 0, 0))
    assert (evenness(FIVE, nothing).thinnest, evenness(FIVE, nothing).ratio) == (None, None)
    assert shape(FIVE, nothing, Fraction(1)) is None


# ── flow ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_flow_is_the_median_cycle_and_its_change() -> None:
    cycles, before = [timedelta(days=days) for days in (40, 31, 3)], [timedelta(days=34)]
    flow = vitals(FIVE, holding(EVEN), cycles, before).flow
    assert (flow.median, flow.change) == (timedelta(days=31), timedelta(days=-3))
    assert vitals(FIVE, holding(EVEN), cycles).flow.change is None
    assert vitals(FIVE, holding(EVEN)).flow.median is None


@given(st.lists(st.timedeltas(timedelta(0), timedelta(days=900)), min_size=1))
def test_half_are_no_longer_and_half_no_shorter_than_the_median(cycles: list[timedelta]) -> None:
    middle = median(cycles)
    assert middle is not None
    # The mean of two is rounded to the microsecond.
    assert 2 * sum(one <= middle + timedelta(microseconds=1) for one in cycles) >= len(cycles)
    assert 2 * sum(one >= middle - timedelta(microseconds=1) for one in cycles) >= len(cycles)
    assert median(cycles[::-1]) == middle


@given(histories(), periods)
def test_each_deal_won_has_one_cycle(moves: list[Move], period: Period) -> None:
    cycles = won_cycles(BOOK, moves, *period)
    assert len(cycles) == over(moves, period).won.count
    assert all(timedelta(0) <= cycle <= period[1] - moves[0].at for cycle in cycles)


def test_a_cycle_runs_from_the_first_entry_to_the_last_sale() -> None:
    days = {3: (None, "need"), 5: ("need", "won"), 6: ("won", "offer"), 9: ("offer", "won")}
    moves = [Move(1, NOW + timedelta(days=day), *way, way_of(BOOK, *way)) for day, way in days.items()]
    assert won_cycles(BOOK, moves, NOW, NOW + timedelta(days=10)) == [timedelta(days=6)]
    assert won_cycles(BOOK, moves, NOW, NOW + timedelta(days=5, hours=1)) == [timedelta(days=2)]
    assert won_cycles(BOOK, moves, NOW, NOW + timedelta(days=7)) == []


# ── shape ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

SHAPES = {
    Shape.IDEAL: holding(EVEN),
    Shape.DRAINING: holding((50, 25, 12, 20, 10)),
    Shape.CLOGGED: holding((40, 80, 100, 10, 5), won=0),
    Shape.GAP_AHEAD: holding((160, 80, 10, 20, 10)),
}


@pytest.mark.parametrize("wanted", SHAPES)
def test_each_shape_has_its_sign(wanted: Shape) -> None:
    assert shape(FIVE, SHAPES[wanted], Fraction(1)) is wanted


def test_orders_make_the_difference() -> None:
    target = Tally(10)
    assert shape(FIVE, holding(EVEN, won=8, target=target), Fraction(1)) is Shape.IDEAL
    assert shape(FIVE, holding(EVEN, won=7, target=target), Fraction(1)) is None
    # Half of the month is over, and half of the target would do.
    assert shape(FIVE, holding(EVEN, won=4, target=target), Fraction(1, 2)) is Shape.IDEAL
    assert orders_come(FIVE, holding(EVEN, won=0, target=target), Fraction(0))
    money = Tally(1, Decimal(10_000))
    assert orders_come(FIVE, holding(EVEN, won=8, target=money), Fraction(1))
    assert not orders_come(FIVE, holding(EVEN, won=7, target=money), Fraction(1))


def test_bounds_are_the_playbooks() -> None:
    lax = replace(FIVE, bounds=Bounds(thin_percent=20))
    assert shape(lax, SHAPES[Shape.GAP_AHEAD], Fraction(1)) is Shape.IDEAL
    assert shape(replace(FIVE, bounds=Bounds(orders_percent=1)), SHAPES[Shape.CLOGGED], Fraction(1)) is Shape.CLOGGED


def test_a_funnel_of_one_level_is_ideal_when_orders_come() -> None:
    one = replace(BOOK, stages=(NEED, WON))
    assert shape(one, holding((9,), won=9, book=one), Fraction(1)) is Shape.IDEAL
    assert shape(one, holding((9,), won=0, book=one), Fraction(1)) is None


def test_advice_is_the_managers() -> None:
    advice = Advice(draining=Words("Bring leads in.", "补充线索。"))
    assert (advice.on(Shape.DRAINING).zh, bool(advice.on(Shape.IDEAL))) == ("补充线索。", False)


def test_faulty_bounds_are_named() -> None:
    book = replace(BOOK, silence_days=0, bounds=Bounds(thin_percent=-1, orders_percent=101, enough_leavers=0))
    assert {fault.path: fault.code for fault in faults(book)} == {
        ("silence_days",): "not_positive",
        ("bounds", "enough_leavers"): "not_positive",
        ("bounds", "thin_percent"): "not_per_cent",
        ("bounds", "orders_percent"): "not_per_cent",
    }


# ── laws ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

counts = st.tuples(*[st.integers(0, 500)] * 5)
leavers = st.dictionaries(
    st.tuples(st.sampled_from("EDCBA"), st.sampled_from((Way.FORWARD, Way.LOST, Way.BACK))), st.integers(1, 99)
)
funnels = st.builds(
    lambda held, won, exits, target: holding(held, won=won, exits=exits, target=target),
    counts,
    st.integers(0, 60),
    leavers,
    st.none() | st.builds(Tally, st.integers(1, 60)),
)
shares = st.fractions(0, 1)


@given(funnels)
def test_evenness_lies_between_nothing_and_all(seen: Funnel) -> None:
    even = evenness(FIVE, seen)
    assert sum(level.ideal for level in even.levels) == sum(level.count for level in even.levels)
    assert even.ratio is None or 0 <= even.ratio <= 1
    assert (even.ratio == 1) == (even.ratio is not None and all(level.fill == 1 for level in even.levels))


@given(funnels, st.integers(2, 9))
def test_a_funnel_of_the_same_proportions_is_as_even_and_has_the_same_shape(seen: Funnel, times: int) -> None:
    larger = seen._replace(
        stages=tuple(row._replace(open=Tally(row.open.count * times, row.open.amount * times)) for row in seen.stages),
    )
    assert evenness(FIVE, larger).ratio == evenness(FIVE, seen).ratio
    if seen.target is not None:
        assert shape(FIVE, larger, Fraction(1)) == shape(FIVE, seen, Fraction(1))


@given(funnels, shares)
def test_an_ideal_funnel_has_no_thin_level_and_any_other_shape_has_one(seen: Funnel, passed: Fraction) -> None:
    ratio, thin = evenness(FIVE, seen).ratio, Fraction(FIVE.bounds.thin_percent, 100)
    found = shape(FIVE, seen, passed)
    if found is Shape.IDEAL:
        assert ratio is not None
        assert ratio >= thin
    elif found is not None:
        assert ratio is not None
        assert ratio < thin


@given(funnels, shares, shares)
def test_orders_that_come_late_in_the_period_came_early_too(seen: Funnel, one: Fraction, other: Fraction) -> None:
    early, late = sorted((one, other))
    assert orders_come(FIVE, seen, early) or not orders_come(FIVE, seen, late)


@given(funnels)
def test_rates_are_planned_until_history_speaks(seen: Funnel) -> None:
    for step, row in zip(steps(FIVE, seen), seen.stages, strict=False):
        is_measured = row.left >= FIVE.bounds.enough_leavers
        assert step.rate == (row.conversion if is_measured else Fraction(1, 2))
        assert 0 <= step.rate <= 1


@given(funnels, st.integers(0, 60))
def test_each_deal_won_widens_the_funnel(seen: Funnel, more: int) -> None:
    richer = seen._replace(won=seen.won + Tally(more, Decimal(1000 * more)))
    before, after = width(FIVE, seen).ratio, width(FIVE, richer).ratio
    assert before is None or after is None or after >= before
