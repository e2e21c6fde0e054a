"""What every command of the desk stands on: asking the database, the lead in hand, the composer."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from tui import clocks, errands
from tui.entry import Reader
from tui.errands_desks import in_session
from tui.i18n import _
from tui.lines import guide
from tui.lines.text import Line

if TYPE_CHECKING:
    from tui.screens.desk import Desk
    from tui.screens.keeping import Place

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Writing:
    """What the composer is open for."""

    submit: Callable[[str], Awaitable[None]]
    """Enter."""
    submit_and_stay: Callable[[str], Awaitable[None]] | None
    """Tab, where the lead may stay in hand."""
    hints: tuple[tuple[str, str], ...]
    place: Place | None = None
    """Lead and place under which unfinished text is kept; None: nowhere."""
    first: str = ""
    """What stood there before anything was written: no draft."""
    keys: Mapping[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    """Keys that do something else than write: the arrows of a list that is filled as one types."""
    changed: Callable[[str], None] | None = None
    """Told of every change of the text."""
    is_asked: bool = False
    """The question about a next step was put already."""


class Doing:
    """A desk's means of doing something."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.writing: Writing | None = None
        self._tokens: dict[str, str] = {}

    async def ask(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Asks the database; what passes by itself is tried again for a while."""
        command = partial(work, *args, **kwargs)

        def in_this_session() -> T:  # refused where the agent has logged in somewhere else since
            return in_session(self.agent_id, self.desk.keeping.session, command)

        return await self.desk.store.insist(in_this_session, self.desk.trouble_with)

    def token(self, what: str) -> str:
        """The name of one command: the same until it was done, so that a second try does it once."""
        return self._tokens.setdefault(what, os.urandom(12).hex())

    def done(self) -> None:
        """The command is on record: the next one is another."""
        self._tokens.clear()

    @property
    def now(self) -> datetime:
        """This moment."""
        return self.desk.clock()

    @property
    def hand(self) -> errands.Hand:
        """The lead before the agent; commands that need one were objected to where there is none."""
        assert self.desk.hand is not None
        return self.desk.hand

    @property
    def agent_id(self) -> int:
        """Whose desk it is."""
        return self.desk.person.id

    def _finish(self, hand: errands.Hand | None, text: str) -> None:
        """What was told is on record: the composer shuts, the next lead is there, one line says what was stored."""
        self.done()
        self.stop_writing(keep=False)
        self.desk.put(hand)
        self.desk.say("✓ " + text, "won")

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def write_into(
        self,
        label: str,
        preview: Callable[[str], Line],
        submit: Callable[[str], Awaitable[None]],
        hints: tuple[tuple[str, str], ...],
        *,
        place: str = "",
        text: str = "",
        submit_and_stay: Callable[[str], Awaitable[None]] | None = None,
        keys: Mapping[str, Callable[[], Awaitable[None]]] | None = None,
        changed: Callable[[str], None] | None = None,
    ) -> None:
        """Opens the composer for something; what was begun before at that place of this lead is there again.

        Args:
            label: before the line.
            preview: what a text will do once it is entered.
            submit: Enter.
            hints: of the footer.
            place: where unfinished text is kept, the same in every language: 'log talked', 'edit need'; empty: nowhere.
            text: what stands there at first.
            submit_and_stay: Tab.
            keys: more keys.
            changed: told of every change.
        """
        self.stop_writing(keep=True)
        where = (self.hand.card.id, place) if place else None
        self.writing = Writing(submit, submit_and_stay, hints, where, text, keys or {}, changed)
        kept = self.desk.keeping.drafts.get(where) if where else None
        text, cursor = (kept.text, kept.cursor) if kept else (text, None)
        self.desk.composer.open(
            label, preview, title=((guide.writing_title(), "strong key"),), text=text, cursor=cursor
        )
        if kept is not None:
            self._keep(is_open=True)
            self.desk.composer.tell(((_("Kept from before; ^U empties the line."), "dim"),))
        self.desk.paint.footer()

    def entitle(self, title: str) -> None:
        """Says over the composer what is written in it, where that is no log."""
        self.desk.composer.title = ((title, "strong key"),)
        self.desk.composer.rewrite()

    async def write(self, key: str, character: str | None, *, is_tail: bool) -> None:
        """A key while the composer is open."""
        assert self.writing is not None
        submit = {"enter": self.writing.submit, "tab": self.writing.submit_and_stay}.get(key)
        if submit is not None:
            if not (is_tail and self.writing.is_asked):
                line = self.desk.composer.line
                await submit(line.text if line else "")
        elif deed := self.writing.keys.get(key):
            await deed()
        elif key in ("escape", "ctrl+c"):
            self.stop_writing(keep=True)
            self.desk.say("")
        elif self.desk.composer.press(key, character):
            self.wrote()

    def paste(self, text: str) -> None:
        """Pasted text, where something is being written."""
        if self.writing is not None:
            self.desk.composer.paste(text)
            self.wrote()

    def wrote(self) -> None:
        """The text in the composer changed."""
        self._keep(is_open=True)
        if self.writing is not None and self.writing.changed is not None and self.desk.composer.line is not None:
            self.writing.changed(self.desk.composer.line.text)

    def stop_writing(self, *, keep: bool) -> None:
        """Shuts the composer; unfinished text is kept for its lead."""
        if self.writing is None:
            return
        if keep:
            self._keep(is_open=False)
        elif self.writing.place is not None:
            self.desk.keeping.drop(self.writing.place)
        self.desk.composer.shut()
        self.writing = None

    def _keep(self, *, is_open: bool) -> None:
        """Keeps what stands in the composer, unless that is what stood there at first."""
        line, writing = self.desk.composer.line, self.writing
        if writing is None or writing.place is None or line is None:
            return
        text = "" if line.text == writing.first else line.text
        self.desk.keeping.keep(writing.place, text, line.cursor, is_open=is_open)

    def reader(self) -> Reader:
        """Reads moments by the floor's clock, now."""
        from tui.moments import reader

        zone = self.desk.zone
        return reader(self.now, zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC"))

    def _customer_zone(self) -> ZoneInfo | None:
        card = self.hand.card
        zone = clocks.zone(card.zone)
        return zone if card.zone_is_known and isinstance(zone, ZoneInfo) else None
