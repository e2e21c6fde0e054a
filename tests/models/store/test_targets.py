"""Targets: of the floor, a team, an agent, a stage; replaced when set again; a team's shared out to the last cent."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from models import targets
from models.base import rows_of
from models.errors import Refused, Stale
from models.reports.funnels import wanted
from models.targets import Goal
from tests.models.store.floors import NOW, MadeFloor

MONTH = 2026 * 12 + 2
"""March 2026, in which `NOW` lies."""
NEXT = NOW + timedelta(days=31)


def set_target(made: MadeFloor, month: int = MONTH, **values: object) -> None:
    given = {"team": None, "login": None, "deals": None, "amount": None, **values}
    targets.set_target(month, **given, by=made.boss, token=made.token(), now=NOW)  # type: ignore[arg-type]


def set_stage(made: MadeFloor, stage: str, **values: object) -> None:
    given = {"team": None, "login": None, "leads": 30, "amount": None, "campaign_id": 1, **values}
    targets.set_stage_target(MONTH, stage, **given, by=made.boss, token=made.token(), now=NOW)  # type: ignore[arg-type]


def sell(made: MadeFloor, who: str, amount: str, times: int = 1) -> None:
    """Deals of this month, each with a talk."""
    for _ in range(times):
        claim = made.take(who, made.lead(owner=who, amount=amount))
        made.log(claim, "talked", sleep_until=NOW + timedelta(days=9))
        lead = claim.lead_id
        made.move(made.take("boss", lead), "won")


def test_what_is_wanted_of_whom(made: MadeFloor) -> None:
    set_target(made, deals=9, amount=Decimal(900))
    set_target(made, team="north", calls=400)
    set_target(made, login="ann", talks=60, amount=Decimal("70.05"))
    set_target(made, MONTH - 1, deals=1)
    set_stage(made, "offer", team="north")
    seen = [(line.month, line.of, line.goal, line.stage) for line in targets.listed(MONTH)]
    assert seen == [
        (MONTH, "", Goal(9, Decimal(900)), ""),
        (MONTH, "north", Goal(calls=400), ""),
        (MONTH, "Ann", Goal(amount=Decimal("70.05"), talks=60), ""),
        (MONTH, "north", Goal(deals=30), "offer"),
    ]
    assert len(targets.listed(None)) == 5
    assert targets.listed(MONTH + 1) == ()


def test_setting_it_again_replaces_it(made: MadeFloor) -> None:
    set_target(made, deals=9, calls=5)
    set_target(made, amount=Decimal(7))
    set_stage(made, "deal")
    set_stage(made, "deal", leads=None, amount=Decimal(3))
    assert [line.goal for line in targets.listed(None)] == [Goal(amount=Decimal(7)), Goal(amount=Decimal(3))]


def test_a_stages_target_is_no_target_of_sales(made: MadeFloor) -> None:
    set_stage(made, "offer")
    assert wanted(MONTH, MONTH + 1) is None


def test_a_stage_that_there_is_not_is_refused(made: MadeFloor) -> None:
    with pytest.raises(Refused) as caught:
        set_stage(made, "lost")
    assert (caught.value.code, caught.value.fields["allowed"]) == ("unknown_stage", ("new", "offer", "deal", "won"))


def test_only_managers_say_what_is_wanted(made: MadeFloor) -> None:
    for who in ("ann", "wim"):
        by = made.people[who]
        with pytest.raises(Refused, match="managers_only"):
            targets.set_target(
                MONTH, team=None, login=None, deals=1, amount=None, by=by, token=made.token(), now=NOW
            )  # fmt: skip


# ── shared out ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_teams_target_goes_by_what_each_has_shown(made: MadeFloor) -> None:
    """Ann won three quarters of the money and two of three deals in March; both talked once for each deal."""
    sell(made, "ann", "450", times=2)
    sell(made, "bob", "300")
    sell(made, "cid", "9000")
    set_target(made, MONTH + 1, team="north", deals=10, amount=Decimal("20050.75"), calls=90)
    sharing = targets.shared(made.boss, MONTH + 1, "north", NEXT)
    ann, bob = sharing.parts
    assert (ann.shown, bob.shown) == (Goal(2, Decimal(900), 2, 2), Goal(1, Decimal(300), 1, 1))
    assert ann.goal == Goal(7, Decimal("15050.75"), 60, None)
    assert bob.goal == Goal(3, Decimal(5000), 30, None)
    targets.share(sharing, by=made.boss, token=made.token(), now=NEXT)
    april = {line.of: line.goal for line in targets.listed(MONTH + 1)}
    assert april == {"north": sharing.whole, "Ann": ann.goal, "Bob": bob.goal}


def test_only_the_months_before_count(made: MadeFloor) -> None:
    sell(made, "ann", "500")
    set_target(made, MONTH, team="north", deals=4)
    assert [part.goal.deals for part in targets.shared(made.boss, MONTH, "north", NOW).parts] == [2, 2]
    set_target(made, MONTH + 4, team="north", deals=4)
    assert [part.goal.deals for part in targets.shared(made.boss, MONTH + 4, "north", NOW).parts] == [2, 2]
    four = targets.shared(made.boss, MONTH + 4, "north", NOW, months=4)
    assert [part.goal.deals for part in four.parts] == [4, 0]


def test_there_must_be_something_to_share(made: MadeFloor) -> None:
    with pytest.raises(Refused, match="target_unset"):
        targets.shared(made.boss, MONTH, "north", NOW)
    rows_of("UPDATE agent SET left_at = 1 WHERE role = 'agent' RETURNING id")
    set_target(made, team="north", deals=4)
    with pytest.raises(Refused, match="team_empty"):
        targets.shared(made.boss, MONTH, "north", NOW)


def test_parts_of_another_target_are_stale(made: MadeFloor) -> None:
    set_target(made, team="north", deals=4)
    sharing = targets.shared(made.boss, MONTH, "north", NOW)
    set_target(made, team="north", deals=5)
    with pytest.raises(Stale, match="target_changed"):
        targets.share(sharing, by=made.boss, token=made.token(), now=NOW)
    assert [line.of for line in targets.listed(MONTH)] == ["north"]


def test_a_repeat_shares_nothing_again(made: MadeFloor) -> None:
    set_target(made, team="north", deals=4)
    sharing = targets.shared(made.boss, MONTH, "north", NOW)
    targets.share(sharing, by=made.boss, token="same", now=NOW)
    set_target(made, login="ann", deals=1)
    targets.share(sharing, by=made.boss, token="same", now=NOW)
    assert {line.of: line.goal.deals for line in targets.listed(MONTH)} == {"north": 4, "Ann": 1, "Bob": 2}


def test_who_watches_sees_how_it_would_be_shared(made: MadeFloor) -> None:
    set_target(made, team="north", deals=3)
    assert [part.goal.deals for part in targets.shared(made.watcher, MONTH, "north", NOW).parts] == [2, 1]
    with pytest.raises(Refused, match="supervisors_only"):
        targets.shared(made.people["ann"], MONTH, "north", NOW)
