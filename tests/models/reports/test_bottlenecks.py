"""The bottleneck: the step furthest below its plan, its evidence, and what the playbook advises."""

from __future__ import annotations

from fractions import Fraction

import pytest

import funnel
from funnel import Kind, Way, Words
from models import floor
from models.errors import Refused
from models.reports.bottlenecks import Reason, narrow
from models.reports.periods import PeriodKind, period
from models.reports.slices import Slice
from tests.models.store.floors import NOW, PLAYBOOK, MadeFloor

ALL = Slice(1)


def leaves(made: MadeFloor, origin: str, to: str, times: int, owner: str = "ann") -> None:
    """Leads that go from a stage to another."""
    for _ in range(times):
        lead = made.lead(owner=owner, amount="5")
        if origin != "new":
            made.move(made.take("boss", lead), origin)
        reason = {"lost": "price", "invalid": "wrong_number"}.get(to, "because")
        made.move(made.take("boss", lead), to, reason=reason)


def test_the_step_furthest_below_its_plan_with_its_reasons(made: MadeFloor) -> None:
    """Half is planned for each; 5 of 20 offers went on, 14 were lost and one was no lead. All but one new lead did."""
    advised = PLAYBOOK.replace('code = "offer"', 'code = "offer"\nadvice = { en = "Ask why", zh = "问原因" }')
    floor.apply_playbook(1, advised, by=made.boss, token=made.token(), now=NOW)
    leaves(made, "offer", "deal", 5)
    leaves(made, "offer", "lost", 14)
    leaves(made, "offer", "invalid", 1)
    seen = narrow(made.boss, ALL, period(PeriodKind.MONTH, NOW))
    assert seen.found is not None
    assert (seen.found.step.stage, seen.found.step.to) == ("offer", "deal")
    assert (seen.found.step.planned, seen.found.step.measured) == (Fraction(1, 2), Fraction(1, 4))
    assert dict(seen.found.leavers.exits) == {Way.FORWARD: 5, Way.LOST: 14, Way.INVALID: 1}
    assert seen.found.missed == 5
    assert seen.reasons == (Reason("price", Kind.LOST, 14), Reason("wrong_number", Kind.INVALID, 1))
    assert seen.advice == Words("Ask why", "问原因")
    assert seen.worst is not None
    assert seen.worst.stage == "offer"


def test_without_enough_leavers_there_is_none(made: MadeFloor) -> None:
    leaves(made, "offer", "lost", 19)
    seen = narrow(made.boss, ALL, period(PeriodKind.MONTH, NOW))
    assert (seen.found, seen.reasons, seen.advice) == (None, (), funnel.NO_WORDS)


def test_where_all_goes_as_planned_there_is_none(made: MadeFloor) -> None:
    leaves(made, "new", "offer", 10)
    leaves(made, "new", "lost", 10)
    assert narrow(made.boss, ALL, period(PeriodKind.MONTH, NOW)).found is None


def test_who_sees_which_bottleneck(made: MadeFloor) -> None:
    leaves(made, "new", "lost", 20, "cid")
    month = period(PeriodKind.MONTH, NOW)
    assert narrow(made.boss, ALL, month).found is not None
    assert narrow(made.people["cid"], ALL, month).found is not None
    assert narrow(made.watcher, ALL, month).found is None
    with pytest.raises(Refused, match="not_found"):
        narrow(made.people["ann"], Slice(1, agent_id=made.people["cid"]), month)
