"""What needs a look: customers who wait, agents who are stuck, leads that go cold; most urgent first.

Each sort is read along an index in its own order and no further than it is shown; counting stops at a limit too. So a
floor of a million neglected leads costs no more than a tidy one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from msgspec.structs import replace

import funnel
from models import desks, lists, sight
from models.base import Rendered, mark, moment, money, rows_of, seconds
from models.campaigns import Book, books
from models.cards import COUNT_LIMIT
from models.connect import snapshot
from models.desks.presence import Presence
from models.errors import Unavailable
from models.lead import Lead
from models.people import Agent
from models.watching import masks
from models.watching.cards import URGENCY, Look, Looks, Selection, Signal
from models.watching.eyes import eyes, of_agents
from models.watching.masks import Mask
from models.watching.overview import as_of_now, in_hands, limit_of, signal_of
from models.zones import floor_day

MOST = 200
"""So many of one sort are listed at most."""


def looks(viewer_id: int, selection: Selection, now: datetime, *, limit: int = 50, mask: Mask = Mask.FULL) -> Looks:
    """What needs a look in a selection, most urgent first, and how much there is.

    Args:
        viewer_id: who watches.
        selection: whose work.
        now: this moment.
        limit: of what is listed.
        mask: of numbers in names.

    Raises:
        Refused: `supervisors_only`.
    """
    try:
        present = {one.agent_id: one for one in desks.everybody()}
    except Unavailable:
        present = {}
    with snapshot():
        viewer, selection = eyes(viewer_id, selection)
        search = _Search(viewer, selection, now, min(max(0, limit), MOST), present)
        found = {signal: search.of(signal) for signal in URGENCY}
    rows = (masks.texts(row, mask) for signal in URGENCY for row in found[signal][0])
    by_signal = {signal: count for signal, (_, count) in found.items()}
    return Looks(tuple(islice(rows, search.limit)), sum(by_signal.values()), by_signal)


Found = tuple[Sequence[Look], int]
"""The first of one sort, and how many there are."""

COLUMNS = (
    Lead.id, Lead.company, Lead.stage_id, Lead.campaign_id, Lead.owner_id, Lead.amount, Lead.stage_since,
    Lead.touched_at, Lead.due_at, Lead.due_agent_id, Lead.fresh_until,
)  # fmt: skip


class Row(NamedTuple):
    """A lead, as far as a look tells it."""

    id: int
    company: str
    stage_id: int
    campaign_id: int
    owner_id: int | None
    amount: int | None
    stage_since: int
    touched_at: int | None
    due_at: int
    due_agent_id: int | None
    fresh_until: int


class _Search:
    """One look at everything that needs one."""

    def __init__(
        self, viewer: Agent, selection: Selection, now: datetime, limit: int, present: Mapping[int, Presence]
    ) -> None:
        self.viewer, self.selection, self.now, self.limit, self.present = viewer, selection, now, limit, present
        campaign = selection.campaign_id
        self.books = {one.campaign_id: one for one in books() if campaign in (None, one.campaign_id)}
        people = rows_of("SELECT a.id, a.name, a.team_id FROM agent a")
        self.names: dict[int | None, str] = {row[0]: row[1] for row in people}
        self.hands = in_hands(viewer, now) if present else {}
        where, args = of_agents(selection)
        self.watched = {row[0] for row in rows_of(f"SELECT a.id FROM agent a WHERE {where}", args)}
        of_team = [row[0] for row in rows_of("SELECT id FROM team ORDER BY id")]
        self.teams = of_team if selection.team_id is None else [selection.team_id]

    def of(self, signal: Signal) -> Found:
        """What there is of one sort."""
        if signal is Signal.PROMISE_MISSED:
            return self._promises()
        if signal is Signal.FIRST_CALL_LATE:
            return self._first_calls()
        if signal is Signal.NO_NEXT_STEP:
            return self._without_next_step()
        if signal in (Signal.PAST_DWELL, Signal.SILENCE):
            return self._standing(signal)
        return self._agents(signal)

    # ── customers who wait ────────────────────────────────────────────────────────────────────────────────────────────

    def _promises(self) -> Found:
        stamp, selected = seconds(self.now), self.selection.agent_id
        # By who promised: so they are indexed.
        whose = [selected] if selected is not None else [None, *self.names]
        query = self._query(Lead.due_at.is_null(False), Lead.due_at < stamp, ~self._is_in_hand(), owner=False)
        by_nobody = query.where(Lead.due_agent_id.is_null())
        by_somebody = query.where(Lead.due_agent_id.in_([one for one in whose if one is not None]))
        queries = [by_somebody, by_nobody] if None in whose else [by_somebody]
        rows = sorted(
            (row for each in queries for row in self._rows(each.order_by(Lead.due_at, Lead.id))),
            key=lambda row: (row.due_at, row.id),
        )
        told = [
            self._look(Signal.PROMISE_MISSED, row, moment(row.due_at), self.names.get(row.due_agent_id, ""))
            for row in rows[: self.limit]
        ]
        return self._named(told), sum(map(_count, queries))

    def _first_calls(self) -> Found:
        open_ones = [number for one in self.books.values() for number in _open_stages(one)]
        query = self._query(
            Lead.fresh_until.is_null(False), Lead.fresh_until <= seconds(self.now), ~self._is_in_hand(),
            # The sum keeps the index by stage out of it: few are fresh, and most are open.
            (Lead.stage_id + 0).in_(open_ones),
        )  # fmt: skip
        rows = self._rows(query.order_by(Lead.fresh_until, Lead.id))
        told = [self._look(Signal.FIRST_CALL_LATE, row, moment(row.fresh_until)) for row in rows]
        return self._named(told), _count(query)

    def _query(self, *conditions: Any, owner: bool = True) -> Any:
        selection = self.selection
        query = Lead.select(*COLUMNS).where(*conditions, sight.seen_by(self.viewer))
        if selection.campaign_id is not None:
            query = query.where(Lead.campaign_id == selection.campaign_id)
        if owner and selection.agent_id is not None:
            query = query.where(Lead.owner_id == selection.agent_id)
        return query

    def _rows(self, query: Any) -> list[Row]:
        return [Row._make(row) for row in query.limit(self.limit).tuples()]

    def _is_in_hand(self) -> Any:
        return Lead.holder_id.is_null(False) & Lead.wake_at.is_null(False) & (Lead.wake_at > seconds(self.now))

    # ── agents who are stuck ──────────────────────────────────────────────────────────────────────────────────────────

    def _agents(self, signal: Signal) -> Found:
        told, playbooks = [], list(self.books.values())
        for agent_id in self.watched & self.present.keys():
            one = as_of_now(self.present, agent_id, self.now)
            limit = limit_of(one, playbooks)
            if one is None or signal_of(one, limit, self.now) is not signal:
                continue
            hand, at = self.hands.get(agent_id), one.since + (limit or timedelta(0))
            look = Look(signal, at, None, "", "", self.names[agent_id], since=one.since, code=one.code)
            told.append(replace(look, lead_id=hand.lead_id, company=hand.company, stage=hand.stage) if hand else look)
        return sorted(told, key=lambda look: (look.at, look.agent))[: self.limit], len(told)

    # ── leads that go cold ────────────────────────────────────────────────────────────────────────────────────────────

    def _without_next_step(self) -> Found:
        begins, ends = floor_day(self.now)
        talks = {
            row[0]: row
            for row in rows_of(
                "SELECT lead_id, at, agent_id FROM touch WHERE lacks_next_step = 1 AND at >= ? AND at < ? "
                "AND voided_by IS NULL ORDER BY at",
                (seconds(begins), seconds(ends)),
            )
            if self.selection.agent_id in (None, row[2])
        }
        open_ones = {number for one in self.books.values() for number in _open_stages(one)}
        found = [
            lead
            for lead in map(
                Row._make, self._query(Lead.id.in_(list(talks)), Lead.due_at.is_null(), owner=False).tuples()
            )
            if lead.stage_id in open_ones and talks[lead.id][1] >= (lead.touched_at or 0)
        ]
        found.sort(key=lambda lead: (-talks[lead.id][1], lead.id))
        told = [
            self._look(Signal.NO_NEXT_STEP, lead, moment(talks[lead.id][1]), self.names.get(talks[lead.id][2], ""))
            for lead in found[: self.limit]
        ]
        return self._named(told), len(found)

    def _standing(self, signal: Signal) -> Found:
        """What stands too long or is silent: the stages nearest to the sale first, in each the longest."""
        told: list[Look] = []
        count = 0
        for stage_id, days in self._limits(signal):
            before = {"stage": stage_id, "before": seconds(self.now - timedelta(days=days))}
            found, counted = self._oldest(signal, before, self.limit - len(told), COUNT_LIMIT - count)
            told += [self._cold(signal, row, timedelta(days=days)) for row in found]
            count += counted
        return self._named(told), count

    def _limits(self, signal: Signal) -> list[tuple[int, int]]:
        """Stages with the days that count in them, nearest to the sale first."""
        found = []
        for one in self.books.values():
            for place, stage in enumerate(funnel.levels(one.playbook)):
                silent = one.playbook.silence_days if place else None  # nobody is on the way at the top
                days = stage.dwell_days if signal is Signal.PAST_DWELL else silent
                if days is not None:
                    found.append((stage.probability, one.stage_ids[stage.code], days))
        return [(stage, days) for _, stage, days in sorted(found, reverse=True)]

    def _oldest(self, signal: Signal, before: Mapping[str, int], limit: int, most: int) -> tuple[list[Row], int]:
        """Of one stage, a team at a time: so it is indexed."""
        whose: list[dict[str, int]] = [{"team": team} for team in self.teams] + [{}]
        if self.selection.agent_id is not None:
            whose = [{"agent": self.selection.agent_id}]
        rows: list[Row] = []
        count = 0
        for one in whose:
            listed, counted = _cold_queries(
                self.viewer.id, self.viewer.role, self.viewer.team_id, signal, next(iter(one), "")
            )
            if limit > 0:
                rows += [Row(*row) for row in listed.rows(**before, **one)]
            if count < most:
                count += int(counted.rows(**before, **one)[0][0])
        rows.sort(key=lambda row: (_since(signal, row), row.id))
        return rows[: max(0, limit)], min(count, most)

    def _cold(self, signal: Signal, row: Row, days: timedelta) -> Look:
        since = moment(_since(signal, row))
        look = self._look(signal, row, since + days)
        return replace(look, since=since, days=(self.now - since).days)

    # ── told ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _look(self, signal: Signal, row: Row, at: datetime, agent: str | None = None) -> Look:
        codes = self.books[row.campaign_id].stage_codes if row.campaign_id in self.books else {}
        owner = self.names.get(row.owner_id, "") if agent is None else agent
        return Look(signal, at, row.id, row.company, codes.get(row.stage_id, ""), owner, money(row.amount))

    def _named(self, told: list[Look]) -> list[Look]:
        """A lead without a company goes by whom to ask for."""
        nameless = [look.lead_id for look in told if not look.company and look.lead_id is not None]
        names = lists.contact_names(nameless) if nameless else {}
        return [replace(look, company=names.get(look.lead_id, "")) if look.lead_id in names else look for look in told]


def _since(signal: Signal, row: Row) -> int:
    return row.stage_since if signal is Signal.PAST_DWELL else int(row.touched_at or 0)


def _open_stages(one: Book) -> list[int]:
    return [one.stage_ids[stage.code] for stage in funnel.levels(one.playbook)]


@lru_cache(maxsize=32)
def _cold_queries(viewer_id: int, role: str, team_id: int | None, signal: Signal, by: str) -> tuple[Rendered, Rendered]:
    """Leads of one stage that stand too long or are silent, oldest first, of a team, an agent or none; and how many."""
    viewer = Agent(id=viewer_id, role=role, team_id=team_id)
    whose = {"team": Lead.team_id == mark("team"), "agent": Lead.owner_id == mark("agent")}
    conditions = [Lead.stage_id == mark("stage"), whose.get(by, Lead.team_id.is_null()), sight.seen_by(viewer)]
    column: Any = Lead.stage_since
    if signal is Signal.SILENCE:
        column = Lead.touched_at
        conditions += [Lead.wake_at.is_null(), column.is_null(False), Lead.due_at.is_null()]
    found = Lead.select(*COLUMNS).where(column <= mark("before"), *conditions).order_by(column, Lead.id)
    counted = Lead.select(Lead.id).where(column <= mark("before"), *conditions).limit(COUNT_LIMIT)
    return Rendered(lambda: found.limit(MOST)), Rendered(lambda: _Counted(counted))


class _Counted:
    """How many rows a query has, by a query."""

    def __init__(self, query: Any) -> None:
        self.query = query

    def sql(self) -> tuple[str, list[object]]:
        """As peewee's queries give it."""
        text, holes = self.query.sql()
        return f"SELECT COUNT(*) FROM ({text}) AS counted", holes


def _count(query: Any) -> int:
    return int(query.limit(COUNT_LIMIT).count())
