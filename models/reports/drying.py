"""The day the orders dry up 断单日: the stock of a selection rolled forward by what was measured, with seeded draws."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from random import Random

import funnel
from models.base import moment, rows_of, seconds
from models.campaigns import Book, book
from models.connect import snapshot
from models.reports import passages, rates
from models.reports.slices import NOBODY, Condition, Slice, narrowed, of_leads
from models.zones import floor_zone

RUNS = 100
SEED = 1
"""The same for everybody, so that who looks twice, or beside a colleague, sees the same day."""


@dataclass(frozen=True, slots=True)
class Drying:
    """The day the orders of a selection dry up if nobody refills its funnel."""

    chosen: Slice
    """As far as the viewer may see it."""
    today: date
    """On the floor's clock; days count from it."""
    pace: Fraction
    """Orders a day that were usual in the measured months."""
    passages: tuple[funnel.Passage, ...]
    """How leads pass each level: measured where enough left, else as the playbook plans."""
    found: funnel.DryDay

    def on(self, day: int | None) -> date | None:
        """The date of a day; None where it is beyond the year that is looked at."""
        return None if day is None else self.today + timedelta(days=day)


def drying(viewer_id: int, chosen: Slice, now: datetime, seed: int = SEED) -> Drying:
    """Rolls the open leads forward to the day from which on too few orders come.

    Args:
        viewer_id: who asks.
        chosen: narrowed to what this person may see.
        now: this moment.
        seed: of the draws.

    Raises:
        Refused: `not_found`.
    """
    with snapshot():
        chosen = narrowed(viewer_id, chosen)
        campaign, learnt = book(chosen.campaign_id), rates.measured(chosen, now)
        stayed, ages, pace = _stayed(chosen, campaign, now), _ages(chosen, campaign, now), _pace(learnt, now)
    playbook = campaign.playbook
    levels, enough = {level.code: level for level in funnel.levels(playbook)}, playbook.bounds.enough_leavers
    passing = tuple(
        funnel.Passage(
            step.stage,
            step.rate,
            stayed[step.stage]
            if sum(stayed[step.stage].values()) >= enough
            else funnel.planned_days(levels[step.stage]),
        )
        for step in funnel.steps(playbook, learnt)
    )
    found = funnel.dry_day(passing, ages, pace, playbook.bounds, _draws(len(passing), seed))
    return Drying(chosen, now.astimezone(floor_zone()).date(), pace, passing, found)


@lru_cache(maxsize=2)
def _draws(levels: int, seed: int) -> funnel.Draws:
    random = Random(seed).random
    return [
        [array("d", (random() for _ in range(funnel.HORIZON))) for _ in range(RUNS)] for _ in range(levels + 1)
    ]  # fmt: skip


def _stayed(chosen: Slice, campaign: Book, now: datetime) -> Mapping[str, Counter[int]]:
    """Whole days in a level → leavers of the measured months; longer than the year that is looked at is a year."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for _, stage, stayed in passages.stays(chosen, rates.history(now)):
        for days, count in stayed.items():
            found[campaign.stage_codes[stage]][min(days, funnel.HORIZON - 1)] += count
    return found


def _ages(chosen: Slice, campaign: Book, now: datetime) -> dict[str, funnel.Ages]:
    """Whole days in a level so far → open leads."""
    where, args = _standing(chosen)
    stages = ", ".join(str(campaign.stage_ids[level.code]) for level in funnel.levels(campaign.playbook))
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for stage, days, count in rows_of(
        f"SELECT l.stage_id, (? - l.stage_since) / 86400, COUNT(*) FROM lead l WHERE l.stage_id IN ({stages}) "
        f"AND {where} GROUP BY 1, 2",
        (seconds(now), *args),
    ):
        found[campaign.stage_codes[stage]][max(0, int(days))] = int(count)
    return dict(found)


def _standing(chosen: Slice) -> Condition:
    """The open leads of a slice; by people alone without their campaign, which the stages say: an index answers it."""
    if not chosen.is_of_people:
        return of_leads(chosen)
    parts, args = ["l.voided_at IS NULL"], list[object]()
    for column, value in (("l.team_id", chosen.team_id), ("l.owner_id", chosen.agent_id)):
        if value == NOBODY:
            parts.append(f"{column} IS NULL")
        elif value is not None:
            parts.append(f"{column} = ?")
            args.append(value)
    return " AND ".join(parts), tuple(args)


def _pace(learnt: funnel.Funnel, now: datetime) -> Fraction:
    """Orders a day in the measured months, since the floor's first record where it is younger."""
    first = rows_of("SELECT MIN(at) FROM stage_move")[0][0]
    since = rates.history(now).since
    if first is not None:
        since = max(since, moment(first))
    return Fraction(learnt.won.count, max(1, (now - since).days))
