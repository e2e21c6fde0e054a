"""Looking things up in a playbook, and filling its scripts."""

from __future__ import annotations

import doctest
from dataclasses import replace
from decimal import Decimal

import pytest

import funnel
from funnel import INVALID, LOST, Flag, Kind, Words, merged
from tests.funnel.making import BANNED, BOOK, DEAL, NO_ANSWER, OFFER, REFUSED, TALKED, WRONG, outcome, stage


def test_the_examples_in_the_text_hold() -> None:
    results = doctest.testmod(funnel)
    assert results.failed == 0
    assert results.attempted >= 2


def test_words_are_there_when_one_language_is() -> None:
    assert Words("yes", "")
    assert Words("", "是")
    assert not funnel.NO_WORDS


def test_a_stage_is_found_by_its_code() -> None:
    assert BOOK.stage("offer") is OFFER
    for code in ("none", LOST, INVALID):
        with pytest.raises(KeyError):
            BOOK.stage(code)


def test_places_go_down_the_funnel_with_the_closed_ones_behind() -> None:
    assert [BOOK.position(code) for code in ("need", "offer", "deal", "won", LOST, INVALID)] == [0, 1, 2, 3, 4, 4]
    with pytest.raises(KeyError):
        BOOK.position("none")


def test_what_it_means_to_stand_in_a_stage() -> None:
    assert [BOOK.kind(code) for code in ("need", "won", LOST, INVALID)] == [
        Kind.OPEN,
        Kind.WON,
        Kind.LOST,
        Kind.INVALID,
    ]


def test_what_is_closed_has_no_chance_left() -> None:
    assert [BOOK.probability(code) for code in ("need", "won", LOST, INVALID)] == [20, 100, 0, 0]


def test_the_next_stage() -> None:
    assert BOOK.after("offer") is DEAL
    assert BOOK.after("won") is None
    assert BOOK.after(LOST) is None


def test_only_the_end_of_the_funnel_rests() -> None:
    assert [code for code in ("need", "offer", "deal", "won", LOST, INVALID) if BOOK.rests(code)] == [
        "won",
        LOST,
        INVALID,
    ]


def test_a_sale_with_stages_after_it_does_not_rest() -> None:
    book = replace(BOOK, stages=(*BOOK.stages, stage("delivered", 100)))
    assert not book.rests("won")
    assert book.rests("delivered"), "the end of the funnel, wherever the sale was"


def test_an_outcome_is_found_by_its_code() -> None:
    assert BOOK.outcome("talked") is TALKED
    with pytest.raises(KeyError):
        BOOK.outcome("none")


def test_what_an_outcome_closes() -> None:
    assert [one.closes for one in (TALKED, NO_ANSWER, REFUSED, WRONG, BANNED)] == [
        None,
        None,
        Kind.LOST,
        Kind.INVALID,
        Kind.INVALID,
    ]
    assert outcome("both", "x", Flag.REFUSED, Flag.UNWORKABLE).closes is Kind.LOST


def test_a_talk_is_where_the_customer_was_spoken_to() -> None:
    assert [one.is_talk for one in (TALKED, NO_ANSWER, REFUSED, outcome("desk", "g", Flag.HUMAN))] == [
        True,
        False,
        True,
        False,
    ]


def test_each_way_to_close_has_its_own_reasons() -> None:
    assert [one.code for one in BOOK.reasons(Kind.LOST)] == ["price", "rival"]
    assert [one.code for one in BOOK.reasons(Kind.INVALID)] == ["wrong_number", "unreachable"]
    assert BOOK.reasons(Kind.OPEN) == ()
    assert BOOK.reasons(Kind.WON) == ()


@pytest.mark.parametrize("said", ["web", "WEB FORM", " 官网表单 ", "website", "网站"])
def test_a_source_is_found_however_it_is_written(said: str) -> None:
    source = BOOK.source(said)
    assert source is not None
    assert source.code == "web"


def test_a_source_that_nobody_knows() -> None:
    assert BOOK.source("radio") is None
    assert BOOK.source("") is None


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hello {person}", "Hello Li Ming"),
        ("{person}, {person}!", "Li Ming, Li Ming!"),
        ("{units} for {amount}", "0 for 12.50"),
        ("of {company}", "of {company}"),
        ("{title} {nothing}", "{title} {nothing}"),
        ("{Own-field2}", "ok"),
        ("{ person } {} {a b} {{person}}", "{ person } {} {a b} {Li Ming}"),
    ],
)
def test_a_script_shows_what_is_known_and_leaves_the_rest_to_see(text: str, filled: str) -> None:
    values = {
        "person": "Li Ming",
        "units": 0,
        "amount": Decimal("12.50"),
        "company": "",
        "title": None,
        "Own-field2": "ok",
    }
    assert merged(text, values) == filled


def test_what_a_customer_is_called_is_never_filled_again() -> None:
    assert merged("{person} of {company}", {"person": "{company}", "company": "A"}) == "{company} of A"
