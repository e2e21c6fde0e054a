"""The floor around a desk: looked at when something changed, and once a minute, since time changes things too."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING

from models.cards import Claim
from models.errors import FloorError, Stale
from tui import errands, line
from tui.errands import Hand, Survey
from tui.errands_desks import in_session

if TYPE_CHECKING:
    from tui.screens.desk import Desk

PACE = 0.1
"""Seconds between two looks at the floor; more where a look takes longer."""
LONGEST_PAUSE = 10
HEARTBEAT = 15
"""Seconds between two signs of life, given by the screen's loop: a terminal that stopped reading stops it too, and
there is none of a desk that only tmux keeps."""
AT_WORK = 60
"""Seconds after the last key in which an agent counts as working, and keeps the lead."""
LONGEST_CALL = 7200
"""The same of a call: one that nobody hung up holds no lead for ever."""


class Around:
    """What a desk sees of the floor."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._stirred = asyncio.Event()

    def stir(self) -> None:
        """Something changed: look again soon."""
        self._stirred.set()

    async def look(self) -> None:
        """Reads queue, funnel and day when something changed; never more often than it is quick."""
        desk, pause = self.desk, PACE
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            began = time.monotonic()
            try:
                desk.survey = await self._survey()
            except Stale as error:
                desk.complain(error)
                return
            except FloorError as error:
                desk.trouble_with(error)
                pause = min(pause * 2, LONGEST_PAUSE)
                desk.set_timer(pause, self.stir)
            else:
                desk.trouble_with(None)
                desk.paint.status()
                desk.paint.queue()
                desk.paint.panel()
                if desk.hand is None and desk.sheet is None:
                    desk.paint.card()
                pause = max(PACE, 3 * (time.monotonic() - began))
            await asyncio.sleep(pause)

    async def _survey(self) -> Survey:
        """Of a session that was replaced there is none: that is how it hears of it, by the bell."""
        desk = self.desk
        args = desk.person.id, desk.scope, desk.campaign_id, desk.clock()
        work = partial(errands.survey, *args, rows=desk.rows_wanted)
        return await desk.store.run(in_session, desk.person.id, desk.keeping.session, work)

    def begin(self) -> None:
        """From now on the clock is looked at, and the floor is told that somebody is here."""
        self.desk.set_interval(HEARTBEAT, self._beat)
        self._wait_for_minute()

    def _beat(self) -> None:
        if line.is_there():
            self.desk.keeping.beat()

    def _wait_for_minute(self) -> None:
        """Waits for the floor's next whole minute."""
        self.desk.set_timer(60 - self.desk.clock().second, self._minute)

    def _minute(self) -> None:
        """The clock, what became due, and the claim of an agent who is at work."""
        desk = self.desk
        if desk.keeping.is_over:
            return
        self._wait_for_minute()
        self.stir()
        rest = time.monotonic() - desk.key_at
        is_at_work = rest < (LONGEST_CALL if desk.deeds.is_on_call else AT_WORK)
        if desk.hand and desk.hand.claim and is_at_work and line.is_there():
            desk.run_worker(self._renew(desk.hand.claim), group="renew", exclusive=True)

    async def _renew(self, claim: Claim) -> None:
        desk = self.desk
        try:
            renewed = await desk.store.run(errands.renew, claim, desk.clock())
        except FloorError:
            return  # the next command says what became of it
        if desk.hand and desk.hand.claim == claim:
            desk.hand = Hand(desk.hand.card, renewed)
            if desk.sheet is None:
                desk.paint.card()
