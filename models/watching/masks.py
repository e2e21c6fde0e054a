"""Customers' numbers as far as a watcher may see them: whole, by country code and last two digits, or not at all.

Wherever a number may stand it is masked: in contacts, in what was found, and inside any text that people wrote. There a
number is what looks like one: seven digits or more, grouped in any way and in any script, the Chinese one's too; dates
are left alone. A sum of seven digits without commas looks like a number and goes with them: rather a sum too few than
a number too many. What people spell in words of another language is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from enum import StrEnum
from typing import Any, TypeVar

from models.cards import ContactCard, LeadCard, MoveLine, PhoneCard, TouchLine
from models.search.finding import Found

T = TypeVar("T")


class Mask(StrEnum):
    """How much of a number is shown."""

    FULL = "full"
    MASKED = "masked"
    """The country code and the last two digits."""
    HIDDEN = "hidden"


DOT = "•"
SHOWN = 2
"""Digits at the end that a masked number keeps: enough to tell two apart, too few to call."""

DIGIT = r"[\d零〇一二三四五六七八九幺]"
DATE = r"(?<!\d)(?:(?:19|20)\d\d[-./年]\d{1,2}[-./月]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d\d)(?!\d)"
NUMBER = rf"{DIGIT}(?:[\s().（）/·–—-]{{0,3}}{DIGIT}){{6,}}"
WHERE = re.compile(f"(?P<date>{DATE})|{NUMBER}")
EDGES = re.compile(rf"^…?[\s().（）/·–—-]*{DIGIT}+|{DIGIT}+[\s().（）/·–—-]*…?$")
"""Digits at the edge of an excerpt: a number may have been cut there."""


def number(number: int, mask: Mask) -> str:
    """A number as it may be shown.

    >>> number(8613800138000, Mask.MASKED), number(8613800138000, Mask.HIDDEN)
    ('+86 •••00', '•••')
    """
    from models.numbers import country_code, shown  # phonenumbers is loaded when it is called

    if mask is Mask.FULL:
        return shown(number)
    if mask is Mask.HIDDEN:
        return DOT * 3
    return f"+{country_code(number)} {DOT * 3}{number % 10**SHOWN:0{SHOWN}}".replace("+ ", "")


def text(said: str, mask: Mask) -> str:
    """A text with the numbers in it masked.

    >>> text("Li: 138-0013-8000, from 2024-05-20 on", Mask.MASKED)
    'Li: •••-••••-••00, from 2024-05-20 on'
    """
    return said if mask is Mask.FULL else WHERE.sub(lambda found: _dotted(found, mask), said)


def _dotted(found: re.Match[str], mask: Mask) -> str:
    if found["date"]:
        return found["date"]
    dotted = re.sub(DIGIT, DOT, found[0])
    if mask is Mask.HIDDEN:
        return dotted
    ends = [place.end() for place in re.finditer(DIGIT, found[0])]
    kept = ends[-SHOWN] - 1
    return dotted[:kept] + found[0][kept:]


def texts(value: T, mask: Mask) -> T:
    """A frozen value with the numbers in all of its own texts masked."""
    if mask is Mask.FULL:
        return value
    written: Any = value
    own = {one.name: getattr(value, one.name) for one in fields(written)}
    changed = {name: text(said, mask) for name, said in own.items() if type(said) is str}
    result: T = replace(written, **changed)
    return result


def found(one: Found, mask: Mask) -> Found:
    """What was found, as it may be shown."""
    if mask is Mask.FULL:
        return one
    shown = number(int(one.number), mask) if one.number else ""
    excerpt = EDGES.sub(lambda edge: re.sub(DIGIT, DOT, edge[0]), one.excerpt)
    return replace(texts(one, mask), number=shown, excerpt=text(excerpt, mask))


def lead(card: LeadCard, mask: Mask) -> LeadCard:
    """A lead with all its history, as it may be shown."""
    if mask is Mask.FULL:
        return card
    return replace(
        texts(card, mask),
        contacts=tuple(_contact(one, mask) for one in card.contacts),
        fields=_fields(card.fields, mask),
        history=tuple(_line(line, mask) for line in card.history),
    )


def _contact(one: ContactCard, mask: Mask) -> ContactCard:
    phones = tuple(PhoneCard(0, "", phone.is_suppressed, number(phone.number, mask)) for phone in one.phones)
    return replace(texts(one, mask), phones=phones)


def _line(line: TouchLine | MoveLine, mask: Mask) -> TouchLine | MoveLine:
    return texts(line, mask)


def _fields(values: Mapping[str, object], mask: Mask) -> dict[str, object]:
    masked = {name: text(value, mask) if isinstance(value, str) else value for name, value in values.items()}
    typed = str(values.get("number", "")).removeprefix("+")
    return {**masked, "number": number(int(typed), mask)} if typed.isdecimal() else masked
