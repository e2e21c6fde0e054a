"""The day on paper: a plan that stands as it stood in the morning, and a report of what was done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from models import lists, zones
from models.campaigns import book
from models.reports.periods import Period, PeriodKind, period
from models.reports.sheets.days import Done, Plan, done, plan
from models.reports.slices import Slice, narrowed
from models.watching.masks import Mask
from tests.models.store.floors import HOUR, NOW, MadeFloor, make, opened

MORNING = NOW - 3 * HOUR
"""08:00 in Berlin."""
BEFORE = NOW - timedelta(days=3)
"""The Friday before, at the same hour."""


@pytest.fixture
def made(database_url: str) -> Iterator[MadeFloor]:
    with opened(database_url):
        yield make(database_url)


def day(now: datetime = NOW) -> Period:
    return period(PeriodKind.DAY, now)


def new(made: MadeFloor, owner: str = "ann") -> int:
    """A lead of a week ago."""
    return made.lead(owner=owner, now=BEFORE - HOUR)


def planned(made: MadeFloor, who: str = "ann", *, on: Period | None = None, now: datetime = NOW, by: str = "") -> Plan:
    viewer = made.people[by or who]
    chosen = narrowed(viewer, Slice(1))
    return plan(viewer, made.people[who], book(1), chosen, on or day(), now)


def promised(made: MadeFloor, lead: int, at: datetime, now: datetime = BEFORE, who: str = "ann") -> None:
    made.log(made.take(who, lead, now), "callback", now, next_at=at, note="wants a call", bring="offer")


def leads(found: Plan) -> list[int]:
    return [one.whom.lead_id for one in found.promised]


def test_promises_stand_as_they_stood_in_the_morning(made: MadeFloor) -> None:
    late, kept, later, tomorrow, fresh, other = (new(made) for _ in range(6))
    promised(made, late, BEFORE + HOUR)
    promised(made, kept, NOW - HOUR)
    promised(made, later, NOW + 2 * HOUR)
    promised(made, tomorrow, NOW + timedelta(days=1))
    morning = planned(made, now=MORNING)
    assert leads(morning) == [late, kept, later]
    assert [one.at for one in morning.promised] == [BEFORE + HOUR, NOW - HOUR, NOW + 2 * HOUR]
    assert {(one.bring, one.said) for one in morning.promised} == {("offer", "wants a call")}
    made.log(made.take("ann", kept, NOW - HOUR), "talked", NOW - HOUR, note="signed")
    promised(made, fresh, NOW + HOUR, NOW)
    evening = planned(made, now=NOW + 6 * HOUR)
    assert leads(evening) == leads(morning)
    assert evening.promised == morning.promised, "what was said since is not the morning's"
    assert leads(planned(made, on=day().after())) == [late, fresh, later, tomorrow]
    assert leads(planned(made, on=day(BEFORE), now=NOW)) == [], "on that morning nothing was promised yet"
    assert other not in leads(evening)


def test_closed_leads_and_kept_promises_are_no_plan(made: MadeFloor) -> None:
    kept, closed, asked = new(made), new(made), new(made)
    promised(made, kept, BEFORE + HOUR)
    made.log(made.take("ann", kept, BEFORE + HOUR), "talked", BEFORE + HOUR)
    promised(made, asked, NOW + HOUR)
    made.log(made.take("ann", asked, BEFORE + HOUR), "talked", BEFORE + HOUR)
    promised(made, closed, NOW + HOUR)
    made.move(made.take("ann", closed, BEFORE + HOUR), "lost", BEFORE + HOUR, reason="price")
    assert leads(planned(made)) == [asked], "a talk before the promised moment does not keep it"


def test_the_queue_stands_behind_the_promises(made: MadeFloor) -> None:
    own, pool = new(made), made.lead(team="north", now=BEFORE - HOUR)
    due = new(made)
    promised(made, due, NOW + HOUR)
    zones.refresh_hours(NOW)
    found = planned(made)
    assert [one.whom.lead_id for one in found.queued] == [lead.id for lead in lists.heads(made.people["ann"], NOW, 9)]
    assert {one.whom.lead_id for one in found.queued} == {own, pool}
    assert planned(made, on=day().after()).queued == ()
    assert planned(made, on=day().before()).queued == ()
    made.log(made.take("ann", own), "no_answer")
    assert [one.whom.lead_id for one in planned(made, now=NOW + 4 * HOUR).queued] == [pool], "called already"


def test_a_plan_is_read_by_those_who_see_its_leads(made: MadeFloor) -> None:
    promised(made, new(made), NOW + HOUR)
    assert len(leads(planned(made, by="wim"))) == len(leads(planned(made, by="boss"))) == 1
    assert leads(planned(made, by="cid")) == []


def reported(
    made: MadeFloor, by: str, mask: Mask = Mask.FULL, agent_id: int | None = None
) -> dict[int, tuple[Done, ...]]:
    viewer = made.people[by]
    return done(viewer, book(1), narrowed(viewer, Slice(1, agent_id=agent_id)), day(), mask=mask)


def test_the_day_is_what_was_done_in_it_by_whom(made: MadeFloor) -> None:
    first, second, theirs = new(made), new(made), new(made, "cid")
    made.log(made.take("ann", first, BEFORE), "talked", BEFORE, note="last week's")
    made.log(made.take("ann", second), "talked", note="call me on 030 5551234", feedback="dear", seconds=90)
    later = NOW + HOUR
    made.log(made.take("ann", first, later), "callback", later, next_at=later + HOUR, purpose="price")
    made.log(made.take("cid", theirs), "no_answer")
    ann = made.people["ann"]
    found = reported(made, "wim")
    assert set(found) == {ann}
    talked, called = found[ann]
    assert (talked.whom.lead_id, talked.outcome, talked.seconds, talked.feedback) == (second, "talked", 90, "dear")
    assert (talked.lacks_next_step, talked.next_at) == (True, None)
    assert (called.purpose, called.next_at, called.lacks_next_step) == ("price", later + HOUR, False)
    assert set(reported(made, "boss")) == {ann, made.people["cid"]}
    assert set(reported(made, "boss", agent_id=ann)) == {ann}
    assert set(reported(made, "cid")) == {made.people["cid"]}
    masked = reported(made, "wim", Mask.MASKED)[ann][0]
    assert "5551234" not in masked.note
    assert masked.whom.number.startswith("+49 •••")
