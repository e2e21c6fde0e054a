"""Presence: who works in which state since when, and what their time went into. Values and SQL; `desks` keeps them.

A spell is a time in one state on one lead. What an agent does now is no spell yet: it becomes one when it ends, so that
the spells of a session follow each other without a gap and add up to the time between logging in and leaving.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from models.desks.shelf import Row, Run, moment_of, stamp
from models.errors import Stale


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


class Presence(Struct, frozen=True):
    """An agent, as the floor sees them."""

    agent_id: int
    state: State
    code: str
    """Why they pause, by the playbook's code."""
    since: datetime
    """Of the state, its code and the lead."""
    lead_id: int | None
    call_since: datetime | None
    """When the call began, until it is written up: it outlives a session that was killed."""
    logged_in_at: datetime
    """Names the session: who finds a later one here than their own was replaced."""
    seen_at: datetime
    """The last sign of life; never goes back."""
    place: str = ""
    """Where they sit: the terminal, and where its line comes from."""


class Spell(Struct, frozen=True):
    """A time that is over, or the one that lasts as far as it was seen."""

    agent_id: int
    state: State
    code: str
    lead_id: int | None
    since: datetime
    until: datetime


class Entry(Struct, frozen=True):
    """An agent enters a state."""

    state: State
    code: str
    lead_id: int | None
    call_since: datetime | None
    at: datetime
    is_log_in: bool
    place: str = ""
    """Of the session that begins."""
    session: datetime | None = None
    """Whose entry it is, by the name of its session: nothing of one that was replaced counts."""


class Accounted(Struct, frozen=True):
    """What a time at work went into."""

    wait: timedelta = timedelta(0)
    talk: timedelta = timedelta(0)
    wrap_up: timedelta = timedelta(0)
    pause: timedelta = timedelta(0)

    @property
    def logged_in(self) -> timedelta:
        """All of it."""
        return self.wait + self.talk + self.wrap_up + self.pause


LOST_AFTER = timedelta(seconds=45)
"""Whose screen gives no sign of life for so long has no line any more: three of its heartbeats are missing."""


def as_of(presence: Presence, now: datetime) -> Presence:
    """The presence as it counts at a moment: lost since it was last seen, where that is too long ago.

    The lead and the call stay told: they are what the agent comes back to.
    """
    if presence.state in AWAY or now - presence.seen_at < LOST_AFTER:
        return presence
    return replace(presence, state=State.LOST, code="", since=presence.seen_at)


AWAY = (State.LOST, State.OFF)


def is_replaced(before: Presence | None, session: datetime | None) -> bool:
    """Whether another session of the same agent came after that one."""
    return before is not None and session is not None and before.logged_in_at > session


def entered(before: Presence | None, agent_id: int, entry: Entry) -> tuple[Presence, Spell | None]:
    """The presence after an entry, and the spell that ended with it.

    A clock that went back stands still until it has caught up. What a crash left open, or a session whose line was lost
    meanwhile, ended when it was last seen. A lost line keeps its lead and its call.
    """
    if before is not None and is_replaced(before, entry.session):
        return before, None
    at = entry.at if before is None else max(entry.at, before.seen_at)
    after = Presence(
        agent_id,
        entry.state,
        entry.code,
        at,
        entry.lead_id,
        _call_since(entry, at),
        _session(before, entry, at),
        at,
        entry.place if before is None or entry.is_log_in else before.place,
    )
    if before is None:
        return after, None
    is_cut = entry.session is not None and _was_lost(before, at)
    if entry.state is State.LOST:
        since = before.seen_at if is_cut else at
        after = replace(after, since=since, lead_id=before.lead_id, call_since=before.call_since)
    if not (entry.is_log_in or is_cut) and _what(before) == _what(after):
        return replace(before, seen_at=at), None
    until = before.seen_at if is_cut or (entry.is_log_in and before.state is not State.LOST) else at
    return after, _spell(before, until, is_told=entry.state is State.LOST)


def _call_since(entry: Entry, at: datetime) -> datetime | None:
    return (entry.call_since or at) if entry.state is State.ON_CALL else entry.call_since


def _session(before: Presence | None, entry: Entry, at: datetime) -> datetime:
    """The name of the session after an entry. A later one always has a later name."""
    if entry.is_log_in:
        return entry.at if before is None else max(entry.at, before.logged_in_at + timedelta(microseconds=1))
    if entry.session is not None:
        return entry.session
    return at if before is None or before.state in AWAY else before.logged_in_at


def _was_lost(before: Presence, at: datetime) -> bool:
    return before.state not in AWAY and at - before.seen_at >= LOST_AFTER


def _spell(before: Presence, until: datetime, *, is_told: bool = False) -> Spell | None:
    """What ended, if it lasted; what a lost line interrupted is told even where it just began."""
    if before.state is State.OFF or (until <= before.since and not (is_told and before.state is not State.LOST)):
        return None
    return Spell(before.agent_id, before.state, before.code, before.lead_id, before.since, until)


def _what(presence: Presence) -> tuple[object, ...]:
    return presence.state, presence.code, presence.lead_id


def entered_late(before: Presence | None, agent_id: int, entry: Entry) -> tuple[Presence | None, Spell | None]:
    """As `entered`, for an entry that was noted elsewhere: what was stored after it holds.

    Whoever notes is there, however long nothing could be stored: no line was lost.
    """
    if before is not None and entry.at < before.since:
        return before, None
    is_theirs = before is not None and not is_replaced(before, entry.session)
    return entered(seen(before, entry.at) if is_theirs and not entry.is_log_in else before, agent_id, entry)


