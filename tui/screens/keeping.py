"""What a desk keeps while it is worked at: drafts within a second of the last key, and what its agent is at.

Nothing waits for it: the latest of each draft is written on the database's thread, and tried again until it is done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from models.desks.draft import Draft
from models.desks.presence import State
from models.errors import Refused, Stale, Unavailable
from models.people import Role
from tui import errands_desks as errands

if TYPE_CHECKING:
    from datetime import datetime

    from tui.screens.desk import Desk

HOLD = 0.3
"""Seconds from the first key to the writing: the letters that come meanwhile go along."""
PATIENCE = 1.0
"""Seconds after which a draft that is not written yet counts as unkept."""
LONGEST_PAUSE = 5.0
"""Seconds at most between two tries."""

Place = tuple[int | None, str]
"""Lead and place of a draft; no lead where it is about none."""


Work = Callable[[], errands.News]


@dataclass
class Piece:
    """Something that is to be written."""

    work: Work
    begun: asyncio.Future[errands.News] | None = None
    """Where it was urgent."""


class Keeping:
    """What is to be written beside the floor's records, and what was found there."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.drafts: dict[Place, Draft] = {}
        """Unfinished texts of this agent; lost with the process only where they cannot be written."""
        self.session: datetime | None = None
        """The name of this session, once it has begun: what it writes counts until the agent logs in again."""
        self.is_over = False
        """The agent quit, or was replaced: nobody's line is lost when the desk ends."""
        self._due: dict[Hashable, Piece] = {}
        self._entries = count()
        self._stirred = asyncio.Event()

    @property
    def _whose(self) -> tuple[int, datetime | None]:
        return self.desk.person.id, self.session

    # ── drafts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def found(self, drafts: Iterable[Draft]) -> None:
        """What was kept before this desk was opened."""
        for draft in drafts:
            self.drafts.setdefault((draft.lead_id, draft.place), draft)

    def keep(self, place: Place, text: str, cursor: int, *, is_open: bool) -> None:
        """Keeps an unfinished text as it is now; an empty one is dropped."""
        if not text.strip():
            self.drop(place)
            return
        now = self.desk.clock()
        draft = Draft(*place, text, cursor, is_open, now)
        self.drafts[place] = draft
        self._put(place, partial(errands.keep_draft, *self._whose, draft, now))

    def drop(self, place: Place) -> None:
        """Forgets a text: it is on record, or was given up."""
        if self.drafts.pop(place, None) is not None:
            work = partial(errands.drop_draft, *self._whose, *place, self.desk.clock())
            self._put(place, work, is_urgent=True)  # what is on record must not be found again as a draft

    # ── presence ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def enter(
        self, state: State, *, code: str = "", lead_id: int | None = None, call_since: datetime | None = None
    ) -> None:
        """The agent is at something else now. Every state is written, in their order."""
        if self.desk.person.role is not Role.SUPERVISOR:
            work = partial(errands.enter, *self._whose, state, code, lead_id, call_since, self.desk.clock())
            self._put(next(self._entries), work, is_urgent=True)

    def quit(self) -> None:
        """The agent leaves by themselves."""
        self.enter(State.OFF)
        self.is_over = True

    def give_up(self) -> None:
        """Another session took the place of this one: nothing that it wrote counts any more."""
        self.is_over = True
        self._due.clear()

    def beat(self) -> None:
        """The agent is still there."""
        if self.desk.person.role is not Role.SUPERVISOR:
            self._put("seen", partial(errands.seen, *self._whose, self.desk.clock()))

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _put(self, what: Hashable, work: Work, *, is_urgent: bool = False) -> None:
        """Makes something due; what is urgent begins before anything else does."""
        if self.is_over:
            return
        self._due.pop(what, None)
        self._due[what] = piece = Piece(work)
        if is_urgent:
            piece.begun = self.desk.store.keep(work)
            piece.begun.add_done_callback(_heard)
        self._stirred.set()

    async def write(self) -> None:
        """Writes what is due for as long as the desk is there."""
        pause = HOLD
        while True:
            await self._stirred.wait()
            await asyncio.sleep(pause)
            self._stirred.clear()
            try:
                for what, piece in list(self._due.items()):
                    await self._written(what, piece)
            except Unavailable:
                self._tell(is_unkept=True)
                for piece in self._due.values():
                    piece.begun = None  # all of it anew, in its order
                self._stirred.set()
                pause = min(max(1.0, pause * 2), LONGEST_PAUSE)
            else:
                self._tell(is_unkept=False)
                pause = HOLD

    async def _written(self, what: Hashable, piece: Piece) -> None:
        """One piece; it stays due until it is done, so that a desk that ends meanwhile hands it in once more."""
        writing = piece.begun or self.desk.store.keep(piece.work)
        done, _waiting = await asyncio.wait({writing}, timeout=PATIENCE)
        if not done:
            self._tell(is_unkept=True)
        try:
            for one in await writing:
                self.desk.complain(one)
        except (Refused, Stale) as refused:  # no second try would change it
            self.desk.complain(refused)
        if self._due.get(what) is piece:
            del self._due[what]

    def hand_in(self) -> None:
        """The desk ends: what is still due goes to the database's thread, which ends after it."""
        for piece in self._due.values():
            self.desk.store.leave(piece.work)
        if self.session is not None and not self.is_over:
            self.desk.store.leave(partial(errands.lose, *self._whose, self.desk.clock()))
        self.desk.store.leave_once_more(partial(errands.bring_back, self.desk.person.id))

    def _tell(self, *, is_unkept: bool) -> None:
        if is_unkept != self.desk.is_unkept:
            self.desk.is_unkept = is_unkept
            self.desk.paint.status()


def _heard(writing: asyncio.Future[errands.News]) -> None:
    """A failure is asked for where it is waited for; where nobody does, the piece is written anew."""
    if not writing.cancelled():
        writing.exception()
