"""Floors that live by their real commands, and how each lead stood after everything that happened to it.

Histories here are such as the commands leave: leads bounce, are sold, reopened, edited, handed over one by one and team
by team, come with a list and their past, and some of it is taken back. How a lead stood is read from what each record
says, one after the other, and never from sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from funnel import NOTHING
from models import crew, ledger, queue, undoing
from models.base import money, rows_of
from models.errors import FloorError, Refused
from models.exchange import revealing, taking_back
from models.exchange.planning import Order, plan
from models.reports.slices import Slice
from models.undoing import UNDONE
from tests.models.exchange import made as lists
from tests.models.reports.second_way import ZONE, Row, table
from tests.models.store import lives
from tests.models.store.floors import NOW, MadeFloor
from tests.models.store.lives import Life

STAGES = ("New", "Offer", "Deal", "Won", "丢单", "")


# ── what happens ──────────────────────────────────────────────────────────────────────────────────────────────────────


def lived(made: MadeFloor, random: Random, folder: Path, *, steps: int = 110) -> Life:
    """A floor that has lived for some weeks, over the end of a month and the change of the clock."""
    lives.people_it(made, random, 10)
    life = Life(made, random, NOW + timedelta(days=20))
    brought: list[int] = []
    for _ in range(steps):
        life.passes()
        if random.random() < 0.06:
            life.now += timedelta(days=random.randrange(4))
        draw = random.random()
        if draw < 0.05:
            brought.append(bring(life, folder))
        elif draw < 0.08 and brought:
            taking_back.undo(brought.pop(random.randrange(len(brought))), made.boss, life.now, lambda *_: None)
        elif draw < 0.1:
            _move_team(life)
        elif draw < 0.3:
            _revalue(life)
        else:
            random.choice((life.turn, life.turn, life.step, life.manage))()
        if random.random() < 0.25:
            take_back(life)
    return life


def _revalue(life: Life) -> None:
    """Another amount, or none, by itself or with a move."""
    claim = life._looked_up(life.made.boss)
    if claim is None:
        return
    values = {"amount": life.random.choice(("", "0", "0.01", str(life.random.randrange(10**6))))}
    token = life.made.token()
    try:
        if life.random.random() < 0.5:
            ledger.edit(claim, values, token=token, now=life.now)
        else:
            to = life.random.choice(("new", "offer", "deal", "won"))
            ledger.move(claim, to, reason="x", is_sign_seen=True, values=values, token=token, now=life.now)
    except Refused:
        queue.release(claim, life.now)
    if life.random.random() < 0.6 or not take_back(life):
        queue.release(claim, life.now)


def bring(life: Life, folder: Path, rows: int = 3) -> int:
    """A list comes in: leads with their past. Returns its intake."""
    random, serial = life.random, next(life.made._serial)
    told = [list(lists.TRACKING)]
    for number in range(rows):
        day = (life.now - timedelta(days=random.randrange(1, 60))).astimezone(ZONE).date()
        cells = dict.fromkeys(lists.TRACKING, "") | {
            "客户名称/联系人": f"Brought {serial}/P",
            "联系电话": f"+4930777{serial % 1_000:03}{number}1",
            "线索来源": random.choice(("Web", "Fair")),
            "所属阶段": random.choice(STAGES),
            "首次接触时间": f"{day}",
            "预计成交金额(万元)": random.choice(("", "5", "0.75")),
            "负责人": random.choice(("", "Ann", "Cid")),
        }
        told.append(list(cells.values()))
    path = folder / f"list-{serial}.csv"
    path.write_bytes(lists.written(told))
    planned = plan(Order(path, life.made.boss), life.now, lambda *_: None)
    try:
        return revealing.apply(planned, life.now, lambda *_: None).intake_id
    finally:
        planned.close()


def take_back(life: Life) -> bool:
    """The last command is undone by who gave it, if it still can be."""
    rows = rows_of("SELECT token, agent_id, verb FROM journal ORDER BY id DESC LIMIT 1")
    token, agent, verb = rows[0]
    if verb not in UNDONE:
        return False
    try:
        undoing.undo(agent, token, token=life.made.token(), now=life.now + timedelta(seconds=3))
    except FloorError:
        return False
    return True


def _move_team(life: Life) -> None:
    one, other = life.random.sample(("north", "south"), 2)
    crew.move_team(one, to=other, by=life.made.boss, token=life.made.token(), now=life.now)


# ── how each lead stood ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Stand:
    """How a lead stands."""

    stage: int
    team: int | None
    owner: int | None
    amount: Decimal


@dataclass(frozen=True)
class Step:
    """One thing that happened to a lead; None before it came."""

    at: int
    lead: Row
    before: Stand | None
    after: Stand
    way: str = ""
    is_brought: bool = False


def steps() -> list[Step]:
    """Everything that stands on record, lead by lead in its order."""
    found: list[Step] = []
    records: dict[int, list[tuple[int, int, int, Row]]] = {}
    for rank, name in enumerate(("amount_change", "stage_move", "transfer")):
        for row in table(name):
            if row["voided_by"] is None:
                told = (row["journal_id"], rank, row["id"], row)
                records.setdefault(row["lead_id"], []).append(told)
    for lead in table("lead"):
        if lead["voided_at"] is None:
            found += _of(
                lead, [(rank, row) for _, rank, _, row in sorted(records[lead["id"]], key=lambda one: one[:3])]
            )
    return found


def _of(lead: Row, told: Iterable[tuple[int, Row]]) -> Iterator[Step]:
    before: Stand | None = None
    for rank, row in told:
        if rank == 1:
            after = Stand(row["to_stage_id"], row["team_id"], row["owner_id"], money(row["amount"]) or NOTHING)
            assert before is None or replace(after, stage=before.stage) == before, "nothing else changes with a move"
            assert row["from_stage_id"] == (before.stage if before else None)
        else:
            assert before is not None
            if rank == 2:
                after = replace(before, team=row["to_team_id"], owner=row["to_owner_id"])
            else:
                after = replace(before, amount=money(row["after"]) or NOTHING)
        yield Step(row["at"], lead, before, after, row.get("way", ""), row.get("intake_id") is not None)
        before = after
    last = Stand(lead["stage_id"], lead["team_id"], lead["owner_id"], money(lead["amount"]) or NOTHING)
    assert before == last, "the last record is how it stands"


def is_ours(stand: Stand | None, lead: Row, chosen: Slice) -> bool:
    """Whether a selection has it, standing so."""
    if stand is None or lead["campaign_id"] != chosen.campaign_id:
        return False
    amount = money(lead["amount"])
    bounds = (chosen.amount_from, chosen.amount_to)
    if bounds != (None, None) and amount is None:
        return False
    return (
        chosen.team_id in (None, stand.team)
        and chosen.agent_id in (None, stand.owner)
        and all(getattr(chosen, name) in (None, lead[name]) for name in ("source", "industry", "product"))
        and (bounds[0] is None or (amount is not None and amount >= bounds[0]))
        and (bounds[1] is None or (amount is not None and amount < bounds[1]))
    )
