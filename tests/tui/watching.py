"""A monitor over a small floor: real database, real keys, a clock that stands unless it is moved."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from textual.pilot import Pilot

from models import crew, desks, taking_in
from models.base import new_token
from models.desks.presence import State
from models.people import Role
from tests.tui.floors import NOW, Team, at, log, set_up, stored, words_of
from tui.config import Config
from tui.monitor import errands
from tui.monitor.app import Monitor
from tui.monitor.screen import Watch

ROOT = Path(__file__).parents[2]
BOSS, SUPERVISOR, OTHER_SUPERVISOR = "boss", "chen", "brown"
SOUTHERNER = "a.kumar"


def busy_floor(url: str) -> Team:
    """A floor of two teams on which somebody is on a call, somebody pauses, something was said and promised."""
    team = set_up(url)
    with at(url):
        before = NOW - timedelta(hours=20)
        crew.add_team("south", by=team.manager, token=new_token(), now=before)
        for login, name, role in ((SOUTHERNER, "Anil Kumar", Role.AGENT), (OTHER_SUPERVISOR, "Brown", Role.SUPERVISOR)):
            crew.add_agent(login, name=name, role=role, team="south", by=team.manager, token=new_token(), now=before)
        own = {"company": "Kestrel Labs", "person": "Ann", "number": "+12125550123", "source": "cold_call"}
        taking_in.take_in(
            1, own, by=team.manager, owner_id=team.agent, team_id=1, token=new_token(), now=NOW - timedelta(hours=19)
        )
    log(url, team.agent, "Kestrel Labs", "callback", NOW - timedelta(hours=2), next_at=NOW - timedelta(minutes=10))
    log(url, team.agent, "Nord Bearings", "callback", NOW - timedelta(hours=3), next_at=NOW - timedelta(minutes=30))
    log(url, team.colleague, "长江物流", "talked", NOW - timedelta(minutes=5), note="will sign, call 138-0013-8000")
    with at(url):
        for agent, state, code, minutes in (
            (team.agent, State.ON_CALL, "", 4),
            (team.colleague, State.PAUSE, "lunch", 70),
        ):
            desks.log_in(agent, NOW - timedelta(hours=2))
            desks.enter(agent, state, code=code, now=NOW - timedelta(minutes=minutes))
            desks.seen(agent, NOW)
    return team


class Gallery:
    """Somebody before a monitor."""

    def __init__(self, app: Monitor, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def watch(self) -> Watch:
        """The screen."""
        assert isinstance(self.app.screen, Watch)
        return self.app.screen

    async def press(self, *keys: str) -> None:
        """Keys, each answered before it goes on."""
        await self.pilot.press(*keys)
        await self.watch.settle()
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Text, a letter at a time."""
        await self.press(*("space" if letter == " " else letter for letter in text))

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Waits for what comes by itself."""
        async with asyncio.timeout(20):
            while not is_so():
                await self.pilot.pause()

    def shown(self, part: str) -> str:
        """What stands in a part of the screen, as words."""
        return words_of(getattr(self.watch, part).text)


@asynccontextmanager
async def watching(
    url: str,
    login: str = BOSS,
    *,
    size: tuple[int, int] = (146, 35),
    clock: Callable[[], datetime] = lambda: NOW,
    config: Config | None = None,
) -> AsyncIterator[Gallery]:
    """Sits down before a monitor."""
    settings = config or Config(db=url)
    with stored(url, read_only=True) as store:
        opening = store.call(errands.opening, login, clock(), settings.monitor.numbers)
        app = Monitor(settings, store, opening, clock=clock)
        async with app.run_test(size=size) as pilot:
            gallery = Gallery(app, pilot)
            await pilot.pause()
            yield gallery


WORK = """
import sys
from datetime import datetime
from tests.tui.floors import at, call
url, agent, company, outcome, now = sys.argv[1:]
with at(url):
    call(int(agent), company, outcome, datetime.fromisoformat(now))
"""


def work(url: str, agent_id: int, company: str, outcome: str, now: datetime = NOW) -> None:
    """A call that somebody makes while the monitor is open: a process of its own, since the monitor's cannot write."""
    command = [sys.executable, "-c", WORK, url, str(agent_id), company, outcome, now.isoformat()]
    subprocess.run(command, cwd=ROOT, check=True)
