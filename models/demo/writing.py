"""Writes told lives into an empty floor, in bulk: the rows that the ledger would have written, in the order of time.

SQLite only: ids are given here, and no server's sequence hears of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from random import Random
from zoneinfo import ZoneInfo

import funnel
from models import queue, zones
from models.base import NEVER, hundredths, month_of, proxy, seconds
from models.campaigns import Book
from models.connect import transact
from models.demo.arrivals import List
from models.demo.hours import FLOOR_ZONE
from models.demo.life import Life, Moved, Touched
from models.fields import COLUMNS, MONEY, OF_CONTACT
from models.lead import Lead
from models.numbers import whereabouts

BATCH = 4_000
Row = tuple[object, ...]


@dataclass(slots=True)
class Names:
    """Ids of what is already in the database."""

    campaign: Book
    agents: Mapping[str, int]
    teams: Mapping[str, int]


@dataclass(slots=True)
class Line:
    """One line of the journal to be, with what it brought."""

    at: datetime
    who: str
    verb: str
    lead: int | None
    life: Life | None
    what: Touched | Moved | None
    detail: dict[str, object] = field(default_factory=dict)


def write(table: str, columns: str, rows: Iterable[Row]) -> None:
    """Inserts rows of one table, some thousand in each transaction."""
    holes = ", ".join("?" * len(columns.split(",")))
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        transact(
            lambda batch=batch: proxy.obj.cursor().executemany(  # type: ignore[misc]
                f"INSERT INTO {table} ({columns}) VALUES ({holes})", batch
            )
        )


# ── leads ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

LEAD = tuple(Lead._meta.sorted_field_names)
KNOWN = {*COLUMNS, *OF_CONTACT, "number"}
"""Fields with a place of their own; the others are the profile."""


def write_leads(lives: Sequence[Life], names: Names, now: datetime) -> None:
    """Leads with their contacts and numbers; their ids are their places in `lives`, from 1."""
    zone_of: dict[str, int] = {}
    for life in lives:
        if life.customer.place.city not in zone_of:
            where = whereabouts(life.customer.people[0].number, now)
            zone_of[life.customer.place.city] = transact(lambda where=where: zones.zone_id(where, now))  # type: ignore[misc]
    write(
        "lead",
        ", ".join(LEAD),
        (_lead(number, life, zone_of[life.customer.place.city], names, now) for number, life in enumerate(lives, 1)),
    )
    people = [(number, person) for number, life in enumerate(lives, 1) for person in life.customer.people]
    main = {id(life.customer.people[0]) for life in lives}
    contacts: list[Row] = []
    phones: list[Row] = []
    for place, (number, person) in enumerate(people, 1):
        life = lives[number - 1]
        title = life.fields.get("title", "") if id(person) in main else person.title
        part = person.part if title else ""
        contacts.append((place, number, person.name, title, part, person.email, life.intake))
        phones.append((number, place, person.number))
    write("contact", "id, lead_id, name, title, part, email, intake_id", contacts)
    write("phone", "lead_id, contact_id, number", phones)


def _lead(number: int, life: Life, zone: int, names: Names, now: datetime) -> Row:
    campaign, fields, tries = names.campaign, life.fields, life.tries
    profile = {name: value for name, value in fields.items() if name not in KNOWN}
    wake_at = NEVER if life.wake_at is None else seconds(life.wake_at)
    lead = Lead(
        id=number,
        campaign_id=campaign.campaign_id,
        stage_id=campaign.stage_ids[life.stage],
        owner_id=names.agents.get(life.owner or ""),
        team_id=names.teams.get(life.team or ""),
        zone_id=zone,
        **{name: _column(fields, name) for name in COLUMNS if name != "code"},
        profile=json.dumps(profile, ensure_ascii=False) if profile else "",
        obtained_at=seconds(life.obtained_at),
        entered_at=seconds(life.entered_at),
        stage_since=seconds(life.stage_since),
        touched_at=_stamp(life.touched_at),
        fresh_until=_stamp(life.fresh_until),
        tries=tries.in_all,
        tries_on_day=tries.on_day,
        tried_on=tries.day.isoformat() if tries.day else None,
        misses=tries.misses,
        wake_at=None if wake_at <= seconds(now) else wake_at,
        slept_until=NEVER if life.is_barred else None,
        due_at=_stamp(life.due_at),
        due_agent_id=names.agents.get(life.due_to or ""),
        barred=int(life.is_barred),
        intake_id=life.intake,
    )
    queue.put_in_place(lead, campaign, now)
    return tuple(getattr(lead, name) for name in LEAD)


def _column(fields: Mapping[str, object], name: str) -> object:
    value = fields.get(name)
    if name in MONEY:
        return hundredths(value)  # type: ignore[arg-type]
    if name == "units":
        return int(str(value)) if value is not None else None
    return value if name == "expected_on" else (value or "")


def _stamp(moment: datetime | None) -> int | None:
    return None if moment is None else seconds(moment)


# ── history ───────────────────────────────────────────────────────────────────────────────────────────────────────────

JOURNAL = "id, token, at, agent_id, verb, lead_id, team_id, owner_id, detail"
TOUCH = (
    "id, journal_id, lead_id, stage_id, at, agent_id, owner_id, team_id, kind, is_inbound, outcome, is_talk, purpose, "
    "note, feedback, tags, bring, next_at, answers_at, lacks_next_step, seconds"
)
MOVE = (
    "journal_id, lead_id, from_stage_id, to_stage_id, way, at, month, agent_id, owner_id, team_id, amount, reason, "
    "sign_seen, intake_id"
)
AMOUNT = "journal_id, lead_id, at, stage_id, team_id, owner_id, before, after"


def history(lives: Sequence[Life], lists: Iterable[List], manager: str) -> list[Line]:
    """Everything that happened to everybody, in the order of time."""
    entries = [
        Line(each.at, manager, "import", None, None, None, {"intake": each.number})
        for each in lists
        if any(life.intake == each.number for life in lives)
    ]
    for number, life in enumerate(lives, 1):
        for event in life.events:
            entries.append(_entry(number, life, event))
    return sorted(entries, key=lambda entry: (entry.at, entry.lead or 0))


def _entry(number: int, life: Life, event: Touched | Moved) -> Line:
    if isinstance(event, Touched):
        return Line(event.at, event.who, "log", number, life, event, {"outcome": event.outcome.code})
    if event.origin is None:
        return Line(event.at, event.who, "take-in", number, life, event, {"source": life.customer.source})
    detail = {"from": event.origin, "to": event.to, "reason": event.reason}
    return Line(event.at, event.who, "move", number, life, event, {**detail})


def write_history(entries: Sequence[Line], names: Names, after: int, rng: Random) -> None:
    """Journal, touches and moves; the journal's ids follow those that are there, in the order of time."""
    journal: list[Row] = []
    touches: list[Row] = []
    moves: list[Row] = []
    imports: dict[object, int] = {}
    for entry in entries:
        if entry.what is not None and entry.verb == "take-in" and entry.life and entry.life.intake is not None:
            # What came with a list stands under the list's own entry.
            moves.append(_move(entry.life, entry.lead, entry.what, imports[entry.life.intake], names))
            continue
        number = after + len(journal) + 1
        if entry.verb == "import":
            imports[entry.detail["intake"]] = number
        detail = entry.detail
        if isinstance(entry.what, Touched) and entry.life:
            detail = {**detail, "aftermath": _plain(entry.what.after), "touch": len(touches) + 1}
            touches.append(_touch(entry.life, entry.lead, entry.what, len(touches) + 1, number, names))
            if entry.what.closing:
                moves.append(_move(entry.life, entry.lead, entry.what.closing, number, names))
        elif entry.what is not None and entry.life:
            moves.append(_move(entry.life, entry.lead, entry.what, number, names))
        journal.append(_journal(entry, number, detail, names, rng))
    write("journal", JOURNAL, journal)
    write("touch", TOUCH, touches)
    write("stage_move", MOVE, moves)
    lives = {entry.lead: entry.life for entry in entries if entry.lead is not None and entry.life is not None}
    write("amount_change", AMOUNT, _amounts(moves, journal, lives, names))


