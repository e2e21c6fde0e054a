"""Customers' numbers as far as a watcher may see them: whole, by country code and last two digits, or not at all.

Wherever a number may stand it is masked: in contacts, in what was found, and inside any text that people wrote. There a
number is what looks like one: seven digits or more, grouped in any way and in any script, the Chinese one's too; dates
are left alone. A sum of seven digits without commas looks like a number and goes with them: rather a sum too few than
a number too many. What people spell in words of another language is not seen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from msgspec.structs import replace

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
BETWEEN = r"[\s().（）/·–—-]{0,3}"
NUMBER = rf"{DIGIT}(?:{BETWEEN}{DIGIT}){{6,}}"
WHERE = re.compile(f"(?P<date>{DATE})|{NUMBER}")
EDGES = re.compile(rf"^…?[\s().（）/·–—-]*{DIGIT}+|{DIGIT}+[\s().（）/·–—-]*…?$")
"""Digits at the edge of an excerpt: a number may have been cut there."""

GROWING = re.compile(f"(?P<date>{DATE})|{DIGIT}(?:{BETWEEN}{DIGIT}){{2,}}")
"""What becomes a number digit by digit: whoever sees the last two each time has seen them all."""
BROKEN = re.compile(f"{DIGIT}(?:{BETWEEN}{DIGIT})*{BETWEEN}(?=…)|(?<=…){BETWEEN}{DIGIT}(?:{BETWEEN}{DIGIT})*")
"""What is left of a number where a text was cut."""
FRAME = " │╭╮╰╯─▌"
WIDE_DOT = "\uff0a"
"""In place of a digit that takes two cells."""


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
    if date := found.groupdict().get("date"):
        return date
    dotted = re.sub(DIGIT, DOT, found[0])
    if mask is Mask.HIDDEN:
        return dotted
    ends = [place.end() for place in re.finditer(DIGIT, found[0])]
    kept = ends[-SHOWN] - 1
    return dotted[:kept] + found[0][kept:]


def pane(lines: Sequence[str], mask: Mask, *, is_typed: bool = False) -> list[str]:
    """The lines of a part of a screen, masked letter for letter and cell for cell.

    Args:
        lines: as they are drawn, frame and all; a number may go on in the next.
        mask: how much may be shown.
        is_typed: whether it is being written here, so that no part of a number is shown while it grows.

    >>> pane(["│ call 138-0013 │", "│ 8000, 10:30   │"], Mask.MASKED)
    ['│ call •••-•••• │', '│ ••00, 10:30   │']
    """
    if mask is Mask.FULL or not lines:
        return list(lines)
    inner = [line.strip(FRAME) for line in lines]
    said = before = "\n".join(inner)
    if is_typed:
        hidden = r"\d" if mask is Mask.HIDDEN else GROWING
        said = re.sub(hidden, lambda found: _dotted(found, Mask.HIDDEN), said)
    said = BROKEN.sub(lambda cut: re.sub(DIGIT, DOT, cut[0]), text(said, mask))
    said = "".join(map(_as_wide, said, before))
    return [line.replace(own, masked, 1) for line, own, masked in zip(lines, inner, said.split("\n"), strict=True)]


def _as_wide(shown: str, before: str) -> str:
    is_wide = shown == DOT != before and unicodedata.east_asian_width(before) in "WF"
    return WIDE_DOT if is_wide else shown


def texts(value: T, mask: Mask) -> T:
    """A frozen value with the numbers in all of its own texts masked."""
    if mask is Mask.FULL:
        return value
    kind: Any = type(value)
    own = {name: getattr(value, name) for name in kind.__match_args__}
    masked: T = kind(**{name: text(said, mask) if type(said) is str else said for name, said in own.items()})
    return masked


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
