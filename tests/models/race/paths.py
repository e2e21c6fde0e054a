"""Agents who come to leads by every path there is, and managers who change the floor under them, all at once.

What each does is told with its moment by the clock that all processes of a storm share, so that `holds` can say
afterwards whether two ever had the same lead.
"""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from models import contacts, crew, ledger, queue, taking_in, undoing
from models import suppress as suppression
from models.base import new_token, rows_of
from models.cards import Claim
from models.errors import Refused, Stale
from models.exchange import taking_back
from models.exchange.planning import Order, plan
from models.exchange.revealing import apply
from models.people import Agent, Role
from models.search import finding
from tui.cli.shared import REFUSED

if TYPE_CHECKING:
    from tests.models.race.workers import Told

OUTCOMES = ("no_answer", "no_answer", "talked", "talked", "callback", "refused", "wrong", "banned")
LIST_ROWS = 12
"""Rows of a list that a manager imports, a third of them about numbers that the floor has."""


def operator() -> str:
    """The login by which the command line knows who runs these processes."""
    return pwd.getpwuid(os.getuid()).pw_name


@dataclass(frozen=True)
class StormClock:
    """The time of a storm, the same in all its processes; it may run faster than the world's."""

    began: float
    now: float
    speed: float

    def moment(self) -> datetime:
        """This moment of the storm."""
        return datetime.fromtimestamp(self.now + (time.monotonic() - self.began) * self.speed, UTC)

    @classmethod
    def start(cls, folder: Path, speed: float) -> None:
        """Sets the clock of a storm whose processes share a folder."""
        (folder / "clock").write_text(json.dumps([time.monotonic(), time.time(), speed]))

    @classmethod
    def of(cls, folder: Path) -> StormClock:
        """The clock that was set there."""
        return cls(*json.loads((folder / "clock").read_text()))


@dataclass
class Player:
    """Somebody in a storm: what is in their hands, and what they tell."""

    agent: int
    told: Told
    clock: StormClock
    random: Random = field(default_factory=lambda: Random(os.getpid()))
    claim: Claim | None = None
    began: datetime = field(init=False)
    """When what they are doing began."""
    last: str = ""
    """Token of the command that an undo would take back."""

    @property
    def now(self) -> datetime:
        """This moment of the storm."""
        return self.clock.moment()

    def tell(self, what: str, lead: object, *more: object) -> None:
        """A line about a lead, with its moment."""
        self.told.tell(what, self.now.timestamp(), lead, *more)

    def got(self, claim: Claim | None) -> None:
        """A lead is in hand."""
        if claim is not None:
            self.tell("handed", claim.lead_id, claim.until.timestamp(), self.began.timestamp())
        self.claim = claim

    def gives_back(self) -> None:
        """From now on another may have what is in hand."""
        if self.claim is not None:
            self.tell("ending", self.claim.lead_id)

    def done(self, verb: str, began: datetime, token: str) -> None:
        """A command was acknowledged."""
        assert self.claim is not None
        self.tell(verb, self.claim.lead_id, token, began.timestamp())
        self.last = token


def play(agent: int, told: Told) -> None:
    """Works on every path for as long as the storm's keeper lives."""
    player, keeper = Player(agent, told, StormClock.of(told.folder)), os.getppid()
    is_manager = Agent.get_by_id(agent).role == Role.MANAGER
    player.began = player.now
    if not is_manager:
        player.got(queue.held(agent, player.now))
    while os.getppid() == keeper:
        deed = player.random.choice(MANAGERS if is_manager else WORK if player.claim else WAYS)
        player.began = player.now
        try:
            deed(player)
            player.tell("did", 0, deed.__name__)
        except Stale:
            player.claim = None
        except Refused:
            continue  # the floor says no: somebody has left, a number is barred, it stands there already


# ── ways to a lead ────────────────────────────────────────────────────────────────────────────────────────────────────


def take_next(player: Player) -> None:
    """The queue's."""
    player.got(queue.claim_next(player.agent, player.now))


def _take(player: Player, found: list[int]) -> None:
    if found:
        player.gives_back()
        player.got(queue.take(player.agent, player.random.choice(found), player.now))


