"""The stall twins: by hand, through the commands; and every candidate looked for in plain Python on random floors."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

import funnel
from models import contacts
from models.base import money, rows_of
from models.campaigns import book
from models.errors import Refused
from models.reports.twins import Stall, stall
from tests.models.reports import second_way
from tests.models.store.conftest import Anew
from tests.models.store.floors import NOW, MadeFloor

DAY = timedelta(days=1)


def passes(made: MadeFloor, who: str, *, visits: int, days: int, decider: bool, **values: Any) -> int:
    """A lead that stood in `offer` for some days before it went on to `deal`."""
    lead = made.lead(owner=who, amount="900", **values)
    made.move(made.take("boss", lead), "offer", NOW)
    for day in range(visits):
        at = NOW + timedelta(hours=1 + day)
        made.log(made.take("boss", lead, at), "talked", at, kind=funnel.TouchKind.VISIT, sleep_until=at + DAY)
    claim = made.take("boss", lead, NOW + days * DAY)
    if decider:
        contacts.add(claim, {"name": "D", "part": "decider"}, token=made.token(), now=NOW + days * DAY)
    made.move(claim, "deal", NOW + days * DAY)
    return lead


def stuck(made: MadeFloor, **values: Any) -> int:
    lead = made.lead(owner="ann", amount="1000", **values)
    made.move(made.take("boss", lead), "offer", NOW)
    return lead


def test_what_the_twins_had_and_this_one_has_not(made: MadeFloor) -> None:
    """Of the six that passed, the five most alike are twins; most of them were visited twice, and knew who decides."""
    lead = stuck(made, product="phones", industry="steel")
    near = [
        passes(made, "ann", visits=2, days=3, decider=True, product="phones", industry="steel", need="quick"),
        passes(made, "bob", visits=2, days=5, decider=True, product="phones", industry="steel"),
        passes(made, "cid", visits=3, days=4, decider=True, product="phones", need="quick"),
        passes(made, "ann", visits=0, days=9, decider=False, product="phones", need="quick"),
        passes(made, "ann", visits=0, days=9, decider=False, industry="steel"),
    ]
    passes(made, "ann", visits=9, days=9, decider=True)
    seen = stall(made.boss, lead, NOW + 12 * DAY)
    assert (seen.stage, seen.days, seen.is_past_dwell, seen.usual_days) == ("offer", 12, True, 5)
    assert {twin.lead_id for twin in seen.twins} == set(near)
    assert [twin.lead_id for twin in seen.twins][:2] == [near[1], near[0]]  # alike, and the later one first
    assert seen.missing == (
        funnel.Missing(funnel.Deed.TALK, "", 0, 2, 3),
        funnel.Missing(funnel.Deed.TOUCH, "visit", 0, 2, 3),
        funnel.Missing(funnel.Deed.PART, "decider", 0, 1, 3),
        funnel.Missing(funnel.Deed.CONTACT, "", 1, 2, 3),
        funnel.Missing(funnel.Deed.FIELD, "need", 0, 1, 3),
    )


def test_a_twin_of_another_team_counts_and_has_no_name(made: MadeFloor) -> None:
    lead = stuck(made)
    passes(made, "cid", visits=1, days=2, decider=False)
    (twin,) = stall(made.people["ann"], lead, NOW + DAY).twins
    assert (twin.lead_id, twin.company, twin.days) == (None, "", 2)
    (twin,) = stall(made.boss, lead, NOW + DAY).twins
    assert twin.company.startswith("Company")


def test_where_nobody_ever_passed(made: MadeFloor) -> None:
    seen = stall(made.boss, stuck(made), NOW + DAY)
    assert (seen.twins, seen.missing, seen.usual_days, seen.is_past_dwell) == ((), (), None, False)


def test_closed_leads_and_those_of_others_have_no_twins(made: MadeFloor) -> None:
    lead = stuck(made)
    with pytest.raises(Refused, match="not_found"):
        stall(made.people["cid"], lead, NOW)
    made.move(made.take("boss", lead), "lost", NOW, reason="price")
    with pytest.raises(Refused, match="closed"):
        stall(made.boss, lead, NOW)


# ── the second way ────────────────────────────────────────────────────────────────────────────────────────────────────


def by_hand(lead: dict[str, Any], now: datetime) -> tuple[list[int], tuple[funnel.Missing, ...]]:
    """The twins and what is missing, from every row of the floor."""
    found = second_way.raw()
    order = [book(1).stage_ids[stage.code] for stage in book(1).playbook.stages]
    later = set(order[order.index(lead["stage_id"]) + 1 :])
    passings: dict[int, tuple[int, int]] = {}
    for move in found.moves:
        if move["from_stage_id"] == lead["stage_id"] and move["to_stage_id"] in later:
            own = [one for one in found.moves if one["lead_id"] == move["lead_id"] and one["at"] <= move["at"]]
            came = [one["at"] for one in own if one["to_stage_id"] == lead["stage_id"]]
            if came and move["lead_id"] != lead["id"] and move["lead_id"] in found.leads:
                before = passings.get(move["lead_id"], (0, 0))
                passings[move["lead_id"]] = max(before, (move["at"], max(came)), key=lambda pair: pair[0])
    traits = {
        number: funnel.Traits(row["source"], row["industry"], row["product"], money(row["amount"]))
        for number, row in found.leads.items()
    }
    near = sorted(
        passings,
        key=lambda one: (funnel.distance(traits[lead["id"]], traits[one]), -passings[one][0], one),
    )[:5]
    people = [row for row in second_way.table("contact") if row["voided_at"] is None]

    def deeds(number: int, since: int, until: int) -> funnel.Deeds:
        touches = [
            row for row in found.touches
            if row["lead_id"] == number and row["stage_id"] == lead["stage_id"] and since <= row["at"] <= until
        ]  # fmt: skip
        row = found.leads[number]
        names = ("company", "industry", "source", "need", "product", "amount", "margin", "units", "expected_on")
        filled = {name for name in names if row[name] not in (None, "")}
        own = [one for one in people if one["lead_id"] == number]
        return funnel.Deeds(
            Counter(funnel.TouchKind(one["kind"]) for one in touches),
            sum(one["is_talk"] for one in touches),
            frozenset(filled),
            frozenset(one["part"] for one in own if one["part"]),
            len(own),
            (until - since) // 86_400,
        )

    here = deeds(lead["id"], lead["stage_since"], int(now.timestamp()))
    return near, funnel.missing(here, [deeds(one, passings[one][1], passings[one][0]) for one in near])


@pytest.mark.parametrize("seed", range(4))
def test_the_same_as_from_every_row(anew: Anew, seed: int) -> None:
    now, random = datetime(2026, 6, 1, tzinfo=second_way.ZONE), Random(seed)
    with anew() as made:
        second_way.written(made, random, leads=40)
        rows_of("UPDATE lead SET need = 'x' WHERE id - 3 * (id / 3) = 0 RETURNING id")
        for row in second_way.raw().leads.values():
            if book(1).kind(row["stage_id"]) is funnel.Kind.OPEN:
                seen: Stall = stall(made.boss, row["id"], now)
                assert ([twin.lead_id for twin in seen.twins], seen.missing) == by_hand(row, now)
