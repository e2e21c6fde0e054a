"""Who watches can change nothing: every command of the models, on a connection that only reads."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from models import (
    connect,
    contacts,
    costs,
    counts,
    crew,
    desks,
    floor,
    ledger,
    measures,
    queue,
    suppress,
    taking_in,
    targets,
    undoing,
)
from models.base import month_of, proxy, rows_of
from models.cards import Claim
from models.desks.draft import Draft
from models.desks.presence import State
from models.errors import Refused, Unavailable
from models.exchange import taking_back
from models.exchange.planning import Order, plan
from models.exchange.revealing import apply
from models.people import Role
from models.record import anchors, erasure
from models.search import catalogue
from models.watching.cards import EVERYTHING
from models.watching.happenings import happenings
from models.watching.leads import find, lead
from models.watching.looks import looks
from models.watching.month import month
from models.watching.overview import overview
from models.watching.portfolio import portfolio
from models.watching.pulse import pulse
from models.watching.review import review
from models.watching.spot import spot_check
from tests.models.store import floors
from tests.models.store.floors import HOUR, NOW, PLAYBOOK, MadeFloor

MODELS = Path(connect.__file__).parent
LATER = NOW + HOUR
DAY = timedelta(days=1)


class Scene:
    """A floor where each command would have something to do: leads in hand, asleep and waiting, a list, a draft."""

    def __init__(self, made: MadeFloor, folder: Path) -> None:
        self.made, self.boss, self.ann = made, made.boss, made.people["ann"]
        self.folder = folder
        self.free, self.undone = made.lead(), made.token()
        self.list_id = self.imported("first")
        ledger.log_touch(made.take("ann", made.lead()), ledger.Entry("talked"), token=self.undone, now=NOW)
        self.claim: Claim = made.take("ann", made.lead(amount="5"))
        self.contact = rows_of("SELECT id FROM contact WHERE lead_id = ?", (self.claim.lead_id,))[0][0]
        self.second = contacts.add(self.claim, {"name": "Second"}, token=made.token(), now=NOW)
        self.number = rows_of("SELECT number FROM phone WHERE lead_id = ?", (self.claim.lead_id,))[0][0]
        self.touch = rows_of("SELECT MAX(id) FROM touch")[0][0]
        suppress.add([4930999], reason="asked", agent_id=self.boss, token=made.token(), now=NOW)
        desks.log_in(self.ann, NOW)
        desks.keep(self.ann, self.draft(), NOW)
        targets.set_target(24_314, team="north", login=None, deals=2, amount=None, **by(self))
        self.sharing = targets.shared(self.boss, 24_314, "north", NOW, months=1)

    def draft(self, text: str = "typed") -> Draft:
        """A note that is being written."""
        return Draft(self.claim.lead_id, "note", text, 0, True, NOW)

    def imported(self, name: str) -> int:
        """A list that comes in; its id."""
        path = self.folder / f"{name}.csv"
        path.write_text(f"company,phone,source\n{name} Works,+4930777{len(name)}0001,web\n")
        planned = plan(Order(path, self.boss), NOW, lambda *_: None)
        try:
            return apply(planned, NOW, lambda *_: None).intake_id
        finally:
            planned.close()


def by(scene: Scene) -> dict[str, Any]:
    """Who gives a command, when, and its name."""
    return {"by": scene.boss, "token": scene.made.token(), "now": NOW}


def at(scene: Scene) -> dict[str, Any]:
    """When a command on a lead is given, and its name."""
    return {"token": scene.made.token(), "now": NOW}


COMMANDS: dict[str, Callable[[Scene], object]] = {
    "record.anchors.anchor": lambda s: anchors.anchor(s.boss, NOW),
    "search.catalogue.catch_up": lambda s: catalogue.catch_up(),
    "contacts.add": lambda s: contacts.add(s.claim, {"name": "New"}, **at(s)),
    "contacts.add_number": lambda s: contacts.add_number(s.claim, s.contact, "+49305559999", **at(s)),
    "contacts.change": lambda s: contacts.change(s.claim, s.contact, {"name": "New"}, **at(s)),
    "contacts.change_number": lambda s: contacts.change_number(s.claim, s.contact, s.number, "+49305559999", **at(s)),
    "contacts.put_first": lambda s: contacts.put_first(s.claim, s.contact, **at(s)),
    "contacts.remove": lambda s: contacts.remove(s.claim, s.second, **at(s)),
    "costs.set_cost": lambda s: costs.set_cost(1, "web", month_of(NOW.date()), Decimal(100), **by(s)),
    "counts.keep": lambda s: counts.keep(1, [counts.DayCount("2026-03-01", "web", {"x": 1})], file="f", **by(s)),
    "crew.add_agent": lambda s: crew.add_agent("new", name="New", role=Role.AGENT, team="north", **by(s)),
    "crew.add_team": lambda s: crew.add_team("west", **by(s)),
    "crew.close_team": lambda s: crew.close_team("south", to="north", **by(s)),
    "crew.leave": lambda s: crew.leave("bob", to="ann", **by(s)),
    "crew.move_agent": lambda s: crew.move_agent("bob", team="south", **by(s)),
    "crew.move_team": lambda s: crew.move_team("south", to="north", **by(s)),
    "desks.drop": lambda s: desks.drop(s.ann, s.claim.lead_id, "note", NOW),
    "desks.enter": lambda s: desks.enter(s.ann, State.PAUSE, code="lunch", now=NOW),
    "desks.forget": lambda s: desks.forget(s.claim.lead_id),
    "desks.keep": lambda s: desks.keep(s.ann, s.draft("more"), NOW),
    "desks.log_in": lambda s: desks.log_in(s.ann, NOW),
    "desks.seen": lambda s: desks.seen(s.ann, LATER),
    "record.erasure.erase": lambda s: erasure.erase(s.free, reason="asked", **by(s)),
    "exchange.revealing.apply": lambda s: s.imported("second"),
    "exchange.taking_back.undo": lambda s: taking_back.undo(s.list_id, s.boss, NOW),
    "floor.add_campaign": lambda s: floor.add_campaign("more", PLAYBOOK, **by(s)),
    "floor.apply_playbook": lambda s: floor.apply_playbook(1, PLAYBOOK, **by(s)),
    "targets.set_target": lambda s: targets.set_target(1, team=None, login=None, deals=1, amount=None, **by(s)),
    "measures.decide": lambda s: measures.decide(1, "more visits", decided_on=NOW.date(), **by(s)),
    "targets.set_stage_target": lambda s: targets.set_stage_target(
        1, "offer", campaign_id=1, team=None, login=None, leads=1, amount=None, **by(s)
    ),
    "targets.share": lambda s: targets.share(s.sharing, **by(s)),
    "ledger.correct_note": lambda s: ledger.correct_note(s.touch, "better", agent_id=s.ann, **at(s)),
    "ledger.edit": lambda s: ledger.edit(s.claim, {"need": "x"}, **at(s)),
    "ledger.log_touch": lambda s: ledger.log_touch(s.claim, ledger.Entry("talked"), **at(s)),
    "ledger.move": lambda s: ledger.move(s.claim, "offer", **at(s)),
    "ledger.sleep": lambda s: ledger.sleep(s.claim, LATER, **at(s)),
    "queue.claim_next": lambda s: queue.claim_next(s.made.people["bob"], NOW),
    "queue.leave": lambda s: queue.leave(s.ann, NOW),
    "queue.release": lambda s: queue.release(s.claim, NOW),
    "queue.renew": lambda s: queue.renew(s.claim, LATER),
    "queue.take": lambda s: queue.take(s.made.people["bob"], s.free, NOW),
    "queue.take_over": lambda s: queue.take_over(s.ann, NOW),
    "suppress.add": lambda s: suppress.add([4930111], reason="asked", agent_id=s.boss, **at(s)),
    "suppress.remove": lambda s: suppress.remove(4930999, reason="slip", agent_id=s.boss, **at(s)),
    "taking_in.take_in": lambda s: taking_in.take_in(1, {"company": "X", "source": "web"}, **by(s)),
    "undoing.undo": lambda s: undoing.undo(s.ann, s.undone, **at(s)),
}

UNLISTED = {
    "connect.transact": "what commands are made with",
    "connect.ring": "rings after a commit, which there is none of",
    "copies.copying.copy": "names the databases itself, and writes another one than it reads",
    "exchange.merging.merge_all": "a part of `apply`",
    "exchange.taking_back.recover": "as `undo`, of lists that stopped halfway",
    "exchange.taking_back.sweep_for": "as `undo`, a little of it",
    "exchange.taking_back.take_back": "what `undo` does",
    "exchange.taking_back.tidy": "as `recover`",
    "floor.init": "makes a floor, which there is one of",
    "record.sealing.catch_up": "seals what floors of older versions left, which is nothing here",
    "journal.once": "what commands are made with",
}

WRITES = {"transact", "once", "do", "write"}
"""What a command is made with: of the floor, and of the desks."""


def written() -> set[str]:
    """Every public function of the models that writes, by a walk over their text."""
    found = set()
    for path in MODELS.rglob("*.py"):
        within = [part for part in path.relative_to(MODELS).with_suffix("").parts if part != "__init__"]
        if within[:1] in (["demo"], ["migrations"]):
            continue
        calls = {
            node.name: _called(node) for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)
        }
        writers = {name for name, names in calls.items() if names & WRITES}
        while more := {name for name, names in calls.items() if names & writers} - writers:
            writers |= more
        found |= {".".join((*within, name)) for name in writers if not name.startswith("_")}
    return found


def _called(function: ast.FunctionDef) -> set[str]:
    called = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {
        one.id if isinstance(one, ast.Name) else one.attr for one in called if isinstance(one, ast.Name | ast.Attribute)
    }


def test_every_command_is_tried_here() -> None:
    # Two are methods of what they run in, so the walk does not see them.
    hidden = {"exchange.revealing.apply", "exchange.taking_back.undo"}
    assert written() - hidden == set(COMMANDS) - hidden | set(UNLISTED)


@pytest.fixture
def scene(made: MadeFloor, tmp_path: Path) -> Scene:
    """A floor with something to do for every command."""
    return Scene(made, tmp_path)


@contextmanager
def watching(url: str) -> Iterator[None]:
    """The floor of this process as who watches has it, given back at the end."""
    proxy.close()
    desks.close()
    database = connect.use(url, read_only=True)
    try:
        yield
    finally:
        database.close()
        desks.close()


def everything(scene: Scene) -> object:
    """All that is stored: the floor, the desks, and the user's own folder."""
    with floors.opened(scene.made.url):
        desks.close()
        stored = floors.dump(), desks.everybody(), desks.drafts(scene.ann)
        proxy.close()
    desks.close()
    home = sorted(path for path in Path(os.environ["HOME"]).rglob("*") if path.is_file())
    return *stored, home


