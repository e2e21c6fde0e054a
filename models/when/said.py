"""What a phrase says, before any calendar is asked, and which of it can stand together."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple, TypedDict, cast


class Impossible(Exception):
    """Words that name a day or hour no calendar or clock has: 30 February, 25:00. `tokens`: from and to where."""

    def __init__(self, tokens: tuple[int, int] | None = None) -> None:
        super().__init__(tokens)
        self.tokens = tokens


class Clock(NamedTuple):
    """An hour as it was said; `is_sure` when nobody can take it for the other half of the day."""

    hour: int
    minute: int = 0
    second: int = 0
    is_sure: bool = False
    is_midnight: bool = False


class Span(NamedTuple):
    """A distance in calendar days."""

    months: int = 0
    days: int = 0
    workdays: int = 0
    has_weeks: bool = False
    """Said in weeks or longer: a weekday beside it is one of that week."""


class Said(TypedDict, total=False):
    """All that a phrase can say. The last two are about the hour, the others about the day."""

    now: bool
    elapsed: timedelta
    named: int
    span: Span
    anchor: Said
    day: int
    month: int
    year: int
    dates: tuple[tuple[int | None, int, int], ...]
    period: tuple[str, int | None]
    edge: str
    nth: int
    weekday: int
    which: str
    clock: tuple[Clock, ...]
    part: str


HOURS = frozenset({"clock", "part"})
_WEEKDAY = frozenset({"weekday", "which"})
_SHAPES = [
    set(words.split())
    for words in """
    |now|elapsed|elapsed anchor|named|span|span anchor|dates|day|month|month day|month year|month day year
    |period|period day|period month|period month day|edge period|edge month|edge month year|edge period month
    |nth month|nth month year|nth period
    """.split("|")
]
"""Words about the day that make a day together, weekday and hour apart."""
_TAKES_NO_WEEKDAY = {"now", "elapsed", "edge"}
_WHOLE = frozenset(frozenset(shape) for shape in _SHAPES)
_BEGUN = frozenset(
    frozenset(word for bit, word in enumerate(sorted(shape)) if bits >> bit & 1)
    for shape in _SHAPES
    for bits in range(1 << len(shape))
)

EARLIEST_YEAR, LATEST_YEAR = 1970, 2199


def is_whole(said: Said) -> bool:
    """Whether these words name a moment, and no more words have to come."""
    days = said.keys() - HOURS - _WEEKDAY
    if days & {"now", "elapsed"} and said.keys() & HOURS:
        return False
    if "weekday" in said and not days & {"day", "nth"}:  # "fri may" waits for its day; only weeks have one Friday
        return not days & {"month", "period"} or ("period" in said and said["period"][0] == "week")
    return bool(said) and days in _WHOLE


def completed(said: Said, other: Said) -> Said:
    """What is said, with the day or the hour of another where it has none itself: "mon or tue 10am"."""
    own: Said = said
    if said.keys() <= HOURS:
        own = cast(Said, {word: value for word, value in other.items() if word not in HOURS} | {**said})
    if not said.keys() & HOURS:
        own = cast(Said, {word: value for word, value in other.items() if word in HOURS} | {**said})
    return own


def of_same_week(other: Said, said: Said) -> Said:
    """A weekday alone, after an "or", in the week that was said: 下周三或周四."""
    period = said.get("period")
    if other.keys() - HOURS == _WEEKDAY and not other["which"] and period and period[0] == "week":
        return {**other, "period": period}
    return other


def may_join(said: Said, more: Said) -> bool:
    if said.keys() & more.keys():
        return False
    days = (said.keys() | more.keys()) - HOURS
    return days - _WEEKDAY in _BEGUN and not (days & _WEEKDAY and days & _TAKES_NO_WEEKDAY)


def has_day_and_hour(said: Said) -> bool:
    """All is said that a moment needs: bare figures after it are more likely those of a note ("fri 10am 2nd call")."""
    return "clock" in said and not said.keys() <= HOURS
