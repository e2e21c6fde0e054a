"""Floors for a crowd, and the processes that work on them."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from models import crew, queue
from models.base import new_token, proxy, seconds
from models.campaigns import book
from models.connect import transact
from models.journal import MoveRow, record
from models.lead import Lead
from models.people import Role
from models.record import chain
from models.zones import unknown_zone_id
from tests.models.race import paths
from tests.models.race.workers import NOW
from tests.models.store import floors

ROOT = Path(__file__).parents[3]


def crowded(url: str, *, agents: int, leads: int) -> list[int]:
    """A floor whose agents serve one pool; closed afterwards, so that no process inherits it. Returns the agents."""
    with floors.opened(url):
        made = floors.make(url)
        people = [
            crew.add_agent(
                f"a{i}", name=f"A{i}", role=Role.AGENT, team="north", by=made.boss, token=made.token(), now=NOW
            )
            for i in range(agents)
        ]
        transact(lambda: _fill(leads))
    return people


def _fill(leads: int) -> None:
    campaign, stamp = book(1), seconds(NOW) - 3_600
    zone, stage = unknown_zone_id(NOW), campaign.stage_ids["new"]
    for number in range(leads):
        lead = Lead(
            campaign_id=1, stage_id=stage, team_id=1, zone_id=zone, amount=number * 1000, obtained_at=stamp,
            entered_at=stamp, stage_since=stamp, lane=0, key=0,
        )  # fmt: skip
        queue.put_in_place(lead, campaign, NOW)
        lead.save(force_insert=True)
    journal = record(new_token(), "crowd", 1, NOW)
    proxy.execute_sql(
        "INSERT INTO stage_move (journal_id, lead_id, to_stage_id, way, at, month, team_id, amount) "
        f"SELECT {journal}, id, stage_id, 'enter', {stamp}, 24314, team_id, amount FROM lead"
    )
    chain.note_since(MoveRow, journal, 0)


def of_every_kind(url: str, *, agents: int, managers: int, leads: int) -> list[int]:
    """A floor whose leads have numbers and whose day never ends; agents and managers, closed as `crowded`."""
    playbook = floors.PLAYBOOK.replace("08:00:00", "00:00:00").replace("18:00:00", "23:59:59")
    playbook = playbook.replace('"fri"]', '"fri", "sat", "sun"]').replace("claim_minutes = 10", "claim_minutes = 1")
    with floors.opened(url):
        made, now = floors.make(url, playbook=playbook), datetime.now(UTC)
        wanted = [(f"a{i}", Role.AGENT) for i in range(agents)]
        wanted += [(paths.operator() if i == 0 else f"m{i}", Role.MANAGER) for i in range(managers)]
        people = [
            crew.add_agent(login, name=login, role=role, team="north", by=made.boss, token=made.token(), now=now)
            for login, role in wanted
        ]
        for _ in range(leads):
            made.lead(now=now)
    return people


def loose(kind: str, url: str, agents: list[int], folder: Path, *, duration: float = 0, seed: int = 0) -> int:
    """Lets a process for each agent work at once, until all are done or the time is over; how many were killed."""
    command = [sys.executable, "-m", "tests.models.race.workers", kind, url, str(folder), str(duration), str(seed)]
    run = subprocess.run(
        [*command, *map(str, agents)], cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=duration + 120
    )
    return int(run.stdout)


def told(folder: Path) -> list[list[str]]:
    """Every whole line, in words, that a process told before it ended."""
    return [line.split() for path in sorted(folder.glob("told-*")) for line in path.read_text().split("\n")[:-1]]
