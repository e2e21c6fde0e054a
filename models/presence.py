"""Presence: who works in which state since when, and what their time went into. Values and SQL; `desks` keeps them.

A spell is a time in one state on one lead. What an agent does now is no spell yet: it becomes one when it ends, so that
the spells of a session follow each other without a gap and add up to the time between logging in and leaving.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from models.shelf import Row, Run, moment_of, stamp


class State(StrEnum):
    """What an agent is doing."""

    READY = "ready"
    """Waits for the next call, or prepares it."""
    ON_CALL = "on_call"
    WRAP_UP = "wrap_up"
    """Writes down what was said."""
    PAUSE = "pause"
    LOST = "lost"
    """The line is gone and nobody logged out."""
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Presence:
    """An agent, as the floor sees them."""

    agent_id: int
    state: State
    code: str
    """Why they pause, by the playbook's code."""
    since: datetime
    """Of the state, its code and the lead."""
    lead_id: int | None
    call_since: datetime | None
    """When the call began: it outlives a session that was killed."""
    logged_in_at: datetime
    """Names the session: who finds another one here than their own was replaced."""
    seen_at: datetime
    """The last sign of life; never goes back."""


@dataclass(frozen=True, slots=True)
class Spell:
    """A time that is over, or the one that lasts as far as it was seen."""

    agent_id: int
    state: State
    code: str
    lead_id: int | None
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """An agent enters a state."""

    state: State
    code: str
    lead_id: int | None
    call_since: datetime | None
    at: datetime
    is_log_in: bool


@dataclass(frozen=True, slots=True)
class Accounted:
    """What a time at work went into."""

    wait: timedelta = timedelta(0)
    talk: timedelta = timedelta(0)
    wrap_up: timedelta = timedelta(0)
    pause: timedelta = timedelta(0)

    @property
    def logged_in(self) -> timedelta:
        """All of it."""
        return self.wait + self.talk + self.wrap_up + self.pause


def entered(before: Presence | None, agent_id: int, entry: Entry) -> tuple[Presence, Spell | None]:
    """The presence after an entry, and the spell that ended with it.

    A clock that went back stands still until it has caught up. What a crash left open ended when it was last seen.
    """
    at = entry.at if before is None else max(entry.at, before.seen_at)
    is_new = entry.is_log_in or before is None or before.state in (State.LOST, State.OFF)
    after = Presence(
        agent_id,
        entry.state,
        entry.code,
        at,
        entry.lead_id,
        (entry.call_since or at) if entry.state is State.ON_CALL else None,
        at if is_new or before is None else before.logged_in_at,
        at,
    )
    if before is None:
        return after, None
    if not entry.is_log_in and _what(before) == _what(after):
        return replace(before, seen_at=at), None
    until = before.seen_at if entry.is_log_in and before.state is not State.LOST else at
    if before.state is State.OFF or until <= before.since:
        return after, None
    return after, Spell(agent_id, before.state, before.code, before.lead_id, before.since, until)


LOST_AFTER = timedelta(seconds=45)
"""Whose screen gives no sign of life for so long has no line any more: three of its heartbeats are missing."""


def as_of(presence: Presence, now: datetime) -> Presence:
    """The presence as it counts at a moment: lost since it was last seen, where that is too long ago.

    The lead and the call stay told: they are what the agent comes back to.
    """
    if presence.state in (State.LOST, State.OFF) or now - presence.seen_at < LOST_AFTER:
        return presence
    return replace(presence, state=State.LOST, code="", since=presence.seen_at)


def _what(presence: Presence) -> tuple[object, ...]:
    return presence.state, presence.code, presence.lead_id


def entered_late(before: Presence | None, agent_id: int, entry: Entry) -> tuple[Presence | None, Spell | None]:
    """As `entered`, for an entry that was noted elsewhere: what was stored after it holds."""
    if before is not None and entry.at < before.since:
        return before, None
    return entered(before, agent_id, entry)


def noted(
    before: Presence | None, agent_id: int, entries: Iterable[Entry], seen_at: datetime | None
) -> Presence | None:
    """The presence with what was noted elsewhere meanwhile."""
    after = before
    for entry in entries:
        after, _ = entered_late(after, agent_id, entry)
    return after if seen_at is None else seen(after, seen_at)


def seen(before: Presence | None, at: datetime) -> Presence | None:
    """The presence after a sign of life; who has left gives none."""
    if before is None or before.state is State.OFF:
        return before
    return replace(before, seen_at=max(at, before.seen_at))


# ── stored ────────────────────────────────────────────────────────────────────────────────────────────────────────────

