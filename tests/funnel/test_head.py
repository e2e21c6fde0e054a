"""The head of the funnel: counts above the leads, layer by layer against their benchmarks."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from funnel import Fault, Layer, Playbook, Source, Words, faults, head
from tests.funnel.making import BOOK

LAYERS = (
    Layer("impressions", Words("Impressions", "展现"), Decimal(1000)),
    Layer("clicks", Words("Clicks", "点击"), Decimal("2.5")),
    Layer("orders", Words("Orders", "订单")),
)
COUNTING = Playbook(
    "search", Words("Search", "搜索"), (), (), (), (), (Source("web", Words("Web", "网")),), (), layers=LAYERS
)


def test_each_layer_is_held_against_the_one_above_it() -> None:
    shown, clicked, ordered = head(COUNTING, {"impressions": 3_000, "clicks": 60, "orders": 3}, days=2)
    assert (shown.rate, shown.benchmark, shown.is_low) == (Fraction(1500), Fraction(1000), False)
    assert (clicked.rate, clicked.benchmark, clicked.is_low) == (Fraction(2, 100), Fraction(25, 1000), True)
    assert (ordered.rate, ordered.benchmark, ordered.is_low) == (Fraction(5, 100), None, False)


def test_at_its_benchmark_a_layer_is_not_low() -> None:
    assert [row.is_low for row in head(COUNTING, {"impressions": 1_000, "clicks": 25}, days=1)] == [False] * 3
    assert head(COUNTING, {"impressions": 999}, days=1)[0].is_low


def test_what_nobody_counted_is_no_nothing() -> None:
    rows = head(COUNTING, {"impressions": 0, "orders": 5}, days=1)
    assert [(row.count, row.rate) for row in rows] == [(0, Fraction(0)), (None, None), (5, None)]
    assert all(row.rate is None for row in head(COUNTING, {}, days=0))


def test_a_playbook_that_only_counts_needs_no_stages_and_none_without_layers_may_lack_them() -> None:
    assert not list(faults(COUNTING))
    assert not COUNTING.takes_leads
    assert BOOK.takes_leads
    assert Fault(("stages",), "empty") in faults(replace(COUNTING, layers=()))
    assert not list(faults(replace(BOOK, layers=LAYERS))), "a funnel with leads may have a head too"


def test_mistakes_in_layers_are_named() -> None:
    twice = replace(COUNTING, layers=(*LAYERS, LAYERS[1]))
    assert Fault(("layers", 3, "code"), "twice", "clicks") in faults(twice)
    above = replace(COUNTING, layers=(LAYERS[0], replace(LAYERS[1], benchmark=Decimal(101))))
    assert list(faults(above)) == [Fault(("layers", 1, "benchmark"), "not_per_cent", "101", ("0", "100"))]
