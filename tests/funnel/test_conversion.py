"""Conversion and reach by hand, as the trade's examples have them; intervals, stage times, the worst stage, gaps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel import (
    INVALID,
    LOST,
    NINETY_FIVE,
    Effort,
    Gap,
    Move,
    Performance,
    Reach,
    Tally,
    Times,
    Work,
    counted,
    gap,
    interval,
    last_exits,
    lost_rate,
    reaches,
    stage_times,
    times,
    way_of,
    worst,
)
from tests.funnel.making import BOOK, NOW, ahead, stage

FAIR = replace(
    BOOK,
    stages=(
        stage("companies"), stage("applied"), stage("first"), stage("second"), stage("offered", is_won=True),
    ),
)  # fmt: skip
PERIOD = (NOW, NOW + timedelta(days=90))


def path(lead: int, *stages: str, book: object = BOOK, days: int = 1) -> list[Move]:
    """A lead that goes from stage to stage, a step every so many days."""
    origins = (None, *stages)
    return [
        Move(lead, ahead(days=days * place), origin, to, way_of(BOOK if book is BOOK else FAIR, origin, to))
        for place, (origin, to) in enumerate(zip(origins, stages, strict=False))
    ]


def test_the_fair_by_hand() -> None:
    """1000 companies → 200 applications → 100 first interviews → 50 second → 10 offers: 20 % · 50 % · 50 % · 20 %."""
    codes = [stage.code for stage in FAIR.stages]
    reached = (1000, 200, 100, 50, 10)
    moves = [
        move for lead in range(1000) for move in path(lead, *codes[: sum(lead < many for many in reached)], book=FAIR)
    ]
    found = reaches(FAIR, moves, *PERIOD)
    assert [found[code].entered for code in codes] == list(reached)
    ratios = [found[code].ratio for code in codes]
    assert ratios == [Fraction(1, 5), Fraction(1, 2), Fraction(1, 2), Fraction(1, 5), Fraction(0)]
    assert [found[code].open for code in codes] == [800, 100, 50, 40, 0]
    assert found["companies"].won_ratio == Fraction(1, 100)


def test_need_to_offer_by_hand() -> None:
    """需求挖掘→方案提案: of the leads that left the need, those that went on; the ones that stay count for nothing."""
    moves = [
        *path(1, "need", "offer"),
        *path(2, "need", "offer", "need", "offer"),  # bounces, and counts once
        *path(3, "need", "deal"),  # past the offer is forward too
        *path(4, "need", LOST),
        *path(5, "need", INVALID),
        *path(6, "need"),  # still there
        *path(7, "need", "offer", "need"),  # there again: has not left
    ]
    row = counted(BOOK, {}, moves, *PERIOD).stages[0]
    assert (row.stage, row.left, row.forward, row.back, row.lost, row.invalid) == ("need", 5, 3, 0, 1, 1)
    assert (row.conversion, row.loss, row.lost_rate) == (Fraction(3, 5), Fraction(2, 5), Fraction(1, 5))
    assert row.interval == interval(3, 5)


def test_the_worst_stage_is_named() -> None:
    """The highest loss; of equals the one that more left."""
    moves = [*path(1, "need", "offer", LOST), *path(2, "need", "offer", "deal"), *path(3, "need", LOST)]
    found = counted(BOOK, {}, moves, *PERIOD)
    assert {row.stage: row.loss for row in found.stages} == {
        "need": Fraction(1, 3), "offer": Fraction(1, 2), "deal": None, "won": None,
    }  # fmt: skip
    least = worst(BOOK, found)
    assert least is not None
    assert least.stage == "offer"
    assert lost_rate(BOOK, found) == Fraction(2, 5)
    nothing = counted(BOOK, {}, [], *PERIOD)
    assert worst(BOOK, nothing) is None
    assert lost_rate(BOOK, nothing) is None


def test_ninety_five_of_a_hundred() -> None:
    assert pytest.approx(NormalDist().inv_cdf(0.975)) == NINETY_FIVE


@given(st.integers(0, 300), st.integers(0, 300))
def test_an_interval_holds_what_was_measured(part: int, more: int) -> None:
    whole = part + more
    found = interval(part, whole)
    if found is None:
        assert whole == 0
        return
    assert 0 <= found.low <= part / whole <= found.high <= 1
    ten = interval(part * 10, whole * 10)
    assert ten is not None
    assert ten.high - ten.low < found.high - found.low


def test_an_interval_is_wilsons() -> None:
    """Against the tables: 8 of 10, and none of 20."""
    found, none = interval(8, 10), interval(0, 20)
    assert found is not None
    assert none is not None
    assert (round(found.low, 4), round(found.high, 4)) == (0.4902, 0.9433)
    assert (none.low, round(none.high, 4)) == (0.0, 0.1611)


@given(st.lists(st.integers(0, 400), max_size=60))
def test_times_are_those_of_the_sorted_days(days: list[int]) -> None:
    found, ordered = times({day: days.count(day) for day in days}), sorted(days)
    if not days:
        assert found == Times()
        assert found.mean is None
        return
    assert found.mean == Fraction(sum(days), len(days))
    assert found.median == Fraction(ordered[(len(days) - 1) // 2] + ordered[len(days) // 2], 2)
    assert found.p90 is not None
    assert sum(day <= found.p90 for day in days) * 10 >= len(days) * 9
    assert sum(day < found.p90 for day in days) * 10 < len(days) * 9


def test_a_stage_time_is_of_the_last_stay() -> None:
    """From the last entry to the exit, whole days; who bounced is there once."""
    moves = [*path(1, "need", "offer", "need", "offer", days=2), *path(2, "need", "offer", days=5)]
    assert stage_times(last_exits(moves, *PERIOD)) == {"need": times({2: 1, 5: 1})}


def test_reach_says_who_is_still_open() -> None:
    """Lost ones will not come; young ones may."""
    moves = [*path(1, "need", "offer"), *path(2, "need"), *path(3, "need", LOST), *path(4, "need", "won")]
    assert reaches(BOOK, moves, *PERIOD)["need"] == Reach(entered=4, reached=2, open=1, won=1)
    assert reaches(BOOK, moves, *PERIOD)["deal"].ratio is None


counts = st.integers(0, 60)


@st.composite
def performances(draw: st.DrawFn) -> Performance:
    """Work that came to something, or not."""
    calls = draw(counts)
    talks = draw(st.integers(0, calls))
    deals = draw(st.integers(0, talks))
    amount = Decimal(draw(st.integers(0, 10**9)) if deals else 0) / 100
    return Performance(Work(calls, calls, talks), Tally(deals, amount))


@given(st.lists(performances(), min_size=1, max_size=5))
def test_a_gap_is_split_without_a_rest(people: list[Performance]) -> None:
    team = Performance(sum((one.work for one in people), Work()), sum((one.won for one in people), Tally()))
    for own in people:
        found = gap(own, team, len(people))
        assert found is not None
        assert found.whole == Fraction(own.won.amount) - Fraction(team.won.amount) / len(people)
    assert sum((gap(own, team, len(people)) or Gap(*[Fraction(0)] * 4)).whole for own in people) == 0


def test_a_gap_is_the_factor_that_differs() -> None:
    """Half the calls at the same rates is all the calls'; no call at all, too."""
    usual = Performance(Work(100, 100, 50), Tally(10, Decimal(1000)))
    lazy = Performance(Work(50, 50, 25), Tally(5, Decimal(500)))
    team = Performance(usual.work + lazy.work, usual.won + lazy.won)
    assert gap(lazy, team, 2) == Gap(Fraction(-250), Fraction(0), Fraction(0), Fraction(0))
    away = Performance(Work(), Tally())
    assert gap(away, usual, 2) == Gap(Fraction(-500), Fraction(0), Fraction(0), Fraction(0))


@pytest.mark.parametrize(
    "odd", [Performance(Work(), Tally(1, Decimal(5))), Performance(Work(3, 0, 3), Tally(1, Decimal(5)))]
)
def test_what_is_no_product_is_not_split(odd: Performance) -> None:
    """Deals without a talk, talks without a call: no factor can be blamed."""
    assert gap(odd, Performance(Work(10, 10, 5), Tally(2, Decimal(50))), 2) is None


def test_effort_has_nothing_to_divide_by_where_nobody_left() -> None:
    idle = Effort("need", Work(5, 5, 2, 120), Times(), 0, 0)
    assert idle.per_lead() == idle.per_deal() == (None, None, None)
    busy = Effort("need", Work(12, 10, 6, 720), times({2: 1, 4: 2}), 3, 2)
    assert busy.per_lead() == (Fraction(4), Fraction(4), Fraction(10, 3))
    assert busy.per_deal() == (Fraction(6), Fraction(6), Fraction(5))
