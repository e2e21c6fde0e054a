"""An import that is stopped or shot in the middle: nothing of it stays, and the floor's counters agree."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from models import check, crew, ledger, queue
from models.base import new_token, proxy, rows_of
from models.connect import transact
from models.errors import Refused
from models.exchange import intakes, taking_back
from tests.models.exchange import made
from tests.models.exchange.conftest import NOW, Site, quiet

ROOT = Path(__file__).parents[3]
ROWS, MERGED = 3_000, 200
MINUTE = timedelta(minutes=1)


class Taker:
    """A real process that stands in the middle of an import."""

    def __init__(self, site: Site, *, where: str = "reveal") -> None:
        path = site.written(made.bought(ROWS if where == "reveal" else MERGED))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.models.exchange.takers", site.url, str(path), where],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "in the middle\n"

    def shoot(self) -> None:
        """Kills it where it stands, and waits until the database knows: a server needs a moment."""
        self.process.kill()
        self.process.communicate()
        while intakes.is_running():
            pass

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
    taker.shoot()
    assert intakes.halfway() == (1,)
    assert [(fault.code, fault.examples) for fault in check.check(NOW)] == [("import", ("1",))]
    (undone,) = taking_back.tidy(site.boss, NOW, quiet)
    assert (undone.voided > 0, undone.stay, intakes.halfway()) == (True, 1, ())
    assert (len(site.leads()), check.check(NOW)) == (1, ())
    result = site.take(site.folder / "list.csv")
    assert (result.taken, len(site.leads())) == (ROWS - 1, ROWS)


def test_a_shot_import_is_taken_back_before_another_begins(site: Site) -> None:
    """Also by one that was planned before."""
    taker = Taker(site)
    taker.shoot()
    assert site.take(site.written([["Company", "Phone"], ["A", "075588888888"]])).taken == 1
    assert site.leads() == [("A",)]
    assert rows_of("SELECT state FROM intake ORDER BY id") == [("undone",), ("done",)]


def asked_for(site: Site, most: int = 500) -> set[str]:
    """What a desk is given that asks for the next lead a minute apart, and gives it back, until nothing is halfway."""
    given: set[str] = set()
    for minute in range(1, most):
        claim = queue.claim_next(site.agent, NOW + minute * MINUTE)
        if claim is not None:
            given |= {row[0] for row in rows_of("SELECT company FROM lead WHERE id = ?", (claim.lead_id,))}
            queue.release(claim, NOW + minute * MINUTE)
        if not intakes.halfway():
            break
    return given


def test_the_desks_take_a_shot_import_back(site: Site) -> None:
    """No import runs and no manager comes: an agent asks for leads, and what came in by half is gone.

    What somebody worked on stays.
    """
    site.take(site.written([["Company", "Phone"], ["old", "075588888888"]], "old.csv"))
    taker = Taker(site)
    worked = queue.take(site.agent, site.leads("id")[7][0], NOW)
    ledger.log_touch(worked, ledger.Entry("no_answer"), token=new_token(), now=NOW)
    taker.shoot()
    assert intakes.halfway() == (2,)
    asked_for(site)
    assert intakes.halfway() == ()
    assert site.leads("id") == [(1,), (worked.lead_id,)]
    assert len(site.phones()) == len(site.people()) == 2
    assert rows_of("SELECT state FROM intake ORDER BY id") == [("done",), ("undone",)]
    assert rows_of("SELECT agent_id FROM journal WHERE verb = 'import-undo'") == [(None,)]
    assert check.check(NOW + 500 * MINUTE) == ()
    assert site.take(site.folder / "list.csv").taken == ROWS - 1


def test_nobody_is_given_leads_of_a_shot_import(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """They stand before what was there already, and are passed over, as long as that is quick."""
    monkeypatch.setattr(queue, "HALF", 60)  # however slow this machine is
    site.take(site.written([["Company", "Phone"], ["old", "075588888888"]], "old.csv"))
    later = NOW + 30 * MINUTE
    called = NOW + MINUTE
    ledger.log_touch(
        queue.take(site.agent, 1, called), ledger.Entry("no_answer", sleep_until=later), token=new_token(), now=called
    )
    taker = Taker(site)
    before = site.leads()
    first = queue.claim_next(site.agent, later)
    assert first is not None
    assert first.lead_id != 1  # while it comes in, it is worked, and nobody takes it back
    assert site.leads() == before
    queue.release(first, later)
    taker.shoot()
    floors_tidied = "UPDATE floor SET tidied_at = 1 << 40"  # the sweep rests, the queue alone decides
    proxy.execute_sql(floors_tidied)
    given = queue.claim_next(site.agent, later)
    assert given is not None
    assert given.lead_id == 1


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_an_import_whose_line_broke_does_not_go_on(site: Site) -> None:
    """The server has let its lock go, and the desks have begun to take it back: nothing comes after that."""
    taker = Taker(site)
    rows_of("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = ?", (intakes.LOCK,))
    while intakes.is_running():
        pass
    asked_for(site)
    assert (site.leads(), intakes.halfway()) == ([], ())
    assert taker.end().split()[0] == "stopped"
    assert taker.process.returncode == 130
    assert (site.leads(), intakes.halfway(), check.check(NOW + 500 * MINUTE)) == ([], (), ())


def test_a_desk_that_has_waited_leaves_the_sweep_to_others(site: Site) -> None:
    """Its agent waits for the lead, not for what is not urgent; the next one that finds the floor free goes on."""
    taker = Taker(site)
    taker.shoot()
    before = len(site.leads())
    transact(lambda: queue.tidy(NOW + MINUTE, is_busy=True))
    assert (len(site.leads()), intakes.halfway()) == (before, (1,))
    transact(lambda: queue.tidy(NOW + 2 * MINUTE))
    assert len(site.leads()) < before


def test_the_desks_empty_what_a_shot_import_filled(site: Site) -> None:
    """It died while it merged: fields that it filled are empty again, those of before stay."""
    numbers = [[row[0], row[2]] for row in made.bought(MERGED)]
    site.take(site.written([["Company", "Phone"], *numbers[1:]], "old.csv"))
    taker = Taker(site, where="merge")
    filled = "industry = '制造'"
    assert len(site.leads(where=filled)) == 50
    taker.shoot()
    asked_for(site)
    assert (intakes.halfway(), site.leads(where=filled), len(site.leads())) == ((), [], MERGED)
    assert rows_of("SELECT COUNT(*) FROM contact WHERE email <> ''") == [(0,)]
    assert check.check(NOW + 500 * MINUTE) == ()


def test_an_undo_that_was_shot_goes_on(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever finds it half undone takes the rest back, from where it stopped, under the same record."""
    monkeypatch.setattr(taking_back, "HOLD", 0)  # a chunk a step
    result = site.take(site.written(made.bought(300)))
    with intakes.alone(), pytest.raises(KeyboardInterrupt):
        taking_back.take_back(result.intake_id, site.boss, NOW, interrupting)
    left = len(site.leads())
    assert (0 < left < 300, intakes.halfway()) == (True, (1,))
    asked_for(site)
    assert (site.leads(), intakes.halfway()) == ([], ())
    ((reach,),) = rows_of("SELECT reach FROM intake")
    assert (json.loads(reach)["reach"]["voided"], json.loads(reach)["reach"]["is_over"]) == (300, True)
    assert check.check(NOW + 500 * MINUTE) == ()


