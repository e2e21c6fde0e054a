"""Floors of any size for the benchmarks: a hundred agents in ten teams, customers in twelve zones, a year of history.

The best leads are mostly asleep and half of the zones are closed, as on a real floor at any moment. Made once for each
size and kept in `build/`; a benchmark works on a copy.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

import funnel
from models import connect, crew, floor, queue, schema
from models.base import NEVER, month_of, new_token, proxy, rows_of, seconds
from models.campaigns import Book, book
from models.connect import transact
from models.lead import Lead
from models.numbers import Whereabouts
from models.people import Role
from models.playbook import shipped_text
from models.search import catalogue, terms
from models.zones import zone_id

BUILD = Path(__file__).parents[1] / "build" / "floors"
NOW = datetime(2026, 3, 4, 7, tzinfo=UTC)
"""A Wednesday, 15:00 on the floor in Shanghai; Europe still sleeps, America too."""
ZONES = (
    ("Asia/Shanghai", "CN"), ("Asia/Tokyo", "JP"), ("Asia/Singapore", "SG"), ("Asia/Dubai", "AE"),
    ("Australia/Perth", "AU"), ("Asia/Tashkent", "UZ"), ("Europe/Berlin", "DE"), ("Europe/London", "GB"),
    ("America/New_York", "US"), ("America/Chicago", "US"), ("America/Los_Angeles", "US"), ("Asia/Kolkata", "IN"),
)  # fmt: skip
TEAMS, AGENTS = 10, 100
SOURCES = (
    Path(__file__),
    *sorted(schema.MIGRATIONS.glob("*.py")),
    *(Path(str(module.__file__)) for module in (funnel, terms, catalogue)),
)
"""What a floor is made by."""
STAGES = {"E": 50, "D": 22, "C": 10, "B": 5, "A": 2, "won": 3, funnel.LOST: 5, funnel.INVALID: 3}
"""Where leads stand, per cent."""
BATCH = 20_000


@dataclass(frozen=True)
class Floor:
    """A made floor and who works on it."""

    path: Path
    agents: tuple[int, ...]
    managers: int
    campaign: int = 1


def opened(leads: int, folder: Path) -> AbstractContextManager[Floor]:
    """A copy of a floor of that size, open in this process."""
    return copied(kept_floor(leads), folder)


@contextmanager
def copied(kept: Path, folder: Path) -> Iterator[Floor]:
    """A copy of a floor that is kept, open in this process."""
    path = Path(shutil.copy(kept, folder / kept.name))
    with path.open("rb") as copied:
        os.fsync(copied)  # else the first checkpoint would pay for the copy
    database = connect.use(str(path))
    try:
        agents = tuple(row[0] for row in rows_of("SELECT id FROM agent WHERE role = 'agent' ORDER BY id"))
        yield Floor(path, agents, 1)
    finally:
        database.close()
        for beside in folder.glob(f"{path.name}*"):
            beside.unlink()


def kept_floor(leads: int) -> Path:
    """The floor of that size in `build/`."""
    return kept(f"{leads}", SOURCES, partial(_made, leads))


def kept(name: str, sources: Iterable[Path], write: Callable[[Path], None]) -> Path:
    """A floor in `build/`, written if it is not there or what it is made by has changed."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    path = BUILD / f"{name}-{digest}.db"
    if not path.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        for old in BUILD.glob(f"{name}-*"):
            old.unlink(missing_ok=True)
        begun = time.perf_counter()
        with tempfile.TemporaryDirectory(dir=BUILD) as folder:  # another benchmark may be making the same
            draft = Path(folder, "floor.db")
            write(draft)
            draft.rename(path)
        print(f"made a floor of {name} leads in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    return path


def _made(leads: int, path: Path) -> None:
    database = connect.use(str(path))
    make(leads)
    catalogue.catch_up()
    proxy.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def make(leads: int, seed: int = 1) -> None:
    """Fills the floor that is open and empty."""
    random = Random(seed)
    boss = floor.init(
        name="Made", zone="Asia/Shanghai", region="CN", currency="CNY", playbook=shipped_text("telesales"),
        login="boss", agent="Boss", token=new_token(), now=NOW,
    )  # fmt: skip
    for number in range(TEAMS):
        crew.add_team(f"team {number}", by=boss, token=new_token(), now=NOW)
    agents = [(_hired(n, boss), n % TEAMS) for n in range(AGENTS)]
    zones = transact(lambda: [zone_id(Whereabouts(*where), NOW) for where in ZONES])
    campaign = book(1)
    for start in range(0, leads, BATCH):
        made = [_lead(random, campaign, agents, zones) for _ in range(min(BATCH, leads - start))]
        transact(lambda start=start, made=made: _write(random, campaign, start + 1, made))  # type: ignore[misc]
    proxy.execute_sql("UPDATE floor SET tidied_at = ?", (seconds(NOW),))


def _hired(number: int, boss: int) -> int:
    team = f"team {number % TEAMS}"
    return crew.add_agent(
        f"a{number}", name=f"A {number}", role=Role.AGENT, team=team, by=boss, token=new_token(), now=NOW
    )


def _lead(random: Random, campaign: Book, agents: list[tuple[int, int]], zones: list[int]) -> Lead:
    stage = random.choices(tuple(STAGES), tuple(STAGES.values()))[0]
    obtained = NOW - timedelta(minutes=random.randrange(5, 525_600))
    since = obtained + (NOW - obtained) * random.random()
    owner, team = random.choice(agents)
    draw = random.random()
    lead = Lead(
        campaign_id=1, stage_id=campaign.stage_ids[stage], owner_id=owner if draw < 0.5 else None,
        team_id=team + 1 if draw < 0.95 else None, zone_id=random.choice(zones),
        company=f"Company {random.randrange(10**7)}", source="internet", amount=int(random.lognormvariate(15, 1)),
        obtained_at=seconds(obtained), entered_at=seconds(obtained), lane=0, key=0,
        stage_since=seconds(obtained if stage == "E" else since),
    )  # fmt: skip
    if stage != "E" or random.random() < 0.6:
        lead.touched_at = lead.stage_since
        lead.tries = 1
    if campaign.playbook.rests(stage):
        lead.wake_at = NEVER
    elif random.random() < 0.4 + campaign.playbook.probability(stage) / 200:
        lead.wake_at = seconds(NOW) + random.randrange(60, 14 * 86_400)
        if random.random() < 0.1:
            lead.due_at, lead.due_agent_id = lead.wake_at, owner
    queue.put_in_place(lead, campaign, NOW)
    return lead


LEAD = tuple(name for name in Lead._meta.fields if name != "id")


def _write(random: Random, campaign: Book, first: int, leads: list[Lead]) -> None:
    cursor = proxy.connection().cursor()
    rows = [tuple(lead.__data__.get(name) for name in LEAD) for lead in leads]
    cursor.executemany(f"INSERT INTO lead ({', '.join(LEAD)}) VALUES ({', '.join('?' * len(LEAD))})", rows)
    numbered = list(enumerate(leads, first))
    cursor.executemany("INSERT INTO contact (lead_id, name) VALUES (?, ?)", [(n, f"Person {n}") for n, _ in numbered])
    cursor.executemany(
        "INSERT INTO phone (lead_id, contact_id, number) VALUES (?, ?, ?)",
        [(n, n, 8_613_000_000_000 + random.randrange(10**9)) for n, _ in numbered],
    )
    cursor.executemany(
        "INSERT INTO stage_move (journal_id, lead_id, from_stage_id, to_stage_id, way, at, month, agent_id, owner_id, "
        "team_id, amount) VALUES (0, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)",
        [row for n, lead in numbered for row in _moves(campaign, n, lead)],
    )
    touched = [(n, lead) for n, lead in numbered if lead.touched_at is not None]
    cursor.executemany(
        "INSERT INTO journal (token, at, agent_id, verb, lead_id, detail) VALUES (?, ?, ?, 'log', ?, ?)",
        [(f"made {n}", lead.touched_at, lead.owner_id or 1, n, '{"outcome": "no_answer"}') for n, lead in touched],
    )
    cursor.executemany(
        "INSERT INTO touch (journal_id, lead_id, stage_id, at, agent_id, owner_id, team_id, kind, outcome, note) "
        "VALUES (0, ?, ?, ?, ?, ?, ?, 'call', 'no_answer', 'rang for half a minute')",
        [
            (n, lead.stage_id, lead.touched_at, lead.owner_id or 1, lead.owner_id, lead.team_id)
            for n, lead in touched
        ],
    )  # fmt: skip


def _moves(campaign: Book, number: int, lead: Lead) -> Iterator[tuple[object, ...]]:
    top, code = campaign.stage_ids["E"], campaign.stage_codes[lead.stage_id]
    whose = (lead.owner_id, lead.team_id, lead.amount)
    yield number, None, top, "enter", lead.entered_at, _month(lead.entered_at), *whose
    if code != "E":
        way = funnel.way_of(campaign.playbook, "E", code).value
        yield number, top, lead.stage_id, way, lead.stage_since, _month(lead.stage_since), *whose


def _month(stamp: int) -> int:
    return month_of(datetime.fromtimestamp(stamp + 8 * 3600, UTC).date())
