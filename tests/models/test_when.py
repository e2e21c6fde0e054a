"""Reading moments: what agents type in both languages, what can be meant twice, and what is refused."""

from __future__ import annotations

import csv
import os
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.when import Choice, Moment, Unread, chinese, english, read_moment, read_prefix
from models.when.tokens import LONGEST, MOST, fold, tokenize

SHANGHAI, BERLIN, LONDON = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 18, 6, 20, 30, tzinfo=UTC)
"""A Wednesday, 14:20:30 on the floor in Shanghai."""

Answer = Moment | Choice | Unread


def moments_of(answer: Answer) -> tuple[Moment, ...]:
    match answer:
        case Moment():
            return (answer,)
        case Choice():
            return answer.moments
        case Unread():
            return ()


def shown(answer: Answer, zone: ZoneInfo = SHANGHAI) -> str:
    """The answer as a line of a table: local times, `?` behind a day without an hour, `!` behind what is past."""

    def line(moment: Moment) -> str:
        text = f"{moment.at.astimezone(zone):%m-%d %H:%M}"
        if moment.at.astimezone(zone).year != 2026:
            text = f"{moment.at.astimezone(zone):%Y}-{text}"
        return text + "?" * (not moment.has_time) + "!" * moment.is_past

    return " | ".join(map(line, moments_of(answer)))


def at_shanghai(text: str) -> Answer:
    return read_moment(text, NOW, zone=SHANGHAI)


ENGLISH = """
    now                         11-18 14:20
    +2h                         11-18 16:20
    +30m                        11-18 14:50
    + 1h30                      11-18 15:50
    in half an hour             11-18 14:50
    an hour and a half          11-18 15:50
    two and a half hours later  11-18 16:50
    1.5 hours                   11-18 15:50
    twenty five minutes         11-18 14:45
    48h                         11-20 14:20
    +1d                         11-19 09:00?
    3 weeks                     12-09 09:00?
    in a couple of days         11-20 09:00?
    in 3 business days          11-23 09:00?
    in two weeks' time          12-02 09:00?
    6 months from now           2027-05-18 09:00?
    in 2 weeks on friday        12-04 09:00?
    a week from tuesday         12-01 09:00?
    day after tomorrow 9:30     11-20 09:30
    today                       11-18 15:00?
    today at 4                  11-18 16:00
    tomorrow 15:00              11-19 15:00
    Tomorrow, 3 PM              11-19 15:00
    fri 10am                    11-20 10:00
    10am fri                    11-20 10:00
    Fri @ 10.30 am              11-20 10:30
    fri 10                      11-20 10:00
    fri 1530                    11-20 15:30
    fri - after 3pm             11-20 15:00
    21.11. 10:00                11-21 10:00
    fri 2-4pm                   11-20 14:00
    fri 11 to 1pm               11-20 11:00
    fri 03:30                   11-20 03:30
    fri 9 a.m. sharp            11-20 09:00
    fri night at 1              11-21 01:00
    this fri                    11-20 09:00?
    coming wed                  11-25 09:00?
    wednesday of next week      11-25 09:00?
    next week fri 10am          11-27 10:00
    next month                  12-01 09:00?
    the week after next         11-30 09:00?
    15th of next month          12-15 09:00?
    the 18th 16:00              11-18 16:00
    the 11th                    12-11 09:00?
    24 May 10:00                2027-05-24 10:00
    may 24th at noon            2027-05-24 12:00
    2-dec-26                    12-02 09:00?
    dec/2 (wed) - 11:30 am      12-02 11:30
    december 2nd, 2026 at 3pm   12-02 15:00
    feb 29                      2028-02-29 09:00?
    2026-12-01 09:30            12-01 09:30
    2026-12-01T09:30            12-01 09:30
    20261201                    12-01 09:00?
    25.12.2026 14:55            12-25 14:55
    end of month                11-30 09:00?
    end of next month           12-31 09:00?
    end of may                  2027-05-31 09:00?
    mid december                12-15 09:00?
    start of next week          11-23 09:00?
    late may                    2027-05-21 09:00?
    eow                         11-20 09:00?
    eoq                         12-31 09:00?
    tomorrow eod                11-19 17:00
    first monday of march 3pm   2027-03-01 15:00
    last day of the month       11-30 09:00?
    last friday of november     11-27 09:00?
    christmas                   12-25 09:00?
    new year's eve 6pm          12-31 18:00
    morning                     11-19 10:00
    this afternoon              11-18 15:00
    first thing tomorrow        11-19 09:00
    noon                        11-19 12:00
    midnight                    11-19 00:00
    tonight                     11-18 20:00
    tonight at 11               11-18 23:00
    3 in the afternoon          11-18 15:00
    ten past 9 in the evening   11-18 21:10
    quarter to five pm          11-18 16:45
    half past three             11-18 15:30
    24:00                       11-19 00:00
"""

