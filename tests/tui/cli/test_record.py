"""The record and its backups from the command line, on both databases: proved, erased, copied, put back."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import taking_in
from models.base import new_token
from tests.tui import floors
from tests.tui.cli.conftest import Floor
from tui.cli.shared import now


@pytest.fixture
def floor(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Floor:
    """A new floor with its manager and one lead."""
    made = Floor(database_url, monkeypatch)
    made("init", "--name", "Ours", "--zone", "Asia/Shanghai", "--region", "CN")
    given = {"company": "Brunnenbau", "person": "Ottilie", "source": "internet", "number": "+8613800138000"}
    with floors.at(database_url):
        taking_in.take_in(1, given, by=1, token=new_token(), now=now())
    return made


def test_a_digest_is_printed_and_proves_the_record_later(floor: Floor) -> None:
    """With or without blanks in it; another is refused by name."""
    digest = floor("check", "--anchor").output.split()[-1]
    floor("agent", "add", "ann", "--name", "Ann", "--role", "manager")
    assert "All agrees" in floor("check", "--expect", f"{digest[:20]} {digest[20:]}").output
    assert "never noted" in floor("check", "--expect", "00" * 20, code=1).output


def test_a_person_is_erased(floor: Floor) -> None:
    """By a manager, who is asked first; then all agrees still."""
    assert "goes for good" in floor("erase", "1", "--reason", "asked", code=1).output
    assert "lost" in floor("erase", "1", "--yes", typed="asked in writing\n").output
    assert "All agrees" in floor("check").output
    assert "no such lead" in floor("erase", "77", "--reason", "asked", "--yes", code=2).output


def test_a_backup_is_made_and_put_back(floor: Floor, tmp_path: Path) -> None:
    """Never over a floor that lives, unless somebody says so."""
    floor("backup", "--to", str(tmp_path / "kept"))
    assert "1 old backup is gone" in floor("backup", "--to", str(tmp_path / "kept"), "--keep", "1").output
    (made,) = (tmp_path / "kept").glob("callfloor-*")
    floor("agent", "add", "ann", "--name", "Ann", "--role", "manager")
    assert "--anyway" in floor("restore", str(made), code=2).output
    floor("restore", str(made), "--anyway")
    assert "ann" not in floor("agent", "list").output
    assert "All agrees" in floor("check").output
    assert "no backup" in floor("restore", str(tmp_path), code=2).output
