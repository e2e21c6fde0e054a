"""Undo: for ten seconds u takes back what was put on record last; what was typed for it is there again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from models.desks.presence import State
from models.errors import FloorError, Refused, Unavailable
from tui import errands
from tui.i18n import _
from tui.plain import plain
from tui.screens.calls import Call, Calls

if TYPE_CHECKING:
    from textual.timer import Timer

    from tui.lines.text import Line

OWN = ("log", "move", "sleep", "edit", "contact")
"""Commands that can be taken back, by the first word of their tokens' names."""


class Last(Struct, frozen=True):
    """What was put on record last."""

    token: str
    call: Call | None
    """The call that was logged with it."""
    reopen: Callable[[], None] | None
    """Opens the composer again, where something was written."""
    text: str
    """What was written."""


class Undoing(Calls):
    """The way back. It listens to what the other commands say of themselves."""

    last: Last | None = None
    offered = 10.0
    """Seconds for which u is offered."""
    _sent: tuple[str, str, Call | None] = ("", "", None)
    """The command that was sent last: its name, its token, the call it logs."""
    _reopen: Callable[[], None] | None = None
    _withdrawal: Timer | None = None

    def token(self, what: str) -> str:
        """Remembers which command was sent last."""
        token = super().token(what)
        self._sent = (what, token, self.call)
        return token

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
        """Remembers how to open the same again."""

        def open_with(text: str) -> None:
            super(Undoing, self).write_into(
                label,
                preview,
                submit,
                hints,
                place=place,
                text=text,
                submit_and_stay=submit_and_stay,
                keys=keys,
                changed=changed,
            )

        open_with(text)
        self._reopen = lambda: open_with("")

    def _finish(self, hand: errands.Hand | None, text: str) -> None:
        """Offers the way back for a while."""
        what, token, call = self._sent
        line = self.desk.composer.line
        reopen = self._reopen if line is not None else None
        is_own = what.partition(" ")[0] in OWN
        self.last = Last(token, call, reopen, line.text if line else "") if is_own else None
        super()._finish(hand, text)
        self._offer(self.last is not None)

    def _offer(self, is_offered: bool) -> None:
        """Says that u takes it back; after a while that is quietly gone again."""
        if self._withdrawal is not None:
            self._withdrawal.stop()
            self._withdrawal = None
        hint: Line = ()
        if is_offered:
            hint = ((self.desk.keymap.key("desk.undo-last"), "key"), (" " + _("takes it back"), "dim"))
            self._withdrawal = self.desk.set_timer(self.offered, lambda: self._offer(False))
        self.desk.composer.suggest(hint)

    async def undo_last(self) -> None:
        """u: the last command is taken back; its lead is in hand again in place of the one that came next."""
        if self.call is not None:
            text = _("The call with {company} is not logged yet: log it first.")
            self.desk.say(text.format(company=self.call.company), "stuck")
            return
        last = self.last
        if last is None:
            raise Refused("undo_nothing")
        token = super().token(f"undo {last.token}")
        try:
            hand = await self.ask(errands.undo, self.agent_id, last.token, token, self.now)
        except Unavailable:
            raise
        except FloorError:
            self._offer(False)
            raise
        self._taken_back(last, hand)

    def _taken_back(self, last: Last, hand: errands.Hand) -> None:
        self.done()
        self.last = None
        self._offer(False)
        if last.call is not None and last.call.lead_id == hand.card.id:
            self.call = last.call
        self.desk.put(hand)
        if self.call is not None:
            self._stand(State.WRAP_UP)
        self.desk.say(_("Taken back: {company} is in your hands as before.").format(company=plain(hand.card.company)))
        if last.reopen is not None and last.text:
            last.reopen()
            self.paste(last.text)
