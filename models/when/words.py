"""The kinds of words a moment is said with; the tables of the languages map their words to these."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a word does in a phrase. The values are the letters that the rules of the grammar are matched on."""

    # figures
    NUMBER = "0"  # 15, fifteen, 十五
    FOUR = "4"  # four digits: a year, or an hour and its minutes
    ORDINAL = "1"  # 15th, first
    ARTICLE = "a"  # a week, an hour
    HALF = "½"
    QUARTER = "q"  # of an hour; in English of a year too
    PAIR = "2"  # 5/12, 8.30, 2-4
    TRIPLE = "3"  # 2026-12-01, 23.04.2022
    STAMP = "8"  # 20261201
    # times
    CLOCK = "c"  # 15:00, 3pm
    NOON = "n"  # hours with a name: noon, midnight
    MERIDIEM = "m"  # am, pm
    PART = "p"  # morning, 下午
    OCLOCK = "o"  # says nothing new after an hour: o'clock, 整, 左右
    HOUR_MARK = "H"  # 点
    MINUTE_MARK = "I"  # 分
    SECOND_MARK = "S"  # 秒
    PAST = "P"  # ten past nine
    ZONE = "Z"  # est: understood as a reason not to understand
    # days
    NOW = "w"
    NAMED = "d"  # today, 后天: a number of days from now
    NAMED_PART = "e"  # tonight, 明早
    WEEKDAY = "W"
    MONTH = "M"  # May
    HOLIDAY = "h"  # on the same day each year
    YEAR_MARK = "年"
    MONTH_MARK = "月"
    DAY_MARK = "日"
    PERIOD = "y"  # 明年
    EDGE = "E"  # end of, mid, 底
    CLOSE = "x"  # eom
    NTH_MARK = "第"
    # distances
    UNIT = "u"
    LATER = "l"
    AGO = "g"  # ago; 前 after a distance
    PLUS = "+"
    NEXT = "N"  # next, this, coming, last: each with its own reading
    STEP = "下"  # 下, 本, 上: counted by the calendar, always clear
    PIECE = "个"
    TIME = "T"  # "at this time"
    # between
    AT = "@"
    ON = "O"
    IN = "i"
    OF = "f"
    THE = "t"
    AND = "&"
    FROM = "F"  # from, after
    TO = "→"
    DASH = "-"
    GAP = "–"  # a dash between spaces: of a time span, or before a note
    COMMA = ","
    OR = "|"
    TURN = "!"  # before, until: what follows changes the moment
    VAGUE = "V"  # words of time that are not read, and make what stands before them another time: 明年春天
    OTHER = "?"
    END = "$"


class Word(NamedTuple):
    """A word of a table: what it does, and its number or name."""

    kind: Kind
    number: int = 0
    name: str = ""


def each(words: str, word: Word) -> Iterable[tuple[str, Word]]:
    """Rows of a table: several spellings of one word."""
    return ((key, word) for key in words.split())


def row(kind: Kind, first: int, *rows: str) -> Iterable[tuple[str, Word]]:
    """Rows of a table: words that count up from `first`, with the spellings of each number side by side."""
    return ((key, Word(kind, number)) for number, spellings in enumerate(rows, first) for key in spellings.split())
