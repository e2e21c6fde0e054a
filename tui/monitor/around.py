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
SHARE = 20
"""So many times what a look cost this process it rests: where all move it takes no more than a little of a core."""
EVENTS, LISTS = 1.0, 3.0
"""Seconds between two pictures of what happens, whose lines all move at once, and between two of what needs a look and
of the funnel, which are dear to read.
"""
TIMES = 10
"""Seconds after which time alone may have changed something: a line is lost, a promise is late."""


class Around:
    """What the monitor sees of the floor, kept fresh."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self._stirred = asyncio.Event()
        self._looked_at = self._events_at = self._lists_at = 0.0
        """When those were read last, by the clock of the process."""
        self._presence: int | None = None
        self._more_at = 0.0
        """When it looks at what it left out."""

    def stir(self, *, wholly: bool = False) -> None:
        """Something changed: look again soon; all of it at once where a person asked."""
        if wholly:
            self._events_at = self._lists_at = 0.0
        self._stirred.set()

    async def look(self) -> None:
        """Reads what changed, and rests as long as that is worth."""
        watch, cost = self.watch, 0.0
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            spent, has_more = time.process_time(), False
            try:
                has_more = await self._look_once()
            except FloorError as error:
                watch.trouble_with(error)
                watch.set_timer(SLOWEST, self.stir)
            else:
                watch.trouble_with(None)
            if not has_more:  # the lists have a pace of their own: no agent's row waits for what they cost
                cost = time.process_time() - spent
            await asyncio.sleep(min(SLOWEST, max(PACE, SHARE * cost)))

    async def _look_once(self) -> bool:
        """Whether more was read than who does what."""
        watch, now = self.watch, time.monotonic()
        has_lists = now - self._lists_at >= LISTS
        has_events = has_lists or now - self._events_at >= EVENTS
        selection, scope, moment = watch.selection, watch.deeds.scope, watch.clock()
        survey = await watch.store.run(
            errands.survey,
            watch.person.id,
            selection,
            scope,
            moment,
            watch.config.monitor.numbers,
            known=None if has_lists else watch.survey,
            has_events=has_events,
        )
        if (selection, scope) != (watch.selection, watch.deeds.scope):
            return has_events  # somebody chose another team meanwhile: what they chose is being read
        watch.survey, self._looked_at = survey, now
        if has_lists:
            self._lists_at = now
        if has_events:
            self._events_at = now
            watch.fit_panes()
            watch.paint.panes()
        else:
            watch.paint.moving()
        more_at = self._lists_at + LISTS if has_events else self._events_at + EVENTS
        if not has_lists and not now < self._more_at <= more_at:
            self._more_at = more_at
            watch.set_timer(more_at - now, self.stir)
        return has_events

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
                # It stands beside the floor: not there before anybody was at a desk, which is no floor that is lost.
                version = await watch.store.keep(errands.presence_version)
            except FloorError:
                continue  # the next look says it
            if version != self._presence:
                self._presence = version
                self.stir()
