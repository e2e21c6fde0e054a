"""The day the orders dry up: by hand where nothing is left to chance, then its laws under any chance."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import comb
from random import Random
from statistics import mean, pvariance

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel import HORIZON, Ages, Bounds, Draws, Drought, DryDay, Passage, binomial, drought, dry_day, planned_days
from tests.funnel.making import BOOK, stage

BOUNDS = Bounds()
SURE, NEVER = Fraction(1), Fraction(0)
NO_PACE = Fraction(0)


def draws(levels: int, runs: int = 20, seed: int = 1) -> Draws:
    random = Random(seed).random
    return [[[random() for _ in range(HORIZON)] for _ in range(runs)] for _ in range(levels + 1)]


THREE = draws(3)


def road(*takes: int, rate: Fraction = SURE) -> tuple[Passage, ...]:
    """Levels need, offer, deal that take exactly so many days."""
    return tuple(
        Passage(name, rate, {days: 1}) for name, days in zip(("need", "offer", "deal"), takes, strict=True)
    )  # fmt: skip


def rolled(passages: tuple[Passage, ...], stock: Mapping[str, Ages], pace: Fraction = NO_PACE) -> DryDay:
    return dry_day(passages, stock, pace, BOUNDS, THREE)


# ── by hand ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_empty_funnel_is_dry_today() -> None:
    """Of the next fourteen days' orders one that is full has five in its last level, the others in the one above."""
    seen = rolled(road(30, 20, 5), {})
    assert (seen.early, seen.day, seen.late, seen.cause) == (0, 0, 0, "offer")
    assert rolled(road(30, 20, 9), {}).cause == "deal"
    assert seen.orders == (0.0,) * HORIZON


def test_orders_come_on_their_days_and_the_gap_has_its_level() -> None:
    """Two deals are signed in five days, leads of the top take 55: between them is nothing, since no offer is out."""
    seen = rolled(road(30, 20, 5), {"deal": {0: 2}, "need": {0: 9}})
    assert {day: count for day, count in enumerate(seen.orders) if count} == {5: 2.0, 55: 9.0}
    assert (seen.early, seen.day, seen.late, seen.cause) == (6, 6, 6, "offer")


def test_a_lead_takes_what_is_left_of_its_days() -> None:
    seen = rolled(road(30, 20, 5), {"deal": {4: 1}, "offer": {15: 1}, "need": {29: 1}})
    assert {day for day, count in enumerate(seen.orders) if count} == {1, 10, 26}
    assert seen.day == 11  # from there on fourteen days without an order; one of them every two weeks is no drought
    assert seen.drought == Drought(14, 1)


def test_who_outstayed_everybody_takes_as_long_again() -> None:
    seen = rolled(road(30, 20, 5), {"deal": {6: 1}})
    assert {day for day, count in enumerate(seen.orders) if count} == {5}


def test_a_level_that_nobody_passes_is_the_cause() -> None:
    passages = (*road(30, 20, 5)[:1], Passage("offer", NEVER, {20: 1}), road(30, 20, 5)[2])
    seen = rolled(passages, {"offer": {0: 999}, "deal": {0: 3}})
    assert (seen.day, seen.cause) == (6, "offer")
    assert [push.stage for push in seen.pushes] == ["deal"]  # leads above the wall would move nothing


def test_a_push_is_as_many_leads_as_bring_the_least_orders() -> None:
    """Half of the leads pass each level: a drought is less than seven orders, so 14 deals, 28 offers, 56 at the top."""
    passages, pace = road(30, 20, 5, rate=Fraction(1, 2)), Fraction(1)
    seen = rolled(passages, {}, pace)
    assert seen.drought == Drought(14, 7)
    assert [(push.stage, push.leads) for push in seen.pushes] == [("need", 56), ("offer", 28), ("deal", 14)]


def test_a_push_moves_the_day() -> None:
    seen = rolled(road(30, 10, 5), {"deal": {0: 1}})
    assert seen.day == 6
    assert {push.stage: push.day for push in seen.pushes} == {"need": 6, "offer": 16, "deal": 6}


def test_enough_for_more_than_a_year_never_dries_up() -> None:
    daily = {"need": dict.fromkeys(range(400), 1)}
    seen = rolled((Passage("need", SURE, {400: 1}), *road(0, 0, 0)[1:]), daily)
    assert (seen.early, seen.day, seen.late) == (None, None, None)


def test_a_drought_is_less_than_a_thin_share_of_the_usual() -> None:
    assert drought(BOUNDS, Fraction(0)) == Drought(14, 1)
    assert drought(BOUNDS, Fraction(1, 30)) == Drought(14, 1)
    assert drought(BOUNDS, Fraction(2)) == Drought(14, 14)
    assert Drought(3, 2).begins([1, 1, 0, 0, 1, 1, 1]) == 1
    assert Drought(3, 1).begins([0, 0, 1, 0, 0, 1, 0, 0]) == 8