def test_no_command_changes_anything(scene: Scene) -> None:
    before = everything(scene)
    for name, command in COMMANDS.items():
        with watching(scene.made.url):
            with pytest.raises(Unavailable) as refused:
                command(scene)
            assert refused.value.code == "read_only", name
        assert everything(scene) == before, name


READS: dict[str, Callable[[Scene], object]] = {
    "overview": lambda s: overview(s.boss, EVERYTHING, NOW),
    "looks": lambda s: looks(s.boss, EVERYTHING, NOW + 30 * DAY),
    "happenings": lambda s: happenings(s.boss, EVERYTHING, NOW),
    "pulse": lambda s: pulse(s.boss, EVERYTHING, NOW),
    "portfolio": lambda s: portfolio(s.boss, s.ann, EVERYTHING, NOW),
    "review": lambda s: review(s.boss, s.ann, EVERYTHING, NOW, since=NOW - DAY, until=NOW + DAY),
    "spot_check": lambda s: spot_check(
        s.boss, EVERYTHING, NOW, since=NOW - DAY, until=NOW + DAY, draws=[0.5], aimed=True
    ),
    "month": lambda s: month(s.boss, EVERYTHING, month_of(NOW.date()), NOW),
    "find": lambda s: find(s.boss, "Company", EVERYTHING, NOW),
    "lead": lambda s: lead(s.boss, s.free, EVERYTHING, NOW),
}


