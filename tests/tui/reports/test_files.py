"""What is saved: a file of one's own that replaces none, or the very file that was named, whole or not at all."""

from __future__ import annotations

import csv
import errno
import os
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.errors import Refused
from tui import words
from tui.lines.frame import Frame
from tui.reports import files
from tui.reports.sheet import Column, Report, Row, Sheet, of_texts

FRAME = Frame(datetime(2026, 11, 23, 2, 0, tzinfo=UTC), UTC, "CNY")
TABLE = of_texts(
    "portfolio",
    "../portfolio · Li/Wei",
    ["agent", "note"],
    [["=cmd|' /C calc'!A0", "line\none\x1b[31m"], ["李伟", "+86 138 0013 8000"]],
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with nothing in it."""
    made = tmp_path / "files"
    made.mkdir()
    return made


def test_a_table_is_a_sheet_that_runs_nothing(folder: Path) -> None:
    path = files.save(TABLE, "csv", FRAME, folder=folder)
    assert path.parent == folder
    assert path.name == "callfloor-portfolio-Li-Wei-2026-11-23-0200.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["agent", "note"], ["'=cmd|' /C calc'!A0", "line one[31m"], ["李伟", "'+86 138 0013 8000"],
        ]  # fmt: skip


def test_lines_are_text_and_no_file_is_replaced(folder: Path) -> None:
    lines = [(("head ", "strong"), ("tail  ", "")), ()]
    first, second = (files.save_lines("lead", lines, FRAME, folder=folder) for _ in range(2))
    assert first != second
    assert first.read_text("utf-8") == second.read_text("utf-8") == "head tail\n\n"
    assert sorted(folder.iterdir()) == sorted([first, second])


Saver = Callable[[Report, Path], object]
SAVERS: list[Saver] = [
    lambda report, folder: files.save(report, "csv", FRAME, folder=folder),
    lambda report, folder: files.put(report, "csv", FRAME, folder / "some.csv"),
]


@pytest.mark.parametrize("saver", SAVERS)
def test_what_cannot_be_written_is_said(folder: Path, saver: Saver) -> None:
    with pytest.raises(Refused) as refused:
        saver(TABLE, folder / "nowhere")
    assert "cannot be written" in words.refusal(refused.value)


@pytest.mark.parametrize("saver", SAVERS)
def test_a_full_disk_is_said_too_and_nothing_is_left(
    folder: Path, monkeypatch: pytest.MonkeyPatch, saver: Saver
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused) as refused:
        saver(TABLE, folder)
    assert refused.value.fields["why"] == os.strerror(errno.ENOSPC)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("saver", SAVERS)
def test_rows_that_break_off_leave_what_was_there(folder: Path, saver: Saver) -> None:
    def rows() -> Iterator[Row]:
        yield ("first",)
        raise KeyError("the line was cut")

    (folder / "some.csv").write_text("before")
    with pytest.raises(KeyError):
        saver(Report("some", "some", [Sheet("some", "some", [Column("a", "a")], rows())]), folder)
    assert [path.read_text() for path in folder.iterdir()] == ["before"]
