"""Reading a playbook: what comes out, and what is said of a text that is no playbook."""

from __future__ import annotations

import pickle
from datetime import time
from decimal import Decimal
from pathlib import Path

import pytest

import funnel
from funnel import Day, Flag, TouchKind
from models.playbook import LineFault, PlaybookFault, load_playbook, read_playbook
from tests.models.small_playbook import SMALL, Slip, check, fault_of


def test_a_playbook_is_read_into_the_types_of_the_heart() -> None:
    book = read_playbook(SMALL)
    assert (book.code, book.name.zh) == ("small", "小")
    assert [source.cost for source in book.sources] == [Decimal("1.1"), Decimal("35.00")]
    assert book.windows == (funnel.Window(frozenset({Day.MON, Day.TUE}), time(9), time(12, 30)),)
    assert book.outcome("talked").flags == frozenset({Flag.HUMAN, Flag.CONTACT})
    assert book.stage("new").required_touches == (
        funnel.TouchRule(count=2),
        funnel.TouchRule(kind=TouchKind.CALL, outcomes=("talked",)),
    )
    assert book.fields[0].choices[0].code == "x"
    assert book.caps == funnel.Caps(tries_a_day=2)
    assert hash(book)


STAGE, SOURCE = ("stages", 0), ("sources", 0)

MISTYPED = {
    "number as text": Slip("= 20\n", '= "20"\n', 42, (*STAGE, "probability"), "wrong_type", '"20"', ("integer",)),
    "broken number": Slip("= 20\n", "= 20.5\n", 42, (*STAGE, "probability"), "wrong_type", "20.5", ("integer",)),
    "text as number": Slip('"new"', "1", 40, (*STAGE, "code"), "wrong_type", "1", ("string",)),
    "truth as number": Slip("true", "1", 65, ("stages", 1, "is_won"), "wrong_type", "1", ("boolean",)),
    "number as truth": Slip("day = 2", "day = true", 68, ("caps", "tries_a_day"), "wrong_type", "true", ("integer",)),
    "time as text": Slip("12:30:00", '"12:30"', 23, ("windows", 0, "closes"), "wrong_type", '"12:30"', ("local time",)),
    "date as text": Slip(
        '"Hello {person}"', "2026-03-04", 49, (*STAGE, "script", "en"), "wrong_type", "2026-03-04", ("string",)
    ),
    "text in no language": Slip(
        '{ en = "Web", zh = "官网" }', '"Web"', 12, (*SOURCE, "name"), "wrong_type", '"Web"', ("table",)
    ),
    "advice in one language": Slip(
        "[caps]",
        '[advice]\nideal = { en = "Go on." }\n\n[caps]',
        68,
        ("advice", "ideal", "zh"),
        "missing",
        "",
        ("string",),
    ),
    "one as many": Slip("[60]", "60", 30, ("outcomes", 0, "retry_minutes"), "wrong_type", "60", ("array",)),
    "table as array": Slip("[caps]", "[[caps]]", 67, ("caps",), "wrong_type", "array", ("table",)),
    "array as table": Slip("[[windows]]", "[windows]", 20, ("windows",), "wrong_type", "table", ("array",)),
    "entry of another type": Slip(
        '"size",\n', "7,\n", 46, (*STAGE, "required_fields", 1), "wrong_type", "7", ("string",)
    ),
    "flag as number": Slip('"unworkable"', "1", 36, ("outcomes", 1, "flags", 0), "wrong_type", "1", tuple(Flag)),
    "long text as number": Slip(
        "= 20\n", f"= '{'x' * 99}'\n", 42, (*STAGE, "probability"), "wrong_type", '"' + "x" * 58 + "…", None
    ),
    "cost in words": Slip('"35.00"', '"much"', 18, ("sources", 1, "cost"), "not_a_number", '"much"'),
    "cost of no number": Slip("1.10", "nan", 13, (*SOURCE, "cost"), "not_a_number", "nan"),
    "cost below nothing": Slip("1.10", "-1", 13, (*SOURCE, "cost"), "negative", "-1", ("0",)),
    "cost beyond measure": Slip("1.10", "1e9", 13, (*SOURCE, "cost"), "too_large", "1000000000.0", ("1000000",)),
    "cost as truth": Slip("1.10", "false", 13, (*SOURCE, "cost"), "wrong_type", "false", ("number", "string")),
    "minutes beyond measure": Slip(
        "[60]", "[60, 10_000_000]", 30, ("outcomes", 0, "retry_minutes", 1), "too_large", "10000000", ("1000000",)
    ),
}

