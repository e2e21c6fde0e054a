"""The stall twins of a lead: the nearest leads that passed its stage, and what was done there that is missing here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median_low

import funnel
from models import fields, sight
from models.base import moment, money, rows_of, seconds
from models.campaigns import Book, book
from models.connect import snapshot
from models.errors import Refused
from models.lead import Lead
from models.people import Agent

NEAREST = 5
LOOKED_THROUGH = 1_000
"""Of each later stage so many of the last arrivals are looked through, however many there ever were."""


@dataclass(frozen=True, slots=True)
class Twin:
    """A lead that passed the stage in which another one sticks."""

    lead_id: int | None
    """None where the viewer may not see it; it has no name then."""
    company: str
    passed_at: datetime
    days: int
    """That it had been there."""
    distance: tuple[int, int]
    """As `funnel.distance` has it."""


@dataclass(frozen=True, slots=True)
class Stall:
    """A lead in its stage, beside those like it that passed."""

    lead_id: int
    stage: str
    days: int
    """In the stage by now."""
    is_past_dwell: bool
    twins: tuple[Twin, ...]
    """The nearest first, the latest first of equals."""
    missing: tuple[funnel.Missing, ...]

    @property
    def usual_days(self) -> int | None:
        """What it took there; None where no lead ever passed."""
        return median_low(twin.days for twin in self.twins) if self.twins else None


@dataclass(frozen=True, slots=True)
class _Passed:
    """A passing of the stage: which lead, when it had come, when it went."""

    lead: int
    since: int
    at: int


def stall(viewer_id: int, lead_id: int, now: datetime) -> Stall:
    """The twins of an open lead, and what they had.

    Fields, contacts and their parts in the decision are those that are known by now; touches are those of the stage.

    Args:
        viewer_id: who asks; twins that this person may not see are counted, not named.
        lead_id: the lead.
        now: this moment.

    Raises:
        Refused: `not_found`; `closed` for one that is won, lost or invalid.
    """
    with snapshot():
        viewer = Agent.get_by_id(viewer_id)
        lead = Lead.get_or_none(Lead.id == lead_id, sight.seen_by(viewer))
        if lead is None:
            raise Refused("not_found")
        campaign = book(lead.campaign_id)
        if campaign.kind(lead.stage_id) is not funnel.Kind.OPEN:
            raise Refused("closed")
        passed = _passings(campaign, lead.stage_id, lead_id)
        near = _nearest(_traits(lead), passed)
        stays = {one.lead: (one.since, one.at) for _, one in near}
        deeds = _deeds({lead_id: (lead.stage_since, seconds(now)), **stays}, lead.stage_id)
        seen = _seen(viewer, stays)
    code, days = campaign.stage_codes[lead.stage_id], deeds[lead_id].days
    dwell = campaign.playbook.stage(code).dwell_days
    twins = tuple(
        Twin(
            one.lead if one.lead in seen else None,
            seen.get(one.lead, ""),
            moment(one.at),
            deeds[one.lead].days,
            distance,
        )
        for distance, one in near
    )
    missing = funnel.missing(deeds[lead_id], [deeds[one.lead] for _, one in near])
    return Stall(lead_id, code, days, dwell is not None and days >= dwell, twins, missing)


def _passings(campaign: Book, stage: int, but: int) -> list[_Passed]:
    """The last passing of each lead that went on from a stage, among the latest arrivals in each later one."""
    playbook, found = campaign.playbook, dict[int, _Passed]()
    place = playbook.position(campaign.stage_codes[stage])
    for later in playbook.stages[place + 1 :]:
        rows = rows_of(
            "SELECT m.lead_id, m.at, (SELECT MAX(o.at) FROM stage_move o WHERE o.lead_id = m.lead_id "
            "AND o.to_stage_id = m.from_stage_id AND o.voided_by IS NULL AND o.at <= m.at) "
            "FROM (SELECT id, lead_id, at, from_stage_id, voided_by FROM stage_move WHERE to_stage_id = ? "
            "ORDER BY at DESC, id DESC LIMIT ?) m JOIN lead l ON l.id = m.lead_id "
            "WHERE m.from_stage_id = ? AND m.voided_by IS NULL AND l.voided_at IS NULL AND m.lead_id <> ?",
            (campaign.stage_ids[later.code], LOOKED_THROUGH, stage, but),
        )
        for lead, at, since in rows:
            if since is not None and (lead not in found or found[lead].at < at):
                found[lead] = _Passed(lead, since, at)
    return list(found.values())


def _nearest(traits: funnel.Traits, passed: Sequence[_Passed]) -> list[tuple[tuple[int, int], _Passed]]:
    leads = {lead.id: lead for lead in Lead.in_order([one.lead for one in passed])}
    ranked = [(funnel.distance(traits, _traits(leads[one.lead])), one) for one in passed]
    return sorted(ranked, key=lambda pair: (pair[0], -pair[1].at, pair[1].lead))[:NEAREST]


def _traits(lead: Lead) -> funnel.Traits:
    return funnel.Traits(lead.source, lead.industry, lead.product, money(lead.amount))


def _deeds(stays: dict[int, tuple[int, int]], stage: int) -> dict[int, funnel.Deeds]:
    """What was done with each lead while it was in the stage, and what is known of it."""
    touches = {lead: Counter[funnel.TouchKind]() for lead in stays}
    talks, parts = Counter[int](), {lead: list[str]() for lead in stays}
    for lead, at, kind, is_talk in rows_of(
        f"SELECT lead_id, at, kind, is_talk FROM touch WHERE lead_id IN ({_holes(stays)}) AND stage_id = ? "
        "AND voided_by IS NULL",
        (*stays, stage),
    ):
        since, until = stays[lead]
        if since <= at <= until:
            touches[lead][funnel.TouchKind(kind)] += 1
            talks[lead] += is_talk
    for lead, part in rows_of(
        f"SELECT lead_id, part FROM contact WHERE lead_id IN ({_holes(stays)}) AND voided_at IS NULL", [*stays]
    ):
        parts[lead].append(part)
    return {
        lead.id: funnel.Deeds(
            touches[lead.id],
            talks[lead.id],
            frozenset(fields.fields_of(lead)),
            frozenset(filter(None, parts[lead.id])),
            len(parts[lead.id]),
            (stays[lead.id][1] - stays[lead.id][0]) // 86_400,
        )
        for lead in Lead.in_order([*stays])
    }


def _holes(leads: Iterable[int]) -> str:
    return ", ".join("?" for _ in leads)


def _seen(viewer: Agent, leads: Iterable[int]) -> dict[int, str]:
    found = Lead.select(Lead.id, Lead.company).where(Lead.id.in_([*leads]), sight.seen_by(viewer))
    return {lead.id: lead.company for lead in found}