def interrupting(_phase: str, _done: int, _total: int) -> None:
    """Progress that somebody has seen enough of."""
    raise KeyboardInterrupt


@pytest.mark.parametrize("leave", [partial(crew.leave, "li.wei"), partial(crew.close_team, "north")])
def test_nobody_leaves_while_a_list_comes_in(site: Site, leave: Callable[..., object]) -> None:
    """Its leads may be theirs, and go on coming; afterwards they may."""
    taker = Taker(site)
    with pytest.raises(Refused, match="list_coming_in"):
        leave(to=None, by=site.boss, token="first", now=NOW)
    assert taker.end() == ""
    with suppress(Refused):  # the team has people, but that is another matter
        leave(to=None, by=site.boss, token="second", now=NOW)
    assert check.check(NOW) == ()


@pytest.mark.parametrize("deed", ["import", "undo", "tidy"])
def test_one_at_a_time(site: Site, deed: str) -> None:
    """While one runs, a second is refused, and a running one is not taken back."""
    other = site.written([["Company", "Phone"], ["A", "075588888888"]], "other.csv")
    deeds: dict[str, Callable[[], object]] = {
        "import": lambda: site.take(other),
        "undo": lambda: taking_back.undo(1, site.boss, NOW),
        "tidy": lambda: taking_back.tidy(site.boss, NOW),
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