def take_found(player: Player) -> None:
    """By a search."""
    text = str(player.random.randrange(10, 100))
    _take(player, [one.lead_id for one in finding.find(player.agent, text, player.now, limit=20)])


def take_promised(player: Player) -> None:
    """From the list of promises."""
    _take(player, [row[0] for row in rows_of("SELECT id FROM lead WHERE due_agent_id = ?", (player.agent,))])


def take_worked(player: Player) -> None:
    """From somebody's history."""
    _take(player, [row[0] for row in rows_of("SELECT lead_id FROM touch ORDER BY id DESC LIMIT 30")])


def take_linked(player: Player) -> None:
    """By a link to whatever lead, ready or not."""
    _take(player, [player.random.randint(1, rows_of("SELECT MAX(id) FROM lead")[0][0])])


def take_in(player: Player) -> None:
    """Written down by hand."""
    values = {"company": "New", "person": "N", "source": "web", "number": f"+49301{player.random.randrange(10**7):07}"}
    _take(player, [taking_in.take_in(1, values, by=player.agent, team_id=1, token=new_token(), now=player.now)])


def take_undone(player: Player) -> None:
    """By undoing."""
    token, player.last = player.last, ""
    if not token:
        raise Refused("nothing_to_undo")
    player.gives_back()
    player.got(undoing.undo(player.agent, token, token=new_token(), now=player.now).claim)


# ── work on it ────────────────────────────────────────────────────────────────────────────────────────────────────────


def log(player: Player) -> None:
    """Any outcome."""
    assert player.claim is not None
    outcome, now = player.random.choice(OUTCOMES), player.now
    promise = now + timedelta(minutes=player.random.choice((1, 3, 30))) if outcome == "callback" else None
    reason = "price" if outcome == "refused" else ""
    entry = ledger.Entry(outcome, note=f"said {os.getpid()}", next_at=promise, reason=reason)
    token = new_token()
    player.gives_back()
    ledger.log_touch(player.claim, entry, token=token, now=now)
    player.done("log", now, token)
    player.claim = None


def move(player: Player) -> None:
    """To any stage."""
    assert player.claim is not None
    to, token, now = player.random.choice(("new", "offer", "deal", "won")), new_token(), player.now
    ledger.move(player.claim, to, reason="so", is_sign_seen=True, token=token, now=now)
    player.done("move", now, token)


def edit(player: Player) -> None:
    """Fields and contacts."""
    assert player.claim is not None
    ledger.edit(player.claim, {"amount": str(player.random.randrange(10**6))}, token=new_token(), now=player.now)
    contacts.add(player.claim, {"name": "Also"}, token=new_token(), now=player.now)


def release(player: Player) -> None:
    """Gives it back unworked."""
    assert player.claim is not None
    player.gives_back()
    queue.release(player.claim, player.now)
    player.claim = None


def put_to_sleep(player: Player) -> None:
    """For a while."""
    assert player.claim is not None
    now = player.now
    player.gives_back()
    ledger.sleep(player.claim, now + timedelta(minutes=2), token=new_token(), now=now)
    player.claim = None


def renew(player: Player) -> None:
    """Keeps it longer."""
    assert player.claim is not None
    player.claim = queue.renew(player.claim, player.now)
    player.tell("renewed", player.claim.lead_id, player.claim.until.timestamp())


def dawdle(player: Player) -> None:
    """Looks out of the window until the lead is anybody's, then logs all the same."""
    assert player.claim is not None
    if player.clock.speed > 1:  # else that takes minutes
        time.sleep(max(0.0, (player.claim.until - player.now).total_seconds()) / player.clock.speed + 0.2)
        with suppress(Stale):
            log(player)
        player.claim = None


# ── what managers do to the floor ─────────────────────────────────────────────────────────────────────────────────────


