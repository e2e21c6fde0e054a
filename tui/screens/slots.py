"""How the moment stands that is being written: looked up beside the typing, never in its way."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from models.cards import Slot
from models.errors import FloorError
from tui import clocks, mishap
from tui import errands_slots as errands
from tui.lines.composer import Elsewhere
from tui.screens.doing import Doing

if TYPE_CHECKING:
    from tui.screens.desk import Desk


class Slots(Doing):
    """The moments that were looked at for the lead in hand."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._slots: dict[tuple[int, datetime], Slot] = {}
        self._looking_at: tuple[int, datetime] | None = None

    def _forget_slots(self) -> None:
        """Something new is written: what was promised meanwhile counts."""
        self._slots.clear()
        self._looking_at = None

    @property
    def is_looking(self) -> bool:
        """Whether a moment is being looked up: what the composer tells is not all yet."""
        return self._looking_at is not None

    def slot_so_far(self, at: datetime | None) -> Slot | None:
        """How a moment stands, as far as it was looked up; where it was not, that begins, and the composer is told."""
        if at is None:
            return None
        place = (self.hand.card.id, at)
        if place not in self._slots and place != self._looking_at:
            self._looking_at = place
            self.desk.run_worker(self._look_at_slot(*place), group="slot", exclusive=True)
        return self._slots.get(place)

    async def _look_at_slot(self, lead_id: int, at: datetime) -> None:
        try:
            self._slots[lead_id, at] = await self.desk.store.run(errands.slot, self.agent_id, lead_id, at)
        except FloorError:
            return  # Enter asks again, and says why it cannot
        except Exception as error:
            if self.desk.app.is_headless:
                raise
            mishap.record(error)
            return
        finally:
            if self._looking_at == (lead_id, at):
                self._looking_at = None
        if self.desk.composer.is_open:
            self.desk.composer.rewrite()

    async def slot_of(self, at: datetime) -> Slot:
        """How a moment stands: before it is promised it has to be known."""
        place = (self.hand.card.id, at)
        if place not in self._slots:
            self._slots[place] = await self.ask(errands.slot, self.agent_id, *place)
        return self._slots[place]

    @property
    def elsewhere(self) -> Elsewhere:
        """The clocks beside the floor's: the agent's and the customer's."""
        zone: tzinfo | None = clocks.zone(self.desk.config.zone) if self.desk.config.zone else None
        return Elsewhere(zone, self._customer_zone())