CHINESE = """
    现在            11-18 14:20
    半小时后        11-18 14:50
    两个半小时后    11-18 16:50
    一刻钟后        11-18 14:35
    三天后          11-21 09:00?
    过3天           11-21 09:00?
    两周后          12-02 09:00?
    一个半月后      2027-01-02 09:00?
    半年后          2027-05-18 09:00?
    3个工作日后     11-23 09:00?
    明天下午3点     11-19 15:00
    明天\uff13：\uff13\uff10  11-19 15:30
    后天上午        11-20 10:00
    大后天          11-21 09:00?
    明早9点         11-19 09:00
    今晚8点半       11-18 20:30
    今晚12点        11-19 00:00
    晚上1点         11-19 01:00
    明天零点        11-19 00:00
    明天凌晨两点    11-19 02:00
    中午12点半      11-19 12:30
    下午三点一刻    11-18 15:15
    十五点二十      11-18 15:20
    16时40分50秒    11-18 16:40
    下午2-4点       11-19 14:00
    下午3点后       11-18 15:00
    3日后           11-21 09:00?
    大约下午五点左右    11-18 17:00
    周五            11-20 09:00?
    周五五点        11-20 17:00
    下周二 15:00    11-24 15:00
    下下周二三点半  12-01 15:30
    星期天早上      11-22 10:00
    禮拜一下午兩點  11-23 14:00
    這週五          11-20 09:00?
    下周末          11-28 09:00?
    下周            11-23 09:00?
    15号            12-15 09:00?
    二十一号三点    11-21 15:00
    下个月15号      12-15 09:00?
    三月十五        2027-03-15 09:00?
    12月1号，星期二  12-01 09:00?
    26年12月1日     12-01 09:00?
    二零二六年十二月一号上午十点    12-01 10:00
    明年3月5号      2027-03-05 09:00?
    月底            11-30 09:00?
    下个月月底      12-31 09:00?
    5月底           2027-05-31 09:00?
    12月中旬        12-15 09:00?
    年底            12-31 09:00?
    季度末          12-31 09:00?
    本月最后一个周五    11-27 09:00?
    5月第一个周一   2027-05-03 09:00?
    国庆            2027-10-01 09:00?
    5/6下午3点      2027-05-06 15:00
"""

TWO_MEANINGS = """
    wed                 11-18 15:00? | 11-25 09:00?
    周三                11-18 15:00? | 11-25 09:00?
    wed 16:00           11-18 16:00 | 11-25 16:00
    next friday         11-20 09:00? | 11-27 09:00?
    5/6                 2027-05-06 09:00? | 2027-06-05 09:00?
    12/1 9:30           12-01 09:30 | 2027-01-12 09:30
    1/2/2027            2027-01-02 09:00? | 2027-02-01 09:00?
    16 days after 1/2/2027  2027-01-18 09:00? | 2027-02-17 09:00?
    fri at 8            11-20 08:00 | 11-20 20:00
    fri midnight        11-20 00:00 | 11-21 00:00
    10 to 5             11-18 16:50 | 11-19 10:00
    wed 13th            12-13 09:00? | 2027-01-13 09:00?
    fri 5 dec           12-04 09:00? | 12-05 09:00?
    in 2 days on monday  11-20 09:00? | 11-23 09:00?
    fri or mon 10am     11-20 10:00 | 11-23 10:00
    fri 10am or 3pm     11-20 10:00 | 11-20 15:00
    下周三或周四        11-25 09:00? | 11-26 09:00?
    周五或周一上午      11-20 10:00 | 11-23 10:00
"""

