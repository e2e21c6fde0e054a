"""Stories of what work takes: effort by stage, selling time, and every sort of target."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from models import desks, targets
from models.base import month_of, new_token, rows_of
from models.demo.crew import MANAGER
from models.desks.presence import State
from tests.tui.figures.conftest import NOW
from tests.tui.figures.test_openings import opened
from tests.tui.figures.test_saving import saved
from tests.tui.figures.test_screens import AGENT, before, sheet_of, turn
from tests.tui.floors import NOW as FLOOR_NOW
from tests.tui.floors import at, seated
from tests.tui.watching import Gallery, busy_floor, watching
from tui.lines.text import width_of


async def test_what_each_stage_takes_of_a_lead_and_of_a_deal(past_floor: str) -> None:
    async with before(past_floor, size=(80, 24)) as gallery:
        await turn(gallery, "B", "v", "v", "p", "p")
        shown = gallery.shown("cover")
        assert "stage E D C B A won ▌follow-ups" in shown
        assert "Most work for a deal is in" in shown
        page = sheet_of(gallery).page
        assert page is not None
        lines = {str(row[0]): row[1:] for row in page.rows}
        touches, left, each = (lines[name] for name in ("follow-ups", "left", "follow-ups per lead"))
        for work, leads, ratio in zip(touches, left, each, strict=True):
            assert ratio == (None if not leads else Fraction(work, leads))  # type: ignore[arg-type]
        assert {"minutes per lead", "mean days", "minutes per deal", "days per deal"} <= lines.keys()


async def test_selling_time_is_told_of_whoever_was_at_a_desk(fresh_sqlite: str) -> None:
    busy_floor(fresh_sqlite)
    async with watching(fresh_sqlite, size=(80, 24)) as gallery:
        await turn(gallery, "B", "v", "v", "v")
        page = sheet_of(gallery).page
        assert page is not None
        selling = page.sheet.place("selling")
        assert [row[0] for row in page.rows] == ["Li Wei", "Zhao Lei", "all together"]
        assert [row[selling] is not None and 0 <= row[selling] <= 1 for row in page.rows] == [True] * 3  # type: ignore[operator]
        assert page.rows[0][selling] > page.rows[1][selling]  # type: ignore[operator]
        assert "Selling time: talking, and preparing" in gallery.shown("cover")


async def test_the_spells_behind_the_time_that_somebody_talked(fresh_sqlite: str) -> None:
    agent = busy_floor(fresh_sqlite).agent
    with at(fresh_sqlite):
        ((lead,),) = rows_of("SELECT id FROM lead WHERE company = 'Kestrel Labs'")
        desks.enter(agent, State.ON_CALL, lead_id=lead, now=FLOOR_NOW)
        desks.seen(agent, FLOOR_NOW + timedelta(minutes=1))
    async with watching(fresh_sqlite, size=(80, 24)) as gallery:
        await turn(gallery, "B", "v", "v", "v", "tab", "tab")
        page = sheet_of(gallery).page
        assert page is not None
        assert page.rows[0][page.sheet.place("talking")] == 300
        await gallery.press("enter")
        rows = await opened(gallery)
        assert gallery.shown("cover") == (
            "Li Wei · talking · Nov 2026 agent what it went into when how long company "
            "▌Li Wei talking 23 Nov 09:56 4:00 Li Wei talking 23 Nov 10:00 1:00 Kestrel Labs"
        )
        await gallery.press("enter")
        assert "No lead was in hand then" in gallery.shown("footer")
        await gallery.press("down", "enter")
        assert "history" in gallery.shown("cover")
        await gallery.press("escape", "escape")
        assert rows is not gallery.watch.sheet
        assert sheet_of(gallery).page is page


async def test_without_a_desk_that_was_ever_open_nothing_is_known(past_floor: str) -> None:
    async with before(past_floor) as gallery:
        await turn(gallery, "B", "v", "v", "v")
        assert "Nothing is known of anybody's time at a desk." in gallery.shown("cover")


def aim(url: str) -> None:
    """Calls, talks and entries for one agent in June."""
    with at(url):
        (by,) = rows_of("SELECT id FROM agent WHERE login = ?", (MANAGER.login,))[0]
        june = month_of(NOW.date())
        targets.set_target(
            june, team=None, login=AGENT, deals=None, amount=Decimal(500_000), calls=46, talks=10, by=by,
            token=new_token(), now=NOW,
        )  # fmt: skip
        targets.set_stage_target(
            june, "D", campaign_id=1, team=None, login=AGENT, leads=10, amount=None, by=by, token=new_token(), now=NOW
        )


async def open_calls(gallery: Gallery, calls: object) -> None:
    """The calls that a target's figure counts, and back."""
    figures = sheet_of(gallery)
    assert figures.page is not None
    await gallery.press(*["down"] * [row[0] for row in figures.page.rows].index("Li Wei"))
    while figures.page.sheet.columns[figures.column].code != "calls":
        await gallery.press("tab")
    await gallery.press("enter")
    rows = await opened(gallery)
    assert gallery.shown("cover").startswith("Li Wei · calls · Jun 2026")
    assert len(rows.rows) == calls
    assert {row.cells[4][0] for row in rows.rows} == {"Li Wei"}
    await gallery.press("escape")


@pytest.mark.parametrize("size", [(80, 24), (146, 35)])
async def test_targets_of_calls_talks_and_stages_have_a_column_where_they_are_set(
    own_floor: str, size: tuple[int, int]
) -> None:
    aim(own_floor)
    async with before(own_floor, size=size) as gallery:
        await turn(gallery, "B", "v", "v", "v", "v")
        page = sheet_of(gallery).page
        assert page is not None
        codes = [column.code for column in page.sheet.columns]
        assert [code for code in codes if code.startswith(("calls", "talks", "to_"))] == [
            "calls", "calls_reached", "talks", "talks_reached", "to_D", "to_D_reached",
        ]  # fmt: skip
        mine = next(dict(zip(codes, row, strict=True)) for row in page.rows if row[0] == "Li Wei")
        assert mine["calls_reached"] == Fraction(mine["calls"], 46)  # type: ignore[arg-type]
        assert mine["to_D_reached"] == Fraction(mine["to_D"], 10)  # type: ignore[arg-type]
        await open_calls(gallery, mine["calls"])
        others = [row for row in page.rows[:-1] if row[0] != "Li Wei"]
        assert {row[codes.index("calls_reached")] for row in others} == {None}
        assert {width_of(line) for line in gallery.watch.cover.drawn} == {size[0]}
        await turn(gallery, "p", "p", "p")
        assert sheet_of(gallery).asked.kind.value == "month", "targets are of months"


async def test_an_agent_has_the_own_targets_and_saves_all_of_them(
    own_floor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tui.driver.has_shell", lambda: True)
    aim(own_floor)
    async with seated(own_floor, AGENT, size=(80, 24), clock=lambda: NOW) as seat:
        await turn(seat, "B", "v", "v", "v", "v")
        page = sheet_of(seat).page
        assert page is not None
        assert [row[0] for row in page.rows] == ["Li Wei", "together"]
        await seat.press("e", "1")
        await seat.until(lambda: list(tmp_path.glob("callfloor-*.xlsx")) != [])
    assert openpyxl.load_workbook(saved(tmp_path, ".xlsx")).sheetnames == ["targets", "Entries into stages"]
