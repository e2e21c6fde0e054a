"""The stall twin: which leads are alike, and what was done there that is missing here."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel import Deed, Deeds, Missing, TouchKind, Traits, distance, missing

FAIR = Traits("fair", "steel", "phones", Decimal(50_000))


@pytest.mark.parametrize(
    ("other", "far"),
    [
        (FAIR, (0, 0)),
        (FAIR._replace(amount=Decimal(200_000)), (0, 3)),
        (FAIR._replace(source="web"), (1, 0)),
        (FAIR._replace(product=""), (1, 0)),
        (FAIR._replace(source="web", industry="", product="pens"), (3, 0)),
        (FAIR._replace(amount=None), (0, 23)),
    ],
)
def test_who_is_near(other: Traits, far: tuple[int, int]) -> None:
    assert distance(FAIR, other) == distance(other, FAIR) == far


def test_what_nobody_knows_is_not_alike() -> None:
    assert distance(Traits(), Traits()) == (3, 0)


HERE = Deeds({TouchKind.CALL: 4}, talks=2, fields=frozenset({"need"}), parts=frozenset(), contacts=1, days=40)
THERE = (
    Deeds({TouchKind.CALL: 3, TouchKind.VISIT: 1}, 3, frozenset({"need", "budget"}), frozenset({"decider"}), 2, 9),
    Deeds({TouchKind.CALL: 5, TouchKind.VISIT: 2}, 3, frozenset({"need", "budget"}), frozenset({"decider"}), 1, 12),
    Deeds({TouchKind.CALL: 2, TouchKind.FAX: 1}, 1, frozenset({"budget", "rival"}), frozenset({"decider"}), 2, 5),
)


def test_the_example_by_hand() -> None:
    assert missing(HERE, THERE) == (
        Missing(Deed.PART, "decider", 0, 1, 3),
        Missing(Deed.FIELD, "budget", 0, 1, 3),
        Missing(Deed.TALK, "", 2, 3, 2),
        Missing(Deed.TOUCH, "visit", 0, 1, 2),
        Missing(Deed.CONTACT, "", 1, 2, 2),
    )


def test_where_none_passed_nothing_is_missing() -> None:
    assert missing(HERE, ()) == ()


names = st.frozensets(st.sampled_from(("need", "budget", "rival")))
deeds = st.builds(
    Deeds,
    st.dictionaries(st.sampled_from(tuple(TouchKind)), st.integers(0, 5)),
    st.integers(0, 5), names, names, st.integers(0, 4), st.integers(0, 50),
)  # fmt: skip


@given(deeds, st.integers(1, 5))
def test_nothing_is_missing_at_the_twin_itself(own: Deeds, times: int) -> None:
    assert missing(own, [own] * times) == ()


@given(deeds, st.lists(deeds, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_the_twins_says_nothing(own: Deeds, twins: list[Deeds], random: Random) -> None:
    mixed = list(twins)
    random.shuffle(mixed)
    assert missing(own, mixed) == missing(own, twins)


@given(deeds, st.lists(deeds, min_size=1, max_size=6))
def test_who_does_what_is_missing_misses_nothing(own: Deeds, twins: list[Deeds]) -> None:
    touches, fields, parts = dict(own.touches), set(own.fields), set(own.parts)
    talks, contacts = own.talks, own.contacts
    for one in missing(own, twins):
        assert one.there > one.here
        assert 2 * one.twins >= len(twins)
        match one.deed:
            case Deed.TOUCH:
                touches[TouchKind(one.what)] = one.there
            case Deed.FIELD:
                fields.add(one.what)
            case Deed.PART:
                parts.add(one.what)
            case Deed.TALK:
                talks = one.there
            case Deed.CONTACT:
                contacts = one.there
    assert missing(Deeds(touches, talks, frozenset(fields), frozenset(parts), contacts), twins) == ()
