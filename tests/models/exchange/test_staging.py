"""The file in which a list waits: nothing of it is left, however the import ended."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

from models.exchange.staging import Staging

KILLED = """
import os, signal, sys
from pathlib import Path
from models.exchange.staging import Staging
Staging(Path(sys.argv[1]))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_next_import_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    """And never what another works on."""
    folder = tmp_path / "lists"
    folder.mkdir()
    subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False)
    left = set(folder.iterdir())
    assert len(left) == 1
    with closing(Staging(folder)) as one, closing(Staging(folder)) as other:
        assert set(folder.iterdir()) == {one.path, other.path}
        assert not left & {one.path, other.path}
        one.finish()
        other.finish()
    assert list(folder.iterdir()) == []
