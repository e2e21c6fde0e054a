"""The floor at one moment: who does what since when, on which lead, and how their day goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct

import funnel
from models import desks, lists, sight
from models.base import Rendered, mark, money, rows_of, seconds
from models.campaigns import Book, book, books
from models.connect import snapshot
from models.desks.presence import Accounted, Presence, State, as_of
from models.errors import Unavailable
from models.lead import Lead
from models.people import Agent
from models.watching import masks
from models.watching.cards import URGENCY, AgentRow, Overview, Selection, Signal
from models.watching.eyes import eyes, of_agents
from models.watching.masks import Mask
from models.watching.tallies import Tallies, tallies

HOUR = timedelta(hours=1)


class Hand(Struct, frozen=True):
    """The lead that an agent has in hand."""

    lead_id: int
    company: str
    stage: str
    campaign_id: int


def overview(viewer_id: int, selection: Selection, now: datetime, *, mask: Mask = Mask.FULL) -> Overview:
    """Everybody of a selection with their state, their lead and their day, those first who need a look.

    A handful of questions whatever the floor's size. Where nobody can say who is at work now, all are off, and
    `is_presence_known` says so.

    Args:
        viewer_id: who watches.
        selection: whose work.
        now: this moment.
        mask: of numbers in names.

    Raises:
        Refused: `supervisors_only`.
    """
    try:
        present = {one.agent_id: one for one in desks.everybody()}
        is_known = True
    except Unavailable:
        present, is_known = {}, False
    with snapshot():
        viewer, selection = eyes(viewer_id, selection)
        day = tallies(now)
        accounts = day.account(present, now) if is_known else {}
        people = _people(selection, present)
        facts = _Facts.read(viewer, selection, day, now, mask)
        floor = tuple(_row(person, as_of_now(present, person[0], now), accounts, facts) for person in people)
    by_state = dict.fromkeys(State, 0)
    for row in floor:
        by_state[row.state] += 1
    return Overview(
        tuple(sorted(floor, key=_order)),
        by_state,
        sum(row.calls for row in floor),
        sum(row.talks for row in floor),
        is_known,
    )


def _order(row: AgentRow) -> tuple[int, float, str, int]:
    """Who needs a look first, as urgent as it is and the longest first; then by name; who is off at the end.

    A line moves when a signal comes or goes, never with the clock.
    """
    if row.signal is not None and row.since is not None:
        return URGENCY.index(row.signal) - len(URGENCY), row.since.timestamp(), "", row.agent_id
    return int(row.state is State.OFF), 0.0, row.name.casefold(), row.agent_id


def as_of_now(present: Mapping[int, Presence], agent_id: int, now: datetime) -> Presence | None:
    """Somebody's presence, lost where their screen gave no sign for too long."""
    return as_of(present[agent_id], now) if agent_id in present else None


Person = tuple[int, str, str, str]
"""Id, log-in, name, team."""


def _people(selection: Selection, present: Mapping[int, Presence]) -> list[Person]:
    """The agents of the selection, and managers who work leads now."""
    where, args = of_agents(selection)
    rows = rows_of(
        "SELECT a.id, a.login, a.name, COALESCE(t.name, ''), a.role FROM agent a LEFT JOIN team t ON t.id = a.team_id "
        f"WHERE {where}",
        args,
    )
    at_work = {number for number, one in present.items() if one.state is not State.OFF}
    return [(row[0], row[1], row[2], row[3]) for row in rows if row[4] == "agent" or row[0] in at_work]


class _Facts(Struct, frozen=True):
    """What the database knows of everybody, read once for all."""

    day: Tallies
    campaign_id: int | None
    overdue: Mapping[int, int]
    """Promises of today whose moment is past and that nobody answered, by who promised."""
    won: Mapping[int, funnel.Tally]
    hands: Mapping[int, Hand]
    now: datetime
    books: Sequence[Book]
    mask: Mask

    @classmethod
    def read(cls, viewer: Agent, selection: Selection, day: Tallies, now: datetime, mask: Mask) -> _Facts:
        campaign = selection.campaign_id
        mine = [one for one in books() if campaign in (None, one.campaign_id)]
        won, overdue = _won(day, campaign), _overdue(day, campaign, now)
        return cls(day, campaign, overdue, won, in_hands(viewer, now), now, mine, mask)


