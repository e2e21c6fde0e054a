"""The queue as a list, and why a lead stands where it does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import funnel
from models import sight
from models.base import moment, moment_or_none, money, rows_of, seconds
from models.campaigns import Book, book
from models.cards import COUNT_LIMIT, QueueCard, QueueRow, Reason, Rival, Why
from models.errors import Refused
from models.lead import Lead
from models.people import Agent
from models.queue import is_in_funnel, standing

READY = (
    "FROM seat s CROSS JOIN hours h CROSS JOIN lead l WHERE s.agent_id = ? AND h.campaign_id = s.campaign_id "
    "AND l.campaign_id = s.campaign_id AND l.lane = s.lane AND l.zone_id = h.zone_id AND l.wake_at IS NULL"
)
"""Ready leads in the agent's lanes, with the hours of their zone. CROSS JOIN: SQLite takes the tables in this order."""


def queue(agent_id: int, now: datetime, *, limit: int = 60) -> QueueCard:
    """The next leads in the order in which they will be handed out, and how many rest for which reason."""
    stamp = seconds(now)
    ready = _count(f"SELECT 1 {READY} AND h.opens_at <= ? AND h.closes_at > ?", (agent_id, stamp, stamp))
    outside = _count(f"SELECT 1 {READY} AND (h.opens_at > ? OR h.closes_at <= ?)", (agent_id, stamp, stamp))
    lanes = tuple(row[0] for row in rows_of("SELECT DISTINCT lane FROM seat WHERE agent_id = ?", (agent_id,)))
    holes = ", ".join("?" * len(lanes)) or "NULL"
    asleep = _count(
        f"SELECT 1 FROM lead WHERE wake_at > ? AND wake_at < {1 << 62} AND holder_id IS NULL AND lane IN ({holes})",
        (stamp, *lanes),
    )
    held = _count(
        f"SELECT 1 FROM lead WHERE holder_id IS NOT NULL AND holder_id <> ? AND wake_at > ? AND lane IN ({holes})",
        (agent_id, stamp, *lanes),
    )
    waiting = heads(agent_id, now, limit)
    books = {number: book(number) for number in {lead.campaign_id for lead in waiting}}
    names = contact_names([lead.id for lead in waiting])
    rows = tuple(_row(lead, books[lead.campaign_id], names.get(lead.id, ""), agent_id, now) for lead in waiting)
    next_at, next_zone = (None, "") if rows else _next(agent_id, lanes, stamp)
    return QueueCard(rows, ready, outside, asleep, held, next_at, next_zone)


def heads(agent_id: int, now: datetime, limit: int) -> list[Lead]:
    """The first leads of the agent's queue: the first of every lane and open zone, merged, whatever a pool's size."""
    stamp = seconds(now)
    lanes = rows_of(
        "SELECT s.campaign_id, s.lane, h.zone_id FROM seat s JOIN hours h ON h.campaign_id = s.campaign_id "
        "WHERE s.agent_id = ? AND h.opens_at <= ? AND h.closes_at > ?",
        (agent_id, stamp, stamp),
    )
    keyed: list[tuple[int, int]] = []
    for campaign, lane, zone in lanes:
        keyed += rows_of(
            "SELECT key, id FROM lead WHERE campaign_id = ? AND lane = ? AND zone_id = ? AND wake_at IS NULL "
            "ORDER BY key LIMIT ?",
            (campaign, lane, zone, limit),
        )
    keyed.sort()
    return Lead.in_order([number for _, number in keyed[:limit]])


