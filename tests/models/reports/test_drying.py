"""The day the orders dry up from the tables: by hand where days are sure, and what it is made of, counted twice."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from fractions import Fraction
from random import Random

import pytest

import funnel
from models import floor
from models.base import rows_of
from models.campaigns import book
from models.errors import Refused
from models.reports.drying import drying
from models.reports.rates import history
from models.reports.slices import Slice
from tests.models.reports import second_way
from tests.models.store.conftest import Anew
from tests.models.store.floors import NOW, PLAYBOOK, MadeFloor

ALL = Slice(1)
DAY = timedelta(days=1)
HALF = Fraction(1, 2)


def stands(made: MadeFloor, stage: str, owner: str = "ann", times: int = 1) -> None:
    for _ in range(times):
        lead = made.lead(owner=owner, amount="500")
        if stage != "new":
            made.move(made.take("boss", lead), stage)


def test_by_the_playbook_while_history_is_silent(made: MadeFloor) -> None:
    """Half of the leads pass each level; a deal takes two days on average, an offer one, a new lead seven."""
    seen = drying(made.boss, ALL, NOW)
    assert [(one.stage, one.rate, one.mean_days) for one in seen.passages] == [
        ("new", HALF, Fraction(7)), ("offer", HALF, Fraction(1)), ("deal", HALF, Fraction(2)),
    ]  # fmt: skip
    assert (seen.pace, seen.found.drought, seen.today) == (Fraction(0), funnel.Drought(14, 1), date(2026, 3, 2))
    assert (seen.found.day, seen.on(seen.found.day)) == (0, seen.today)
    stands(made, "deal", times=40)
    then = drying(made.boss, ALL, NOW)
    assert sum(then.found.orders) == pytest.approx(20)
    assert then.found.day == 5  # the last of twenty deals is signed within twice the average
    assert then.on(then.found.day) == date(2026, 3, 7)


def test_leads_that_stand_long_already_come_sooner(made: MadeFloor) -> None:
    stands(made, "new", times=400)
    first = drying(made.boss, ALL, NOW).found.orders
    later = drying(made.boss, ALL, NOW + 10 * DAY).found.orders
    assert sum(later[:7]) > sum(first[:7])


def test_what_was_measured_counts_where_enough_left(made: MadeFloor) -> None:
    """Twenty leads stayed eight days in the first level, fifteen of them went on."""
    leads = [made.lead(owner="ann") for _ in range(20)]
    for place, lead in enumerate(leads):
        at = NOW + 8 * DAY
        made.move(made.take("boss", lead, at), "offer" if place < 15 else "lost", at, reason="price")
    top, *_ = drying(made.boss, ALL, NOW + 8 * DAY).passages
    assert top == funnel.Passage("new", Fraction(3, 4), Counter({8: 20}))


def test_the_usual_pace_counts_from_the_first_record(made: MadeFloor) -> None:
    stands(made, "won", times=6)
    seen = drying(made.boss, ALL, NOW + 3 * DAY)
    assert (seen.pace, seen.found.drought) == (Fraction(2), funnel.Drought(14, 14))


def test_the_same_seed_gives_the_same_day_and_another_one_another(made: MadeFloor) -> None:
    stands(made, "new", times=60)
    assert drying(made.boss, ALL, NOW) == drying(made.boss, ALL, NOW)
    days = {drying(made.boss, ALL, NOW, seed=seed).found for seed in range(4)}
    assert len(days) > 1


def test_who_sees_which_day(made: MadeFloor) -> None:
    stands(made, "deal", "ann", 3)
    stands(made, "deal", "cid", 4)
    viewers = (made.boss, made.watcher, made.people["cid"], made.people["bob"])
    assert [sum(drying(who, ALL, NOW).found.orders) for who in viewers] == pytest.approx([3.5, 1.5, 2, 0])
    with pytest.raises(Refused, match="not_found"):
        drying(made.people["ann"], Slice(1, agent_id=made.people["bob"]), NOW)


def test_the_playbook_says_what_a_drought_is(made: MadeFloor) -> None:
    text = PLAYBOOK.replace("[caps]", "[bounds]\ndry_days = 3\n\n[caps]")
    floor.apply_playbook(1, text, by=made.boss, token=made.token(), now=NOW)
    assert drying(made.boss, ALL, NOW).found.drought == funnel.Drought(3, 1)


SLICES = {
    "all": lambda made: ALL,
    "team": lambda made: Slice(1, made.teams["north"]),
    "agent": lambda made: Slice(1, agent_id=made.people["ann"]),
    "source": lambda made: Slice(1, source="web"),
}


@pytest.mark.parametrize("name", SLICES)
def test_what_it_is_made_of_counted_a_second_way(anew: Anew, name: str) -> None:
    """Rates, days and orders of the stock, from every row; all leads are sold or gone within the year."""
    now = datetime(2026, 4, 20, 9, tzinfo=second_way.ZONE)
    with anew() as made:
        second_way.written(made, Random(name), leads=80)
        rows_of("UPDATE lead SET stage_since = ? WHERE stage_since > ? RETURNING id", (int(now.timestamp()),) * 2)
        chosen, found, span = SLICES[name](made), second_way.raw(), history(now)
        mine = {row["id"] for row in second_way.moves_of(found, chosen)}
        left = [row for row in second_way.leavers(found, span.since, span.until) if row["id"] in mine]
        seen, expected, chance = drying(made.boss, chosen, now), Fraction(0), Fraction(1)
        for passage in reversed(seen.passages):
            own = [row for row in left if row["origin"] == passage.stage]
            forward, days = sum(row["way"] in ("forward", "skip") for row in own), Counter(row["days"] for row in own)
            assert passage.rate == (Fraction(forward, len(own)) if len(own) >= 20 else Fraction(1, 2))
            days.pop(None, None)
            planned = funnel.planned_days(book(1).playbook.stage(passage.stage))
            assert dict(passage.days) == (days if sum(days.values()) >= 20 else planned)
            stage = book(1).stage_ids[passage.stage]
            chance *= passage.rate
            expected += chance * sum(row["stage_id"] == stage for row in second_way.leads_of(found, chosen))
        assert sum(seen.found.orders) == pytest.approx(float(expected))
