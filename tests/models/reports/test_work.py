"""Work, what it came to, what each stage took, and where the day went: against plain Python over the raw rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import funnel
from models import desks
from models.desks.presence import State
from models.errors import Refused
from models.reports import periods
from models.reports.funnels import in_months
from models.reports.hours import Spent, Stretch, hours, stretches
from models.reports.periods import Period, PeriodKind
from models.reports.slices import OF_THE_LEAD, By, Slice
from models.reports.work import Doing, work
from tests.models.reports import second_way
from tests.models.reports.second_way import SINCE, ZONE, Raw, Row
from tests.models.reports.test_funnels import spans
from tests.models.reports.test_slices import slices
from tests.models.store.conftest import Anew
from tests.models.store.floors import MadeFloor


def doer_part(found: Raw, by: By, row: Row) -> int | str:
    """Whose work a touch is."""
    if by in OF_THE_LEAD:
        part: int | str = found.leads[row["lead_id"]][by.value]
        return part
    doer = row["agent_id"] or 0
    return {By.AGENT: doer, By.TEAM: found.agents.get(doer, {}).get("team_id") or 0}.get(by, 0)


def plain_work(rows: Iterable[Row]) -> funnel.Work:
    """Touches, one by one."""
    done = funnel.Work()
    for row in rows:
        done += funnel.Work(1, row["kind"] == "call", row["is_talk"], row["is_talk"] * (row["seconds"] or 0))
    return done


def plain(found: Raw, chosen: Slice, period: Period, by: By, key: int | str | None) -> funnel.Performance:
    """What one part did and sold, or all of them."""
    touches = second_way.in_period(second_way.touches_of(found, chosen), period.since, period.until)
    own = [row for row in touches if key in (None, doer_part(found, by, row))]
    ids = {row["id"] for row in second_way.moves_of(found, chosen)}
    sold = [
        row
        for row in second_way.sold(found, period.since, period.until)
        if row["id"] in ids and key in (None, second_way.key_of(found, by, row))
    ]
    return funnel.Performance(plain_work(own), funnel.Tally(len(sold), second_way.amount(sold)))


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    asked=st.lists(st.tuples(st.just(Slice(1)) | slices(), spans(), st.sampled_from(By)), min_size=8, max_size=8),
)
def test_work_is_what_plain_python_counts(anew: Anew, seed: int, asked: list[tuple[Slice, Period, By]]) -> None:
    """Every split, over whole days of UTC and parts of them; the parts make up the whole."""
    with anew() as made:
        second_way.written(made, Random(seed), 10)
        found = second_way.raw()
        for chosen, period, by in asked:
            report = work(made.boss, chosen, period, by)
            whole = plain(found, chosen, period, By.NOTHING, None)
            assert report.whole.performance == whole
            if by is By.MONTH:
                expected = [plain(found, chosen, one, By.NOTHING, None) for one in in_months(period)]
                assert [part.performance for part in report.parts] == expected
                continue
            for part in report.parts:
                assert part.performance == plain(found, chosen, period, by, part.key)
            if by is not By.NOTHING:
                assert sum((part.performance.work for part in report.parts), funnel.Work()) == whole.work
                assert sum((part.performance.won for part in report.parts), funnel.Tally()) == whole.won
            assert_gaps(report.parts)
            assert_efforts(report.efforts, found, chosen, period)


def assert_gaps(parts: tuple[Doing, ...]) -> None:
    """The four parts of a gap are the gap, and the gaps of all level out."""
    people = [part for part in parts if part.key]
    told = [(part, part.gap) for part in people if part.gap is not None]
    amount = sum(part.performance.won.amount for part in people)
    for part, gap in told:
        assert gap.whole * len(people) == part.performance.won.amount * len(people) - amount


def assert_efforts(efforts: tuple[funnel.Effort, ...], found: Raw, chosen: Slice, period: Period) -> None:
    """By the stage in which the lead stood then; per lead that left it, and per deal of the period."""
    touches = second_way.in_period(second_way.touches_of(found, chosen), period.since, period.until)
    ids = {row["id"] for row in second_way.moves_of(found, chosen)}
    left = [row for row in second_way.leavers(found, period.since, period.until) if row["id"] in ids]
    sold = [row for row in second_way.sold(found, period.since, period.until) if row["id"] in ids]
    for effort in efforts:
        own = [row for row in touches if found.stages[row["stage_id"]]["code"] == effort.stage]
        assert effort.work == plain_work(own)
        assert effort.left == sum(row["origin"] == effort.stage for row in left)
        assert effort.deals == len(sold)
        assert effort.per_lead()[0] == (Fraction(len(own), effort.left) if effort.left else None)
        assert effort.per_deal()[0] == (Fraction(len(own), len(sold)) if sold else None)


def test_an_agent_reads_their_own_work(made: MadeFloor) -> None:
    """Nobody else's."""
    second_way.written(made, Random(4))
    year, ann = periods.of_day(PeriodKind.YEAR, SINCE.date(), ZONE), made.people["ann"]
    assert [part.key for part in work(ann, Slice(1), year, By.AGENT).parts] == [ann]
    with pytest.raises(Refused, match="not_found"):
        work(ann, Slice(1, agent_id=made.people["bob"]), year)
    with pytest.raises(Refused, match="not_found"):
        hours(ann, Slice(1, agent_id=made.people["bob"]), year)


