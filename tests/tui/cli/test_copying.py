"""`callfloor copy`, as an administrator types it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from click.testing import CliRunner

from tests.tui.floors import set_up
from tui.__main__ import callfloor


def run(*words: str, code: int = 0) -> str:
    """What a command says."""
    result = CliRunner().invoke(callfloor, words, prog_name="callfloor")
    assert result.exit_code == code, result.output
    return result.output


def test_a_floor_moves_to_a_server_and_back(fresh_sqlite: str, fresh_postgres: str, tmp_path: Path) -> None:
    set_up(fresh_sqlite)
    back = tmp_path / "back.db"
    for source, target in ((fresh_sqlite, fresh_postgres), (fresh_postgres, f"sqlite:///{back}")):
        said = run("copy", "--from", source, "--to", target)
        assert re.search(r"^lead +6$", said, flags=re.MULTILINE)
        assert "counted and added up on both sides" in said
        assert "All agrees" in said
        assert "All agrees" in run("check", "--db", target)
    assert os.stat(back).st_mode & 0o077 == 0
    assert "something already" in run("copy", "--from", fresh_sqlite, "--to", str(back), code=2)
    assert "no floor here" in run("copy", "--from", str(tmp_path / "none.db"), "--to", fresh_postgres, code=3)