def bring_list(player: Player) -> None:
    """A list comes in, some of it about leads that are being worked; some lists are taken back."""
    path = player.told.folder / f"list-{os.getpid()}-{player.random.randrange(10**6)}.csv"
    known = [f"+{row[0]}" for row in rows_of("SELECT number FROM phone ORDER BY id DESC LIMIT 40")]
    numbers = [f"+49302{player.random.randrange(10**7):07}" for _ in range(LIST_ROWS)]
    numbers[: LIST_ROWS // 3] = player.random.sample(known, k=min(LIST_ROWS // 3, len(known)))
    rows = "".join(f"Listed {number[-4:]},P,{number},web\n" for number in numbers)
    path.write_text(f"company,person,number,source\n{rows}")
    planned = plan(Order(path, player.agent, team="north"), player.now, _quiet)
    try:
        result = apply(planned, player.now, _quiet)
    finally:
        planned.close()
        path.unlink()
    if player.random.random() < 0.3:
        taking_back.undo(result.intake_id, player.agent, player.now)


def _quiet(_phase: str, _done: int, _total: int) -> None:
    """Nobody looks."""


def hand_over(player: Player) -> None:
    """Somebody leaves, a colleague gets it all; and is back."""
    leaver, heir = player.random.sample(_workers(player), k=2)
    player.tell("revoking", 0, leaver[0])
    crew.leave(leaver[1], to=heir[1], by=player.agent, token=new_token(), now=player.now)
    player.tell("revoked", 0)
    crew.add_agent(
        leaver[1], name=leaver[1], role=Role.AGENT, team="north", by=player.agent, token=new_token(), now=player.now
    )


def _workers(player: Player) -> list[tuple[int, str]]:
    return [(row[0], row[1]) for row in rows_of("SELECT id, login FROM agent WHERE role = 'agent' AND team_id = 1")]


def ban(player: Player) -> None:
    """A number comes on the list, another off it."""
    number = player.random.choice(rows_of("SELECT number FROM phone ORDER BY id DESC LIMIT 100"))[0]
    began = player.now
    suppression.add([number], reason="asked", agent_id=player.agent, token=new_token(), now=player.now)
    for (listed,) in rows_of("SELECT number FROM suppression ORDER BY at LIMIT 1"):
        for (lead,) in rows_of("SELECT lead_id FROM phone WHERE number = ?", (listed,)):
            player.tell("freed", lead, began.timestamp())
        suppression.remove(listed, reason="mistake", agent_id=player.agent, token=new_token(), now=player.now)


def command(player: Player) -> None:
    """The same by the command line, whose clock is the world's."""
    if player.clock.speed != 1:
        return
    login = player.random.choice(_workers(player))[1]
    number = f"+{player.random.choice(rows_of('SELECT number FROM phone ORDER BY id DESC LIMIT 100'))[0]}"
    told = player.random.choice((["agent", "move", login, "--team", "north"], ["suppress", "add", number]))
    url = (player.told.folder / "url").read_text()
    done = subprocess.run(
        [sys.executable, "-m", "tui", told[0], "--db", url, *told[1:]], capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, REFUSED):
        raise RuntimeError(done.stderr)


WAYS: tuple[Callable[[Player], None], ...] = (
    take_next, take_next, take_found, take_promised, take_worked, take_linked, take_in, take_undone, take_undone,
)  # fmt: skip
WORK: tuple[Callable[[Player], None], ...] = (
    *(log,) * 5,
    *(move,) * 2,
    edit,
    release,
    put_to_sleep,
    renew,
    dawdle,
    *WAYS[2:],
)
MANAGERS: tuple[Callable[[Player], None], ...] = (bring_list, hand_over, ban, command)


def untried(folder: Path) -> set[str]:
    """What was not done by anybody yet."""
    done = {rest[0] for _at, what, _agent, _lead, rest in lines(folder) if what == "did"}
    return {deed.__name__ for deed in (*WAYS, *WORK, *MANAGERS)} - done


# ── who had which lead ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Hold:
    """A time in which a lead was one agent's, as far as is sure."""

    agent: int
    lead: int
    since: float
    until: float


Line = tuple[float, str, int, int, tuple[str, ...]]
"""Moment, what, who, which lead, the rest.

The rest of "handed" is until when, and since when it was asked for; of "revoking", who may lose what is in their hands
from then until the next line of who told it; of "freed", since when the lead may have been out of all hands, in which
it is not again before that is told.
"""


def lines(folder: Path) -> list[Line]:
    """What all of them told, in the order of time."""
    found: list[Line] = []
    for path in folder.glob("told-*"):
        agent = int(path.name.split("-")[1])
        for text in path.read_text().split("\n")[:-1]:  # the last one may be cut off
            what, *rest = text.split()
            if what == "unavailable":
                continue
            found.append((float(rest[0]), what, agent, int(rest[1]), tuple(rest[2:])))
    return sorted(found)


@dataclass(frozen=True)
class Taken:
    """A time in which somebody may have lost a lead, nobody knows when."""

    since: float
    until: float
    agent: int
    """0: whoever has it."""
    lead: int
    """0: whichever they have."""

    def concerns(self, agent: int, lead: int) -> bool:
        """Whether it was this one's."""
        return agent == self.agent or lead == self.lead


def taken(told: list[Line]) -> list[Taken]:
    """What was done to the leads in people's hands without their doing."""
    found = []
    for line in told:
        at, what, by, lead, rest = line
        if what == "freed":
            found.append(Taken(float(rest[0]), at, 0, lead))
        elif what == "revoking":
            until = min((one[0] for one in told if one[2] == by and one > line), default=float("inf"))
            found.append(Taken(at, until, int(rest[0]), 0))
    return found


def handed(told: list[Line]) -> list[Line]:
    """What people got, without what they were told of so late that it may have been lost by then."""
    losses = taken(told)
    return [
        line
        for line in told
        if line[1] == "handed"
        and line[0] < float(line[4][0])
        and not any(
            one.concerns(line[2], line[3]) and float(line[4][1]) <= one.until and one.since <= line[0] for one in losses
        )
    ]


def holds(told: list[Line]) -> list[Hold]:
    """Every time in which somebody could rely on having a lead: until they gave it back, or until it ran out."""
    ended: list[Hold] = []
    open_: dict[tuple[int, int], Hold] = {}
    for at, what, agent, lead, rest in sorted(
        handed(told) + [line for line in told if line[1] in ("renewed", "ending")]
    ):
        for key in [key for key in open_ if key[0] == agent and (key[1] == lead) == (what == "ending")]:
            hold = open_.pop(key)  # given back, or lost to another that is in hand now
            hold.until = min(hold.until, at)
            ended.append(hold)
        if what == "handed":
            if (before := open_.get((agent, lead))) and before.until <= at:  # ran out; in the meantime it was anybody's
                ended.append(open_.pop((agent, lead)))
            open_.setdefault((agent, lead), Hold(agent, lead, at, 0.0))
        if (agent, lead) in open_:
            open_[agent, lead].until = float(rest[0])
    losses, found = taken(told), [*ended, *open_.values()]
    for hold in found:
        lost = [one.since for one in losses if one.concerns(hold.agent, hold.lead) and one.since > hold.since]
        hold.until = min([hold.until, *lost])
    return found


def called_twice(told: list[Line]) -> list[tuple[Hold, Hold]]:
    """Pairs of holds of one lead by two agents that overlap: none, ever."""
    of_lead: dict[int, list[Hold]] = {}
    for hold in holds(told):
        of_lead.setdefault(hold.lead, []).append(hold)
    return [
        (one, other)
        for same in of_lead.values()
        for one in same
        for other in same
        if one.agent != other.agent and one.since < other.since < one.until
    ]


def written_late(told: list[Line]) -> list[Line]:
    """Records acknowledged to somebody whose lead was another's before they began: none, ever."""
    late: list[Line] = []
    known = set(handed(told))
    for line in told:
        _at, what, agent, lead, rest = line
        if what not in ("log", "move"):
            continue
        began = float(rest[1])
        got = (one for one in told if one[1] == "handed" and one[3] == lead and one[0] < began)
        last = max((one for one in got if one[2] == agent or one in known), default=None)
        if last is not None and last[2] != agent:
            late.append(line)
    return late
