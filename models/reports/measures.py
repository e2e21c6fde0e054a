"""The effect of measures 复盘: the figure that each was to mend, as long before it as there is after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction

import funnel
from models.base import rows_of
from models.campaigns import Book, book
from models.connect import snapshot
from models.reports.funnels import figures_of
from models.reports.periods import Period, PeriodKind, midnight
from models.reports.slices import Slice, narrowed
from models.zones import floor_zone

MOST_DAYS = 90
"""So long after a measure its effect is counted; what comes later has other causes."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many of how many went on."""

    passed: int
    left: int

    @property
    def rate(self) -> Fraction | None:
        """None where nobody left."""
        return funnel.share(self.passed, self.left)

    @property
    def interval(self) -> funnel.Interval | None:
        """Between what the rate may really lie."""
        return funnel.interval(self.passed, self.left)


@dataclass(frozen=True, slots=True)
class Effect:
    """A measure, and what went on before and after it.

    Of a stage, its leavers that went on; of the whole way, what was closed that was won.
    """

    decided_on: date
    text: str
    team: str
    """Empty: all."""
    stage: str
    """Its code; empty: the whole way."""
    by: str
    days: int
    """Whole days that are looked at on each side."""
    before: Count
    after: Count

    @property
    def change(self) -> Fraction | None:
        """Rate after less rate before; None where one of them is not known."""
        before, after = self.before.rate, self.after.rate
        return None if before is None or after is None else after - before

    @property
    def is_sure(self) -> bool:
        """Whether the two rates' intervals lie apart, so that chance alone hardly explains the change."""
        before, after = self.before.interval, self.after.interval
        return before is not None and after is not None and (before.high < after.low or after.high < before.low)


def effects(viewer_id: int, chosen: Slice, now: datetime) -> tuple[Effect, ...]:
    """The measures of a campaign, the latest first: those of all teams, and of the viewer's own.

    Args:
        viewer_id: who asks.
        chosen: narrowed to what this person may see; of a measure of one team, to that team.
        now: this moment.

    Raises:
        Refused: `not_found`.
    """
    with snapshot():
        chosen = narrowed(viewer_id, chosen)
        campaign, zone = book(chosen.campaign_id), floor_zone()
        own = _own_team(chosen)
        rows = rows_of(
            "SELECT m.decided_on, m.text, m.team_id, COALESCE(t.name, ''), m.stage_id, a.name FROM measure m "
            "JOIN agent a ON a.id = m.agent_id LEFT JOIN team t ON t.id = m.team_id WHERE m.campaign_id = ? "
            "ORDER BY m.decided_on DESC, m.id DESC",
            (chosen.campaign_id,),
        )
        today = now.astimezone(zone).date()
        return tuple(
            _effect(row, chosen, campaign, today) for row in rows if own is None or row[2] is None or row[2] == own
        )


def _own_team(chosen: Slice) -> int | None:
    if chosen.agent_id is None:
        return chosen.team_id
    return int(rows_of("SELECT COALESCE(team_id, -1) FROM agent WHERE id = ?", (chosen.agent_id,))[0][0])


def _effect(
    row: tuple[str, str, int | None, str, int | None, str], chosen: Slice, campaign: Book, today: date
) -> Effect:
    said, text, team_id, team, stage_id, by = row
    decided = date.fromisoformat(said)
    days = max(0, min(MOST_DAYS, (today - decided).days))
    stage = campaign.stage_codes[stage_id] if stage_id is not None else ""
    if chosen.team_id is None and chosen.agent_id is None and team_id is not None:
        chosen = replace(chosen, team_id=team_id)
    spans = (decided - timedelta(days=days), decided, decided + timedelta(days=days))
    before, after = (_count(chosen, stage, *spans[at : at + 2]) for at in range(2))
    return Effect(decided, text, team, stage, by, days, before, after)


def _count(chosen: Slice, stage: str, since: date, until: date) -> Count:
    if since >= until:
        return Count(0, 0)
    zone = floor_zone()
    figures = figures_of(chosen, Period(midnight(since, zone), midnight(until, zone), PeriodKind.CUSTOM))
    if not stage:
        return Count(figures.won.count, figures.won.count + figures.lost.count + figures.invalid.count)
    own = [row for row in figures.stages if row.stage == stage]
    return Count(own[0].forward, own[0].left) if own else Count(0, 0)
