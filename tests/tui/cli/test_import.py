"""`callfloor import`: what it shows, asks and says."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from models.base import proxy
from models.connect import transact
from tests.models.exchange import made
from tests.tui import floors
from tests.tui.cli.conftest import Floor
from tui.__main__ import callfloor

ROOT = Path(__file__).parents[3]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A list of twenty with two rows that cannot come in and one that is there twice."""
    rows = [*made.bought(17), ["bad", "X", "12", "", "", ""], ["none", "Y", "", "", "", ""]]
    rows.append(["again", *rows[1][1:]])
    found = tmp_path / "list.csv"
    found.write_bytes(made.written(rows))
    return found


def test_a_dry_run_shows_and_does_nothing(floor: Floor, path: Path) -> None:
    """What was understood, with samples; what becomes of how many rows."""
    said = floor("import", str(path), "--dry-run").output
    for words in (
        "20 rows",
        "company ← Company",
        "公司 0 · 公司 1",
        "New: 17 leads",
        "1 row with a number",
        "1 row rejected",
    ):
        assert words in said
    assert "dry run" in said
    assert floor("import", "--list").output == ""


def test_it_shows_the_columns_that_carry_the_past(floor: Floor, tmp_path: Path) -> None:
    """Stages, moments and touches like fields, with samples; a column that the map makes says from what."""
    path = tmp_path / "bank.csv"
    path.write_bytes(made.written(made.bank(30), separator=";"))
    said = floor("import", str(path), "--map", str(ROOT / "docs" / "maps" / "bank.toml"), "--dry-run").output
    lines = [line.strip() for line in said.splitlines()]
    first = made.bank(30)[1]
    at = f"2008-05-{int(first[2]):02}"
    for begin, sample in (
        ("stage ← y", "won" if first[6] == "yes" else "lost"),
        ("why it ended ← always not_interested", "not_interested"),
        ("entered Potential ← contacted = {day} {month}", at),
        ("ended ← contacted = {day} {month}", at),
        ("last touch ← contacted = {day} {month}", at),
        ("number of touches ← campaign", first[5]),
        ("outcome ← y", "talked" if first[6] == "yes" else "refused"),
        ("seconds talked ← duration", first[4]),
        ("note ← {contact}", first[1]),
    ):
        (line,) = [line for line in lines if line.startswith(begin)]
        assert line.removeprefix(begin).split(" · ")[0].strip() == sample
    assert "touched by" not in said
    assert "not taken" not in said


def test_it_shows_the_past_that_it_guessed(floor: Floor, tmp_path: Path) -> None:
    """The tracking sheet of the trade, by its headings alone; a second touch of a map is numbered."""
    path = tmp_path / "sheet.csv"
    row = dict.fromkeys(made.TRACKING, "") | {
        "客户名称/联系人": "星星机械", "所属阶段": "C", "首次接触时间": "2026-03-15", "最近跟进时间": "2026-05-20",
        "跟进方式": "电话", "跟进内容摘要": "说好了", "当前阶段停留时长(天)": "12", "联系电话": "13800138000",
    }  # fmt: skip
    path.write_bytes(made.written([list(row), list(row.values())]))
    said = floor("import", str(path), "--dry-run").output
    for line in (
        "stage ← 所属阶段   C",
        "days in that stage ← 当前阶段停留时长(天)   12",
        "entered Potential ← 首次接触时间   2026-03-15",
        "last touch ← 最近跟进时间   2026-05-20",
        "touched by ← 跟进方式   电话",
        "note ← 跟进内容摘要   说好了",
    ):
        assert line in said
    touch = '[[history.touches]]\nat = "{}"\n'
    (tmp_path / "two.toml").write_text(
        '[fields]\nnumber = "联系电话"\n' + touch.format("首次接触时间") + touch.format("最近跟进时间"), "utf-8"
    )
    said = floor("import", str(path), "--dry-run", "--map", str(tmp_path / "two.toml")).output
    assert "last touch ← 首次接触时间   2026-03-15" in said
    assert "last touch (2) ← 最近跟进时间   2026-05-20" in said


