"""What stood in each stage at any past moment, from the history: at this moment, what the live panel shows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime

import funnel
from funnel import Line
from models.base import NEVER, rows_of, seconds
from models.campaigns import Book, book
from models.connect import snapshot
from models.reports.legs import flows, of_campaign, tally
from models.reports.slices import Slice, narrowed, of_hands, of_leads


def standing(viewer_id: int, wanted: Slice, at: datetime | None = None) -> dict[str, funnel.Tally]:
    """The leads in each stage at a moment, by the stage's code; where nobody stood, the stage is not in it.

    What was taken back since did not stand there then. Source, industry, product and amount are the lead's as it is
    now; team and owner, stage and money as they were then.

    Args:
        viewer_id: who asks.
        wanted: the selection.
        at: the moment, with all that happened in its second; None for now.

    Raises:
        Refused: as for `slices.narrowed`.
    """
    with snapshot():
        chosen = narrowed(viewer_id, wanted)
        return stood(book(chosen.campaign_id), chosen, None if at is None else seconds(at) + 1)


def stood(campaign: Book, chosen: Slice, until: int | None) -> dict[str, funnel.Tally]:
    """As `standing`, of all that happened before a second; inside a transaction, for a selection that is narrowed."""
    if not chosen.is_of_people:
        return _by_lead(campaign, chosen, until)
    stock: dict[str, funnel.Tally] = defaultdict(funnel.Tally)
    for stage, line, is_voided, count, amount in flows(campaign, chosen, (None, until)):
        if not is_voided:
            stock[stage] += tally(line, line.sign * count, line.sign * amount)
    return {stage: sums for stage, sums in stock.items() if sums != funnel.Tally()}


LAST = (
    "SELECT o.id FROM stage_move o WHERE o.lead_id = l.id AND o.voided_by IS NULL AND o.at < ? "
    "ORDER BY o.month DESC, o.at DESC, o.id DESC LIMIT 1"
)
SINCE = (
    "SELECT MAX(s.id) FROM {table} s WHERE s.lead_id = l.id AND s.voided_by IS NULL AND s.at < ? "
    "AND (s.at > m.at OR (s.at = m.at AND s.journal_id > m.journal_id))"
)


def _by_lead(campaign: Book, chosen: Slice, until: int | None) -> dict[str, funnel.Tally]:
    """As `stood`, lead by lead: what its last move says of it, or what came after that."""
    before = NEVER if until is None else until
    lead, leads = of_leads(replace(chosen, team_id=None, agent_id=None))
    hands, whose = of_hands(
        chosen,
        *(f"CASE WHEN t.id IS NULL THEN m.{column} ELSE t.to_{column} END" for column in ("team_id", "owner_id")),
    )
    stages, codes = of_campaign(chosen, "m.to_stage_id")
    rows = rows_of(
        "SELECT m.to_stage_id, COUNT(*), SUM(COALESCE(CASE WHEN c.id IS NULL THEN m.amount ELSE c.after END, 0)) "
        f"FROM lead l JOIN stage_move m ON m.id = ({LAST}) "
        f"LEFT JOIN transfer t ON t.id = ({SINCE.format(table='transfer')}) "
        f"LEFT JOIN amount_change c ON c.id = ({SINCE.format(table='amount_change')}) "
        f"WHERE {lead} AND {stages} AND {hands} GROUP BY m.to_stage_id",
        (before, before, before, *leads, *codes, *whose),
    )
    return {campaign.stage_codes[stage]: tally(Line.ENTERED, int(count), int(amount)) for stage, count, amount in rows}
