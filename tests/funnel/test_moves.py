"""What a move needs: which way it goes, every rule with how far it is met, and what would mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel import INVALID, LOST, Facts, Point, Rule, Touch, TouchKind, TouchRule, Way, is_filled, may_move, way_of
from tests.funnel.making import BOOK, FULL, OFFER, TALK, WON, stage

NOTHING = Facts({})
CODES = ("need", "offer", "deal", "won", LOST, INVALID)
TWO_CALLS, ANY_FEEDBACK = OFFER.required_touches


def met(rule: Rule, field: str) -> Point:
    return Point(rule, field, have=1)


@pytest.mark.parametrize(
    ("origin", "to", "way"),
    [
        (None, "need", Way.ENTER),
        (None, "won", Way.ENTER),
        (None, LOST, Way.ENTER),
        ("need", "offer", Way.FORWARD),
        ("deal", "won", Way.FORWARD),
        ("need", "deal", Way.SKIP),
        ("need", "won", Way.SKIP),
        ("offer", "need", Way.BACK),
        ("won", "need", Way.BACK),
        ("need", LOST, Way.LOST),
        ("won", LOST, Way.LOST),
        (INVALID, LOST, Way.LOST),
        ("need", INVALID, Way.INVALID),
        (LOST, INVALID, Way.INVALID),
        (LOST, "need", Way.REOPEN),
        (INVALID, "deal", Way.REOPEN),
        (LOST, "won", Way.REOPEN),
    ],
)
def test_which_way_a_move_goes(origin: str | None, to: str, way: Way) -> None:
    assert way_of(BOOK, origin, to) is way
    assert way.is_forward is (way in {Way.FORWARD, Way.SKIP})


def test_a_stage_of_another_playbook_is_unknown_and_nothing_else_is_looked_at() -> None:
    verdict = may_move(BOOK, "need", "elsewhere", FULL)
    assert verdict.unmet == verdict.points == (Point(Rule.STAGE_UNKNOWN, "elsewhere"),)
    assert not verdict.is_allowed


@pytest.mark.parametrize("code", CODES)
def test_nobody_moves_to_where_they_are(code: str) -> None:
    verdict = may_move(BOOK, code, code, FULL._replace(reason="price"))
    assert verdict.points == (Point(Rule.ALREADY_THERE, code),)
    assert not verdict.is_allowed


def test_going_on_with_nothing_on_record_names_everything_that_is_missing() -> None:
    verdict = may_move(BOOK, "offer", "deal", NOTHING)
    assert (verdict.way, verdict.to) == (Way.FORWARD, "deal")
    assert verdict.unmet == verdict.points
    assert verdict.points == (
        Point(Rule.FIELD_EMPTY, "budget"),
        Point(Rule.FIELD_EMPTY, "need"),
        Point(Rule.TOUCHES_MISSING, "touches", 2, 0, TWO_CALLS),
        Point(Rule.TOUCHES_MISSING, "touches", 1, 0, ANY_FEEDBACK),
        Point(Rule.SIGN_MISSING, "sign"),
    )


def test_going_on_with_everything_on_record_shows_what_is_met() -> None:
    verdict = may_move(BOOK, "offer", "deal", FULL)
    assert verdict.is_allowed
    assert verdict.unmet == ()
    assert verdict.points == (
        met(Rule.FIELD_EMPTY, "budget"),
        met(Rule.FIELD_EMPTY, "need"),
        Point(Rule.TOUCHES_MISSING, "touches", 2, 2, TWO_CALLS),
        Point(Rule.TOUCHES_MISSING, "touches", 1, 2, ANY_FEEDBACK),
        met(Rule.SIGN_MISSING, "sign"),
    )


def test_what_is_half_done_is_told_with_how_far() -> None:
    facts = Facts({"budget": "9", "need": " "}, (TALK, Touch(TouchKind.VISIT, "talked")))
    verdict = may_move(BOOK, "offer", "deal", facts)
    assert verdict.unmet == (
        Point(Rule.FIELD_EMPTY, "need"),
        Point(Rule.TOUCHES_MISSING, "touches", 2, 1, TWO_CALLS),
        Point(Rule.SIGN_MISSING, "sign"),
    )


def test_a_stage_that_asks_for_nothing_lets_go() -> None:
    book = replace(BOOK, stages=(stage("first"), WON))
    assert may_move(book, "first", "won", NOTHING).points == ()
    assert may_move(book, "first", "won", NOTHING).is_allowed


def test_into_the_sale_the_stage_before_it_is_asked() -> None:
    assert may_move(BOOK, "deal", "won", NOTHING).unmet == (Point(Rule.FIELD_EMPTY, "amount"),)
    assert may_move(BOOK, "deal", "won", FULL).is_allowed


def test_passing_over_stages_asks_for_their_fields_once_the_touches_of_this_one_and_a_reason() -> None:
    verdict = may_move(BOOK, "need", "won", NOTHING)
    assert verdict.way is Way.SKIP
    assert verdict.points == (
        Point(Rule.FIELD_EMPTY, "need"),
        Point(Rule.FIELD_EMPTY, "budget"),
        Point(Rule.FIELD_EMPTY, "amount"),
        Point(Rule.REASON_MISSING, "reason"),
    )
    assert may_move(BOOK, "need", "won", FULL._replace(reason="ordered at once")).is_allowed
    assert not may_move(BOOK, "need", "won", FULL._replace(reason=" ")).is_allowed


def test_passing_over_from_a_stage_with_touches_asks_for_them_and_its_sign() -> None:
    verdict = may_move(BOOK, "offer", "won", Facts({"budget": 1, "need": 1, "amount": 1}, reason="hurry"))
    assert [point.rule for point in verdict.unmet] == [Rule.TOUCHES_MISSING, Rule.TOUCHES_MISSING, Rule.SIGN_MISSING]


def test_a_playbook_may_forbid_passing_over() -> None:
    book = replace(BOOK, may_skip=False)
    verdict = may_move(book, "need", "deal", FULL._replace(reason="hurry"))
    assert verdict.unmet == (Point(Rule.NO_SKIPPING, "deal"),)
    assert may_move(book, "need", "offer", FULL).is_allowed


@pytest.mark.parametrize(
    ("origin", "to", "way"), [("deal", "need", Way.BACK), ("won", "deal", Way.BACK), (LOST, "offer", Way.REOPEN)]
)
def test_going_back_and_reopening_ask_for_a_reason_and_nothing_else(origin: str, to: str, way: Way) -> None:
    verdict = may_move(BOOK, origin, to, Facts({}, reason="\t "))
    assert (verdict.way, verdict.unmet) == (way, (Point(Rule.REASON_MISSING, "reason"),))
    assert may_move(BOOK, origin, to, Facts({}, reason="they called")).points == (met(Rule.REASON_MISSING, "reason"),)


@pytest.mark.parametrize(
    ("to", "reason", "unmet"),
    [
        (LOST, "price", ()),
        (LOST, "", (Point(Rule.REASON_MISSING, "reason"),)),
        (LOST, "unreachable", (Point(Rule.REASON_UNKNOWN, "reason"),)),
        (LOST, "Price", (Point(Rule.REASON_UNKNOWN, "reason"),)),
        (INVALID, "unreachable", ()),
        (INVALID, "", (Point(Rule.REASON_MISSING, "reason"),)),
        (INVALID, "price", (Point(Rule.REASON_UNKNOWN, "reason"),)),
    ],
)
@pytest.mark.parametrize("origin", ["need", "won"])
def test_closing_asks_for_a_reason_of_its_list(origin: str, to: str, reason: str, unmet: Sequence[Point]) -> None:
    assert may_move(BOOK, origin, to, Facts({}, reason=reason)).unmet == unmet


@pytest.mark.parametrize(
    ("rule", "touch", "is_met"),
    [
        (TouchRule(), Touch(TouchKind.FAX, "sent"), True),
        (TouchRule(kind=TouchKind.CALL), Touch(TouchKind.CALL, "busy"), True),
        (TouchRule(kind=TouchKind.CALL), Touch(TouchKind.VISIT, "talked"), False),
        (TouchRule(outcomes=("talked", "callback")), Touch(TouchKind.CHAT, "callback"), True),
        (TouchRule(outcomes=("talked",)), Touch(TouchKind.CALL, "busy"), False),
        (TouchRule(with_purpose=True), Touch(TouchKind.CALL, "busy", purpose="offer"), True),
        (TouchRule(with_purpose=True), Touch(TouchKind.CALL, "busy", feedback="yes"), False),
        (TouchRule(with_feedback=True), Touch(TouchKind.CALL, "busy", feedback="yes"), True),
        (TouchRule(with_feedback=True), Touch(TouchKind.CALL, "busy", purpose="offer"), False),
    ],
)
def test_which_touches_count(rule: TouchRule, touch: Touch, is_met: bool) -> None:
    assert rule.is_met_by(touch) is is_met


@pytest.mark.parametrize("value", ["x", 0, Decimal(0), False, date(2026, 3, 4), ("a",), {"a": 1}])
def test_what_is_filled(value: object) -> None:
    assert is_filled(value)


@pytest.mark.parametrize("value", [None, "", "  \t", "\u3000", (), [], {}, frozenset()])
def test_what_is_empty(value: object) -> None:
    assert not is_filled(value)


touches = st.builds(
    Touch,
    st.sampled_from(TouchKind),
    st.sampled_from([one.code for one in BOOK.outcomes]),
    st.sampled_from(["", "offer"]),
    st.sampled_from(["", "likes it"]),
)
facts = st.builds(
    Facts,
    st.dictionaries(st.sampled_from(["need", "budget", "amount"]), st.sampled_from([None, "", "x", 5])),
    st.lists(touches, max_size=4).map(tuple),
    st.sampled_from(["", "price", "unreachable", "because"]),
    st.booleans(),
)


@given(st.sampled_from(CODES), st.sampled_from(CODES), facts, touches)
def test_one_more_touch_never_takes_a_permission_away(origin: str, to: str, known: Facts, touch: Touch) -> None:
    before = may_move(BOOK, origin, to, known)
    after = may_move(BOOK, origin, to, known._replace(touches=(*known.touches, touch)))
    assert after.is_allowed or not before.is_allowed
    assert len(after.unmet) <= len(before.unmet)


@given(st.sampled_from(CODES), st.sampled_from(CODES), facts)
def test_what_is_refused_names_what_would_mend_it(origin: str, to: str, known: Facts) -> None:
    verdict = may_move(BOOK, origin, to, known)
    assert verdict.is_allowed is (not verdict.unmet)
    assert all(point.field and point.have < point.need for point in verdict.unmet)
    if origin != to and verdict.way is not Way.SKIP:
        mended = FULL._replace(reason="price" if to == LOST else "unreachable")
        assert may_move(BOOK, origin, to, mended).is_allowed


@given(facts)
def test_step_by_step_asks_for_no_less_than_passing_over(known: Facts) -> None:
    steps = pairwise(("need", "offer", "deal", "won"))
    one_by_one = [may_move(BOOK, upper, lower, known) for upper, lower in steps]
    over = may_move(BOOK, "need", "won", known._replace(reason="hurry"))
    assert over.is_allowed or not all(verdict.is_allowed for verdict in one_by_one)
