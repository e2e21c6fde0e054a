"""Sales of a period: how long each took, and those whose lead went on past the sale, which no counter shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import funnel
from models.base import money, rows_of
from models.campaigns import Book

LATER = (
    "SELECT 1 FROM stage_move o WHERE o.lead_id = {move}.lead_id AND o.month >= {move}.month "
    "AND o.voided_by IS NULL AND o.at < ? "
    "AND (o.at > {move}.at OR (o.at = {move}.at AND o.id > {move}.id))"
)
ALL = ("1 = 1", ())
OWNER = "COALESCE(m.owner_id, 0)"


def cycles(
    campaign: Book,
    span: Sequence[int],
    where: tuple[str, tuple[object, ...]] = ALL,
    key: str = "0",
    join: str = "",
) -> list[tuple[int | str, int, int]]:
    """Part, whole days from entering the funnel to the sale, and how many deals won in a period took so long.

    The deals are those of `funnel.sales`: still won at the period's end, whatever followed on the way down.

    Args:
        campaign: whose sales.
        span: the period's first moment and the first after it, UTC seconds.
        where: which sales, as a condition on `stage_move m`.
        key: what they are split by, SQL.
        join: what must be joined for it.
    """
    moves = "FROM stage_move f WHERE f.lead_id = m.lead_id AND f.voided_by IS NULL"
    days = f"(m.at - (SELECT f.at {moves} ORDER BY f.month, f.at LIMIT 1)) / 86400"
    sql, args = _sales(campaign, span, where, join)
    rows = rows_of(f"SELECT {key}, {days}, COUNT(*) {sql} GROUP BY 1, 2", args)
    return [(key, int(days), int(count)) for key, days, count in rows]


def won(
    campaign: Book,
    span: Sequence[int],
    where: tuple[str, tuple[object, ...]] = ALL,
    key: str = OWNER,
    join: str = "",
) -> dict[int | str, funnel.Tally]:
    """The same deals, how many and how much, by part. Arguments as for `cycles`."""
    sql, args = _sales(campaign, span, where, join)
    rows = rows_of(f"SELECT {key}, COUNT(*), SUM(COALESCE(m.amount, 0)) {sql} GROUP BY 1", args)
    return {key: funnel.Tally(int(count), money(int(amount)) or funnel.NOTHING) for key, count, amount in rows}


def _sales(
    campaign: Book, span: Sequence[int], where: tuple[str, tuple[object, ...]], join: str
) -> tuple[str, tuple[object, ...]]:
    """The sales of a period, as SQL from FROM on, with its values."""
    sold = campaign.of_kind(funnel.Kind.WON)
    won = ", ".join(map(str, sold))
    others = ", ".join(str(number) for number in campaign.stage_codes if number not in sold)
    text, args = where
    sql = (
        f"FROM stage_move m{join} WHERE m.to_stage_id IN ({won}) AND m.at >= ? AND m.at < ? "
        f"AND m.from_stage_id IN ({others}) AND m.voided_by IS NULL "
        # What follows the sale on the way down does not undo it.
        f"AND NOT EXISTS ({LATER.format(move='m')} "
        f"AND (o.to_stage_id NOT IN ({won}) OR o.from_stage_id NOT IN ({won}))) AND {text}"
    )
    return sql, (*span, span[1], *args)


def gone_on(
    campaigns: Iterable[Book],
    span: Sequence[int],
    where: tuple[str, tuple[object, ...]] = ALL,
    key: str = OWNER,
    join: str = "",
) -> dict[int | str, funnel.Tally]:
    """Sales of a period of leads that were moved on since and are customers still.

    Only campaigns with stages after the sale have any; of the others nothing is read. Arguments as for `cycles`.
    """
    found: dict[int | str, funnel.Tally] = defaultdict(funnel.Tally)
    text, args = where
    for campaign in campaigns:
        sold = campaign.of_kind(funnel.Kind.WON)
        if len(sold) > 1:
            statement = f"{_gone_on(sold, key, join)} AND {text} GROUP BY 1"
            for part, count, amount in rows_of(statement, (*(*span, span[1]) * 2, *args)):
                found[part] += funnel.Tally(int(count), money(int(amount)) or funnel.NOTHING)
    return found


def _gone_on(sold: Iterable[int], key: str, join: str) -> str:
    """The last move of a lead goes from one stage at or after the sale to another; before it stands the sale."""
    ids = ", ".join(map(str, sold))
    return (
        f"SELECT {key}, COUNT(*), SUM(COALESCE(m.amount, 0)) FROM stage_move g "
        f"JOIN stage_move m ON m.lead_id = g.lead_id{join} "
        f"WHERE g.to_stage_id IN ({ids}) AND g.from_stage_id IN ({ids}) AND g.at >= ? AND g.at < ? "
        f"AND g.voided_by IS NULL AND NOT EXISTS ({LATER.format(move='g')}) "
        f"AND m.to_stage_id IN ({ids}) AND m.from_stage_id NOT IN ({ids}) AND m.at >= ? AND m.at < ? "
        f"AND m.voided_by IS NULL AND NOT EXISTS ({LATER.format(move='m')} "
        f"AND o.from_stage_id NOT IN ({ids}))"
    )
