"""Reads for screens and reports: frozen values, few queries each, one filter for what a person may see."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import funnel
from models import fields, sight, zones
from models.base import moment, moment_or_none, money, rows_of, seconds
from models.campaigns import Book, book, books
from models.cards import (
    ContactCard,
    FloorCard,
    LeadCard,
    MoveLine,
    Person,
    PhoneCard,
    TouchLine,
)
from models.errors import Refused
from models.lead import Lead, Zone
from models.ledger import facts_of
from models.people import Agent, Floor, Role
from models.suppress import are_suppressed


def person(login: str) -> Person | None:
    """The agent of a log-in who is still here."""
    rows = rows_of(
        "SELECT a.id, a.login, a.name, a.role, a.team_id, COALESCE(t.name, ''), a.seen_at FROM agent a "
        "LEFT JOIN team t ON t.id = a.team_id WHERE a.login = ? AND a.left_at IS NULL",
        (login,),
    )
    for number, _login, name, role, team_id, team, seen_at in rows:
        return Person(number, login, name, Role(role), team_id, team, is_new=not seen_at)
    return None


def floor() -> FloorCard:
    """The floor's own facts."""
    row = Floor.get_by_id(1)
    return FloorCard(row.name, row.zone, row.region, row.currency)


def lead_code(lead_id: int, code: str | None, entered_at: int) -> str:
    """The number by which people know a lead: what it came with, else made from its year and id.

    >>> lead_code(17, None, 1717000000)
    'LF2024017'
    """
    return code or f"LF{moment(entered_at).year}{lead_id:03}"


# ── one lead ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def lead(agent_id: int, lead_id: int, now: datetime, *, history: int = 50) -> LeadCard:
    """One lead with its history, newest first.

    Raises:
        Refused: `not_found` for what the agent may not see.
    """
    viewer = Agent.get_by_id(agent_id)
    row = Lead.get_or_none(Lead.id == lead_id, sight.seen_by(viewer))
    if row is None:
        raise Refused("not_found")
    campaign = book(row.campaign_id)
    zone = Zone.get_by_id(row.zone_id)
    code = campaign.stage_codes[row.stage_id]
    names = {agent[0]: agent[1] for agent in rows_of("SELECT id, name FROM agent")}
    is_held = row.holder_id is not None and row.wake_at is not None and row.wake_at > seconds(now)
    return LeadCard(
        id=row.id,
        code=lead_code(row.id, row.code, row.entered_at),
        campaign_id=row.campaign_id,
        company=row.company,
        contacts=_contacts(row.id),
        stage=code,
        kind=campaign.kind(row.stage_id),
        stage_since=moment(row.stage_since),
        obtained_at=moment(row.obtained_at),
        amount=money(row.amount),
        margin=money(row.margin),
        fields=fields.fields_of(row),
        source=row.source,
        owner=names.get(row.owner_id, ""),
        team=_team(row.team_id),
        promised_at=moment_or_none(row.due_at),
        promised_by=names.get(row.due_agent_id, ""),
        fresh_until=_future(row.fresh_until, now),
        tries=row.tries,
        zone=zone.name or zones.floor_zone().key,
        zone_is_known=bool(zone.name),
        hours=zones.stored_span(row.campaign_id, row.zone_id),
        holder=names.get(row.holder_id, "") if is_held else "",
        held_until=moment_or_none(row.wake_at) if is_held else None,
        is_barred=bool(row.barred),
        history=_history(row.id, campaign, names, history),
        verdict=_next_verdict(row, campaign, code),
    )


def _next_verdict(row: Lead, campaign: Book, code: str) -> funnel.Verdict | None:
    if code not in campaign.stage_ids or code in (funnel.LOST, funnel.INVALID):
        return None
    following = campaign.playbook.after(code)
    return funnel.may_move(campaign.playbook, code, following.code, facts_of(row)) if following else None


def _contacts(lead_id: int) -> tuple[ContactCard, ...]:
    people = rows_of(
        "SELECT id, name, title, part, email FROM contact WHERE lead_id = ? AND voided_at IS NULL ORDER BY id",
        (lead_id,),
    )
    phones = rows_of(
        "SELECT contact_id, number, extension FROM phone WHERE lead_id = ? AND voided_at IS NULL ORDER BY id",
        (lead_id,),
    )
    barred = are_suppressed([row[1] for row in phones])
    of_contact: dict[int, list[PhoneCard]] = defaultdict(list)
    for contact, number, extension in phones:
        of_contact[contact].append(PhoneCard(number, extension, number in barred))
    return tuple(ContactCard(row[0], row[1], row[2], row[3], row[4], tuple(of_contact[row[0]])) for row in people)


def _history(lead_id: int, campaign: Book, names: dict[int, str], limit: int) -> tuple[TouchLine | MoveLine, ...]:
    touches = rows_of(
        "SELECT id, at, agent_id, kind, outcome, note, purpose, feedback, tags, bring, next_at, seconds, is_inbound, "
        "lacks_next_step, corrects_id FROM touch WHERE lead_id = ? AND voided_by IS NULL "
        "ORDER BY at DESC, id DESC LIMIT ?",
        (lead_id, limit),
    )
    moves = rows_of(
        "SELECT id, at, agent_id, from_stage_id, to_stage_id, way, reason FROM stage_move WHERE lead_id = ? "
        "AND voided_by IS NULL ORDER BY at DESC, id DESC LIMIT ?",
        (lead_id, limit),
    )
    lines: list[TouchLine | MoveLine] = [
        TouchLine(
            row[0],
            moment(row[1]),
            names.get(row[2], ""),
            funnel.TouchKind(row[3]),
            outcome=row[4],
            note=row[5],
            purpose=row[6],
            feedback=row[7],
            tags=row[8],
            bring=row[9],
            next_at=moment_or_none(row[10]),
            seconds=row[11],
            is_inbound=bool(row[12]),
            lacks_next_step=bool(row[13]),
            corrects=row[14],
        )
        for row in touches
    ]
    for row in moves:
        origin = None if row[3] is None else campaign.stage_codes[row[3]]
        to = campaign.stage_codes[row[4]]
        lines.append(MoveLine(row[0], moment(row[1]), names.get(row[2], ""), origin, to, funnel.Way(row[5]), row[6]))
    lines.sort(key=lambda line: (line.at, isinstance(line, MoveLine), line.id), reverse=True)
    return tuple(lines[:limit])


def _team(team_id: int | None) -> str:
    rows = rows_of("SELECT name FROM team WHERE id = ?", (team_id,)) if team_id is not None else []
    return str(rows[0][0]) if rows else ""


def _future(stamp: int | None, now: datetime) -> datetime | None:
    return moment(stamp) if stamp is not None and stamp > seconds(now) else None


def campaigns() -> tuple[Book, ...]:
    """All open campaigns."""
    return books()
