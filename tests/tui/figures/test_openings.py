"""Every number opens its rows: as many as it says, on every view, and one of them opens its lead."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from models.demo.crew import MANAGER
from models.reports.forecasts import forecasts
from models.reports.openings import Cell, Number
from models.reports.slices import By
from tests.tui.figures.conftest import NOW
from tests.tui.figures.test_screens import AGENT, SUPERVISOR, before, sheet_of, turn
from tests.tui.floors import seated
from tests.tui.watching import Gallery
from tui.figures import errands
from tui.figures.openings import OpenedRows
from tui.figures.page import TOTAL, Page
from tui.reports.sheet import Kind

VIEWS = {
    name: ("F", *["v"] * at)
    for at, name in enumerate(("stages", "times", "bridge", "money", "agents", "sources", "reach"))
}


NOT_OF_ROWS = ("needed", "gap", "place")
"""Numbers that are reckoned: what they open is what there is."""


def behind(viewer_id: int, cell: Cell) -> int:
    """How many rows there are, page by page."""
    page = errands.rows(viewer_id, cell, None)
    count = len(page.rows)
    while page.after is not None:
        page = errands.rows(viewer_id, cell, page.after)
        count += len(page.rows)
    return count


@pytest.mark.parametrize("login", [MANAGER.login, SUPERVISOR])
@pytest.mark.parametrize(
    "keys",
    [
        *VIEWS.values(),
        ("B",),
        ("B", "p", "p"),
        ("B", "v"),
        ("B", "v", "p", "p"),
        ("B", "v", "v", "p", "p"),
        ("F", "left"),
        ("W",),
        ("N",),
    ],
)
async def test_a_number_has_as_many_rows_as_it_says(past_floor: str, login: str, keys: tuple[str, ...]) -> None:
    async with before(past_floor, login) as gallery:
        await turn(gallery, *keys)
        page = sheet_of(gallery).page
        assert page is not None
        columns = {column.code: at for at, column in enumerate(page.sheet.columns)}
        checked = 0
        for (row, code), cell in page.opens.items():
            assert isinstance(cell, Cell)
            if code not in columns or page.kind(row, columns[code]) is not Kind.COUNT or code in NOT_OF_ROWS:
                continue
            line = page.sheet.total if row == TOTAL else page.rows[row]
            assert line is not None
            rows = await gallery.watch.store.run(behind, gallery.watch.person.id, cell)
            assert rows == abs(line[columns[code]]), (row, code)  # type: ignore[arg-type]
            checked += 1
        least = {"money": 0, "effort": len(page.sheet.columns) - 1}
        assert checked >= least.get(page.sheet.name, len(page.rows) - 2)


async def test_what_is_expected_of_each_agent_opens_the_leads_that_are_expected(past_floor: str) -> None:
    async with before(past_floor) as gallery:
        await turn(gallery, "W", "v")
        page, watch = sheet_of(gallery).page, gallery.watch
        assert page is not None
        found = await watch.store.run(forecasts, watch.person.id, watch.slice, NOW, By.AGENT)
        parts = {(part.name or "pool"): part for part in found.parts} | {"together": found.whole}
        for row, cells in enumerate(page.rows):
            part, place = parts[str(cells[0])], page.place(row, 0)[0]
            for column, months in (("this_month", 1), ("half", 6)):
                cell = page.opens[place, column]
                assert isinstance(cell, Cell)
                rows = await watch.store.run(behind, watch.person.id, cell)
                assert rows == part.past.best.count + part.ahead(months).best.count, (cells[0], column)
        assert found.whole.past.best.count


async def test_the_deals_behind_what_came_in_a_week(past_floor: str) -> None:
    async with before(past_floor) as gallery:
        await turn(gallery, "N", "v", "p")
        page, watch = sheet_of(gallery).page, gallery.watch
        assert page is not None
        column = [one.code for one in page.sheet.columns].index("done")
        came = 0
        for row, cells in enumerate(page.rows):
            cell = page.opens.get((row, "done"))
            assert (cell is None) == (cells[column] is None)
            if isinstance(cell, Cell):
                found = await watch.store.run(errands.rows, watch.person.id, cell, None)
                assert sum(one.amount or 0 for one in found.rows) == cells[column]
                came += len(found.rows)
        assert came


async def test_the_leavers_by_which_a_rate_is_measured(past_floor: str) -> None:
    async with before(past_floor) as gallery:
        await turn(gallery, "N")
        page, watch = sheet_of(gallery).page, gallery.watch
        assert page is not None
        measured = [cell for (_, code), cell in page.opens.items() if code == "rate"]
        assert measured
        for cell in measured:
            assert isinstance(cell, Cell)
            forward = replace(cell, what=Number.LEFT_FORWARD)
            rows = [await watch.store.run(behind, watch.person.id, one) for one in (forward, cell)]
            at = next(place for place, code in page.opens if page.opens[place, code] is cell)
            assert Fraction(*rows) == page.rows[at][-1]


async def test_the_leads_behind_a_line_of_the_bridge_and_what_they_are_worth(past_floor: str) -> None:
    async with before(past_floor, size=(80, 24)) as gallery:
        await turn(gallery, "F", "v", "v", "v")
        figures = sheet_of(gallery)
        page = figures.page
        assert page is not None
        lines = [row[0] for row in page.rows]
        await gallery.press("tab", *["down"] * lines.index("Went on"), "enter")
        rows = await opened(gallery)
        assert gallery.shown("cover").startswith("Went on · D · Jun 2026")
        assert isinstance(rows._cell, Cell)
        found = await gallery.watch.store.run(errands.rows, gallery.watch.person.id, rows._cell, None)
        value = page.rows[figures.row][figures.column]
        assert value == -sum(one.amount or 0 for one in found.rows) < 0


async def opened(gallery: Gallery) -> OpenedRows:
    """The rows that were opened, once they are there."""
    sheet = gallery.watch.sheet
    assert isinstance(sheet, OpenedRows)
    await gallery.until(lambda: sheet.question.is_answered)
    return sheet


async def test_of_those_that_entered_a_stage_the_ones_that_got_further(past_floor: str) -> None:
    async with before(past_floor, size=(80, 24)) as gallery:
        await turn(gallery, "F", *["v"] * 6, "p")
        shown, page = gallery.shown("cover"), sheet_of(gallery).page
        assert page is not None
        entered, reached, ratio = page.rows[0][1:4]
        assert "stage came got further reach on the way won share won" in shown
        assert ratio == Fraction(reached, entered)  # type: ignore[arg-type]
        assert "won of those that came into the first stage" in shown
        await gallery.press("tab", "enter")
        rows = await opened(gallery)
        assert gallery.shown("cover").startswith("E Potential · got further · Q2 2026")
        while rows._more is not None:
            await gallery.press("end")
            await gallery.until(lambda: gallery.watch.sheet is rows)
        assert len(rows.rows) == reached
        assert {row.cells[1][0] for row in rows.rows} == {"E Potential"}, "the entry that was counted"


async def test_enter_opens_the_rows_and_then_a_lead_and_esc_goes_all_the_way_back(past_floor: str) -> None:
    async with before(past_floor) as gallery:
        await turn(gallery, "F")
        figures = sheet_of(gallery)
        await gallery.press("tab", "tab", "enter")
        rows = await opened(gallery)
        assert gallery.shown("cover").startswith("E Potential · came · Jun 2026")
        assert isinstance(figures.page, Page)
        assert len(rows.rows) == figures.page.rows[0][figures.page.sheet.place("entered")]
        await gallery.press("enter")
        assert "history" in gallery.shown("cover")
        await gallery.press("escape")
        assert gallery.watch.sheet is rows
        await gallery.press("escape")
        assert sheet_of(gallery) is figures
        await gallery.press("escape")
        assert gallery.watch.sheet is None


async def test_the_lead_behind_a_number_is_looked_at_on_the_desk(own_floor: str) -> None:
    async with seated(own_floor, AGENT, size=(80, 24), clock=lambda: NOW) as seat:
        await turn(seat, "F", "v")
        await seat.press("down", "enter")
        sheet = seat.desk.sheet
        assert isinstance(sheet, OpenedRows)
        await seat.until(lambda: sheet.question.is_answered)
        company = sheet.rows[0].cells[0][0]
        await seat.press("enter")
        assert seat.desk.sheet is None
        assert seat.company == company
        assert seat.desk.hand is not None
        assert seat.desk.hand.claim is None


async def test_a_figure_that_nothing_stands_behind_says_so(past_floor: str) -> None:
    async with before(past_floor) as gallery:
        await turn(gallery, "N", "v")
        await gallery.press("enter")
        assert "No leads stand behind" in gallery.shown("footer"), "what a week was to bring"


async def test_the_days_in_a_stage_open_those_that_left_it(past_floor: str) -> None:
    async with before(past_floor) as gallery:
        await turn(gallery, "F")
        page = sheet_of(gallery).page
        assert page is not None
        await gallery.press("shift+tab", "enter")
        rows = await opened(gallery)
        assert gallery.shown("cover").startswith("E Potential · 9 of 10 within · Jun 2026")
        assert len(rows.rows) == page.rows[0][page.sheet.place("left")]
