"""Sales of a period, as the database keeps them: how long each took, and those whose lead went on past the sale.

They are those of `funnel.sales`: still won at the period's end, whatever followed on the way down.
"""

from __future__ import annotations

from collections.abc import Sequence

import funnel
from models.base import rows_of
from models.campaigns import Book
from models.reports.passages import Key, in_lengths, lengths, part_of, tally
from models.reports.slices import By, Slice, of_passages


def cycles(chosen: Slice, span: Sequence[int], by: By = By.NOTHING) -> list[tuple[Key, dict[int, int]]]:
    """Part, and how many deals won in a period took so many whole days from entering the funnel to the sale.

    Args:
        chosen: whose sales: by team and owner as they were then.
        span: the period's first moment and the first after it, UTC seconds.
        by: what they are split by.
    """
    key, sales, args = _sales(chosen, span, by)
    took = f"SELECT {key} AS part, s.days, COUNT(*) AS n {sales} GROUP BY 1, 2"
    rows = rows_of(f"SELECT part, {lengths()} FROM ({took}) AS took GROUP BY 1", args)
    return [(key, dict(in_lengths(text))) for key, text in rows]


def won(chosen: Slice, span: Sequence[int], by: By = By.NOTHING) -> dict[Key, funnel.Tally]:
    """The same deals, how many and how much, by part. Arguments as for `cycles`."""
    return _tallies(*_sales(chosen, span, by))


def gone_on(campaign: Book, chosen: Slice, span: Sequence[int], by: By = By.NOTHING) -> dict[Key, funnel.Tally]:
    """Those of the same deals whose leads moved on in the period, as customers still, which no counter shows.

    Only campaigns with stages after the sale have any; of the others nothing is read. Arguments as for `cycles`, with
    the campaign of the slice.
    """
    if len(campaign.of_kind(funnel.Kind.WON)) < 2:
        return {}
    key, sales, args = _sales(chosen, span, by)
    return _tallies(key, f"{sales} AND s.next_at < ?", (*args, span[1]))


def _sales(chosen: Slice, span: Sequence[int], by: By) -> tuple[str, str, tuple[object, ...]]:
    """The part, and the sales of a period as SQL from FROM on, with its values."""
    (where, args), (key, join) = of_passages(chosen, "s"), part_of("s", by)
    sales = f"FROM sale s{join} WHERE s.at >= ? AND s.at < ? AND s.undone_at >= ? AND {where}"
    return key, sales, (*span, span[1], *args)


def _tallies(key: str, sales: str, args: tuple[object, ...]) -> dict[Key, funnel.Tally]:
    rows = rows_of(f"SELECT {key}, COUNT(*), SUM(s.amount) {sales} GROUP BY 1", args)
    return {key: tally(count, amount) for key, count, amount in rows}
