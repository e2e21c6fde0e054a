"""Every report of the catalogue on a floor that worked for half a year: for each role, in each form and language."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.tui.cli.conftest import Floor
from tui.reports.catalogue import ENTRIES

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def sheets(floor: Floor, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(floor("report", *words, "--format", "json").stdout)["sheets"]
    return found


def texts(found: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict | list):
        for one in found.values() if isinstance(found, dict) else found:
            yield from texts(one)


@pytest.mark.parametrize("name", ENTRIES)
def test_everybody_gets_what_is_theirs(demo: Floor, name: str) -> None:
    every = [len(sheet["rows"]) for sheet in sheets(demo, name)]
    assert sum(every) > 0
    demo.login = "sun.li"
    team = [len(sheet["rows"]) for sheet in sheets(demo, name)]
    assert sum(team) > 0
    assert all(own <= whole for own, whole in zip(team, every, strict=True))
    demo.login = "li.wei"
    if name == "weekly":
        assert "supervisors and managers" in demo("report", name, code=2).stderr
    else:
        own = [len(sheet["rows"]) for sheet in sheets(demo, name)]
        assert all(few <= more for few, more in zip(own, team, strict=True))


@pytest.mark.parametrize("name", ENTRIES)
def test_every_form_in_both_languages(demo: Floor, tmp_path: Path, name: str) -> None:
    for language in ("en", "zh_CN"):
        words = ("report", name, "--language", language)
        headings = [one["heading"] for sheet in sheets(demo, name, "--language", language) for one in sheet["columns"]]
        if language == "zh_CN":
            assert all(any("\u4e00" <= sign <= "\u9fff" for sign in heading) for heading in headings)
        for form in ("table", "csv", "md"):
            said = demo(*words, "--format", form).stdout
            assert all(heading in said.replace("\\", "") for heading in headings)
        path = tmp_path / f"{language}.xlsx"
        demo(*words, "--out", str(path))
        book = openpyxl.load_workbook(path)
        assert [cell.value for page in book.worksheets for cell in page[1]] == headings
        for page in book.worksheets:
            assert page.freeze_panes in ("A2", "B2")
            assert not [cell for row in page.iter_rows() for cell in row if cell.data_type == "f"]


@pytest.mark.parametrize("name", ENTRIES)
def test_numbers_are_masked_in_every_report(
    demo: Floor, frozen_surroundings: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = frozen_surroundings / "config.toml"
    path.write_text('[monitor]\nnumbers = "hidden"\n')
    monkeypatch.setenv("CALLFLOOR_CONFIG", str(path))
    demo.login = "sun.li"
    phones = [text for text in texts(sheets(demo, name, "--more")) if text.startswith("+")]
    assert phones == []


def test_the_same_question_has_the_same_answer(demo: Floor) -> None:
    """Leads of the tracking sheet, of the stage list and of HP's table are the same ones, and so is their money."""
    tracked = sheets(demo, "tracking")[0]["rows"]
    listed = sheets(demo, "stages")[0]
    customers = sheets(demo, "customers")[0]
    open_leads = sum(row["number"] for row in listed["subtotals"][:5])
    assert len(tracked) == open_leads == len(customers["rows"])
    amount = sum(row["amount"] or 0 for row in tracked)
    assert amount == sum(row["amount"] for row in listed["subtotals"][:5]) == customers["subtotals"][0]["amount"]


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice opens the sheets where it is: apt install libreoffice-calc")
def test_a_spreadsheet_program_reads_what_was_written(demo: Floor, tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    demo("report", "tracking", "--language", "zh_CN", "--out", str(path))
    said = demo("report", "tracking", "--language", "zh_CN", "--format", "csv").stdout_bytes.decode("utf-8-sig")
    subprocess.run(
        [str(OFFICE), f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to",
         "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false", "--outdir", str(tmp_path), str(path)],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    written = list(csv.reader(io.StringIO(said)))
    shown = list(csv.reader(io.StringIO((tmp_path / "sheet.csv").read_text("utf-8"))))
    assert [[_bare(cell) for cell in row] for row in shown] == [[_bare(cell) for cell in row] for row in written]


def _bare(cell: str) -> str:
    """A cell without what only guards it, and numbers without their dress."""
    plain = cell.removeprefix("'").replace(",", "")
    return f"{float(plain):g}" if plain.replace(".", "", 1).isdecimal() else cell.removeprefix("'")