def _won(day: Tallies, campaign: int | None) -> dict[int, funnel.Tally]:
    """Sold today, by who sold it."""
    stages = [
        row[0] for row in rows_of("SELECT id, campaign_id FROM stage WHERE kind = 'won'") if campaign in (None, row[1])
    ]
    holes = ", ".join("?" * len(stages)) or "NULL"
    rows = rows_of(
        f"SELECT agent_id, COUNT(*), SUM(COALESCE(amount, 0)) FROM stage_move "
        f"WHERE to_stage_id IN ({holes}) AND COALESCE(from_stage_id, 0) NOT IN ({holes}) AND at >= ? AND at < ? "
        "AND voided_by IS NULL GROUP BY agent_id",
        (*stages, *stages, *day.span),
    )
    return {row[0]: funnel.Tally(int(row[1]), money(int(row[2])) or funnel.NOTHING) for row in rows}


def _overdue(day: Tallies, campaign: int | None, now: datetime) -> dict[int, int]:
    where, args = ("", ()) if campaign is None else (" AND l.campaign_id = ?", (campaign,))
    rows = rows_of(
        "SELECT a.id, COUNT(*) FROM agent a CROSS JOIN lead l WHERE l.due_agent_id = a.id AND l.due_at IS NOT NULL "
        f"AND l.due_at >= ? AND l.due_at <= ? AND l.voided_at IS NULL{where} GROUP BY a.id",
        (day.span[0], seconds(now), *args),
    )
    return {row[0]: int(row[1]) for row in rows}


@lru_cache(maxsize=8)
def _held(agent_id: int, role: str, team_id: int | None) -> Rendered:
    """Leads in somebody's hands that this person may see."""
    viewer = Agent(id=agent_id, role=role, team_id=team_id)
    columns = Lead.holder_id, Lead.id, Lead.company, Lead.stage_id, Lead.campaign_id
    return Rendered(
        lambda: Lead.select(*columns).where(
            Lead.holder_id.is_null(False), Lead.wake_at > mark("now"), sight.seen_by(viewer)
        )
    )


def in_hands(viewer: Agent, now: datetime) -> dict[int, Hand]:
    """The lead in each agent's hands, as far as the viewer may see it."""
    rows = _held(viewer.id, viewer.role, viewer.team_id).rows(now=seconds(now))
    nameless = [row[1] for row in rows if not row[2]]
    names = lists.contact_names(nameless) if nameless else {}
    codes = {campaign: book(campaign).stage_codes for campaign in {row[4] for row in rows}}
    return {
        holder: Hand(lead, company or names.get(lead, ""), codes[campaign][stage], campaign)
        for holder, lead, company, stage, campaign in rows
    }


# ── one agent ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _row(person: Person, one: Presence | None, accounts: Mapping[int, Accounted], facts: _Facts) -> AgentRow:
    agent_id, login, name, team = person
    done, account = facts.day.of(agent_id, facts.campaign_id), accounts.get(agent_id, Accounted())
    hand = facts.hands.get(agent_id)
    limit = limit_of(one, facts.books)
    logged_in = account.logged_in // timedelta(microseconds=1)
    return AgentRow(
        agent_id=agent_id,
        login=login,
        name=name,
        team=team,
        state=State.OFF if one is None else one.state,
        code="" if one is None else one.code,
        since=None if one is None else one.since,
        limit=limit,
        lead_id=hand.lead_id if hand else None,
        company=masks.text(hand.company, facts.mask) if hand else "",
        stage=hand.stage if hand else "",
        calls=done.calls,
        talks=done.talks,
        talks_per_hour=Fraction(done.talks * (HOUR // timedelta(microseconds=1)), logged_in) if logged_in else None,
        kept=done.kept,
        promised=done.answered + facts.overdue.get(agent_id, 0),
        won=facts.won.get(agent_id, funnel.Tally()),
        idle=Fraction(account.wait // timedelta(microseconds=1), logged_in) if logged_in else None,
        signal=signal_of(one, limit, facts.now),
    )


def limit_of(one: Presence | None, playbooks: Sequence[Book]) -> timedelta | None:
    """How long a state is nobody's concern, by the first playbook that says so."""
    if one is None or not playbooks:
        return None
    if one.state is State.WRAP_UP:
        return timedelta(seconds=playbooks[0].playbook.wrap_up_seconds)
    if one.state is State.PAUSE:
        limits = {pause.code: pause.limit_minutes for own in reversed(playbooks) for pause in own.playbook.pauses}
        minutes = limits.get(one.code)
        return None if minutes is None else timedelta(minutes=minutes)
    return None


SIGNALS = {State.WRAP_UP: Signal.SLOW_WRAP_UP, State.PAUSE: Signal.LONG_PAUSE}


def signal_of(one: Presence | None, limit: timedelta | None, now: datetime) -> Signal | None:
    """What of an agent's state should be looked at."""
    if one is not None and one.state is State.LOST:
        return Signal.LINE_LOST
    if one is None or limit is None or now - one.since <= limit:
        return None
    return SIGNALS.get(one.state)
