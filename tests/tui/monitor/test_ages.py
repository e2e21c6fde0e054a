"""How long is long: the trade's steps, the playbook's limits in their place, and a word beside every colour."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.desks.presence import State
from tui.monitor.ages import OVER, STEPS, WITHIN, Age, age_of

SECONDS = st.integers(-3_600, 40_000).map(lambda seconds: timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("state", "seconds", "word"),
    [
        (State.READY, 29, ""),
        (State.READY, 30, "waits"),
        (State.READY, 60, "waits long"),
        (State.READY, 300, "idle"),
        (State.ON_CALL, 9, "begins"),
        (State.ON_CALL, 10, ""),
        (State.ON_CALL, 60, "talks"),
        (State.ON_CALL, 300, "long talk"),
        (State.PAUSE, 9, "just left"),
        (State.PAUSE, 60, "away"),
        (State.PAUSE, 300, "away 5 min"),
        (State.PAUSE, 600, "away 10 min"),
        (State.PAUSE, 900, "long pause"),
        (State.LOST, 60, "reconnecting"),
        (State.OFF, 90_000, ""),
    ],
)
def test_the_steps_of_the_trade(state: State, seconds: int, word: str) -> None:
    assert age_of(state, timedelta(seconds=seconds)).word == word


@pytest.mark.parametrize(
    ("state", "seconds", "word", "style"),
    [
        (State.PAUSE, 3_599, "within limit", "dim"),
        (State.PAUSE, 3_600, "over limit", "stuck"),
        (State.PAUSE, 7_200, "twice over", "lost"),
        (State.WRAP_UP, 3_599, "", "promise"),
        (State.WRAP_UP, 3_600, "slow wrap-up", "stuck"),
        (State.WRAP_UP, 7_200, "very slow", "lost"),
        (State.READY, 3_600, "idle", "lost"),
    ],
)
def test_the_playbooks_limit_stands_in_place_of_the_steps(state: State, seconds: int, word: str, style: str) -> None:
    age = age_of(state, timedelta(seconds=seconds), timedelta(hours=1))
    assert (age.word, age.style) == (word, style)


@given(st.sampled_from(list(State)), SECONDS, SECONDS, st.none() | st.integers(1, 5_000))
def test_what_lasts_longer_is_never_less_pressing(
    state: State, one: timedelta, other: timedelta, minutes: int | None
) -> None:
    limit = None if minutes is None else timedelta(minutes=minutes)
    short, long = sorted((one, other))
    assert age_of(state, short, limit).rank <= age_of(state, long, limit).rank


def test_no_colour_that_warns_is_without_a_word() -> None:
    ages: list[Age] = [age for steps in STEPS.values() for _, age in steps]
    ages += [*WITHIN.values(), *(age for pair in OVER.values() for age in pair)]
    assert [age for age in ages if age.rank and not age.word] == []
