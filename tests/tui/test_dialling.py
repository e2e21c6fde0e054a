"""A number is handed over as it is, to a real program, and never through a shell."""

from __future__ import annotations

import queue
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import FloorError, Refused
from tests.tui.test_config import write
from tui import config, dialling, words

NUMBER = "+8613800138000"
SOON = 20
"""Seconds after which a program that was started has not answered."""


def program(folder: Path, text: str) -> Path:
    """A real program; `$0.out` beside it is where it may write."""
    path = write(folder / "soft phone", f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def failures() -> queue.Queue[FloorError]:
    return queue.Queue()


def started(path: Path, failures: queue.Queue[FloorError], *rest: str) -> None:
    dialling.start((str(path), *rest), NUMBER, failures.put)


def test_the_number_is_one_argument_and_no_shell_reads_the_others(
    tmp_path: Path, failures: queue.Queue[FloorError]
) -> None:
    path = program(tmp_path, 'for one; do echo "$one"; done > "$0.out"; exit 3')
    started(path, failures, "$(touch pwned); a b", "--to={number}")
    failures.get(timeout=SOON)  # it ended
    assert Path(f"{path}.out").read_text().splitlines() == ["$(touch pwned); a b", f"--to={NUMBER}"]


def test_it_has_no_terminal_to_write_on(
    tmp_path: Path, failures: queue.Queue[FloorError], capfd: pytest.CaptureFixture[str]
) -> None:
    path = program(tmp_path, "echo noise; echo noise >&2; read line; (echo noise > /dev/tty) && exit 4; exit 5")
    started(path, failures)
    assert failures.get(timeout=SOON).fields["ended"] == 5
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        ("exit 7", 0o700, "could not dial: it ended with 7."),
        ("kill -9 $$", 0o700, "could not dial: it ended with -9."),
        ("exit 0", 0o000, "cannot dial: Permission denied"),
    ],
)
def test_what_went_wrong_is_one_sentence(
    tmp_path: Path, failures: queue.Queue[FloorError], text: str, mode: int, said: str
) -> None:
    path = program(tmp_path, text)
    path.chmod(mode)
    started(path, failures)
    assert words.refusal(failures.get(timeout=SOON)) == f"{path} {said}"


def test_a_program_that_is_not_there_is_named_with_the_way_out(
    tmp_path: Path, failures: queue.Queue[FloorError]
) -> None:
    started(tmp_path / "nowhere", failures)
    assert "see dial.command in the configuration" in words.refusal(failures.get(timeout=SOON))


@given(st.integers(10**6, 10**15), st.text(max_size=20))
def test_a_link_holds_nothing_but_digits(number: int, extension: str) -> None:
    assert set(dialling.link(number, extension).removeprefix("tel:+").replace(";ext=", "", 1)) <= set("0123456789")


@pytest.mark.parametrize("command", ["", "command = []", 'command = [""]'])
def test_a_command_that_is_not_there_is_refused_at_the_start(tmp_path: Path, command: str) -> None:
    own = write(tmp_path / "own.toml", f'[dial]\nway = "command"\n{command}')
    with pytest.raises(Refused) as refused:
        config.load({"file": str(own)}, {}, system=tmp_path / "nowhere.toml")
    assert words.refusal(refused.value).startswith(f"{own}: dial.way is command")
