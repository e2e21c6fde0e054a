"""Charts: never wider than they may be, in proportion, and true about what is nothing and what is not known."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tui.figures.charts import columns
from tui.lines.text import width_of

VALUES = st.lists(st.one_of(st.none(), st.fractions(0, 10_000)), min_size=1, max_size=40)


@given(VALUES, st.sampled_from(["Nov", "11月", "第三季度"]), st.integers(20, 200), st.integers(2, 12))
def test_no_line_is_too_wide(values: list[Fraction | None], label: str, width: int, height: int) -> None:
    lines = columns(values, [label] * len(values), "¥10万", width, height)
    assert len(lines) == height + 1
    assert max(map(width_of, lines)) <= width


def drawn(values: list[Fraction | None], height: int = 4) -> list[str]:
    """Columns of three cells, a gap between them, without the axis."""
    lines = columns(values, ["abc"] * len(values), "9", 2 + 4 * len(values), height)
    return ["".join(text for text, _style in line)[2:] for line in lines]


def test_columns_stand_in_proportion_from_nothing_up() -> None:
    assert drawn([Fraction(4), Fraction(2), Fraction(1)]) == [
        "███         ",
        "███         ",
        "███ ███     ",
        "███ ███ ███ ",
        "abc abc abc ",
    ]


def test_nothing_is_a_nought_and_what_nobody_knows_a_dash() -> None:
    assert drawn([Fraction(0), None, Fraction(1, 1000), Fraction(8)], 2) == [
        "            ███ ",
        "0   –   ▁▁▁ ███ ",
        "abc abc abc abc ",
    ]


def test_where_there_is_no_room_the_oldest_go() -> None:
    lines = columns([Fraction(n) for n in range(30)], [f"{n:03}" for n in range(30)], "29", 20, 3)
    names = "".join(text for text, _style in lines[-1]).split()
    assert names == ["026", "027", "028", "029"]
