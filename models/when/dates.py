"""Rules for days: friday, 24 May, 下个月15号, end of next month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from models.when.rules import MONTHS_OF, NOT_AN_HOUR, Rules, numbers, one
from models.when.said import EARLIEST_YEAR, LATEST_YEAR, Impossible, Said, has_day_and_hour
from models.when.tokens import Token
from models.when.words import Kind

rule = Rules()


def _year(number: int) -> int | None:
    """A year said with two or four figures."""
    year = number + 2000 if number < 100 else number
    return year if EARLIEST_YEAR <= year <= LATEST_YEAR else None


def _exists(year: int | None, month: int, day: int) -> bool:
    try:
        date(2000 if year is None else year, month, day)  # 2000 has a 29 February
    except ValueError:
        return False
    return True


def _dates(candidates: Sequence[tuple[int | None, int, int]]) -> Said | None:
    """Those of several readings of a date that the calendar has."""
    able = [(year, month, day) for year, month, day in candidates if 1 <= month <= 12 and 1 <= day <= 31]
    if not able:
        return None  # 50/50 was never meant as a date
    found = tuple(dict.fromkeys(candidate for candidate in able if _exists(*candidate)))
    if not found:
        raise Impossible
    return {"dates": found}


def _month_day(month: int, day: int, year: int | None = None) -> Said:
    if not _exists(year, month, day):
        raise Impossible
    said: Said = {"month": month, "day": day}
    if year is not None:
        said["year"] = year
    return said


@rule("now", "next time")
def _now(tokens: Sequence[Token], said: Said) -> Said | None:
    """now · at this time"""
    return {"now": True} if tokens[0].name in ("", "this") else None


@rule("named")
def _named(tokens: Sequence[Token], said: Said) -> Said | None:
    """tomorrow · 后天"""
    return {"named": tokens[0].number}


@rule("stamp")
def _stamp(tokens: Sequence[Token], said: Said) -> Said | None:
    """20261201"""
    year, rest = divmod(tokens[0].number, 10000)
    return _dates([(year, *divmod(rest, 100))]) if _year(year) == year else None


@rule("next? triple")
def _triple(tokens: Sequence[Token], said: Said) -> Said | None:
    """2026-12-01 · 23.04.2022 · 12/1/26, which has two or three readings"""
    first, second, third = tokens[-1].figures
    if first > 999:
        return _dates([(first, second, third)]) if _year(first) else None
    last = _year(third) if third > 9 else None
    if last is None or first > 99:
        return None
    candidates: list[tuple[int | None, int, int]] = [(last, first, second), (last, second, first)]
    if third < 100 and first > 9:
        candidates.append((_year(first), second, third))
    return _dates(candidates)


@rule(f"next? pair {NOT_AN_HOUR}")
def _pair(tokens: Sequence[Token], said: Said) -> Said | None:
    """5/12, which is two days of the year unless one of the figures can be no month"""
    if has_day_and_hour(said):
        return None
    first, second = tokens[-1].figures
    return _dates([(None, first, second), (None, second, first)])


@rule("month dash? pair")
def _month_pair(tokens: Sequence[Token], said: Said) -> Said | None:
    """sep-23-2020 · september-2020-23 · may 5-7, which begins on the fifth"""
    month, (first, second) = tokens[0].number, tokens[-1].figures
    if first > 31 or second > 31:
        year = _year(max(first, second))
        return None if year is None else _month_day(month, min(first, second), year)
    return _month_day(month, first)


@rule(
    "month dash? the? (number | ordinal) (dash | comma)? four",
    "(number | ordinal) dash? of? month dash? number (?! unit | piece | hour_mark | oclock | month | meridiem)",
    "(number | ordinal) dash? of? month (dash | comma)? four",
    "month dash? the? (number | ordinal) (?! unit | piece | hour_mark | oclock)",
    "(number | ordinal) dash? of? month",
)
def _month_and_day(tokens: Sequence[Token], said: Said) -> Said | None:
    """may 17 · 24 May · 23/sep/2020 · 2 dec 26"""
    year = None
    if tokens[-1].kind is Kind.FOUR:
        year = _year(tokens[-1].number)
        if year is None:
            return None  # it may still be an hour: "24 may 1530"
    elif tokens[-1].kind is Kind.NUMBER and tokens[0].kind is not Kind.MONTH:
        year = _year(tokens[-1].number)
        if not (24 < tokens[-1].number < 100 or sum(token.kind is Kind.DASH for token in tokens) == 2):
            return None  # "2 dec 10" may be an hour, "2 dec 26" and "2-dec-10" can not
    day = one(tokens, Kind.NUMBER, Kind.ORDINAL).number
    return _month_day(one(tokens, Kind.MONTH).number, day, year)


@rule("month (dash | comma)? four", "month")
def _month(tokens: Sequence[Token], said: Said) -> Said | None:
    """may · may 2027"""
    if len(tokens) == 1:
        return {"month": tokens[0].number}
    year = _year(tokens[-1].number)
    return None if year is None else {"month": tokens[0].number, "year": year}


@rule("number month_mark number (?! piece | unit | hour_mark) day_mark?")
def _chinese_month_day(tokens: Sequence[Token], said: Said) -> Said | None:
    """10月12号 · 三月十五"""
    month, day = numbers(tokens)
    return _month_day(month, day)


@rule("number (month_mark | day_mark)", "the number (?! unit | piece | hour_mark | oclock | month)")
def _chinese_part_of_date(tokens: Sequence[Token], said: Said) -> Said | None:
    """5月 · 15号 · the 18"""
    number = one(tokens, Kind.NUMBER).number
    is_month = tokens[-1].kind is Kind.MONTH_MARK
    if not 1 <= number <= (12 if is_month else 31):
        raise Impossible
    return {"month": number} if is_month else {"day": number}


@rule("(four | number) year_mark")
def _chinese_year(tokens: Sequence[Token], said: Said) -> Said | None:
    """2026年 · 26年"""
    year = _year(tokens[0].number)
    return None if year is None else {"year": year}


@rule("next? holiday four?")
def _holiday(tokens: Sequence[Token], said: Said) -> Said | None:
    """christmas · 国庆"""
    year = _year(tokens[-1].number) if tokens[-1].kind is Kind.FOUR else None
    return _month_day(*divmod(one(tokens, Kind.HOLIDAY).number, 100), year)


@rule(
    "ordinal (weekday | unit) (?= of | in | month)",
    "next (weekday | unit) (?= of)",
    "(nth_mark | next) number piece? (weekday | unit)",
)
def _nth(tokens: Sequence[Token], said: Said) -> Said | None:
    """first monday of may · 1st week of oct · last friday of · 第二个周一 · last day of"""
    first, counted = tokens[0], numbers(tokens)
    nth = counted[0] if counted else first.number
    if first.kind is Kind.NEXT:
        if first.name != "last" or nth not in (1, -1):
            return None
        nth = -1
    what = one(tokens, Kind.WEEKDAY, Kind.UNIT)
    if what.name == "day" and nth in (1, -1):
        return {"edge": "start" if nth == 1 else "end"}
    if not -1 <= nth <= 5 or what.name not in ("", "week"):
        return None
    return {"nth": nth, "weekday": what.number} if what.kind is Kind.WEEKDAY else {"nth": nth}


@rule("next* weekday")
def _weekday(tokens: Sequence[Token], said: Said) -> Said | None:
    """friday · next friday, which is the coming one to some and the one after to others"""
    which = tokens[-2].name if len(tokens) > 1 else ""
    return {"weekday": tokens[-1].number, "which": which}


@rule("step piece? weekday")
def _chinese_weekday(tokens: Sequence[Token], said: Said) -> Said | None:
    """下周二 · 本周五: counted by weeks that begin on Monday, and never in doubt"""
    return {"period": ("week", tokens[0].number), "weekday": tokens[-1].number}


@rule("next (unit | quarter)", "step piece? (unit | month_mark | year_mark | quarter)")
def _period(tokens: Sequence[Token], said: Said) -> Said | None:
    """next month · 下周"""
    number, unit = tokens[0].number, tokens[-1].name
    if unit == "day":
        return {"named": number}
    return {"period": (unit, number)} if unit == "week" or unit in MONTHS_OF else None


@rule("period")
def _named_period(tokens: Sequence[Token], said: Said) -> Said | None:
    """明年"""
    return {"period": ("year", tokens[0].number)}


@rule(
    "edge (dash | of)? the? (unit | quarter)",
    "(unit | quarter | month_mark | year_mark) (dash | of)? edge",
    "close",
)
def _edge_of_period(tokens: Sequence[Token], said: Said) -> Said | None:
    """end of month · eom · 年底"""
    edge = next((token.name for token in tokens if token.kind is Kind.EDGE), "end")
    unit = tokens[0].name if tokens[-1].kind in (Kind.EDGE, Kind.CLOSE) else tokens[-1].name
    if unit == "day":
        return {"part": {"end": "close", "mid": "noon", "start": "opening"}.get(edge, "close")}
    if said.get("period", ("", 0))[0] == unit:
        return {"edge": edge}  # 下个月月底
    return {"edge": edge, "period": (unit, None)} if unit == "week" or unit in MONTHS_OF else None


@rule("of the? (unit | quarter)")
def _of_period(tokens: Sequence[Token], said: Said) -> Said | None:
    """(last friday) of the month · (1st) of the month"""
    unit = tokens[-1].name
    return {"period": (unit, None)} if said.keys() & {"nth", "edge", "day"} and unit in MONTHS_OF else None


@rule("edge")
def _edge(tokens: Sequence[Token], said: Said) -> Said | None:
    """end of (next month) · (五月)底"""
    return {"edge": tokens[0].name}


@rule("the? ordinal")
def _day_of_month(tokens: Sequence[Token], said: Said) -> Said | None:
    """the 18th"""
    day = tokens[-1].number
    if len(tokens) == 1 and has_day_and_hour(said):
        return None
    if not 1 <= day <= 31:
        raise Impossible
    return {"day": day}