COLUMNS = "agent_id, state, code, since, lead_id, call_since, logged_in_at, seen_at"
EVERYBODY = f"SELECT {COLUMNS} FROM presence ORDER BY agent_id"
OF_AGENT = f"SELECT {COLUMNS} FROM presence WHERE agent_id = ?"
PUT = (
    f"INSERT INTO presence ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (agent_id) DO UPDATE SET "
    "state = excluded.state, code = excluded.code, since = excluded.since, lead_id = excluded.lead_id, "
    "call_since = excluded.call_since, logged_in_at = excluded.logged_in_at, seen_at = excluded.seen_at"
)
SEEN = "UPDATE presence SET seen_at = ? WHERE agent_id = ? AND seen_at < ? AND state <> 'off'"
END = (
    "INSERT INTO spell (agent_id, since, until, state, code, lead_id) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (agent_id, since) DO NOTHING"
)
# Spells do not overlap: one seek finds the first, however long the agent has been here.
SPELLS = (
    "SELECT agent_id, state, code, lead_id, since, until FROM spell WHERE agent_id = ? AND since < ? AND until > ? "
    "AND since >= COALESCE((SELECT MAX(since) FROM spell WHERE agent_id = ? AND since <= ?), 0) ORDER BY since"
)


def latest(count: int) -> str:
    """SQL of the spells of so many agents, each from the one that a moment fell into on: agent and moment for each."""
    wanted = ", ".join(["(?, ?)"] * count)
    return (
        f"WITH wanted (agent_id, since) AS (VALUES {wanted}) "
        "SELECT s.agent_id, s.state, s.code, s.lead_id, s.since, s.until FROM wanted w CROSS JOIN spell s "
        "WHERE s.agent_id = w.agent_id AND s.since >= COALESCE((SELECT MAX(f.since) FROM spell f "
        "WHERE f.agent_id = w.agent_id AND f.since <= w.since), w.since) ORDER BY s.agent_id, s.since"
    )


def of_row(row: Row) -> Presence:
    """One row of `EVERYBODY` or `OF_AGENT`."""
    agent_id, state, code, since, lead_id, call_since, logged_in_at, seen_at = row
    call = None if call_since is None else moment_of(call_since)
    return Presence(
        agent_id, State(state), code, moment_of(since), lead_id, call, moment_of(logged_in_at), moment_of(seen_at)
    )


def read(run: Run, agent_id: int, lock: str = "") -> Presence | None:
    """An agent's presence."""
    rows = run(OF_AGENT + lock, (agent_id,))
    return of_row(rows[0]) if rows else None


def enter(run: Run, agent_id: int, entry: Entry, lock: str) -> Presence | None:
    """Stores an entry and the spell that it ends. Returns the presence before it."""
    before = read(run, agent_id, lock)
    _store(run, *entered(before, agent_id, entry))
    return before


def _store(run: Run, after: Presence | None, ended: Spell | None) -> None:
    if ended is not None:
        run(
            END,
            (ended.agent_id, stamp(ended.since), stamp(ended.until), ended.state.value, ended.code, ended.lead_id),
        )
    if after is not None:
        call = None if after.call_since is None else stamp(after.call_since)
        times = stamp(after.logged_in_at), stamp(after.seen_at)
        run(
            PUT,
            (after.agent_id, after.state.value, after.code, stamp(after.since), after.lead_id, call, *times),
        )


def see(run: Run, agent_id: int, now: datetime) -> None:
    """Stores a sign of life."""
    run(SEEN, (stamp(now), agent_id, stamp(now)))


def merge(run: Run, agent_id: int, entries: Iterable[Entry], seen_at: datetime | None, lock: str) -> None:
    """Brings in what was noted elsewhere meanwhile. Done twice, it is as done once."""
    for entry in entries:
        _store(run, *entered_late(read(run, agent_id, lock), agent_id, entry))
    if seen_at is not None:
        see(run, agent_id, seen_at)


def spell_of(row: Row) -> Spell:
    """One row of `SPELLS` or `latest`."""
    agent_id, state, code, lead_id, begun, ended = row
    return Spell(agent_id, State(state), code, lead_id, moment_of(begun), moment_of(ended))


def spells(rows: Iterable[Row], present: Presence | None, since: datetime, until: datetime) -> tuple[Spell, ...]:
    """The spells that `SPELLS` found, with the one that lasts."""
    found = [spell_of(row) for row in rows]
    if present is not None and present.state is not State.OFF and present.since < until and present.seen_at > since:
        lasting = present.agent_id, present.state, present.code, present.lead_id, present.since, present.seen_at
        found.append(Spell(*lasting))
    return tuple(found)


PARTS = {State.READY: "wait", State.ON_CALL: "talk", State.WRAP_UP: "wrap_up", State.PAUSE: "pause"}
"""What each state counts as; a line that is lost is no time at work."""


def accounted(found: Iterable[Spell], since: datetime, until: datetime) -> Accounted:
    """What the time between two moments went into."""
    parts = dict.fromkeys(PARTS.values(), timedelta(0))
    for spell in found:
        if spell.state in PARTS:
            parts[PARTS[spell.state]] += min(spell.until, until) - max(spell.since, since)
    return Accounted(**parts)
