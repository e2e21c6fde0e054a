"""Stories of the screens of figures: turned, read, left, over a monitor and over a desk, on a floor with a past."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from models import floor, taking_in
from models.base import new_token, rows_of
from models.demo.crew import MANAGER
from models.playbook import shipped_text
from models.reports.periods import PeriodKind
from tests.tui.figures.conftest import NOW
from tests.tui.floors import Seat, at, seated, set_up
from tests.tui.watching import Gallery, watching
from tui.config import Config
from tui.figures.page import Page
from tui.figures.sheet import FiguresSheet, View
from tui.lines.text import cut, width_of
from tui.reports.sheet import Sheet

SUPERVISOR = "sun.li"
AGENT = "li.wei"
SIZES = ((80, 24), (146, 35))


def sheet_of(somebody: Gallery | Seat) -> FiguresSheet:
    """What lies on top."""
    screen = somebody.watch if isinstance(somebody, Gallery) else somebody.desk
    assert isinstance(screen.sheet, FiguresSheet)
    return screen.sheet


async def turn(somebody: Gallery | Seat, *keys: str) -> None:
    """Keys, each with its answer on the screen before the next."""
    for key in keys:
        await somebody.press(key)
        await somebody.until(lambda: sheet_of(somebody).question.is_answered)


@asynccontextmanager
async def before(url: str, login: str = MANAGER.login, size: tuple[int, int] = (146, 35)) -> AsyncIterator[Gallery]:
    """Somebody before a monitor of the floor with a past."""
    async with watching(url, login, size=size, clock=lambda: NOW) as gallery:
        yield gallery


async def test_the_funnel_stage_by_stage(past_floor: str) -> None:
    async with before(past_floor) as gallery:
        await turn(gallery, "F")
        shown = gallery.shown("cover")
        assert "← Jun 2026 → so far" in shown
        assert "stage open now worth came left went on success" in shown
        page = sheet_of(gallery).page
        assert page is not None
        live = gallery.watch.survey.pulse.panel.funnel
        assert [row[1] for row in page.rows] == [stage.open.count for stage in live.stages]
        assert [row[page.sheet.place("conversion")] for row in page.rows] == [stage.conversion for stage in live.stages]


async def test_views_and_periods_are_turned_by_one_key_each(past_floor: str) -> None:
    async with before(past_floor) as gallery:
        await turn(gallery, "F", "v")
        assert "over time" in gallery.shown("cover")
        assert "Dec Jan Feb Mar Apr May Jun period came won" in gallery.shown("cover")
        await turn(gallery, "v", "v", "v")
        assert "Li Wei" in gallery.shown("cover")
        await turn(gallery, "p")
        assert "Q2 2026" in gallery.shown("cover")
        await turn(gallery, "left")
        assert "Q1 2026" in gallery.shown("cover")
        await turn(gallery, "right", "right", "right")
        assert "Q2 2026" in gallery.shown("cover"), "what has not begun cannot be counted"
        await turn(gallery, "p", "p")
        assert sheet_of(gallery).asked.kind is PeriodKind.DAY


async def test_keys_typed_before_the_answer_are_all_counted(past_floor: str) -> None:
    async with before(past_floor) as gallery:
        await turn(gallery, "F")
        await gallery.press("left", "left", "left")
        await gallery.until(lambda: sheet_of(gallery).question.is_answered)
        assert "Mar 2026" in gallery.shown("cover")


async def test_a_month_without_anything_says_so_and_how_to_go_on(past_floor: str) -> None:
    async with before(past_floor) as gallery:
        await turn(gallery, "F", *["v"] * 4, *["left"] * 8)
        assert "Oct 2025" in gallery.shown("cover")
        assert "← shows the period before." in gallery.shown("cover")


async def test_the_cursor_goes_from_figure_to_figure(past_floor: str) -> None:
    async with before(past_floor) as gallery:
        await turn(gallery, "F", "v")
        sheet = sheet_of(gallery)
        first = sheet.column
        await gallery.press("tab", "down")
        assert (sheet.row, sheet.column) == (1, first + 1)
        await gallery.press("shift+tab", "up")
        assert (sheet.row, sheet.column) == (0, first)
        await gallery.press("shift+tab")
        assert page_of(sheet).sheet.columns[sheet.column] is page_of(sheet).sheet.columns[-1]


def of_eight_stages(url: str) -> None:
    """A floor with the longest funnel that is shipped, and a lead in it."""
    with at(url):
        boss = floor.init(
            name="North", zone="Asia/Shanghai", region="CN", currency="CNY", playbook=shipped_text("eight-step"),
            login="boss", agent="Boss", token=new_token(), now=NOW,
        )  # fmt: skip
        lead = {"company": "Acme", "person": "Lin", "number": "+8613800138000", "source": "cold_call"}
        more = {"industry": "Tools", "need": "A newer one", "amount": "500"}
        taking_in.take_in(1, lead | more, by=boss, team_id=None, token=new_token(), now=NOW)


def page_of(sheet: FiguresSheet) -> Page:
    """What it shows."""
    assert sheet.page is not None
    return sheet.page


@pytest.mark.parametrize("views", [2, 3])
async def test_tab_turns_to_the_columns_for_which_there_was_no_room(
    fresh_sqlite: str, language: str, views: int
) -> None:
    of_eight_stages(fresh_sqlite)
    config = Config(db=fresh_sqlite, language=language)
    async with watching(fresh_sqlite, size=(80, 24), clock=lambda: NOW, config=config) as gallery:
        await turn(gallery, "F", *["v"] * views)
        sheet = sheet_of(gallery)
        headings = [cut(column.heading, column.most) for column in page_of(sheet).sheet.columns[1:]]
        assert len(headings) == 11
        seen = set[str]()
        for _figure in headings:
            shown = gallery.watch.cover.text
            above_rows = shown[: shown.index("▌")]
            on_screen = [heading for heading in headings if heading in above_rows.splitlines()[-2]]
            assert headings[sheet.column - 1] in on_screen
            assert ("▸" in shown) is (headings[-2] not in on_screen), "together comes before what there is no room for"
            assert ("◂" in shown) is (headings[0] not in on_screen)
            assert {width_of(line) for line in gallery.watch.cover.drawn} == {80}
            seen.update(on_screen)
            await gallery.press("tab")
        assert seen == set(headings)
        assert sheet.column == 1, "after the last one comes the first"


def endless() -> object:
    """A question that the database would take hours for."""
    return rows_of(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000000) SELECT MAX(i) FROM n"
    )


async def test_a_slow_count_says_so_delays_no_key_and_is_left(past_floor: str) -> None:
    async with before(past_floor) as gallery:
        watch = gallery.watch
        slow = View("slow", "slow", lambda host, asked: endless, lambda found, host: Page(None, Sheet("", "", (), ())))
        watch.open_sheet(FiguresSheet(watch, "slow", (slow,), command="monitor.show-plan"))
        await gallery.until(lambda: "counting …" in gallery.shown("cover"))
        await gallery.press("question_mark")
        assert "See the agent's screen" in gallery.shown("cover")
        await gallery.press("escape", "escape")
        assert watch.sheet is None
        await turn(gallery, "F")  # its connection is free again
        assert "Jun 2026" in gallery.shown("cover")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("views", range(6))
async def test_no_line_is_wider_than_the_screen(past_floor: str, size: tuple[int, int], views: int) -> None:
    async with before(past_floor, size=size) as gallery:
        await turn(gallery, "F", *["v"] * views)
        assert {width_of(line) for line in gallery.watch.cover.drawn} == {size[0]}


async def test_turning_the_period_paints_only_what_changed(past_floor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with before(past_floor, size=(80, 24)) as gallery:
        await turn(gallery, "F")
        painted: list[object] = []
        monkeypatch.setattr(gallery.watch.cover, "refresh", lambda *regions, **_: painted.extend(regions or ["all"]))
        await turn(gallery, "n")
        assert painted == []
        await turn(gallery, "left")
        assert painted
        assert "all" not in painted
        assert sum(region.width for region in painted) < 80 * 24 / 2  # type: ignore[attr-defined]


async def test_a_supervisor_has_the_own_team_alone(past_floor: str) -> None:
    async with before(past_floor, SUPERVISOR) as gallery:
        names = {row.name for row in gallery.watch.survey.overview.agents}
        await turn(gallery, "F", "v", "v", "v", "v")
        page = sheet_of(gallery).page
        assert page is not None
        assert {row[0] for row in page.rows} - {"together", "pool"} <= names
        assert 0 < len(names) < 12


async def test_an_agent_has_the_own_figures_over_the_desk_and_goes_back(own_floor: str) -> None:
    async with seated(own_floor, AGENT, size=(80, 24), clock=lambda: NOW) as seat:
        before_ = seat.card
        await turn(seat, "F")
        assert "Jun 2026" in seat.card
        assert seat.desk.card.size.width == 80
        page = sheet_of(seat).page
        assert page is not None
        mine = seat.desk.survey.panel.funnel
        assert [row[1] for row in page.rows] == [stage.open.count for stage in mine.stages]
        await seat.press("escape")
        assert seat.desk.sheet is None
        assert seat.card == before_
        await turn(seat, "F")
        await seat.press("F")
        assert seat.desk.sheet is None


@pytest.mark.parametrize("keys", [(), ("p",), ("left",), ("p", "p")])
async def test_the_bridge_adds_up_down_every_column_in_leads_and_in_money(
    past_floor: str, keys: tuple[str, ...]
) -> None:
    async with before(past_floor, size=(80, 24)) as gallery:
        await turn(gallery, "F", "v", "v", *keys)
        for first in ("leads E D C B A", "amount E D C B A"):
            assert first in gallery.shown("cover")
            page = sheet_of(gallery).page
            assert page is not None
            for column in zip(*(row[1:] for row in page.rows), strict=True):
                assert sum(column[:-1]) == column[-1]
            for row in page.rows:
                assert sum(row[1:-1]) == row[-1]  # type: ignore[arg-type]
            await turn(gallery, "v")


async def test_the_bridge_closes_with_what_stands_there_now(own_floor: str) -> None:
    async with seated(own_floor, AGENT, size=(80, 24), clock=lambda: NOW) as seat:
        await turn(seat, "F", "v", "v")
        page = sheet_of(seat).page
        assert page is not None
        closing = dict(zip((column.code for column in page.sheet.columns), page.rows[-1], strict=True))
        assert {row.stage: row.open.count for row in seat.desk.survey.panel.funnel.stages} == {
            row.stage: closing[row.stage] for row in seat.desk.survey.panel.funnel.stages
        }


async def test_the_forecast_says_first_whether_the_month_will_be_made(past_floor: str) -> None:
    async with before(past_floor, size=(80, 24)) as gallery:
        await turn(gallery, "W")
        shown = gallery.shown("cover")
        assert "this month won ¥" in shown
        assert "The target of ¥" in shown
        assert shown.index("The target") < shown.index("month weighted")
        await turn(gallery, "v")
        assert "together" in gallery.shown("cover")
        await gallery.press("p", "left")
        assert "of this moment" in gallery.shown("footer")


async def test_the_day_the_orders_dry_up_and_what_would_move_it(past_floor: str) -> None:
    async with before(past_floor, size=(110, 50)) as gallery:
        await turn(gallery, "W", "v", "v")
        shown = gallery.shown("cover")
        assert "dry up" in shown
        assert "w25" in shown
        page = sheet_of(gallery).page
        assert page is not None
        assert len(page.rows) == len(page.series)


async def test_on_a_small_terminal_the_day_what_would_move_it_and_the_chart_are_seen_first(past_floor: str) -> None:
    async with before(past_floor, size=(80, 24)) as gallery:
        await turn(gallery, "W", "v", "v")
        first = gallery.shown("cover")
        for part in ("the orders dry up on", "What would move it:", "leads more in D:", "w25"):
            assert part in first
        assert "▌" not in first
        await gallery.press("down")
        assert "week from orders usual" in gallery.shown("cover")
        assert "▌" in gallery.shown("cover")
        await gallery.press("up")
        assert gallery.shown("cover") == first


async def test_leads_that_are_due_open_and_those_of_the_months_ahead_too(past_floor: str) -> None:
    async with before(past_floor) as gallery:
        await turn(gallery, "W", "v", "v", "v")
        page = sheet_of(gallery).page
        assert page is not None
        assert len(page.rows) == len(page.leads) > 0
        company = str(page.rows[0][0])
        await gallery.press("enter")
        assert company in gallery.shown("cover")
        assert "history" in gallery.shown("cover")
        await gallery.press("escape")
        await turn(gallery, "right")
        assert "← Jul 2026 →" in gallery.shown("cover")


async def test_the_plan_from_the_target_back(past_floor: str) -> None:
    async with before(past_floor, size=(80, 24)) as gallery:
        await turn(gallery, "N")
        shown = gallery.shown("cover")
        assert "target ¥" in shown
        assert "working days left" in shown
        assert "stage needed open now missing" in shown
        await turn(gallery, "p")
        assert "Q2 2026" in gallery.shown("cover")
        await turn(gallery, "v")
        assert "◂" in gallery.shown("cover")


async def test_without_a_target_the_plan_says_who_sets_one(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with watching(fresh_sqlite) as gallery:
        await turn(gallery, "N")
        assert "callfloor target set" in gallery.shown("cover")
        await turn(gallery, "W", "v", "v")
        assert "Nothing was won in half a year" in gallery.shown("cover")


async def test_the_board_and_where_the_amounts_come_from(past_floor: str) -> None:
    async with before(past_floor) as gallery:
        await turn(gallery, "B", "p", "p")
        page = sheet_of(gallery).page
        assert page is not None
        amounts = [row[page.sheet.place("amount")] for row in page.rows[:-1]]
        assert amounts == sorted(amounts, reverse=True)  # type: ignore[type-var]
        assert page.rows[0][page.sheet.place("place")] == 1
        await turn(gallery, "v")
        assert "calls contact rate" in gallery.shown("cover")
        assert "Amount = calls × contact rate" in gallery.shown("cover")
