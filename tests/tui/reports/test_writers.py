"""One sheet in every form: typed, harmless, whole; a dash where there was nothing to divide by."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from rich.cells import cell_len

from tests.naughty import naughty
from tui import i18n
from tui.lines.frame import Frame
from tui.reports import files
from tui.reports.sheet import Chart, Column, Figure, Group, Kind, Report, Row, Sheet, Subtotal

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
FRAME = Frame(NOW, ZoneInfo("Asia/Shanghai"), "CNY")
COLUMNS = (
    Column("who", "客户名称"),
    Column("count", "数量", Kind.COUNT),
    Column("amount", "金额(元)", Kind.MONEY),
    Column("wan", "金额(万元)", Kind.WAN),
    Column("share", "转化率", Kind.SHARE),
    Column("days", "停留天数", Kind.DAYS),
    Column("spent", "通话时长", Kind.SECONDS),
    Column("on", "日期", Kind.DATE),
    Column("at", "时间", Kind.MOMENT),
)
FULL = (
    "东方纸业", 1_234, Decimal("1234567.80"), Decimal(505_000), Fraction(1, 3), Fraction(7, 2), 5_400,
    date(2026, 11, 22), datetime(2026, 11, 22, 23, 30, tzinfo=UTC),
)  # fmt: skip
EMPTY = ("Acme", 0, None, None, None, None, None, None, None)
RUNNING = ("=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "+86 138 0013 8000")


def report_of(*rows: Row, **more: Any) -> Report:
    sheet = Sheet("some", "客户", COLUMNS, rows, **more)
    return Report("customers", "客户", [sheet], date(2026, 11, 1), date(2026, 12, 1), {"team": "north"})


def written(report: Report, form: str) -> bytes:
    stream = io.BytesIO()
    files.writer(form)(report, FRAME, stream)
    return stream.getvalue()


def read_csv(report: Report) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written(report, "csv").decode("utf-8-sig"))))


def read_xlsx(report: Report) -> Any:
    return openpyxl.load_workbook(io.BytesIO(written(report, "xlsx")))


def test_csv_is_for_programs_and_for_chinese_spreadsheets() -> None:
    assert written(report_of(FULL), "csv").startswith(b"\xef\xbb\xbf")
    assert read_csv(report_of(FULL, EMPTY)) == [
        [column.heading for column in COLUMNS],
        ["东方纸业", "1234", "1234567.80", "50.5", "33.3%", "3.5", "1:30", "2026-11-22", "2026-11-23 07:30"],
        ["Acme", "0", "", "", "–", "–", "", "", ""],
    ]


def test_several_sheets_stand_apart_in_csv() -> None:
    report = report_of(FULL)
    both = replace(report, sheets=[*report.sheets, Sheet("other", "其他", COLUMNS[:1], [("x",)])])
    assert [row[:1] for row in read_csv(both)] == [
        ["客户"],
        ["客户名称"],
        ["东方纸业"],
        [],
        ["其他"],
        ["客户名称"],
        ["x"],
    ]


def test_json_has_its_shape() -> None:
    report = report_of(Group("A"), FULL, Subtotal(EMPTY), Group("B"), EMPTY, total=FULL, notes=["few"])
    found = json.loads(written(report, "json"))
    assert {key: found[key] for key in found if key != "sheets"} == {
        "version": 1, "report": "customers", "title": "客户", "made": "2026-11-23T10:00:00+08:00",
        "zone": "Asia/Shanghai", "currency": "CNY", "from": "2026-11-01", "to": "2026-12-01",
        "selection": {"team": "north"},
    }  # fmt: skip
    (sheet,) = found["sheets"]
    assert sheet["columns"][2] == {"code": "amount", "heading": "金额(元)", "kind": "money"}
    full = {
        "who": "东方纸业", "count": 1234, "amount": 1234567.8, "wan": 505000, "share": 1 / 3, "days": 3.5,
        "spent": 5400, "on": "2026-11-22", "at": "2026-11-23T07:30:00+08:00",
    }  # fmt: skip
    empty = dict.fromkeys(full) | {"who": "Acme", "count": 0}
    assert sheet["rows"] == [{"group": "A"} | full, {"group": "B"} | empty]
    assert sheet["subtotals"] == [{"group": "A"} | empty]
    assert (sheet["total"], sheet["notes"]) == (full, ["few"])


def test_xlsx_has_typed_cells_a_head_that_stays_and_a_filter() -> None:
    page = read_xlsx(report_of(FULL, EMPTY, total=FULL)).active
    assert [cell.value for cell in page[1]] == [column.heading for column in COLUMNS]
    assert [cell.value for cell in page[2]][:3] == ["东方纸业", 1234, 1234567.8]
    who, count, amount, wan, share, days, spent, on, at = page[2]
    assert (who.data_type, count.number_format, amount.number_format) == ("s", "#,##0", "#,##0.00")
    assert (wan.value, share.number_format, days.value, spent.number_format) == (50.5, "0.0%", 3.5, "[h]:mm")
    assert share.value == pytest.approx(1 / 3)
    assert (on.value, on.number_format) == (datetime(2026, 11, 22), "yyyy-mm-dd")  # noqa: DTZ001
    assert at.value == datetime(2026, 11, 23, 7, 30)  # noqa: DTZ001
    assert [cell.value for cell in page[3]] == ["Acme", 0, None, None, "–", "–", None, None, None]
    assert page[4][0].font.b
    assert (page.freeze_panes, page.auto_filter.ref) == ("B2", "A1:I3")


def test_columns_of_xlsx_are_as_wide_as_chinese_is() -> None:
    page = read_xlsx(report_of(FULL)).active
    for letter, column in zip("ABCDEFGHI", COLUMNS, strict=True):
        assert page.column_dimensions[letter].width > cell_len(column.heading)
    assert page.column_dimensions["A"].width > cell_len("东方纸业")


def test_xlsx_draws_what_is_wanted() -> None:
    chart = Chart(Figure.BAR, "漏斗", "who", ("count", "amount"))
    ((drawn),) = read_xlsx(report_of(FULL, EMPTY, charts=[chart])).active._charts
    assert [one.val.numRef.f for one in drawn.series] == ["客户!$B$2:$B$3", "客户!$C$2:$C$3"]
    assert {one.cat.strRef.f for one in drawn.series} == {"客户!$A$2:$A$3"}


def test_worksheets_have_names_that_a_book_allows() -> None:
    report = report_of(FULL)
    long = "a/b:c" * 10
    sheets = [replace(report.sheets[0], title=title, rows=[FULL]) for title in (long, long, "A?", "a*", "")]
    names = read_xlsx(replace(report, sheets=sheets)).sheetnames
    assert len({name.casefold() for name in names}) == 5
    assert all(0 < len(name) <= 31 for name in names)


@pytest.mark.parametrize("text", [*RUNNING, *naughty()])
def test_no_text_is_run_or_steers(text: str) -> None:
    report = report_of((text, *EMPTY[1:]))
    cell = read_csv(report)[1][0]
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert read_xlsx(report).active["A2"].data_type in ("s", "n"), "an empty one is no text"
    assert json.loads(written(report, "json"))["sheets"][0]["rows"][0]["count"] == 0
    for form in ("csv", "json", "md", "table"):
        found = written(report, form).decode()
        assert not {letter for letter in found if ord(letter) < 32} - {"\n", "\r"}
        assert not set(found) & set("\x1b\x9b\u202e")
    table = written(report, "md").decode().split("\n")
    assert sum(line.startswith("|") for line in table) == 3
    assert table[-2].replace("\\|", "").count("|") == len(COLUMNS) + 1


def test_a_terminal_loses_columns_before_it_cuts_numbers() -> None:
    columns = [replace(column, rank=place) for place, column in enumerate(COLUMNS)]
    report = report_of(FULL, ("x" * 200, *FULL[1:]))
    report = replace(report, sheets=[replace(report.sheets[0], columns=columns)])
    stream = io.BytesIO()
    from tui.reports import printed

    printed.write(report, FRAME, stream, width=60)
    lines = stream.getvalue().decode().splitlines()
    assert lines[0] == "客户 · 2026-11-01 – 2026-12-01 · north"
    assert max(map(cell_len, lines)) <= 60
    assert "1,234,567.80" in lines[3]
    assert "时间" in lines[-1] or "时间" in lines[-2], "what there was no room for is named"


def test_a_sheet_is_read_once_and_row_by_row() -> None:
    read = []

    def rows() -> Iterator[Row]:
        for place in range(2_000):
            read.append(place)
            yield (str(place), *EMPTY[1:])

    for form in files.FORMATS:
        read.clear()
        sheet = Sheet("some", "客户", COLUMNS, rows())
        assert len(written(Report("r", "客户", [sheet]), form)) > 2_000
        assert read == list(range(2_000))


def test_nothing_to_show_is_said() -> None:
    assert "Nothing in this period." in written(report_of(), "table").decode()
    i18n.use("zh_CN")
    try:
        assert "此期间没有记录。" in written(report_of(), "table").decode()
    finally:
        i18n.use("en")
