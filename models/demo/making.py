"""Makes the demo floor: in a folder beside its place, renamed when it is whole."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from models import connect, crew, floor, schema, zones
from models.base import hundredths, moment, new_token, proxy, rows_of, seconds
from models.campaigns import book
from models.connect import transact
from models.demo.arrivals import Arrivals, List
from models.demo.crew import AGENTS, DESK, MANAGER, SUPERVISORS, TEAMS
from models.demo.customers import Townsfolk
from models.demo.hours import FLOOR_ZONE, Hours
from models.demo.life import Life
from models.demo.places import PLACES
from models.demo.playbook import demo_text, office_text
from models.demo.promises import give_life, hand_to_pool
from models.demo.targets import targets
from models.demo.telling import Teller
from models.demo.writing import Names, history, write, write_history, write_leads
from models.errors import FloorError
from models.journal import Journal
from models.lead import Intake
from models.people import Agent, Floor
from models.playbook import read_playbook
from models.record import sealing
from models.search import catalogue

LEADS = 3_000
SEED = 20_240_620
DAYS = 183
MADE = "demo-made"
"""The verb of the journal by which a demo floor is known, and its age."""
LEFTOVER = ".callfloor-demo-"
BESIDE = ("-wal", "-shm", "-gate", "-bell", "-desks", "-desks-wal", "-desks-shm")


def make(path: Path, now: datetime, *, leads: int = LEADS, seed: int = SEED) -> None:
    """Makes a floor at `path`, in place of what was there. Interrupted, it leaves nothing.

    The floor becomes this process's own while it is made; it is closed afterwards.
    """
    now = now.replace(microsecond=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path.parent, now)
    folder = Path(tempfile.mkdtemp(prefix=LEFTOVER, dir=path.parent))
    try:
        unfinished = folder / path.name
        fill(str(unfinished), now, leads=leads, seed=seed)
        for end in BESIDE:
            path.with_name(path.name + end).unlink(missing_ok=True)
        unfinished.replace(path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(folder: Path, now: datetime) -> None:
    """What a making that was killed left behind, an hour ago or longer."""
    for left in folder.glob(f"{LEFTOVER}*"):
        with suppress(OSError):
            if left.stat().st_mtime < (now - timedelta(hours=1)).timestamp():
                shutil.rmtree(left, ignore_errors=True)


def made_at(path: Path) -> datetime | None:
    """When the demo floor at `path` was made; None where there is none, or something else."""
    if not path.is_file() or path.stat().st_size == 0:
        return None
    database = connect.database_of(str(path), read_only=True)
    try:
        with connect.translated():
            database.connect()
            question = f"SELECT at FROM journal WHERE verb = '{MADE}' ORDER BY id DESC LIMIT 1"
            rows = list(database.execute_sql(question))  # type: ignore[no-untyped-call]
    except FloorError:
        return None
    finally:
        database.close()
    return moment(rows[0][0]) if rows else None


def is_untouched(path: Path) -> bool:
    """Whether nobody has done anything on the demo floor since it was made."""
    database = connect.database_of(str(path), read_only=True)
    try:
        with connect.translated():
            database.connect()
            rows = list(database.execute_sql("SELECT verb FROM journal ORDER BY id DESC LIMIT 1"))  # type: ignore[no-untyped-call]
    finally:
        database.close()
    return bool(rows) and rows[0][0] == MADE


def is_alive(path: Path, now: datetime) -> bool:
    """Whether there is a demo floor of this program that is not older than a day, so that its dates still live."""
    made = made_at(path)
    if made is None or now - made > timedelta(days=1):
        return False
    database = connect.use(str(path), read_only=True)
    try:
        schema.require_current()
    except FloorError:
        return False
    finally:
        database.close()
    return True


def fill(url: str, now: datetime, *, leads: int = LEADS, seed: int = SEED) -> None:
    """Makes the floor in a database that is not there yet, and closes it."""
    rng = Random(seed)
    database = connect.use(url)
    try:
        since = now - timedelta(days=DAYS)
        names = _people(since)
        lives, lists = _told(now, since, leads, rng)
        transact(lambda: _write_lists(lives, lists, names))
        write_leads(lives, names, now)
        entries = history(lives, lists, MANAGER.login)
        first = int(rows_of("SELECT MAX(id) FROM journal")[0][0])
        write_history(entries, names, first, rng)
        transact(lambda: sealing.expect({"journal": first, "touch": 0, "stage_move": 0, "amount_change": 0}))
        _write_suppressed(lives, names, now, since, rng)
        transact(lambda: _finish(lives, names, now, rng))
        catalogue.catch_up()
        sealing.catch_up()
    finally:
        database.close()


def _people(since: datetime) -> Names:
    """The floor itself, with everybody on it."""
    boss = floor.init(
        name="Demo 示例",
        zone=FLOOR_ZONE,
        region="CN",
        currency="CNY",
        playbook=demo_text(),
        login=MANAGER.login,
        agent=MANAGER.name,
        token=new_token(),
        now=since,
    )
    teams = {team: crew.add_team(team, by=boss, token=new_token(), now=since) for team in TEAMS}
    agents = {MANAGER.login: boss}
    for who in (*SUPERVISORS, *AGENTS):
        agents[who.login] = crew.add_agent(
            who.login, name=who.name, role=who.role, team=who.team, by=boss, token=new_token(), now=since
        )
    return Names(book(1), agents, teams)


def _told(now: datetime, since: datetime, count: int, rng: Random) -> tuple[list[Life], Sequence[List]]:
    office, wide = read_playbook(office_text()), read_playbook(demo_text())
    hours = Hours(office, wide, since, now)
    arrivals = Arrivals(hours, Townsfolk(rng), rng)
    lives = sorted(arrivals.lives(count), key=lambda life: life.entered_at)
    teller = Teller(wide, hours, now, rng)
    for life in lives:
        teller.tell(life)
    give_life(lives, hours, now)
    hand_to_pool(lives, timedelta(minutes=wide.promise_grace_minutes), now)
    return lives, arrivals.lists


def _write_lists(lives: Sequence[Life], lists: Sequence[List], names: Names) -> None:
    for each in lists:
        if taken := sum(life.intake == each.number for life in lives):
            Intake.insert(
                id=each.number,
                file=f"{each.source}-{each.at:%Y-%m-%d}.csv",
                digest=f"{each.number:064x}",
                at=seconds(each.at),
                agent_id=names.agents[MANAGER.login],
                campaign_id=names.campaign.campaign_id,
                state="done",
                rows=taken + taken // 20,
                taken=taken,
                rejected=taken // 20,
            ).execute()


def _write_suppressed(lives: Sequence[Life], names: Names, now: datetime, since: datetime, rng: Random) -> None:
    """Numbers of those who asked for it, and some that never were leads."""
    rows = [
        (person.number, "do_not_call", seconds(life.touched_at or now), names.agents[life.events[-1].who])
        for life in lives
        if life.is_barred
        for person in life.customer.people
    ]
    people = Townsfolk(rng)
    people.numbers |= {person.number for life in lives for person in life.customer.people}
    for _ in range(40):
        at = since + (now - since) * rng.random()
        number = people.number(rng.choice(PLACES))
        rows.append((number, rng.choice(("asked in writing", "来函要求")), seconds(at), names.agents[MANAGER.login]))
    write("suppression", "number, reason, at, agent_id", rows)


def _finish(lives: Sequence[Life], names: Names, now: datetime, rng: Random) -> None:
    """Targets, hours as they are now, who was seen when, and the mark of a demo. Inside a command."""
    manager = names.agents[MANAGER.login]
    for wanted in targets(lives, now, rng):
        team, agent = names.teams.get(wanted.team or "", 0), names.agents.get(wanted.login or "", 0)
        proxy.execute_sql(
            "INSERT INTO target (month, team_id, agent_id, deals, amount) VALUES (?, ?, ?, ?, ?)",
            (wanted.month, team, agent, wanted.deals, hundredths(wanted.amount)),
        )
    zones.refresh_hours(now)
    for login, agent in names.agents.items():
        ago = 30 if login == DESK.login else rng.randint(2, 60) * 60
        Agent.update(seen_at=seconds(now) - ago).where(Agent.id == agent).execute()
    Floor.update(tidied_at=seconds(now)).where(Floor.id == 1).execute()
    Journal.add(token=new_token(), at=seconds(now), agent_id=manager, verb=MADE)
    schema.require_current()
