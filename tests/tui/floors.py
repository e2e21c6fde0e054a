"""A small floor for the desk's stories, and a desk at it: real database, real keys, a clock that stands."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from textual.events import Key
from textual.keys import REPLACED_KEYS, key_to_character
from textual.pilot import Pilot

import funnel
from models import connect, crew, floor, ledger, queue, taking_in, views
from models.base import new_token, rows_of
from models.cards import LeadCard
from models.people import Role
from models.playbook import shipped_text
from tui import errands
from tui.app import Callfloor
from tui.config import Config
from tui.monitor.screen import Watch
from tui.screens.desk import Desk
from tui.store import Store

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""A Monday, 10:00 in Shanghai: calls are permitted."""
COMPANIES = ("Acme Tools", "东方纸业", "Lin Logistics", "[red]Evil[/red] \x1b[31m", "Nord Bearings", "长江物流")
LOGIN, COLLEAGUE, SUPERVISOR = "li.wei", "zhao.lei", "chen"


@contextmanager
def at(url: str) -> Iterator[None]:
    """The floor's database on the thread of the test."""
    database = connect.use(url)
    try:
        yield
    finally:
        database.close()


@dataclass(frozen=True)
class Team:
    """Who works on the floor."""

    manager: int
    agent: int
    colleague: int


def set_up(url: str, companies: tuple[str, ...] = COMPANIES) -> Team:
    """A floor with a team of two, a supervisor, and a pool of leads that differ in worth, the first worth most."""
    with at(url):
        manager = floor.init(
            name="North", zone="Asia/Shanghai", region="CN", currency="CNY",
            playbook=shipped_text("telesales"), login="boss", agent="Boss", token=new_token(),
            now=NOW - timedelta(days=2),
        )  # fmt: skip
        before = NOW - timedelta(days=1)
        crew.add_team("north", by=manager, token=new_token(), now=before)
        people = {
            login: crew.add_agent(login, name=name, role=role, team="north", by=manager, token=new_token(), now=before)
            for login, name, role in (
                (LOGIN, "Li Wei", Role.AGENT),
                (COLLEAGUE, "Zhao Lei", Role.AGENT),
                (SUPERVISOR, "Chen", Role.SUPERVISOR),
            )
        }
        person = views.person(LOGIN)
        assert person is not None
        for place, company in enumerate(companies):
            values = {
                "company": company,
                "person": "张敏",
                "number": f"+86138001380{place:02}",
                "source": "cold_call",
                "amount": str(500_000 // 2**place),
            }
            taking_in.take_in(
                1, values, by=manager, team_id=person.team_id, token=new_token(), now=before + timedelta(minutes=place)
            )
        return Team(manager, people[LOGIN], people[COLLEAGUE])


def lead_of(url: str, company: str) -> LeadCard:
    """What is on record of a company."""
    with at(url):
        row = rows_of("SELECT id FROM lead WHERE company = ?", (company,))[0]
        return views.lead(1, row[0], NOW)


def call(agent_id: int, company: str, outcome: str, now: datetime = NOW, **entry: object) -> funnel.Aftermath:
    """An agent's call, on the thread that has the database."""
    row = rows_of("SELECT id FROM lead WHERE company = ?", (company,))[0]
    claim = queue.take(agent_id, row[0], now)
    return ledger.log_touch(claim, ledger.Entry(outcome, **entry), token=new_token(), now=now)  # type: ignore[arg-type]


def log(url: str, agent_id: int, company: str, outcome: str, now: datetime = NOW, **entry: object) -> None:
    """An agent's call before anybody sits down."""
    with at(url):
        call(agent_id, company, outcome, now, **entry)


def words_of(text: str) -> str:
    """A drawn text as words, one blank between them."""
    return " ".join(re.sub("[│╭╮╰╯─]+", " ", text).split())


async def strike(screen: Desk | Watch, *keys: str) -> None:
    """Keys, each answered before the next, without waiting for the picture after any of them."""
    for key in keys:
        screen.on_key(Key(key, key_to_character(REPLACED_KEYS.get(key, key))))
        await screen.settle()


class Seat:
    """An agent at a desk."""

    def __init__(self, app: Callfloor, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def desk(self) -> Desk:
        """The screen."""
        assert isinstance(self.app.screen, Desk)
        return self.app.screen

    async def press(self, *keys: str) -> None:
        """Keys, each answered before it goes on."""
        await self.pilot.press(*keys)
        await self.desk.settle()
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Text, a letter at a time."""
        await self.press(*("space" if letter == " " else letter for letter in text))

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Waits for what comes by itself, as another session's commit does."""
        async with asyncio.timeout(10):
            while not is_so():
                await self.pilot.pause()

    async def meanwhile(self, agent_id: int, company: str, outcome: str, now: datetime = NOW) -> None:
        """A colleague's call while this desk is open."""
        await self.app.store.run(call, agent_id, company, outcome, now)

    @property
    def card(self) -> str:
        """What stands in the middle, as words without frames and ends of lines."""
        return words_of(self.desk.card.text)

    @property
    def said(self) -> str:
        """What the composer says or holds."""
        return words_of(self.desk.composer.text)

    @property
    def company(self) -> str:
        """Whose lead is in hand."""
        return self.desk.hand.card.company if self.desk.hand else ""


@contextmanager
def stored(url: str, *, read_only: bool = False) -> Iterator[Store]:
    """The floor behind its thread, which has ended before the next test begins: the two would share one database."""
    store = Store(url, read_only=read_only)
    try:
        store.open()
        yield store
    finally:
        store.close(waits=True)


@asynccontextmanager
async def seated(
    url: str,
    login: str = LOGIN,
    *,
    size: tuple[int, int] = (120, 40),
    breath: float = float("-inf"),
    clock: Callable[[], datetime] = lambda: NOW,
    config: Config | None = None,
) -> AsyncIterator[Seat]:
    """Sits down at a desk. Without `breath` a second Enter counts however soon it comes."""
    with stored(url) as store:
        opening = store.call(errands.opening, login, clock())
        app = Callfloor(config or Config(db=url), store, opening, clock=clock)
        async with app.run_test(size=size) as pilot:
            seat = Seat(app, pilot)
            seat.desk.breath = breath
            await pilot.pause()
            yield seat
