"""What lies on each desk: what was typed and is not saved, and who works in which state.

A hundred desks write this every second, so none of it passes the floor's gate or rings its bell. When its place cannot
be written it is noted in a file of the user's, and brought back by the next write that succeeds, in this process or
another. All of it is called on the database's thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import peewee as pw
from msgspec import Struct

from models.base import proxy, rows_of
from models.connect import is_postgres, is_reader, translated
from models.desks import draft as drafting
from models.desks import presence
from models.desks.draft import Draft, Dropped
from models.desks.notepad import NOTHING, Notepad, Notes
from models.desks.presence import Accounted, Entry, Presence, Spell, State
from models.desks.shelf import BESIDE, DeskFile, DeskTables, Run, Shelf, stamp
from models.errors import Unavailable

T = TypeVar("T")

REST = timedelta(seconds=5)
"""A place that could not be written is left alone for so long: no letter waits for it."""


class Desks:
    """The desks of one floor: their place, and the notepad for when it is away."""

    def __init__(self, shelf: Shelf, notepad: Notepad, *, read_only: bool = False) -> None:
        self.shelf = shelf
        self.notepad = notepad
        self.read_only = read_only
        """Who watches writes nothing: not even into a file of their own, for another to bring back."""
        self.trouble: Unavailable | None = None
        self.failed_at: datetime | None = None

    def do(self, agent_id: int, now: datetime, work: Callable[[Run], object], noted: Callable[[Notes], Notes]) -> None:
        """Runs work where it belongs, else notes it."""
        try:
            self.write(agent_id, now, work)
        except Unavailable:
            self.note(agent_id, noted)

    def write(self, agent_id: int, now: datetime, work: Callable[[Run], T]) -> T:
        """Brings back what was noted and runs work, as one transaction.

        Raises:
            Unavailable: it has to be noted.
        """
        self._require_writer()
        if self.trouble and self.failed_at and timedelta(0) <= now - self.failed_at < REST:
            raise self.trouble
        try:
            return self._write(agent_id, work)
        except Unavailable:
            self.failed_at = now
            raise

    def bring_back(self, agent_id: int) -> Notes:
        """Brings back what was noted; returns what could not be."""
        notes = self.notepad.read(agent_id)
        if notes and not self.read_only:
            with suppress(Unavailable):
                self._write(agent_id, lambda run: None)
                return NOTHING
        return notes

    def note(self, agent_id: int, noted: Callable[[Notes], Notes]) -> None:
        """Notes what could not be written."""
        self._require_writer()
        self.notepad.write(agent_id, noted(self.notepad.read(agent_id)))

    def _require_writer(self) -> None:
        if self.read_only:
            raise Unavailable("read_only")

    def _write(self, agent_id: int, work: Callable[[Run], T]) -> T:
        notes = self.notepad.read(agent_id)

        def command(run: Run) -> T:
            drafting.merge(run, agent_id, notes.kept, notes.dropped)
            presence.merge(run, agent_id, notes.entries, notes.seen_at, self.shelf.lock)
            return work(run)

        try:
            result = self.shelf.write(command if notes else work)
        except Unavailable as error:
            self.trouble = error
            raise
        self.trouble = None
        if notes:
            self.notepad.clear(agent_id)
        return result


_known: dict[str, Desks] = {}
"""By the name of the floor's database; it outlives a connection that breaks."""


def _desks() -> Desks:
    database = proxy.obj
    name = f"{database.database} {database.connect_params}"
    if name not in _known:
        _known[name] = _desks_of(database)
    return _known[name]


def _desks_of(database: pw.Database) -> Desks:
    from platformdirs import user_state_path

    with translated():
        first = rows_of("SELECT token FROM journal ORDER BY id LIMIT 1")
    mark = sha256(repr(first).encode()).hexdigest()[:16]
    notepad = Notepad(user_state_path("callfloor") / "desks", mark)
    if is_postgres(database):
        return Desks(DeskTables(), notepad, read_only=is_reader(database))
    path = Path(os.path.realpath(database.database) + BESIDE)
    is_watched = is_reader(database)
    return Desks(DeskFile(path, mark, read_only=is_watched), notepad, read_only=is_watched)


