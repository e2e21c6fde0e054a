"""A storm on a real server: agents work over ssh, sessions end in every way, somebody watches; then all is counted."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

from models.playbook import shipped_text
from tests.server.forms import SUPERVISOR, Server, serve_by_account, serve_by_key
from tests.server.line import Gone, Line, Stuck
from tests.server.machine import Machine
from tests.server.typist import Text, Typist
from tests.server.weather import Weather

PEOPLE = tuple(f"agent{number}" for number in range(10))
PLAYBOOK = "/etc/callfloor/day-and-night.toml"
URLS = {"by_key": "sqlite:////var/lib/callfloor/floor.db", "by_account": "postgresql:///callfloor?host=/run/postgresql"}
LONGEST = 90
"""Seconds after a storm in which everybody has left."""
OVERLAP = 2_000_000
"""Microseconds in which one agent may have told already what another, who was before, has not told yet."""

READ = """
import json, sys
from datetime import datetime, timedelta, UTC
from models import connect, desks
from models.base import rows_of
from models.desks.shelf import stamp
connect.use(sys.argv[1], read_only=True)
here = desks.everybody()
spells = desks.latest_spells({one.agent_id: datetime(2000, 1, 1, tzinfo=UTC) for one in here})
print(json.dumps({
    "people": dict(rows_of("SELECT login, id FROM agent")),
    "touches": rows_of("SELECT agent_id, lead_id, at, note, voided_by FROM touch"),
    "journal": rows_of("SELECT agent_id, verb, detail FROM journal"),
    "spells": [(one.agent_id, one.lead_id, one.state, stamp(one.since), stamp(one.until)) for one in spells],
    "present": {one.agent_id: one.state for one in here},
}))
"""


@dataclass(frozen=True)
class Aftermath:
    """What a storm left."""

    struck: Counter[str]
    log_ins: int
    acknowledged: int
    """Outcomes that the screen said were stored."""
    drafts: int
    """Unfinished texts that were there again."""
    faults: tuple[str, ...]
    """What should not be, in words: none, ever."""


def serve(form: str, made: Machine, leads: int) -> Server:
    """Puts a floor of ten with a pool of leads on a bare machine; calls are permitted day and night.

    Args:
        form: `by_key` for SQLite and the service account, `by_account` for PostgreSQL and an account each.
        made: the machine.
        leads: how many.
    """
    text = re.sub(r"opens = [\d:]+\ncloses = [\d:]+", "opens = 00:00:00\ncloses = 23:59:59", shipped_text("telesales"))
    text = text.replace('"fri"]', '"fri", "sat", "sun"]').replace(
        "respects_holidays = true", "respects_holidays = false"
    )
    text = text[: text.index("[[windows]]", text.index("[[windows]]") + 1)] + text[text.index("# How a touch ended") :]
    made.write(PLAYBOOK, text)
    serve_by = serve_by_key if form == "by_key" else serve_by_account
    found = serve_by(made, PEOPLE, playbook=PLAYBOOK)
    rows = "".join(f"Firm {number:04},Zhang {number},+86139{number:08}\n" for number in range(leads))
    made.write("/run/leads.csv", "company,contact,phone\n" + rows)
    made.callfloor("import", "/run/leads.csv", "--yes", "--team", "north")
    return found


async def storm(form: str, server: Server, *, rounds: int, pause: float, seed: int) -> Aftermath:
    """Lets ten agents work through a storm while somebody watches, then counts.

    Args:
        form: as for `serve`.
        server: where.
        rounds: how often everything strikes.
        pause: seconds between two blows.
        seed: of all that is left to chance.
    """
    random = Random(seed)
    typists = [Typist(one, server.machine.ssh(server.login(one), one), Random(random.random())) for one in PEOPLE]
    weather = Weather(server, typists, random, has_postgres=form == "by_account")
    monitor = Line(server.machine.ssh(server.login(SUPERVISOR), SUPERVISOR))
    faults: list[str] = []
    try:
        await monitor.until(lambda screen: "MONITOR" in screen)
        work = [asyncio.create_task(typist.work()) for typist in typists]
        await weather.rage(rounds, pause=pause)
        for typist in typists:
            typist.is_leaving = True
        _done, late = await asyncio.wait(work, timeout=LONGEST)
        for typist, task in zip(typists, work, strict=True):
            if task in late:
                faults.append(f"{typist.person} never left: {typist.line.screen if typist.line else 'outside'}")
                task.cancel()
        await _lose(typists[0], weather)
        faults += await _monitor_agrees(monitor)
    finally:
        monitor.close()
    faults += await asyncio.to_thread(_left_over, server)
    found = await asyncio.to_thread(read, server, URLS[form])
    texts = [text for typist in typists for text in typist.tally.texts]
    faults += [*_lost(texts, found), *_together(found), *_watched(found), *_recounted(server)]
    for typist in typists:
        faults += [f"{typist.person}: a draft was lost: {one}" for one in typist.tally.lost_drafts]
        faults += [f"{typist.person}: no answer: {one}" for one in typist.tally.stuck]
        faults += [f"{typist.person}: a terminal was spoilt: {one}" for one in typist.tally.spoilt]
    tallies = [typist.tally for typist in typists]
    return Aftermath(
        weather.struck,
        sum(one.log_ins for one in tallies),
        sum(one.calls for one in tallies),
        sum(one.drafts for one in tallies),
        tuple(faults),
    )


async def _lose(typist: Typist, weather: Weather) -> None:
    """One more session, whose line is lost: it is told to end, and nobody comes back to it."""
    line = Line(typist.command)
    await line.until(lambda screen: "queue" in screen)
    await weather.signal(typist, "HUP")
    await line.ended()
    line.close()


async def _monitor_agrees(monitor: Line) -> list[str]:
    """It was there all the time, answers, and shows everybody as they are: one lost, the others off."""
    try:
        await monitor.until(lambda screen: len(re.findall(r"agent\d +off", screen)) == len(PEOPLE) - 1)
        await monitor.until(lambda screen: re.search(r"agent0 +\S+ line lost", screen))
        monitor.type(b"?")
        await monitor.until(lambda screen: "agent0" not in screen)
    except (Gone, Stuck):
        return [f"the monitor does not show what is: {monitor.screen}"]
    return []


def _left_over(server: Server) -> list[str]:
    """Processes of agents that nobody is at any more."""
    found: dict[int, str] = {}
    for _ in range(100):
        found = {}
        for login in {server.login(one) for one in PEOPLE}:
            found |= server.machine.processes(login)
        found = {pid: command for pid, command in found.items() if "monitor" not in command and "sshd" not in command}
        if not found:
            break
        asyncio.run(asyncio.sleep(0.1))
    return [f"left over: {found}"] * bool(found)


def read(server: Server, url: str) -> dict[str, Any]:
    """What is on record, as the floor's owner reads it."""
    place = ["runuser", "-u", "callfloor", "--", "env", "-i", "LANG=C.UTF-8", sys.executable, "-c", READ, url]
    found: dict[str, Any] = json.loads(server.machine.run(*place))
    return found


