"""Work: calls, talks and time by who did them, what they came to, and what each stage took."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import funnel
from models import sales
from models.base import rows_of
from models.campaigns import book
from models.connect import snapshot
from models.reports import passages
from models.reports.funnels import in_months, names_of
from models.reports.legs import cut
from models.reports.passages import Key, part_of
from models.reports.periods import Period
from models.reports.slices import (
    OF_THE_LEAD,
    By,
    Slice,
    narrowed,
    of_leads_counted,
    of_touches,
    of_worked,
)


@dataclass(frozen=True, slots=True)
class Doing:
    """What one part did, and what it came to: work by who did it, deals by who owned the lead then."""

    key: Key
    name: str
    performance: funnel.Performance
    gap: funnel.Gap | None = None
    """Of an agent to the average of all agents of the selection; None as `funnel.gap` says, and of other parts."""


@dataclass(frozen=True, slots=True)
class Doings:
    """The work of a period: the whole and the parts that make it up, and what each stage took of it."""

    chosen: Slice
    """As far as the viewer may see it."""
    period: Period
    by: By
    whole: Doing
    parts: tuple[Doing, ...]
    """Months in their order, else by name, nobody's last."""
    efforts: tuple[funnel.Effort, ...]
    """By stage, of the whole."""


def work(viewer_id: int, chosen: Slice, period: Period, by: By = By.NOTHING) -> Doings:
    """The work of a selection over a period, as far as the viewer may see it.

    Raises:
        Refused: `not_found`.
    """
    with snapshot():
        chosen = narrowed(viewer_id, chosen)
        done = worked(chosen, period, By.NOTHING if by is By.MONTH else by)
        efforts = _efforts(chosen, period, done)
        if by is By.MONTH:
            names = [f"{one.since:%Y-%m}" for one in in_months(period)]
            found = dict(
                zip(names, (_whole(chosen, one, worked(chosen, one)) for one in in_months(period)), strict=True)
            )
            parts = [Doing(name, name, one) for name, one in found.items()]
            return Doings(chosen, period, by, Doing("", "", _whole(chosen, period, done)), tuple(parts), efforts)
        performances, names_of_parts = _performances(chosen, period, by, done), names_of(by)
        whole = _together(performances)
        parts = [Doing(key, names_of_parts.get(key, str(key or "")), one) for key, one in performances.items()]
        parts = _compared(parts) if by is By.AGENT else parts
        parts.sort(key=lambda part: (not part.key, part.name.casefold(), str(part.key)))
        return Doings(chosen, period, by, Doing("", "", whole), () if by is By.NOTHING else tuple(parts), efforts)


def _compared(parts: list[Doing]) -> list[Doing]:
    """Each agent beside the average of all of them."""
    people = {part.key: part.performance for part in parts if part.key}
    team = _together(people)
    return [
        Doing(part.key, part.name, part.performance, funnel.gap(part.performance, team, len(people)))
        if part.key
        else part
        for part in parts
    ]


def _together(parts: dict[Key, funnel.Performance]) -> funnel.Performance:
    return funnel.Performance(
        sum((one.work for one in parts.values()), funnel.Work()),
        sum((one.won for one in parts.values()), funnel.Tally()),
    )


Done = Sequence[tuple[Key, int, funnel.Work]]
"""What `worked` says."""


def _whole(chosen: Slice, period: Period, done: Done) -> funnel.Performance:
    return _together(_performances(chosen, period, By.NOTHING, done))


def _performances(chosen: Slice, period: Period, by: By, done: Done) -> dict[Key, funnel.Performance]:
    of_part: dict[Key, funnel.Work] = defaultdict(funnel.Work)
    for key, _, one in done:
        of_part[key] += one
    won = sales.won(chosen, period.span, by)
    keys = of_part.keys() | won.keys()
    return {key: funnel.Performance(of_part.get(key, funnel.Work()), won.get(key, funnel.Tally())) for key in keys}


