"""Phone numbers by the million: the library decides once for each sort of number, the rest is looked up.

What the library makes of a number hangs on how it begins and on how many digits it has, not on its last ones; a
property test holds this against the library itself.
"""

from __future__ import annotations

import re
from datetime import datetime

from models.numbers import Number, Whereabouts, parse_number, whereabouts

DROPPED = str.maketrans("", "", " -.()\u00a0")
"""Signs between digits that mean nothing."""
LONGEST_TEXT = 40
SHORTEST, LONGEST = 7, 15
"""Digits that the quick way takes; the others are the library's alone."""
LOOKED_AT = 7
"""Digits at the beginning that a prefix, an area or a carrier may take."""
UNSAID, UNSAID_FROM = 4, 11
"""Digits at the end that tell no place, in numbers of at least so many digits."""
CHINA, CHINA_LOOKED_AT = re.compile(r"861[3-9]\d{9}"), 7
"""Its mobile numbers: there are too many sorts of them to keep each, and they have one zone."""
MOST_KEPT = 500_000
"""Entries of a table before it is begun anew: memory stays bounded whatever the list."""


class Telephones:
    """`parse_number` and `whereabouts` with tables; one floor's region, one moment."""

    def __init__(self, region: str, now: datetime) -> None:
        import phonenumbers

        self.region = region
        self.now = now
        self._codes = frozenset(map(str, phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
        self._own_code = str(phonenumbers.country_code_for_region(region) or "")
        own = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
        self._dials_out = _pattern(own.international_prefix if own else None)
        self._own_prefix = _prefix(own)
        self._prefixes: dict[str, re.Pattern[str] | None] = {}
        self._lengths: dict[tuple[str, int], bool] = {}
        self._begun: dict[tuple[bool, int, str], str | None] = {}
        self._places: dict[tuple[int, str], Whereabouts] = {}

    def number(self, text: str) -> Number | None:
        """As `models.numbers.parse_number`."""
        digits = text.translate(DROPPED)
        has_plus = digits[:1] == "+"
        body = digits[1:] if has_plus else digits
        if (
            not (body.isascii() and body.isdigit())
            or not SHORTEST <= len(body) <= LONGEST
            or len(text) > LONGEST_TEXT
            or not (text[0] == "+" or not has_plus)
        ):
            return parse_number(text, self.region)
        code = self._code(body) if has_plus else self._own_code
        rest = body[len(code) :] if has_plus else body
        if code and self._is_plain(code, rest, has_plus=has_plus):
            return self._by_length(text, code, rest)
        if not has_plus and (self._dials_out is None or self._dials_out.match(body)):
            return parse_number(text, self.region)
        return self._by_beginning(text, body, has_plus=has_plus)

    def whereabouts(self, number: int) -> Whereabouts:
        """As `models.numbers.whereabouts`."""
        digits = str(number)
        looked_at = CHINA_LOOKED_AT if CHINA.fullmatch(digits) else len(digits) - UNSAID * (len(digits) >= UNSAID_FROM)
        key = (len(digits), digits[:looked_at])
        place = self._places.get(key)
        if place is None:
            if len(self._places) >= MOST_KEPT:
                self._places.clear()
            place = self._places[key] = whereabouts(number, self.now)
        return place

    def _code(self, body: str) -> str:
        return next((body[:size] for size in (1, 2, 3) if body[:size] in self._codes), "")

    def _is_plain(self, code: str, rest: str, *, has_plus: bool) -> bool:
        """Whether nothing is cut off the number: neither a prefix, nor a way out of the country, nor its own code."""
        if not has_plus:
            return not (
                self._dials_out is None
                or self._dials_out.match(rest)
                or rest.startswith(self._own_code)
                or _takes(self._own_prefix, rest)
            )
        if code not in self._prefixes:
            import phonenumbers

            region = phonenumbers.region_code_for_country_code(int(code))
            country = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(int(code), region)
            self._prefixes[code] = _prefix(country)
        return not _takes(self._prefixes[code], rest)

    def _by_length(self, text: str, code: str, rest: str) -> Number | None:
        key = (code, len(rest))
        is_possible = self._lengths.get(key)
        if is_possible is None:
            is_possible = self._lengths[key] = parse_number(text, self.region) is not None
        return Number(int(code + rest)) if is_possible else None

    def _by_beginning(self, text: str, body: str, *, has_plus: bool) -> Number | None:
        key = (has_plus, len(body), body[:LOOKED_AT])
        if key in self._begun:
            begins = self._begun[key]
            return None if begins is None else Number(int(begins + body[LOOKED_AT:]))
        number = parse_number(text, self.region)
        if len(self._begun) >= MOST_KEPT:
            self._begun.clear()
        whole, tail = "" if number is None else str(number.number), body[LOOKED_AT:]
        if number is None:
            self._begun[key] = None
        elif whole.endswith(tail):
            self._begun[key] = whole[: len(whole) - len(tail)]
        return number


def _pattern(text: str | None) -> re.Pattern[str] | None:
    return re.compile(text) if text else None


def _prefix(country: object) -> re.Pattern[str] | None:
    return _pattern(getattr(country, "national_prefix_for_parsing", None))


def _takes(prefix: re.Pattern[str] | None, digits: str) -> bool:
    found = prefix.match(digits) if prefix else None
    return found is not None and found.end() > 0
