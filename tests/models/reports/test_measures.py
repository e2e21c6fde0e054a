"""Measures that were decided, and their effect: the same figure as long before as after."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from models import measures
from models.errors import Refused
from models.reports.measures import Count, effects
from models.reports.periods import midnight
from models.reports.slices import Slice
from tests.models.reports import second_way
from tests.models.store.conftest import Anew
from tests.models.store.floors import NOW, MadeFloor

ALL = Slice(1)
DAY = timedelta(days=1)
TODAY = date(2026, 3, 2)


def decide(made: MadeFloor, text: str = "ask for the budget first", **values: Any) -> None:
    given = {"decided_on": TODAY, "by": made.boss, "token": made.token(), "now": NOW, **values}
    measures.decide(1, text, **given)


def leaves(made: MadeFloor, to: str, at: datetime, owner: str = "ann") -> None:
    """A lead that came and left the first stage at a moment."""
    lead = made.lead(owner=owner, now=at - timedelta(hours=1), amount="5")
    made.move(made.take("boss", lead, at), to, at, reason="price")


def test_as_long_before_as_after(made: MadeFloor) -> None:
    """One of four went on in the three days before, two of three in the three since; the fourth day is left out."""
    for to, days in (("offer", -4), ("lost", -3), ("lost", -2), ("lost", -1), ("offer", -1)):
        leaves(made, to, NOW + days * DAY)
    for to, days in (("offer", 0), ("offer", 1), ("lost", 2), ("lost", 3)):
        leaves(made, to, NOW + days * DAY)
    decide(made, stage="new")
    (seen,) = effects(made.boss, ALL, NOW + 3 * DAY)
    assert (seen.days, seen.before, seen.after) == (3, Count(1, 4), Count(2, 3))
    assert (seen.change, seen.is_sure) == (Fraction(2, 3) - Fraction(1, 4), False)
    assert (seen.text, seen.by, seen.team, seen.stage) == ("ask for the budget first", "Boss", "", "new")


def test_the_whole_way_is_won_of_closed(made: MadeFloor) -> None:
    for to in ("won", "lost", "lost"):
        leaves(made, to, NOW - DAY)
    for to in ("won", "offer"):
        leaves(made, to, NOW)
    decide(made)
    (seen,) = effects(made.boss, ALL, NOW + 2 * DAY)
    assert (seen.before, seen.after) == (Count(1, 3), Count(1, 1))


def test_many_leave_no_doubt(made: MadeFloor) -> None:
    for _ in range(12):
        leaves(made, "lost", NOW - DAY)
        leaves(made, "offer", NOW)
    decide(made, stage="new")
    (seen,) = effects(made.boss, ALL, NOW + DAY)
    assert seen.is_sure
    assert seen.change == 1


def test_on_its_first_day_nothing_is_known_yet(made: MadeFloor) -> None:
    decide(made)
    (seen,) = effects(made.boss, ALL, NOW)
    assert (seen.days, seen.before.rate, seen.after.rate, seen.change, seen.is_sure) == (0, None, None, None, False)


def test_a_measure_of_a_team_counts_that_team(made: MadeFloor) -> None:
    leaves(made, "offer", NOW, "ann")
    leaves(made, "lost", NOW, "cid")
    decide(made, "all", stage="new")
    decide(made, "north alone", stage="new", team="north")
    decide(made, "south alone", stage="new", team="south")
    later = NOW + DAY

    def told(viewer: int) -> dict[str, Count]:
        return {one.text: one.after for one in effects(viewer, ALL, later)}

    assert told(made.boss) == {"all": Count(1, 2), "north alone": Count(1, 1), "south alone": Count(0, 1)}
    assert told(made.watcher) == {"all": Count(1, 1), "north alone": Count(1, 1)}
    assert told(made.people["ann"]) == {"all": Count(1, 1), "north alone": Count(1, 1)}
    assert told(made.people["dee"]) == {"all": Count(0, 0), "south alone": Count(0, 0)}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"text": "  "}, "measure_empty"),
        ({"text": "x" * 501}, "measure_empty"),
        ({"text": "a\x1b[2Jb"}, "measure_empty"),
        ({"decided_on": TODAY + DAY}, "measure_future"),
        ({"stage": "lost"}, "unknown_stage"),
        ({"team": "west"}, "unknown_team"),
    ],
)
def test_what_is_no_measure_is_refused(made: MadeFloor, values: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as caught:
        decide(made, **values)
    assert caught.value.code == code
    assert effects(made.boss, ALL, NOW) == ()


def test_only_managers_write_measures_down(made: MadeFloor) -> None:
    for who in ("ann", "wim"):
        with pytest.raises(Refused, match="managers_only"):
            decide(made, by=made.people[who])


def test_a_repeat_is_one_measure(made: MadeFloor) -> None:
    decide(made, "two\n lines", token="same")
    decide(made, "two\n lines", token="same")
    assert [one.text for one in effects(made.boss, ALL, NOW)] == ["two lines"]


@pytest.mark.parametrize("stage", ["new", "offer", ""])
def test_the_same_as_from_every_row(anew: Anew, stage: str) -> None:
    now = datetime(2026, 4, 20, tzinfo=second_way.ZONE)
    with anew() as made:
        second_way.written(made, Random(stage), leads=40)
        measures.decide(
            1, "x", decided_on=date(2026, 3, 20), stage=stage or None, by=made.boss, token=made.token(), now=now
        )
        found, (seen,) = second_way.raw(), effects(made.boss, ALL, now)
        assert seen.days == 31

        def count(since: date, until: date) -> Count:
            span = [midnight(day, second_way.ZONE) for day in (since, until)]
            left = second_way.leavers(found, *span)
            if stage:
                own = [row for row in left if row["origin"] == stage]
                return Count(sum(row["way"] in ("forward", "skip") for row in own), len(own))
            won = len(second_way.sold(found, *span))
            return Count(won, won + sum(row["is_final"] and row["to"] in ("lost", "invalid") for row in left))

        assert seen.before == count(date(2026, 2, 17), date(2026, 3, 20))
        assert seen.after == count(date(2026, 3, 20), date(2026, 4, 20))