def test_days_while_history_is_silent() -> None:
    assert planned_days(stage("x", expected_days=2)) == {0: 1, 1: 1, 2: 1, 3: 1, 4: 1}
    assert Passage("x", SURE, planned_days(stage("x", expected_days=5))).mean_days == 5
    assert Passage("x", SURE, planned_days(stage("x", dwell_days=9))).mean_days == 4
    assert Passage("x", SURE, planned_days(BOOK.stage("deal"))).mean_days == 7
    assert planned_days(stage("x", expected_days=0)) == {0: 1}


# ── under any chance ──────────────────────────────────────────────────────────────────────────────────────────────────

times = st.dictionaries(st.integers(0, 60), st.integers(1, 5), min_size=1, max_size=5)
passings = (
    st.tuples(*(st.builds(Passage, st.just(name), st.fractions(0, 1), times) for name in LEVELS))
    if (LEVELS := ("need", "offer", "deal"))
    else None
)
ages = st.dictionaries(st.integers(0, 90), st.integers(1, 40), max_size=4)
stocks = st.fixed_dictionaries({}, optional=dict.fromkeys(LEVELS, ages))


def by(day: int | None) -> int:
    return HORIZON if day is None else day


@settings(max_examples=25, deadline=None)
@given(passings, stocks, st.fractions(0, 2), st.sampled_from(LEVELS), st.integers(2, 5))
def test_more_stock_dries_up_later(
    passages: tuple[Passage, ...], stock: dict[str, Ages], pace: Fraction, where: str, times_over: int
) -> None:
    """By the same draws, in each quantile, and for each push."""
    more = {**stock, where: {age: count * times_over for age, count in stock.get(where, {}).items()}}
    less, then = rolled(passages, stock, pace), rolled(passages, more, pace)
    for before, after in zip((less.early, less.day, less.late), (then.early, then.day, then.late), strict=True):
        assert by(before) <= by(after)
    for push in less.pushes:
        assert by(push.day) >= by(less.day)


@settings(max_examples=25, deadline=None)
@given(passings, stocks, st.fractions(0, 2))
def test_orders_are_the_leads_times_their_chance(
    passages: tuple[Passage, ...], stock: dict[str, Ages], pace: Fraction
) -> None:
    """Whatever the days, as long as all fall within the year: as many orders as the forecast has deals."""
    seen, chance, expected = rolled(passages, stock, pace), Fraction(1), Fraction(0)
    for passage in reversed(passages):
        chance *= passage.rate
        expected += chance * int(sum(stock.get(passage.stage, {}).values()))
    assert sum(seen.orders) == pytest.approx(float(expected))
    assert by(seen.early) <= by(seen.day) <= by(seen.late)
    assert seen.cause in LEVELS


@settings(max_examples=20, deadline=None)
@given(passings, stocks)
def test_the_same_draws_give_the_same_day(passages: tuple[Passage, ...], stock: dict[str, Ages]) -> None:
    assert rolled(passages, stock) == rolled(passages, stock)


def test_runs_differ_as_chance_has_it() -> None:
    passages = (Passage("deal", Fraction(1, 2), dict.fromkeys(range(61), 1)),)
    seen = dry_day(passages, {"deal": dict.fromkeys(range(40), 1)}, NO_PACE, BOUNDS, draws(1, runs=60))
    assert seen.early is not None
    assert seen.late is not None
    assert seen.early < seen.late
    assert seen != dry_day(passages, {"deal": dict.fromkeys(range(40), 1)}, NO_PACE, BOUNDS, draws(1, runs=60, seed=9))


# ── chance ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.integers(0, 300), st.floats(0, 1), st.floats(0, 1, exclude_max=True))
def test_one_lead_more_brings_one_order_more_or_none(count: int, chance: float, draw: float) -> None:
    sold = binomial(count, chance, draw)
    assert 0 <= sold <= count
    assert binomial(count + 1, chance, draw) - sold in (0, 1)


@pytest.mark.parametrize(("count", "chance"), [(12, 0.3), (40, 0.9), (3000, 0.001), (2000, 0.4), (5, 1.0), (5, 0.0)])
def test_a_binomial_has_its_mean_and_spread(count: int, chance: float) -> None:
    """Over evenly spaced draws."""
    found = [binomial(count, chance, (step + 0.5) / 4000) for step in range(4000)]
    spread = count * chance * (1 - chance)
    assert mean(found) == pytest.approx(count * chance, rel=0.01)
    assert pvariance(found) == pytest.approx(spread, rel=0.03, abs=1e-9)


@pytest.mark.parametrize("draw", [0.001, 0.25, 0.5, 0.999])
@pytest.mark.parametrize("chance", [0.3, 0.8])
def test_a_quantile_is_the_least_number_that_so_many_do_not_pass(chance: float, draw: float) -> None:
    shares = [comb(12, own) * chance**own * (1 - chance) ** (12 - own) for own in range(13)]
    sold = binomial(12, chance, draw)
    assert sum(shares[:sold]) < draw <= sum(shares[: sold + 1])
