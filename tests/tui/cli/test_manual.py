"""`callfloor manual`: Markdown into a pipe, a page in a terminal, in the language that is asked for."""

from __future__ import annotations

import os
import pty
import sys
from pathlib import Path
from subprocess import Popen

from tests.tui.cli.conftest import Floor

ROOT = Path(__file__).parents[3]


def test_the_manual_of_a_campaign_and_of_a_text(floor: Floor) -> None:
    assert "# Stage manual: Telesales A–E" in floor("manual").output
    floor("campaign", "add", "firms", "--playbook", "b2b")
    assert "需求挖掘" in floor("manual", "--campaign", "firms", "--language", "zh_CN").output
    assert "《销售阶段定义手册》" in floor("manual", "--playbook", "seven-step", "--language", "zh_CN").output
    assert "There is no campaign" in floor("manual", "--campaign", "none", code=2).output


def test_in_a_terminal_it_is_paged_and_drawn() -> None:
    """The pager gets what a terminal shows, not the signs of Markdown."""
    ours, theirs = pty.openpty()
    environ = {**os.environ, "PAGER": "cat", "TERM": "xterm-256color", "COLUMNS": "80", "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "tui", "manual", "--playbook", "four-stage", "--language", "en"]
    with Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ, cwd=ROOT) as running:
        os.close(theirs)
        seen = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other side is closed
                break
            if not part:
                break
            seen += part
    os.close(ours)
    assert running.returncode == 0
    text = seen.decode()
    assert "Stage manual: Four stages" in text
    assert "**" not in text
    assert "\x1b[1m" in text