def _amounts(moves: Iterable[Row], journal: Iterable[Row], lives: Mapping[int, Life], names: Names) -> Iterator[Row]:
    """What agents heard of amounts: told with the move that knows it first, else with the last that was recorded."""
    known: dict[object, object] = {}
    for journal_id, lead, origin, _, _, at, _, _, owner, team, amount, *_ in moves:
        if origin is not None and amount != known.get(lead):
            yield journal_id, lead, at, origin, team, owner, known.get(lead), amount
        known[lead] = amount
    last = {row[5]: row for row in journal}
    for lead, life in lives.items():
        amount, stage = hundredths(life.amount), names.campaign.stage_ids[life.stage]
        if amount != known.get(lead):
            number, _, at, _, _, _, team, owner, _ = last[lead]
            yield number, lead, at, stage, team, owner, known.get(lead), amount


def _journal(entry: Line, number: int, detail: Mapping[str, object], names: Names, rng: Random) -> Row:
    owner = names.agents.get(entry.life.owner or "") if entry.life else None
    team = names.teams.get(entry.life.team or "") if entry.life else None
    return (
        number, f"{rng.getrandbits(96):024x}", seconds(entry.at), names.agents[entry.who], entry.verb, entry.lead, team,
        owner, json.dumps(detail, ensure_ascii=False),
    )  # fmt: skip


def _touch(life: Life, lead: int | None, touch: Touched, number: int, journal: int, names: Names) -> Row:
    said = touch.entry
    return (
        number, journal, lead, names.campaign.stage_ids[touch.stage], seconds(touch.at), names.agents[touch.who],
        names.agents.get(life.owner or ""), names.teams.get(life.team or ""), said.kind.value, int(said.is_inbound),
        touch.outcome.code, int(touch.outcome.is_talk), said.purpose, said.note, said.feedback, said.tags, said.bring,
        _stamp(said.next_at), _stamp(touch.answers_at), int(touch.after.lacks_next_step), said.seconds,
    )  # fmt: skip


def _move(life: Life, lead: int | None, move: Touched | Moved, journal: int, names: Names) -> Row:
    assert isinstance(move, Moved)
    stages = names.campaign.stage_ids
    origin = None if move.origin is None else stages[move.origin]
    month = month_of(move.at.astimezone(ZoneInfo(FLOOR_ZONE)).date())
    return (
        journal, lead, origin, stages[move.to], move.way.value, seconds(move.at), month, names.agents[move.who],
        names.agents.get(life.owner or ""), names.teams.get(life.team or ""), hundredths(move.amount), move.reason,
        int(move.is_sign_seen), life.intake if origin is None else None,
    )  # fmt: skip


def _plain(after: funnel.Aftermath) -> dict[str, object]:
    """As the ledger keeps it in its journal."""
    values = {
        "wake_at": _stamp(after.wake_at),
        "promised_at": _stamp(after.promised_at),
        "closes": after.closes.value if after.closes else None,
        "reason": after.reason,
        "suppresses": after.suppresses,
        "lacks_next_step": after.lacks_next_step,
    }
    return {name: value for name, value in values.items() if value not in (None, "", False)}
