"""The floor as it moves: looked at when something changed, in the pace that its reading costs, and each second."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from models.desks.presence import State
from models.errors import FloorError
from tui.monitor import errands

if TYPE_CHECKING:
    from tui.monitor.screen import Watch

PACE, SLOWEST = 0.1, 2.0
"""Seconds between two looks at the floor, at least and at most."""
SHARE = 12
"""So many times what a look cost this process it rests: where all move it takes no more than a little of a core."""
LISTS = 1.0
"""Seconds between two pictures of what needs a look, what happens and the funnel: all their lines move at once."""
TIMES = 10
"""Seconds after which time alone may have changed something: a line is lost, a promise is late."""


class Around:
    """What the monitor sees of the floor, kept fresh."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self._stirred = asyncio.Event()
        self._lists_at = 0.0
        """When the lists were read last, by the clock of the process."""
        self._looked_at = 0.0
        self._presence: int | None = None
        self._are_lists_due = False
        """Somebody waits for the lists' next picture already."""

    def stir(self, *, wholly: bool = False) -> None:
        """Something changed: look again soon; all of it at once where a person asked."""
        if wholly:
            self._lists_at = 0.0
        self._stirred.set()

    async def look(self) -> None:
        """Reads what changed, and rests as long as that is worth."""
        watch, rest = self.watch, PACE
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            spent = time.process_time()
            try:
                await self._look_once()
            except FloorError as error:
                watch.trouble_with(error)
                watch.set_timer(SLOWEST, self.stir)
            else:
                watch.trouble_with(None)
            rest = min(SLOWEST, max(PACE, SHARE * (time.process_time() - spent)))
            await asyncio.sleep(rest)

    async def _look_once(self) -> None:
        watch, now = self.watch, time.monotonic()
        has_lists = now - self._lists_at >= LISTS
        selection, scope, moment = watch.selection, watch.deeds.scope, watch.clock()
        known = None if has_lists else watch.survey
        survey = await watch.store.run(
            errands.survey, watch.person.id, selection, scope, moment, watch.config.monitor.numbers, known=known
        )
        if (selection, scope) != (watch.selection, watch.deeds.scope):
            return  # somebody chose another team meanwhile: what they chose is being read
        watch.survey, self._looked_at = survey, now
        if has_lists:
            self._lists_at, self._are_lists_due = now, False
            watch.fit_panes()
            watch.paint.panes()
        else:
            watch.paint.moving()
            if not self._are_lists_due:
                self._are_lists_due = True
                watch.set_timer(LISTS - (now - self._lists_at), self.stir)

    async def tick(self) -> None:
        """Each second: clocks go on, and who moved is asked for where no bell rings for it."""
        watch = self.watch
        while True:
            await asyncio.sleep(1 - watch.clock().microsecond / 1_000_000)
            watch.paint.moving()
            if watch.sheet is not None and getattr(watch.sheet, "is_live", False):
                watch.paint.cover()
            is_somebody_on = any(row.state is not State.OFF for row in watch.survey.overview.agents)
            if time.monotonic() - self._looked_at >= (TIMES if is_somebody_on else 60):
                self.stir()
            try:
                version = await watch.store.run(errands.presence_version)
            except FloorError:
                continue  # the next look says it
            if version != self._presence:
                self._presence = version
                self.stir()