def close() -> None:
    """Gives back what is open; whatever is called next opens it again."""
    for desks in _known.values():
        desks.shelf.close()


def trouble() -> Unavailable | None:
    """Why all this is kept in a file of the user's alone, at present: nothing where all is well."""
    return _desks().trouble


def bring_back(agent_id: int) -> None:
    """Brings back what could only be noted, for who leaves and will bring nothing back soon.

    Raises:
        Unavailable: its place is still away.
    """
    desks = _desks()
    if desks.bring_back(agent_id):
        raise desks.trouble or Unavailable("gone")


def news() -> tuple[Unavailable, ...]:
    """What happened to the desks, each told once: `desks_broken`, `desks_foreign`, `desks_gone`, `notes_broken`.

    What lay there is not there any more; `aside` is where it was put for whoever can mend it.
    """
    desks = _desks()
    told = *desks.shelf.news, *desks.notepad.news
    desks.shelf.news.clear()
    desks.notepad.news.clear()
    return told


# ── drafts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def keep(agent_id: int, draft: Draft, now: datetime, session: datetime | None = None) -> None:
    """Keeps a draft in place of the one of the same lead and place. Once it returns, no kill takes it away.

    Raises:
        Refused: `too_long`.
        Stale: `replaced`, where it comes from a session that another one took the place of.
        Unavailable: `unkept`, when the user's own folder cannot take it either.
    """
    clean = drafting.checked(draft)
    _desks().do(
        agent_id,
        now,
        _in_session(agent_id, session, lambda run: drafting.put(run, agent_id, clean)),
        lambda notes: notes.with_kept(clean),
    )


def drop(agent_id: int, lead_id: int | None, place: str, now: datetime, session: datetime | None = None) -> None:
    """Throws a draft away: it was saved, or given up. Harmless where there is none.

    Raises:
        Stale, Unavailable: as `keep`.
    """
    _desks().do(
        agent_id,
        now,
        _in_session(agent_id, session, lambda run: drafting.drop(run, agent_id, lead_id, place)),
        lambda notes: notes.with_dropped(Dropped(lead_id, place, now)),
    )


def forget(lead_id: int) -> None:
    """Throws away what anybody typed about a lead and did not save.

    Raises:
        Unavailable: the place of the desks cannot be written.
    """
    _desks().shelf.write(lambda run: run(drafting.FORGET, (lead_id,)))


def _in_session(agent_id: int, session: datetime | None, work: Callable[[Run], object]) -> Callable[[Run], object]:
    """Work of a session, which does nothing once it was replaced."""

    def command(run: Run) -> object:
        if session is not None:
            presence.require_session(presence.read(run, agent_id), session)
        return work(run)

    return command


def drafts(agent_id: int) -> tuple[Draft, ...]:
    """What lies on a desk, newest first. What cannot be read now is not in it, and `trouble` says so."""
    desks = _desks()
    notes = desks.bring_back(agent_id)
    stored: tuple[Draft, ...] = ()
    try:
        stored = drafting.of_agent(desks.shelf.read(drafting.OF_AGENT, (agent_id,)))
    except Unavailable as error:
        desks.trouble = error
    return drafting.merged(stored, notes.kept, notes.dropped)


# ── presence ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class LogIn(Struct, frozen=True):
    """A session that began."""

    session: datetime
    """Its name: whatever it writes says it, and nothing of it counts any more once the agent logs in again."""
    left: Presence | None
    """How the last one was left where nobody logged out: its lead, clock and state."""


def log_in(agent_id: int, now: datetime, place: str = "") -> LogIn:
    """Begins a session, ready, and takes the place of one that is still there.

    What a crash left open ended when it was last seen.

    Args:
        agent_id: who.
        now: this moment.
        place: where they sit, for whoever looks, and for the session that is replaced.

    Raises:
        Unavailable: as `keep`.
    """
    desks = _desks()
    entry = Entry(State.READY, "", None, None, now, is_log_in=True, place=place)

    session = now
    try:
        session, left = desks.write(agent_id, now, lambda run: presence.log_in(run, agent_id, entry, desks.shelf.lock))
        if left is None:
            desks.shelf.tell_origin()
    except Unavailable:
        left = None
        with suppress(Unavailable):
            left = present(agent_id)
        desks.note(agent_id, lambda notes: notes.with_entry(entry))
    return LogIn(session, None if left is None or left.state is State.OFF else left)


