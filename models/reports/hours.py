"""Where the day went: what the time of each agent at work went into, and the spells that it is the sum of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

import funnel
from models import desks, sight
from models.base import rows_of
from models.connect import snapshot
from models.desks.presence import Spell, State
from models.lead import Lead
from models.people import Agent
from models.reports.periods import Period
from models.reports.slices import Slice, narrowed


def hours(viewer_id: int, chosen: Slice, period: Period) -> dict[int, funnel.Hours]:
    """What the time of every agent of a selection went into; nothing of those who were not at work.

    Time at a desk is of no campaign, source or product: of the selection only team and agent count.

    Raises:
        Refused: `not_found`.
        Unavailable: what lies on the desks cannot be read now.
    """
    spent = {number: _hours(number, period) for number in _people(narrowed(viewer_id, chosen))}
    return {number: one for number, one in spent.items() if one.whole}


def _people(chosen: Slice) -> list[int]:
    wanted = {"a.team_id": chosen.team_id, "a.id": chosen.agent_id}
    given = {column: value for column, value in wanted.items() if value is not None}
    where = " AND ".join(("1 = 1", *(f"COALESCE({column}, 0) = ?" for column in given)))
    return [
        number for (number,) in rows_of(f"SELECT a.id FROM agent a WHERE {where} ORDER BY a.id", tuple(given.values()))
    ]


def _hours(agent_id: int, period: Period) -> funnel.Hours:
    parts: Counter[str] = Counter()
    for part, _since, lasted, _spell in _spent(agent_id, period):
        parts[part] += lasted // timedelta(microseconds=1)
    return funnel.Hours(**{name: timedelta(microseconds=spent) for name, spent in parts.items()})


def _spent(agent_id: int, period: Period) -> Iterator[tuple[str, datetime, timedelta, Spell]]:
    """Of each spell at work what it counts as, and its part of a period: from when on, and how long."""
    # Of two moments on the floor's clock Python would take the hours that it shows, not those that passed.
    since, until = period.since.astimezone(UTC), period.until.astimezone(UTC)
    for spell in desks.spells(agent_id, since, until):
        if (name := _named(spell)) is not None:
            begins = max(spell.since, since)
            yield name, begins, min(spell.until, until) - begins, spell


def _named(spell: Spell) -> str | None:
    """What a spell counts as; who is ready with a lead in hand prepares its call."""
    if spell.state is State.READY:
        return "waiting" if spell.lead_id is None else "preparing"
    return {State.ON_CALL: "talking", State.WRAP_UP: "writing", State.PAUSE: "pausing"}.get(spell.state)


# ── the spells behind a time ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Spent:
    """The name of a time that was spent."""

    chosen: Slice
    period: Period
    part: str = ""
    """A field of `funnel.Hours`; empty for all of them."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A spell as far as it is in the period."""

    agent: str
    part: str
    since: datetime
    lasted: timedelta
    lead_id: int | None
    """The lead in hand; None where there was none, or the viewer may not see it."""
    company: str
    """Of that lead; else empty."""


@dataclass(frozen=True, slots=True)
class Stretches:
    """Some of them, agent after agent, each one's oldest first."""

    rows: tuple[Stretch, ...]
    after: int | None
    """Where the next page begins; None after the last."""


def stretches(viewer_id: int, spent: Spent, *, after: int = 0, limit: int = 100) -> Stretches:
    """The spells that a time is the sum of.

    Args:
        viewer_id: who asks; the selection is narrowed to what this person may see.
        spent: the time.
        after: how many were on the pages before.
        limit: rows of a page.

    Raises:
        Refused: `not_found`.
        Unavailable: what lies on the desks cannot be read now.
    """
    with snapshot():
        people = _people(narrowed(viewer_id, spent.chosen))
        every = (
            (agent, *one)
            for agent in people
            for one in _spent(agent, spent.period)
            if spent.part in ("", one[0]) and one[2]
        )
        some = list(islice(every, after, after + limit + 1))
        told = tuple(_told(viewer_id, some[:limit]))
    return Stretches(told, after + limit if len(some) > limit else None)


def _told(viewer_id: int, some: list[tuple[int, str, datetime, timedelta, Spell]]) -> Iterator[Stretch]:
    """Spells as this person may see them."""
    leads = {one[-1].lead_id for one in some}
    may_see = sight.seen_by(Agent.get_by_id(viewer_id))
    seen: dict[int | None, str] = {
        lead.id: lead.company for lead in Lead.select(Lead.id, Lead.company).where(Lead.id.in_(leads), may_see)
    }
    names = dict(rows_of("SELECT id, name FROM agent"))
    for agent, part, since, lasted, spell in some:
        lead_id = spell.lead_id if spell.lead_id in seen else None
        yield Stretch(names[agent], part, since, lasted, lead_id, seen.get(spell.lead_id, ""))
