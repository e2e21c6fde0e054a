"""The funnel of any period and selection, whole and in parts: stage figures, stage times, cycle, and who is best."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import funnel
from models.base import rows_of
from models.campaigns import Book, book
from models.connect import snapshot
from models.reports import passages
from models.reports.passages import Key, Leaving
from models.reports.periods import Period, PeriodKind, of_day
from models.reports.slices import By, Slice, narrowed
from models.reports.standing import held
from models.sales import cycles, gone_on

Row = TypeVar("Row", bound=tuple[Any, ...])


@dataclass(frozen=True, slots=True)
class Part:
    """The funnel of one team, agent, source, industry, product or month, or of all."""

    key: Key
    name: str
    """Of a team or an agent; a month as 2026-03; else the key itself. Empty for the whole, and where there is none."""
    figures: funnel.Funnel
    times: Mapping[str, funnel.Times]
    """Stage times of the leavers, of every stage."""
    cycle: funnel.Times
    """Of the deals won."""
    is_stock_known: bool = True
    """Whether its figures hold the leads that stood there; see `funnels`."""


@dataclass(frozen=True, slots=True)
class Best:
    """Who leads in a stage, by their keys; None where nobody has enough leavers to be compared."""

    conversion: Key | None
    lost: Key | None
    """The lowest lost rate."""
    time: Key | None
    """The shortest median."""


@dataclass(frozen=True, slots=True)
class Funnels:
    """The funnels of a period: the whole, and the parts that make it up."""

    chosen: Slice
    """As far as the viewer may see it."""
    period: Period
    by: By
    whole: Part
    parts: tuple[Part, ...]
    """Months in their order, else by name, what is of none last. A lead that left in several months is in each."""

    def bests(self, enough: int) -> dict[str, Best]:
        """Who is best in each stage.

        Args:
            enough: how many must have left it to be compared (`funnel.Bounds.enough_leavers`).
        """
        return {row.stage: self._best(place, enough) for place, row in enumerate(self.whole.figures.stages)}

    def _best(self, place: int, enough: int) -> Best:
        rows = [(part, part.figures.stages[place]) for part in self.parts]
        rows = [(part, row) for part, row in rows if part.key and row.left >= enough]
        if not rows:
            return Best(None, None, None)
        times = [(part, median) for part, row in rows if (median := part.times[row.stage].median) is not None]
        return Best(
            max(rows, key=lambda one: one[1].conversion or 0)[0].key,
            min(rows, key=lambda one: one[1].lost_rate or 0)[0].key,
            min(times, key=lambda one: one[1])[0].key if times else None,
        )


def funnels(viewer_id: int, chosen: Slice, period: Period, by: By = By.NOTHING, now: datetime | None = None) -> Funnels:
    """The funnel of a selection over a period, as far as the viewer may see it.

    Open leads are those that stood there at the end of a period that is over, and those of now while it runs. What
    stood there then is not told of an agent's sources, industries and products, nor month by month of several such
    things at once: every lead's last move had to be looked for, which takes seconds at a million leads.

    Args:
        viewer_id: who asks.
        chosen: the selection.
        period: any.
        by: what it is split by.
        now: this moment; None where the open leads of now are meant whatever the period.

    Raises:
        Refused: `not_found`.
    """
    with snapshot():
        chosen = narrowed(viewer_id, chosen)
        counts = _Counts(chosen, period, By.NOTHING if by is By.MONTH else by, now)
        whole = counts.part("", "", target(chosen, period))
        if by is By.NOTHING:
            return Funnels(chosen, period, by, whole, ())
        if by is By.MONTH:
            months = [(one, f"{one.since:%Y-%m}") for one in in_months(period)]
            parts = [
                _Counts(chosen, one, now=now, is_month=True).part(name, name, target(chosen, one))
                for one, name in months
            ]
            return Funnels(chosen, period, by, whole, tuple(parts))
        names, targets = names_of(by), _targets(chosen, period, by)
        parts = [counts.part(key, names.get(key, str(key or "")), targets.get(key), of=(key,)) for key in counts.keys]
        parts.sort(key=lambda part: (not part.key, part.name.casefold(), str(part.key)))
        return Funnels(chosen, period, by, whole, tuple(parts))


def in_months(period: Period) -> Iterator[Period]:
    """A period month by month; where it begins or ends inside of one, what it has of it."""
    since = period.since
    while since < period.until:
        month = of_day(PeriodKind.MONTH, since.date(), since.tzinfo)
        until = min(month.until, period.until)
        whole = since == month.since and until == month.until
        yield month if whole else Period(since, until, PeriodKind.CUSTOM)
        since = month.until


def names_of(by: By) -> dict[Key, str]:
    """Names of teams or agents, gone ones too; of other parts the keys are the names."""
    tables = {By.TEAM: "team", By.AGENT: "agent"}
    return dict(rows_of(f"SELECT id, name FROM {tables[by]}")) if by in tables else {}


class _Counts:
    """What was counted for a period, by the part that it belongs to."""

    def __init__(
        self,
        chosen: Slice,
        period: Period,
        by: By = By.NOTHING,
        now: datetime | None = None,
        *,
        is_month: bool = False,
    ) -> None:
        self.campaign = book(chosen.campaign_id)
        is_over = now is not None and period.until <= now
        self.is_stock_known = not (is_over and is_month and chosen.part(By.NOTHING) is None)
        """Of all together."""
        self.is_stock_split = self.is_stock_known and not (is_over and chosen.is_of_people and chosen.part(by) is None)
        self.stock: dict[Key, list[tuple[Key, str, funnel.Tally]]] = {}
        if self.is_stock_known:
            split = by if self.is_stock_split else By.NOTHING
            self.stock = _by_part(held(self.campaign, chosen, period, now, split))
        self.entries = _by_part(passages.entries(chosen, period, by))
        self.leavings = _by_part((one.key, one) for one in passages.leavings(chosen, period, by))
        self.stays = _by_part(passages.stays(chosen, period, by))
        self.sold_on = _by_part(gone_on(self.campaign, chosen, period.span, by).items())
        self.cycles = _by_part(cycles(chosen, period.span, by))

    @property
    def keys(self) -> set[Key]:
        """Every part of which there is anything."""
        standing = self.stock if self.is_stock_split else ()
        return set().union(standing, self.entries, self.leavings, self.sold_on, self.cycles)

    def part(self, key: Key, name: str, wanted: funnel.Tally | None, of: Collection[Key] | None = None) -> Part:
        """The figures of one part, or of all together."""
        keys = {*self.keys, *self.stock} if of is None else of

        def meant(parts: Mapping[Key, list[Row]]) -> Iterator[Row]:
            return (row for own in keys for row in parts.get(own, ()))

        sold = (tally for _, tally in meant(self.sold_on))
        leavings = (one for _, one in meant(self.leavings))
        figures = counted(self.campaign, meant(self.stock), meant(self.entries), leavings, sold, wanted)
        days: dict[int, Counter[int]] = defaultdict(Counter)
        for _, stage, stayed in meant(self.stays):
            days[stage].update(stayed)
        took: Counter[int] = Counter()
        for _, lengths in meant(self.cycles):
            took.update(lengths)
        ids = self.campaign.stage_ids
        times = {stage.code: funnel.times(days[ids[stage.code]]) for stage in self.campaign.playbook.stages}
        is_known = self.is_stock_known if of is None else self.is_stock_split
        return Part(key, name, figures, times, funnel.times(took), is_known)


def _by_part(rows: Iterable[Row]) -> dict[Key, list[Row]]:
    """Rows by the part that they begin with."""
    parts: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        parts[row[0]].append(row)
    return dict(parts)


# ── what the live panel shows too ─────────────────────────────────────────────────────────────────────────────────────


def figures_of(chosen: Slice, period: Period, now: datetime | None = None) -> funnel.Funnel:
    """The stage figures alone, for those who may see them: of whole months by team or agent from kept counters.

    Args:
        chosen: the selection, narrowed.
        period: any.
        now: as for `funnels`.
    """
    campaign = book(chosen.campaign_id)
    return counted(
        campaign,
        held(campaign, chosen, period, now),
        passages.entries(chosen, period),
        passages.leavings(chosen, period),
        gone_on(campaign, chosen, period.span).values(),
        target(chosen, period),
    )


def counted(
    campaign: Book,
    stock: Iterable[tuple[Key, str, funnel.Tally]],
    entries: Iterable[tuple[Key, int, int]],
    leavings: Iterable[Leaving],
    sold_on: Iterable[funnel.Tally],
    wanted: funnel.Tally | None,
) -> funnel.Funnel:
    """The funnel that rows make up, whichever parts they are of."""
    codes = campaign.stage_codes
    standing: dict[str, funnel.Tally] = defaultdict(funnel.Tally)
    for _, code, tally in stock:
        standing[code] += tally
    entered: Counter[str] = Counter()
    for _, stage, count in entries:
        entered[codes[stage]] += count
    exits: Counter[tuple[str, funnel.Way]] = Counter()
    closed: dict[funnel.Kind, funnel.Tally] = defaultdict(funnel.Tally)
    closed[funnel.Kind.WON] = sum(sold_on, funnel.Tally())
    for one in leavings:
        exits[codes[one.stage], one.way] += one.tally.count
        kind = campaign.kind(one.to)
        is_after_the_sale = kind is campaign.kind(one.stage) is funnel.Kind.WON
        if one.is_final and kind is not funnel.Kind.OPEN and not is_after_the_sale:
            closed[kind] += one.tally
    return funnel.figures(campaign.playbook, standing, entered, exits, closed, wanted)


def target(chosen: Slice, period: Period) -> funnel.Tally | None:
    """What is wanted of a floor, a team or an agent in whole months; None for anything else, and where nobody said."""
    if not period.months or not chosen.is_of_people:
        return None
    months = period.months
    if chosen.agent_id is not None:
        return wanted(months.start, months.stop, "owner_id", chosen.agent_id)
    return wanted(months.start, months.stop, "" if chosen.team_id is None else "team_id", chosen.team_id or 0)


def _targets(chosen: Slice, period: Period, by: By) -> dict[Key, funnel.Tally]:
    """The same of every team or agent of whom something is wanted."""
    is_of_some = by is By.AGENT or (by is By.TEAM and chosen.agent_id is None)
    if not period.months or not chosen.is_of_people or not is_of_some:
        return {}
    own, other = ("team_id", "agent_id") if by is By.TEAM else ("agent_id", "team_id")
    rows = rows_of(
        f"SELECT {own}, COALESCE(SUM(deals), 0), COALESCE(SUM(amount), 0) FROM target "
        f"WHERE month >= ? AND month < ? AND {own} <> 0 AND {other} = 0 GROUP BY 1",
        (period.months.start, period.months.stop),
    )
    return {key: passages.tally(deals, amount) for key, deals, amount in rows}


def wanted(since: int, until: int, column: str = "", value: int = 0) -> funnel.Tally | None:
    """The target of counted months [since, until); None where nobody set one.

    Args:
        since: the first month.
        until: the month after the last.
        column: `owner_id` or `team_id`; the whole floor when empty.
        value: its value.
    """
    team, agent = (value if column == "team_id" else 0), (value if column == "owner_id" else 0)
    rows = rows_of(
        "SELECT COALESCE(SUM(deals), 0), COALESCE(SUM(amount), 0), COUNT(*) FROM target "
        "WHERE month >= ? AND month < ? AND team_id = ? AND agent_id = ?",
        (since, until, team, agent),
    )
    deals, amount, count = rows[0]
    return passages.tally(deals, amount) if count else None
