"""The agent's day: y shows it, q says what is still open in it before the desk is left."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING

from models.desks.presence import Accounted
from models.errors import FloorError, Unavailable
from tui import clocks, errands
from tui.errands_desks import account
from tui.i18n import _
from tui.screens.calls import Calls
from tui.sheets import Deed, Hints, Sheet

if TYPE_CHECKING:
    from models.cards import Day, Promise
    from tui.lines.frame import Frame
    from tui.lines.text import Line

NOT_YET = Accounted()
STEPS = {"down": 1, "up": -1, "j": 1, "k": -1, "pagedown": 10, "pageup": -10}


@dataclass
class DaySheet(Sheet):
    """A day's figures and promises; the cursor opens one."""

    day: Day
    frame: Frame
    look: Callable[[Promise], Awaitable[None]]
    leave: Deed | None = None
    """What a second q does, where somebody is about to leave."""
    at: int = 0
    spent: Accounted = NOT_YET
    """What the time at work went into so far."""

    def __init__(
        self, day: Day, frame: Frame, look: Callable[[Promise], Awaitable[None]], leave: Deed | None = None
    ) -> None:
        title = _("before you go") if leave else _("today")
        super().__init__(f"{title} · {clocks.short_date(frame.today, frame.today)}", self._write)
        self.day, self.frame, self.look, self.leave = day, frame, look, leave
        self.promises = (*day.promises, *day.tomorrow)
        self.at = next((place for place, one in enumerate(self.promises) if one.answered_at is None), 0)
        self._places: list[int] = []

    @property
    def hints(self) -> Hints:
        """How to move, and out."""
        look = (("↓↑", _("move")), ("⏎", _("look at it"))) if self.promises else ()
        if self.leave:
            return (("q", _("quit")), *look, ("Esc", _("stay")))
        return (*look, ("Esc", _("close")))

    @property
    def line(self) -> int | None:
        """The cursor's line."""
        return self._places[self.at] if self._places else None

    def _write(self, width: int) -> list[Line]:
        from tui.lines import day as lines

        head = lines.parting_lines(self.day, self.frame, width) if self.leave else []
        body, places = lines.day_lines(self.day, self.spent, self.at, self.frame, width)
        self._places = [len(head) + place for place in places]
        return head + body

    def press(self, key: str) -> Deed | bool:
        """Arrows move, Enter looks; q leaves where that was asked."""
        if key == "q" and self.leave:
            return self.leave
        if not self.promises:
            return False
        if key in STEPS:
            self.at = min(max(self.at + STEPS[key], 0), len(self.promises) - 1)
            return True
        if key == "enter":
            look, promise = self.look, self.promises[self.at]
            return lambda: look(promise)
        return False


class Days(Calls):
    """The day at a glance, and its end."""

    told: frozenset[tuple[int, str]] = frozenset()
    """Open promises that were already named to somebody who wanted to leave."""

    async def show_today(self) -> None:
        """y: the day's figures and promises."""
        day = await self.ask(errands.day, self.agent_id, self.now)
        sheet = DaySheet(day, self.desk.frame, self._look)
        midnight = datetime.combine(sheet.frame.today, time(), sheet.frame.zone)
        sheet.spent = await self.ask(account, self.agent_id, midnight, self.now)
        self.desk.open_sheet(sheet)

    async def _look(self, promise: Promise) -> None:
        self.desk.put(await self.ask(errands.look_at, self.agent_id, promise.lead_id, self.now))
        self.desk.say("")

    async def quit(self) -> None:
        """q: says once what is late, or at the day's end what is open; then the desk is left."""
        if self.is_held_back("desk.quit"):
            return
        with suppress(FloorError):  # what cannot be read keeps nobody here
            day = await self.desk.store.run(errands.day, self.agent_id, self.now)
            still_open = [one for one in (*day.promises, *day.tomorrow) if one.answered_at is None]
            names = frozenset((one.lead_id, one.due_at.isoformat()) for one in still_open)
            if (day.late(self.now) or (day.is_over(self.now) and still_open)) and not names <= self.told:
                self.told = names
                self.desk.open_sheet(DaySheet(day, self.desk.frame, self._look, self.leave))
                return
        await self.leave()

    async def leave(self) -> None:
        """The lead in hand goes back to where it stood, and the desk is shut."""
        if self.desk.hand is not None and self.desk.hand.claim is not None:
            with suppress(Unavailable):  # then it runs out by itself
                await self.desk.store.run(errands.release, self.desk.hand.claim, self.now)
        self.desk.keeping.quit()
        self.desk.app.exit()
