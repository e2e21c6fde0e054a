"""Backward planning: what a target needs in every level, week by week, and shared out."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, exp, log

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from funnel import (
    Interval,
    Need,
    Range,
    Step,
    Tally,
    Week,
    course,
    daily,
    deals_wanted,
    interval,
    needs,
    needs_between,
    shared,
    spread,
)


def steps(*rates: Fraction | int, measured: bool = False) -> tuple[Step, ...]:
    names = "EDCBA"
    return tuple(
        Step(names[at], names[at + 1 : at + 2], Fraction(rate), Fraction(rate) if measured else None)
        for at, rate in enumerate(rates)
    )


FAIR = (Fraction(20, 100), Fraction(50, 100), Fraction(50, 100), Fraction(20, 100))
"""1000 → 200 → 100 → 50 → 10."""


def needed(plan: tuple[Need, ...]) -> list[Fraction | None]:
    return [need.needed for need in plan]


rates = st.lists(st.fractions(Fraction(1, 100), 1), min_size=1, max_size=5)


# ── what every level must hold ────────────────────────────────────────────────────────────────────────────────────────


def test_the_trades_own_example_backwards() -> None:
    plan = needs(steps(*FAIR), {"E": Tally(400), "C": Tally(130), "B": Tally(50)}, Fraction(10))
    assert needed(plan) == [1000, 200, 100, 50]
    assert [need.gap for need in plan] == [600, 200, 0, 0]
    assert [need.stock for need in plan] == [400, 0, 130, 50]


def test_a_gap_is_whole_leads() -> None:
    (need,) = needs(steps(Fraction(2, 3)), {"E": Tally(3)}, Fraction(5, 2))
    assert (need.needed, need.gap) == (Fraction(15, 4), 1)


def test_history_speaks_where_it_is_there() -> None:
    half, quarter = Fraction(1, 2), Fraction(1, 4)
    plan = needs((Step("E", "D", half, None), Step("D", "", half, quarter)), {}, Fraction(1))
    assert [(need.rate, need.is_measured) for need in plan] == [(half, False), (quarter, True)]


def test_where_nobody_goes_on_no_number_is_enough() -> None:
    plan = needs(steps(Fraction(1, 2), 0, Fraction(1, 2)), {"E": Tally(9)}, Fraction(3))
    assert needed(plan) == [None, None, 6]
    assert [need.gap for need in plan] == [None, None, 6]


def test_nothing_is_needed_once_the_target_is_reached() -> None:
    assert needed(needs(steps(0, Fraction(1, 2)), {}, Fraction(0))) == [0, 0]
    assert needs((), {}, Fraction(3)) == ()


@given(rates, st.data(), st.fractions(0, 100))
def test_needs_fall_with_better_rates(given: list[Fraction], data: st.DataObject, deals: Fraction) -> None:
    better = [data.draw(st.fractions(rate, 1)) for rate in given]
    for worse, need in zip(needs(steps(*given), {}, deals), needs(steps(*better), {}, deals), strict=True):
        assert worse.needed is not None
        assert need.needed is not None
        assert worse.needed >= need.needed >= deals


@given(rates, st.fractions(0, 100))
def test_what_is_needed_brings_the_orders(given: list[Fraction], deals: Fraction) -> None:
    """Forwards again, every level comes out at the next one, the last at the orders."""
    plan = needs(steps(*given), {}, deals)
    for need, following in zip(plan, [*needed(plan)[1:], deals], strict=True):
        assert need.needed is not None
        assert need.needed * need.rate == following


@given(rates, st.integers(0, 500), st.integers(0, 500), st.fractions(0, 100))
def test_more_stock_leaves_a_smaller_gap(given: list[Fraction], held: int, more: int, deals: Fraction) -> None:
    (first, *_), (then, *_) = (needs(steps(*given), {"E": Tally(count)}, deals) for count in (held, held + more))
    assert first.gap is not None
    assert then.gap is not None
    assert max(0, first.gap - more) == then.gap


@pytest.mark.parametrize(
    ("missing", "size", "deals"),
    [
        (Tally(3), None, 3),
        (Tally(3, Decimal(1000)), Fraction(250), 4),
        (Tally(5, Decimal(1000)), Fraction(250), 5),
        (Tally(0, Decimal(1000)), Fraction(300), Fraction(10, 3)),
        (Tally(0, Decimal(1000)), None, None),
        (Tally(2, Decimal(1000)), Fraction(0), None),
        (Tally(-2, Decimal(-10)), Fraction(5), 0),
        (Tally(2, Decimal(-10)), None, 2),
    ],
)
def test_deals_wanted(missing: Tally, size: Fraction | None, deals: Fraction | None) -> None:
    assert deals_wanted(missing, size) == deals


# ── day by day ────────────────────────────────────────────────────────────────────────────────────────────────────────


def counts(*exits: tuple[int, int]) -> tuple[tuple[Step, ...], dict[str, Interval]]:
    """Measured steps from how many of how many went on."""
    own = steps(*(Fraction(*pair) for pair in exits), measured=True)
    return own, {step.stage: found for step, pair in zip(own, exits, strict=True) if (found := interval(*pair))}


def test_the_plan_of_a_day_by_hand() -> None:
    """Ten orders in five days; of 100 each one in two went on; 300 calls brought 30 orders."""
    own, sure = counts((50, 100), (50, 100))
    seen = daily(own, sure, {"E": Tally(10), "D": Tally(5)}, Fraction(10), (30, 300), 5)
    assert needed(needs(own, {}, Fraction(10))) == [40, 20]
    assert {stage: found.likely for stage, found in seen.to.items() if found} == {"E": 6, "D": 3}
    assert seen.calls is not None
    assert seen.calls.likely == 20
    assert seen.thinnest == "D"
    low, high = sure["D"].low, sure["D"].high
    apart = log(high / 0.5) * 2**0.5  # two steps that are equally sure
    assert seen.to == {
        "E": Range(ceil((40 * exp(-apart) - 10) / 5), 6, ceil((40 * exp(apart) - 10) / 5)),
        "D": Range(ceil((10 / high - 5) / 5), 3, ceil((10 / low - 5) / 5)),
    }


def test_a_day_without_a_history_has_no_calls_and_no_doubt() -> None:
    seen = daily(steps(Fraction(1, 2), Fraction(1, 2)), {}, {}, Fraction(3), (0, 900), 2)
    assert seen.calls is None
    assert seen.to == {"E": Range(6, 6, 6), "D": Range(3, 3, 3)}


def test_a_day_after_the_target_wants_nothing() -> None:
    own, sure = counts((5, 30), (0, 30))
    seen = daily(own, sure, {}, Fraction(0), (3, 100), 1)
    assert seen.to == {"E": Range(0, 0, 0), "D": Range(0, 0, 0)}
    assert (seen.calls, seen.thinnest) == (Range(0, 0, 0), "")


def test_a_level_that_nobody_passes_is_filled_by_no_number() -> None:
    own, sure = counts((5, 30), (0, 30), (9, 30))
    seen = daily(own, sure, {}, Fraction(2), (0, 0), 3)
    assert [stage for stage, found in seen.to.items() if found] == ["C"]
    assert seen.thinnest == "C"


exits = st.integers(1, 400).flatmap(lambda left: st.tuples(st.integers(1, left), st.just(left)))


@given(st.lists(exits, min_size=1, max_size=5), st.fractions(0, 50), st.integers(0, 60), st.integers(1, 23))
def test_a_range_holds_what_is_likely(
    given: list[tuple[int, int]], deals: Fraction, held: int, days: int
) -> None:  # fmt: skip
    own, sure = counts(*given)
    seen = daily(own, sure, {"E": Tally(held)}, deals, given[0], days)
    for found in (*seen.to.values(), seen.calls):
        assert found is not None
        assert 0 <= found.least <= found.likely <= found.most
    for stage, (least, most) in needs_between(own, sure, deals).items():
        (need,) = [one.needed for one in needs(own, {}, deals) if one.stage == stage]
        assert need is not None
        assert least <= float(need) * (1 + 1e-9)
        assert float(need) <= most * (1 + 1e-9)


@given(exits, st.integers(2, 9), st.fractions(1, 50))
def test_more_history_makes_the_range_smaller(given: tuple[int, int], times: int, deals: Fraction) -> None:
    few, many = counts(given), counts((given[0] * times, given[1] * times))
    (low, high), (least, most) = (needs_between(*found, deals)["E"] for found in (few, many))
    assert least >= low * (1 - 1e-9)
    assert most <= high * (1 + 1e-9)


# ── week by week ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_does_not_divide_falls_to_the_earlier_weeks() -> None:
    assert spread(10, (5, 5, 5, 1)) == (4, 3, 3, 0)
    assert spread(4, (0, 5, 5)) == (0, 2, 2)
    assert spread(3, ()) == ()
    assert spread(3, (0, 0)) == (3, 0)


@given(st.integers(0, 10_000), st.lists(st.integers(0, 7), min_size=1, max_size=60))
def test_the_weeks_make_the_whole(whole: int, days: list[int]) -> None:
    parts = spread(whole, days)
    assert sum(parts) == whole
    assert all(part >= 0 for part in parts)
    if total := sum(days):
        for at in range(1, len(days) + 1):
            assert sum(parts[:at]) == ceil(Fraction(whole * sum(days[:at]), total))


def test_a_plan_is_made_anew_each_week() -> None:
    """Ten of four weeks of five days; a bad first week leaves more to each of the rest, a good one less."""
    weeks = course(Fraction(10), [(5, Fraction(1)), (5, Fraction(6)), (5, Fraction(3)), (5, Fraction(1))])
    assert [week.wanted for week in weeks] == [Fraction(5, 2), 3, Fraction(3, 2), 0]
    assert [week.completion for week in weeks] == [Fraction(2, 5), 2, 2, None]
    assert course(Fraction(10), []) == ()
    assert course(Fraction(10), [(0, Fraction(0))]) == (Week(0, Fraction(10), Fraction(0)),)


@given(st.fractions(0, 1000), st.lists(st.integers(1, 7), min_size=1, max_size=20))
def test_who_does_what_is_wanted_reaches_the_target(target: Fraction, days: list[int]) -> None:
    done: list[tuple[int, Fraction]] = []
    for at, own in enumerate(days):
        ahead = [(number, Fraction(0)) for number in days[at + 1 :]]
        done.append((own, course(target, [*done, (own, Fraction(0)), *ahead])[-1 - len(ahead)].wanted))
    assert sum(part for _, part in done) == target
    assert all(week.completion in (1, None) for week in course(target, done))


@given(st.fractions(0, 1000), st.lists(st.tuples(st.integers(0, 7), st.fractions(0, 500)), min_size=1, max_size=20))
def test_the_last_week_wants_all_that_is_missing(target: Fraction, weeks: list[tuple[int, Fraction]]) -> None:
    missing = target - sum((done for _, done in weeks[:-1]), Fraction(0))
    assume(weeks[-1][0])
    assert course(target, weeks)[-1].wanted == max(0, missing)


# ── shared out ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_target_is_shared_by_what_each_has_shown() -> None:
    assert shared(100, [Fraction(3), Fraction(1), Fraction(0)]) == (75, 25, 0)
    assert shared(10, [Fraction(1), Fraction(1), Fraction(1)]) == (4, 3, 3)
    assert shared(10, [Fraction(1), Fraction(2), Fraction(2)]) == (2, 4, 4)
    assert shared(2, [Fraction(1), Fraction(1), Fraction(4)]) == (1, 0, 1)
    assert shared(0, [Fraction(1)]) == (0,)
    assert shared(7, []) == ()


def test_where_nobody_has_shown_anything_all_get_the_same() -> None:
    assert shared(11, [Fraction(0)] * 3) == (4, 4, 3)


def test_money_is_shared_in_round_sums() -> None:
    assert shared(1_000_055, [Fraction(1), Fraction(2)], 1000) == (333_000, 667_055)


@given(
    st.integers(0, 10**9), st.lists(st.fractions(0, 1000), min_size=1, max_size=30), st.sampled_from((1, 100, 10_000))
)
def test_the_parts_of_a_shared_target_make_the_whole(whole: int, shown: list[Fraction], unit: int) -> None:
    parts = shared(whole, shown, unit)
    assert sum(parts) == whole
    assert all(part >= 0 for part in parts)
    weights = shown if any(shown) else [Fraction(1)] * len(shown)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - whole * weight / sum(weights)) < 2 * unit
        assert sum(part % unit > 0 for part in parts) <= 1
    for more, less in ((a, b) for a in range(len(parts)) for b in range(len(parts)) if weights[a] > weights[b]):
        assert parts[more] >= parts[less] - unit * (parts[less] % unit > 0)
