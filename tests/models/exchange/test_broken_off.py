"""An import that is stopped or shot in the middle: nothing of it stays, and the floor's counters agree."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from models import check, ledger, queue
from models.base import new_token, rows_of
from models.errors import Refused
from models.exchange import intakes
from tests.models.exchange import made
from tests.models.exchange.conftest import NOW, Site, quiet

ROOT = Path(__file__).parents[3]
ROWS = 3_000


class Taker:
    """A real process that stands in the middle of an import."""

    def __init__(self, site: Site) -> None:
        path = site.written(made.bought(ROWS))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.models.exchange.takers", site.url, str(path)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "in the middle\n"

    def end(self) -> str:
        """Lets it go on, and waits for its last words."""
        said, _ = self.process.communicate("go on\n", timeout=60)
        return said


def test_an_interrupted_import_takes_itself_back(site: Site) -> None:
    """SIGINT asks it to; it says how much there was."""
    taker = Taker(site)
    assert 0 < len(site.leads()) < ROWS
    taker.process.send_signal(signal.SIGINT)
    said = taker.end()
    assert (taker.process.returncode, said.split()[0]) == (130, "stopped")
    assert (site.leads(), check.check(NOW)) == ([], ())
    assert [line.state for line in intakes.listed(site.boss)] == ["undone"]


def test_a_shot_import_is_taken_back_by_the_next(site: Site) -> None:
    """What somebody worked on meanwhile stays; the list then comes in whole."""
    taker = Taker(site)
    claim = queue.claim_next(site.agent, NOW)
    assert claim is not None
    ledger.log_touch(claim, ledger.Entry("no_answer"), token=new_token(), now=NOW)
    assert (intakes.halfway(), check.check(NOW)) == ((), ())
    taker.process.kill()
    taker.process.communicate()
    assert intakes.halfway() == (1,)
    assert [(fault.code, fault.examples) for fault in check.check(NOW)] == [("import", ("1",))]
    (undone,) = intakes.tidy(site.boss, NOW, quiet)
    assert (undone.voided > 0, undone.stay, intakes.halfway()) == (True, 1, ())
    assert (len(site.leads()), check.check(NOW)) == (1, ())
    result = site.take(site.folder / "list.csv")
    assert (result.taken, len(site.leads())) == (ROWS - 1, ROWS)


def test_a_shot_import_is_taken_back_before_another_begins(site: Site) -> None:
    """Also by one that was planned before."""
    taker = Taker(site)
    taker.process.kill()
    taker.process.communicate()
    assert site.take(site.written([["Company", "Phone"], ["A", "075588888888"]])).taken == 1
    assert site.leads() == [("A",)]
    assert rows_of("SELECT state FROM intake ORDER BY id") == [("undone",), ("done",)]


@pytest.mark.parametrize("deed", ["import", "undo", "tidy"])
def test_one_at_a_time(site: Site, deed: str) -> None:
    """While one runs, a second is refused, and a running one is not taken back."""
    other = site.written([["Company", "Phone"], ["A", "075588888888"]], "other.csv")
    deeds: dict[str, Callable[[], object]] = {
        "import": lambda: site.take(other),
        "undo": lambda: intakes.undo(1, site.boss, NOW),
        "tidy": lambda: intakes.tidy(site.boss, NOW),
    }
    taker = Taker(site)
    try:
        with pytest.raises(Refused) as refused:
            deeds[deed]()
        assert refused.value.code == "import_running"
    finally:
        taker.end()
    assert taker.process.returncode == 0
    assert len(site.leads()) == ROWS
