"""The second way to every figure: random floors, and their raw rows for plain Python to count.

Nothing here is shared with what it proves: whole tables are read, row by row, and what a selection or a period means is
said once more. Histories are written straight into the tables, so that they hold what no playbook would allow: leads
that bounce, moves at the same second, on both sides of every midnight and of the changes of the clock, moves taken back
from the middle of a history, owners and teams that change from move to move.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import funnel
from models.base import NEVER, money, month_of, proxy, rows_of, seconds
from models.campaigns import book
from models.connect import transact
from models.lead import Lead
from models.reports.slices import OF_THE_LEAD, By, Slice
from models.zones import unknown_zone_id
from tests.models.store.floors import NOW, MadeFloor

Row = dict[str, Any]

ZONE = ZoneInfo("Europe/Berlin")
"""Of the made floors. Clocks go forward on 29 March 2026 and back on 25 October 2026."""
EDGES = tuple(
    datetime(*day, tzinfo=ZONE)
    for day in ((2026, 2, 1), (2026, 3, 1), (2026, 3, 9), (2026, 3, 29), (2026, 3, 30), (2026, 4, 1), (2026, 5, 1))
)
"""Moments near which much happens: where months, weeks and clocks turn."""
SINCE = datetime(2026, 1, 12, tzinfo=ZONE)
"""Nothing is older on a written floor."""
WEEKS = 16
OUTCOMES = ("no_answer", "talked", "callback", "refused", "wrong")
TALKS = ("talked", "callback", "refused")


# ── a floor is written ────────────────────────────────────────────────────────────────────────────────────────────────


def written(made: MadeFloor, random: Random, leads: int = 12, *, campaign: int = 1) -> None:
    """Fills a floor with leads, moves and touches; the counters follow by themselves."""

    def command() -> None:
        for _ in range(leads):
            _write_lead(made, random, campaign)

    transact(command)


def _write_lead(made: MadeFloor, random: Random, campaign: int) -> None:
    stages = [*book(campaign).stage_ids.values()]
    came = _moment(random)
    number = Lead.add(
        campaign_id=campaign, stage_id=stages[0], zone_id=unknown_zone_id(NOW), lane=0, key=0, wake_at=NEVER,
        company=f"Company {random.randrange(100)}", source=random.choice(("web", "fair", "")),
        industry=random.choice(("steel", "")), product=random.choice(("A", "B", "")),
        amount=random.choice((None, 0, 10_050, 99_999_99)), obtained_at=seconds(came), entered_at=seconds(came),
        stage_since=seconds(came),
    )  # fmt: skip
    stage, at = None, came
    for _ in range(random.choice((1, 1, 2, 4, 9, 20))):
        to = random.choice(stages[: 1 if stage is None and random.random() < 0.8 else None])
        if to != stage:
            stage = _write_move(made, random, number, stage, to, at, campaign)
        at = max(at, _moment(random)) if random.random() < 0.5 else at + timedelta(hours=random.choice((0, 0, 1, 40)))
    assert stage is not None
    stage = _take_back(random, number, stage)
    owner, team = _hands(made, random)
    amount = random.choice((None, 0, 12_345, 50_000_00))
    rows_of(
        "UPDATE lead SET stage_id = ?, owner_id = ?, team_id = ?, amount = ? WHERE id = ? RETURNING id",
        (stage, owner, team, amount, number),
    )
    if random.random() < 0.3:
        _write_what_it_is(random, number)
    for _ in range(random.choice((0, 1, 3, 8))):
        _write_touch(made, random, number, random.choice(stages))


def _write_what_it_is(random: Random, lead: int) -> None:
    """Somebody learns better what a lead is, and takes its past along."""
    rows_of(
        "UPDATE lead SET source = ?, industry = ?, product = ? WHERE id = ? RETURNING id",
        (random.choice(("web", "fair", "")), random.choice(("steel", "wood")), random.choice(("A", "")), lead),
    )


def _write_move(
    made: MadeFloor, random: Random, lead: int, origin: int | None, to: int, at: datetime, campaign: int
) -> int:
    codes = book(campaign).stage_codes
    way = funnel.way_of(book(campaign).playbook, None if origin is None else codes[origin], codes[to])
    values = (
        lead, origin, to, way.value, seconds(at), month_of(at.astimezone(ZONE).date()), _doer(made, random),
        *_hands(made, random), random.choice((None, 0, 70_01, 1_000_00)),
    )  # fmt: skip
    rows_of(
        "INSERT INTO stage_move (journal_id, lead_id, from_stage_id, to_stage_id, way, at, month, agent_id, owner_id, "
        f"team_id, amount) VALUES (0, {', '.join('?' * len(values))}) RETURNING id",
        values,
    )
    return to


def _take_back(random: Random, lead: int, stage: int) -> int:
    """Voids the last move, or two that cancel each other in the middle; the stage where the lead stands then."""
    moves = rows_of("SELECT id, from_stage_id, to_stage_id FROM stage_move WHERE lead_id = ? ORDER BY at, id", (lead,))
    gone: list[int] = []
    if len(moves) > 1 and random.random() < 0.3:
        gone, stage = [moves[-1][0]], moves[-1][1]
    elif len(moves) > 3 and random.random() < 0.3:
        for one, other in pairwise(moves[1:]):
            if one[1] == other[2]:
                gone = [one[0], other[0]]
                break
    for number in gone:
        rows_of("UPDATE stage_move SET voided_by = 1 WHERE id = ? RETURNING id", (number,))
    return stage


def _write_touch(made: MadeFloor, random: Random, lead: int, stage: int) -> None:
    outcome, kind = random.choice(OUTCOMES), random.choice(("call", "call", "call", "email", "visit"))
    voided = 1 if random.random() < 0.15 else None
    values = (
        lead, stage, seconds(_moment(random)), _doer(made, random), *_hands(made, random), kind, outcome,
        int(outcome in TALKS), random.choice((None, 0, 61, 600)), voided,
    )  # fmt: skip
    rows_of(
        "INSERT INTO touch (journal_id, lead_id, stage_id, at, agent_id, owner_id, team_id, kind, outcome, is_talk, "
        f"seconds, voided_by) VALUES (0, {', '.join('?' * len(values))}) RETURNING id",
        values,
    )


def _moment(random: Random) -> datetime:
    """Any moment, mostly one on which something turns, or a second beside it."""
    if random.random() < 0.6:
        return random.choice(EDGES) + timedelta(seconds=random.choice((-3_601, -1, 0, 0, 1, 3_600)))
    return SINCE + timedelta(seconds=random.randrange(WEEKS * 7 * 86_400))


def _doer(made: MadeFloor, random: Random) -> int | None:
    return random.choice([*made.people.values(), None])


def _hands(made: MadeFloor, random: Random) -> tuple[int | None, int | None]:
    return random.choice([*made.people.values(), None, None]), random.choice([*made.teams.values(), None])


# ── and its rows are read ─────────────────────────────────────────────────────────────────────────────────────────────


def table(name: str) -> list[Row]:
    """Every row of a table, as it is stored."""
    columns = [column.name for column in proxy.obj.get_columns(name)]
    return [dict(zip(columns, row, strict=True)) for row in rows_of(f"SELECT {', '.join(columns)} FROM {name}")]


@dataclass(frozen=True)
class Raw:
    """What is on record: rows that stand, in the order in which they happened."""

    leads: dict[int, Row]
    moves: list[Row]
    """With `origin` and `to`, the stages' codes, beside the columns."""
    touches: list[Row]
    agents: dict[int, Row]
    stages: dict[int, Row]
    ways: dict[int, list[Row]]
    """The moves of each lead."""


