"""The quick way to a number is the library's way, whatever the number."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from models.exchange.telephones import Telephones
from models.numbers import parse_number, whereabouts

NOW = datetime(2026, 11, 23, tzinfo=UTC)
REGIONS = "CN US GB PT AR BR MX DE IT AU RU IN FR SG HK JP KR ZA CI UY NA".split()
BEGIN = (
    "0 00 1 86 861 17911 12593 138 010 021- +86 +1 +1212 +44 +4407 (0) +54 +549 +54911 011 01115 +39 +390 044 7275 +61"
    " +52 0086 01144 +881 +7 8 80 ( ++ +0 # 400"
).split()
TELEPHONES = {region: Telephones(region, NOW) for region in REGIONS}
digits = some.text("0123456789", min_size=0, max_size=13)
texts = some.builds(
    lambda begin, body, gap, tail: f"{begin}{body[:3]}{gap}{body[3:]}{tail}",
    some.sampled_from(["", *BEGIN]),
    digits,
    some.sampled_from(["", " ", "-", ".", " (0)", "/", "x"]),
    some.sampled_from(["", "", "", " ext. 12", "x7", "#", " "]),
)


@settings(max_examples=1500)
@given(some.sampled_from(REGIONS), some.lists(texts, min_size=1, max_size=6))
def test_a_number_is_what_the_library_makes_of_it(region: str, said: list[str]) -> None:
    """Also when the tables are full of others like it."""
    for text in said:
        assert TELEPHONES[region].number(text) == parse_number(text, region), text


@settings(max_examples=400)
@given(
    some.sampled_from(["86138", "8610", "861115", "1212", "1727", "44791", "49860", "3903", "5511", "617", "7495"]),
    digits,
)
def test_a_number_lives_where_the_library_says(begin: str, rest: str) -> None:
    """Zone and country, from the beginning of the number alone where that is enough."""
    number = int((begin + rest)[:15])
    assert TELEPHONES["CN"].whereabouts(number) == whereabouts(number, NOW)


@pytest.mark.parametrize(
    ("text", "number", "extension"),
    [
        ("+86 138 0013 8000", 8613800138000, ""),
        ("010-6552 9988 ext. 12", 861065529988, "12"),
        ("8613800138000", 8613800138000, ""),
        ("0044 7911 123456", 447911123456, ""),
    ],
)
def test_numbers_as_people_write_them(text: str, number: int, extension: str) -> None:
    """The ways that lists write them."""
    found = TELEPHONES["CN"].number(text)
    assert found is not None
    assert (found.number, found.extension) == (number, extension)
