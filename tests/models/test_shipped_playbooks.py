"""The playbooks that come with callfloor: whole, in both languages, and in the words of the trade."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from fractions import Fraction
from itertools import accumulate
from operator import mul

import pytest

from funnel import DAYS, MERGE_FIELD, Flag, Kind, Playbook, Words
from models.playbook import FOLDER, load_playbook, read_playbook, shipped, shipped_text

KEYS_OF_THE_DESK = "dpxzeswhouafyv/?qjl: 0123456789"
HAN = re.compile(r"[\u4e00-\u9fff]")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff}][,:;?!()]")

OUTCOMES = {
    "talked": ("t", {Flag.HUMAN, Flag.CONTACT}, None),
    "callback": ("c", {Flag.HUMAN, Flag.CONTACT, Flag.CALLBACK}, None),
    "gatekeeper": ("g", {Flag.HUMAN}, None),
    "no_answer": ("n", set(), None),
    "busy": ("b", set(), None),
    "machine": ("m", {Flag.MACHINE}, None),
    "sent": ("S", set(), None),
    "wrong_number": ("i", {Flag.UNWORKABLE}, Kind.INVALID),
    "refused": ("r", {Flag.HUMAN, Flag.CONTACT, Flag.REFUSED}, Kind.LOST),
    "do_not_call": ("K", {Flag.HUMAN, Flag.CONTACT, Flag.DO_NOT_CALL}, Kind.INVALID),
}

SOURCES = {
    "互联网": False,
    "公司领导资源": False,
    "展会及研讨会": False,
    "广告": False,
    "朋友介绍": True,
    "客户介绍": True,
    "陌生拜访": False,
    "主动来电": True,
    "DM直投": False,
    "官网表单": True,
    "线上广告": True,
    "渠道合作": False,
}

STAGES = {
    "telesales": ["E", "D", "C", "B", "A", "won"],
    "b2b": ["first-contact", "need", "proposal", "negotiation", "agreed", "won"],
    "four-stage": ["potential", "intent", "negotiation", "closed"],
}


@pytest.fixture(params=shipped())
def book(request: pytest.FixtureRequest) -> Playbook:
    """Each shipped playbook in turn."""
    return load_playbook(FOLDER / f"{request.param}.toml", reserved_keys=KEYS_OF_THE_DESK)


def texts(value: object) -> Iterator[Words]:
    """Every text of a playbook."""
    if isinstance(value, Words):
        yield value
    elif is_dataclass(value):
        for own in fields(value):
            yield from texts(getattr(value, own.name))
    elif isinstance(value, tuple):
        for entry in value:
            yield from texts(entry)


def test_the_default_comes_first_and_every_file_is_listed() -> None:
    assert shipped()[0] == "telesales"
    assert sorted(shipped()) == sorted(path.stem for path in FOLDER.glob("*.toml"))


def test_a_name_that_is_not_shipped() -> None:
    with pytest.raises(KeyError):
        shipped_text("../playbook")


def test_a_shipped_text_and_its_file_are_the_same(book: Playbook) -> None:
    assert read_playbook(shipped_text(book.code), reserved_keys=KEYS_OF_THE_DESK) == book


def test_the_stages_are_the_trade_s(book: Playbook) -> None:
    assert [stage.code for stage in book.stages] == STAGES[book.code]
    assert [stage.is_won for stage in book.stages] == [False] * (len(book.stages) - 1) + [True]


def test_every_text_is_in_both_languages(book: Playbook) -> None:
    for text in texts(book):
        assert bool(text.en) == bool(text.zh)
        assert not HAN.search(text.en)
        assert not HALF_WIDTH.search(text.zh)
        assert text.en == text.en.strip(" ")


def test_both_languages_of_a_script_merge_the_same_fields(book: Playbook) -> None:
    for stage in book.stages:
        assert set(MERGE_FIELD.findall(stage.script.en)) == set(MERGE_FIELD.findall(stage.script.zh))


def test_every_stage_is_told_in_full(book: Playbook) -> None:
    for stage in book.stages:
        told = [stage.name, stage.purpose, stage.whom, stage.actions, stage.strategy, stage.script, stage.entry]
        assert all(text.en and text.zh for text in told)
        assert len(stage.tasks) >= 3
        assert len(stage.questions) >= 2
        if not stage.is_won:
            assert stage.exit
            assert stage.required_touches
            assert stage.expected_days is not None
            assert stage.dwell_days is not None
            assert stage.expected_days < stage.dwell_days


def test_what_a_stage_asks_for_it_helps_to_find_out(book: Playbook) -> None:
    """A required field has a question in its stage or in one above, but for what the agent fills in alone."""
    asked = {"amount", "product", "contract", *book.required_fields}
    for stage in book.stages:
        asked |= {question.field for question in stage.questions}
        assert set(stage.required_fields) <= asked


def test_touches_that_are_wanted_are_talks_or_something_sent(book: Playbook) -> None:
    for stage in book.stages:
        for rule in stage.required_touches:
            assert rule.outcomes
            assert all(book.outcome(code).closes is None for code in rule.outcomes)
            assert 1 <= rule.count <= 2


def test_probability_is_the_product_of_the_planned_rates_from_there_on(book: Playbook) -> None:
    rates = [Fraction(stage.promotion_rate, 100) for stage in book.stages if not stage.is_won]
    chances = list(accumulate(reversed(rates), mul))[::-1]
    for stage, chance in zip(book.stages, chances, strict=False):
        assert abs(stage.probability - 100 * chance) <= 1
    assert book.stages[-1].probability == 100


def test_outcomes_have_the_same_keys_and_meaning_in_every_playbook(book: Playbook) -> None:
    assert {one.code: (one.key, set(one.flags), one.closes) for one in book.outcomes} == OUTCOMES


def test_all_sources_of_the_trade_are_there_and_no_name_means_two(book: Playbook) -> None:
    assert {source.name.zh: source.is_fresh for source in book.sources} == SOURCES
    said = [
        name.casefold()
        for source in book.sources
        for name in (source.code, source.name.en, source.name.zh, *source.aliases)
    ]
    doubled = {name for name in said if said.count(name) > 1}
    assert doubled <= {source.code for source in book.sources}, "a code may be the English name as well"


@pytest.mark.parametrize(
    ("said", "code"), [("展会推广", "exhibition"), ("老客户转介绍", "referral"), (" web FORM ", "web_form")]
)
def test_a_source_is_found_by_what_people_write(book: Playbook, said: str, code: str) -> None:
    source = book.source(said)
    assert source is not None
    assert source.code == code


def test_reasons_cover_what_the_trade_hears(book: Playbook) -> None:
    loss = {choice.code for choice in book.loss_reasons}
    invalid = {choice.code for choice in book.invalid_reasons}
    assert loss >= {"price", "rival", "no_budget", "timing", "no_decision"}
    assert invalid >= {"wrong_number", "unreachable", "not_a_fit", "duplicate", "closed_down", "do_not_call"}


def test_pauses_are_those_of_a_floor_and_the_short_ones_have_a_limit(book: Playbook) -> None:
    limits = {pause.name.zh: pause.limit_minutes for pause in book.pauses}
    assert limits == {"午休": 60, "小休": 10, "洗手间": 5, "培训": 60, "会议": None, "辅导": None, "技术故障": None}
    assert book.wrap_up_seconds == 120


def test_calls_are_made_on_weekdays_and_never_at_night(book: Playbook) -> None:
    assert set(DAYS[:5]) <= {day for window in book.windows for day in window.days}
    assert all(window.opens.hour >= 9 and window.closes.hour <= 18 for window in book.windows)


def test_the_need_of_b2b_has_the_dwell_limit_of_the_trade() -> None:
    assert read_playbook(shipped_text("b2b")).stage("need").dwell_days == 15
