"""Rules for hours and parts of the day: 3pm, half past two, 下午3点半."""

from __future__ import annotations

from collections.abc import Sequence

from models.when.rules import NOT_AN_HOUR, Rules, numbers, one
from models.when.said import HOURS, Clock, Impossible, Said
from models.when.tokens import Token
from models.when.words import Kind

rule = Rules()


def _clock(hour: int, minute: int = 0, second: int = 0, *, half: str = "", is_sure: bool = False) -> Clock:
    """An hour of the day; `half` is am, pm or unsaid."""
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and minute + second) or (half and not 1 <= hour <= 23):
        raise Impossible
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif half == "am":
        raise Impossible
    return Clock(hour, minute, second, bool(half) or is_sure or hour == 0 or hour > 12)


def _half(tokens: Sequence[Token]) -> str:
    """am or pm, where it is said: as a word, or as the letters of 3pm."""
    names = (token.name.lstrip("0123456789:") for token in tokens if token.kind in (Kind.MERIDIEM, Kind.CLOCK))
    return next((name[0] + "m" for name in names if name), "")


@rule(
    "pair (meridiem | hour_mark)",
    "number (dash | gap | to) (number (meridiem | hour_mark) | clock meridiem?)",
    "number (dash | gap | to) number (?= comma* end)",
)
def _from_to(tokens: Sequence[Token], said: Said) -> Said | None:
    """2-4pm · 2 to 4 · 下午2-4点: a time span means its beginning, for that is when the call is due"""
    between = tokens[1]
    if tokens[0].kind is Kind.PAIR:
        if "-" not in tokens[0].name:
            return None
        first, last = tokens[0].figures
    else:
        first, last = (token.figures[0] if token.figures else token.number for token in (tokens[0], tokens[2]))
    is_to = between.kind is Kind.TO and between.name == "to"
    if is_to and not tokens[0].name:
        return None  # "ten to five" in words is ten minutes to five
    half = _half(tokens)
    found = []
    if first < 13 or not half:
        found.append(_clock(first, half="am" if half == "pm" and first % 12 > last % 12 else half))
    if is_to and first in (5, 10, 20, 25):  # "10 to 5" can be that as well
        found.append(_clock(last - 1 or 12, 60 - first, half=half))
    return {"clock": tuple(found)} if found else None


@rule("(number | pair | four) oclock? meridiem oclock?")
def _figures_meridiem(tokens: Sequence[Token], said: Said) -> Said | None:
    """8 pm · 8.30 pm · 0830 am"""
    first = tokens[0]
    if first.kind is Kind.PAIR and "." not in first.name:
        return None
    figures = first.figures or (divmod(first.number, 100) if first.kind is Kind.FOUR else (first.number,))
    return {"clock": (_clock(*figures, half=_half(tokens)),)}


@rule("clock oclock? meridiem? oclock?")
def _written_clock(tokens: Sequence[Token], said: Said) -> Said | None:
    """15:00 · 9:30 pm · 3pm · 08:30, which is never the evening"""
    clock = tokens[0]
    return {"clock": (_clock(*clock.figures, half=_half(tokens), is_sure=clock.name.startswith("0")),)}


@rule(
    "number hour_mark (number? quarter | half) oclock*",
    "number hour_mark (number minute_mark? (number second_mark)?)? oclock*",
)
def _chinese_clock(tokens: Sequence[Token], said: Said) -> Said | None:
    """十五点二十 · 3点半 · 三点一刻 · 16时40分50秒"""
    hour, *rest = numbers(tokens)
    if any(token.kind is Kind.HALF for token in tokens):
        rest = [30]
    elif any(token.kind is Kind.QUARTER for token in tokens):
        rest = [15 * number for number in rest or [1]]
    return {"clock": (_clock(hour, *rest, is_sure=tokens[0].name.startswith("0")),)}


@rule("(number | quarter | half) unit? (past | to) number oclock? meridiem?")
def _past(tokens: Sequence[Token], said: Said) -> Said | None:
    """ten past 9 · quarter to five pm · half past three"""
    first = tokens[0]
    minutes = {Kind.HALF: 30, Kind.QUARTER: 15}.get(first.kind, first.number)
    hour = numbers(tokens)[-1]
    if minutes > 59 or any(token.kind is Kind.UNIT and token.name != "minute" for token in tokens):
        return None
    if any(token.kind is Kind.TO for token in tokens):
        is_figures = bool(first.name) and first.kind is Kind.NUMBER and tokens[1].kind is Kind.TO
        if first.kind is Kind.HALF or minutes == 0 or is_figures:
            return None
        hour, minutes = (hour - 1) or 12, 60 - minutes
    return {"clock": (_clock(hour, minutes, half=_half(tokens)),)}


@rule(
    f"at (the)? (number | four | pair) oclock? {NOT_AN_HOUR}",
    "number oclock",
    "number (?= (in | on)? the? (part | named_part))",
    "number (?= comma* end)",
    "four (?! year_mark)",
    f"pair {NOT_AN_HOUR}",
)
def _bare_hour(tokens: Sequence[Token], said: Said) -> Said | None:
    """at 3 · 3 o'clock · one in the morning · at 8.30 · fri 10 · fri 1530; but fri 25 is a day"""
    figures = one(tokens, Kind.NUMBER, Kind.FOUR, Kind.PAIR)
    # Figures alone are an hour only where the day has been said: otherwise 8.30 is a date and 1530 anything.
    if len(tokens) == 1 and figures.kind is not Kind.NUMBER and not said.keys() - HOURS:
        return None
    match figures.kind:
        case Kind.PAIR if "." not in figures.name or len(figures.name.partition(".")[2]) != 2:
            return None
        case Kind.PAIR:
            hour, minute = figures.figures
        case Kind.FOUR:
            hour, minute = divmod(figures.number, 100)
        case _:
            hour, minute = figures.number, 0
    if len(tokens) == 1 and 24 < hour < 32 and figures.kind is Kind.NUMBER and "weekday" in said:
        return {"day": hour}
    if hour > 24 or minute > 59:
        return None
    return {"clock": (_clock(hour, minute, is_sure=figures.name.startswith("0") or figures.kind is Kind.FOUR),)}


@rule("noon")
def _named_clock(tokens: Sequence[Token], said: Said) -> Said | None:
    """noon · midnight · 正午"""
    return {"clock": (Clock(tokens[0].number, is_sure=True, is_midnight=tokens[0].name == "midnight"),)}


@rule("next part", "step part")
def _this_part(tokens: Sequence[Token], said: Said) -> Said | None:
    """this afternoon · last night"""
    first, part = tokens
    if first.name in ("next", "coming") or first.number > 0:
        return None
    return {"named": first.number, "part": part.name}


@rule("named_part")
def _named_part(tokens: Sequence[Token], said: Said) -> Said | None:
    """tonight · 明早"""
    return {"named": tokens[0].number, "part": tokens[0].name}


@rule("part", "meridiem")
def _part(tokens: Sequence[Token], said: Said) -> Said | None:
    """morning · 下午 · fri pm"""
    return {"part": {"am": "morning", "pm": "afternoon"}.get(tokens[0].name, tokens[0].name)}
