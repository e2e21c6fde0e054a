"""The last resort: what lies on a desk, in a file of its user's, while the floor cannot take it.

One small file for each agent of a floor, whole at every moment; what stands in it is brought back at the next chance.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from models.desks.draft import Draft, Dropped
from models.desks.presence import Entry
from models.errors import Unavailable


class Notes(Struct, frozen=True):
    """What was noted: drafts kept and dropped, each lead and place once, and what the agent did since."""

    kept: tuple[Draft, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    entries: tuple[Entry, ...] = ()
    seen_at: datetime | None = None

    def __bool__(self) -> bool:
        return self != NOTHING

    def with_kept(self, draft: Draft) -> Notes:
        """Also this draft, the one before the agent if it is open."""
        others = tuple(replace(one, is_open=one.is_open and not draft.is_open) for one in self.kept)
        return replace(
            self,
            kept=(*(one for one in others if one.key != draft.key), draft),
            dropped=tuple(one for one in self.dropped if one.key != draft.key),
        )

    def with_dropped(self, gone: Dropped) -> Notes:
        """Without that draft, there and here."""
        return replace(
            self,
            kept=tuple(one for one in self.kept if one.key != gone.key),
            dropped=(*(one for one in self.dropped if one.key != gone.key), gone),
        )

    def with_entry(self, entry: Entry) -> Notes:
        """Also this entry."""
        return replace(self, entries=(*self.entries, entry))

    def with_seen(self, now: datetime) -> Notes:
        """Also this sign of life."""
        return replace(self, seen_at=now if self.seen_at is None else max(now, self.seen_at))


NOTHING = Notes()


class Notepad:
    """The files of one floor's agents in a folder of the user's."""

    def __init__(self, folder: Path, floor: str) -> None:
        self.folder = folder
        self.floor = floor
        self.news: list[Unavailable] = []

    def path(self, agent_id: int) -> Path:
        """The file of one agent."""
        return self.folder / f"{self.floor}-{agent_id}.json"

    def read(self, agent_id: int) -> Notes:
        """What is noted. A file that cannot be read is put aside, with news of it."""
        path = self.path(agent_id)
        try:
            text = path.read_bytes()
        except OSError:
            return NOTHING
        import msgspec  # where it is needed: there hardly ever is such a file

        try:
            return msgspec.json.decode(text, type=Notes)
        except msgspec.MsgspecError:
            aside = path.with_suffix(".broken")
            with suppress(OSError):
                path.replace(aside)
            self.news.append(Unavailable("notes_broken", aside=str(aside)))
            return NOTHING

    def write(self, agent_id: int, notes: Notes) -> None:
        """Notes all of it, at once or not at all.

        Raises:
            Unavailable: `unkept`, when the user's folder cannot take it either.
        """
        import msgspec

        path = self.path(agent_id)
        unfinished = path.with_suffix(f".{os.getpid()}")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(file, "wb") as handle:
                handle.write(msgspec.json.encode(notes))
                handle.flush()
                os.fsync(handle.fileno())
            unfinished.replace(path)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise Unavailable("unkept") from error

    def clear(self, agent_id: int) -> None:
        """Forgets what was noted: it is back where it belongs."""
        with suppress(OSError):
            self.path(agent_id).unlink(missing_ok=True)
