"""What an agent types into a field: how the command takes it, how it will read, or what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import funnel
from models.errors import FloorError, Refused
from tui import clocks, words
from tui.entry import Reader
from tui.i18n import _, said
from tui.i18n import marked as N_
from tui.lines.frame import Frame
from tui.lines.lead import phone_text
from tui.plain import plain

MONEY = ("amount", "margin")
DAY = "expected_on"
THOUSANDS = {"k": 1_000, "w": 10_000, "m": 1_000_000}
"""Letters after an amount; 万 and 亿 are read as lists write them."""
EXAMPLES = {
    "amount": N_("120000.50, 80k"),
    "margin": "30000",
    "units": "12",
    "expected_on": "2026-12-31",
    "number": "+86 138 0013 8000",
}
SHORT = re.compile(r"(.*\d)\s*([kKwWmM])")
DIGITS = range(5, 16)
"""So many has a number that can be called."""


@dataclass(frozen=True, slots=True)
class Value:
    """What stands in a field."""

    text: str
    """As the command takes it; empty: the field is emptied."""
    shown: str = ""
    """In words."""
    problem: str = ""
    """What is wrong with it, with an example."""


def options(playbook: funnel.Playbook, code: str) -> Sequence[funnel.Choice | funnel.Source]:
    """What a field may hold, where the playbook has a list of it."""
    if code == "source":
        return playbook.sources
    return next((field.choices for field in playbook.fields if field.code == code), ())


def is_worded(playbook: funnel.Playbook, code: str) -> bool:
    """Whether a field holds something else than what one types: money, a day, one of a list."""
    return code in (*MONEY, DAY) or bool(options(playbook, code))


def shown(code: str, value: object, playbook: funnel.Playbook, frame: Frame) -> str:
    """What a field holds, in words; empty where it holds nothing."""
    if not funnel.is_filled(value):
        return ""
    if code in MONEY and isinstance(value, Decimal):
        return frame.whole(value)
    if code == DAY:
        with suppress(ValueError):
            return clocks.full_day(date.fromisoformat(str(value)), frame.today)
    if code == "number":
        return phone_text(int(str(value).removeprefix("+")))
    for one in options(playbook, code):
        if one.code == value:
            return plain(said(one.name))
    return plain(str(value))


def example(code: str) -> str:
    """How a field is written, where that is not plain."""
    if code == DAY:
        return _("as in fri, end of month, 2026-12-31")
    return _("as in {example}").format(example=_(EXAMPLES[code])) if code in EXAMPLES else ""


def read_value(code: str, typed: str, playbook: funnel.Playbook, frame: Frame, read: Reader) -> Value:
    """What a person typed for a field.

    Args:
        code: the field's.
        typed: the text.
        playbook: whose fields and lists are meant.
        frame: this moment, by the floor's clock and in its money.
        read: reads the moment that a text begins with.
    """
    text = " ".join(typed.split())
    if not text:
        return Value("")
    if choices := options(playbook, code):
        return _choice(code, text, choices)
    if code in MONEY:
        return _money(code, text, playbook, frame)
    if code == DAY:
        return _day(text, frame, read)
    if code == "units":
        return _checked(code, text, playbook)
    if code == "number" and sum(letter.isdigit() for letter in text) not in DIGITS:
        return _wrong(code, playbook)
    return Value(text, plain(text))


def of_sale(code: str, typed: str, playbook: funnel.Playbook, frame: Frame, read: Reader) -> Value:
    """Amount or day of a sale: neither is left open, and what is sold was sold today or before."""
    value = read_value(code, typed, playbook, frame, read)
    if value.problem:
        return value
    if not value.text:
        return _wrong(code, playbook)
    if code == DAY and value.text > frame.today.isoformat():
        problem = _("{day} is still to come; sold was today or before, as in {example}")
        return Value("", problem=problem.format(day=value.shown, example=frame.today.isoformat()))
    return value


def _wrong(code: str, playbook: funnel.Playbook) -> Value:
    return Value("", problem=words.refusal(Refused("bad_value", field=code, example=_(EXAMPLES[code])), playbook))


def _checked(code: str, text: str, playbook: funnel.Playbook) -> Value:
    from models import fields

    try:
        fields.stored(code, text, playbook)
    except FloorError as error:
        return Value("", problem=words.refusal(error, playbook))
    return Value(text, plain(text))


def _money(code: str, text: str, playbook: funnel.Playbook, frame: Frame) -> Value:
    from models.exchange import values

    short = SHORT.fullmatch(text)
    try:
        hundredths = values.money("")(short[1] if short else text)
    except values.BadValue:
        return _wrong(code, playbook)
    amount = Decimal(hundredths) / 100 * (THOUSANDS[short[2].lower()] if short else 1)
    checked = _checked(code, f"{amount.normalize():f}", playbook)
    return checked if checked.problem else Value(checked.text, frame.whole(amount))


def _day(text: str, frame: Frame, read: Reader) -> Value:
    """A day as a date or as people say it; where an hour is said too, its day."""
    try:
        found = {date.fromisoformat(text)}
    except ValueError:
        reading = read(text)
        found = {one.astimezone(frame.zone).date() for one in reading.moments} if reading.end == len(text) else set()
    match sorted(found):
        case [day]:
            return Value(day.isoformat(), clocks.full_day(day, frame.today))
        case [_first, _second, *_rest] as days:
            choices = _(" or ").join(clocks.full_day(one, frame.today) for one in days[:3])
            return Value("", problem=_("{choices}? Say which").format(choices=choices))
    return Value("", problem=_("no day; as in 2026-12-31, fri, end of month, 下周五"))


def _choice(code: str, text: str, choices: Sequence[funnel.Choice | funnel.Source]) -> Value:
    """One of a list: by its place, its code, or the beginning of its name."""
    wanted = text.casefold()
    aliases = [one.aliases if isinstance(one, funnel.Source) else () for one in choices]
    named = [(one, (one.code, one.name.en, one.name.zh, *also)) for one, also in zip(choices, aliases, strict=True)]
    if text.isdecimal() and 1 <= int(text) <= len(choices):
        found = [choices[int(text) - 1]]
    else:
        found = [one for one, names in named if wanted in (name.casefold() for name in names)]
        found = found or [one for one, names in named if any(name.casefold().startswith(wanted) for name in names)]
    if len(found) == 1:
        return Value(found[0].code, plain(said(found[0].name)))
    listed = found or choices
    names = "  ".join(f"{choices.index(one) + 1} {plain(said(one.name))}" for one in listed)
    return Value("", problem=names)
