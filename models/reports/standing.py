"""What stood in each stage at any past moment, from the history: at this moment, what the live panel shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

import funnel
from funnel import Line
from models.base import NEVER, hundredths, rows_of, seconds
from models.campaigns import Book, book
from models.connect import snapshot
from models.reports import passages
from models.reports.legs import DAY, WIDTHS, balance, of_campaign, of_part, tally
from models.reports.passages import Key
from models.reports.periods import Period
from models.reports.slices import OF_THE_LEAD, By, Slice, narrowed, of_hands, of_leads


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
    return {stage: sums for _, stage, sums in stood_apart(campaign, chosen, until)}


def held(
    campaign: Book, chosen: Slice, period: Period, now: datetime | None, by: By = By.NOTHING
) -> list[tuple[Key, str, funnel.Tally]]:
    """Part, stage, and the leads there at the end of a period that is over; of one that runs, those of now.

    Args:
        campaign: of the selection.
        chosen: the selection, narrowed.
        period: any.
        now: this moment; None where those of now are meant whatever the period.
        by: what it is split by, any but months.
    """
    if now is None or now < period.until:
        return [(key, campaign.stage_codes[stage], sums) for key, stage, sums in passages.stock(chosen, by)]
    return stood_apart(campaign, chosen, period.span[1], by)


def stood_apart(
    campaign: Book, chosen: Slice, until: int | None, by: By = By.NOTHING
) -> list[tuple[Key, str, funnel.Tally]]:
    """As `stood`, part by part: a team or an agent by whose the lead was then, anything else by what it is now."""
    if chosen.part(by) is None:
        return _by_lead(campaign, chosen, until, by)
    counts, amounts = Counter[tuple[Key, str]](), Counter[tuple[Key, str]]()
    goes_back = until is not None and _is_late(until)
    for key, number, sums in passages.stock(chosen, by) if goes_back else ():
        place = key, campaign.stage_codes[number]
        counts[place], amounts[place] = sums.count, hundredths(sums.amount) or 0
    span = (until, None) if goes_back else (None, until)
    sign = -1 if goes_back else 1
    for key, stage, count, amount in balance(campaign, chosen, span, by):
        counts[key, stage] += sign * count
        amounts[key, stage] += sign * amount
    return [
        (key, stage, passages.tally(counts[key, stage], amounts[key, stage]))
        for key, stage in counts.keys() | amounts.keys()
        if counts[key, stage] or amounts[key, stage]
    ]


def _is_late(second: int) -> bool:
    """Whether less lies behind a moment than before it: then what flowed since is taken off what stands there now."""
    width = WIDTHS[0]
    kept = "FROM flow WHERE width = ?"
    # Each by itself is one look into the index, both at once are a walk through it.
    first, last = rows_of(f"SELECT (SELECT MIN(span) {kept}), (SELECT MAX(span) {kept})", (width, width))[0]
    return first is not None and 2 * second > (first + last + 1) * width * DAY


LAST = (
    "SELECT o.id FROM stage_move o WHERE o.lead_id = l.id AND o.voided_by IS NULL AND o.at < ? "
    "ORDER BY o.month DESC, o.at DESC, o.id DESC LIMIT 1"
)
SINCE = (
    "SELECT MAX(s.id) FROM {table} s WHERE s.lead_id = l.id AND s.voided_by IS NULL AND s.at < ? "
    "AND (s.at > m.at OR (s.at = m.at AND s.journal_id > m.journal_id))"
)


def _by_lead(campaign: Book, chosen: Slice, until: int | None, by: By) -> list[tuple[Key, str, funnel.Tally]]:
    """As `stood_apart`, lead by lead: what its last move says of it, or what came after that."""
    before = NEVER if until is None else until
    lead, leads = of_leads(replace(chosen, team_id=None, agent_id=None))
    team, owner = (
        f"CASE WHEN t.id IS NULL THEN m.{column} ELSE t.to_{column} END" for column in ("team_id", "owner_id")
    )
    hands, whose = of_hands(chosen, team, owner)
    stages, codes = of_campaign(chosen, "m.to_stage_id")
    key = f"l.{by.value}" if by in OF_THE_LEAD else of_part(by, team, owner)
    rows = rows_of(
        f"SELECT {key}, m.to_stage_id, COUNT(*), SUM(COALESCE(CASE WHEN c.id IS NULL THEN m.amount ELSE c.after END, "
        f"0)) FROM lead l JOIN stage_move m ON m.id = ({LAST}) "
        f"LEFT JOIN transfer t ON t.id = ({SINCE.format(table='transfer')}) "
        f"LEFT JOIN amount_change c ON c.id = ({SINCE.format(table='amount_change')}) "
        f"WHERE {lead} AND {stages} AND {hands} GROUP BY 1, 2",
        (before, before, before, *leads, *codes, *whose),
    )
    return [
        (key, campaign.stage_codes[stage], tally(Line.ENTERED, int(count), int(amount)))
        for key, stage, count, amount in rows
    ]
