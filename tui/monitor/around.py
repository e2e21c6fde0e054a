"""The floor as it moves: looked at when something changed, in the pace that its reading costs, and each second."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from models.desks.presence import State
from models.errors import FloorError
from tui.monitor import errands
from tui.monitor.errands import Part

if TYPE_CHECKING:
    from tui.monitor.screen import Watch

PACE, SLOWEST = 0.1, 2.0
"""Seconds between two looks at the floor, at least and at most."""
SHARE = 20
"""So many times what a look cost this process it rests: where all move it takes no more than a little of a core."""
PACES = {Part.EVENTS: 1.0, Part.LOOKS: 3.0, Part.PULSE: 3.0}
"""Seconds between two readings: lines that all move at once, and lists that are dear."""
TIMES = 10
"""Seconds after which time alone may have changed something: a line is lost, a promise is late."""


class Around:
    """What the monitor sees of the floor, kept fresh."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self._stirred = asyncio.Event()
        self._is_new = False
        """Whether all of it is to be read at once."""
        self._looked_at = 0.0
        self._read_at = dict.fromkeys(PACES, 0.0)
        """When each part was read last, by the clock of the process."""
        self._owed: set[Part] = set()
        """Parts that may be other than they are shown."""
        self._wakes_at = 0.0
        """When it looks at what is owed."""
        self._presence: int | None = None

    def stir(self, *, wholly: bool = False) -> None:
        """Something changed: look again soon; all of it at once where a person asked."""
        self._is_new = self._is_new or wholly
        self._owed = set(PACES)
        self._stirred.set()

    async def look(self) -> None:
        """Reads what changed, who does what and then one part, so that no row waits long; rests for what it cost."""
        watch = self.watch
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            spent, cost, began = time.process_time(), 0.0, 0.0
            try:
                await self._look_once()
                cost, began = time.process_time() - spent, time.monotonic()
                await self._read_on()
            except FloorError as error:
                watch.trouble_with(error)
                watch.set_timer(SLOWEST, self.stir)
            else:
                watch.trouble_with(None)
            rest = max(PACE, SHARE * cost) - (time.monotonic() - began if began else 0.0)
            await asyncio.sleep(min(SLOWEST, max(0.0, rest)))

    async def _look_once(self) -> None:
        """Who does what; all of it where a person asked."""
        watch, is_new, now = self.watch, self._is_new, time.monotonic()
        asked = (watch.selection, watch.deeds.scope)
        viewer, moment, numbers = watch.person.id, watch.clock(), watch.config.monitor.numbers
        if is_new:
            survey = await watch.store.run(errands.survey, viewer, *asked, moment, numbers)
        else:
            survey = await watch.store.run(errands.glance, viewer, asked[0], moment, numbers, watch.survey)
        if asked != (watch.selection, watch.deeds.scope):
            return  # somebody chose another team meanwhile: what they chose is being read
        watch.survey, self._looked_at = survey, now
        if is_new:
            self._is_new = False
            self._read_at = dict.fromkeys(PACES, now)
            self._owed.clear()
            watch.fit_panes()
            watch.paint.panes()
        else:
            watch.paint.moving()

    async def _read_on(self) -> None:
        """The part that waits longest beyond its pace, if one does; else when the first of them will."""
        watch, now = self.watch, time.monotonic()
        due = {part: self._read_at[part] + PACES[part] - now for part in self._owed}
        if not due:
            return
        part = min(due, key=lambda one: due[one])
        if due[part] > 0:
            if not now < self._wakes_at <= now + due[part]:
                self._wakes_at = now + due[part]
                watch.set_timer(due[part], self._stirred.set)
            return
        self._owed.discard(part)
        asked = (watch.selection, watch.deeds.scope)
        args = watch.person.id, *asked, watch.clock(), watch.config.monitor.numbers, watch.survey
        survey = await watch.store.run(errands.renewed, part, *args)
        self._read_at[part] = now
        if asked == (watch.selection, watch.deeds.scope):
            watch.survey = survey
            watch.fit_panes()
            watch.paint.panes()
        if self._owed:
            self._stirred.set()

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
