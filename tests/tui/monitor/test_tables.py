"""Tables: columns fit every width, the cells of a row stay in their columns, and only rows in sight are written."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from tui.lines.table import GAP, Column, head_line, places, row_line
from tui.lines.text import Line, width_of
from tui.widgets.row_list import RowList

COLUMNS = st.lists(
    st.builds(
        Column,
        st.sampled_from(["agent", "状态", ""]),
        st.integers(1, 20),
        is_right=st.booleans(),
        grow=st.integers(0, 3),
        most=st.integers(20, 40),
        rank=st.integers(0, 9),
    ),
    min_size=1,
    max_size=9,
)


@given(COLUMNS, st.integers(20, 250))
def test_columns_fit(columns: list[Column], width: int) -> None:
    found = places(columns, width)
    assert sum(cells for _, cells in found) + GAP * (len(found) - 1) <= width
    assert [at for at, _ in found] == sorted(at for at, _ in found)
    gone = set(range(len(columns))) - {at for at, _ in found}
    if gone and len(found) > 1:
        assert min(columns[at].rank for at in gone) >= max(columns[at].rank for at, _ in found)
    assert all(columns[at].width <= cells <= columns[at].most for at, cells in found)


@given(COLUMNS, st.integers(20, 120), st.lists(st.text(max_size=30), min_size=9, max_size=9))
def test_every_row_is_as_wide_as_its_head(columns: list[Column], width: int, texts: list[str]) -> None:
    where = places(columns, width)
    cells = [("".join(letter for letter in text if letter.isprintable()), "") for text in texts]
    assert width_of(row_line(cells, columns, where)) == width_of(head_line(columns, where))


def key_of(app: Listed) -> object:
    """The row under the cursor, now."""
    return app.rows.key


class Listed(App[None]):
    """A list of many rows."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = RowList()
        self.written: Counter[int] = Counter()
        self.turn = 0

    def compose(self) -> ComposeResult:
        yield self.rows

    def show(self, keys: list[int], *, follows: bool = True) -> None:
        def row(place: int, width: int, is_current: bool) -> Line:
            self.written[keys[place]] += 1
            return ((f"{keys[place]} {self.turn if keys[place] == 3 else ''}{'<' if is_current else ''}", ""),)

        self.rows.is_lit = True
        self.rows.show_rows(
            keys, row, head=lambda width: [(("head", ""),)], nothing=lambda width: [(("none", ""),)], follows=follows
        )


async def test_of_two_hundred_rows_only_those_in_sight_are_written() -> None:
    app = Listed()
    async with app.run_test(size=(40, 14)) as pilot:
        app.show(list(range(200)))
        await pilot.pause()
        assert app.rows.text.split()[:1] == ["╭" + "─" * 38 + "╮"]
        assert "head" in app.rows.text
        app.written.clear()
        for _ in range(60):
            app.rows.move(1)
        assert key_of(app) == 60
        assert "60 <" in app.rows.text
        assert set(app.written) <= set(range(75))
        app.rows.move(10_000)
        assert "199 <" in app.rows.text
        assert not {key for key in app.written if 80 < key < 180}


async def test_the_cursor_stays_with_its_row() -> None:
    app = Listed()
    async with app.run_test(size=(40, 14)):
        app.show([1, 2, 3])
        app.rows.move(1)
        app.show([9, 8, 1, 2, 3])
        assert key_of(app) == 2
        app.show([9, 8])
        assert key_of(app) == 8
        app.show([])
        assert key_of(app) is None
        assert "none" in app.rows.text


@pytest.mark.parametrize(("follows", "key"), [(True, 1), (False, 9)])
async def test_a_cursor_on_the_first_row_follows_it_or_the_newest(follows: bool, key: int) -> None:
    app = Listed()
    async with app.run_test(size=(40, 14)):
        app.show([1, 2, 3], follows=follows)
        app.show([9, 1, 2, 3], follows=follows)
        assert key_of(app) == key


async def test_a_clock_repaints_its_cells_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Listed()
    async with app.run_test(size=(40, 14)):
        app.show([1, 2, 3, 4])
        painted: list[object] = []
        monkeypatch.setattr(app.rows, "refresh", lambda *regions, **_: painted.extend(regions))
        app.show([1, 2, 3, 4])
        assert painted == []
        app.turn = 1
        app.show([1, 2, 3, 4])
        assert [(region.y, region.width < 10) for region in painted] == [(4, True)]  # type: ignore[attr-defined]
