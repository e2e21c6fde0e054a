"""Which days words about a day can mean."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from models.when.said import EARLIEST_YEAR, LATEST_YEAR, Impossible, Said, Span

Series = tuple[date, ...]
"""One meaning of the words: the days it can fall on, soonest first, of which the first still ahead counts."""

_MONTHS_AHEAD = 48  # enough for any day of a month to fall on any weekday
_YEARS_AHEAD = 9  # enough for a 29 February
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def days(said: Said, today: date) -> list[Series]:
    """The meanings of what was said about the day, none if it names no day. Raises Impossible for no such day."""
    found = _days(said, today)
    if any(not EARLIEST_YEAR <= day.year <= LATEST_YEAR for series in found for day in series):
        raise Impossible
    return found


def _days(said: Said, today: date) -> list[Series]:
    weekday = said.get("weekday")
    if weekday is None or "nth" in said:
        return _without_weekday(said, today)
    if "span" in said and said["span"].has_weeks:
        return [(_monday(day) + timedelta(weekday),) for (day,) in _without_weekday(said, today)]
    if said.keys() & {"named", "span", "dates", "day", "month"}:
        is_monthly = "day" in said and "month" not in said
        return _agreeing(_without_weekday(said, today), weekday, today, is_monthly=is_monthly)
    if "period" in said:
        return [(_first_day(today, *said["period"]) + timedelta(weekday),)] if said["period"][0] == "week" else []
    return _by_weekday(weekday, said.get("which", ""), today)


def _by_weekday(weekday: int, which: str, today: date) -> list[Series]:
    """A weekday alone is the coming one; on that very weekday it can be today or a week from today."""
    coming = today + timedelta((weekday - today.weekday()) % 7)
    after_today = coming if coming > today else today + timedelta(7)
    match which:
        case "this":
            return [(coming,)]
        case "coming":
            return [(after_today,)]
        case "next":
            return [(day,) for day in sorted({after_today, _monday(today) + timedelta(7 + weekday)})]
        case "last":
            return [(after_today - timedelta(14 if coming == today else 7),)]
        case _:
            return [(day,) for day in sorted({coming, after_today})]


def _agreeing(found: list[Series], weekday: int, today: date, *, is_monthly: bool) -> list[Series]:
    """A date said together with a weekday. Where they contradict, either can be the slip: both are meant."""
    agreeing = [series for series in found if series[0].weekday() == weekday]
    if agreeing:
        return agreeing
    if is_monthly:  # "wed 13th" can also mean the next 13th that is a Wednesday
        return [
            meaning
            for series in found
            for meaning in (series[:1], tuple(day for day in series if day.weekday() == weekday))
            if meaning
        ]
    return [(day,) for series in found for day in (series[0], _nearest(series[0], weekday, today))]


def _nearest(day: date, weekday: int, today: date) -> date:
    """This weekday at most three days from a day, or the one after if that has gone by."""
    nearest = day + timedelta((weekday - day.weekday() + 3) % 7 - 3)
    return nearest if nearest >= today or day < today else nearest + timedelta(7)


def _without_weekday(said: Said, today: date) -> list[Series]:
    if "named" in said:
        return [(today + timedelta(said["named"]),)]
    if "span" in said:
        anchors = days(said["anchor"], today) if "anchor" in said and "now" not in said["anchor"] else [(today,)]
        return [(_moved(series[0], said["span"]),) for series in anchors]
    if "dates" in said:
        return [_of_year(year, month, day, today) for year, month, day in said["dates"]]
    return _of_calendar(said, today)


def _moved(day: date, span: Span) -> date:
    try:
        moved = day + relativedelta(months=span.months, days=span.days)
        step = 1 if span.workdays > 0 else -1
        for _ in range(min(abs(span.workdays), 1000)):
            moved += timedelta(step)
            while moved.weekday() > 4:
                moved += timedelta(step)
    except (ValueError, OverflowError):
        raise Impossible from None
    return moved


def _of_calendar(said: Said, today: date) -> list[Series]:
    """Days said by their place in a month, quarter or year."""
    year, month, day = said.get("year"), said.get("month"), said.get("day")
    period = said.get("period")
    if period and period[0] == "year" and month:  # 明年三月
        year, period = _first_day(today, *period).year, None
    elif period == ("month", None) and "day" in said:  # "the 1st of the month"
        period = None
    elif period and period[0] == "month" and period[1] is not None and said.keys() & {"day", "nth"}:  # 下个月15号
        first = _first_day(today, *period)
        year, month, period = first.year, first.month, None
    if period and ("day" in said or ("nth" in said and period != ("month", None))):
        raise Impossible  # 下周15号

    if "edge" in said:
        unit = period[0] if period else "month"
        return [tuple(_edge(first, unit, said["edge"]) for first in _firsts(today, period, year, month))]
    if "nth" in said:
        nths = (_nth(first, said["nth"], said.get("weekday")) for first in _firsts(today, period, year, month))
        series = tuple(found for found in nths if found)
        if not series:
            raise Impossible
        return [series]
    if period:
        return [(_first_day(today, *period),)] if period[1] else []  # "this week" is no day of it
    if month:
        return [_of_year(year, month, day or 1, today)]
    if day:
        return [_of_month(day, today, _MONTHS_AHEAD if "weekday" in said else 2)]
    return []


def _of_year(year: int | None, month: int, day: int, today: date) -> Series:
    """A day of this year, or of the next one that has it."""
    years = range(today.year, today.year + _YEARS_AHEAD) if year is None else [year]
    found = tuple(date(year, month, day) for year in years if day <= _length(date(year, month, 1)))
    if year is None:
        found = tuple(day for day in found if day >= today)
    if not found:
        raise Impossible
    return found


def _of_month(day: int, today: date, months: int) -> Series:
    """A day of this month, or of the next ones that have it."""
    first = today.replace(day=1)
    found: list[date] = []
    while len(found) < months:
        if day <= _length(first) and first.replace(day=day) >= today:
            found.append(first.replace(day=day))
        first += timedelta(_length(first))
    return tuple(found)


def _firsts(today: date, period: tuple[str, int | None] | None, year: int | None, month: int | None) -> list[date]:
    """The first days of the period that is meant, or of this one and the next where none was said."""
    if period:
        unit, number = period
        return [_first_day(today, unit, ahead) for ahead in ((0, 1) if number is None else (number,))]
    if month is None:
        return []
    return [date(each, month, 1) for each in ((today.year, today.year + 1) if year is None else (year,))]


def _first_day(today: date, unit: str, number: int | None) -> date:
    """The first day of the week, month, quarter or year that is so many after this one."""
    number = number or 0
    if unit == "week":
        return _monday(today) + timedelta(7 * number)
    first = today.replace(day=1)
    length = _MONTHS[unit]
    return first + relativedelta(months=number * length - (first.month - 1) % length)


def _edge(first: date, unit: str, edge: str) -> date:
    """The beginning, middle or end of a period: of a week its Friday, of a month its 15th, or its 21st if late."""
    match unit, edge:
        case _, "start":
            return first
        case "week", _:
            return first + timedelta(2 if edge == "mid" else 4)
        case "month", "mid" | "late":
            return first.replace(day=15 if edge == "mid" else 21)
        case _, "end" | "late":
            return first + relativedelta(months=_MONTHS[unit], days=-1)
        case "quarter", _:
            return first + relativedelta(months=1, days=14)
        case _:
            return first + relativedelta(months=6)


def _nth(first: date, nth: int, weekday: int | None) -> date | None:
    """The nth such weekday of a month, or the first day of its nth seven days; counted from the end if negative."""
    start = 1 + 7 * (nth - 1) if nth > 0 else _length(first) - 6
    if start > _length(first):
        return None
    day = first.replace(day=start)
    if weekday is not None:
        day += timedelta((weekday - day.weekday()) % 7)
    return day if day.month == first.month else None


def _monday(day: date) -> date:
    return day - timedelta(day.weekday())


def _length(first: date) -> int:
    """How many days a month has."""
    return monthrange(first.year, first.month)[1]
