"""Whom a follow-up is with: the lead as the sheets of an agent's day name it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from msgspec import Struct, structs

from models import sight
from models.base import money, rows_of
from models.campaigns import Book
from models.lead import Lead
from models.people import Agent
from models.reports.sheets.paging import NOBODY, Asked, holes, numbers, people
from models.reports.slices import Slice, of_leads
from models.watching import masks
from models.watching.masks import Mask

AT_ONCE = 500


class Whom(Struct, frozen=True):
    """One lead, its first contact and number."""

    lead_id: int
    company: str
    person: str
    title: str
    address: str
    number: str
    stage: str
    amount: Decimal | None
    need: str
    obstacle: str


def whom(
    viewer_id: int, ids: Iterable[int], campaign: Book, chosen: Slice, *, mask: Mask = Mask.FULL
) -> dict[int, Whom]:
    """These leads by their ids, as far as the viewer may see them and the slice's leads are meant.

    Whose they are is not asked here: an agent calls the pool's too.
    """
    viewer = Agent.get_by_id(viewer_id)
    where, args = of_leads(replace(chosen, team_id=None, agent_id=None))
    found: dict[int, Whom] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        seen = {lead.id for lead in Lead.select(Lead.id).where(Lead.id.in_(some), sight.seen_by(viewer))}
        rows = rows_of(
            f"SELECT l.id, l.company, l.stage_id, l.amount, l.need, l.profile FROM lead l WHERE {where} "
            f"AND l.id IN ({holes(some)})",
            (*args, *some),
        )
        asked, dialled = people(some), numbers(some)
        for row in rows:
            if row[0] in seen:
                own = dialled.get(row[0], ())
                one = masks.texts(_whom(row, campaign, asked), mask)
                found[one.lead_id] = structs.replace(one, number=masks.number(own[0], mask) if own else "")
    return found


def _whom(row: tuple[Any, ...], campaign: Book, asked: Mapping[int, Asked]) -> Whom:
    lead_id, company, stage, amount, need, profile = row
    person, _email, title = asked.get(lead_id, NOBODY)
    own: dict[str, Any] = json.loads(profile) if profile else {}
    return Whom(
        lead_id,
        company,
        person,
        title,
        str(own.get("address", "")),
        "",
        campaign.stage_codes[stage],
        money(amount),
        need,
        str(own.get("obstacle", "")),
    )


def agents_of(chosen: Slice) -> tuple[tuple[int, str], ...]:
    """The agents of a narrowed slice who are still here, ids with names, by name."""
    wanted = {"id = ?": chosen.agent_id, "team_id = ?": chosen.team_id if chosen.agent_id is None else None}
    given = {text: value for text, value in wanted.items() if value is not None}
    # Managers call too, but a list of those who call has them only where they are asked for.
    roles = "" if chosen.agent_id is not None else " AND role = 'agent'"
    where = " AND ".join(("left_at IS NULL", *given))
    return tuple(
        (number, name)
        for number, name in rows_of(
            f"SELECT id, name FROM agent WHERE {where}{roles} ORDER BY name, id", tuple(given.values())
        )
    )
