"""What figures of a funnel are counted from: who left a stage and after how long, who entered it, who stands there.

Whole months by floor, team or agent come from counters that the database keeps, everything else from the rows
themselves; both say what `funnel.last_exits` says.
"""

from __future__ import annotations

from dataclasses import dataclass

import funnel
from models.base import money, rows_of
from models.reports.periods import Period
from models.reports.slices import OF_THE_LEAD, PEOPLE, By, Slice, of_leads, of_moves, of_passages

Key = int | str
"""A part of a split: the id of a team or of an agent, a source, an industry, a product; 0 and empty where none is
known, and for the whole."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """Leavers of one sort: from where to where, which way, and whether they were still there at the period's end."""

    key: Key
    stage: int
    to: int
    way: funnel.Way
    is_final: bool
    tally: funnel.Tally


def is_kept(chosen: Slice, period: Period, by: By) -> bool:
    """Whether counters answer it."""
    return bool(period.months) and chosen.is_of_people and by in PEOPLE


def leavings(chosen: Slice, period: Period, by: By = By.NOTHING) -> list[Leaving]:
    """The leavers of a period, by who owned the lead when it left, or by what the lead is now."""
    table, within, args, ends = _passages(chosen, period, by)
    count, amount, following = (
        ("SUM(p.n)", "SUM(p.amount)", "next_month") if table == "passed" else ("COUNT(*)", "SUM(p.amount)", "next_at")
    )
    key, join = part_of("p", by)
    rows = rows_of(
        f"SELECT {key}, p.stage_id, p.to_stage_id, p.way, CASE WHEN p.{following} >= ? THEN 1 ELSE 0 END, {count}, "
        f"{amount} FROM {table} p{join} WHERE {within} GROUP BY 1, 2, 3, 4, 5 HAVING {count} <> 0",
        (ends, *args),
    )
    return [Leaving(row[0], row[1], row[2], funnel.Way(row[3]), bool(row[4]), tally(row[5], row[6])) for row in rows]


def stays(chosen: Slice, period: Period, by: By = By.NOTHING) -> list[tuple[Key, int, int, int]]:
    """Of the same leavers, part, stage, whole days that they had been in it, and how many."""
    table, within, args, _ = _passages(chosen, period, by, kept="stayed")
    key, join = part_of("p", by)
    days, count = ("p.days", "SUM(p.n)") if table == "stayed" else ("(p.at - p.since) / 86400", "COUNT(*)")
    known = "" if table == "stayed" else " AND p.since IS NOT NULL"
    rows = rows_of(
        f"SELECT {key}, p.stage_id, {days}, {count} FROM {table} p{join} WHERE {within}{known} "
        f"GROUP BY 1, 2, 3 HAVING {count} <> 0",
        args,
    )
    return [(key, stage, int(days), int(count)) for key, stage, days, count in rows]


def _passages(
    chosen: Slice, period: Period, by: By, *, kept: str = "passed"
) -> tuple[str, str, tuple[object, ...], int]:
    """The table to read, the condition of being a leaver of the period, its values, and the period's end there."""
    where, args = of_passages(chosen)
    if is_kept(chosen, period, by):
        table, at, back, (begins, ends) = kept, "month", "back_month", (period.months.start, period.months.stop)
    else:
        table, at, back, (begins, ends) = "passage", "at", "back_at", period.span
    within = f"p.{at} >= ? AND p.{at} < ? AND p.{back} >= ? AND {where}"
    return table, within, (begins, ends, ends, *args), ends


def entries(chosen: Slice, period: Period, by: By = By.NOTHING) -> list[tuple[Key, int, int]]:
    """Part, stage and how often it was entered."""
    if is_kept(chosen, period, by):
        where, args = of_passages(chosen, "k")
        key, _ = part_of("k", by)
        sql = (
            f"SELECT {key}, k.stage_id, SUM(k.n) FROM entered k WHERE k.month >= ? AND k.month < ? AND {where} "
            "GROUP BY 1, 2 HAVING SUM(k.n) <> 0"
        )
        span = (period.months.start, period.months.stop)
    else:
        where, args = of_moves(chosen)
        key, join = part_of("m", by)
        sql = (
            f"SELECT {key}, m.to_stage_id, COUNT(*) FROM stage_move m{join} "
            f"WHERE m.at >= ? AND m.at < ? AND {where} GROUP BY 1, 2"
        )
        span = period.span
    return [(key, stage, int(count)) for key, stage, count in rows_of(sql, (*span, *args))]


def stock(chosen: Slice, by: By = By.NOTHING) -> list[tuple[Key, int, funnel.Tally]]:
    """Part, stage, and the leads that stand there now."""
    if chosen.is_of_people and by in PEOPLE:
        where, args = of_passages(chosen, "k")
        key, _ = part_of("k", by)
        sql = (
            f"SELECT {key}, k.stage_id, SUM(k.n), SUM(k.amount) FROM stock k WHERE {where} "
            "GROUP BY 1, 2 HAVING SUM(k.n) <> 0"
        )
    else:
        where, args = of_leads(chosen)
        key, _ = part_of("l", by)
        sql = f"SELECT {key}, l.stage_id, COUNT(*), SUM(COALESCE(l.amount, 0)) FROM lead l WHERE {where} GROUP BY 1, 2"
    return [(key, stage, tally(count, amount)) for key, stage, count, amount in rows_of(sql, args)]


def part_of(row: str, by: By) -> tuple[str, str]:
    """What a row is split by, and what must be joined for it: a lead `l`, a move `m`, a passage `p`, a counter `k`."""
    if by in OF_THE_LEAD:
        return (
            (f"l.{by.value}", "") if row == "l" else (f"part.{by.value}", f" JOIN lead part ON part.id = {row}.lead_id")
        )
    column = {By.TEAM: f"{row}.team_id", By.AGENT: f"{row}.owner_id"}.get(by, "0")
    return column if row in "pk" or column == "0" else f"COALESCE({column}, 0)", ""


def tally(count: int, amount: int) -> funnel.Tally:
    """A count with an amount of whole hundredths."""
    return funnel.Tally(int(count), money(int(amount)) or funnel.NOTHING)
