"""The traps in which figures of a funnel contradict each other, each by hand, on the funnel's own figures."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from funnel import StageFigures, Tally
from models import crew, floor, ledger, queue, taking_in, undoing
from models.base import rows_of
from models.errors import Refused
from models.reports.forecasts import forecasts
from models.reports.funnels import Part, funnels
from models.reports.periods import PeriodKind, of_day
from models.reports.slices import By, Slice
from models.reports.sources import sources
from models.reports.work import work
from tests.models.reports.second_way import ZONE
from tests.models.store.floors import NOW, PLAYBOOK, MadeFloor

ALL = Slice(1)
MARCH = of_day(PeriodKind.MONTH, date(2026, 3, 1), ZONE)
LATER = NOW + timedelta(days=3)


def stage(part: Part, code: str) -> StageFigures:
    """The figures of one stage."""
    return next(row for row in part.figures.stages if row.stage == code)


def march(made: MadeFloor, chosen: Slice = ALL) -> Part:
    """The funnel of March, looked at when it is over."""
    return funnels(made.boss, chosen, MARCH, now=MARCH.until).whole


def test_a_lead_that_bounces(made: MadeFloor) -> None:
    """It has entered as often as it came in, and is in a stage's conversion once, by its last leaving."""
    claim = made.take("ann", made.lead(owner="ann"), LATER)
    for to in ("offer", "new", "offer", "new", "offer", "deal"):
        made.move(claim, to, LATER)
    new, offer = (stage(march(made), code) for code in ("new", "offer"))
    assert (new.entered, new.left, new.conversion) == (3, 1, Fraction(1))
    assert (offer.entered, offer.left, offer.back, offer.conversion) == (3, 1, 0, Fraction(1))
    made.move(claim, "offer", LATER)
    offer = stage(march(made), "offer")
    assert (offer.entered, offer.left, offer.conversion) == (4, 0, None), "it stands there again: it has not left"


def test_a_lost_deal_is_in_no_forecast(made: MadeFloor) -> None:
    """Nor in the weighted amount, nor among the open; reopened it is in all of them."""
    lead = made.lead(owner="ann", amount="100", expected_on="2026-03-20")
    claim = made.take("ann", lead, LATER)
    made.move(claim, "deal", LATER)
    before = march(made).figures.weighted
    assert before > 0
    assert forecasts(made.boss, ALL, LATER).whole.whole.best == Tally(1, Decimal(100))
    made.move(claim, "lost", LATER, reason="price")
    assert forecasts(made.boss, ALL, LATER).whole.whole.best == Tally()
    figures = march(made).figures
    assert not figures.weighted
    assert figures.lost.count == 1
    made.move(made.take("ann", lead, LATER), "deal", LATER)
    assert march(made).figures.weighted == before
    assert march(made).figures.lost == Tally()


def test_a_stage_renamed_and_moved_and_removed_in_the_middle_of_the_period(made: MadeFloor) -> None:
    """What went on went on: a move keeps its way, whatever became of the order; who is gone keeps no row."""
    claim = made.take("ann", made.lead(owner="ann"), LATER)
    made.move(claim, "offer", LATER)
    made.move(claim, "deal", LATER)
    queue.release(claim, LATER)
    before = march(made)
    head, new, offer, *rest = PLAYBOOK.split("[[stages]]")
    renamed = offer.replace('en = "Offer"', 'en = "Proposal"')
    for parts in ([head, new, renamed, *rest], [head, renamed, new, *rest]):
        text = "[[stages]]".join(parts)
        floor.apply_playbook(1, text, by=made.boss, token=made.token(), now=LATER)
        after = march(made)
        assert {row.stage: row for row in after.figures.stages} == {row.stage: row for row in before.figures.stages}
    floor.apply_playbook(1, "[[stages]]".join([head, new, *rest]), by=made.boss, token=made.token(), now=LATER)
    rows = {row.stage: row for row in march(made).figures.stages}
    assert "offer" not in rows
    assert (rows["new"].left, rows["new"].conversion) == (1, Fraction(1))
    assert rows["deal"].open == stage(before, "deal").open