def raw() -> Raw:
    """Everything of the floor that is open, as it is now."""
    stages = {row["id"]: row for row in table("stage")}
    moves = [row for row in table("stage_move") if row["voided_by"] is None]
    for row in moves:
        row["origin"] = None if row["from_stage_id"] is None else stages[row["from_stage_id"]]["code"]
        row["to"] = stages[row["to_stage_id"]]["code"]
    moves.sort(key=lambda row: (row["at"], row["id"]))
    ways: dict[int, list[Row]] = defaultdict(list)
    for row in moves:
        ways[row["lead_id"]].append(row)
    return Raw(
        {row["id"]: row for row in table("lead") if row["voided_at"] is None},
        moves,
        [row for row in table("touch") if row["voided_by"] is None],
        {row["id"]: row for row in table("agent")},
        stages,
        ways,
    )


def leads_of(found: Raw, chosen: Slice) -> list[Row]:
    """The leads of a slice as they stand now."""
    return [
        row
        for row in found.leads.values()
        if row["campaign_id"] == chosen.campaign_id and _is_of(chosen, row) and _is_such(chosen, row)
    ]


def moves_of(found: Raw, chosen: Slice) -> list[Row]:
    """The moves of a slice: whose the lead was then, what the lead is now."""
    return [
        row
        for row in found.moves
        if found.stages[row["to_stage_id"]]["campaign_id"] == chosen.campaign_id
        and _is_of(chosen, row)
        and _is_such(chosen, found.leads.get(row["lead_id"], {}))
    ]


def touches_of(found: Raw, chosen: Slice) -> list[Row]:
    """The touches of a slice: who did them and in which team this person is now, what the lead is now."""
    return [
        row
        for row in found.touches
        if found.stages[row["stage_id"]]["campaign_id"] == chosen.campaign_id
        and chosen.agent_id in (None, row["agent_id"])
        and chosen.team_id in (None, found.agents.get(row["agent_id"], {}).get("team_id"))
        and _is_such(chosen, found.leads.get(row["lead_id"], {}))
    ]


def _is_of(chosen: Slice, row: Row) -> bool:
    return chosen.team_id in (None, row["team_id"]) and chosen.agent_id in (None, row["owner_id"])