def enter(
    agent_id: int,
    state: State,
    *,
    code: str = "",
    lead_id: int | None = None,
    call_since: datetime | None = None,
    now: datetime,
    session: datetime | None = None,
) -> None:
    """An agent enters a state; what they did until now becomes a spell. The same once more is only a sign of life.

    Args:
        agent_id: who.
        state: what they do now.
        code: why they pause, by the playbook.
        lead_id: the lead before them.
        call_since: when the call began, where it is written up, or one from before a crash; else it begins now.
        now: this moment; for a line found lost, when it was last seen.
        session: by which session; its heart beats, so that a time without a sign of life was a lost line.

    Raises:
        Stale, Unavailable: as `keep`.
    """
    desks, entry = _desks(), Entry(state, code, lead_id, call_since, now, is_log_in=False, session=session)
    desks.do(
        agent_id,
        now,
        lambda run: presence.enter(run, agent_id, entry, desks.shelf.lock),
        lambda notes: notes.with_entry(entry),
    )


def seen(agent_id: int, now: datetime, session: datetime | None = None) -> None:
    """The heartbeat: this agent's screen is alive.

    Raises:
        Stale, Unavailable: as `keep`.
    """
    desks = _desks()
    desks.do(
        agent_id,
        now,
        lambda run: presence.see(run, agent_id, now, session, desks.shelf.lock),
        lambda notes: notes.with_seen(now),
    )


def require_session(agent_id: int, session: datetime) -> None:
    """Asks whether this is still the agent's own session. Where nobody can tell, it is.

    Raises:
        Stale: `replaced`, with when and where the agent logged in again.
    """
    with suppress(Unavailable):
        presence.require_session(present(agent_id), session)


def present(agent_id: int) -> Presence | None:
    """An agent's state; None for who was never here.

    Raises:
        Unavailable: it cannot be read now.
    """
    desks = _desks()
    notes = desks.bring_back(agent_id)
    rows = desks.shelf.read(presence.OF_AGENT, (agent_id,))
    return presence.noted(presence.of_row(rows[0]) if rows else None, agent_id, notes.entries, notes.seen_at)


def everybody() -> tuple[Presence, ...]:
    """The state of everybody who was ever here, by their ids. One question.

    Raises:
        Unavailable: it cannot be read now.
    """
    return tuple(presence.of_row(row) for row in _desks().shelf.read(presence.EVERYBODY))


def version() -> int:
    """A number that changes when another session's agent enters a state or gives a sign of life.

    Raises:
        Unavailable: it cannot be read now.
    """
    shelf = _desks().shelf
    return int(shelf.read(shelf.version)[0][0])


def spells(agent_id: int, since: datetime, until: datetime) -> tuple[Spell, ...]:
    """What an agent did, oldest first: every spell that reaches into that time, whole.

    The last one may still last; it is told as far as it was seen.

    Raises:
        Unavailable: it cannot be read now.
    """
    lasting = present(agent_id)
    args = agent_id, stamp(until), stamp(since), agent_id, stamp(since)
    return presence.spells(_desks().shelf.read(presence.SPELLS, args), lasting, since, until)


def latest_spells(since: Mapping[int, datetime]) -> tuple[Spell, ...]:
    """What several agents did, each from a moment of their own on: the spell it fell into, and all that ended since.

    One question. What lasts is told by `everybody`.

    Raises:
        Unavailable: it cannot be read now.
    """
    args = [part for agent_id, at in since.items() for part in (agent_id, stamp(at))]
    rows = _desks().shelf.read(presence.latest(len(since)), args) if since else []
    return tuple(map(presence.spell_of, rows))


def account(agent_id: int, since: datetime, until: datetime) -> Accounted:
    """What an agent's time between two moments went into, exactly.

    Raises:
        Unavailable: it cannot be read now.
    """
    return presence.accounted(spells(agent_id, since, until), since, until)
