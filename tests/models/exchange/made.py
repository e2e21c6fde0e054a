"""Lists that look like real ones, with their traps, from a fixed seed."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import openpyxl

DIALLED = [("1", "727"), ("1", "312"), ("44", "7911"), ("61", "2 94"), ("52", "55")]
TRACKING = (
    *("线索编号", "客户名称/联系人", "线索来源", "所属阶段", "首次接触时间", "最近跟进时间", "跟进方式"),
    *("跟进内容摘要", "客户需求/痛点", "预计成交日期", "预计成交金额(万元)", "负责人"),
    *("当前阶段停留时长(天)", "转化率/阶段通过率", "联系电话"),
)  # fmt: skip
"""The trade's tracking sheet."""
PLAIN = ("Company", "Contact", "Phone", "E-mail", "Industry", "Lead Source")


def dialler(count: int = 14, seed: int = 1) -> list[list[str]]:
    """Rows of 23 columns without heading: codes of four countries, some numbers short, some twice, one alternate."""
    draw = random.Random(seed)
    rows: list[list[str]] = []
    for row in range(count):
        code, area = draw.choice(DIALLED)
        number = area.replace(" ", "") + "".join(draw.choices("23456789", k=10 - len(area.replace(" ", ""))))
        number = "12" if row % 7 == 6 else rows[-1][4] if row % 5 == 4 else number
        code = rows[-1][3] if row % 5 == 4 else code
        rows.append([
            str(100_001 + row - row % 6 // 5), str(10_001 + row), "129", code, number, "MR", "John", "Q",
            f"Πάπ{row:02}", "249 MUNDON ROAD", "", "", "MALDON", "FL", "", "33709", "USA", "M", "1970-01-01",
            "7275551212", "test@example.com", "nothing", "COMMENTS, and more",
        ])  # fmt: skip
    return rows


def bank(count: int = 400, seed: int = 2) -> list[list[str]]:
    """Rows of a bank's campaigns with their heading: dates without years, in order, from May 2008 on."""
    draw = random.Random(seed)
    months = "may jun jul aug oct nov dec jan feb mar apr may jun".split()
    rows = [["job", "contact", "day", "month", "duration", "campaign", "y"]]
    for place in range(count):
        month = months[place * len(months) // count]
        sold = "yes" if draw.random() < 0.12 else "no"
        contact = draw.choice(["cellular", "telephone", "unknown"])
        day, talked, calls = draw.randint(1, 28), draw.randint(5, 900), draw.choice([1, 1, 1, 2, 3, 7])
        rows.append(["admin.", contact, str(day), month, str(talked), str(calls), sold])
    return rows


def bought(count: int, seed: int = 3, *, twice: float = 0.0) -> list[list[str]]:
    """A bought list with headings: Chinese mobile numbers, some of them twice."""
    draw = random.Random(seed)
    rows = [list(PLAIN)]
    numbers: list[str] = []
    for place in range(count):
        again = numbers and draw.random() < twice
        number = draw.choice(numbers) if again else f"13{draw.randrange(10**9):09d}"
        numbers.append(number)
        rows.append([f"公司 {place}", f"Person {place}", number, f"p{place}@example.com", "制造", "展会"])
    return rows


def written(
    rows: Iterable[Sequence[str]], *, separator: str = ",", encoding: str = "utf-8", end: str = "\n", mark: bytes = b""
) -> bytes:
    """A table as a text file."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(rows)
    return mark + out.getvalue().encode(encoding)


def sheet(rows: Iterable[Sequence[object]], path: Path, *, above: int = 0) -> Path:
    """A table as an xlsx file, behind so many empty sheets."""
    book = openpyxl.Workbook()
    for _ in range(above):
        book.create_sheet()
    target = book.worksheets[-1]
    for row in rows:
        target.append(list(row))
    book.save(path)
    return path


def _archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("list.csv", "a,b\n1,2\n")
    return out.getvalue()


def _ods_with_password() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("content.xml", b"\x00")
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NAUGHTY = ["=cmd|' /C calc'!A0", "@SUM(1+9)", "\x1b[31mred\x07", "\u202etxt", "[red]x[/red]", "'; DROP TABLE lead; --",
    "ÅÍÎÏ˝ÓÔÒÚÆ☃", "田中さんにあげて下さい", "🏳0🌈️", "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮", "%s%x", "{row}", "\x00nul", "1/0", "-1e309"]  # fmt: skip

HOSTILE: dict[str, Callable[[], bytes]] = {
    "empty.csv": lambda: b"",
    "blank.csv": lambda: b"\n\r\n \n",
    "mark only.csv": lambda: b"\xef\xbb\xbf",
    "archive.zip": _archive,
    "locked.ods": _ods_with_password,
    "locked.xlsx": lambda: OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(500),
    "broken.xls": lambda: OLE + bytes(2_000),
    "broken.xlsx": lambda: _archive()[:60],
    "picture.csv": lambda: bytes(range(256)) * 40,
    "no numbers.csv": lambda: b"a,b,c\n1,2,3\n",
    "one cell.csv": lambda: b"a",
    "open quote.csv": lambda: b'Company,Phone\n"A,13800138000\nB,13800138001\n',
    "wide.csv": lambda: b"Company,Phone\nA,13800138000,extra,extra\nB,13800138001\nC\n",
    "nul.csv": lambda: b"Company,Phone\nA\x00B,13800138000\n",
    "old mac.csv": lambda: b"Company,Phone\rA,13800138000\rB,13800138001\r",
    "naughty.csv": lambda: written(
        [["Company", "Phone", "Comments"]]
        + [[text, f"138001380{place:02}", text] for place, text in enumerate(NAUGHTY)]
    ),
    "naughty numbers.csv": lambda: written([["Company", "Phone"], *(["A", text] for text in NAUGHTY)]),
    "huge cell.csv": lambda: b"Company,Phone\n" + b"x" * 200_000 + b",13800138000\nB,13800138001\n",
    "broken utf-8.csv": lambda: (
        "公司,电话\n".encode() + "星星机械,13800138000\n".encode() * 60 + b"\xff\xfe,13800138001\n"
    ),
    "half a sign.csv": lambda: "公司,电话\n星,13800138000".encode("gb18030") + b"\x81",
    "ascii.txt": lambda: b"Company\x1fPhone\x1eA\x1f13800138000\x1eB\x1f13800138001\x1e",
    "titled.csv": lambda: b"Fair of May,,\n,,\nCompany,Contact,Phone\nA,B,13800138000\n",
}  # fmt: skip
"""Name → content of files that a list should not be, and of lists that hurt."""
