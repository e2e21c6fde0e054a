"""The heart's rules for playbooks, each broken in a text: the fault names the line to mend."""

from __future__ import annotations

import pytest

from funnel import Criterion, Day
from models.playbook import read_playbook
from tests.models.small_playbook import SMALL, Slip, check, fault_of

STAGE, TALKED, WRONG = ("stages", 0), ("outcomes", 0), ("outcomes", 1)
TOP = 'code = "small"\n'
INVALID_REASONS = ("unreachable", "wrong_number")

UNKNOWN = {
    "field wanted": Slip('"size",\n', '"sice",\n', 46, (*STAGE, "required_fields", 1), "unknown", "sice", None),
    "field asked": Slip('"size"\n\n', '"sizes"\n\n', 58, (*STAGE, "questions", 0, "field"), "unknown", "sizes", None),
    "field at intake": Slip(
        TOP, TOP + 'required_fields = ["company", "phone"]\n', 2, ("required_fields", 1), "unknown", "phone", None
    ),
    "merge field": Slip("您好{person}", "您好{Person}", 50, (*STAGE, "script", "zh"), "unknown", "Person", None),
    "outcome wanted": Slip(
        '["talked"]',
        '["talkd"]',
        55,
        (*STAGE, "required_touches", 1, "outcomes", 0),
        "unknown",
        "talkd",
        ("talked", "wrong"),
    ),
    "reason": Slip(
        'reason = "wrong_number"', 'reason = "price"', 37, (*WRONG, "reason"), "unknown", "price", INVALID_REASONS
    ),
    "reason of the tired": Slip(
        "tries_a_day = 2", 'exhausted = "tired"', 68, ("caps", "exhausted"), "unknown", "tired", INVALID_REASONS
    ),
}

NUMBERS = {
    "more than all": Slip("= 20\n", "= 120\n", 42, (*STAGE, "probability"), "not_per_cent", "120", ("0", "100")),
    "less than nothing": Slip(
        "rate = 20\n", "rate = -1\n", 43, (*STAGE, "promotion_rate"), "not_per_cent", "-1", ("0", "100")
    ),
    "bound of a shape": Slip(
        "[caps]",
        "[bounds]\nthin_percent = 101\n\n[caps]",
        68,
        ("bounds", "thin_percent"),
        "not_per_cent",
        "101",
        ("0", "100"),
    ),
    "nobody leaves": Slip(
        "[caps]",
        "[bounds]\nenough_leavers = 0\n\n[caps]",
        68,
        ("bounds", "enough_leavers"),
        "not_positive",
        "0",
        ("1",),
    ),
    "no drought": Slip(
        "[caps]", "[bounds]\ndry_days = 0\n\n[caps]", 68, ("bounds", "dry_days"), "not_positive", "0", ("1",)
    ),
    "no days": Slip("= 20\n", "= 20\ndwell_days = 0\n", 43, (*STAGE, "dwell_days"), "not_positive", "0", ("1",)),
    "no expected days": Slip(
        "= 20\n", "= 20\nexpected_days = 0\n", 43, (*STAGE, "expected_days"), "not_positive", "0", ("1",)
    ),
    "no minutes": Slip("[60]", "[60, 0]", 30, (*TALKED, "retry_minutes", 1), "not_positive", "0", ("1",)),
    "no touches": Slip(
        "count = 2", "count = 0", 52, (*STAGE, "required_touches", 0, "count"), "not_positive", "0", ("1",)
    ),
    "no tries": Slip("day = 2", "day = 0", 68, ("caps", "tries_a_day"), "not_positive", "0", ("1",)),
    "no tries at all": Slip(
        "day = 2", "day = 2\ntries_in_all = 0", 69, ("caps", "tries_in_all"), "not_positive", "0", ("1",)
    ),
    "no claim": Slip(TOP, TOP + "claim_minutes = 0\n", 2, ("claim_minutes",), "not_positive", "0", ("1",)),
    "no grace": Slip(TOP, TOP + "grace_minutes = -1\n", 2, ("grace_minutes",), "negative", "-1"),
    "no first call": Slip(
        TOP, TOP + "first_call_minutes = -5\n", 2, ("first_call_minutes",), "not_positive", "-5", ("1",)
    ),
}
PAUSES = (
    TOP
    + """\
pauses = [
    { code = "lunch", name = { en = "Lunch", zh = "午休" }, limit_minutes = 60 },
    { code = "talk", name = { en = "Meeting", zh = "会议" } },
]
"""
)