def _efforts(chosen: Slice, period: Period, done: Done) -> tuple[funnel.Effort, ...]:
    """By stage: the work in it against the leads that left it, and against the deals of the period."""
    campaign = book(chosen.campaign_id)
    in_stage: dict[int, funnel.Work] = defaultdict(funnel.Work)
    for _, stage, one in done:
        in_stage[stage] += one
    left: Counter[int] = Counter()
    for leaving in passages.leavings(chosen, period):
        left[leaving.stage] += leaving.tally.count
    days = {stage: stayed for _, stage, stayed in passages.stays(chosen, period)}
    won = sum((one.count for one in sales.won(chosen, period.span).values()), 0)
    return tuple(
        funnel.Effort(stage.code, in_stage[number], funnel.times(days.get(number, {})), left[number], won)
        for stage in campaign.playbook.stages
        for number in (campaign.stage_ids[stage.code],)
    )


# ── touches ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def worked(chosen: Slice, period: Period, by: By = By.NOTHING) -> Done:
    """Part, stage in which the lead stood, and the work done there.

    By people, and of everybody by source, industry or product, whole days of UTC come from a kept counter, and what a
    period has beyond or short of them from the touches.
    """
    of = chosen.part(by)
    if of is None or (of in OF_THE_LEAD and (chosen.team_id is not None or by is By.TEAM)):
        return list(_touches(chosen, *period.span, by))
    found: dict[tuple[Key, int], funnel.Work] = defaultdict(funnel.Work)
    for sign, width, (first, last) in cut(period.span, widths=(1,)):
        assert first is not None
        assert last is not None
        for key, stage, one in (_kept if width else _touches)(chosen, first, last, by):
            before = found[key, stage]
            found[key, stage] = before + one if sign > 0 else before - one
    return [(key, stage, one) for (key, stage), one in found.items() if one != funnel.Work()]


def _touches(chosen: Slice, since: int, until: int, by: By) -> Iterator[tuple[Key, int, funnel.Work]]:
    where, args = of_touches(chosen)
    sums = (
        "COUNT(*), SUM(CASE WHEN t.kind = 'call' THEN 1 ELSE 0 END), SUM(t.is_talk), "
        "SUM(t.is_talk * COALESCE(t.seconds, 0))"
    )
    key, join = _part("t", by)
    sql = f"SELECT {key}, t.stage_id, {sums} FROM touch t{join} WHERE t.at >= ? AND t.at < ? AND {where} GROUP BY 1, 2"
    yield from _works(sql, (since, until, *args))


def _kept(chosen: Slice, first: int, last: int, by: By) -> Iterator[tuple[Key, int, funnel.Work]]:
    of = chosen.part(by)
    sums = "SUM(w.n), SUM(CASE WHEN w.kind = 'call' THEN w.n ELSE 0 END), SUM(w.talks), SUM(w.talk_seconds)"
    if of in OF_THE_LEAD:
        (where, args), key = of_leads_counted(chosen, "w", of.value), "w.value" if by is of else "0"
        table = "worked_by_lead w"
    else:
        (where, args), (key, join) = of_worked(chosen), _part("w", by)
        table = f"worked w{join}"
    sql = (
        f"SELECT {key}, w.stage_id, {sums} FROM {table} WHERE w.day >= ? AND w.day < ? AND {where} "
        "GROUP BY 1, 2 HAVING SUM(w.n) <> 0"
    )
    yield from _works(sql, (first, last, *args))


def _works(sql: str, args: tuple[object, ...]) -> Iterator[tuple[Key, int, funnel.Work]]:
    for key, stage, touches, calls, talks, seconds in rows_of(sql, args):
        yield key, stage, funnel.Work(int(touches), int(calls), int(talks), int(seconds))


def _part(row: str, by: By) -> tuple[str, str]:
    """Whose work it is: a team's by the team that its people are in now."""
    if by in OF_THE_LEAD:
        return part_of(row, by)
    if by is By.TEAM:
        return "COALESCE(doer.team_id, 0)", f" LEFT JOIN agent doer ON doer.id = {row}.agent_id"
    return f"COALESCE({row}.agent_id, 0)" if by is By.AGENT else "0", ""
