"""`callfloor import`: what it shows, asks and says."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.models.exchange import made
from tui.__main__ import callfloor
from tui.cli import shared


class Floor:
    """A floor set up through the command line, and its manager."""

    def __init__(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.url = url
        self.login = "boss"
        monkeypatch.setattr(shared, "caller", lambda _config: self.login)
        monkeypatch.setattr("tui.cli.floor.caller", lambda _config: self.login)

    def __call__(self, *words: str, code: int = 0, typed: str | None = None) -> Result:
        """Runs one command and looks at its exit code."""
        words = (words[0], "--db", self.url, *words[1:])
        result = CliRunner().invoke(callfloor, words, prog_name="callfloor", input=typed)
        assert result.exit_code == code, result.output
        return result


@pytest.fixture
def floor(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Floor:
    """A new floor with its manager."""
    made_floor = Floor(database_url, monkeypatch)
    made_floor("init", "--name", "Ours", "--zone", "Asia/Shanghai", "--region", "CN")
    return made_floor


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