PAUSED = {
    "no minutes": Slip(
        TOP, PAUSES.replace("60", "0"), 3, ("pauses", 0, "limit_minutes"), "not_positive", "0", ("1",)
    ),
    "minutes as text": Slip(
        TOP, PAUSES.replace("60", '"1h"'), 3, ("pauses", 0, "limit_minutes"), "wrong_type", '"1h"', ("integer",)
    ),
    "limit misspelt": Slip(
        TOP, PAUSES.replace("limit_m", "limit-m"), 3, ("pauses", 0, "limit-minutes"), "unknown_key", "limit-minutes",
        ("limit_minutes",),
    ),
    "the same twice": Slip(TOP, PAUSES.replace("talk", "lunch"), 4, ("pauses", 1, "code"), "twice", "lunch"),
    "code with a blank": Slip(TOP, PAUSES.replace("talk", "a talk"), 4, ("pauses", 1, "code"), "not_a_code", "a talk"),
    "in one language": Slip(TOP, PAUSES.replace("会议", ""), 4, ("pauses", 1, "name"), "name_missing", "talk"),
    "no wrap-up": Slip(
        TOP, TOP + "wrap_up_seconds = 0\n", 2, ("wrap_up_seconds",), "not_positive", "0", ("1",)
    ),
}  # fmt: skip


KEYS_AND_CODES = {
    "long key": Slip('key = "t"', 'key = "talk"', 28, (*TALKED, "key"), "not_a_key", "talk"),
    "blank key": Slip('key = "t"', 'key = " "', 28, (*TALKED, "key"), "not_a_key", " "),
    "unseen key": Slip('key = "t"', 'key = "\\u0007"', 28, (*TALKED, "key"), "not_a_key", "\a"),
    "key of the desk": Slip('key = "t"', 'key = "q"', 28, (*TALKED, "key"), "key_of_the_desk", "q"),
    "key taken": Slip('key = "i"', 'key = "t"', 35, (*WRONG, "key"), "key_taken", "t", ("talked",)),
    "code with a blank": Slip('"new"', '"brand new"', 40, (*STAGE, "code"), "not_a_code", "brand new"),
    "code of the playbook": Slip('"small"', '""', 1, ("code",), "not_a_code", ""),
    "code twice": Slip('"won"', '"new"', 61, ("stages", 1, "code"), "twice", "new"),
    "code of the house": Slip('"new"', '"lost"', 40, (*STAGE, "code"), "reserved", "lost"),
    "empty name": Slip('"展会"', '""', 17, ("sources", 1, "name"), "name_missing", "fair"),
    "empty name of the playbook": Slip('"小"', '""', 2, ("name",), "name_missing", "small"),
    "choice twice": Slip(
        '[{ code = "x"',
        '[{ code = "x", name = { en = "Extra", zh = "大" } }, { code = "x"',
        8,
        ("fields", 0, "choices", 1, "code"),
        "twice",
        "x",
    ),
}

