"""What happens on the floor as it happens: who did what at which lead, and what comes next there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from models import lists, sight
from models.base import moment, moment_or_none, money, rows_of
from models.campaigns import Book, book
from models.connect import snapshot
from models.figures import is_undone
from models.lead import Lead
from models.people import Agent
from models.watching import masks
from models.watching.cards import Event, Selection
from models.watching.eyes import eyes
from models.watching.masks import Mask

BACK = 5_000
"""So many lines of the journal are looked through for a selection that did little."""
EXCERPT = 120
"""Characters of a note that are told."""

HAPPENED = (
    "SELECT j.id, j.at, j.agent_id, COALESCE(a.name, ''), j.verb, j.lead_id, j.detail, t.stage_id, t.kind, t.outcome, "
    "t.seconds, t.note FROM journal j LEFT JOIN agent a ON a.id = j.agent_id "
    "LEFT JOIN touch t ON t.lead_id = j.lead_id AND t.journal_id = j.id "
    "WHERE j.id > ? AND j.verb IN ('log', 'move', 'import', 'take-in') "
    f"AND NOT {is_undone('touch')} AND NOT {is_undone('stage_move')}"
)


def happenings(
    viewer_id: int,
    selection: Selection,
    now: datetime,
    *,
    after: int = 0,
    limit: int = 50,
    mask: Mask = Mask.FULL,
) -> tuple[Event, ...]:
    """What happened since a cursor, newest first: by the people of a selection, or at its team's leads.

    Args:
        viewer_id: who watches.
        selection: whose work.
        now: this moment.
        after: the highest `Event.id` that is known.
        limit: so many of the newest.
        mask: of numbers in notes and names.

    Raises:
        Refused: `supervisors_only`.
    """
    with snapshot():
        viewer, selection = eyes(viewer_id, selection)
        newest = rows_of("SELECT COALESCE(MAX(id), 0) FROM journal")[0][0]
        where, args = _selected(selection)
        rows = rows_of(
            f"{HAPPENED}{where} ORDER BY j.id DESC LIMIT ?", (max(after, newest - BACK), *args, max(0, limit))
        )
        seen = _seen(viewer, [row[5] for row in rows if row[5] is not None])
        names = lists.contact_names([number for number, lead in seen.items() if not lead.company])
        books = {number: book(number) for number in {lead.campaign_id for lead in seen.values()}}
        return tuple(_event(row, seen, names, books, mask) for row in rows)


def _selected(selection: Selection) -> tuple[str, tuple[int, ...]]:
    conditions: list[tuple[str, tuple[int, ...]]] = []
    if (team := selection.team_id) is not None:
        conditions.append(("(a.team_id = ? OR j.team_id = ?)", (team, team)))
    if selection.agent_id is not None:
        conditions.append(("j.agent_id = ?", (selection.agent_id,)))
    if selection.campaign_id is not None:
        of_campaign = "EXISTS (SELECT 1 FROM lead l WHERE l.id = j.lead_id AND l.campaign_id = ?)"
        conditions.append((of_campaign, (selection.campaign_id,)))
    return "".join(f" AND {text}" for text, _ in conditions), tuple(one for _, args in conditions for one in args)


def _seen(viewer: Agent, leads: list[int]) -> dict[int, Lead]:
    found = Lead.select(Lead.id, Lead.company, Lead.amount, Lead.stage_id, Lead.campaign_id, Lead.tries).where(
        Lead.id.in_(leads), sight.seen_by(viewer)
    )
    return {lead.id: lead for lead in found}


def _event(
    row: tuple[Any, ...], seen: Mapping[int, Lead], names: Mapping[int, str], books: Mapping[int, Book], mask: Mask
) -> Event:
    number, at, agent_id, agent, verb, lead_id, text, stage, kind, outcome, talked, note = row
    detail = json.loads(text) if text.startswith("{") else {}
    after = detail.get("aftermath", {})
    lead = seen.get(lead_id)
    campaign = books[lead.campaign_id] if lead else None
    to = str(detail.get("to", after.get("closes", "")))
    told = Event(
        number, moment(at), agent_id, agent, verb, None, "", "",
        kind=kind or "",
        outcome=outcome or "",
        seconds=talked,
        next_at=moment_or_none(after.get("promised_at", after.get("wake_at"))),
        is_promised="promised_at" in after,
        origin=str(detail.get("from", "")),
        to=to,
    )  # fmt: skip
    if lead is None or campaign is None:
        return told
    return replace(
        told,
        lead_id=lead.id,
        company=masks.text(lead.company or names.get(lead.id, ""), mask),
        stage=campaign.stage_codes[stage or lead.stage_id],
        tries=lead.tries,
        # A number is masked before it may be cut in two.
        note=excerpt(masks.text(note or "", mask)),
        amount=money(lead.amount) if to else None,
        probability=campaign.playbook.probability(to) if to in campaign.stage_ids else None,
    )


def excerpt(note: str) -> str:
    """The beginning of a note, on one line."""
    line = " ".join(note.split())
    return line if len(line) <= EXCERPT else f"{line[: EXCERPT - 1]}…"
