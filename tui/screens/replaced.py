"""Whoever logs in a second time goes on there: the first desk says so, does nothing more, and is left."""

from __future__ import annotations

from models.errors import Stale
from tui.i18n import _
from tui.lines.text import Line, wrap
from tui.plain import plain
from tui.screens.calls import Calls
from tui.sheets import Deed, Hints, Sheet


class ReplacedSheet(Sheet):
    """What lies over the card of a desk whose agent works at another one."""

    def __init__(self, text: str, leave: Deed) -> None:
        def writer(width: int) -> list[Line]:
            way_out = _("What you were writing is there. Enter leaves this one.")
            return [(), *(((part, "strong stuck"),) for part in wrap(text, width)), (), ((way_out, ""),)]

        super().__init__(_("this desk is closed"), writer)
        self._leave = leave

    @property
    def hints(self) -> Hints:
        """The one way out."""
        return (("⏎", _("leave")),)

    def press(self, key: str) -> Deed | bool:
        """Enter and q leave; no other key does anything here."""
        return self._leave if key in ("enter", "q") else True


class Replaced(Calls):
    """The end of a session whose agent logged in somewhere else."""

    def give_way(self, stale: Stale) -> None:
        """Says when and where the work goes on, and lets go of everything."""
        desk = self.desk
        desk.keeping.give_up()
        if desk.glass is not None:
            desk.glass.close()
        desk.workers.cancel_group(desk, "live")
        desk.composer.shut()
        self.writing = self.call = self.pause = None
        place = plain(str(stale.fields.get("place") or "")) or _("another terminal")
        when = desk.frame.clock(stale.at) if stale.at else ""
        text = _("You logged in at {place} at {time}: your work goes on there.").format(place=place, time=when)
        self.cover = ReplacedSheet(text, self._depart)
        desk.forget_waiting_keys()
        desk.say("")
        desk.put(None)
        desk.ask_again()

    async def _depart(self) -> None:
        self.desk.app.exit()
