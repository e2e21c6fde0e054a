"""How far targets are reached: money, deals, calls, talks and entries into stages, of a floor, its teams and agents."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import funnel
from models.base import money, rows_of
from models.campaigns import Book, book
from models.connect import snapshot
from models.errors import Refused
from models.reports.funnels import Part, funnels
from models.reports.passages import Key
from models.reports.periods import Period
from models.reports.slices import By, Slice
from models.reports.work import worked
from models.targets import Goal


@dataclass(frozen=True, slots=True)
class Staged:
    """A stage's target: leads that were to enter it."""

    stage: str
    leads: int
    entered: int

    @property
    def attainment(self) -> Fraction | None:
        """Entered ÷ wanted."""
        return funnel.share(self.entered, self.leads)


@dataclass(frozen=True, slots=True)
class Attainment:
    """What was wanted of a floor, a team or an agent in whole months, and what came."""

    key: Key
    name: str
    """Empty for the whole."""
    goal: Goal
    won: funnel.Tally
    calls: int
    talks: int
    weighted: Decimal
    """Of what is open now."""
    stages: tuple[Staged, ...]
    """Those of which somebody said how many leads are to enter."""

    @property
    def amount(self) -> Fraction | None:
        """Won ÷ wanted money; None where nobody said, here and below."""
        return Fraction(self.won.amount) / Fraction(self.goal.amount) if self.goal.amount else None

    @property
    def deals(self) -> Fraction | None:
        """Won ÷ wanted deals."""
        return funnel.share(self.won.count, self.goal.deals or 0)

    @property
    def of_calls(self) -> Fraction | None:
        """Calls made ÷ wanted."""
        return funnel.share(self.calls, self.goal.calls or 0)

    @property
    def of_talks(self) -> Fraction | None:
        """Talks had ÷ wanted."""
        return funnel.share(self.talks, self.goal.talks or 0)

    @property
    def coverage(self) -> Fraction | None:
        """Open weighted amount ÷ what is missing to the target; None where nothing is missing, or nothing wanted."""
        missing = (self.goal.amount or funnel.NOTHING) - self.won.amount
        return Fraction(self.weighted) / Fraction(missing) if missing > 0 else None


@dataclass(frozen=True, slots=True)
class Attainments:
    """The targets of a selection, whole and in parts; each is set by itself, so that parts need not make a whole."""

    chosen: Slice
    """As far as the viewer may see it."""
    period: Period
    by: By
    whole: Attainment
    parts: tuple[Attainment, ...]
    """Those with a target, or with anything to show."""


def attainments(
    viewer_id: int, chosen: Slice, period: Period, by: By = By.AGENT, now: datetime | None = None
) -> Attainments:
    """How far the targets of a period of whole months are reached.

    Args:
        viewer_id: who asks.
        chosen: a floor, a team or an agent; targets are set for nothing else.
        period: one or several whole months.
        by: team or agent, or nothing.
        now: this moment, as for `funnels`: the coverage of what is over is that of its end.

    Raises:
        Refused: `not_found`; `target_months` for a period that is not of whole months.
    """
    if not period.months:
        raise Refused("target_months")
    with snapshot():
        found = funnels(viewer_id, chosen, period, by, now)
        goals, campaign = _goals(period), book(chosen.campaign_id)
        staged, work = _staged(period), defaultdict[Key, funnel.Work](funnel.Work)
        for key, _, own in worked(found.chosen, period, by):
            work[key] += own
    whose = (0, found.chosen.agent_id) if found.chosen.agent_id else (found.chosen.team_id or 0, 0)
    together = sum(work.values(), funnel.Work())
    whole = _attainment(found.whole, goals.get(whose, Goal()), staged.get(whose, {}), together, campaign)
    if by is By.NOTHING:
        return Attainments(found.chosen, period, by, whole, ())
    parts = []
    known = {int(part.key): part for part in found.parts}
    for key, name in _people(found.chosen, by, {*goals, *staged}).items():
        known.setdefault(key, replace(found.whole, key=key, name=name, figures=_nothing(campaign)))
    for part in sorted(known.values(), key=lambda part: (not part.key, part.name.casefold(), part.key)):
        of = (int(part.key), 0) if by is By.TEAM else (0, int(part.key))
        goal, stages = (goals.get(of, Goal()), staged.get(of, {})) if part.key else (Goal(), {})
        parts.append(_attainment(part, goal, stages, work[part.key], campaign))
    return Attainments(found.chosen, period, by, whole, tuple(parts))


def _people(chosen: Slice, by: By, targets: set[tuple[int, int]]) -> dict[int, str]:
    """Teams or agents of the selection that have a target."""
    if by is By.TEAM:
        wanted = {team for team, _ in targets if team and chosen.team_id in (None, team)}
        rows = rows_of("SELECT id, name, id FROM team")
    else:
        wanted = {agent for _, agent in targets if agent and chosen.agent_id in (None, agent)}
        rows = rows_of("SELECT id, name, team_id FROM agent")
    return {number: name for number, name, team in rows if number in wanted and chosen.team_id in (None, team)}


def _nothing(campaign: Book) -> funnel.Funnel:
    return funnel.figures(campaign.playbook, {}, {}, {}, {})


def _attainment(part: Part, goal: Goal, stages: dict[int, int], work: funnel.Work, campaign: Book) -> Attainment:
    codes = {campaign.stage_codes[number]: leads for number, leads in stages.items() if number in campaign.stage_codes}
    return Attainment(
        part.key,
        part.name,
        goal,
        part.figures.won,
        work.calls,
        work.talks,
        part.figures.weighted,
        tuple(Staged(row.stage, codes[row.stage], row.entered) for row in part.figures.stages if codes.get(row.stage)),
    )


def _goals(period: Period) -> dict[tuple[int, int], Goal]:
    """Team and agent → what is wanted of them in all months together; 0 and 0 is the floor."""
    rows = rows_of(
        "SELECT team_id, agent_id, SUM(deals), SUM(amount), SUM(calls), SUM(talks) FROM target "
        "WHERE month >= ? AND month < ? GROUP BY team_id, agent_id",
        (period.months.start, period.months.stop),
    )

    def whole(number: object) -> int | None:
        return None if number is None else int(str(number))

    return {
        (team, agent): Goal(whole(deals), money(whole(amount)), whole(calls), whole(talks))
        for team, agent, deals, amount, calls, talks in rows
    }


def _staged(period: Period) -> dict[tuple[int, int], dict[int, int]]:
    """Team and agent → stage → leads that are to enter it."""
    found: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for team, agent, stage, leads in rows_of(
        "SELECT team_id, agent_id, stage_id, SUM(leads) FROM stage_target WHERE month >= ? AND month < ? "
        "AND leads IS NOT NULL GROUP BY team_id, agent_id, stage_id",
        (period.months.start, period.months.stop),
    ):
        found[team, agent][stage] = int(leads)
    return found
