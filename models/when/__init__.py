"""Reads the moment an agent types after @: "fri 10am", "+2h", "明天下午3点", "end of next month".

The words are those of two languages, the rules are one grammar; nothing here knows the clock, `now` is an argument.

What is meant where not all is said:

- A day without an hour is the hour the floor opens. If that is over and the day is today, its next full hour.
- morning 上午 is 10:00, early morning 清晨 8:00, noon 12:00, afternoon 下午 15:00, evening 傍晚 19:00, night 晚上
  20:00, end of day 17:00, 凌晨 5:00; "first thing" is the hour the floor opens.
- A bare hour is one in which people are called: 9 is in the morning, 3 in the afternoon; 7 and 8 are asked back,
  unless the floor is open by then. "03:00", "3am" and 凌晨3点 are in the night.
- An hour without a day is the next such hour. A weekday is the coming one, a day of a month or year the next there is.
- A week begins on Monday, its end is Friday; the middle of a month is its 15th, late is from the 21st. 下周五 is the
  Friday of next week, where "next friday" can be that or the coming one. Beside "in 3 weeks" a weekday is the one of
  that week. A date and a weekday that contradict each other are asked back.
- 5/6 and 5.6 are two days of the year, and 5/6/26 as well; with Chinese words beside them the month stands first.
- "2-4pm" and "3pm to 5pm" mean their beginning. "fri or mon 10am" is a choice.
- Local times that a change of summer time skips or repeats: see `hours`.

What is not read, because half a reading would be a wrong one: an hour of another place ("9pm est"), a moment after
"before" or "until", a day after "after", days of the Chinese calendar, and days that do not exist.

From text to moment: `tokens` (with the words of `english` and `chinese`) → `phrase` (with the rules of `distances`,
`clocks` and `dates`) → `said` → `days` → `hours`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.when import chinese, english
from models.when.answers import Choice, Moment, Unread
from models.when.hours import moments
from models.when.phrase import Phrase
from models.when.said import Impossible, Said, completed, of_same_week
from models.when.tokens import fold, tokenize
from models.when.words import Kind

__all__ = ["Choice", "Moment", "Unread", "read_moment", "read_prefix"]

_HAN = re.compile("[一-鿿]")
_FIRST_WORD = re.compile(r"\s*[^\s，。、；！？]*")
_CLOSING = " \t\r\n.,;!?)。，；！？）"

_CUT_WORD = re.compile(r"(?<=[0-9a-z])(?:[-./:@'_]?[0-9a-z]|_|[^\W\u3000-\u9fff])")
"""What follows where a moment ends inside a word: "mon-key", "sat@home", "10:30:99"."""

_OTHER_PLACE = re.compile(rf"\s*(?:(?!(?:{english.NOT_A_ZONE})\b)[a-z]+(?:'s)?\s+time\b|(?:{chinese.ZONES})时间)")
"""What follows an hour of another place: "10am montreal time"."""


class _Reading(NamedTuple):
    """What the beginning of a text says: the answer, and the place where it ends.

    Without an answer, what is understood ends at `end`, and what is not at `unread_end`.
    """

    answer: Moment | Choice | None
    end: int
    unread_end: int


def read_moment(text: str, now: datetime, *, zone: ZoneInfo, opens: time = time(9)) -> Moment | Choice | Unread:
    """The moment that the whole text says. `now` is aware; the words are understood in `zone`."""
    found = _read(text, now, zone, opens)
    rest = text[found.end :].strip()
    if found.answer is None or rest.strip(_CLOSING):
        return Unread(text[: found.end].strip(), rest)
    return found.answer


def read_prefix(
    text: str, now: datetime, *, zone: ZoneInfo, opens: time = time(9)
) -> tuple[Moment | Choice | Unread, int]:
    """The moment that the text begins with, and how many characters say it; the rest is a note.

    Where the beginning cannot be read, its first word is taken.
    """
    found = _read(text, now, zone, opens)
    if found.answer is None:
        return Unread(text[: found.end].strip(), text[found.end : found.unread_end].strip()), _word_end(text, 0)
    return found.answer, found.end


def _read(text: str, now: datetime, zone: ZoneInfo, opens: time) -> _Reading:
    if now.tzinfo is None:
        raise ValueError("now has no zone")
    folded = fold(text)
    tokens = tokenize(folded)
    ends = [0, *(token.end for token in tokens)]
    phrase = Phrase(tokens)
    place = end = 0
    try:
        said, place = phrase.read(0)
        meanings, place = _with_other(phrase, said, place)
        end = ends[place]
        if not said or _is_half_a_reading(phrase, said, place) or _CUT_WORD.match(folded, end):
            return _Reading(None, end, _word_end(text, end))
        if "clock" in said and _OTHER_PLACE.match(folded, end):
            return _Reading(None, end, _word_end(text, end))
        if _HAN.search(folded, 0, end):
            meanings = [_month_first(said) for said in meanings]
        found = {moment.at: moment for said in meanings for moment in moments(said, now.astimezone(UTC), zone, opens)}
    except Impossible as impossible:
        start, stop = impossible.tokens or (0, place)
        return _Reading(None, ends[start], ends[stop])
    ahead = tuple(found[at] for at in sorted(found) if not found[at].is_past)
    if len(ahead) > 1:
        return _Reading(Choice(ahead), end, end)
    # Of several moments gone by it is enough to say the last: it is past in any case.
    answer = ahead[0] if ahead else found[max(found)] if found else None
    return _Reading(answer, end if answer else 0, end)


def _word_end(text: str, start: int) -> int:
    word = _FIRST_WORD.match(text, start)
    return word.end() if word else start


def _with_other(phrase: Phrase, said: Said, place: int) -> tuple[list[Said], int]:
    """What is said, and the other that follows an "or". A day or an hour said for one counts for both."""
    if said and phrase.kind(place) is Kind.OR:
        other, end = phrase.read(place + 1)
        if other:
            return [completed(said, other), completed(of_same_week(other, said), said)], end
    return [said], place


def _is_half_a_reading(phrase: Phrase, said: Said, place: int) -> bool:
    """Whether what follows turns the moment into another one, so that stopping here would mislead."""
    match phrase.kind(place):
        case Kind.AGO:  # 周五前
            return True
        case Kind.ZONE:
            return "clock" in said
        case Kind.VAGUE | Kind.LATER:  # 明年春天, 周五后
            return "clock" not in said
        case Kind.TURN | Kind.TO | Kind.DASH | Kind.GAP:  # "fri before 10", "mon to wed"; after an hour a note begins
            return "clock" not in said and bool(phrase.read(place + 1)[0])
        case _:
            return False


def _month_first(said: Said) -> Said:
    """5/6 among Chinese words is the sixth of May."""
    dates = said.get("dates", ())
    return {**said, "dates": dates[:1]} if dates and dates[0][0] is None else said