PASSED = """
    3 days ago          11-15 09:00?!
    yesterday           11-17 09:00?!
    昨天下午3点         11-17 15:00!
    last friday         11-13 09:00?!
    本周一              11-16 09:00?!
    today 10am          11-18 10:00!
    this morning        11-18 10:00!
    2020-01-01 10:00    2020-01-01 10:00!
    1/2/2020            2020-02-01 09:00?!
    # where something ahead can be meant, it is
    10am                11-19 10:00
    wed 10am            11-25 10:00
    17 nov              2027-11-17 09:00?
    the 17th            12-17 09:00?
"""


def rows(table: str) -> list[tuple[str, ...]]:
    """The phrases of a table and what they are; columns stand at least two spaces apart."""
    lines = [line.strip() for line in table.splitlines()]
    return [tuple(map(str.strip, line.split("  ", 1))) for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(("phrase", "expected"), rows(ENGLISH + CHINESE))
def test_a_phrase_is_one_moment(phrase: str, expected: str) -> None:
    answer = at_shanghai(phrase)
    assert isinstance(answer, Moment), answer
    assert shown(answer) == expected


@pytest.mark.parametrize(("phrase", "expected"), rows(TWO_MEANINGS))
def test_a_phrase_with_two_meanings_is_asked_back(phrase: str, expected: str) -> None:
    answer = at_shanghai(phrase)
    assert isinstance(answer, Choice), answer
    assert shown(answer) == expected


@pytest.mark.parametrize(("phrase", "expected"), rows(PASSED))
def test_what_is_past_is_said_to_be_past_and_nothing_else_is(phrase: str, expected: str) -> None:
    assert shown(at_shanghai(phrase)) == expected


@pytest.mark.parametrize(
    ("phrase", "has_date"), [("10am", False), ("上午", False), ("fri", True), ("fri 10am", True), ("+2h", True)]
)
def test_it_is_said_whether_a_day_was(phrase: str, has_date: bool) -> None:
    assert [moment.has_date for moment in moments_of(at_shanghai(phrase))] == [has_date]


UNREADABLE = """
                                |
    sends contract              | sends contract
    feb 30                      | feb 30
    2月30日                     | 2月30日
    2/29/2027                   | 2/29/2027
    2019年2月29日               | 2019年2月29日
    tomorrow 25:00              tomorrow | 25:00
    50/50                       | 50/50
    -2h                         | -2h
    +0h                         | +0h
    +0h00                       | +0h00
    +9999w                      | +9999w
    this week                   | this week
    三四天后                    | 三四天后
    正月三十                    | 正月三十
    fri 10am then legal         fri 10am | then legal
    fri before noon             fri | before noon
    周五前                      周五 | 前
    周五后                      周五 | 后
    3号后                       3号 | 后
    fri later                   fri | later
    after friday                | after friday
    in 10                       | in 10
    mon to wed                  mon | to wed
    fri 10am est                fri 10am | est
    10am london time            10am | london time
    明天3点北京时间             明天3点 | 北京时间
    2 days after the meeting    2 days | after the meeting
    mon-key                     mon | -key
    in 9999 years               | in 9999 years
"""


@pytest.mark.parametrize(("phrase", "expected"), [row if len(row) == 2 else ("", *row) for row in rows(UNREADABLE)])
def test_what_is_not_read_is_parted_from_what_is(phrase: str, expected: str) -> None:
    understood, rest = expected.split("|")
    assert at_shanghai(phrase) == Unread(understood.strip(), rest.strip())


PREFIXES = """
    fri 10am then legal         fri 10am
    fri 10am 2nd call           fri 10am
    fri 10am 50/50 deal         fri 10am
    fri 10am may call back      fri 10am
    fri 10am next time          fri 10am
    fri 10am before lunch       fri 10am
    fri - asks for a quote      fri
    fri or later                fri
    tomorrow she is back        tomorrow
    3pm get the signature       3pm
    +2h30m, then legal          +2h30m
    明天下午3点打给他           明天下午3点
    明天晚点联系                明天
    明天上海出差                明天
    下周二上午见面              下周二上午
    # an unreadable one takes its first word
    sends contract              sends
    feb 30 call                 feb
    fri 10am est call           fri
    明年春天，再说              明年春天
    mon-key business            mon-key
"""


@pytest.mark.parametrize(("text", "taken"), rows(PREFIXES))
def test_a_moment_at_the_beginning_of_a_note_takes_its_words(text: str, taken: str) -> None:
    answer, length = read_prefix(text, NOW, zone=SHANGHAI)
    assert text[:length] == taken
    assert isinstance(answer, Unread) or answer == at_shanghai(taken)


def test_an_unread_prefix_says_which_words_it_does_not_know() -> None:
    assert read_prefix("fri 10am est then", NOW, zone=SHANGHAI) == (Unread("fri 10am", "est"), 3)
    assert read_prefix("feb 30 call", NOW, zone=SHANGHAI) == (Unread("", "feb 30"), 3)


def test_spaces_before_a_prefix_count() -> None:
    assert read_prefix("  fri call", NOW, zone=SHANGHAI)[1] == 5
    assert read_prefix("", NOW, zone=SHANGHAI) == (Unread("", ""), 0)


def test_a_day_begins_when_the_floor_opens() -> None:
    assert shown(read_moment("fri", NOW, zone=SHANGHAI, opens=time(8, 30))) == "11-20 08:30?"
    assert shown(read_moment("fri at 8", NOW, zone=SHANGHAI, opens=time(8))) == "11-20 08:00"
    assert shown(read_moment("first thing fri", NOW, zone=SHANGHAI, opens=time(7, 45))) == "11-20 07:45"


@pytest.mark.parametrize(
    ("now", "phrase", "expected"),
    [
        ("2026-11-18 08:00", "today", "11-18 09:00?"),
        ("2026-11-18 14:20", "today", "11-18 15:00?"),
        ("2026-11-18 23:20", "today", "11-18 23:59?"),
        ("2026-11-18 23:59", "today", "11-18 09:00?!"),
        ("2026-11-18 22:10", "tonight", "11-18 23:00"),
        ("2026-11-18 00:30", "tonight at 3", "11-18 03:00"),
        ("2026-11-18 10:20", "morning", "11-18 11:00 | 11-19 10:00"),
        ("2026-11-18 12:20", "morning", "11-19 10:00"),
        ("2026-11-18 15:00", "3pm", "11-19 15:00"),
        ("2026-11-21 08:00", "weekend", "11-21 09:00? | 11-28 09:00?"),
        ("2026-11-21 08:00", "eow", "11-27 09:00?"),
        ("2026-11-30 12:00", "月底", "11-30 13:00?"),
        ("2026-11-22 08:00", "next mon", "11-23 09:00?"),
        ("2026-01-31 08:00", "next month", "02-01 09:00?"),
        ("2026-01-31 08:00", "in a month", "02-28 09:00?"),
        ("2026-02-22 08:00", "29号", "03-29 09:00?"),
    ],
)
def test_it_depends_on_the_hour_at_which_it_is_typed(now: str, phrase: str, expected: str) -> None:
    local = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)
    assert shown(read_moment(phrase, local, zone=SHANGHAI)) == expected


