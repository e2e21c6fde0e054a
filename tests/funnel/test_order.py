"""The order of calling: every criterion, the playbook's own order, and why one lead comes first."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel import BITS, Criterion, Place, Playbook, Standing, place_in_queue, value_rank
from tests.funnel.making import BOOK, NOW, ago, ahead

PROMISE, FRESH, INTENT, DWELL, VALUE, WAITING = Criterion


def lead(stage: str = "need", **more: Any) -> Standing:
    """A lead that entered its stage yesterday and was touched an hour ago."""
    return Standing(stage, **{"stage_since": ago(days=1), "waiting_since": ago(hours=1), **more})


def place(standing: Standing, book: Playbook = BOOK, now: datetime = NOW) -> Place:
    return place_in_queue(book, standing, now)


# Each beats the next by the criterion named beside it.
RANKING: list[tuple[Standing, Criterion]] = [
    (lead(promised_at=ago(minutes=9), is_promise_personal=True), WAITING),
    (lead("deal", promised_at=ago(minutes=1), is_promise_personal=True), PROMISE),
    (lead("deal", promised_at=ago(hours=9), value=Decimal(10**6)), PROMISE),
    (lead(fresh_until=ahead(minutes=1)), FRESH),
    (lead("deal"), INTENT),
    (lead("offer"), INTENT),
    (lead(stage_since=ago(days=15)), DWELL),
    (lead(value=Decimal(500_000)), VALUE),
    (lead(value=Decimal(1000)), VALUE),
    (lead(waiting_since=ago(days=300)), WAITING),
    (lead(waiting_since=ago(hours=2)), WAITING),
    (lead(waiting_since=ago(seconds=1)), WAITING),
]


def test_the_trade_s_order_of_calling() -> None:
    keys = [place(standing).key for standing, _ in RANKING]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("number", range(len(RANKING) - 1))
def test_why_one_comes_before_the_next(number: int) -> None:
    (first, reason), (second, _) = RANKING[number : number + 2]
    assert place(first).decides(place(second)) is reason
    assert place(second).decides(place(first)) is reason


def test_two_alike_are_told_apart_by_waiting_if_at_all() -> None:
    assert place(lead()).decides(place(lead())) is WAITING


def test_ranks_stand_in_the_playbook_s_order_and_fill_the_key() -> None:
    own = place(lead("offer", value=Decimal(1000), fresh_until=ahead(hours=1)))
    assert own.ranks == (
        (PROMISE, 2),
        (FRESH, 0),
        (INTENT, 50),
        (DWELL, 1),
        (VALUE, value_rank(Decimal(1000))),
        (WAITING, int(ago(hours=1).timestamp())),
    )
    assert sum(BITS.values()) == 49
    assert own.key < 1 << 49


def test_a_playbook_can_set_another_order() -> None:
    money_first = replace(BOOK, order=(VALUE, PROMISE, FRESH, INTENT, DWELL, WAITING))
    rich, near = lead(value=Decimal(10**6)), lead("deal", value=Decimal(1000))
    assert place(rich).key > place(near).key
    assert place(rich, money_first).key < place(near, money_first).key
    assert place(rich, money_first).decides(place(near, money_first)) is VALUE
    assert [criterion for criterion, _ in place(rich, money_first).ranks] == list(money_first.order)


def test_above_the_promise_a_criterion_keeps_its_say() -> None:
    money_first = replace(BOOK, order=(VALUE, PROMISE, FRESH, INTENT, DWELL, WAITING))
    poor_promise = lead(promised_at=ago(minutes=1), is_promise_personal=True)
    assert place(lead(value=Decimal(10**6)), money_first).key < place(poor_promise, money_first).key


def test_promises_go_by_their_moment_alone_mine_before_the_pool_s() -> None:
    early = lead("need", promised_at=ahead(hours=1))
    late_but_dear = lead("deal", promised_at=ahead(hours=2), value=Decimal(10**9), fresh_until=ahead(hours=3))
    assert place(early).key < place(late_but_dear).key
    assert place(early).decides(place(late_but_dear)) is WAITING
    mine = late_but_dear._replace(is_promise_personal=True)
    assert place(mine).key < place(early).key
    assert place(mine).decides(place(early)) is PROMISE


def test_a_promise_counts_from_when_it_is_due_and_not_from_the_last_touch() -> None:
    promise = lead(promised_at=ahead(minutes=5), waiting_since=ago(days=400))
    assert dict(place(promise).ranks)[WAITING] == int(ahead(minutes=5).timestamp())


def test_being_fresh_ends_when_the_first_call_clock_runs_out() -> None:
    fresh = lead(fresh_until=ahead(minutes=30))
    assert dict(place(fresh).ranks)[FRESH] == 0
    assert place(fresh).changes_at == ahead(minutes=30)
    later = place(fresh, now=ahead(minutes=30))
    assert dict(later.ranks)[FRESH] == 1
    assert later.changes_at == ahead(days=14)


def test_past_the_dwell_limit_nothing_changes_any_more() -> None:
    standing = lead(stage_since=ago(days=14))
    assert (dict(place(standing).ranks)[DWELL], place(standing).changes_at) == (1, ahead(days=1))
    later = place(standing, now=ahead(days=1))
    assert (dict(later.ranks)[DWELL], later.changes_at) == (0, None)


def test_a_stage_without_a_dwell_limit_is_never_past_it() -> None:
    own = place(lead("offer", stage_since=ago(days=9999)))
    assert dict(own.ranks)[DWELL] == 1
    assert own.changes_at is None


def test_the_sooner_change_is_named() -> None:
    assert place(lead(fresh_until=ahead(hours=1), stage_since=ago(days=14.99))).changes_at == ahead(days=0.01)
    assert place(lead(fresh_until=ago(hours=1), stage_since=ago(days=16))).changes_at is None


def test_a_moment_before_all_clocks_is_the_longest_wait() -> None:
    ancient = lead(waiting_since=datetime(1960, 1, 1, tzinfo=NOW.tzinfo))
    assert place(ancient).key < place(lead(waiting_since=datetime(1971, 1, 1, tzinfo=NOW.tzinfo))).key


def test_a_moment_after_all_clocks_does_not_spill_into_the_rank_above() -> None:
    far = place(lead(waiting_since=datetime(2200, 1, 1, tzinfo=NOW.tzinfo))).key
    assert far >> BITS[WAITING] == place(lead()).key >> BITS[WAITING]
    assert far & 0xFFFF_FFFF == 0xFFFF_FFFF


@pytest.mark.parametrize("value", [None, Decimal(0), Decimal(-5), Decimal("0.5")])
def test_no_money_is_the_last_rank(value: Decimal | None) -> None:
    assert value_rank(value) == 63


def test_money_beyond_measure_is_the_first_rank() -> None:
    assert [value_rank(Decimal(10**power)) for power in (12, 13, 14, 27)] == [3, 0, 0, 0]


@given(st.decimals(1, 10**15, places=2), st.decimals(1, 10**15, places=2))
def test_more_money_never_ranks_behind_less(one: Decimal, other: Decimal) -> None:
    less, more = sorted((one, other))
    assert 0 <= value_rank(more) <= value_rank(less) <= 63


@given(st.decimals(1, 10**9, places=2))
def test_two_doublings_are_three_steps(value: Decimal) -> None:
    assert value_rank(value) - value_rank(value * 4) == 3 or value_rank(value * 4) == 0
    assert value_rank(value) - value_rank(value * 16) == 6 or value_rank(value * 16) == 0


moments = st.integers(-(10**6), 10**6).map(lambda minutes: NOW + timedelta(minutes=minutes))
standings = st.builds(
    Standing,
    st.sampled_from(["need", "offer", "deal", "won"]),
    moments,
    moments,
    st.none() | st.decimals(0, 10**9, places=2),
    st.none() | moments,
    st.none() | moments,
    st.booleans(),
)
books = st.permutations([one for one in Criterion if one is not WAITING]).map(
    lambda order: replace(BOOK, order=(*order, WAITING))
)


def ranks(own: Place) -> tuple[int, ...]:
    return tuple(rank for _, rank in own.ranks)


@given(books, st.lists(standings, max_size=8))
def test_the_key_says_the_same_as_the_ranks(book: Playbook, leads: list[Standing]) -> None:
    places = [place(standing, book) for standing in leads]
    assert sorted(places, key=lambda own: own.key) == sorted(places, key=ranks)
    assert len({own.key for own in places}) == len({ranks(own) for own in places})


@given(books, standings, standings)
def test_the_reason_given_is_where_the_ranks_part(book: Playbook, one: Standing, other: Standing) -> None:
    mine, theirs = place(one, book), place(other, book)
    reason = mine.decides(theirs)
    if mine.key != theirs.key:
        assert (mine.key < theirs.key) is (dict(mine.ranks)[reason] < dict(theirs.ranks)[reason])
        above = book.order[: book.order.index(reason)]
        assert all(dict(mine.ranks)[same] == dict(theirs.ranks)[same] for same in above)


@given(books, standings, st.integers(0, 999))
def test_a_key_holds_until_it_is_said_to_change(book: Playbook, standing: Standing, part: int) -> None:
    own = place(standing, book)
    until = own.changes_at or NOW + timedelta(days=9999)
    assert until > NOW
    assert place(standing, book, NOW + (until - NOW) * part // 1000).key == own.key


@given(books, standings)
def test_after_some_changes_every_place_is_for_good(book: Playbook, standing: Standing) -> None:
    now = NOW
    for _ in range(3):
        changes_at = place(standing, book, now).changes_at
        if changes_at is None:
            break
        now = changes_at
    assert place(standing, book, now).changes_at is None
