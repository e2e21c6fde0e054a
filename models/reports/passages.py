"""What figures of a funnel are counted from: who left a stage and after how long, who entered it, who stands there.

Whole months come from counters that the database keeps: by floor, team or agent, and by source, industry or product of
a floor or a team. Everything else comes from the rows themselves; all of them say what `funnel.last_exits` says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from msgspec.json import decode

import funnel
from models.base import money, rows_of
from models.connect import is_postgres
from models.reports.periods import Period
from models.reports.slices import (
    OF_THE_LEAD,
    PEOPLE,
    By,
    Condition,
    Slice,
    of_leads,
    of_leads_counted,
    of_moves,
    of_passages,
)

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


class Kept(StrEnum):
    """Which counters the database keeps, by how the names of their tables end."""

    BY_OWNER = ""
    BY_LEAD = "_by_lead"


def kept(chosen: Slice, by: By) -> Kept | None:
    """Which counters answer it, if any."""
    if chosen.is_of_people and by in PEOPLE:
        return Kept.BY_OWNER
    return None if chosen.has_amounts or chosen.agent_id is not None or by is By.AGENT else Kept.BY_LEAD


def leavings(chosen: Slice, period: Period, by: By = By.NOTHING) -> list[Leaving]:
    """The leavers of a period, by who owned the lead when it left, or by what the lead is now."""
    source = _passages(chosen, period, by, "passed")
    following = "next_month" if source.is_kept else "next_at"
    rows = rows_of(
        f"SELECT {source.key}, p.stage_id, p.to_stage_id, p.way, CASE WHEN p.{following} >= ? THEN 1 ELSE 0 END, "
        f"{source.count}, SUM(p.amount) FROM {source.text} GROUP BY 1, 2, 3, 4, 5 HAVING {source.count} <> 0",
        (source.ends, *source.args),
    )
    return [Leaving(row[0], row[1], row[2], funnel.Way(row[3]), bool(row[4]), tally(row[5], row[6])) for row in rows]


def stays(chosen: Slice, period: Period, by: By = By.NOTHING) -> list[tuple[Key, int, dict[int, int]]]:
    """Of the same leavers, part, stage, and how many had been in it for so many whole days."""
    source = _passages(chosen, period, by, "stayed")
    if source.is_kept:
        sql = f"SELECT {source.key}, p.stage_id, {lengths()} FROM {source.text} AND p.n <> 0 GROUP BY {source.own}"
    else:
        sql = (
            f"SELECT part, stage_id, {lengths()} FROM (SELECT {source.key} AS part, p.stage_id, "
            f"(p.at - p.since) / 86400 AS days, COUNT(*) AS n FROM {source.text} AND p.since IS NOT NULL "
            "GROUP BY 1, 2, 3) AS stayed GROUP BY 1, 2"
        )
    found: dict[tuple[Key, int], dict[int, int]] = defaultdict(dict)
    for key, stage, text in rows_of(sql, source.args):
        own = found[key, stage]
        for days, count in in_lengths(text):
            own[days] = own.get(days, 0) + count
    return [(key, stage, own) for (key, stage), own in found.items()]


def lengths() -> str:
    """SQL of one text for all `days` and `n` of a group.

    Of agents there are tens of thousands of these: a row for each would take longer than all the rest.
    """
    return "STRING_AGG(days || ',' || n, ',')" if is_postgres() else "GROUP_CONCAT(days || ',' || n)"


def in_lengths(text: str) -> Iterator[tuple[int, int]]:
    """Days, and how many took so many, of such a text."""
    numbers = iter(decode(f"[{text}]"))
    return zip(numbers, numbers, strict=True)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the leavers of a period are read, as rows `p`."""

    text: str
    """SQL after FROM."""
    args: tuple[object, ...]
    key: str
    """SQL of the part."""
    is_kept: bool
    ends: int
    """The period's end, in months of a counter or in seconds."""
    own: str = ""
    """Columns by which the rows of a counter lie one after the other: grouped so, none need be put in order."""

    @property
    def count(self) -> str:
        return "SUM(p.n)" if self.is_kept else "COUNT(*)"


