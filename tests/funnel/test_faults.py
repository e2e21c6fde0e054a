"""Faults of a playbook, each alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from funnel import (
    LEAD_FIELDS,
    Caps,
    Criterion,
    Fault,
    Field,
    Outcome,
    Pause,
    Playbook,
    Question,
    Stage,
    TouchRule,
    Window,
    Words,
    faults,
)
from tests.funnel.making import ASKED, BOOK, DEAL, NEED, NO_ANSWER, OFFER, REFUSED, TALKED, WON, choice, stage, words

KNOWN = tuple(sorted((*LEAD_FIELDS, "size")))
KNOWN_TO_SCRIPTS = tuple(sorted((*KNOWN, "agent", "team", "stage")))


def first_stage(**changes: Any) -> Playbook:
    return replace(BOOK, stages=(replace(NEED, **changes), OFFER, DEAL, WON))


def first_outcome(**changes: Any) -> Playbook:
    return replace(BOOK, outcomes=(replace(TALKED, **changes), *BOOK.outcomes[1:]))


def test_the_small_playbook_has_no_fault() -> None:
    assert list(faults(BOOK)) == []
    assert list(faults(BOOK, "dq")) == []
    whole = first_stage(
        questions=(ASKED, Question(words("And else?"))),
        script=Words("{agent} to {person}: {size}", "{team} {stage} {need}"),
        required_fields=("need", "size"),
        required_touches=(TouchRule(outcomes=("talked", "no_answer")),),
        probability=0,
        promotion_rate=100,
        expected_days=1,
        dwell_days=1,
    )
    assert list(faults(whole)) == []


def test_one_is_enough_wherever_a_number_is_asked_for() -> None:
    least = first_outcome(retry_minutes=(1,))
    least = replace(least, caps=Caps(1, 1), first_call_minutes=1, promise_grace_minutes=1, claim_minutes=1)
    least = replace(least, wrap_up_seconds=1, pauses=(Pause("lunch", words("Lunch"), 1),))
    assert list(faults(least)) == []


@pytest.mark.parametrize(
    ("book", "fault"),
    [
        (replace(BOOK, code="a b"), Fault(("code",), "not_a_code", "a b")),
        (replace(BOOK, code="-a"), Fault(("code",), "not_a_code", "-a")),
        (replace(BOOK, name=Words("Small", "")), Fault(("name",), "name_missing", "small")),
        (replace(BOOK, required_fields=("phone",)), Fault(("required_fields",), "unknown", "phone", KNOWN)),
        (replace(BOOK, sources=()), Fault(("sources",), "empty")),
        (replace(BOOK, loss_reasons=(), outcomes=BOOK.outcomes[:2]), Fault(("loss_reasons",), "empty")),
        (replace(BOOK, windows=()), Fault(("windows",), "empty")),
        (replace(BOOK, fields=()), None),
        (replace(BOOK, first_call_minutes=0), Fault(("first_call_minutes",), "not_positive", "0", ("1",))),
        (replace(BOOK, promise_grace_minutes=0), Fault(("promise_grace_minutes",), "not_positive", "0", ("1",))),
        (replace(BOOK, claim_minutes=-1), Fault(("claim_minutes",), "not_positive", "-1", ("1",))),
        (replace(BOOK, grace_minutes=-1), Fault(("grace_minutes",), "negative", "-1")),
        (replace(BOOK, grace_minutes=0), None),
        (replace(BOOK, wrap_up_seconds=0), Fault(("wrap_up_seconds",), "not_positive", "0", ("1",))),
        (replace(BOOK, pauses=(Pause("lunch", words("Lunch")),)), None),
        (
            replace(BOOK, pauses=(Pause("lunch", words("Lunch"), 60), Pause("toilet", words("Toilet"), 0))),
            Fault(("pauses", 1, "limit_minutes"), "not_positive", "0", ("1",)),
        ),
        (
            replace(BOOK, pauses=(Pause("lunch", words("Lunch")), Pause("lunch", words("Later")))),
            Fault(("pauses", 1, "code"), "twice", "lunch"),
        ),
        (replace(BOOK, pauses=(Pause("tea", Words("Tea", "")),)), Fault(("pauses", 0, "name"), "name_missing", "tea")),
        (replace(BOOK, caps=Caps(0)), Fault(("caps", "tries_a_day"), "not_positive", "0", ("1",))),
        (replace(BOOK, caps=Caps(3, 0)), Fault(("caps", "tries_in_all"), "not_positive", "0", ("1",))),
        (
            replace(BOOK, caps=Caps(exhausted="tired")),
            Fault(("caps", "exhausted"), "unknown", "tired", ("unreachable", "wrong_number")),
        ),
        (replace(BOOK, order=tuple(Criterion)[:-1]), "order_incomplete"),
        (replace(BOOK, order=(*Criterion, Criterion.WAITING)), "order_incomplete"),
        (replace(BOOK, order=(Criterion.WAITING, *tuple(Criterion)[:-1])), "order_incomplete"),
        (replace(BOOK, order=()), "order_incomplete"),
        (replace(BOOK, order=(Criterion.VALUE, *(one for one in Criterion if one != Criterion.VALUE))), None),
    ],
)
def test_faults_of_the_whole(book: Playbook, fault: Fault | str | None) -> None:
    found = list(faults(book))
    if isinstance(fault, str):
        assert [(one.path, one.code) for one in found] == [(("order",), fault)]
        assert found[0].allowed == tuple(Criterion)
    else:
        assert found == ([] if fault is None else [fault])


def of_stage(*path: str | int, code: str, found: str = "", allowed: tuple[str, ...] = ()) -> Fault:
    return Fault(("stages", 0, *path), code, found, allowed)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"code": "lost"}, of_stage("code", code="reserved", found="lost")),
        ({"code": "invalid"}, of_stage("code", code="reserved", found="invalid")),
        ({"code": "第一"}, of_stage("code", code="not_a_code", found="第一")),
        ({"code": ""}, of_stage("code", code="not_a_code")),
        ({"name": Words("", "潜在")}, of_stage("name", code="name_missing", found="need")),
        ({"is_won": True}, of_stage("is_won", code="first_stage_is_won")),
        ({"probability": 101}, of_stage("probability", code="not_per_cent", found="101", allowed=("0", "100"))),
        ({"probability": -1}, of_stage("probability", code="not_per_cent", found="-1", allowed=("0", "100"))),
        ({"promotion_rate": 101}, of_stage("promotion_rate", code="not_per_cent", found="101", allowed=("0", "100"))),
        ({"expected_days": 0}, of_stage("expected_days", code="not_positive", found="0", allowed=("1",))),
        ({"dwell_days": -3}, of_stage("dwell_days", code="not_positive", found="-3", allowed=("1",))),
        ({"required_fields": ("need", "x")}, of_stage("required_fields", code="unknown", found="x", allowed=KNOWN)),
        (
            {"required_touches": (TouchRule(), TouchRule(0))},
            of_stage("required_touches", 1, "count", code="not_positive", found="0", allowed=("1",)),
        ),
        (
            {"required_touches": (TouchRule(outcomes=("talked", "sung")),)},
            of_stage(
                "required_touches",
                0,
                "outcomes",
                code="unknown",
                found="sung",
                allowed=("banned", "no_answer", "refused", "talked", "wrong"),
            ),
        ),
        (
            {"questions": (ASKED, Question(words("Why?"), "why"))},
            of_stage("questions", 1, "field", code="unknown", found="why", allowed=KNOWN),
        ),
        (
            {"script": Words("Hello {name}", "")},
            of_stage("script", "en", code="unknown", found="name", allowed=KNOWN_TO_SCRIPTS),
        ),
        (
            {"script": Words("{person}", "{Person}")},
            of_stage("script", "zh", code="unknown", found="Person", allowed=KNOWN_TO_SCRIPTS),
        ),
    ],
)
def test_faults_of_a_stage(changes: dict[str, Any], fault: Fault) -> None:
    assert list(faults(first_stage(**changes))) == [fault]


def test_a_funnel_needs_stages_and_a_sale() -> None:
    assert list(faults(replace(BOOK, stages=(NEED, OFFER)))) == [Fault(("stages",), "no_won_stage")]
    assert list(faults(replace(BOOK, stages=()))) == [Fault(("stages",), "no_won_stage"), Fault(("stages",), "empty")]


def test_stages_may_follow_the_sale() -> None:
    assert list(faults(replace(BOOK, stages=(*BOOK.stages, stage("delivered", 100))))) == []


def of_outcome(name: str, code: str, found: str = "", allowed: tuple[str, ...] = ()) -> Fault:
    return Fault(("outcomes", 0, name), code, found, allowed)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"key": ""}, of_outcome("key", "not_a_key")),
        ({"key": "tt"}, of_outcome("key", "not_a_key", "tt")),
        ({"key": "\t"}, of_outcome("key", "not_a_key", "\t")),
        ({"key": "\u3000"}, of_outcome("key", "not_a_key", "\u3000")),
        ({"key": "\x1b"}, of_outcome("key", "not_a_key", "\x1b")),
        ({"key": "q"}, of_outcome("key", "key_of_the_desk", "q")),
        ({"retry_minutes": ()}, of_outcome("retry_minutes", "no_cadence", "talked")),
        ({"retry_minutes": (60, -2, 0)}, of_outcome("retry_minutes", "not_positive", "-2", ("1",))),
    ],
)
def test_faults_of_an_outcome(changes: dict[str, Any], fault: Fault) -> None:
    assert list(faults(first_outcome(**changes), "q")) == [fault]


def test_two_outcomes_cannot_share_a_key_and_the_first_keeps_it() -> None:
    thrice = tuple(replace(one, key="t") for one in (TALKED, NO_ANSWER, REFUSED))
    assert list(faults(replace(BOOK, outcomes=(*thrice, *BOOK.outcomes[3:])))) == [
        Fault(("outcomes", 1, "key"), "key_taken", "t", ("talked",)),
        Fault(("outcomes", 2, "key"), "key_taken", "t", ("talked",)),
    ]


@pytest.mark.parametrize(
    ("place", "reason", "allowed"),
    [(2, "wrong_number", ("price", "rival")), (3, "price", ("unreachable", "wrong_number"))],
)
def test_a_reason_comes_from_the_list_of_what_the_outcome_closes(
    place: int, reason: str, allowed: tuple[str, ...]
) -> None:
    changed = [replace(one, reason=reason) if at == place else one for at, one in enumerate(BOOK.outcomes)]
    found = list(faults(replace(BOOK, outcomes=tuple(changed))))
    assert found == [Fault(("outcomes", place, "reason"), "unknown", reason, allowed)]


def test_an_outcome_may_leave_the_reason_to_the_agent_and_one_that_closes_nothing_needs_none() -> None:
    changed = (replace(TALKED, reason="whatever"), NO_ANSWER, replace(REFUSED, reason=""), *BOOK.outcomes[3:])
    assert list(faults(replace(BOOK, outcomes=changed))) == []


@pytest.mark.parametrize("name", ["stages", "outcomes", "loss_reasons", "invalid_reasons", "sources", "fields"])
def test_codes_stand_once_in_their_list(name: str) -> None:
    entries: tuple[Stage | Outcome, ...] = getattr(BOOK, name)
    again = replace(entries[0], key="9") if isinstance(entries[0], Outcome) else entries[0]
    doubled: Any = {name: (*entries, again)}
    code = entries[0].code
    assert list(faults(replace(BOOK, **doubled))) == [Fault((name, len(entries), "code"), "twice", code)]


def test_fields_of_one_s_own_and_their_choices() -> None:
    own = (
        Field("need", words("Need")),
        Field("agent", words("Agent")),
        Field("size", words("Size"), (choice("s"), choice("s"), choice("a b"))),
        Field("colour", words("Colour"), (replace(choice("red"), name=Words("Red", "")),)),
    )
    assert list(faults(replace(BOOK, fields=own))) == [
        Fault(("fields", 0, "code"), "reserved", "need"),
        Fault(("fields", 1, "code"), "reserved", "agent"),
        Fault(("fields", 2, "choices", 1, "code"), "twice", "s"),
        Fault(("fields", 2, "choices", 2, "code"), "not_a_code", "a b"),
        Fault(("fields", 3, "choices", 0, "name"), "name_missing", "red"),
    ]


def test_windows_open_on_some_day_before_they_close() -> None:
    backwards = Window(frozenset(), time(18), time(9))
    assert list(faults(replace(BOOK, windows=(*BOOK.windows, backwards)))) == [
        Fault(("windows", 1, "closes"), "closes_before_opens", "09:00:00"),
        Fault(("windows", 1, "days"), "empty", "", ("mon", "tue", "wed", "thu", "fri", "sat", "sun")),
    ]