# ── summer time ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("now", "phrase", "expected"),
    [
        # 29 March 2026: 02:00 is 03:00. What is skipped is as much later.
        ("2026-03-28 11:00", "tomorrow 02:30", "2026-03-29 01:30"),
        ("2026-03-28 11:00", "tomorrow 01:59", "2026-03-29 00:59"),
        ("2026-03-28 11:00", "tomorrow 03:00", "2026-03-29 01:00"),
        ("2026-03-28 11:00", "+1d 11:00", "2026-03-29 09:00"),
        ("2026-03-28 11:00", "+24h", "2026-03-29 11:00"),
        # 25 October 2026: 02:00 to 03:00 comes twice. The first is meant, or the second when the first is over.
        ("2026-10-24 11:00", "tomorrow 02:30", "2026-10-25 00:30"),
        ("2026-10-25 00:30", "today 02:30", "2026-10-25 01:30"),
        ("2026-10-25 00:45", "02:30", "2026-10-25 01:30"),
        ("2026-10-25 00:45", "+1h", "2026-10-25 01:45"),
    ],
)
def test_a_change_of_summer_time_neither_loses_nor_doubles_an_hour(now: str, phrase: str, expected: str) -> None:
    answer = read_moment(phrase, datetime.fromisoformat(now).replace(tzinfo=UTC), zone=BERLIN)
    assert shown(answer, ZoneInfo("UTC")) == f"{datetime.fromisoformat(expected):%m-%d %H:%M}"


