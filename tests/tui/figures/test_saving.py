"""What is on a screen of figures as a file: the same numbers, in three forms, chosen by one key."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from tests.tui.figures.test_screens import before, sheet_of, turn
from tui.figures.sheet import FiguresSheet


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where one stands, with a shell to go back to."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tui.driver.has_shell", lambda: True)
    return tmp_path


def saved(folder: Path, suffix: str) -> Path:
    """The one file that was saved there."""
    (path,) = folder.glob(f"callfloor-*{suffix}")
    return path


async def save(url: str, *keys: str) -> FiguresSheet:
    """Opens the funnel by stage, saves it, and gives back what lies on top then."""
    async with before(url) as gallery:
        await turn(gallery, "F")
        await gallery.press("e", *keys)
        assert "Saved: " in gallery.shown("footer")
        return sheet_of(gallery)


async def test_as_csv(past_floor: str, folder: Path) -> None:
    sheet = await save(past_floor, "2")
    path = saved(folder, ".csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    assert sheet.page is not None
    assert head == [column.heading for column in sheet.page.sheet.columns]
    assert [[row[0], int(row[1])] for row in rows] == [list(row[:2]) for row in sheet.page.rows]
    assert path.stat().st_mode & 0o077 == 0


async def test_as_a_sheet_with_numbers_and_a_chart(past_floor: str, folder: Path) -> None:
    sheet = await save(past_floor, "enter")
    book = openpyxl.load_workbook(saved(folder, ".xlsx"))
    found = [[cell.value for cell in row] for row in book.active.iter_rows()]  # type: ignore[union-attr]
    assert sheet.page is not None
    for row in sheet.page.rows:
        assert [row[0], row[1]] in [line[:2] for line in found]
    assert len(book.active._charts) == 1  # type: ignore[union-attr]


async def test_as_markdown(past_floor: str, folder: Path) -> None:
    await save(past_floor, "down", "down", "enter")
    text = saved(folder, ".md").read_text("utf-8")
    assert text.startswith("# funnel\n")
    assert "2026-06-01 – 2026-07-01" in text
    assert "all teams" in text
    assert "| E Potential |" in text


async def test_the_bridge_is_saved_as_it_is_reported(past_floor: str, folder: Path) -> None:
    async with before(past_floor) as gallery:
        await turn(gallery, "F", "v", "v")
        await gallery.press("e", "1")
        assert "Saved: " in gallery.shown("footer")
        page = sheet_of(gallery).page
        assert page is not None
        shown = [list(row[1:]) for row in page.rows]
    book = openpyxl.load_workbook(saved(folder, ".xlsx"))
    assert book.sheetnames == ["Leads", "Expected amounts"]
    lines = [[cell.value for cell in row] for row in book["Leads"].iter_rows()]
    head = next(at for at, line in enumerate(lines) if line[:2] == ["Stage", "Opening"])
    columns = list(zip(*lines[head + 1 : head + 10], strict=True))[1:]
    assert [list(column) for column in columns if column[0] is not None] == shown


async def test_esc_goes_back_to_the_figures(past_floor: str, folder: Path) -> None:
    async with before(past_floor) as gallery:
        await turn(gallery, "F")
        sheet = sheet_of(gallery)
        await gallery.press("e", "escape")
        assert sheet_of(gallery) is sheet
        await gallery.press("escape")
        assert gallery.watch.sheet is None
        assert "Saved" not in gallery.shown("footer")


async def test_without_a_shell_nothing_can_be_saved(past_floor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.driver.has_shell", lambda: False)
    async with before(past_floor) as gallery:
        await turn(gallery, "F")
        await gallery.press("e")
        assert "no folder of yours" in gallery.shown("footer")
