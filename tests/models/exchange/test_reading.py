"""Whatever wrote a list, its rows come out as they went in; what is no list is refused by its name."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from models.errors import Refused
from models.exchange import dialects
from models.exchange.reading import Listing, open_list
from tests.models.exchange import made

ENCODINGS = {
    "utf-8": b"",
    "utf-8-sig": b"",
    "utf-16": b"",
    "utf-16-le": b"\xff\xfe",
    "utf-16-be": b"\xfe\xff",
    "gb18030": b"",
    "cp1252": b"",
}
CHINESE = some.text("华星机械东方纸业有限公司联系人电话行业制造贸易物流北京上海广州", min_size=3, max_size=12)
# Letters that the code pages of Western and of Central Europe share: a few rows cannot tell the two apart.
WESTERN = some.text("abcdefghij éüäçß-'&", min_size=1, max_size=12).map(lambda text: f"x{text}")
PLAIN = some.text("abcXYZ 019.@-_", min_size=1, max_size=10).map(lambda text: f"n{text}".strip())
HARD = some.sampled_from(['say "so"', "two\nlines", "a,b;c\td|e", "it's", "x" * 500, '"', 'ends with "'])


@some.composite
def tables(draw: some.DrawFn, cells: some.SearchStrategy[str]) -> list[list[str]]:
    """Tables of one width, no row or cell of them blank."""
    width = draw(some.integers(2, 7))
    return draw(some.lists(some.lists(cells, min_size=width, max_size=width), min_size=3, max_size=12))


def read(path: Path, content: bytes) -> tuple[Listing, list[list[str]]]:
    path.write_bytes(content)
    listing = open_list(path)
    return listing, list(listing.rows())


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables(PLAIN), some.sampled_from(",;\t|"), some.sampled_from(["\n", "\r\n", "\r"]), some.data())
def test_every_dialect_reads_back(
    tmp_path: Path, table: list[list[str]], separator: str, end: str, data: some.DataObject
) -> None:
    """Separators, line ends and encodings with a mark or without."""
    encoding = data.draw(some.sampled_from(sorted(ENCODINGS)))
    content = made.written(table, separator=separator, end=end, encoding=encoding, mark=ENCODINGS[encoding])
    assert read(tmp_path / "list.csv", content)[1] == table


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables(PLAIN | HARD), some.sampled_from(",;\t|"))
def test_what_is_quoted_reads_back(tmp_path: Path, table: list[list[str]], separator: str) -> None:
    """Quotes in texts, ends of lines in texts, separators in texts; told which separator it is."""
    path = tmp_path / "list.csv"
    path.write_bytes(made.written(table, separator=separator))
    assert list(open_list(path, separator=separator, skip=0).rows()) == table


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables(CHINESE), some.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]))
def test_chinese_reads_back(tmp_path: Path, table: list[list[str]], encoding: str) -> None:
    """Also where nothing says that it is GB18030."""
    assert read(tmp_path / "list.csv", made.written(table, encoding=encoding))[1] == table


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables(WESTERN), some.sampled_from(["utf-8", "utf-16", "cp1252"]))
def test_western_letters_read_back(tmp_path: Path, table: list[list[str]], encoding: str) -> None:
    """Accents are neither Chinese nor Cyrillic."""
    assert read(tmp_path / "list.csv", made.written(table, encoding=encoding))[1] == table


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Иванов,Москва,телефон дома\n" * 30, "cp1251"), ("景點名稱,開放時間,地址電話\n" * 30, "big5")],
)
def test_other_scripts_are_guessed(tmp_path: Path, text: str, encoding: str) -> None:
    """By how often their signs occur."""
    _, rows = read(tmp_path / "list.csv", text.encode(encoding))
    assert rows[0] == text.splitlines()[0].split(",")


def test_a_sheet_reads_as_it_would_be_typed(tmp_path: Path) -> None:
    """Whole numbers without '.0', days without midnight, the first sheet that is not empty."""
    path = made.sheet(
        [["A", "B", "C", "D"], [13800138000.0, dt.date(2026, 3, 1), dt.datetime(2026, 3, 1, 9, 30), 0.5]],  # noqa: DTZ001
        tmp_path / "list.xlsx",
        above=2,
    )
    listing = open_list(path)
    assert listing.sheet == "Sheet2"
    assert list(listing.rows())[1] == ["13800138000", "2026-03-01", "2026-03-01 09:30:00", "0.5"]
    with pytest.raises(Refused) as refused:
        open_list(path, sheet="Nowhere")
    assert (refused.value.code, refused.value.fields["allowed"]) == ("list_sheet", ("Sheet", "Sheet1", "Sheet2"))


REFUSED = {
    "empty.csv": "list_empty",
    "blank.csv": "list_empty",
    "mark only.csv": "list_empty",
    "archive.zip": "list_zip",
    "locked.ods": "list_encrypted",
    "locked.xlsx": "list_encrypted",
    "broken.xls": "list_unreadable",
    "broken.xlsx": "list_unreadable",
    "picture.csv": "list_binary",
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_is_no_list_is_refused(tmp_path: Path, name: str) -> None:
    """Each for what it is."""
    path = tmp_path / name
    path.write_bytes(made.HOSTILE[name]())
    with pytest.raises(Refused) as refused:
        open_list(path)
    assert refused.value.code == REFUSED[name]
    assert refused.value.fields["file"] == name


def test_a_folder_and_nothing_are_refused(tmp_path: Path) -> None:
    """As what they are."""
    for path, code in ((tmp_path, "list_folder"), (tmp_path / "nowhere.csv", "list_missing")):
        with pytest.raises(Refused) as refused:
            open_list(path)
        assert refused.value.code == code


def test_titles_above_the_table_are_passed(tmp_path: Path) -> None:
    """A sheet's heading of one cell is no row."""
    _, rows = read(tmp_path / "titled.csv", made.HOSTILE["titled.csv"]())
    assert rows[0] == ["Company", "Contact", "Phone"]


def test_ascii_separators(tmp_path: Path) -> None:
    """ASCII has signs of its own for cells and rows."""
    listing, rows = read(tmp_path / "ascii.txt", made.HOSTILE["ascii.txt"]())
    assert listing.dialect.separator == dialects.UNIT
    assert rows == [["Company", "Phone"], ["A", "13800138000"], ["B", "13800138001"]]
