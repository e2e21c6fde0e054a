"""Somebody was faster: who, and what they wrote, is shown; what was typed here waits, to be added or dropped."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from models.desks.draft import Draft
from models.errors import Refused, Stale
from tui import errands
from tui.i18n import _
from tui.lines import lead
from tui.lines.text import Line, wrap
from tui.plain import plain
from tui.screens.returning import Returning
from tui.sheets import Deed, Hints, Sheet


class OvertakenSheet(Sheet):
    """What became of a lead meanwhile, over a text that was written for it."""

    def __init__(self, title: str, writer: Callable[[int], list[Line]], deeds: dict[str, Deed]) -> None:
        super().__init__(title, writer)
        self._deeds = deeds

    @property
    def hints(self) -> Hints:
        """One key each for what was typed; it also simply waits."""
        if not self._deeds:
            return (("Esc", _("close")),)
        return (("a", _("add what you wrote")), ("x", _("drop it")), ("Esc", _("keep for later")))

    def press(self, key: str) -> Deed | bool:
        """The two keys, where something was typed."""
        return self._deeds.get(key, False)


class Overtaken(Returning):
    """A screen that shows a lead as it was."""

    async def give_in(self, stale: Stale) -> None:
        """The lead as it stands now, out of this agent's hands, with what a colleague did to it."""
        hand, line, writing = self.hand, self.desk.composer.line, self.writing
        since = hand.claim.since if hand.claim else None
        place = writing.place if writing is not None else None
        self.stop_writing(keep=True)
        self.done()
        typed = self.desk.keeping.drafts.get(place) if place and line and line.text.strip() else None
        found = None
        with suppress(Refused):  # it is not the agent's to see any more
            found = await self.ask(errands.look, self.agent_id, hand.card.id, None, self.now)
        self.desk.put(found)
        card, playbook, frame = (found or hand).card, self.desk.playbook, self.desk.frame
        by = plain(str(stale.by))
        when = frame.clock(stale.at) if stale.at else ""
        theirs = [one for one in card.history if one.agent == stale.by and (since is None or one.at >= since)]

        def writer(width: int) -> list[Line]:
            head = _("{by} was faster, at {time}.").format(by=by, time=when)
            lines: list[Line] = [(), *(((part, "strong stuck"),) for part in wrap(head, width)), ()]
            for one in theirs:
                lines += lead.happened(one, playbook, frame, width)
            if not theirs:
                lines.append(((_("Nothing is on record of it yet."), "dim"),))
            if typed is not None:
                lines += [(), ((_("You had written:"), "dim"),)]
                lines += [((part, ""),) for part in wrap(plain(typed.text), width)]
            return lines

        title = plain(card.company) or _("lead")
        self.desk.open_sheet(OvertakenSheet(title, writer, self._ways(typed) if typed and found else {}))

    def _ways(self, typed: Draft) -> dict[str, Deed]:
        async def add() -> None:
            assert typed.lead_id is not None
            self.desk.close_sheet()
            self.desk.put(await self.ask(errands.take_lead, self.agent_id, typed.lead_id, self.now))
            await self._open_place(typed)

        async def drop() -> None:
            self.desk.keeping.drop((typed.lead_id, typed.place))
            self.desk.close_sheet()
            self.desk.say(_("What you wrote is dropped."))

        return {"a": add, "x": drop}
