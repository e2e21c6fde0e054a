"""Which source pays: leads, deals, amount and conversion by source, its share of the signed customers, and its cost."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import funnel
from models import costs, sales
from models.base import rows_of
from models.campaigns import Book, book
from models.connect import snapshot
from models.reports import passages
from models.reports.periods import Period
from models.reports.slices import By, Slice, narrowed, of_leads_counted, of_moves


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source over a period, or all of them."""

    source: str
    """Its code; empty where nobody knows it, and for all."""
    leads: int
    """That came in the period: taken into the funnel, wherever in it."""
    of_them_won: int
    """Customers now."""
    of_them_open: int
    """Still on their way."""
    won: funnel.Tally
    """Deals won in the period, whenever their leads came."""
    closed: int
    """Leads closed in the period: won, lost and invalid."""
    share: Fraction | None
    """Of all deals won in the period 来源占比."""
    cost: Decimal | None
    """Of the period; None where it is not known, or not of these leads alone."""

    @property
    def conversion(self) -> Fraction | None:
        """Conversion 来源转化率 of the leads that came: customers now ÷ leads. The young ones are still open."""
        return funnel.share(self.of_them_won, self.leads)

    @property
    def won_of_closed(self) -> Fraction | None:
        """Won ÷ closed in the period."""
        return funnel.share(self.won.count, self.closed)

    @property
    def cost_per_lead(self) -> Fraction | None:
        """Cost ÷ leads that came."""
        return None if self.cost is None or not self.leads else Fraction(self.cost) / self.leads

    @property
    def cost_per_deal(self) -> Fraction | None:
        """Cost 获客成本 ÷ deals won in the period."""
        return None if self.cost is None or not self.won.count else Fraction(self.cost) / self.won.count


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of a period; the rows make up the whole."""

    chosen: Slice
    """As far as the viewer may see it."""
    period: Period
    whole: SourceRow
    """Its cost is that of the sources whose cost is known; None where none is."""
    rows: tuple[SourceRow, ...]
    """As the playbook lists them, then others, the unknown last; only those of which there is anything."""


def sources(viewer_id: int, chosen: Slice, period: Period) -> Sources:
    """The sources of a selection over a period, as far as the viewer may see it.

    What was entered as a month's cost of a source is the whole floor's: it is told of whole months of all leads alone.

    Raises:
        Refused: `not_found`.
    """
    with snapshot():
        chosen = narrowed(viewer_id, chosen)
        campaign = book(chosen.campaign_id)
        taken_in = _taken_in(chosen, period)
        came = _came(campaign, taken_in)
        won = sales.won(chosen, period.span, By.SOURCE)
        closed = _closed(campaign, chosen, period)
        spent = _costs(campaign, chosen, period, taken_in)
        found = {str(one) for one in (*came, *won, *closed, *spent)}
        all_won = sum(tally.count for tally in won.values())
        rows = [
            SourceRow(
                source,
                *came.get(source, (0, 0, 0)),
                won.get(source, funnel.Tally()),
                closed.get(source, 0) + won.get(source, funnel.Tally()).count,
                funnel.share(won.get(source, funnel.Tally()).count, all_won),
                spent.get(source),
            )
            for source in _in_order(campaign, found)
        ]
        return Sources(chosen, period, _whole(rows), tuple(rows))


def _whole(rows: Iterable[SourceRow]) -> SourceRow:
    rows = list(rows)
    won = sum((row.won for row in rows), funnel.Tally())
    known = [row.cost for row in rows if row.cost is not None]
    came, customers, still = (
        sum(getattr(row, name) for row in rows) for name in ("leads", "of_them_won", "of_them_open")
    )
    cost = sum(known, Decimal(0)) if known else None
    closed = sum(row.closed for row in rows)
    return SourceRow("", came, customers, still, won, closed, funnel.share(won.count, won.count), cost)


def _in_order(campaign: Book, found: set[str]) -> list[str]:
    listed = [source.code for source in campaign.playbook.sources]
    return sorted(found, key=lambda code: (not code, listed.index(code) if code in listed else len(listed), code))


def _taken_in(chosen: Slice, period: Period) -> list[tuple[str, int, int, int]]:
    """Source, month, the stage where they stand now, and how many leads were taken in."""
    if period.months and chosen.part(By.SOURCE) is By.SOURCE:
        where, args = of_leads_counted(chosen, "c")
        return rows_of(
            "SELECT c.source, c.month, c.stands_in, SUM(c.n) FROM came c WHERE c.month >= ? AND c.month < ? "
            f"AND {where} GROUP BY 1, 2, 3 HAVING SUM(c.n) <> 0",
            (period.months.start, period.months.stop, *args),
        )
    where, args = of_moves(chosen)
    return rows_of(
        "SELECT now.source, m.month, now.stage_id, COUNT(*) FROM stage_move m JOIN lead now ON now.id = m.lead_id "
        f"WHERE m.from_stage_id IS NULL AND m.at >= ? AND m.at < ? AND {where} GROUP BY 1, 2, 3",
        (*period.span, *args),
    )


def _came(campaign: Book, taken_in: Iterable[tuple[str, int, int, int]]) -> dict[str, tuple[int, int, int]]:
    """By source: leads taken in, those that are customers now, those that are on their way."""
    found: dict[str, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for source, _, stage, count in taken_in:
        kind = campaign.kind(stage)
        came, won, still = found[source]
        is_won, is_open = kind is funnel.Kind.WON, kind is funnel.Kind.OPEN
        found[source] = (came + count, won + count * is_won, still + count * is_open)
    return dict(found)


def _closed(campaign: Book, chosen: Slice, period: Period) -> dict[str, int]:
    """By source: leads closed in the period as lost or invalid, and closed still at its end."""
    found: dict[str, int] = defaultdict(int)
    for one in passages.leavings(chosen, period, By.SOURCE):
        if one.is_final and campaign.kind(one.to) in (funnel.Kind.LOST, funnel.Kind.INVALID):
            found[str(one.key)] += one.tally.count
    return dict(found)


def _costs(
    campaign: Book, chosen: Slice, period: Period, taken_in: Iterable[tuple[str, int, int, int]]
) -> dict[str, Decimal]:
    """What each source cost: as it was entered for a month, else by the playbook's cost of a lead.

    A source has a cost where every month in which it brought leads has one.
    """
    is_of_all = chosen == Slice(chosen.campaign_id, source=chosen.source)
    if not is_of_all or not period.months:
        return {}
    months = period.months
    entered = {
        (one.source, one.month): one.amount for one in costs.spent(chosen.campaign_id, months.start, months.stop)
    }
    came: Counter[tuple[str, int]] = Counter()
    for source, month, _, count in taken_in:
        came[source, month] += count
    each = {source.code: source.cost for source in campaign.playbook.sources}
    found: dict[str, Decimal] = {}
    unknown: set[str] = set()
    for source, month in sorted(entered.keys() | came.keys()):
        amount = entered.get((source, month))
        if amount is None and (cost := each.get(source)) is not None:
            amount = cost * came[source, month]
        if amount is None:
            unknown.add(source)
        else:
            found[source] = found.get(source, Decimal(0)) + amount
    return {source: amount for source, amount in found.items() if source not in unknown and _is_meant(chosen, source)}


def _is_meant(chosen: Slice, source: str) -> bool:
    return chosen.source in (None, source)