def _is_such(chosen: Slice, lead: Row) -> bool:
    if any(
        getattr(chosen, name) not in (None, lead.get(name)) for name in ("source", "industry", "product")
    ):  # fmt: skip
        return False
    amount = money(lead.get("amount"))
    if chosen.amount_from is not None and (amount is None or amount < chosen.amount_from):
        return False
    return chosen.amount_to is None or (amount is not None and amount < chosen.amount_to)


def in_period(rows: Iterable[Row], since: datetime, until: datetime) -> list[Row]:
    """Those that happened in [since, until)."""
    return [row for row in rows if since.timestamp() <= row["at"] < until.timestamp()]


def heart_moves(rows: Iterable[Row]) -> list[funnel.Move]:
    """Rows of moves as the heart takes them."""
    return [
        funnel.Move(
            row["lead_id"],
            datetime.fromtimestamp(row["at"], ZONE),
            row["origin"],
            row["to"],
            funnel.Way(row["way"]),
            money(row["amount"]) or funnel.NOTHING,
        )
        for row in rows
    ]


# ── and counted ───────────────────────────────────────────────────────────────────────────────────────────────────────


def later(found: Raw, row: Row, until: datetime) -> list[Row]:
    """What the lead of a move did after it and before a moment."""
    own = found.ways[row["lead_id"]]
    return [other for other in own[own.index(row) + 1 :] if other["at"] < until.timestamp()]


def leavers(found: Raw, since: datetime, until: datetime) -> list[Row]:
    """The moves by which leads left a stage for good, as far as the period goes: with `is_final` and `days`."""
    left = []
    for row in in_period(found.moves, since, until):
        after = later(found, row, until)
        touched = {one["from_stage_id"] for one in after} | {one["to_stage_id"] for one in after}
        if row["origin"] and row["from_stage_id"] not in touched:
            own = found.ways[row["lead_id"]]
            came = [one["at"] for one in own[: own.index(row)] if one["to_stage_id"] == row["from_stage_id"]]
            days = (row["at"] - came[-1]) // 86_400 if came else None
            left.append({**row, "is_final": not after, "days": days})
    return left


def sold(found: Raw, since: datetime, until: datetime) -> list[Row]:
    """The last sale of each lead that is a customer still at the period's end: with `cycle` in days."""
    sales = []
    for row in in_period(found.moves, since, until):
        after = later(found, row, until)
        is_undone = any(not is_won(found, one["to_stage_id"]) or is_sale(found, one) for one in after)
        if is_sale(found, row) and not is_undone:
            first = found.ways[row["lead_id"]][0]
            sales.append({**row, "cycle": (row["at"] - first["at"]) // 86_400})
    return sales


def is_won(found: Raw, stage: int) -> bool:
    """Whether who stands there is a customer."""
    return bool(found.stages[stage]["kind"] == "won")


def is_sale(found: Raw, row: Row) -> bool:
    """Whether a move is the sale."""
    origin = row["from_stage_id"]
    return origin is not None and not is_won(found, origin) and is_won(found, row["to_stage_id"])


def first_entries(found: Raw, since: datetime, until: datetime) -> list[Row]:
    """The first entry of each lead into each stage: with `reached`, `open` and `won` as they are now."""
    seen, firsts = set(), []
    stages = [row for row in found.stages.values() if row["retired_at"] is None and row["kind"] in ("open", "won")]
    way = {row["id"]: row["position"] for row in stages}
    for row in in_period(found.moves, since, until):
        at = (row["lead_id"], row["to_stage_id"])
        if at not in seen and row["to_stage_id"] in way:
            after = later(found, row, datetime.max.replace(tzinfo=ZONE))
            reached = any(way.get(one["to_stage_id"], -1) > way[row["to_stage_id"]] for one in after)
            stands = found.stages[found.leads[row["lead_id"]]["stage_id"]]["kind"]
            firsts.append({**row, "reached": reached, "open": stands == "open" and not reached, "won": stands == "won"})
        seen.add(at)
    return firsts


def key_of(found: Raw, by: By, row: Row, *, is_lead: bool = False) -> int | str:
    """The part of a split that a row belongs to."""
    if by in (By.TEAM, By.AGENT):
        return row["team_id" if by is By.TEAM else "owner_id"] or 0
    lead = row if is_lead else found.leads[row["lead_id"]]
    part: int | str = lead[by.value] if by in OF_THE_LEAD else 0
    return part


def split(found: Raw, by: By, rows: Iterable[Row], *, is_lead: bool = False) -> dict[int | str, list[Row]]:
    """Rows by part."""
    parts: dict[int | str, list[Row]] = defaultdict(list)
    for row in rows:
        parts[key_of(found, by, row, is_lead=is_lead)].append(row)
    return parts


def amount(rows: Iterable[Row]) -> Decimal:
    """What the rows are worth together."""
    return sum((money(row["amount"]) or Decimal(0) for row in rows), Decimal(0))