def noted(
    before: Presence | None, agent_id: int, entries: Iterable[Entry], seen_at: datetime | None
) -> Presence | None:
    """The presence with what was noted elsewhere meanwhile."""
    after = before
    for entry in entries:
        after, _ = entered_late(after, agent_id, entry)
    return after if seen_at is None else seen(after, seen_at)


def resumed(before: Presence, at: datetime) -> tuple[Presence, Spell | None]:
    """The presence after a sign of life of a line that counted as lost, and what ended when it was last seen."""
    shift = at - before.since if before.state is State.WRAP_UP else timedelta(0)
    call = None if before.call_since is None else before.call_since + shift  # a wrap-up keeps the length of its talk
    return replace(before, since=at, seen_at=at, call_since=call), _spell(before, before.seen_at)


def seen(before: Presence | None, at: datetime) -> Presence | None:
    """The presence after a sign of life; who has left gives none."""
    if before is None or before.state is State.OFF:
        return before
    return replace(before, seen_at=max(at, before.seen_at))


# ── stored ────────────────────────────────────────────────────────────────────────────────────────────────────────────

COLUMNS = "agent_id, state, code, since, lead_id, call_since, logged_in_at, seen_at, place"
EVERYBODY = f"SELECT {COLUMNS} FROM presence ORDER BY agent_id"
OF_AGENT = f"SELECT {COLUMNS} FROM presence WHERE agent_id = ?"
PUT = (
    f"INSERT INTO presence ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (agent_id) DO UPDATE SET "
    "state = excluded.state, code = excluded.code, since = excluded.since, lead_id = excluded.lead_id, "
    "call_since = excluded.call_since, logged_in_at = excluded.logged_in_at, seen_at = excluded.seen_at, "
    "place = excluded.place"
)
SEEN = "UPDATE presence SET seen_at = ? WHERE agent_id = ? AND seen_at < ? AND state <> 'off'"
LAST_SPELL = (
    "SELECT agent_id, state, code, lead_id, since, until FROM spell WHERE agent_id = ? AND until = ? "
    "AND since >= COALESCE((SELECT MAX(since) FROM spell WHERE agent_id = ? AND since < ?), 0) ORDER BY since DESC"
)
END = (
    "INSERT INTO spell (agent_id, since, until, state, code, lead_id) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (agent_id, since) DO UPDATE SET until = excluded.until, state = excluded.state, code = excluded.code, "
    "lead_id = excluded.lead_id WHERE spell.until <= excluded.until"
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
    agent_id, state, code, since, lead_id, call_since, logged_in_at, seen_at, place = row
    call = None if call_since is None else moment_of(call_since)
    times = moment_of(logged_in_at), moment_of(seen_at)
    return Presence(agent_id, State(state), code, moment_of(since), lead_id, call, *times, place)


def read(run: Run, agent_id: int, lock: str = "") -> Presence | None:
    """An agent's presence."""
    rows = run(OF_AGENT + lock, (agent_id,))
    return of_row(rows[0]) if rows else None


def enter(run: Run, agent_id: int, entry: Entry, lock: str) -> Presence | None:
    """Stores an entry and the spell that it ends. Returns the presence before it."""
    before = read(run, agent_id, lock)
    require_session(before, entry.session)
    _store(run, *entered(before, agent_id, entry))
    return before


def require_session(before: Presence | None, session: datetime | None) -> None:
    """Refuses what comes from a session that was replaced.

    Raises:
        Stale: `replaced`, with when and where the agent logged in again.
    """
    if before is not None and is_replaced(before, session):
        raise Stale("replaced", at=before.logged_in_at, place=before.place)


def log_in(run: Run, agent_id: int, entry: Entry, lock: str) -> tuple[datetime, Presence | None]:
    """Stores that a session begins. Returns its name, and how the one before was left."""
    before = read(run, agent_id, lock)
    left = None if before is None else _left(run, before)
    after, ended = entered(before, agent_id, entry)
    _store(run, after, ended)
    return after.logged_in_at, left


def _left(run: Run, before: Presence) -> Presence:
    """How a session was left: a line that was lost interrupted something."""
    if before.state is not State.LOST:
        return before
    since = stamp(before.since)
    for _agent, state, code, _lead, begun, _until in run(LAST_SPELL, (before.agent_id, since, before.agent_id, since)):
        return replace(before, state=State(state), code=code, since=moment_of(begun))
    return before


def _store(run: Run, after: Presence | None, ended: Spell | None) -> None:
    if ended is not None:
        run(
            END,
            (ended.agent_id, stamp(ended.since), stamp(ended.until), ended.state.value, ended.code, ended.lead_id),
        )
    if after is not None:
        call = None if after.call_since is None else stamp(after.call_since)
        times = stamp(after.logged_in_at), stamp(after.seen_at), after.place
        run(
            PUT,
            (after.agent_id, after.state.value, after.code, stamp(after.since), after.lead_id, call, *times),
        )


def see(run: Run, agent_id: int, now: datetime, session: datetime | None, lock: str) -> None:
    """Stores a sign of life; one of a session, whose heart beats, ends what was lost meanwhile.

    Raises:
        Stale: `replaced`.
    """
    if session is not None:
        before = read(run, agent_id, lock)
        require_session(before, session)
        if before is not None and _was_lost(before, now):
            _store(run, *resumed(before, now))
    run(SEEN, (stamp(now), agent_id, stamp(now)))


def merge(run: Run, agent_id: int, entries: Iterable[Entry], seen_at: datetime | None, lock: str) -> None:
    """Brings in what was noted elsewhere meanwhile. Done twice, it is as done once."""
    for entry in entries:
        _store(run, *entered_late(read(run, agent_id, lock), agent_id, entry))
    if seen_at is not None:
        see(run, agent_id, seen_at, None, lock)


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
