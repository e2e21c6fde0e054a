"""Sales whose lead went on past the sale: the kept counters show only where a lead went last in a month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import funnel
from models.base import money, rows_of
from models.campaigns import Book

LATER = (
    "SELECT 1 FROM stage_move o WHERE o.lead_id = {move}.lead_id AND o.voided_by IS NULL AND o.at < ? "
    "AND (o.at > {move}.at OR (o.at = {move}.at AND o.id > {move}.id))"
)


def gone_on(
    campaigns: Iterable[Book], span: Sequence[int], column: str = "", value: int = 0
) -> dict[int | None, funnel.Tally]:
    """Sales of a period, by who owned the lead then, of leads that were moved on since and are customers still.

    Only campaigns with stages after the sale have any; of the others nothing is read.

    Args:
        campaigns: whose sales.
        span: its first moment and the first after it, UTC seconds.
        column: `owner_id` or `team_id` of the sale; the whole floor when empty.
        value: its value.
    """
    found: dict[int | None, funnel.Tally] = defaultdict(funnel.Tally)
    narrower = column and f" AND m.{column} = {int(value)}"
    for campaign in campaigns:
        sold = campaign.of_kind(funnel.Kind.WON)
        if len(sold) > 1:
            for owner, count, amount in rows_of(_statement(sold, narrower), (*span, span[1]) * 2):
                found[owner] += funnel.Tally(int(count), money(int(amount)) or funnel.NOTHING)
    return found


def _statement(sold: Iterable[int], narrower: str) -> str:
    """The last move of a lead goes from one stage at or after the sale to another; before it stands the sale."""
    ids = ", ".join(map(str, sold))
    return (
        "SELECT m.owner_id, COUNT(*), SUM(COALESCE(m.amount, 0)) FROM stage_move g "
        "JOIN stage_move m ON m.lead_id = g.lead_id "
        f"WHERE g.to_stage_id IN ({ids}) AND g.from_stage_id IN ({ids}) AND g.at >= ? AND g.at < ? "
        f"AND g.voided_by IS NULL AND NOT EXISTS ({LATER.format(move='g')}) "
        f"AND m.to_stage_id IN ({ids}) AND m.from_stage_id NOT IN ({ids}) AND m.at >= ? AND m.at < ? "
        f"AND m.voided_by IS NULL AND NOT EXISTS ({LATER.format(move='m')} "
        f"AND o.from_stage_id NOT IN ({ids})){narrower} GROUP BY m.owner_id"
    )
