"""Gives the hour at which the demo is opened its life: promises due now, soon, and left over by colleagues."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from models.demo.crew import AGENTS, DESK
from models.demo.hours import Hours
from models.demo.life import Life, Touched

OWN = (-14, -11, -8, -6, -4, -3, -1, 3, 8, 15, 22, 30, 45, 60, 80, 105, 140, 180, 240)
"""Minutes from now of what the desk's agent has promised."""
LEFT = (-55, -48, -41, -37, -33, -29, -24, -21)
"""What colleagues of the team promised and did not keep: the pool's, by now."""


def give_life(lives: Iterable[Life], hours: Hours, now: datetime) -> None:
    """Sets the promised moments of some leads that were last talked to, each where its customer may be called."""
    lives = list(lives)
    whole = now.replace(second=0, microsecond=0)
    own = _talked_to(lives, {DESK.login}, now)
    for minutes in OWN:
        _promise(own, whole + timedelta(minutes=minutes), hours)
    mates = {member.login for member in AGENTS if member.team == DESK.team and member is not DESK}
    left = _talked_to(lives, mates, now)
    for minutes in LEFT:
        _promise(left, whole + timedelta(minutes=minutes), hours)


def hand_to_pool(lives: Iterable[Life], grace: timedelta, now: datetime) -> None:
    """Colleagues are away: what they promised and let pass belongs to anybody of their team."""
    for life in lives:
        if life.due_at is not None and life.due_to != DESK.login and life.due_at + grace <= now:
            life.due_to = None


def _talked_to(lives: Iterable[Life], logins: set[str], now: datetime) -> list[tuple[Life, Touched]]:
    """Open leads whose last touch was a talk by one of these, the strongest intent first."""
    found = []
    for life in lives:
        last = next((event for event in reversed(life.events) if isinstance(event, Touched)), None)
        if (
            last is not None
            and last.who in logins
            and last.outcome.is_talk
            and life.stage in "ABCDE"
            and life.owner in (None, last.who)
            and life.wake_at is not None
            and life.touched_at == last.at
            and last.at < now - timedelta(hours=2)
        ):
            found.append((life, last))
    return sorted(found, key=lambda pair: (pair[0].stage, pair[0].entered_at))


def _promise(waiting: list[tuple[Life, Touched]], moment: datetime, hours: Hours) -> None:
    """The next of them whose customer may be called at that moment has been promised it."""
    for pair in _spread(waiting):
        life, touch = pair
        if hours.is_open(life.customer.place, moment) and touch.at < moment - timedelta(hours=1):
            waiting.remove(pair)
            touch.entry = replace(touch.entry, next_at=moment, sleep_until=None)
            touch.after = touch.after._replace(wake_at=moment, promised_at=moment, lacks_next_step=False)
            life.wake_at, life.due_at, life.due_to = moment, moment, touch.who
            return


def _spread(waiting: list[tuple[Life, Touched]]) -> Iterator[tuple[Life, Touched]]:
    """Not only the strongest: every third of them first."""
    for start in range(3):
        yield from waiting[start::3]