def test_it_asks_and_gives_back_what_it_could_not_take(floor: Floor, path: Path) -> None:
    """No is the answer that Enter gives."""
    assert "Nothing was taken in" in floor("import", str(path), code=2, typed="\n").output
    said = floor("import", str(path), typed="y\n").output
    assert "Import 1: 17 leads taken in" in said
    rejected = (path.parent / "list-rejected.csv").read_text("utf-8").splitlines()
    assert [line.rpartition(",")[2] for line in rejected] == [
        "reason", "no such phone number can exist: 12", "no phone number and no e-mail",
    ]  # fmt: skip
    assert "done" in floor("import", "--list").output
    assert "17 leads taken back" in floor("import", "--undo", "1").output
    assert "taken back" in floor("import", "--list").output
    assert "agree" in floor("check").output.lower()


def test_any_command_that_writes_takes_a_dead_import_back(floor: Floor, path: Path) -> None:
    """One that stopped halfway and whose process is gone; a command that only reads leaves it."""
    floor("import", str(path), "--yes")
    with floors.at(floor.url):
        transact(lambda: proxy.execute_sql("UPDATE intake SET state = 'revealing'"))
    assert "came in by half" in floor("check", code=1).output
    floor("team", "add", "north")
    assert "taken back" in floor("import", "--list").output
    assert "agree" in floor("check").output


def test_an_import_says_what_it_takes_back_first(floor: Floor, path: Path) -> None:
    """Before it looks at its own list."""
    floor("import", str(path), "--yes")
    with floors.at(floor.url):
        transact(lambda: proxy.execute_sql("UPDATE intake SET state = 'revealing'"))
    said = floor("import", str(path), "--dry-run").output
    assert "had stopped halfway" in said
    assert "17 leads taken back" in said
    assert "New: 17 leads" in said


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("nowhere.csv",), 2, "nowhere.csv cannot be opened"),
        ((), 2, "callfloor import FILE"),
        (("--undo", "7"), 2, "There is no import 7"),
        (("{path}", "--map", "nowhere"), 2, "dialler"),
        (("{path}", "--team", "south"), 2, "south"),
        (("{path}", "--team", "a", "--pool"), 2, "one of --team"),
        (("{path}", "--separator", "::"), 2, "one sign"),
    ],
)
def test_one_clear_line_for_what_is_wrong(
    floor: Floor, path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    """Without a traceback."""
    result = floor("import", *(word.format(path=path) for word in words), code=code)
    assert said in result.output


@pytest.mark.parametrize("name", sorted(made.HOSTILE))
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_no_list_gets_one_line(floor: Floor, tmp_path: Path, name: str) -> None:
    """Named, without markup, control characters or a traceback."""
    hostile = tmp_path / name
    hostile.write_bytes(made.HOSTILE[name]())
    words = ["import", "--db", floor.url, str(hostile), "--yes", "--rejected", str(tmp_path / "rejected.csv")]
    result = CliRunner().invoke(callfloor, words, prog_name="callfloor")
    assert result.exit_code in (0, 2), result.output
    assert name in result.output
    assert not any(sign < " " and sign != "\n" for sign in result.output)
    assert result.exit_code == 0 or len(result.stderr.splitlines()) == 1


def test_a_map_s_mistakes_are_named(floor: Floor, path: Path) -> None:
    """File, line, what is wrong and what would be right."""
    odd = path.with_name("odd.toml")
    odd.write_text('[fields]\ncompani = "Company"\n', "utf-8")
    said = floor("import", str(path), "--map", str(odd), code=2).output
    assert "odd.toml:2: fields.compani" in said
    assert "company" in said


def test_it_speaks_chinese(floor: Floor, path: Path) -> None:
    """Where the floor does; every sentence has its translation."""
    words = ["--language", "zh_CN", "import", "--db", floor.url, str(path), "--dry-run"]
    result = CliRunner().invoke(callfloor, words, prog_name="callfloor")
    assert result.exit_code == 0, result.output
    assert "20" in result.output
