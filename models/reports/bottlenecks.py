"""The bottleneck of a funnel over a period: the step furthest below its plan, what shows it, and what is advised."""

from __future__ import annotations

from dataclasses import dataclass

import funnel
from models.base import rows_of
from models.campaigns import book
from models.connect import snapshot
from models.reports.funnels import figures_of
from models.reports.periods import Period
from models.reports.slices import Slice, narrowed, of_moves

REASONS = 3
"""So many of the reasons that were given most are named."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason that was given when leads were closed from a stage."""

    code: str
    """Of the playbook's list, or what was written where it has none."""
    kind: funnel.Kind
    """Lost or invalid."""
    count: int


@dataclass(frozen=True, slots=True)
class Narrow:
    """Where a funnel is held up, with its evidence."""

    chosen: Slice
    """As far as the viewer may see it."""
    period: Period
    found: funnel.Bottleneck | None
    """None where too few left to tell, and where every step is as planned."""
    worst: funnel.StageFigures | None
    """The stage with the highest loss rate 线索流失率, which need not be the one furthest below its plan."""
    reasons: tuple[Reason, ...]
    """Why leads were closed from the bottleneck, those given most first."""
    advice: funnel.Words
    """The playbook's; empty where it has none."""


def narrow(viewer_id: int, chosen: Slice, period: Period) -> Narrow:
    """The bottleneck of a selection.

    Raises:
        Refused: `not_found`.
    """
    with snapshot():
        chosen = narrowed(viewer_id, chosen)
        campaign, figures = book(chosen.campaign_id), figures_of(chosen, period)
        found = funnel.bottleneck(campaign.playbook, figures)
        reasons = () if found is None else _reasons(chosen, period, campaign.stage_ids[found.step.stage])
    advice = funnel.NO_WORDS if found is None else campaign.playbook.stage(found.step.stage).advice
    return Narrow(chosen, period, found, funnel.worst(campaign.playbook, figures), reasons, advice)


def _reasons(chosen: Slice, period: Period, stage: int) -> tuple[Reason, ...]:
    """Of every closing from a stage, a lead that was closed twice counts for both."""
    where, args = of_moves(chosen)
    rows = rows_of(
        f"SELECT m.reason, m.way, COUNT(*) FROM stage_move m WHERE {where} AND m.from_stage_id = ? "
        "AND m.way IN ('lost', 'invalid') AND m.at >= ? AND m.at < ? GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT ?",
        (*args, stage, *period.span, REASONS),
    )
    return tuple(Reason(reason, funnel.Kind(way), int(count)) for reason, way, count in rows)
