"""The bridge between two dates: what stood in each stage, what came and went, and what stood there then."""

from __future__ import annotations

from collections import defaultdict

import funnel
from funnel import Line
from models.campaigns import book
from models.connect import snapshot
from models.reports.legs import flows, tally
from models.reports.periods import Period
from models.reports.slices import Slice, narrowed
from models.reports.standing import stood


def bridge(viewer_id: int, wanted: Slice, period: Period, *, shows_voided: bool = False) -> funnel.Bridge:
    """The bridge of a selection over a period; see `funnel.bridge` for what its lines mean.

    A transfer is in it where only one of the two hands is in the selection.

    Args:
        viewer_id: who asks.
        wanted: the selection.
        period: from opening to closing.
        shows_voided: whether the lines hold what was taken back since, with a line that takes it back.

    Raises:
        Refused: as for `slices.narrowed`.
    """
    with snapshot():
        return bridge_of(narrowed(viewer_id, wanted), period, shows_voided=shows_voided)


def bridge_of(chosen: Slice, period: Period, *, shows_voided: bool = False) -> funnel.Bridge:
    """As `bridge`, inside a transaction, for a selection that is narrowed."""
    (since, until), campaign = period.span, book(chosen.campaign_id)
    openings = stood(campaign, chosen, since)
    lines: dict[str, dict[Line, funnel.Tally]] = defaultdict(lambda: defaultdict(funnel.Tally))
    for _, stage, line, is_voided, count, amount in flows(campaign, chosen, (since, until)):
        if not is_voided or shows_voided:
            lines[stage][line] += tally(line, count, amount)
        if is_voided and shows_voided:
            lines[stage][Line.VOIDED] += tally(line, line.sign * count, line.sign * amount)
    return funnel.bridged(campaign.playbook, openings, lines)
