"""Numbers inside texts: what counts as one, and what is left of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.watching.masks import Mask, number, pane, text

WRITTEN = {
    "13800138000": "•••••••••00",
    "+86 138-0013-8000": "+•• •••-••••-••00",
    "(0571) 8888 1234 ext": "(••••) •••• ••34 ext",
    "1 3 8 0 0 1 3 8 0 0 0": "• • • • • • • • • 0 0",
    "\uff11\uff13\uff18\uff10\uff10\uff11\uff13\uff18\uff10\uff10\uff10": "•••••••••\uff10\uff10",
    "幺三八零零幺三八零零零": "•••••••••零零",
    "打 0571.8888.1234，": "打 ••••.••••.••34，",
    "2024-05-20 13800138000": "2024-05-20 •••••••••00",
    "on 20.05.2024 at 14:00": "on 20.05.2024 at 14:00",
    "2024年5月20日": "2024年5月20日",
    "1,200,000 CNY": "1,200,000 CNY",
    "order 123456": "order 123456",
    "": "",
}


@pytest.mark.parametrize("said", WRITTEN)
def test_what_looks_like_a_number_keeps_two_digits(said: str) -> None:
    assert text(said, Mask.MASKED) == WRITTEN[said]
    assert text(said, Mask.FULL) == said


@given(st.text(alphabet="0123456789 -.()+ab年/，", max_size=60))
def test_no_seven_digits_in_a_row_are_left(said: str) -> None:
    for mask in (Mask.MASKED, Mask.HIDDEN):
        masked = text(said, mask)
        assert len(masked) == len(said)
        assert not any(run.isdecimal() for run in (masked[at : at + 7] for at in range(len(masked) - 6)))


@given(st.text(max_size=80))
def test_masked_twice_is_masked_once(said: str) -> None:
    for mask in (Mask.MASKED, Mask.HIDDEN):
        assert text(text(said, mask), mask) == text(said, mask)


def test_a_number_without_a_country_keeps_its_end() -> None:
    assert number(999, Mask.MASKED) == "•••99"
    assert number(493055500011, Mask.FULL) == "+49 30 55500011"


DRAWN = {
    ("│ ring him on 138 │", "│ 0013 8000 soon  │"): ("│ ring him on ••• │", "│ •••• ••00 soon  │"),
    ("│ 138-0013-80…    │", "│ …0013 8000 then │"): ("│ •••-••••-••…    │", "│ …•••• ••00 then │"),
    ("│ …38000 …13 2… 7% │",): ("│ …••••• …•• •… •% │",),
    ("│ due 2026-11-24  │", "│ 10:30 ¥96,000   │"): ("│ due 2026-11-24  │", "│ 10:30 ¥96,000   │"),
    ("幺三八零零零零", "①\uff12\uff10"): ("\uff0a\uff0a\uff0a\uff0a\uff0a零零", "①\uff12\uff10"),
    ("╭─ lead ──── 12 ─╮", "│                 │", "╰─────────────────╯"): (
        "╭─ lead ──── 12 ─╮", "│                 │", "╰─────────────────╯",
    ),
}  # fmt: skip


@pytest.mark.parametrize("lines", DRAWN)
def test_a_part_of_a_screen_is_masked_across_its_lines(lines: tuple[str, ...]) -> None:
    assert tuple(pane(lines, Mask.MASKED)) == DRAWN[lines]
    assert tuple(pane(lines, Mask.FULL)) == lines


@pytest.mark.parametrize("mask", [Mask.MASKED, Mask.HIDDEN])
def test_a_number_that_is_typed_is_not_seen_growing(mask: Mask) -> None:
    seen = {
        pane([f"│ note call 13800138000{' ' * at} │"[: 12 + at] + " │"], mask, is_typed=True)[0] for at in range(12)
    }
    digits = {letter for line in seen for letter in line if letter.isdecimal()}
    assert digits <= (set() if mask is Mask.HIDDEN else {"1", "3"})
    assert pane(["│ @2026-11-24 3 pm │"], Mask.MASKED, is_typed=True) == ["│ @2026-11-24 3 pm │"]


@given(st.lists(st.text("0138零\uff12 -.│…a年/，", max_size=20), max_size=4), st.booleans())
def test_masked_lines_keep_their_letters_places(lines: list[str], is_typed: bool) -> None:
    for mask in Mask:
        masked = pane(lines, mask, is_typed=is_typed)
        assert [len(line) for line in masked] == [len(line) for line in lines]
        assert all(
            after in (before, "•", "\uff0a")
            for one, two in zip(lines, masked, strict=True)
            for before, after in zip(one, two, strict=True)
        )
