"""How long is long: the age of an agent's state as a word and a style, so that neither stands alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from models.desks.presence import State
from tui.i18n import marked as N_


@dataclass(frozen=True, slots=True)
class Age:
    """What to think of a time in a state."""

    rank: int
    """Zero: as it should be; the higher, the sooner somebody should look."""
    style: str
    word: str = ""
    """Still in English; empty where there is nothing to say."""


Step = tuple[int, Age]
"""From so many seconds on."""

STEPS: dict[State, tuple[Step, ...]] = {
    State.READY: (
        (0, Age(0, "accent")),
        (30, Age(1, "accent", N_("waits"))),
        (60, Age(2, "stuck", N_("waits long"))),
        (300, Age(3, "lost", N_("idle"))),
    ),
    State.ON_CALL: (
        (0, Age(0, "accent", N_("begins"))),
        (10, Age(0, "fresh")),
        (60, Age(0, "strong fresh", N_("talks"))),
        (300, Age(1, "promise", N_("long talk"))),
    ),
    State.WRAP_UP: ((0, Age(0, "promise")),),
    State.PAUSE: (
        (0, Age(0, "dim", N_("just left"))),
        (10, Age(0, "dim")),
        (60, Age(0, "", N_("away"))),
        (300, Age(1, "promise", N_("away 5 min"))),
        (600, Age(2, "stuck", N_("away 10 min"))),
        (900, Age(3, "lost", N_("long pause"))),
    ),
    State.LOST: ((0, Age(2, "lost", N_("reconnecting"))), (300, Age(3, "lost", N_("gone")))),
    State.OFF: ((0, Age(0, "dim")),),
}
"""The steps of telephone floors: waiting 30, 60, 300 seconds; on a call 10, 60, 300; away 10, 60, 300, 600, 900."""

OVER = {
    State.WRAP_UP: (Age(2, "stuck", N_("slow wrap-up")), Age(3, "lost", N_("very slow"))),
    State.PAUSE: (Age(2, "stuck", N_("over limit")), Age(3, "lost", N_("twice over"))),
}
"""What is said of a state that has a limit in the playbook: past it, and past twice as much."""
WITHIN = {State.PAUSE: Age(0, "dim", N_("within limit")), State.WRAP_UP: Age(0, "promise")}


def age_of(state: State, lasted: timedelta, limit: timedelta | None = None) -> Age:
    """What to think of a state that lasts so long.

    Args:
        state: what the agent does.
        lasted: since when; a clock that went back makes it no less than nothing.
        limit: the playbook's, where it has one: it stands in place of the usual steps.

    >>> age_of(State.READY, timedelta(seconds=75)).word, age_of(State.PAUSE, timedelta(minutes=11)).word
    ('waits long', 'away 10 min')
    >>> age_of(State.PAUSE, timedelta(minutes=11), timedelta(minutes=60)).word
    'within limit'
    """
    if limit is not None and state in OVER:
        past, far = OVER[state]
        return far if lasted >= 2 * limit else past if lasted >= limit else WITHIN[state]
    seconds = max(0, int(lasted.total_seconds()))
    return [age for since, age in STEPS[state] if since <= seconds][-1]
