"""Plain text, widths, the line that is written into, what a text of the composer means, moments and money in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui import clocks, i18n, money
from tui.editline import EditLine
from tui.entry import Reading, read_entry
from tui.lines.text import crop, cut, ends, fit, fit_right, rule, width_of, wrap
from tui.moments import reader
from tui.plain import plain

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TEXTS = st.text(st.sampled_from("ab 华星，é🙂\u0301\u200b"))


# ── plain ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.text())
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    shown = plain(text)
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in shown)
    assert not any(letter in shown for letter in "\u202a\u202e\u2066\u2069\u200b\u200e\ufeff\u2028")
    shown.encode()
    assert plain(shown) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("a\r\nb\tc", "a  b c"),
        ("\u202eevil\u202c", "evil"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 3),
        ("华星 🙂 é", "华星 🙂 é"),
    ],
)
def test_what_is_meant_stays(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_a_book_in_a_field_is_cut() -> None:
    assert len(plain("x" * 100_000)) == 2_000


# ── widths ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(TEXTS, st.integers(0, 30))
def test_cells_are_counted_not_letters(text: str, width: int) -> None:
    assert cell_len(cut(text, width)) <= width
    assert cell_len(fit(text, width)) == width
    assert cell_len(fit_right(text, width)) == width
    assert width_of(crop([(text, ""), (text, "dim")], width)) <= width
    assert all(cell_len(line) <= max(width, 0) for line in wrap(text, width))


@given(TEXTS, TEXTS, st.integers(4, 40))
def test_lines_with_two_ends_fill_their_width(left: str, right: str, width: int) -> None:
    assert width_of(ends([(left, "")], [(right, "")], width)) == width
    assert width_of(rule(left, right, width)) <= width


# ── the line that is written into ─────────────────────────────────────────────────────────────────────────────────────


def typed(*keys: str) -> EditLine:
    line = EditLine()
    for key in keys:
        line.press(key, key if len(key) == 1 else None)
    return line


def test_editing() -> None:
    assert typed(*"abc", "left", "backspace", "x").text == "axc"
    assert typed(*"one two", "ctrl+w").text == "one "
    assert typed(*"one two", "ctrl+left", "ctrl+k").text == "one "
    assert typed(*"abc", "home", "delete", "end", "d").text == "bcd"
    assert typed(*"abc", "ctrl+u").text == ""
    assert not typed().press("f1", None)


@given(st.lists(st.sampled_from([*"a 华🙂\u0301", "left", "right", "backspace", "delete", "home", "end", "ctrl+w"])))
def test_the_cursor_stays_in_the_line_and_in_sight(keys: list[str]) -> None:
    line = typed(*keys)
    assert 0 <= line.cursor <= len(line.text)
    shown, cell = line.view(10)
    assert cell_len(shown) <= 10
    assert 0 <= cell < 10


# ── what a text of the composer means ─────────────────────────────────────────────────────────────────────────────────


def test_marks_take_an_entry_apart() -> None:
    draft = read_entry("spoke to her @fri 10am #price < too dear > offer; sample !settle price", reader(NOW, SHANGHAI))
    assert draft.note == "spoke to her"
    assert draft.moment == datetime(2026, 11, 27, 2, tzinfo=UTC)
    assert (draft.tags, draft.feedback, draft.bring, draft.purpose) == (
        ("price",),
        "too dear",
        "offer; sample",
        "settle price",
    )


def test_chinese_needs_no_blanks_around_a_moment() -> None:
    draft = read_entry("同意免费维护@明天下午3点", reader(NOW, SHANGHAI))
    assert draft.note == "同意免费维护"
    assert draft.moment == datetime(2026, 11, 24, 7, tzinfo=UTC)


@pytest.mark.parametrize("text", ["mail a@b.cn", "great!", "5 # 6".replace(" # ", "#"), "a>b", "C#"])
def test_what_only_looks_like_a_mark_stays_in_the_note(text: str) -> None:
    draft = read_entry(text, lambda _: Reading((), 0))
    assert (draft.note, draft.tags, draft.bring, draft.reading) == (text, (), "", None)


def test_two_moments_are_none() -> None:
    draft = read_entry("@fri 10am or @mon 9am", reader(NOW, SHANGHAI))
    assert draft.moment is None
    assert not draft.is_clear


# ── moments and money ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("ahead", "english", "chinese"),
    [
        (timedelta(hours=2), "today 12:00", "今天 12:00"),
        (timedelta(days=1), "tomorrow 10:00", "明天 10:00"),
        (timedelta(days=3), "Thu 10:00", "周四 10:00"),
        (timedelta(days=9), "2 Dec 10:00", "12月2日 10:00"),
        (timedelta(days=60), "22 Jan 2027 10:00", "2027年1月22日 10:00"),
    ],
)
def test_moments(ahead: timedelta, english: str, chinese: str) -> None:
    assert clocks.moment(NOW + ahead, NOW, SHANGHAI) == english
    i18n.use(i18n.CHINESE)
    assert clocks.moment(NOW + ahead, NOW, SHANGHAI) == chinese


@pytest.mark.parametrize(
    ("amount", "english", "chinese"),
    [
        ("0", "¥0", "¥0"),
        ("950", "¥950", "¥950"),
        ("1500", "¥1.5k", "¥1500"),
        ("999.6", "¥1k", "¥1000"),
        ("500000", "¥500k", "¥50万"),
        ("999700", "¥1M", "¥100万"),
        ("6120000", "¥6.1M", "¥612万"),
        ("99999999", "¥100M", "¥1亿"),
        ("120000000", "¥120M", "¥1.2亿"),
        ("-40000", "−¥40k", "−¥4万"),
    ],
)
def test_money(amount: str, english: str, chinese: str) -> None:
    assert money.short(Decimal(amount), "CNY") == english
    i18n.use(i18n.CHINESE)
    assert money.short(Decimal(amount), "CNY") == chinese
