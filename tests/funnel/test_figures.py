"""Figures over a period: leavers each once, conversion and loss, what was closed, target, forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel import (
    INVALID,
    LOST,
    Exit,
    Funnel,
    Kind,
    Move,
    StageFigures,
    Tally,
    Way,
    counted,
    figures,
    last_exits,
    way_of,
    weighted_forecast,
)
from tests.funnel.making import BOOK, DEAL, NEED, NOW, OFFER, WON, ago, ahead, stage

SINCE, UNTIL = NOW, ahead(days=30)


def path(lead: int, *stages: str | None, amount: int = 10, start: datetime = NOW) -> list[Move]:
    """A lead's moves, an hour apart; None first: the lead is taken in."""
    return [
        Move(lead, start + timedelta(hours=hour), origin, to, way_of(BOOK, origin, to), Decimal(amount))
        for hour, (origin, to) in enumerate(pairwise(stages))
        if to is not None
    ]


def exits(moves: Sequence[Move]) -> list[tuple[int, str, str, bool]]:
    return [(own.lead, own.stage, own.to, own.is_final) for own in last_exits(moves, SINCE, UNTIL)]


def over(moves: Sequence[Move]) -> Funnel:
    return counted(BOOK, {}, moves, SINCE, UNTIL)


def row(funnel: Funnel, code: str) -> StageFigures:
    return next(own for own in funnel.stages if own.stage == code)


# ── leavers ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lead_leaves_each_stage_it_went_through_and_the_last_move_is_final() -> None:
    moves = path(1, None, "need", "offer", "deal")
    assert exits(moves) == [(1, "need", "offer", False), (1, "offer", "deal", True)]


def test_being_taken_in_is_no_leaving() -> None:
    assert exits(path(1, None, "need")) == []


def test_a_bounce_counts_once_by_its_last_exit() -> None:
    moves = path(1, "need", "offer", "need", LOST)
    assert exits(moves) == [(1, "offer", "need", False), (1, "need", LOST, True)]
    there_and_on = path(2, "need", "offer", "need", "deal", amount=7)
    assert last_exits(there_and_on, SINCE, UNTIL)[-1] == Exit(2, "need", "deal", Way.SKIP, Decimal(7), True, 0)


def test_whoever_stands_there_again_at_the_end_has_not_left() -> None:
    assert exits(path(1, "need", "offer", "need")) == [(1, "offer", "need", True)]
    assert exits(path(1, "need", "offer", "need", "offer", "need")) == [(1, "offer", "need", True)]


def test_a_reopened_lead_has_not_been_lost() -> None:
    assert exits(path(1, "offer", LOST, "offer")) == [(1, LOST, "offer", True)]


def test_only_moves_of_the_period_count_its_first_moment_included_and_its_last_not() -> None:
    first, last, before = path(1, "need", "offer"), path(2, "need", "offer", start=UNTIL), path(3, "need", "offer")
    before = [move._replace(at=SINCE - timedelta(microseconds=1)) for move in before]
    assert exits([*before, *first, *last]) == [(1, "need", "offer", True)]


def test_what_comes_after_the_period_does_not_reach_back() -> None:
    moves = [*path(1, "need", "offer"), *path(1, "offer", "need", start=UNTIL)]
    assert exits(moves) == [(1, "need", "offer", True)]


def test_leads_do_not_mix() -> None:
    one, other = path(1, "need", "offer", "need"), path(2, "need", "offer", "deal")
    mixed = [move for pair in zip(one, other, strict=True) for move in pair]
    assert sorted(exits(mixed)) == [(1, "offer", "need", True), (2, "need", "offer", False), (2, "offer", "deal", True)]


# ── figures ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_conversion_is_the_share_of_the_leavers_that_went_on() -> None:
    moves = [
        *path(1, "need", "offer"),
        *path(2, "need", "won"),
        *path(3, "need", LOST),
        *path(4, "need", INVALID),
        *path(5, "need", "offer", "need"),
        *path(6, "offer", "need"),
    ]
    need = row(over(moves), "need")
    assert need.exits == {Way.FORWARD: 1, Way.SKIP: 1, Way.LOST: 1, Way.INVALID: 1}
    assert (need.left, need.forward) == (4, 2)
    assert (need.conversion, need.loss) == (Fraction(1, 2), Fraction(1, 2))


def test_a_stage_that_nobody_left_has_no_conversion() -> None:
    need = row(over(path(1, None, "need")), "need")
    assert (need.left, need.conversion, need.loss) == (0, None, None)


def test_a_stage_that_nobody_left_forward_converts_nothing() -> None:
    need = row(over(path(1, "need", LOST)), "need")
    assert (need.conversion, need.loss) == (Fraction(0), Fraction(1))


def test_entries_are_events_and_a_bounce_counts_for_each() -> None:
    funnel = over(path(1, None, "need", "offer", "need", "offer"))
    assert [own.entered for own in funnel.stages] == [2, 2, 0, 0]