def _passages(chosen: Slice, period: Period, by: By, counter: str) -> _Source:
    of = chosen.part(by)
    if not period.months or of is None:
        (where, args), (key, join) = of_passages(chosen), part_of("p", by)
        begins, ends = period.span
        text = f"passage p{join} WHERE p.at >= ? AND p.at < ? AND p.back_at >= ? AND {where}"
        return _Source(text, (begins, ends, ends, *args), key, is_kept=False, ends=ends)
    is_of_owners = chosen.agent_id is not None or by is By.AGENT
    part = of.value if of in OF_THE_LEAD else ""
    # Of teams those by lead are the fewest to read: they have no owners.
    where, args = of_passages(chosen) if is_of_owners else of_leads_counted(chosen, "p", part)
    key = "p.value" if by in OF_THE_LEAD else part_of("p", by)[0]
    begins, ends = period.months.start, period.months.stop
    table = f"{counter}{Kept.BY_OWNER if is_of_owners else Kept.BY_LEAD}"
    text = f"{table} p WHERE p.month >= ? AND p.month < ? AND p.back_month >= ? AND {where}"
    own = f"p.month, {'p.owner_id' if is_of_owners else 'p.value'}, p.team_id, p.stage_id"
    return _Source(text, (begins, ends, ends, *args), key, is_kept=True, ends=ends, own=own)


def entries(chosen: Slice, period: Period, by: By = By.NOTHING) -> list[tuple[Key, int, int]]:
    """Part, stage and how often it was entered."""
    if period.months and (ends_with := kept(chosen, by)) is not None:
        key, (where, args) = _counted(chosen, by, ends_with)
        sql = (
            f"SELECT {key}, k.stage_id, SUM(k.n) FROM entered{ends_with} k WHERE k.month >= ? AND k.month < ? "
            f"AND {where} GROUP BY 1, 2 HAVING SUM(k.n) <> 0"
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
    if (ends_with := kept(chosen, by)) is not None:
        key, (where, args) = _counted(chosen, by, ends_with)
        sql = (
            f"SELECT {key}, k.stage_id, SUM(k.n), SUM(k.amount) FROM stock{ends_with} k WHERE {where} "
            "GROUP BY 1, 2 HAVING SUM(k.n) <> 0"
        )
    else:
        where, args = of_leads(chosen)
        key, _ = part_of("l", by)
        sql = f"SELECT {key}, l.stage_id, COUNT(*), SUM(COALESCE(l.amount, 0)) FROM lead l WHERE {where} GROUP BY 1, 2"
    return [(key, stage, tally(count, amount)) for key, stage, count, amount in rows_of(sql, args)]


def _counted(chosen: Slice, by: By, counters: Kept) -> tuple[str, Condition]:
    """The part, and the condition, of counters `k` that have a column for everything they go by."""
    if counters is Kept.BY_OWNER:
        return part_of("k", by)[0], of_passages(chosen, "k")
    return f"k.{by.value}" if by in OF_THE_LEAD else part_of("k", by)[0], of_leads_counted(chosen, "k")


def part_of(row: str, by: By) -> tuple[str, str]:
    """What a row is split by, and what must be joined for it: a lead `l`, a move `m`, a passage `p`, a sale `s`, a
    counter `k`."""
    if by in OF_THE_LEAD:
        return (
            (f"l.{by.value}", "") if row == "l" else (f"part.{by.value}", f" JOIN lead part ON part.id = {row}.lead_id")
        )
    column = {By.TEAM: f"{row}.team_id", By.AGENT: f"{row}.owner_id"}.get(by, "0")
    return column if row in "pks" or column == "0" else f"COALESCE({column}, 0)", ""


def tally(count: int, amount: int) -> funnel.Tally:
    """A count with an amount of whole hundredths."""
    return funnel.Tally(int(count), money(int(amount)) or funnel.NOTHING)