MISNAMED = {
    "name missing": Slip('name = { en = "New", zh = "新" }\n', "", 39, (*STAGE, "name"), "missing", "", ("table",)),
    "language missing": Slip('en = "Web", ', "", 12, (*SOURCE, "name", "en"), "missing", "", ("string",)),
    "language of a table missing": Slip(
        'zh = "您好{person}"\n', "", 48, (*STAGE, "script", "zh"), "missing", "", ("string",)
    ),
    "code of the playbook missing": Slip('code = "small"\n', "", 1, ("code",), "missing", "", ("string",)),
    "list missing": Slip(
        'loss_reasons = [{ code = "price", name = { en = "Price", zh = "价格" } }]\n',
        "",
        1,
        ("loss_reasons",),
        "missing",
        "",
        ("array",),
    ),
    "opening hour missing": Slip("opens = 09:00:00\n", "", 20, ("windows", 0, "opens"), "missing", "", ("local time",)),
    "key misspelt": Slip(
        "= 20\n", "= 20\ndwel_days = 3\n", 43, (*STAGE, "dwel_days"), "unknown_key", "dwel_days", ("dwell_days",)
    ),
    "table misspelt": Slip("[caps]", "[cap]", 67, ("cap",), "unknown_key", "cap", ("caps",)),
    "key like no other": Slip(
        'zh = "未接通"',
        'zh = "未接通", xx = ""',
        6,
        ("invalid_reasons", 1, "name", "xx"),
        "unknown_key",
        "xx",
        ("en", "zh"),
    ),
    "flag misspelt": Slip(
        '"contact"]', '"contakt"]', 29, ("outcomes", 0, "flags", 1), "unknown", "contakt", tuple(Flag)
    ),
    "kind of touch misspelt": Slip(
        '"call"', '"phone"', 54, (*STAGE, "required_touches", 1, "kind"), "unknown", "phone", tuple(TouchKind)
    ),
    "day misspelt": Slip('"tue"', '"tues"', 21, ("windows", 0, "days", 1), "unknown", "tues", tuple(Day)),
}


@pytest.mark.parametrize("slip", MISTYPED.values(), ids=MISTYPED)
def test_a_value_of_the_wrong_type_is_named_with_its_line(slip: Slip) -> None:
    check(slip)


@pytest.mark.parametrize("slip", MISNAMED.values(), ids=MISNAMED)
def test_a_key_that_is_missing_or_misspelt_is_named_with_its_line(slip: Slip) -> None:
    check(slip)


@pytest.mark.parametrize(
    ("old", "new", "line", "found"),
    [
        ('"small"', '"small', 1, "Illegal character"),
        ("09:00:00", "09:00", 22, "Expected newline or end of document after a statement"),
        ("[caps]", "[caps", 67, "Expected"),
        ("day = 2", "day = 2\ntries_a_day = 3", 69, "Cannot overwrite a value"),
        ("day = 2\n", "day = '''2\n\n\n", 68, "Expected"),
        ("= 20\n", f"= {'9' * 5000}\n", 1, "Exceeds the limit"),
        ("[60]", "[" * 9999, 1, "maximum recursion depth"),
    ],
    ids=["text", "time", "bracket", "twice", "end", "digits", "depth"],
)
def test_a_text_that_is_no_toml_is_refused_at_its_line(old: str, new: str, line: int, found: str) -> None:
    fault = fault_of(SMALL.replace(old, new, 1))
    assert (fault.line, fault.path, fault.code, len(fault.faults)) == (line, (), "syntax", 1)
    assert fault.found.startswith(found)
    assert "(at " not in fault.found


def test_all_mistakes_are_told_at_once_top_to_bottom() -> None:
    text = SMALL.replace("09:00:00", "9").replace("true", "1").replace(', zh = "小"', "").replace("[caps]", "[cap]")
    fault = fault_of(text)
    assert [(one.line, one.code, one.path[-1]) for one in fault.faults] == [
        (2, "missing", "zh"),
        (22, "wrong_type", "opens"),
        (65, "wrong_type", "is_won"),
        (67, "unknown_key", "cap"),
    ]
    assert fault.faults[0] == LineFault(fault.line, fault.path, fault.code, fault.found, fault.allowed)


def test_for_the_log_a_fault_is_one_line_with_its_place() -> None:
    fault = fault_of(SMALL.replace("day = 2", "day = 0").replace("[60]", "[60, -5]").replace("true", "false"))
    assert str(fault).splitlines() == [
        "small.toml:30: outcomes[0].retry_minutes[1]: not_positive (found -5; allowed 1)",
        "small.toml:39: stages: no_won_stage",
        "small.toml:68: caps.tries_a_day: not_positive (found 0; allowed 1)",
    ]


def test_a_fault_travels_between_processes() -> None:
    fault = fault_of(SMALL.replace("[60]", "[0]"))
    again = pickle.loads(pickle.dumps(fault))
    assert (str(again), again.faults, again.line) == (str(fault), fault.faults, 30)


def test_a_file_may_begin_with_a_mark_and_end_its_lines_as_windows_does(tmp_path: Path) -> None:
    file = tmp_path / "small.toml"
    file.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load_playbook(file) == read_playbook(SMALL)


def test_a_fault_of_a_file_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "small.toml"
    file.write_text(SMALL, encoding="utf-8")
    with pytest.raises(PlaybookFault) as caught:
        load_playbook(str(file), reserved_keys="it")
    assert (caught.value.file, [fault.line for fault in caught.value.faults]) == (str(file), [28, 35])


def test_a_file_in_another_encoding_is_refused_at_the_line(tmp_path: Path) -> None:
    file = tmp_path / "small.toml"
    file.write_bytes(b'code = "small"\n# ' + "规模".encode("gb18030"))
    with pytest.raises(PlaybookFault) as caught:
        load_playbook(file)
    assert (caught.value.line, caught.value.code) == (2, "not_utf8")


def test_a_file_that_is_not_there_is_no_fault_of_a_playbook(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_playbook(tmp_path / "none.toml")


def test_what_was_typed_cannot_break_the_lines_of_the_log() -> None:
    fault = fault_of(SMALL.replace('"new"', '"a\\nforged:1: line \\u001b[2J"'))
    assert str(fault) == "small.toml:40: stages[0].code: not_a_code (found a\\nforged:1: line \\x1b[2J)"