def test_the_zone_decides_what_day_it_is() -> None:
    late = datetime(2026, 11, 18, 22, 0, tzinfo=UTC)
    assert shown(read_moment("tomorrow", late, zone=SHANGHAI)) == "11-20 09:00?"
    assert shown(read_moment("tomorrow", late, zone=LONDON), LONDON) == "11-19 09:00?"


# ── laws ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = sorted({*english.WORDS, *english.PHRASES, *chinese.WORDS, *chinese.NUMERALS})
FIGURES = ["3", "15", "31", "10:30", "9:3", "5/6", "8.30", "2026", "2026-12-01", "0", "9999", "3pm", "30m", "2h", "1st"]
SIGNS = ["+", "-", ",", "@", "/", ".", ":", " - ", "  ", "点", "号", "月", "年"]
phrases = st.lists(st.sampled_from([*WORDS, *FIGURES, *SIGNS]), max_size=8).flatmap(
    lambda words: st.sampled_from(["", " "]).map(lambda gap: gap.join(words))
)
nows = st.integers(-(10**9), 3 * 10**9).map(lambda seconds: NOW + timedelta(seconds=seconds))
zones = st.sampled_from([SHANGHAI, BERLIN, ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe")])


@given(st.text(max_size=10_000) | phrases, nows, zones)
@example("1" * 10_000, NOW, BERLIN)
@example("二" * 10_000, NOW, BERLIN)
@example("fri " * 2_500, NOW, BERLIN)
@example("İstanbul ² ١٢ \u0000 \ud800", NOW, BERLIN)
def test_any_text_is_answered(text: str, now: datetime, zone: ZoneInfo) -> None:
    answer = read_moment(text, now, zone=zone)
    prefix, taken = read_prefix(text, now, zone=zone)
    assert 0 <= taken <= len(text)
    match prefix:
        case Unread(understood, rest):
            assert isinstance(answer, Unread)
            assert understood in text
            assert rest in text
        case _:
            assert taken > 0
            assert read_moment(text[:taken], now, zone=zone) == prefix


@given(phrases, nows, zones, st.times(max_value=time(20)))
def test_a_moment_lies_ahead_unless_it_says_so(text: str, now: datetime, zone: ZoneInfo, opens: time) -> None:
    answer = read_prefix(text, now, zone=zone, opens=opens)[0]
    found = moments_of(answer)
    for moment in found:
        assert moment.at.tzinfo is UTC
        assert (moment.at > now) is not moment.is_past or moment.at == now
        assert moment.at != now or not moment.is_past
    if isinstance(answer, Choice):
        assert len({moment.at for moment in found}) == len(found) > 1
        assert sorted(moment.at for moment in found) == [moment.at for moment in found]
        assert not any(moment.is_past for moment in found)


@given(phrases, nows)
def test_only_now_is_now(text: str, now: datetime) -> None:
    at_now = [moment for moment in moments_of(read_moment(text, now, zone=BERLIN)) if moment.at == now]
    assert not at_now or any(word in text for word in ("now", "现在", "此刻", "这时候", "time"))


@given(nows, st.timedeltas(timedelta(minutes=1), timedelta(days=20_000)), zones)
def test_a_moment_written_out_is_read_back(now: datetime, ahead: timedelta, zone: ZoneInfo) -> None:
    local = (now + ahead).astimezone(zone).replace(second=0, microsecond=0)
    text = f"{local:%Y-%m-%d %H:%M}"
    answer = read_moment(text, now, zone=zone)
    assert isinstance(answer, Moment)
    assert f"{answer.at.astimezone(zone):%Y-%m-%d %H:%M}" == text
    assert (answer.has_time, answer.has_date) == (True, True)


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)))
def test_both_languages_mean_the_same_weekdays(day: date) -> None:
    now = datetime.combine(day, time(6), UTC)
    for number, (word, figure) in enumerate(zip("mon tue wed thu fri sat sun".split(), "一二三四五六日", strict=True)):
        coming = read_moment(word, now, zone=LONDON)
        assert coming == read_moment(f"周{figure}", now, zone=LONDON)
        assert all(moment.at.astimezone(LONDON).weekday() == number for moment in moments_of(coming))
        next_week = read_moment(f"{word} next week", now, zone=LONDON)
        assert next_week == read_moment(f"下周{figure}", now, zone=LONDON)


