"""The forecast: what open leads are worth, which will be won and which are in danger."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from funnel import (
    INVALID,
    LOST,
    Danger,
    Hope,
    Kind,
    Outlook,
    Playbook,
    Prospect,
    Step,
    Tally,
    chances,
    dangers,
    hope,
    levels,
    outlook,
)
from tests.funnel.making import BOOK, NOW, ago, ahead

TODAY = NOW.date()
HALF, FIFTH = Fraction(1, 2), Fraction(1, 5)


def step(stage: str, planned: Fraction, measured: Fraction | None = None) -> Step:
    return Step(stage, "", planned, measured)


STEPS = (step("need", HALF), step("offer", HALF, FIFTH), step("deal", Fraction(9, 10)))
"""Of the small playbook; the middle one is measured."""

stocks = st.dictionaries(
    st.sampled_from(("need", "offer", "deal", "won", LOST, INVALID)),
    st.builds(Tally, st.integers(0, 50), st.integers(0, 10**6).map(Decimal)),
)
shares = st.fractions(0, 1)


def stepped(rates: tuple[Fraction, ...]) -> tuple[Step, ...]:
    return tuple(step(own.code, HALF, rate) for own, rate in zip(levels(BOOK), rates, strict=True))


# ── what it is worth ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_chance_is_the_product_of_the_rates_from_there_down() -> None:
    assert chances(STEPS) == {
        "need": HALF * FIFTH * Fraction(9, 10), "offer": FIFTH * Fraction(9, 10), "deal": Fraction(9, 10),
    }  # fmt: skip
    assert chances(()) == {}


def test_the_example_by_hand() -> None:
    """Probabilities of 20, 50 and 80 %; measured 9, 18 and 90 %."""
    stock = {"need": Tally(10, Decimal(1000)), "offer": Tally(4, Decimal(500)), "deal": Tally(2, Decimal("300.10"))}
    seen = outlook(BOOK, stock, chances(STEPS))
    assert seen.best == Tally(16, Decimal("1800.10"))
    assert seen.commit == Tally(2, Decimal("300.10"))
    assert seen.deals == Fraction(2) + 2 + Fraction(8, 5)
    assert seen.weighted == Decimal(200) + Decimal(250) + Decimal("240.08")
    assert seen.measured_deals == Fraction(9, 10) + Fraction(72, 100) + Fraction(18, 10)
    assert seen.measured == Fraction(90) + Fraction(90) + Fraction("270.09")


def test_lost_deals_are_in_no_forecast_nor_are_sold_ones() -> None:
    closed = {code: Tally(9, Decimal(900)) for code in ("won", LOST, INVALID)}
    assert outlook(BOOK, closed, chances(STEPS)) == Outlook()
    assert outlook(BOOK, {}, chances(STEPS)) == Outlook()


@given(stocks, st.tuples(shares, shares, shares), st.tuples(shares, shares, shares))
def test_the_forecast_is_monotone_in_the_chances(
    stock: dict[str, Tally], rates: tuple[Fraction, ...], others: tuple[Fraction, ...]
) -> None:
    low = outlook(BOOK, stock, chances(stepped(tuple(map(min, rates, others)))))
    high = outlook(BOOK, stock, chances(stepped(tuple(map(max, rates, others)))))
    assert low.measured <= high.measured <= high.best.amount
    assert low.measured_deals <= high.measured_deals <= high.best.count


@given(stocks, st.lists(st.integers(0, 100), min_size=3, max_size=3), st.integers(0, 2))
def test_the_forecast_is_monotone_in_the_probability(stock: dict[str, Tally], given: list[int], place: int) -> None:
    def of(numbers: list[int]) -> Outlook:
        own = [replace(stage, probability=number) for stage, number in zip(levels(BOOK), numbers, strict=True)]
        book: Playbook = replace(BOOK, stages=(*own, *BOOK.stages[3:]))
        return outlook(book, stock, chances(STEPS))

    better = [100 if at == place else number for at, number in enumerate(given)]
    assert of(given).weighted <= of(better).weighted <= of(better).best.amount
    assert of(given).deals <= of(better).deals <= of(better).best.count


@given(st.lists(stocks, max_size=5))
def test_parts_sum_to_the_whole(parts: list[dict[str, Tally]]) -> None:
    """Months to the year, agents to the team."""
    whole: dict[str, Tally] = {}
    for part in parts:
        for code, tally in part.items():
            whole[code] = whole.get(code, Tally()) + tally
    given = chances(STEPS)
    assert sum((outlook(BOOK, part, given) for part in parts), Outlook()) == outlook(BOOK, whole, given)


@given(stocks, st.tuples(shares, shares, shares))
def test_commit_is_a_part_of_the_best_case(stock: dict[str, Tally], rates: tuple[Fraction, ...]) -> None:
    seen = outlook(BOOK, stock, chances(stepped(rates)))
    assert seen.commit.count <= seen.best.count
    assert seen.commit.amount <= seen.best.amount
    assert seen.best.count == sum(tally.count for code, tally in stock.items() if BOOK.kind(code) is Kind.OPEN)


# ── what to expect of one ─────────────────────────────────────────────────────────────────────────────────────────────

WELL = Prospect("deal", ago(days=3), TODAY + timedelta(days=9), ago(days=2), ahead(days=1))
"""Touched, promised, not yet due."""


def found(lead: Prospect, book: Playbook = BOOK) -> tuple[Danger, ...]:
    return dangers(book, lead, NOW, TODAY)


def test_nothing_endangers_a_lead_that_goes_its_way() -> None:
    assert found(WELL) == ()
    assert hope(BOOK, "deal", ()) is Hope.WILL_BE_WON
    assert hope(BOOK, "offer", ()) is Hope.OPEN
    assert hope(BOOK, "deal", (Danger.SILENCE,)) is Hope.IN_DANGER


def test_a_day_is_past_when_it_is_over() -> None:
    assert found(WELL._replace(expected_on=TODAY)) == ()
    assert found(WELL._replace(expected_on=TODAY - timedelta(days=1))) == (Danger.DATE_PAST,)
    assert found(WELL._replace(expected_on=None)) == ()


def test_a_missed_promise_and_a_step_back_endanger() -> None:
    assert found(WELL._replace(promised_at=ago(minutes=1))) == (Danger.PROMISE_MISSED,)
    assert found(WELL._replace(promised_at=NOW)) == ()
    assert found(WELL._replace(has_moved_back=True)) == (Danger.MOVED_BACK,)


def test_a_stage_without_a_limit_is_never_overstayed() -> None:
    at_need = WELL._replace(stage="need", stage_since=ago(days=15))
    assert found(at_need) == (Danger.PAST_DWELL,)
    assert found(at_need._replace(stage_since=ago(days=14, hours=23))) == ()
    assert found(WELL._replace(stage_since=ago(days=999))) == ()


def test_silence_counts_from_the_last_touch_and_a_promise_breaks_it() -> None:
    silent = WELL._replace(promised_at=None, touched_at=ago(days=14), stage_since=ago(days=1))
    assert found(silent) == (Danger.SILENCE,)
    assert found(silent._replace(touched_at=ago(days=13))) == ()
    assert found(silent._replace(promised_at=ahead(days=30))) == ()
    assert found(silent._replace(touched_at=None)) == ()
    assert found(silent._replace(touched_at=None, stage_since=ago(days=20))) == (Danger.SILENCE,)


def test_several_dangers_come_the_worst_first() -> None:
    worst = Prospect("need", ago(days=40), date(2026, 1, 1), None, ago(days=1), has_moved_back=True)
    assert found(worst) == (Danger.DATE_PAST, Danger.PROMISE_MISSED, Danger.PAST_DWELL, Danger.MOVED_BACK)