def test_closed_is_what_was_closed_in_the_period_and_stayed_so() -> None:
    moves = [
        *path(1, "deal", "won", amount=100),
        *path(2, "deal", "won", "deal", amount=100),
        *path(3, "need", LOST, amount=30),
        *path(4, "need", LOST, "need", LOST, amount=20),
        *path(5, "offer", INVALID, amount=5),
        *path(6, "offer", LOST, INVALID, amount=6),
        *path(7, "deal", "won", amount=1000, start=UNTIL),
    ]
    funnel = over(moves)
    assert funnel.won == Tally(1, Decimal(100))
    assert funnel.lost == Tally(2, Decimal(50))
    assert funnel.invalid == Tally(2, Decimal(11))


def test_figures_from_kept_counts_show_every_stage() -> None:
    funnel = figures(
        BOOK,
        {"need": Tally(3, Decimal(300)), LOST: Tally(9, Decimal(9))},
        {"need": 5},
        {("need", Way.FORWARD): 2, ("need", Way.LOST): 1, (LOST, Way.REOPEN): 1},
        {Kind.WON: Tally(1, Decimal(50))},
    )
    assert [own.stage for own in funnel.stages] == ["need", "offer", "deal", "won"]
    assert funnel.stages[0] == StageFigures("need", Tally(3, Decimal(300)), 5, {Way.FORWARD: 2, Way.LOST: 1})
    assert funnel.stages[1] == StageFigures("offer")
    assert (funnel.won, funnel.lost, funnel.invalid) == (Tally(1, Decimal(50)), Tally(), Tally())
    assert funnel.weighted == Decimal(60)
    assert funnel.target is None


def test_tallies_add_up() -> None:
    assert Tally(1, Decimal("0.10")) + Tally(2, Decimal("0.20")) == Tally(3, Decimal("0.30"))


def funnel_of(won: str, weighted: str, target: str | None) -> Funnel:
    wanted = None if target is None else Tally(10, Decimal(target))
    return Funnel((), Tally(1, Decimal(won)), Tally(), Tally(), Decimal(weighted), wanted)


@pytest.mark.parametrize(
    ("won", "weighted", "target", "attainment", "coverage"),
    [
        ("50", "100", "200", Fraction(1, 4), Fraction(2, 3)),
        ("0", "0", "200", Fraction(0), Fraction(0)),
        ("200", "100", "200", Fraction(1), None),
        ("300", "100", "200", Fraction(3, 2), None),
        ("50", "100", "0", None, None),
        ("50", "100", None, None, None),
        ("0.10", "0.20", "0.30", Fraction(1, 3), Fraction(1)),
    ],
)
def test_attainment_and_coverage(
    won: str, weighted: str, target: str | None, attainment: Fraction | None, coverage: Fraction | None
) -> None:
    funnel = funnel_of(won, weighted, target)
    assert (funnel.attainment, funnel.coverage) == (attainment, coverage)


# ── forecast ──────────────────────────────────────────────────────────────────────────────────────────────────────────

stocks = st.dictionaries(
    st.sampled_from(["need", "offer", "deal", "won", LOST, INVALID]),
    st.builds(Tally, st.integers(0, 99), st.decimals(0, 10**9, places=2)),
)


def test_the_forecast_weighs_open_leads_by_their_stage() -> None:
    stock = {code: Tally(1, Decimal(1000)) for code in ("need", "offer", "deal", "won", LOST, INVALID)}
    assert weighted_forecast(BOOK, stock) == Decimal(200 + 500 + 800)
    assert weighted_forecast(BOOK, {}) == 0


def test_the_forecast_loses_no_cent() -> None:
    book = replace(BOOK, stages=(stage("need", 33), WON))
    assert weighted_forecast(book, {"need": Tally(1, Decimal("0.01"))}) == Decimal("0.0033")


@given(stocks, st.integers(0, 2), st.integers(0, 100), st.integers(0, 100))
def test_a_better_chance_never_lowers_the_forecast(stock: dict[str, Tally], place: int, one: int, other: int) -> None:
    def forecast(probability: int) -> Decimal:
        stages = [NEED, OFFER, DEAL, WON]
        stages[place] = replace(stages[place], probability=probability)
        return weighted_forecast(replace(BOOK, stages=tuple(stages)), stock)

    worse, better = sorted((one, other))
    assert forecast(worse) <= forecast(better)


@given(stocks, stocks)
def test_the_forecast_of_two_teams_is_the_sum_of_theirs(mine: dict[str, Tally], theirs: dict[str, Tally]) -> None:
    both = {code: mine.get(code, Tally()) + theirs.get(code, Tally()) for code in {*mine, *theirs}}
    assert weighted_forecast(BOOK, both) == weighted_forecast(BOOK, mine) + weighted_forecast(BOOK, theirs)


@given(stocks)
def test_the_forecast_is_never_more_than_all_that_is_open(stock: dict[str, Tally]) -> None:
    everything = sum((stock[code].amount for code in ("need", "offer", "deal") if code in stock), Decimal(0))
    assert 0 <= weighted_forecast(BOOK, stock) <= everything


def test_the_day_before_the_period_is_not_in_it() -> None:
    assert over(path(1, None, "need", start=ago(days=1))).stages[0].entered == 0
