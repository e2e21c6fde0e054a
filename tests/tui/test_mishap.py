"""What nobody foresaw: a sentence with a reference, and a log that tells where it was and nothing of a customer."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tui import __main__ as entry
from tui import mishap
from tui.cli import grants

NUMBER = "+86 138 0013 8000"


def fail(*_: object, **__: object) -> None:
    """An error whose text and whose cause's text are a customer's."""
    try:
        raise KeyError(NUMBER)
    except KeyError as error:
        raise ValueError(f"no such number: {NUMBER}") from error


def test_the_log_tells_where_and_nothing_of_whom() -> None:
    with pytest.raises(ValueError, match="no such") as failed:
        fail()
    reference = mishap.record(failed.value)
    said = mishap.log_file().read_text("utf-8")
    assert f"{reference} ValueError" in said
    assert "  KeyError\n" in said, "its cause too"
    assert "in fail" in said
    assert NUMBER not in said


def test_a_place_that_takes_no_log_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mishap, "log_file", lambda: Path("/dev/null/callfloor.log"))
    assert "Reference" in mishap.sentence(ValueError())


def test_a_command_ends_with_a_reference_instead_of_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(grants, "open_floor", fail)
    monkeypatch.setattr(sys, "argv", ["callfloor", "grants"])
    with pytest.raises(SystemExit) as ended:
        entry.main()
    assert ended.value.code == mishap.UNFORESEEN
    shown = capsys.readouterr()
    assert shown.out == ""
    reference = log().split()[1]
    assert f"Reference {reference}, in {mishap.log_file()}" in shown.err
    assert NUMBER not in shown.err + log()
    assert "Traceback" not in shown.err


def log() -> str:
    """All that is in the log."""
    return mishap.log_file().read_text("utf-8")
