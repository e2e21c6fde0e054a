"""Colleagues are processes: they work, and they end with their desk, however it ends."""

from __future__ import annotations

import select
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from models import check, connect, feed
from models.base import rows_of
from models.demo import alive
from models.demo.crew import COLLEAGUES

pytestmark = pytest.mark.xdist_group("demo")

ROOT = Path(__file__).parents[3]
TIMEOUT = 60
DESK = """
import sys
from models.demo import alive
from models.demo.crew import COLLEAGUES
with alive.colleagues(sys.argv[1], COLLEAGUES[:3], pace=0.05) as ids:
    print(*ids, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(small_pattern: Path, tmp_path: Path) -> Path:
    """A small floor of this test alone."""
    return Path(shutil.copy(small_pattern, tmp_path / "floor.db"))


def work_is_done(path: Path, entries: int) -> None:
    """Waits on the bell until the colleagues have written so much."""
    database = connect.use(str(path))
    bell = feed.open_bell()
    assert bell is not None
    first = last = rows_of("SELECT MAX(id) FROM journal")[0][0]
    while last < first + entries:
        assert select.select([bell.fileno()], [], [], TIMEOUT)[0], "nobody worked"
        bell.drain()
        last = rows_of("SELECT MAX(id) FROM journal")[0][0]
    bell.close()
    database.close()


def held_leads(path: Path) -> int:
    """Leads in somebody's hands; looks that everything agrees, too."""
    database = connect.use(str(path))
    held = rows_of("SELECT COUNT(*) FROM lead WHERE holder_id IS NOT NULL")[0][0]
    assert check.check(datetime.now(UTC)) == ()
    database.close()
    return int(held)


def test_they_work_and_go_home_with_the_desk(path: Path) -> None:
    """Three processes; nothing stays behind, neither a process nor a claim."""
    with alive.colleagues(str(path), COLLEAGUES[:3], pace=0.05) as ids:
        processes = [psutil.Process(number) for number in ids]
        work_is_done(path, 12)
    assert len(set(ids)) == 3
    gone, left = psutil.wait_procs(processes, timeout=TIMEOUT)
    assert (len(gone), left) == (3, [])
    assert held_leads(path) == 0
    workers = (
        "SELECT COUNT(DISTINCT agent_id) FROM journal WHERE id > (SELECT id FROM journal WHERE verb = 'demo-made')"
    )
    database = connect.use(str(path))
    assert rows_of(workers)[0][0] >= 2
    database.close()


def test_they_go_home_when_their_desk_is_killed(path: Path) -> None:
    """The pipe's end tells them; nobody has to clean up."""
    with subprocess.Popen(
        [sys.executable, "-c", DESK, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as desk:
        assert desk.stdout is not None
        processes = [psutil.Process(int(number)) for number in desk.stdout.readline().split()]
        work_is_done(path, 6)
        desk.kill()
    gone, left = psutil.wait_procs(processes, timeout=TIMEOUT)
    assert (len(gone), left) == (3, [])
    assert held_leads(path) == 0


def test_a_colleague_that_will_not_go_is_ended(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk waits for seconds, not for ever."""
    monkeypatch.setattr(alive, "GOODBYE", 0.2)
    with alive.colleagues(str(path), COLLEAGUES[:1], pace=0.05) as ids:
        work_is_done(path, 1)
        stuck = psutil.Process(ids[0])
        stuck.suspend()
    assert psutil.wait_procs([stuck], timeout=TIMEOUT)[1] == []
