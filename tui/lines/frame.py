"""What every line is written against: the moment, the floor's clock and its money."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from decimal import Decimal

from msgspec import Struct

from tui import clocks, money


class Frame(Struct, frozen=True):
    """The moment of looking, by the floor's clock and in its money."""

    now: datetime
    zone: tzinfo
    currency: str

    @property
    def today(self) -> date:
        """The floor's day."""
        return self.now.astimezone(self.zone).date()

    def clock(self, at: datetime) -> str:
        """The time of day on the floor."""
        return clocks.clock(at, self.zone)

    def moment(self, at: datetime) -> str:
        """A moment by the floor's clock."""
        return clocks.moment(at, self.now, self.zone)

    def short(self, amount: Decimal | None) -> str:
        """Money for a list; a dash where there is none."""
        return "–" if amount is None else money.short(amount, self.currency)

    def whole(self, amount: Decimal) -> str:
        """Money for the card."""
        return money.whole(amount, self.currency)
