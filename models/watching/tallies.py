"""Today's work of everybody, counted once and kept up: each look reads only what was added since the one before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import peewee as pw
from msgspec import Struct

from models import desks
from models.base import proxy, rows_of, seconds
from models.cards import ON_TIME
from models.connect import is_postgres
from models.desks import presence
from models.desks.presence import Accounted, Presence, Spell
from models.zones import floor_day

LATE = timedelta(seconds=60)
"""PostgreSQL numbers rows before they are committed: one that is older than the newest may still come, but not later
than this. SQLite has one writer."""

ROWS = (
    "SELECT t.id, t.agent_id, s.campaign_id, t.kind = 'call', t.is_talk, t.at, t.answers_at "
    "FROM touch t JOIN stage s ON s.id = t.stage_id WHERE "
)
# The plus keeps the index by time out of it: what is new is little, the day is long.
NEW = f"{ROWS} t.id > ? AND +t.at >= ? AND +t.at < ? AND t.voided_by IS NULL"
ALL = f"{ROWS} t.at >= ? AND t.at < ? AND t.voided_by IS NULL"
GONE = f"{ROWS} t.voided_by > ? AND +t.at >= ? AND +t.at < ?"


class Tallied(Struct, frozen=True):
    """What one agent did today in one campaign."""

    calls: int = 0
    talks: int = 0
    kept: int = 0
    """Promises of today's moments answered on time."""
    answered: int = 0
    """Those, and the ones answered late."""

    def __add__(self, other: Tallied) -> Tallied:
        return Tallied(
            self.calls + other.calls,
            self.talks + other.talks,
            self.kept + other.kept,
            self.answered + other.answered,
        )


class Tallies:
    """The touches and the times of one floor on one of its days."""

    def __init__(self, database: pw.Database, begins: datetime, ends: datetime) -> None:
        self.database = database
        self.begins, self.ends = begins, ends
        self.span = seconds(begins), seconds(ends)
        self.sums: dict[int | None, dict[int, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        """By agent and campaign."""
        self.counted: set[int] = set()
        """Touches by id: what is voided later leaves the sums only if it came into them."""
        self.marks: list[tuple[datetime, int, int]] = []
        """How far touches and the journal went at some moments, oldest first."""
        self.accounts: dict[int, Accounted] = {}
        """Of the spells that are over."""
        self.known: dict[int, datetime] = {}
        """The begin of the last spell of each agent that is in its account."""
        self.present: dict[int, datetime] = {}
        """Since when each was in their state at the last look: a spell ended where that is another one now."""

    def catch_up(self, now: datetime) -> None:
        """Counts what was added, and what was taken back."""
        at_end = rows_of("SELECT (SELECT COALESCE(MAX(id), 0) FROM touch), (SELECT COALESCE(MAX(id), 0) FROM journal)")
        if not self.marks:
            self._count(rows_of(ALL, self.span))
        else:
            _, touch, journal = self.marks[0]
            self._count(rows_of(NEW, (touch, *self.span)))
            self._uncount(rows_of(GONE, (journal, *self.span)))
        margin = LATE if is_postgres() else timedelta(0)
        self.marks.append((now, *at_end[0]))
        while len(self.marks) > 1 and self.marks[1][0] <= now - margin:
            del self.marks[0]

    def of(self, agent_id: int, campaign_id: int | None) -> Tallied:
        """What an agent did in a campaign, or in all."""
        found = self.sums.get(agent_id, {})
        if campaign_id is None and len(found) == 1:
            return Tallied(**next(iter(found.values())))
        return sum((Tallied(**sums) for campaign, sums in found.items() if campaign_id in (None, campaign)), Tallied())

    def _count(self, rows: Iterable[tuple[int, ...]]) -> None:
        for row in rows:
            if row[0] not in self.counted:
                self.counted.add(row[0])
                self._sum(row).update(self._worth(row))

    def _uncount(self, rows: Iterable[tuple[int, ...]]) -> None:
        for row in rows:
            if row[0] in self.counted:
                self.counted.discard(row[0])
                self._sum(row).subtract(self._worth(row))

    def _sum(self, row: tuple[int, ...]) -> Counter[str]:
        return self.sums[row[1]][row[2]]

    def _worth(self, row: tuple[int, ...]) -> dict[str, int]:
        _, _, _, is_call, is_talk, at, answers_at = row
        is_of_today = answers_at is not None and self.span[0] <= answers_at < self.span[1]
        is_kept = is_of_today and at <= answers_at + ON_TIME.total_seconds()
        return {"calls": int(is_call), "talks": is_talk, "kept": int(is_kept), "answered": int(is_of_today)}

    # ── times ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def account(self, present: Mapping[int, Presence], now: datetime) -> dict[int, Accounted]:
        """What the day of everybody who was ever here went into so far."""
        moved = {number: self.known.get(number, self.begins) for number, one in present.items() if self._has_moved(one)}
        for spell in desks.latest_spells(moved):
            if spell.agent_id not in self.known or spell.since > self.known[spell.agent_id]:
                self.known[spell.agent_id] = spell.since
                day = presence.accounted((spell,), self.begins, self.ends) if spell.until > self.begins else Accounted()
                self.accounts[spell.agent_id] = _added(self.accounts.get(spell.agent_id, Accounted()), day)
        self.present = {number: one.since for number, one in present.items()}
        return {
            number: _added(
                self.accounts.get(number, Accounted()), presence.accounted(self._lasting(one, now), self.begins, now)
            )
            for number, one in present.items()
        }

    def _lasting(self, one: Presence, now: datetime) -> tuple[Spell, ...]:
        # It may have ended between the two questions.
        is_over = one.since <= self.known.get(one.agent_id, self.begins - LATE)
        return () if is_over else presence.spells((), one, self.begins, now)

    def _has_moved(self, one: Presence) -> bool:
        return self.present.get(one.agent_id) != one.since


def _added(one: Accounted, other: Accounted) -> Accounted:
    return Accounted(one.wait + other.wait, one.talk + other.talk, one.wrap_up + other.wrap_up, one.pause + other.pause)


_kept: list[Tallies] = []
"""The one of this process, which has one floor."""


def tallies(now: datetime) -> Tallies:
    """The floor's tallies of today as they stand now, inside the snapshot of whoever asks."""
    begins, ends = floor_day(now)
    if not _kept or _kept[0].database is not proxy.obj or _kept[0].begins != begins:
        _kept[:] = [Tallies(proxy.obj, begins, ends)]
    _kept[0].catch_up(now)
    return _kept[0]


def forget() -> None:
    """Counts anew at the next look."""
    _kept.clear()
