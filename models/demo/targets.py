"""What is wanted each month of the demo floor, its teams and agents, so that attainment says something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from models.base import month_of
from models.demo.crew import AGENTS, TEAMS
from models.demo.hours import FLOOR_ZONE
from models.demo.life import Life, Moved

STEP = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A target of one month; the floor's names neither team nor agent."""

    month: int
    team: str | None
    login: str | None
    deals: int
    amount: Decimal


def targets(lives: Iterable[Life], now: datetime, rng: Random) -> Iterator[Wanted]:
    """Past months were nearly met; this one stands at some two thirds, each agent elsewhere."""
    money: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    deals: dict[tuple[int, str], int] = defaultdict(int)
    zone = ZoneInfo(FLOOR_ZONE)
    for life in lives:
        for event in life.events:
            if isinstance(event, Moved) and event.to == "won":
                month = month_of(event.at.astimezone(zone).date())
                for name in ("", life.team or "-", life.owner or "-"):
                    money[month, name] += event.amount or 0
                    deals[month, name] += 1
    this = month_of(now.astimezone(zone).date())
    whose = ["", *TEAMS, *(member.login for member in AGENTS)]
    for month in range(this - 5, this + 1):
        for name in whose:
            known = [at for at in range(this - 5, this + 1) if money[at, name]]
            usual = sum((money[at, name] for at in known), Decimal()) / max(len(known), 1)
            is_agent = name not in ("", *TEAMS)
            met = rng.uniform(*((0.45, 0.95) if is_agent else (0.6, 0.76)) if month == this else (0.8, 1.15))
            amount = (money[month, name] or usual) / Decimal(met)
            amount = max((amount / STEP).to_integral_value() * STEP, STEP * 5)
            count = max(round(deals[month, name] / met), 2)
            yield Wanted(month, name if name in TEAMS else None, name if is_agent else None, count, amount)
