"""One made-up customer: who, where, and everything that talks will bring to light."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from models.demo import names, places, rates, trades
from models.demo.places import PLACES, Place
from models.demo.talks import pick
from models.demo.trades import TRADES, Trade


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the customer."""

    name: str
    title: str
    part: str
    email: str
    number: int


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as the maker knows it; agents learn the facts talk by talk."""

    place: Place
    company: str
    source: str
    people: tuple[Person, ...]
    amount: Decimal
    facts: Mapping[str, str]
    """Texts by their field codes."""

    @property
    def is_chinese(self) -> bool:
        """The language of the notes."""
        return self.place.is_chinese


class Townsfolk:
    """Makes customers; remembers names and numbers, so that none comes twice."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.companies: set[str] = set()
        self.numbers: set[int] = set()

    def customer(self, source: str, where: tuple[Place, ...] = PLACES) -> Customer:
        """A new customer of that source, in one of the places."""
        rng = self.rng
        place = rng.choices(where, [place.share for place in where])[0]
        trade = rng.choices(TRADES, [trade.share for trade in TRADES])[0]
        company = names.company(place, trade, self.companies, rng)
        people = [self._person(place, company) for _ in range(2 if rng.random() < 0.15 else 1)]
        facts = self._facts(place, trade, people[0].name)
        facts |= {"company": company, "person": people[0].name, "title": people[0].title}
        if source == "referral":
            facts["referrer"] = names.person(place, rng)
        amount = _amount(trade, rates.SOURCES[source].quality, rng)
        facts["budget"] = _rounded(amount * Decimal(rng.choice(("0.8", "1.0", "1.1", "1.3"))), place)
        return Customer(place, company, source, tuple(people), amount, facts)

    def number(self, place: Place) -> int:
        """A number of that place that nobody has yet."""
        return places.number(place, self.numbers, self.rng)

    def _person(self, place: Place, company: str) -> Person:
        name = names.person(place, self.rng)
        title_zh, title_en, part = self.rng.choice(trades.TITLES)
        title = title_zh if place.is_chinese else title_en
        return Person(name, title, part, names.mailbox(company, name, self.rng), self.number(place))

    def _facts(self, place: Place, trade: Trade, who: str) -> dict[str, str]:
        rng, zh = self.rng, place.is_chinese
        return {
            "industry": trade.zh if zh else trade.en,
            "business": rng.choice(trade.names_zh if zh else trade.names_en),
            "need": pick(trades.NEEDS, zh, rng),
            "product": pick(trades.PRODUCTS, zh, rng),
            "systems": pick(trades.SYSTEMS, zh, rng),
            "competitor": pick(trades.COMPETITORS, zh, rng),
            "obstacle": pick(trades.OBSTACLES, zh, rng),
            "plan": pick(trades.PLANS, zh, rng),
            "decider": pick(trades.DECIDERS, zh, rng).format(person=who),
            "timing": pick(trades.TIMINGS, zh, rng),
            "best_time": pick(trades.BEST_TIMES, zh, rng),
            "address": places.address(place, rng),
            "units": str(rng.choice((1, 1, 2, 3, 5, 8, 12, 20))),
            "preference": rng.choice(("high_end", "value", "value")),
            "potential": rng.choice(("large", "medium", "medium", "small")),
            "objection": rng.choice(("price", "no_budget", "comparing", "content", "no_time", "no_trust")),
        }


def expected_on(day: date, stage: str, rng: Random) -> date:
    """The day on which a deal in that stage is expected."""
    return day + timedelta(days=rng.randint(*{"D": (30, 90), "C": (20, 60), "B": (10, 35)}.get(stage, (3, 14))))


def _amount(trade: Trade, quality: float, rng: Random) -> Decimal:
    """Log-normal by trade, two digits that count; better sources bring somewhat larger deals."""
    raw = trade.deal * quality**0.3 * math.exp(trade.spread * rng.gauss(0, 1))
    raw = min(max(raw, 3_000), 1_500_000)
    unit = 10 ** (len(str(int(raw))) - 2)
    return Decimal(round(raw / unit) * unit)


def _rounded(amount: Decimal, place: Place) -> str:
    if place.is_chinese:
        tens = (amount / 10_000).quantize(Decimal("0.1")).normalize()
        return f"{tens:f}万元"
    return f"CNY {int(amount / 1000) * 1000:,}"