WHOLE = {
    "no cadence": Slip("retry_minutes = [60]\n", "", 25, (*TALKED, "retry_minutes"), "no_cadence", "talked"),
    "no won stage": Slip("is_won = true\n", "", 39, ("stages",), "no_won_stage"),
    "won at once": Slip("= 20\n", "= 20\nis_won = true\n", 43, (*STAGE, "is_won"), "first_stage_is_won"),
    "closes before it opens": Slip(
        "12:30:00", "08:30:00", 23, ("windows", 0, "closes"), "closes_before_opens", "08:30:00"
    ),
    "closes as it opens": Slip("12:30:00", "09:00:00", 23, ("windows", 0, "closes"), "closes_before_opens", "09:00:00"),
    "no days of the week": Slip('["mon", "tue"]', "[]", 21, ("windows", 0, "days"), "empty", "", tuple(Day)),
    "no loss reasons": Slip(
        '[{ code = "price", name = { en = "Price", zh = "价格" } }]', "[]", 3, ("loss_reasons",), "empty"
    ),
    "order without an end": Slip(
        TOP,
        TOP + 'order = ["promise", "fresh"]\n',
        2,
        ("order",),
        "order_incomplete",
        "promise, fresh",
        tuple(Criterion),
    ),
    "order with one twice": Slip(
        TOP,
        TOP + 'order = ["promise", "promise", "fresh", "intent", "dwell", "value", "waiting"]\n',
        2,
        ("order",),
        "order_incomplete",
        "promise, promise, fresh, intent, dwell, value, waiting",
        tuple(Criterion),
    ),
    "order that waits too early": Slip(
        TOP,
        TOP + 'order = ["waiting", "promise", "fresh", "intent", "dwell", "value"]\n',
        2,
        ("order",),
        "order_incomplete",
        "waiting, promise, fresh, intent, dwell, value",
        tuple(Criterion),
    ),
}


@pytest.mark.parametrize("slip", UNKNOWN.values(), ids=UNKNOWN)
def test_a_name_that_nothing_has_is_refused(slip: Slip) -> None:
    check(slip)


@pytest.mark.parametrize("slip", NUMBERS.values(), ids=NUMBERS)
def test_a_number_out_of_bounds_is_refused(slip: Slip) -> None:
    check(slip)


@pytest.mark.parametrize("slip", PAUSED.values(), ids=PAUSED)
def test_a_pause_or_wrap_up_that_will_not_do_is_refused(slip: Slip) -> None:
    check(slip)


def test_a_playbook_may_name_no_pauses() -> None:
    silent = read_playbook(SMALL)
    assert (silent.pauses, silent.wrap_up_seconds) == ((), 120)
    assert [(one.code, one.limit_minutes) for one in read_playbook(SMALL.replace(TOP, PAUSES)).pauses] == [
        ("lunch", 60),
        ("talk", None),
    ]


@pytest.mark.parametrize("slip", KEYS_AND_CODES.values(), ids=KEYS_AND_CODES)
def test_a_key_code_or_name_that_will_not_do_is_refused(slip: Slip) -> None:
    check(slip)


@pytest.mark.parametrize("slip", WHOLE.values(), ids=WHOLE)
def test_a_playbook_that_cannot_work_is_refused(slip: Slip) -> None:
    check(slip)


@pytest.mark.parametrize("taken", ["need", "agent"])
def test_a_field_of_one_s_own_takes_no_name_of_a_field_that_is_there(taken: str) -> None:
    fault = fault_of(SMALL.replace('"size"', f'"{taken}"'))
    reserved = [one for one in fault.faults if one.code == "reserved"]
    assert [(one.line, one.path, one.found) for one in reserved] == [(8, ("fields", 0, "code"), taken)]


def test_no_stages_and_no_windows() -> None:
    head, _, _ = SMALL.partition("[[sources]]")
    text = head + "sources = []\nwindows = []\noutcomes = []\nstages = []\n"
    assert [(one.line, one.path, one.code) for one in fault_of(text).faults] == [
        (10, ("sources",), "empty"),
        (11, ("windows",), "empty"),
        (12, ("outcomes",), "empty"),
        (13, ("stages",), "no_won_stage"),
        (13, ("stages",), "empty"),
    ]
