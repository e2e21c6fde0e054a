"""Rules for distances from now or from a day: +2h, in 3 weeks, 三天后."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from models.when.rules import MONTHS_OF, Rules
from models.when.said import Said, Span
from models.when.tokens import Token
from models.when.words import Kind

rule = Rules()

_AMOUNT = "((number | four | article) piece? (and? article? half)? | half (article | piece)? | pair)"
_UNIT = "(unit | year_mark | quarter)"
_DISTANCE = f"{_AMOUNT} {_UNIT} (and? {_AMOUNT} {_UNIT})* (and article half | half (?= later | ago))?"
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "minutes": 900}
_DAYS = {"day": 1, "week": 7, "fortnight": 14}


@rule("plus number unit number (?! unit | piece)", "number unit number (?= comma* end)")
def _hours_minutes(tokens: Sequence[Token], said: Said) -> Said | None:
    """+1h30"""
    hours, unit, minutes = tokens[-3:]
    if unit.name != "hour" or minutes.number > 59 or minutes.end - unit.end > 2:
        return None
    elapsed = timedelta(hours=hours.number, minutes=minutes.number)
    return {"elapsed": elapsed} if elapsed else None


@rule(
    f"(plus | in)* {_DISTANCE} (later | ago)? (?! (past | to) number)",
    "number day_mark later",
    "number piece half month_mark later?",
)
def _distance(tokens: Sequence[Token], said: Said) -> Said | None:
    """+2h · in half an hour · an hour and a half · 3 weeks · 3 days ago · 两年前 · 一个半月后"""
    if tokens[0].kind in (Kind.NUMBER, Kind.FOUR) and tokens[-1].kind is Kind.YEAR_MARK:
        return None  # 26年 alone is a year
    if any(token.kind is Kind.DAY_MARK and not token.name for token in tokens):
        return None  # 3日后 is in three days, 3号后 is after the third
    amounts: list[tuple[float, str]] = []
    amount: float | None = None
    for token in tokens:
        match token.kind:
            case Kind.NUMBER | Kind.FOUR:
                amount = token.number
            case Kind.PAIR if "." in token.name:
                amount = float(token.name)
            case Kind.PAIR:
                return None
            case Kind.HALF:
                amount = (amount or 0) + 0.5
            case Kind.UNIT | Kind.YEAR_MARK | Kind.MONTH_MARK | Kind.QUARTER | Kind.DAY_MARK:
                amounts.append((1 if amount is None else amount, token.name))
                amount = None
            case _:
                pass
    if amount is not None:  # "an hour and a half"
        amounts.append((amount, amounts[-1][1]))
    sign = -1 if tokens[-1].kind is Kind.AGO else 1
    return _elapsed(amounts, sign) or _span(amounts, sign)


def _elapsed(amounts: Sequence[tuple[float, str]], sign: int) -> Said | None:
    """Hours and minutes are counted by the clock, through any change of summer time."""
    if all(unit not in _SECONDS or (unit == "day" and amount % 1 == 0) for amount, unit in amounts):
        return None
    if any(unit not in _SECONDS for _, unit in amounts):
        return None
    seconds = round(sum(amount * _SECONDS[unit] for amount, unit in amounts))
    return {"elapsed": timedelta(seconds=sign * seconds)} if seconds else None


def _span(amounts: Sequence[tuple[float, str]], sign: int) -> Said | None:
    """Days and longer are counted by the calendar."""
    months = days = workdays = 0.0
    for amount, unit in amounts:
        if unit == "month":
            months += amount // 1
            days += 15 if amount % 1 == 0.5 else 30 * (amount % 1)
        elif unit in MONTHS_OF:
            months += amount * MONTHS_OF[unit]
        elif unit in _DAYS:
            days += amount * _DAYS[unit]
        elif unit == "workday":
            workdays += amount
        else:
            return None
    if not (months or days or workdays) or any(number % 1 for number in (months, days, workdays)):
        return None
    has_weeks = any(unit not in ("day", "workday") for _, unit in amounts)
    return {"span": Span(sign * int(months), sign * int(days), sign * int(workdays), has_weeks)}


@rule("unit (?= from (named | holiday | weekday))")
def _unit_after(tokens: Sequence[Token], said: Said) -> Said | None:
    """the day after tomorrow"""
    return _span([(1, tokens[0].name)], 1)


@rule("unit from next")
def _after_next(tokens: Sequence[Token], said: Said) -> Said | None:
    """the week after next"""
    return {"period": (tokens[0].name, 2)} if tokens[-1].name == "next" else None