def test_another_agent_and_another_team_in_the_period(made: MadeFloor) -> None:
    """Entering and leaving count for whose the lead was then; it stands with who has it; the whole stays the whole."""
    ann, bob = made.people["ann"], made.people["bob"]
    lead = made.lead(owner="ann")
    made.move(made.take("ann", lead, LATER), "offer", LATER)
    queue.release(made.take("ann", lead, LATER), LATER)
    crew.leave("ann", to="bob", by=made.boss, token=made.token(), now=LATER)
    crew.move_team("north", to="south", by=made.boss, token=made.token(), now=LATER + timedelta(hours=1))
    made.move(made.take("bob", lead, LATER + timedelta(hours=2)), "deal", LATER + timedelta(hours=2))
    parts = {part.key: part for part in funnels(made.boss, ALL, MARCH, By.AGENT, MARCH.until).parts}
    assert (stage(parts[ann], "new").left, stage(parts[ann], "offer").entered) == (1, 1)
    assert (stage(parts[ann], "offer").left, stage(parts[ann], "offer").open) == (0, Tally())
    assert (stage(parts[bob], "offer").left, stage(parts[bob], "deal").open) == (1, Tally(1))
    teams = {part.key: part for part in funnels(made.boss, ALL, MARCH, By.TEAM, MARCH.until).parts}
    assert stage(teams[made.teams["north"]], "offer").entered == 1
    assert stage(teams[made.teams["south"]], "deal").open == Tally(1)
    assert stage(march(made), "offer").left == 1


def test_an_undo_and_a_correction(made: MadeFloor) -> None:
    """What was taken back never was, in a month that is over too; a better wording is no second call."""
    last = MARCH.until - timedelta(seconds=2)
    lead = made.lead(owner="ann")
    before = march(made).figures
    claim = made.take("ann", lead, last)
    ledger.move(claim, "offer", reason="x", is_sign_seen=True, token="late", now=last)
    assert march(made).figures != before
    undoing.undo(made.people["ann"], "late", token="back", now=MARCH.until + timedelta(seconds=3))
    assert march(made).figures == before
    made.log(made.take("ann", lead, last), "no_answer", last)
    calls = work(made.boss, ALL, MARCH).whole.performance.work.calls
    (touch,) = rows_of("SELECT id FROM touch")[0]
    ledger.correct_note(touch, "better", agent_id=made.people["ann"], token="better", now=last)
    assert work(made.boss, ALL, MARCH).whole.performance.work.calls == calls == 1


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 3, 31), 24)])
def test_the_clock_s_change_and_the_month_s_end(made: MadeFloor, day: date, hours: int) -> None:
    """A day is the floor's own, from the first second to the last, and the month ends with it, not with UTC's."""
    period = of_day(PeriodKind.DAY, day, ZONE)
    assert period.span[1] - period.span[0] == hours * 3600
    month = of_day(PeriodKind.MONTH, day, ZONE)
    for at in (period.since, period.until):
        for seconds in (-1, 0):
            made.lead(owner="ann", now=at + timedelta(seconds=seconds))
    later = period.until + timedelta(days=400)
    assert stage(funnels(made.boss, ALL, period, now=later).whole, "new").entered == 2
    assert stage(funnels(made.boss, ALL, period, now=later).whole, "new").open == Tally(3)
    whole = stage(funnels(made.boss, ALL, month, now=later).whole, "new")
    ends = month.until == period.until
    assert (whole.entered, whole.open) == ((3, Tally(3)) if ends else (4, Tally(4)))


def test_nothing_in_the_period_and_nothing_to_divide_by(made: MadeFloor) -> None:
    """None, which screens and sheets show as a dash; and never 0 or 1."""
    made.lead(owner="ann", now=LATER)
    february = MARCH.before()
    part = funnels(made.boss, ALL, february, now=LATER).whole
    assert {(row.entered, row.left, row.open, row.conversion, row.loss) for row in part.figures.stages} == {
        (0, 0, Tally(), None, None)
    }
    assert (part.figures.won_of_closed, part.figures.attainment, part.figures.coverage) == (None,) * 3
    whole = sources(made.boss, ALL, february).whole
    assert (whole.conversion, whole.won_of_closed, whole.cost_per_lead, whole.cost_per_deal) == (None,) * 4


def test_another_campaign(made: MadeFloor) -> None:
    """A lead stays in the campaign that it came into: no command takes it elsewhere, and no figure mixes the two."""
    other = floor.add_campaign("Second", PLAYBOOK, by=made.boss, token=made.token(), now=LATER)
    lead = made.lead(owner="ann", amount="7", now=LATER)
    claim = made.take("ann", lead, LATER)
    for name in ("campaign", "campaign_id"):
        with pytest.raises(Refused):
            ledger.edit(claim, {name: str(other)}, token=made.token(), now=LATER)
    taking_in.take_in(
        other, {"company": "C", "person": "P", "source": "web", "number": "+4930555999"}, by=made.boss,
        owner_id=made.people["ann"], team_id=None, token=made.token(), now=LATER, obtained_at=LATER,
    )  # fmt: skip
    made.move(claim, "offer", LATER)
    assert [(row.entered, row.left, row.open) for row in march(made).figures.stages[:2]] == [
        (1, 1, Tally()),
        (1, 0, Tally(1, Decimal(7))),
    ]
    assert [(row.entered, row.left, row.open) for row in march(made, Slice(other)).figures.stages[:2]] == [
        (1, 0, Tally(1)),
        (0, 0, Tally()),
    ]
