"""What is saved: cells that no spreadsheet runs, a file of one's own that replaces none."""

from __future__ import annotations

import csv
import errno
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.errors import Refused
from tui import words
from tui.lines.frame import Frame
from tui.monitor.saving import save

FRAME = Frame(datetime(2026, 11, 23, 2, 0, tzinfo=UTC), UTC, "CNY")


def test_a_table_is_a_sheet_that_runs_nothing(tmp_path: Path) -> None:
    rows = [["agent", "note"], ["=cmd|' /C calc'!A0", "line\none\x1b[31m"], ["李伟", "+86 138 0013 8000"]]
    path = save("../portfolio · Li/Wei", rows, FRAME, folder=tmp_path)
    assert path.parent == tmp_path
    assert path.name == "callfloor-portfolio-Li-Wei-2026-11-23-0200.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["agent", "note"], ["'=cmd|' /C calc'!A0", "line one[31m"], ["李伟", "+86 138 0013 8000"],
        ]  # fmt: skip


def test_lines_are_text_and_no_file_is_replaced(tmp_path: Path) -> None:
    lines = [(("head ", "strong"), ("tail  ", "")), ()]
    first, second = (save("lead", lines, FRAME, folder=tmp_path) for _ in range(2))
    assert first != second
    assert first.read_text("utf-8") == second.read_text("utf-8") == "head tail\n\n"


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        save("lead", [()], FRAME, folder=tmp_path / "nowhere")
    assert "cannot be written" in words.refusal(refused.value)


def test_a_full_disk_is_said_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.monitor.saving._own", lambda path, flags: os.open("/dev/full", os.O_WRONLY))
    with pytest.raises(Refused) as refused:
        save("lead", [(("text", ""),)], FRAME, folder=tmp_path)
    assert refused.value.fields["why"] == os.strerror(errno.ENOSPC)
