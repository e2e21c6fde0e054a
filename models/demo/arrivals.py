"""When the demo's leads come, from where, and whose they become."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from models.demo import rates
from models.demo.crew import AGENTS, DESK, MANAGER, NORTH, TEAMS, Member
from models.demo.customers import Customer, Townsfolk
from models.demo.hours import Hours
from models.demo.life import Life
from models.demo.places import PLACES, Place

EVERY = timedelta(days=6)
"""A list comes in this often."""
POOLED, FLOORED = 0.24, 0.07
"""Leads that stand in a team's pool, and in the floor's."""
FRESH_OWNERS = (DESK.login, "", "", DESK.login, "wang.fang", "", "chen.jie", "", "a.kumar", "")
"""Of those that came just now; the empty ones are north's pool."""


@dataclass(frozen=True, slots=True)
class List:
    """A list that came in."""

    number: int
    source: str
    at: datetime
    weight: float
    where: tuple[Place, ...] = PLACES
    is_for_all: bool = False
    """Mostly for the pools."""


class Arrivals:
    """Makes the beginnings of all lives."""

    def __init__(self, hours: Hours, people: Townsfolk, rng: Random) -> None:
        self.hours, self.people, self.rng = hours, people, rng
        self.lists = tuple(self._lists())

    def lives(self, count: int) -> Iterator[Life]:
        """So many leads, in no order."""
        fresh = min(24, count // 20)
        for place_in_row in range(fresh):
            yield self._fresh(place_in_row, fresh)
        sources = list(rates.SOURCES)
        shares = [rates.SOURCES[source].share for source in sources]
        for source in self.rng.choices(sources, shares, k=count - fresh):
            yield self._listed(source) if rates.SOURCES[source].is_listed else self._by_hand(source)

    def _lists(self) -> Iterator[List]:
        """One after another from the first day; the first one is large, and the last one, which is hardly begun."""
        listed = [source for source, of in rates.SOURCES.items() if of.is_listed]
        shares = [rates.SOURCES[source].share for source in listed]
        at, number = self.hours.since, 0
        desk = PLACES[0]
        while at < self.hours.now - timedelta(days=3):
            number += 1
            source = listed[number - 1] if number <= len(listed) else self.rng.choices(listed, shares)[0]
            yield List(number, source, self.hours.in_office(desk, at, self.rng), 1.6 if number <= len(listed) else 1.0)
            at += EVERY
        # The last two came in some days ago: much of them is still to be called for the first time.
        for source, country, weight in (("cold_call", "CN", 7.0), ("internet", "", 11.0)):
            number += 1
            last = self.hours.in_office(desk, self.hours.today - timedelta(days=3, hours=-10), self.rng)
            where = tuple(place for place in PLACES if place.is_chinese == bool(country))
            yield List(number, source, min(last, self.hours.today - timedelta(hours=6)), weight, where, is_for_all=True)

    def _listed(self, source: str) -> Life:
        lists = [each for each in self.lists if each.source == source]
        chosen = self.rng.choices(lists, [each.weight for each in lists])[0]
        customer = self.people.customer(source, chosen.where)
        owner, team = self._whose(customer, 2.2 if chosen.is_for_all else 1.0)
        return Life(customer, owner, team, chosen.at - timedelta(minutes=40), chosen.at, MANAGER.login, chosen.number)

    def _by_hand(self, source: str) -> Life:
        """Any day, more of them lately; entered within two hours, or a little late."""
        hours, customer = self.hours, self.people.customer(source)
        whole = hours.now - hours.since - timedelta(hours=3)
        obtained = hours.call_at(customer.place, hours.since + whole * self.rng.random() ** 0.8, self.rng)
        late = self.rng.random() < 0.06
        entered = obtained + timedelta(minutes=self.rng.randint(125, 400) if late else self.rng.randint(2, 90))
        if entered > hours.now - timedelta(minutes=5):
            obtained, entered = hours.now - timedelta(minutes=190), hours.now - timedelta(minutes=130)
        owner, team = self._whose(customer)
        return Life(customer, owner, team, obtained, entered, owner or MANAGER.login)

    def _fresh(self, place_in_row: int, of: int) -> Life:
        """Came within the last two hours, can be called now, and nobody has called yet."""
        hours = self.hours
        open_now = tuple(place for place in PLACES if hours.is_open(place, hours.now))
        customer = self.people.customer(("web_form", "inbound", "referral", "online_ads")[place_in_row % 4], open_now)
        obtained = hours.now - timedelta(seconds=240 + int(6300 * place_in_row / of))
        login = FRESH_OWNERS[place_in_row % len(FRESH_OWNERS)]
        owner = next((member for member in AGENTS if member.login == login), None)
        life = Life(
            customer,
            owner.login if owner else None,
            owner.team if owner else NORTH,
            obtained,
            obtained + timedelta(seconds=self.rng.randint(40, 200)),
            login or MANAGER.login,
        )
        life.is_waiting = True
        return life

    def _whose(self, customer: Customer, pools: float = 1.0) -> tuple[str | None, str | None]:
        chance = self.rng.random() / pools
        if chance < FLOORED:
            return None, None
        if chance < FLOORED + POOLED:
            return None, self.rng.choice(TEAMS)
        able = [member for member in AGENTS if _calls(member, customer.place)]
        owner = self.rng.choices(able, [_load(member, customer.place) for member in able])[0]
        return owner.login, owner.team


def _calls(member: Member, place: Place) -> bool:
    return member.calls_east if place.is_eastern else member.calls_west


def _load(member: Member, place: Place) -> float:
    """Who calls both worlds has most leads at home."""
    away = member.calls_east and not place.is_eastern
    return member.pace * (1.0 if not away or member is DESK else 0.45)