HOURS = ("talking", "preparing", "writing", "waiting", "pausing")


def spells(made: MadeFloor, spent: Spent, limit: int = 2) -> list[Stretch]:
    """All that a time is the sum of, page by page."""
    page = stretches(made.boss, spent, limit=limit)
    found = [*page.rows]
    while page.after is not None:
        page = stretches(made.boss, spent, after=page.after, limit=limit)
        found += page.rows
    return found


def test_whose_spells_and_which_leads_are_told(made: MadeFloor) -> None:
    """The lead in hand by its name, to whoever may see it; nobody's spells to those who may not read them."""
    own, strange = made.lead(owner="ann", company="Anvils"), made.lead(owner="cid", company="Souths")
    ann, begins = made.people["ann"], datetime(2026, 3, 2, 8, tzinfo=UTC)
    desks.log_in(ann, begins)
    desks.enter(ann, State.ON_CALL, lead_id=own, now=begins + timedelta(minutes=1))
    desks.enter(ann, State.ON_CALL, lead_id=strange, now=begins + timedelta(minutes=4))
    desks.enter(ann, State.OFF, now=begins + timedelta(minutes=5))
    day = periods.of_day(PeriodKind.DAY, begins.date(), ZONE)
    talked = Spent(Slice(1), day, "talking")
    anvils = Stretch("Ann", "talking", begins + timedelta(minutes=1), timedelta(minutes=3), own, "Anvils")
    souths = Stretch("Ann", "talking", begins + timedelta(minutes=4), timedelta(minutes=1), strange, "Souths")
    assert spells(made, talked) == [anvils, souths]
    nameless = replace(souths, lead_id=None, company="")
    assert stretches(made.watcher, talked).rows == (anvils, nameless), "another team's lead"
    with pytest.raises(Refused, match="not_found"):
        stretches(made.people["bob"], Spent(Slice(1, agent_id=ann), day))


def test_where_the_day_went(made: MadeFloor) -> None:
    """Ten minutes of waiting, five of studying a lead, twenty of talk, five of writing, twenty of pause."""
    ann, begins = made.people["ann"], datetime(2026, 3, 2, 8, tzinfo=UTC)
    desks.log_in(ann, begins)
    at = begins
    for lasts, state, lead in (
        (10, State.READY, 7),
        (5, State.ON_CALL, 7),
        (20, State.WRAP_UP, 7),
        (5, State.PAUSE, None),
        (20, State.OFF, None),
    ):
        at += timedelta(minutes=lasts)
        desks.enter(ann, state, lead_id=lead, now=at)
    day = periods.of_day(PeriodKind.DAY, begins.date(), ZONE)
    spent = hours(made.boss, Slice(1), day)
    minute = timedelta(minutes=1)
    assert spent == {ann: funnel.Hours(10 * minute, 5 * minute, 20 * minute, 5 * minute, 20 * minute)}
    assert spent[ann].selling == Fraction(25, 60)
    for part in ("", *HOURS):
        found = spells(made, Spent(Slice(1), day, part))
        assert sum((one.lasted for one in found), timedelta(0)) == getattr(spent[ann], part or "whole")
        assert {one.part for one in found} == ({part} if part else set(HOURS))
    assert hours(made.boss, Slice(1), day.before()) == {}
    noon = Period(begins + timedelta(minutes=12), begins + timedelta(minutes=20), PeriodKind.CUSTOM)
    assert hours(made.boss, Slice(1), noon)[ann] == funnel.Hours(preparing=3 * minute, talking=5 * minute)
    assert [(one.part, one.lasted) for one in spells(made, Spent(Slice(1), noon))] == [
        ("preparing", 3 * minute), ("talking", 5 * minute),
    ]  # fmt: skip
    assert spells(made, Spent(Slice(1, agent_id=made.people["bob"]), day)) == []
    assert funnel.Hours().selling is None
