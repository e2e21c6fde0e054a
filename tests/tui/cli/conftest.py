"""A floor for the tests of the command line."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from tui.__main__ import callfloor
from tui.cli import shared


class Floor:
    """A floor set up through the command line, and whoever speaks to it."""

    def __init__(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.url = url
        self.login = "boss"
        monkeypatch.setattr(shared, "caller", lambda _config: self.login)
        monkeypatch.setattr("tui.cli.floor.caller", lambda _config: self.login)

    def __call__(self, *words: str, code: int = 0, typed: str = "") -> Result:
        """Runs one command and looks at its exit code."""
        result = CliRunner().invoke(
            callfloor, [words[0], "--db", self.url, *words[1:]], prog_name="callfloor", input=typed
        )
        assert result.exit_code == code, result.output
        return result


@pytest.fixture
def floor(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Floor:
    """A new floor with its manager."""
    made = Floor(database_url, monkeypatch)
    made("init", "--name", "Ours", "--zone", "Asia/Shanghai", "--region", "CN")
    return made
