"""An agent's day on paper: the calls planned as they stood in the morning, and what was done by the evening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct

import funnel
from models import lists
from models.base import moment, moment_or_none, rows_of, seconds
from models.campaigns import Book
from models.reports.periods import Period
from models.reports.sheets.paging import holes
from models.reports.sheets.whom import Whom, whom
from models.reports.slices import Slice, of_touches
from models.watching import masks
from models.watching.masks import Mask

BEGINS = timedelta(hours=8)
"""When the day's plan stands, by the floor's clock."""
LOOK_BACK = timedelta(days=200)
"""Promises older than that, never kept nor taken back, are no plan."""
FROM_QUEUE = 40
"""Leads of the queue behind the promises."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One call of the plan."""

    whom: Whom
    at: datetime | None
    """The promised moment; None for the queue's."""
    bring: str
    """What was promised to send or bring."""
    said: str
    """What was written and said last."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One agent's calls: promises by their moments, then the queue in the order of calling."""

    promised: tuple[Planned, ...]
    queued: tuple[Planned, ...]


def plan(
    viewer_id: int, agent_id: int, campaign: Book, chosen: Slice, day: Period, now: datetime, *, mask: Mask = Mask.FULL
) -> Plan:
    """What an agent has to call on a day: the promises that stood open in the morning and fall due until its end.

    Args:
        viewer_id: who reads it.
        agent_id: whose plan.
        campaign: whose leads.
        chosen: narrowed to what the viewer may read.
        day: the day; of today's the queue is added as it stands now.
        now: this moment.
        mask: of numbers, and of numbers in texts.
    """
    begins = day.since + BEGINS
    pending = _pending(agent_id, begins, day.until)
    if now < day.until:
        pending |= {lead: due for lead, due in _due(agent_id, begins, day.until).items() if lead not in pending}
    queued: list[int] = []
    if day.since <= now < day.until:
        touched = _touched(agent_id, begins)
        heads = lists.heads(agent_id, now, FROM_QUEUE + len(touched) + len(pending))
        queued = [lead.id for lead in heads if lead.id not in touched and lead.id not in pending][:FROM_QUEUE]
    known = whom(viewer_id, [*pending, *queued], campaign, chosen, mask=mask)
    said = _said(sorted(known), min(begins, now) if pending else now, mask)
    promised = sorted((due, lead) for lead, due in pending.items() if lead in known)
    return Plan(
        tuple(Planned(known[lead], moment(due), *said.get(lead, ("", ""))) for due, lead in promised),
        tuple(Planned(known[lead], None, *said.get(lead, ("", ""))) for lead in queued if lead in known),
    )


def _pending(agent_id: int, at: datetime, until: datetime) -> dict[int, int]:
    """Leads with the moments that the agent had promised by `at`, not yet answered, promised anew or closed by then."""
    rows = rows_of(
        "SELECT t.lead_id, t.next_at FROM touch t JOIN lead l ON l.id = t.lead_id WHERE t.agent_id = ? AND t.at >= ? "
        "AND t.at < ? AND t.next_at < ? AND t.voided_by IS NULL AND l.voided_at IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM touch o WHERE o.lead_id = t.lead_id AND o.voided_by IS NULL AND o.at < ? "
        "AND (o.next_at IS NOT NULL OR o.answers_at IS NOT NULL) AND (o.at > t.at OR (o.at = t.at AND o.id > t.id))) "
        "AND NOT EXISTS (SELECT 1 FROM stage_move m JOIN stage s ON s.id = m.to_stage_id WHERE m.lead_id = t.lead_id "
        "AND m.voided_by IS NULL AND m.at >= t.at AND m.at < ? AND s.kind IN ('lost', 'invalid'))",
        (agent_id, seconds(at - LOOK_BACK), seconds(at), seconds(until), seconds(at), seconds(at)),
    )
    return dict(rows)


def _due(agent_id: int, at: datetime, until: datetime) -> dict[int, int]:
    """Leads that are due now, but for what was promised after `at`: a promise need not come from a touch."""
    rows = rows_of(
        "SELECT l.id, l.due_at FROM lead l WHERE l.due_agent_id = ? AND l.due_at IS NOT NULL AND l.due_at < ? "
        "AND l.voided_at IS NULL AND NOT EXISTS (SELECT 1 FROM touch t WHERE t.lead_id = l.id AND t.at >= ? "
        "AND t.voided_by IS NULL)",
        (agent_id, seconds(until), seconds(at)),
    )
    return dict(rows)


def _touched(agent_id: int, since: datetime) -> set[int]:
    rows = rows_of(
        "SELECT DISTINCT lead_id FROM touch WHERE agent_id = ? AND at >= ? AND voided_by IS NULL",
        (agent_id, seconds(since)),
    )
    return {row[0] for row in rows}


def _said(ids: Sequence[int], until: datetime, mask: Mask) -> dict[int, tuple[str, str]]:
    """What is to be brought to each lead, and what was said last, as of a moment."""
    found: dict[int, tuple[str, str]] = {}
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        for lead, bring, note, feedback in rows_of(
            f"SELECT lead_id, bring, note, feedback FROM touch WHERE lead_id IN ({holes(some)}) AND at < ? "
            "AND voided_by IS NULL ORDER BY at, id",
            (*some, seconds(until)),
        ):
            said = " · ".join(filter(None, (note, feedback)))
            found[lead] = masks.text(bring, mask), masks.text(said, mask) or found.get(lead, ("", ""))[1]
    return found


# ── what was done ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Done(Struct, frozen=True):
    """One follow-up of the day."""

    agent_id: int
    at: datetime
    whom: Whom
    kind: funnel.TouchKind
    is_inbound: bool
    is_talk: bool
    purpose: str
    outcome: str
    seconds: int | None
    note: str
    feedback: str
    tags: str
    next_at: datetime | None
    lacks_next_step: bool


def done(
    viewer_id: int, campaign: Book, chosen: Slice, day: Period, *, mask: Mask = Mask.FULL
) -> dict[int, tuple[Done, ...]]:
    """What each agent of a slice did in a period, in its order; of leads that the viewer may see."""
    where, args = of_touches(chosen)
    rows = rows_of(
        "SELECT t.agent_id, t.at, t.lead_id, t.kind, t.is_inbound, t.is_talk, t.purpose, t.outcome, t.seconds, t.note, "
        f"t.feedback, t.tags, t.next_at, t.lacks_next_step FROM touch t WHERE {where} AND t.at >= ? AND t.at < ? "
        "AND t.agent_id IS NOT NULL ORDER BY t.at, t.id",
        (*args, *day.span),
    )
    known = whom(viewer_id, [row[2] for row in rows], campaign, chosen, mask=mask)
    found: dict[int, list[Done]] = {}
    for row in rows:
        if row[2] in known:
            one = Done(
                agent_id=row[0],
                at=moment(row[1]),
                whom=known[row[2]],
                kind=funnel.TouchKind(row[3]),
                is_inbound=bool(row[4]),
                is_talk=bool(row[5]),
                purpose=row[6],
                outcome=row[7],
                seconds=row[8],
                note=row[9],
                feedback=row[10],
                tags=row[11],
                next_at=moment_or_none(row[12]),
                lacks_next_step=bool(row[13]),
            )
            found.setdefault(one.agent_id, []).append(masks.texts(one, mask))
    return {agent: tuple(own) for agent, own in found.items()}
