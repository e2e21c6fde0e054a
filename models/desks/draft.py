"""Drafts: what was typed at a desk and is not saved yet. Here as values and SQL; `desks` keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from models.desks.shelf import Row, Run, moment_of, stamp
from models.errors import Refused
from models.fields import clean

LONGEST = 4_000
"""Characters of one draft."""


class Draft(Struct, frozen=True):
    """What somebody typed and did not save."""

    lead_id: int | None
    """The lead it is about; None where it is about none."""
    place: str
    """What it was typed into: `log talked`, `edit amount`, `sleep`, `back`. One draft for each lead and place."""
    text: str
    cursor: int
    """Characters before the cursor."""
    is_open: bool
    """Whether this is what the agent had before them; at most one is."""
    at: datetime
    """When the last of it was typed."""

    @property
    def key(self) -> tuple[int | None, str]:
        """There is one for each."""
        return self.lead_id, self.place


class Dropped(Struct, frozen=True):
    """A draft that is no more: saved, or given up."""

    lead_id: int | None
    place: str
    at: datetime

    @property
    def key(self) -> tuple[int | None, str]:
        """Of the draft."""
        return self.lead_id, self.place


COLUMNS = "lead_id, place, text, cursor, is_open, at"
OF_AGENT = f"SELECT {COLUMNS} FROM draft WHERE agent_id = ? ORDER BY at DESC, lead_id DESC, place"
PUT = (
    f"INSERT INTO draft (agent_id, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (agent_id, lead_id, place) "
    "DO UPDATE SET text = excluded.text, cursor = excluded.cursor, is_open = excluded.is_open, at = excluded.at"
)
CLOSE_OTHERS = "UPDATE draft SET is_open = 0 WHERE agent_id = ? AND is_open = 1 AND (lead_id <> ? OR place <> ?)"
DROP = "DELETE FROM draft WHERE agent_id = ? AND lead_id = ? AND place = ?"
FORGET = "DELETE FROM draft WHERE lead_id = ?"
NO_LEAD = 0
"""A key has no empty places, and no lead has this id."""


def checked(draft: Draft) -> Draft:
    """The draft as it can be stored: without what is no character, the cursor where it was among the others.

    Raises:
        Refused: `too_long`.
    """
    if len(draft.text) > LONGEST:
        raise Refused("too_long", field="note", longest=LONGEST)
    cursor = min(max(draft.cursor, 0), len(draft.text))
    if draft.text.isprintable():
        return replace(draft, cursor=cursor)
    return replace(draft, text=_clean(draft.text), cursor=len(_clean(draft.text[:cursor])))


def _clean(text: str) -> str:
    # Blanks at the ends stay, since the cursor may stand behind them: so these ends are none.
    return clean(f"|{text}|")[1:-1]


def of_agent(rows: list[Row]) -> tuple[Draft, ...]:
    """The drafts that `OF_AGENT` found."""
    return tuple(
        Draft(lead_id or None, place, text, cursor, bool(is_open), moment_of(at))
        for lead_id, place, text, cursor, is_open, at in rows
    )


def put(run: Run, agent_id: int, draft: Draft) -> None:
    """Writes a draft over the one of the same lead and place."""
    lead_id = draft.lead_id or NO_LEAD
    if draft.is_open:
        run(CLOSE_OTHERS, (agent_id, lead_id, draft.place))
    run(PUT, (agent_id, lead_id, draft.place, draft.text, draft.cursor, int(draft.is_open), stamp(draft.at)))


def drop(run: Run, agent_id: int, lead_id: int | None, place: str) -> None:
    """Throws a draft away; harmless where there is none."""
    run(DROP, (agent_id, lead_id or NO_LEAD, place))


def merge(run: Run, agent_id: int, kept: Iterable[Draft], dropped: Iterable[Dropped]) -> None:
    """Brings in what was noted elsewhere meanwhile. Done twice, it is as done once."""
    stored = of_agent(run(OF_AGENT, (agent_id,)))
    wanted = merged(stored, kept, dropped)
    for draft in stored:
        if all(draft.key != other.key for other in wanted):
            drop(run, agent_id, draft.lead_id, draft.place)
    for draft in wanted:
        if draft not in stored:
            put(run, agent_id, draft)


def merged(drafts: Iterable[Draft], kept: Iterable[Draft], dropped: Iterable[Dropped]) -> tuple[Draft, ...]:
    """Drafts with what was noted elsewhere meanwhile, newest first: of each lead and place, the later holds."""
    found = {draft.key: draft for draft in drafts}
    for draft in kept:
        if draft.key not in found or found[draft.key].at <= draft.at:
            found[draft.key] = draft
    for gone in dropped:
        if gone.key in found and found[gone.key].at <= gone.at:
            del found[gone.key]
    newest = sorted(found.values(), key=lambda draft: draft.at, reverse=True)
    before_them = next((draft for draft in newest if draft.is_open), None)
    return tuple(replace(draft, is_open=draft is before_them) for draft in newest)
