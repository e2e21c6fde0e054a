"""Reach: what became of the leads that entered each stage in a period, and so the overall conversion of its cohort."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import funnel
from models.base import month_of, rows_of, seconds
from models.campaigns import Book, book
from models.cohorts import are_counted
from models.connect import snapshot
from models.reports.funnels import in_months, names_of
from models.reports.passages import Key, part_of
from models.reports.periods import Period
from models.reports.slices import OF_THE_LEAD, By, Condition, Slice, are, joined, narrowed, of_moves


@dataclass(frozen=True, slots=True)
class Cohorts:
    """What became of those who entered in a period: of the whole, and of the parts that make it up."""

    chosen: Slice
    """As far as the viewer may see it."""
    period: Period
    by: By
    whole: Mapping[str, funnel.Reach]
    """By stage; the first stage's is the overall conversion of the cohort."""
    parts: Mapping[Key, Mapping[str, funnel.Reach]]
    """By part, a month as 2026-03; by whose the lead was when it first entered the stage in the period."""
    names: Mapping[Key, str]
    """Of teams and agents."""


def cohorts(viewer_id: int, chosen: Slice, period: Period, by: By = By.NOTHING) -> Cohorts:
    """The reach of every stage over those that entered it in a period, from all that is on record since.

    Raises:
        Refused: `not_found`.
    """
    with snapshot():
        chosen = narrowed(viewer_id, chosen)
        campaign = book(chosen.campaign_id)
        if by is By.MONTH:
            months = {f"{one.since:%Y-%m}": _found(campaign, chosen, one, By.NOTHING) for one in in_months(period)}
            parts: dict[Key, Mapping[str, funnel.Reach]] = {name: own.get(0, {}) for name, own in months.items()}
            whole = _found(campaign, chosen, period, By.NOTHING).get(0, {})
        else:
            parts = {**_found(campaign, chosen, period, by)}
            whole = _together(parts)
        empty = {stage.code: funnel.Reach() for stage in campaign.playbook.stages}
        filled = {key: {**empty, **own} for key, own in parts.items()}
        names = names_of(by)
        return Cohorts(chosen, period, by, {**empty, **whole}, {} if by is By.NOTHING else filled, names)


def _together(parts: Mapping[Key, Mapping[str, funnel.Reach]]) -> dict[str, funnel.Reach]:
    whole: dict[str, funnel.Reach] = defaultdict(funnel.Reach)
    for own in parts.values():
        for code, reach in own.items():
            whole[code] += reach
    return dict(whole)


def first_entry(period: Period) -> Condition:
    """Moves `m` of a period by which a lead came into their stage, and had not yet in that period."""
    return (
        # A lead has few moves, a stage has many: they are not to be looked for by the stage, but month by month.
        "NOT EXISTS (SELECT 1 FROM stage_move o WHERE o.lead_id = m.lead_id AND o.voided_by IS NULL "
        "AND o.to_stage_id + 0 = m.to_stage_id AND o.month >= ? AND o.at >= ? "
        "AND (o.at < m.at OR (o.at = m.at AND o.id < m.id)))",
        (month_of(period.since.date()), seconds(period.since)),
    )


def _found(campaign: Book, chosen: Slice, period: Period, by: By) -> dict[Key, dict[str, funnel.Reach]]:
    """By part and stage; from counters where they answer and are not just counted anew, else from the moves."""
    is_kept = period.months and chosen.part(by) is not None and are_counted(campaign.campaign_id)
    rows = _counted(chosen, period, by) if is_kept else _recounted(campaign, chosen, period, by)
    found: dict[Key, dict[str, funnel.Reach]] = defaultdict(lambda: defaultdict(funnel.Reach))
    for key, stage, *counts in rows:
        found[key][campaign.stage_codes[stage]] += funnel.Reach(*map(int, counts))
    return {key: dict(own) for key, own in found.items()}


def _counted(chosen: Slice, period: Period, by: By) -> list[tuple[Any, ...]]:
    """Part, stage, entered, reached, open and won, of whole months."""
    of, months = chosen.part(by), period.months
    part, value = (of.value, getattr(chosen, of.value)) if of in OF_THE_LEAD else ("", "")
    where, args = joined(
        ("k.campaign_id = ? AND k.part = ?", (chosen.campaign_id, part)),
        ("k.month >= ? AND k.month < ? AND k.before_month < ?", (months.start, months.stop, months.start)),
        *are("k", {"value": value, "owner_id": chosen.agent_id, "team_id": chosen.team_id}),
    )
    key = "k.value" if by in OF_THE_LEAD else part_of("k", by)[0]
    return rows_of(
        f"SELECT {key}, k.stage_id, SUM(k.n), SUM(k.reached), SUM(k.waiting), SUM(k.won) FROM cohort k WHERE {where} "
        "GROUP BY 1, 2 HAVING SUM(k.n) <> 0",
        args,
    )


def _recounted(campaign: Book, chosen: Slice, period: Period, by: By) -> list[tuple[Any, ...]]:
    """The same of any period: each lead's first entry, whether a later stage was entered since, where it stands."""
    key, join = part_of("m", by)
    where, args = of_moves(chosen)
    since, until = period.span
    is_first, since_then = first_entry(period)
    after = "o.month >= m.month AND (o.at > m.at OR (o.at = m.at AND o.id > m.id))"
    own = "WHERE o.lead_id = m.lead_id AND o.voided_by IS NULL"
    further = "f.retired_at IS NULL AND f.kind IN ('open', 'won') AND f.position > s.position"
    # Where it stands, from its moves too: its own row lies somewhere else.
    last = f"SELECT o.to_stage_id FROM stage_move o {own} ORDER BY o.month DESC, o.at DESC, o.id DESC LIMIT 1"
    rows = rows_of(
        f"SELECT {key}, m.to_stage_id, CASE WHEN EXISTS (SELECT 1 FROM stage_move o "
        f"JOIN stage f ON f.id = o.to_stage_id {own} AND {after} AND {further}) THEN 1 ELSE 0 END, "
        f"({last}), COUNT(*) FROM stage_move m JOIN stage s ON s.id = m.to_stage_id{join} "
        "WHERE m.at >= ? AND m.at < ? AND s.retired_at IS NULL AND s.kind IN ('open', 'won') "
        f"AND {is_first} AND {where} GROUP BY 1, 2, 3, 4",
        (since, until, *since_then, *args),
    )
    return [
        (
            *(part, stage, count, count * has_reached),
            count * (campaign.kind(stands) is funnel.Kind.OPEN and not has_reached),
            count * (campaign.kind(stands) is funnel.Kind.WON),
        )
        for part, stage, has_reached, stands, count in rows
    ]