# ── what should not be ────────────────────────────────────────────────────────────────────────────────────────────────


def _lost(texts: Sequence[Text], found: dict[str, Any]) -> list[str]:
    """What the screen acknowledged is on record once; nothing is there twice."""
    stored = Counter[str]()
    notes = [row[3] for row in found["touches"]] + [row[2] for row in found["journal"] if row[1] == "sleep"]
    for note in notes:
        stored.update(set(re.findall(r"agent\d{5}", note)))
    faults = [f"lost: {one}" for one in texts if one.is_acknowledged and not stored[one.mark]]
    return faults + [f"twice: {one}" for one in texts if stored[one.mark] > 1]


def _together(found: dict[str, Any]) -> list[str]:
    """Nobody was on a lead with another, and nobody wrote at one that another was on."""
    at_work = [row for row in found["spells"] if row[1] is not None and row[2] not in ("lost", "off")]
    at_work.sort(key=lambda row: (row[1], row[3]))
    faults = []
    for first, second in pairwise(at_work):
        if first[1] == second[1] and first[0] != second[0] and second[3] + OVERLAP < first[4]:
            faults.append(f"together: {first} {second}")
    for agent, lead, at, note, _voided in found["touches"]:
        moment = at * 1_000_000
        for other, their_lead, _state, since, until in at_work:
            if lead == their_lead and agent != other and since + OVERLAP < moment < until - OVERLAP:
                faults.append(f"written at another's: {note} {other}")
    return faults


def _watched(found: dict[str, Any]) -> list[str]:
    """Whoever watched wrote nothing and is nowhere."""
    chen = found["people"][SUPERVISOR]
    wrote = [row for row in found["journal"] if row[0] == chen]
    return [f"the monitor wrote: {wrote}"] * bool(wrote or str(chen) in found["present"])


def _recounted(server: Server) -> list[str]:
    said = server.machine.run(
        "runuser", "-u", "callfloor", "--", "env", "-i", "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8",
        "callfloor", "check", code=None,
    )  # fmt: skip
    return [] if said.startswith("All agrees") and "the record" in said else [f"check: {said}"]
