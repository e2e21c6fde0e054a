"""Finds the leads and the events that a number counts, in a steady order: by its own definition, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import merge
from itertools import chain, dropwhile, groupby
from operator import itemgetter
from typing import Any

import funnel
from funnel import Line
from models.base import rows_of
from models.campaigns import Book
from models.reports import legs
from models.reports.cells import Cell, Number
from models.reports.legs import CAME, GIVEN, GROWN, LEGS, TAKEN, WENT, Leg, across, of_leg
from models.reports.periods import Period
from models.reports.reaches import first_entry
from models.reports.slices import Condition, Slice, as_it_stands, joined, of_hands, of_leads, of_touches

WAYS = {
    Number.LEFT: tuple(funnel.Way),
    Number.LEFT_FORWARD: (funnel.Way.FORWARD, funnel.Way.SKIP),
    Number.LEFT_BACK: (funnel.Way.BACK,),
    Number.LEFT_LOST: (funnel.Way.LOST,),
    Number.LEFT_INVALID: (funnel.Way.INVALID,),
    Number.LEFT_REOPENED: (funnel.Way.REOPEN,),
}
TOUCHES = {
    Number.CALLS: "t.kind = 'call'",
    Number.TALKS: "t.is_talk = 1",
    Number.OTHERS: "t.kind <> 'call'",
    Number.TOUCHES: "1 = 1",
}
COHORT = {
    Number.COHORT: None,
    Number.REACHED: None,
    Number.COHORT_OPEN: funnel.Kind.OPEN,
    Number.COHORT_WON: funnel.Kind.WON,
}
"""Of those that entered, what it means to stand where they are now; None for all."""
CLOSED: dict[Number | Line, funnel.Kind] = {
    Number.WON: funnel.Kind.WON,
    Number.LOST: funnel.Kind.LOST,
    Number.INVALID: funnel.Kind.INVALID,
}
STANDS: dict[Number | Line, funnel.Kind | None] = {
    Number.CAME: None,
    Number.CAME_WON: funnel.Kind.WON,
    Number.CAME_OPEN: funnel.Kind.OPEN,
}
"""Of those that came, what it means to stand where they are now; None for all."""
LEG_OF: dict[Line, tuple[Leg, ...]] = {
    **dict.fromkeys((Line.ENTERED, Line.RETURNED, Line.IMPORTED), (CAME,)),
    **dict.fromkeys((Line.ADVANCED, Line.BACK, Line.LOST, Line.INVALID), (WENT,)),
    Line.TAKEN_OVER: (TAKEN,),
    Line.HANDED_OVER: (GIVEN,),
    Line.EDITED: (GROWN,),
    Line.VOIDED: LEGS,
}
LAST = 1 << 62
"""No row has that id."""
BATCH = 500
"""Leads looked at together."""

Key = tuple[int, int, int]
"""The place of a row: by its moment, its kind and its id; leads by their id alone."""


@dataclass(frozen=True, slots=True)
class Found:
    """A row, before anybody looked whether it may be seen."""

    key: Key
    lead: int
    origin: int | None
    stage: int
    owner: int | None
    at: int
    amount: int | None
    count: int = 1


def found(campaign: Book, cell: Cell, after: Key | None, limit: int) -> Iterator[Found]:
    """What a number counts, for a selection that is narrowed; at least so many, if there are. In a transaction."""
    if isinstance(cell.what, Line):
        return _events(campaign, cell, after, limit)
    match cell.what:
        case Number.OPEN | Number.EXPECTED | Number.UNDATED:
            return _leads(campaign, cell, after, limit)
        case Number.OPENING | Number.CLOSING:
            return _stood(campaign, cell, after)
        case Number.CALLS | Number.TALKS | Number.OTHERS | Number.TOUCHES:
            return _touches(campaign, cell, after, limit)
    return _moves(campaign, cell, after, limit)


# ── leads as they stand ───────────────────────────────────────────────────────────────────────────────────────────────


def _leads(campaign: Book, cell: Cell, after: Key | None, limit: int) -> Iterator[Found]:
    conditions = [of_leads(cell.chosen), _in_stages("l.stage_id", _stages(campaign, cell))]
    if cell.what is Number.UNDATED:
        conditions.append(("l.expected_on IS NULL", ()))
    elif cell.what is Number.EXPECTED:
        first, last = _period(cell).days
        conditions.append(("l.expected_on >= ? AND l.expected_on < ?", (first.isoformat(), last.isoformat())))
    text, args = joined(*conditions, ("l.id > ?", (after[2] if after else 0,)))
    for row in rows_of(
        f"SELECT l.id, l.stage_id, l.owner_id, l.stage_since, l.amount FROM lead l WHERE {text} ORDER BY l.id LIMIT ?",
        (*args, limit),
    ):
        yield Found((0, 0, row[0]), row[0], None, *row[1:])


def _stages(campaign: Book, cell: Cell) -> list[int]:
    """Ids of the stages that a number is of; of leads now the open ones, where none is named."""
    if cell.stage:
        return [number for number, code in campaign.stage_codes.items() if code == cell.stage]
    is_of_open = cell.what in (Number.OPEN, Number.EXPECTED, Number.UNDATED)
    return campaign.of_kind(funnel.Kind.OPEN) if is_of_open else list(campaign.stage_codes)


def _in_stages(column: str, stages: Sequence[int]) -> Condition:
    """A stage of some; of several it is better looked at row by row, in the order of the page."""
    text, ids = _among(column, stages)
    return (text if len(stages) == 1 else f"+{text}"), ids


def _among(column: str, ids: Sequence[int]) -> Condition:
    return f"{column} IN ({', '.join('?' * len(ids)) or 'NULL'})", tuple(ids)


def _period(cell: Cell) -> Period:
    if cell.period is None:
        raise ValueError(f"the number {cell.what.value} has a period")
    return cell.period


def _stood(campaign: Book, cell: Cell, after: Key | None) -> Iterator[Found]:
    """Who stood there at a moment: of those that might have, some at a time, what their legs sum up to."""
    until, stages = _period(cell).span[cell.what is Number.CLOSING], _stages(campaign, cell)
    last = after[2] if after else 0
    while candidates := _might_have_stood(cell, stages, until, last):
        last = candidates[-1]
        told = _legs_of(cell.chosen, candidates, stages, until)
        for (lead, stage), own in groupby(told, key=itemgetter(0, 1)):
            count, amount, owner, since = 0, 0, None, 0
            for _, _, line, money_of_it, whose, at in own:
                sign = Line(line).sign
                count, amount = count + (sign if line != Line.EDITED else 0), amount + sign * int(money_of_it)
                if sign > 0 and line != Line.EDITED:
                    owner, since = whose, at
            if count:
                yield Found((0, 0, lead), lead, None, stage, owner, since, amount)


def _legs_of(chosen: Slice, leads: Sequence[int], stages: Sequence[int], until: int) -> list[tuple[Any, ...]]:
    """All that came and went of some leads in some stages: lead, stage, line, money, owner, moment, in their order."""
    parts = []
    for leg in LEGS:
        text, args = joined(
            *of_leg(chosen, leg, (None, until)),
            ("r.voided_by IS NULL", ()),
            _among("r.lead_id", leads),
            _in_stages(leg.stage, stages),
        )
        parts.append(
            (
                f"SELECT r.lead_id, {leg.stage} AS stage_id, {leg.line} AS line, {leg.amount} AS amount, "
                f"{leg.owner} AS owner_id, r.at, r.journal_id FROM {leg.table} r WHERE {text}",
                args,
            )
        )
    sql = " UNION ALL ".join(text for text, _ in parts)
    values = [value for _, args in parts for value in args]
    found = rows_of(f"SELECT * FROM ({sql}) AS parts ORDER BY lead_id, stage_id, at, journal_id", values)
    return [row[:6] for row in found]


def _might_have_stood(cell: Cell, stages: Sequence[int], until: int, after: int) -> list[int]:
    """Leads that are there now, or went from there since; by their ids."""
    chosen = cell.chosen
    everybody = replace(chosen, team_id=None, agent_id=None)
    conditions = [of_leads(everybody), ("l.id > ?", (after,))]
    if cell.stage:
        is_there, left = _in_stages("l.stage_id", stages), _in_stages("m.from_stage_id", stages)
        conditions.append(
            (
                f"({is_there[0]} OR EXISTS (SELECT 1 FROM stage_move m WHERE m.lead_id = l.id AND {left[0]} "
                "AND m.at >= ? AND m.voided_by IS NULL))",
                (*is_there[1], *left[1], until),
            )
        )
    if (chosen.team_id, chosen.agent_id) != (None, None):
        is_theirs, was_theirs = (
            of_hands(chosen, *columns)
            for columns in (("l.team_id", "l.owner_id"), ("t.from_team_id", "t.from_owner_id"))
        )
        conditions.append(
            (
                f"({is_theirs[0]} OR EXISTS (SELECT 1 FROM transfer t WHERE t.lead_id = l.id AND {was_theirs[0]} "
                "AND t.at >= ?))",
                (*is_theirs[1], *was_theirs[1], until),
            )
        )
    text, args = joined(*conditions)
    return [row[0] for row in rows_of(f"SELECT l.id FROM lead l WHERE {text} ORDER BY l.id LIMIT {BATCH}", args)]


# ── what happened ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _events(campaign: Book, cell: Cell, after: Key | None, limit: int) -> Iterator[Found]:
    """The events of a line of the bridge; of what was taken back both ends of each move."""
    line = Line(cell.what.value)
    if line is Line.VOIDED and not cell.shows_voided:
        return iter(())  # in that reading it never happened
    parts = [_of_line(campaign, cell, rank, leg, after, limit) for rank, leg in enumerate(LEGS) if leg in LEG_OF[line]]
    return merge(*parts, key=lambda one: one.key)


def _of_line(campaign: Book, cell: Cell, rank: int, leg: Leg, after: Key | None, limit: int) -> Iterator[Found]:
    """Those of one sort."""
    line, stages = Line(cell.what.value), _stages(campaign, cell)
    conditions = [*of_leg(cell.chosen, leg, _period(cell).span), _in_stages(leg.stage, stages)]
    if leg in legs.TRANSFERS:
        conditions.append(across(cell.chosen, leg))
    if line is Line.VOIDED:
        conditions.append(("r.voided_by IS NOT NULL", ()))
    else:
        conditions.append((f"{leg.line} = ?", (line.value,)))
        if not cell.shows_voided:
            conditions.append(("r.voided_by IS NULL", ()))
    if after is not None:
        # Of what happened in one second, sort follows sort.
        conditions.append(
            ("(r.at, r.id) > (?, ?)", (after[0], after[2] if rank == after[1] else (rank < after[1]) * LAST))
        )
    text, args = joined(*conditions)
    origin = "r.from_stage_id" if leg.table == "stage_move" else "NULL"
    stage = "r.to_stage_id" if leg.table == "stage_move" else leg.stage
    rows = rows_of(
        f"SELECT r.at, r.id, r.lead_id, {origin}, {stage}, {leg.owner}, {leg.amount}, {leg.line} FROM {leg.table} r "
        f"WHERE {text} ORDER BY r.at, r.id LIMIT ?",
        (*args, limit),
    )
    for at, number, lead, left, to, owner, amount, own in rows:
        sign = Line(own).sign if line is Line.VOIDED else 1
        count = 0 if own == Line.EDITED else sign
        yield Found((at, rank, number), lead, left, to, owner, at, sign * int(amount), count)


def _moves(campaign: Book, cell: Cell, after: Key | None, limit: int) -> Iterator[Found]:
    """The moves that a number of the funnel counts."""
    since, until = _period(cell).span
    conditions = [_moves_of(cell.chosen), ("m.at >= ? AND m.at < ?", (since, until)), *_counted(campaign, cell, until)]
    if after is not None:
        conditions.append(("(m.at, m.id) > (?, ?)", (after[0], after[2])))
    text, args = joined(*conditions)
    for row in rows_of(
        "SELECT m.at, m.id, m.lead_id, m.from_stage_id, m.to_stage_id, m.owner_id, m.amount FROM stage_move m "
        f"WHERE {text} ORDER BY m.at, m.id LIMIT ?",
        (*args, limit),
    ):
        yield Found((row[0], 0, row[1]), row[2], row[3], row[4], row[5], row[0], row[6])


def _touches(campaign: Book, cell: Cell, after: Key | None, limit: int) -> Iterator[Found]:
    """Follow-ups of a sort, as `slices.of_touches` has them: the agent of each is who did it."""
    such = TOUCHES[Number(cell.what)]
    conditions = [of_touches(cell.chosen), (such, ()), ("t.at >= ? AND t.at < ?", _period(cell).span)]
    if cell.stage:
        conditions.append(_in_stages("t.stage_id", _stages(campaign, cell)))
    if after is not None:
        conditions.append(("(t.at, t.id) > (?, ?)", (after[0], after[2])))
    text, args = joined(*conditions)
    for row in rows_of(
        f"SELECT t.at, t.id, t.lead_id, t.stage_id, t.agent_id FROM touch t WHERE {text} ORDER BY t.at, t.id LIMIT ?",
        (*args, limit),
    ):
        yield Found((row[0], 0, row[1]), row[2], None, row[3], row[4], row[0], None)


def _moves_of(chosen: Slice) -> Condition:
    """The moves of a slice, as `slices.of_moves` has them but for the campaign, which the stages tell already."""
    return joined(("m.voided_by IS NULL", ()), of_hands(chosen, "m.team_id", "m.owner_id"), *as_it_stands(chosen, "m"))


def _counted(campaign: Book, cell: Cell, until: int) -> Iterator[Condition]:
    """Which moves `m` of a period a number counts, as `funnel.counted` has it."""
    what, stages = cell.what, _stages(campaign, cell)
    if what is Number.ENTERED:
        yield _in_stages("m.to_stage_id", stages)
        return
    if what in STANDS:
        yield "m.from_stage_id IS NULL", ()
        yield _in_stages("m.to_stage_id", stages)
        yield from _stands(campaign, STANDS[what])
        return
    if what in COHORT:
        yield from _of_cohort(campaign, cell)
        return
    yield "m.from_stage_id IS NOT NULL", ()
    if what in WAYS:
        ways = WAYS[Number(what)]
        yield _in_stages("m.from_stage_id", stages)
        yield f"m.way IN ({', '.join('?' * len(ways))})", tuple(way.value for way in ways)
        yield _is_last(until, ("(o.from_stage_id = m.from_stage_id OR o.to_stage_id = m.from_stage_id)", ()))
    elif what is Number.CLOSED:
        kinds = [_closed(campaign, kind, until) for kind in CLOSED.values()]
        yield f"({' OR '.join(f'({text})' for text, _ in kinds)})", tuple(chain(*(args for _, args in kinds)))
    else:
        yield _closed(campaign, CLOSED[what], until)


def _closed(campaign: Book, kind: funnel.Kind, until: int) -> Condition:
    """Leads closed in such a stage that stayed so; of a sale, what follows on the way down does not undo it."""
    ids = campaign.of_kind(kind)
    if kind is not funnel.Kind.WON:
        return joined(_in_stages("m.to_stage_id", ids), _is_last(until))
    is_won, was_won, stays = (_among(f"{column}_id", ids) for column in ("m.to_stage", "m.from_stage", "o.to_stage"))
    return joined(is_won, (f"NOT ({was_won[0]})", was_won[1]), _is_last(until, (f"NOT ({stays[0]})", stays[1])))


def _stands(campaign: Book, kind: funnel.Kind | None) -> Iterator[Condition]:
    """The lead stands in such a stage now; in any, where none is named."""
    if kind is not None:
        now, ids = _among("now.stage_id", campaign.of_kind(kind))
        yield f"EXISTS (SELECT 1 FROM lead now WHERE now.id = m.lead_id AND {now})", ids


def _of_cohort(campaign: Book, cell: Cell) -> Iterator[Condition]:
    """The first entry of each lead into the stage in a period, as `funnel.reaches` has it, and what became of it."""
    what = Number(cell.what)
    other = "SELECT 1 FROM stage_move o WHERE o.lead_id = m.lead_id AND o.voided_by IS NULL AND"
    yield _in_stages("m.to_stage_id", _stages(campaign, cell))
    yield first_entry(_period(cell))
    later = [*dropwhile(lambda stage: stage.code != cell.stage, campaign.playbook.stages)][1:]
    further, ids = _among("o.to_stage_id + 0", [campaign.stage_ids[stage.code] for stage in later])
    has_gone = f"EXISTS ({other} (o.at > m.at OR (o.at = m.at AND o.id > m.id)) AND {further})"
    if what is Number.REACHED:
        yield has_gone, ids
    elif what is Number.COHORT_OPEN:
        yield f"NOT {has_gone}", ids
    yield from _stands(campaign, COHORT[what])


def _is_last(until: int, *such: Condition) -> Condition:
    """No later move of the lead, of that sort, before a second."""
    text, args = joined(*such)
    later: tuple[Any, ...] = (until, *args)
    return (
        "NOT EXISTS (SELECT 1 FROM stage_move o WHERE o.lead_id = m.lead_id AND o.voided_by IS NULL AND o.at < ? "
        f"AND (o.at > m.at OR (o.at = m.at AND o.id > m.id)) AND {text})",
        later,
    )
