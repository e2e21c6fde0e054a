"""What a list's columns mean, told from its headings in two languages or from what stands in them."""

from __future__ import annotations

import pytest

from models.exchange import guessing, headings
from models.exchange.mapping import CLOSED, ListMap
from models.playbook import read_playbook, shipped_text
from tests.models.exchange import made

PLAYBOOK = read_playbook(shipped_text("telesales"))


def guessed(rows: list[list[str]]) -> ListMap:
    has_header = guessing.has_header(rows)
    names = rows[0] if has_header else [""] * len(rows[0])
    return guessing.guess(names, rows[has_header:], PLAYBOOK)


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("客户名称", "company"), ("公司", "company"), ("联系人", "person"), ("电话", "number"), ("手机", "number"),
        ("行业", "industry"), ("线索来源", "source"), ("来源", "source"), ("需求", "need"), ("客户需求/痛点", "need"),
        ("负责人", "owner"), ("预计成交金额(万元)", "amount"), ("预计成交额（元）", "amount"), ("所属阶段", "stage"),
        ("首次接触时间", headings.FIRST_TOUCH), ("当前阶段停留时长(天)", "days"), ("计划销售的产品", "product"),
        ("Company Name", "company"), ("phone_number", "number"), ("E-Mail Address", "email"), ("Lead Source", "source"),
        ("first_name", headings.FIRST_NAME), ("Deal Value", "amount"), ("vendor_lead_code", "code"),
        ("Expected Close Date", "expected_on"), ("Job Title", "title"), ("colour", ""), ("", ""),
    ],
)  # fmt: skip
def test_headings(heading: str, target: str) -> None:
    """Blanks, case, signs and brackets do not matter."""
    assert headings.meaning(heading) == target


def test_the_tracking_sheet_of_the_trade() -> None:
    """All its columns but the last are taken, its past with it."""
    how = guessed([list(made.TRACKING), ["LF1", "A/B", *[""] * 12, "13800138000"]])
    assert {"code", "company", "person", "source", "need", "expected_on", "amount", "owner", "number"} <= set(
        how.fields
    )
    assert (how.fields["company"].take, how.fields["person"].take) == (1, 2)
    assert how.fields["amount"].unit == "万元"
    assert how.history.stage is not None
    assert how.history.days is not None
    assert set(how.history.entered) == {"E"}
    assert how.history.touches[0].note.column == "跟进内容摘要"
    assert CLOSED not in how.history.entered


def test_names_and_addresses_in_parts() -> None:
    """They are put together."""
    how = guessed(
        [
            ["first_name", "last_name", "phone_code", "phone_number", "address1", "city"],
            ["A", "B", "44", "7911123456", "C", "D"],
        ]
    )
    assert how.fields["person"].template == "{first_name} {last_name}"
    assert how.fields["address"].template == "{address1} {city}"
    assert how.fields["number"].code is not None
    assert how.fields["number"].code.column == "phone_code"


def test_a_list_without_headings_is_told_by_its_cells() -> None:
    """Numbers, addresses, companies and names look like what they are."""
    rows = [[str(place), "华星机械有限公司", "王小明", f"1380013{place:04}", f"a{place}@b.cn"] for place in range(20)]
    how = guessed(rows)
    assert {target: rule.column for target, rule in how.fields.items()} == {
        "company": "2", "person": "3", "number": "4", "email": "5",
    }  # fmt: skip


def test_the_dialler_s_list_has_no_heading() -> None:
    """Its numbers are found where they are."""
    rows = made.dialler()
    assert not guessing.has_header(rows)
    how = guessed(rows)
    assert (how.fields["number"].column, how.fields["email"].column) == ("5", "21")


@pytest.mark.parametrize(
    ("rows", "is_header"),
    [
        ([["Company", "Phone"], ["A", "1"]], True),
        ([["公司", "电话"], ["A", "1"]], True),
        ([["Firma", "Rufnummer"], ["A", "030 123456"], ["B", "5"]], True),
        ([["A", "13800138000"], ["B", "13800138001"]], False),
        ([["A", "B"], ["C", "D"]], False),
        ([], False),
    ],
)
def test_whether_there_is_a_heading(rows: list[list[str]], is_header: bool) -> None:
    """Known words say yes, numbers say no, between unknown words the rows below decide."""
    assert guessing.has_header(rows) == is_header


def test_two_columns_of_one_name_are_told_apart() -> None:
    """By their numbers; the second phone is the second phone."""
    how = guessed([["Company", "Phone", "Phone"], ["A", "13800138000", "13800138001"]])
    assert (how.fields["number"].column, how.fields["number2"].column) == ("2", "3")


def test_fields_of_the_playbook_have_headings_too() -> None:
    """By code and by name in both languages."""
    how = guessed([["Phone", "方便接听时间", "Referred by"], ["13800138000", "x", "y"]])
    assert {"best_time", "referrer"} <= set(how.fields)