@pytest.mark.parametrize("number", range(1, 200))
def test_chinese_numerals_count(number: int) -> None:
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    figures = "零一二三四五六七八九"
    text = f"{figures[hundreds]}百" if hundreds else ""
    if tens:
        text += f"{figures[tens]}十" if tens > 1 or hundreds else "十"
    elif hundreds and ones:
        text += "零"
    text += figures[ones] if ones else ""
    assert chinese.numeral(text) == number


@pytest.mark.parametrize("text", ["三四", "十十", "百百", "五十十", "二零", "一二三"])
def test_what_is_no_clear_numeral_is_none(text: str) -> None:
    assert chinese.numeral(text) is None


@pytest.mark.parametrize("text", ["1 " * 5_000, "-" * 10_000, "周五" * 5_000, "at " * 3_000, "x" * 10_000])
def test_what_is_looked_at_is_bounded(text: str) -> None:
    assert len(fold(text)) == LONGEST
    assert len(tokenize(fold(text))) <= MOST + 1


def test_a_moment_of_no_zone_is_the_callers_fault() -> None:
    with pytest.raises(ValueError, match="zone"):
        read_moment("fri", datetime(2026, 1, 1), zone=LONDON)  # noqa: DTZ001 that is the point


# ── phrases of others ─────────────────────────────────────────────────────────────────────────────────────────────────

