"""The laws of the figures, on histories that nobody thought of."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from funnel import (
    INVALID,
    LOST,
    Exit,
    Funnel,
    Kind,
    Move,
    Playbook,
    Tally,
    Way,
    counted,
    last_exits,
    may_move,
    way_of,
    weighted_forecast,
    won_cycles,
)
from tests.funnel.making import BOOK, FULL, NOW, stage

AFTER_SALE = replace(BOOK, stages=(*BOOK.stages, stage("delivered", 100), stage("again", 100)))
"""A funnel that goes on after the deal."""


@st.composite
def histories(draw: st.DrawFn, book: Playbook = BOOK) -> list[Move]:
    """Moves of a few leads in the order of their record; several may fall on one moment."""
    codes = (*(own.code for own in book.stages), LOST, INVALID)
    steps = draw(
        st.lists(
            st.tuples(st.integers(1, 5), st.sampled_from(codes), st.integers(0, 90), st.integers(0, 500)), max_size=40
        )
    )
    stands: dict[int, str] = {}
    at, moves = NOW, []
    for lead, to, minutes, amount in steps:
        origin = stands.get(lead)
        if origin == to or (origin is None and to in (LOST, INVALID)):
            continue
        at += timedelta(minutes=minutes)
        moves.append(Move(lead, at, origin, to, way_of(book, origin, to), Decimal(amount)))
        stands[lead] = to
    return moves


minutes = st.integers(-60, 2000).map(lambda number: NOW + timedelta(minutes=number))
periods = st.tuples(minutes, minutes).map(lambda pair: (min(pair), max(pair)))
Period = tuple[datetime, datetime]


def standing(moves: list[Move], moment: datetime) -> dict[int, str]:
    """Where every lead stands just before a moment."""
    return {move.lead: move.to for move in moves if move.at < moment}


def within(moves: list[Move], period: Period) -> list[Move]:
    return [move for move in moves if period[0] <= move.at < period[1]]


def over(moves: list[Move], period: Period) -> Funnel:
    stock = Counter(standing(moves, period[1]).values())
    return counted(BOOK, {code: Tally(number) for code, number in stock.items()}, moves, *period)


@given(histories(), periods)
def test_no_lead_is_lost_between_stages(moves: list[Move], period: Period) -> None:
    """Opening + entered − left = closing, in events, for every stage and for the closed ones."""
    opening = Counter(standing(moves, period[0]).values())
    closing = Counter(standing(moves, period[1]).values())
    entered = Counter(move.to for move in within(moves, period))
    left = Counter(move.origin for move in within(moves, period) if move.origin)
    funnel = over(moves, period)
    for own in funnel.stages:
        assert own.entered == entered[own.stage]
        assert own.open.count == closing[own.stage]
    for code in (*(own.code for own in BOOK.stages), LOST, INVALID):
        assert opening[code] + entered[code] - left[code] == closing[code]
    taken_in = sum(move.origin is None for move in within(moves, period))
    assert sum(opening.values()) + taken_in == sum(closing.values())


@given(histories(), periods)
def test_conversion_and_loss_share_the_same_leavers(moves: list[Move], period: Period) -> None:
    for own in over(moves, period).stages:
        assert own.left == own.forward + sum(count for way, count in own.exits.items() if not way.is_forward)
        if own.left == 0:
            assert own.conversion is own.loss is None
        else:
            assert own.conversion is not None
            assert own.loss is not None
            assert own.conversion + own.loss == 1
            assert 0 <= own.conversion <= 1


@given(histories(), periods)
def test_leavers_are_those_who_left_and_stand_elsewhere_at_the_end(moves: list[Move], period: Period) -> None:
    """The definition in other words: the last exit of each lead from each stage that it does not stand in."""
    at_end = standing(moves, period[1])
    last = {(move.lead, move.origin): move for move in within(moves, period) if move.origin is not None}
    final = {move.lead: move for move in within(moves, period)}
    expected = {
        Exit(lead, stage, move.to, move.way, move.amount, move is final[lead])
        for (lead, stage), move in last.items()
        if at_end[lead] != stage
    }
    found = [leaver._replace(days=None) for leaver in last_exits(moves, *period)]
    assert len(found) == len(expected)
    assert set(found) == expected


@given(histories(), periods)
def test_each_lead_leaves_a_stage_once_and_the_figures_count_just_that(moves: list[Move], period: Period) -> None:
    found = last_exits(moves, *period)
    assert len({(own.lead, own.stage) for own in found}) == len(found)
    assert max(Counter(own.lead for own in found if own.is_final).values(), default=0) <= 1
    for own in over(moves, period).stages:
        assert own.left == sum(leaver.stage == own.stage for leaver in found)
        assert own.left <= len({move.lead for move in moves})


@given(histories(), periods)
def test_what_is_closed_stands_closed_at_the_end(moves: list[Move], period: Period) -> None:
    final = {move.lead: move for move in within(moves, period)}
    funnel = over(moves, period)
    for kind, tally in ((Kind.WON, funnel.won), (Kind.LOST, funnel.lost), (Kind.INVALID, funnel.invalid)):
        closed = [move for move in final.values() if BOOK.kind(move.to) is kind and move.origin is not None]
        assert tally == Tally(len(closed), sum((move.amount for move in closed), Decimal(0)))


@given(histories(), periods)
def test_a_lead_that_stays_open_is_never_counted_as_closed(moves: list[Move], period: Period) -> None:
    open_leads = {lead for lead, code in standing(moves, period[1]).items() if BOOK.kind(code) is Kind.OPEN}
    for own in last_exits(moves, *period):
        if own.lead in open_leads and own.is_final:
            assert BOOK.kind(own.to) is Kind.OPEN


@given(histories(), minutes)
def test_an_empty_period_has_nothing_in_it(moves: list[Move], moment: datetime) -> None:
    assert last_exits(moves, moment, moment) == []
    funnel = over(moves, (moment, moment))
    assert all(own.entered == own.left == 0 for own in funnel.stages)


@given(histories())
def test_ways_are_those_that_a_move_would_be_judged_by(moves: list[Move]) -> None:
    for move in moves:
        if move.origin is None:
            assert move.way is Way.ENTER
        else:
            assert may_move(BOOK, move.origin, move.to, FULL).way is move.way


def without_what_follows(moves: list[Move]) -> list[Move]:
    """The same moves of a floor that ends its funnel at the sale: delivered and bought again are both 'won'."""
    told = {"delivered": "won", "again": "won"}
    ended = [(move, told.get(move.origin or "", move.origin), told.get(move.to, move.to)) for move in moves]
    return [
        Move(move.lead, move.at, origin, to, way_of(BOOK, origin, to), move.amount)
        for move, origin, to in ended
        if origin != to
    ]


@given(histories(AFTER_SALE), periods)
def test_what_follows_the_sale_is_no_other_sale_and_undoes_none(moves: list[Move], period: Period) -> None:
    ended = without_what_follows(moves)
    found, plain = counted(AFTER_SALE, {}, moves, *period), counted(BOOK, {}, ended, *period)
    assert (found.won, found.lost, found.invalid) == (plain.won, plain.lost, plain.invalid)
    assert sorted(won_cycles(AFTER_SALE, moves, *period)) == sorted(won_cycles(BOOK, ended, *period))
    for code in ("need", "offer", "deal"):
        mine, theirs = (next(own for own in one.stages if own.stage == code) for one in (found, plain))
        assert mine.conversion == theirs.conversion


def test_who_was_sold_to_is_in_no_forecast_wherever_they_stand_now() -> None:
    stock = {code: Tally(1, Decimal(100)) for code in ("deal", "won", "delivered", "again")}
    assert weighted_forecast(AFTER_SALE, stock) == 80
    assert [AFTER_SALE.kind(code) for code in ("deal", "won", "delivered", "again")] == [
        Kind.OPEN, Kind.WON, Kind.WON, Kind.WON,
    ]  # fmt: skip