def why(agent_id: int, lead_id: int, now: datetime, *, rivals: int = 2) -> Why:
    """Why a lead is called first: its facts in the playbook's order, and what the next ones lack.

    Raises:
        Refused: `not_found`, `closed` for a lead that stands in no queue.
    """
    viewer = Agent.get_by_id(agent_id)
    first = Lead.get_or_none(Lead.id == lead_id, sight.seen_by(viewer))
    if first is None:
        raise Refused("not_found")
    campaign = book(first.campaign_id)
    if first.due_at is None and not is_in_funnel(first, campaign):
        raise Refused("closed")
    place = funnel.place_in_queue(campaign.playbook, standing(first, campaign), now)
    behind = []
    for rival in [lead for lead in heads(agent_id, now, rivals + 1) if lead.id != lead_id][:rivals]:
        own = book(rival.campaign_id)
        decides = place.decides(funnel.place_in_queue(own.playbook, standing(rival, own), now))
        behind.append(Rival(rival.id, rival.company or _name(rival.id), _reason(decides, rival, own, now)))
    reasons = tuple(_reason(criterion, first, campaign, now) for criterion in campaign.playbook.order)
    return Why(first.id, first.company or _name(first.id), reasons, tuple(behind))


def _reason(criterion: funnel.Criterion, lead: Lead, campaign: Book, now: datetime) -> Reason:
    stand = standing(lead, campaign)
    stage = campaign.playbook.stage(stand.stage)
    if criterion is funnel.Criterion.PROMISE:
        return Reason(criterion, promised_at=stand.promised_at)
    if criterion is funnel.Criterion.FRESH:
        is_fresh = stand.fresh_until is not None and now < stand.fresh_until
        return Reason(criterion, fresh_until=stand.fresh_until if is_fresh else None)
    if criterion is funnel.Criterion.INTENT:
        return Reason(criterion, stage=stage.code, probability=stage.probability)
    if criterion is funnel.Criterion.DWELL:
        past = (now - stand.stage_since).days if stage.dwell_days else 0
        return Reason(criterion, dwell_days=past if stage.dwell_days and past >= stage.dwell_days else 0)
    if criterion is funnel.Criterion.VALUE:
        return Reason(criterion, value=stand.value, is_margin=lead.margin is not None)
    return Reason(criterion, waiting_since=stand.waiting_since)


def _row(lead: Lead, campaign: Book, name: str, agent_id: int, now: datetime) -> QueueRow:
    code = campaign.stage_codes[lead.stage_id]
    days = (now - moment(lead.stage_since)).days
    limit = campaign.playbook.stage(code).dwell_days if code in campaign.stage_ids else None
    fresh = moment_or_none(lead.fresh_until)
    return QueueRow(
        lead.id,
        lead.company,
        name,
        code,
        money(lead.amount),
        moment_or_none(lead.due_at),
        lead.lane == agent_id,
        fresh if fresh is not None and fresh > now else None,
        limit is not None and days >= limit,
        days,
    )


def _name(lead_id: int) -> str:
    return contact_names([lead_id]).get(lead_id, "")


def contact_names(leads: Sequence[int]) -> dict[int, str]:
    """Whom to ask for at each: the first contact."""
    rows = rows_of(
        f"SELECT lead_id, name FROM contact WHERE lead_id IN ({', '.join('?' * len(leads)) or 'NULL'}) "
        "AND voided_at IS NULL ORDER BY id DESC",
        leads,
    )
    return dict(rows)


def _count(sql: str, args: tuple[object, ...]) -> int:
    return int(rows_of(f"SELECT COUNT(*) FROM ({sql} LIMIT {COUNT_LIMIT}) AS counted", args)[0][0])


def _next(agent_id: int, lanes: tuple[int, ...], stamp: int) -> tuple[datetime | None, str]:
    """When there will be something to call again, and the zone that opens then, if that is why."""
    holes = ", ".join("?" * len(lanes)) or "NULL"
    wakes = rows_of(
        f"SELECT MIN(wake_at) FROM lead WHERE wake_at > ? AND wake_at < {1 << 62} AND holder_id IS NULL "
        f"AND lane IN ({holes})",
        (stamp, *lanes),
    )
    opens = rows_of(
        f"SELECT h.opens_at, z.name FROM hours h JOIN zone z ON z.id = h.zone_id WHERE h.opens_at > ? AND EXISTS "
        f"(SELECT 1 {READY} AND l.zone_id = z.id) ORDER BY h.opens_at LIMIT 1",
        (stamp, agent_id),
    )
    woken = wakes[0][0]
    if opens and (woken is None or opens[0][0] <= woken):
        return moment(opens[0][0]), str(opens[0][1])
    return moment_or_none(woken), ""