def test_every_read_works_and_is_that_of_a_writer(scene: Scene) -> None:
    before = everything(scene)
    with floors.opened(scene.made.url):
        told = {name: read(scene) for name, read in READS.items()}
        proxy.close()
    with watching(scene.made.url):
        for name, read in READS.items():
            assert read(scene) == told[name], name
    assert everything(scene) == before


def test_a_watcher_reads_while_somebody_writes(scene: Scene) -> None:
    """A reader's snapshot waits for no writer, and no writer for it: each is a process of its own."""
    with watching(scene.made.url), connect.snapshot():
        before = rows_of("SELECT COUNT(*) FROM journal")
        log = (
            "import sys\n"
            "from models import connect, queue\n"
            "from tests.models.store.floors import NOW\n"
            "connect.use(sys.argv[1])\n"
            "assert queue.claim_next(int(sys.argv[2]), NOW) is not None\n"
        )
        args = [sys.executable, "-c", log, scene.made.url, str(scene.made.people["bob"])]
        subprocess.run(args, check=True, timeout=60)
        assert rows_of("SELECT COUNT(*) FROM journal") == before
    assert {one.name: one.lead_id is not None for one in _agents(scene)}["Bob"]


def _agents(scene: Scene) -> Any:
    with watching(scene.made.url):
        return overview(scene.boss, EVERYTHING, NOW).agents


def test_a_floor_without_its_desks_still_has_an_overview(sqlite_pattern: MadeFloor, tmp_path: Path) -> None:
    url = str(tmp_path / "floor.db")
    with floors.opened(sqlite_pattern.url):
        proxy.execute_sql("VACUUM INTO ?", (url,))
        proxy.close()
    made = replace(sqlite_pattern, url=url)
    with floors.opened(url):
        lead_id = made.lead()
        made.take("ann", lead_id)
        proxy.close()
    with watching(url):
        seen = overview(made.boss, EVERYTHING, NOW)
        assert not seen.is_presence_known
        assert {one.state for one in seen.agents} == {State.OFF}
        assert {one.name: one.lead_id for one in seen.agents}["Ann"] == lead_id
        assert looks(made.boss, EVERYTHING, NOW).count == 0
    assert not Path(f"{url}-desks").exists()


def test_agents_are_refused_before_anything_is_read(scene: Scene) -> None:
    with watching(scene.made.url), pytest.raises(Refused, match="supervisors_only"):
        overview(scene.ann, EVERYTHING, NOW)
