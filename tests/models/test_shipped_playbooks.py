"""The playbooks that come with callfloor: whole, in both languages, and in the words of the trade."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from fractions import Fraction
from itertools import accumulate
from operator import mul

import pytest

from funnel import DAYS, MERGE_FIELD, Flag, Kind, Playbook, Words, levels
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
    "sheet": ["potential", "opportunity", "intent", "signed"],
    "b2b": ["first-contact", "need", "proposal", "negotiation", "agreed", "won"],
    "eight-step": ["contact", "need", "propose", "approved", "shortlisted", "selected", "negotiate", "won"],
    "seven-step": ["find", "opportunity", "approval", "shortlist", "close", "deliver", "again"],
    "hp": ["aware", "compare", "negotiate", "decide", "ordered"],
    "general": ["develop", "intent", "shortlisted", "negotiation", "closing", "won", "again"],
    "four-stage": ["potential", "intent", "negotiation", "closed"],
    "search-marketing": [],
}
NAMES = {
    "sheet": "潜在客户 机会客户 意向客户 签约客户",
    "eight-step": "建立联系 确定需求 提出方案并取得客户支持 立项 入围 选中 谈判 赢单",
    "seven-step": "寻找客户 发现商机 推动立项 确保入围 促成交易 交易实施 重复采购",
    "hp": "了解 比较 谈判 确定 已下单",
    "general": "待开发 意向客户 入围客户 谈判客户 成交客户 成交 重复购买",
}
SALE = {"seven-step": "deliver", "general": "won"}
"""Where a funnel goes on after the deal; elsewhere the last stage is the sale."""
GIVEN = {
    "general": {"intent": 10, "shortlisted": 25, "negotiation": 50, "closing": 90},
    "hp": {"aware": 25, "compare": 50, "decide": 75},
}
"""Win probabilities that the trade itself gives."""


@pytest.fixture(params=[name for name in shipped() if STAGES[name]])
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
    assert [stage.code for stage in book.stages if stage.is_won] == [SALE.get(book.code, book.stages[-1].code)]
    if book.code in NAMES:
        assert [stage.name.zh for stage in book.stages] == NAMES[book.code].split()
    for code, probability in GIVEN.get(book.code, {}).items():
        assert book.stage(code).probability == probability


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
        if not book.rests(stage.code):
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
    rates = [Fraction(stage.promotion_rate, 100) for stage in levels(book)]
    chances = list(accumulate(reversed(rates), mul))[::-1]
    for stage, chance in zip(levels(book), chances, strict=True):
        assert abs(stage.probability - 100 * chance) <= 1
    assert [stage.probability for stage in levels(book)] == sorted(stage.probability for stage in levels(book))
    assert book.stages[book.sale].probability == 100


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


def test_search_marketing_counts_five_layers_and_says_what_low_impressions_point_to() -> None:
    book = read_playbook(shipped_text("search-marketing"), reserved_keys=KEYS_OF_THE_DESK)
    assert [layer.name.zh for layer in book.layers] == "展现 点击 访问 咨询 订单".split()
    assert [hint.name.zh for hint in book.layers[0].low] == "关键词 匹配方式 排名 地域 时段".split()
    assert not book.takes_leads
    for layer in book.layers:
        assert layer.benchmark
        assert len(layer.low) >= 3
        assert all(hint.look for hint in layer.low)
    for text in texts(book):
        assert bool(text.en) == bool(text.zh)
        assert not HAN.search(text.en)
        assert not HALF_WIDTH.search(text.zh)
    known = {source.code for source in read_playbook(shipped_text("telesales")).sources}
    assert {source.code for source in book.sources} <= known, "the channels are the sources of the leads below"