COLUMNS = ("language", "reference", "phrase", "kind", "expected")
LOOK_ALIKE = """
    en  2024-02-27T00:00:00  04th mar 2025                  date      2025-03-04
    en  2024-02-27T00:00:00  nov/9                          date      2024-11-09
    en  2024-02-27T00:00:00  thursday                       date      2024-02-29
    en  2024-02-27T00:00:00  in the evening at 6            time      18:00:00
    en  2024-02-27T00:00:00  in 12 minutes                  datetime  2024-02-27 00:12:00
    en  2024-02-27T00:00:00  three days after tomorrow      date      2024-03-02
    en  2024-02-27T00:00:00  two weeks from today           date      2024-03-12
    en  2024-02-27T00:00:00  today at 4p                    datetime  2024-02-27 16:00:00
    en  2024-06-20T20:00:00  jun/3(mon)-9:45 am             datetime  2025-06-03 09:45:00
    en  2024-06-20T20:00:00  the 7th                        date      2024-07-07
    en  2024-06-20T20:00:00  around tomorrow 4pm            datetime  2024-06-21 16:00:00
    en  2024-06-20T20:00:00  next week monday               date      2024-06-24
    en  2024-06-20T20:00:00  coming thursday                date      2024-06-27
    en  2024-06-20T20:00:00  7.4                            date      2025-04-07
    en  2024-06-20T20:00:00  next 7/4                       date      2024-07-04
    en  2024-06-20T20:00:00  halloween 2025                 date      2025-10-31
    en  2024-06-20T20:00:00  19 september                   date      2024-09-19
    en  2024-06-20T20:00:00  on thursday of next week       date      2024-06-27
    en  2024-06-20T20:00:00  apr 31                         date      not resolved
    en  2024-06-20T20:00:00  2/30/2025                      date      not resolved
    en  2024-06-20T20:00:00  nine a . m .                   time      09:00:00
    en  2024-06-20T20:00:00  at 7.45 am tomorrow            datetime  2024-06-21 07:45:00
    en  2024-06-20T20:00:00  2nd week of aug. on monday     date      2024-08-12
    en  2024-06-20T20:00:00  one month after next tuesday   date      2024-07-25
    en  2024-06-20T20:00:00  5 days from 03/04/2025         date      2025-04-08
    en  2024-06-20T20:00:00  oct-9-2024                     date      2024-10-09
    en  2024-06-20T20:00:00  october-2024-9                 date      2024-10-09
    en  2024-06-20T20:00:00  9/oct/2024                     date      2024-10-09
    en  2024-06-20T20:00:00  at this time                   datetime  2024-06-20 20:00:00
    en  2024-06-20T20:00:00  monday three weeks from now    date      2024-07-08
    en  2024-06-20T20:00:00  a week after christmas on fri  date      2025-01-03
    en  2024-06-20T20:00:00  tue 16th                       date      2024-07-16
    en  2024-06-20T20:00:00  20240912                       date      2024-09-12
    en  2024-06-20T20:00:00  12.09.2024 16:05               datetime  2024-09-12 16:05:00
    en  2024-06-20T20:00:00  4pm send                       time      16:00:00
    zh  2024-02-10T00:00:00  30日                           date      2024-03-30
    zh  2024-02-10T00:00:00  8月6号,星期五                  date      2024-08-06
    zh  2024-02-10T14:07:00  12月9号上午11:00               datetime  2024-12-09 11:00:00
    zh  2024-02-10T00:00:00  大约下午四点                   time      16:00:00
    zh  2024-02-10T00:00:00  凌晨4点半                      time      04:30:00
    zh  2024-02-10T00:00:00  零点整                         time      00:00:00
    zh  2024-02-10T14:16:03  5小时后                        datetime  2024-02-10 19:16:03
    zh  2024-02-10T00:00:00  禮拜四                         date      2024-02-15
    zh  2024-02-10T00:00:00  2023年2月29日                  date      not resolved
    zh  2024-02-10T00:00:00  17时5分                        time      17:05:00
"""


def tables_of_phrases() -> dict[str, list[dict[str, str]]]:
    """Our own table, and the one in the folder of samples where somebody has one."""
    own = [[cell.strip() for cell in line.split("  ") if cell] for line in LOOK_ALIKE.strip().splitlines()]
    tables = {"own": [dict(zip(COLUMNS, filter(None, row), strict=True)) for row in own]}
    if folder := os.environ.get("CALLFLOOR_SAMPLES"):
        text = (Path(folder) / "dates" / "phrases.tsv").read_text("utf-8")
        tables["samples"] = list(csv.DictReader(text.splitlines(), delimiter="\t"))
    return tables


def is_right(row: dict[str, str]) -> bool:
    """Whether the composer would have taken the phrase for what it is, or asked back with it among the choices."""
    now = datetime.fromisoformat(row["reference"]).replace(tzinfo=UTC)
    found = [moment.at for moment in moments_of(read_prefix(row["phrase"], now, zone=ZoneInfo("UTC"))[0])]
    form = {"date": "%Y-%m-%d", "time": "%H:%M:%S", "datetime": "%Y-%m-%d %H:%M:%S"}[row["kind"]]
    return row["expected"] in [f"{at:{form}}" for at in found] if found else row["expected"] == "not resolved"


TABLES = tables_of_phrases()


@pytest.mark.parametrize(("table", "share"), [(name, {"own": 1.0}.get(name, 0.9)) for name in TABLES])
def test_phrases_collected_elsewhere_are_understood(table: str, share: float) -> None:
    wrong = [row for row in TABLES[table] if not is_right(row)]
    assert len(wrong) <= len(TABLES[table]) * (1 - share), wrong
