"""What was open when a period ended: of every figure that is asked for afterwards, whole and in parts, and its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from funnel import Tally
from models import crew
from models.base import seconds
from models.campaigns import book
from models.cards import Scope
from models.figures import panel, period_figures
from models.reports import openings
from models.reports.cells import Cell, Number
from models.reports.funnels import Part, funnels
from models.reports.passages import Key
from models.reports.periods import Period, PeriodKind, of_day, period
from models.reports.slices import OF_THE_LEAD, PEOPLE, By, Slice
from models.reports.targets import attainments
from tests.models.reports import moving
from tests.models.reports.moving import Step, is_ours
from tests.models.reports.second_way import EDGES, ZONE
from tests.models.reports.test_bridges import moments, slices
from tests.models.store.conftest import Anew
from tests.models.store.floors import NOW, MadeFloor

ALL = Slice(1)
MARCH = of_day(PeriodKind.MONTH, date(2026, 3, 1), ZONE)
APRIL = MARCH.after()
IN_APRIL = datetime(2026, 4, 15, 12, tzinfo=ZONE)


def parts_then(told: Iterable[Step], chosen: Slice, until: int, by: By) -> dict[Key, dict[str, Tally]]:
    """By part and stage, the leads that stood there before a second, each read off its last record."""
    last = {step.lead["id"]: step for step in told if step.at < until}
    stock: dict[Key, dict[str, Tally]] = defaultdict(lambda: defaultdict(Tally))
    for step in last.values():
        if is_ours(step.after, step.lead, chosen):
            key: Key = 0
            if by in OF_THE_LEAD:
                key = step.lead[by.value]
            elif by is not By.NOTHING:
                key = (step.after.team if by is By.TEAM else step.after.owner) or 0
            stock[key][book(1).stage_codes[step.after.stage]] += Tally(1, step.after.amount)
    return stock


def shown(part: Part) -> dict[str, Tally]:
    """The open leads of a part's figures."""
    return {row.stage: row.open for row in part.figures.stages if row.open != Tally()}


def in_stages(stock: dict[str, Tally]) -> dict[str, Tally]:
    """Those of the stages that a funnel shows."""
    codes = [stage.code for stage in book(1).playbook.stages]
    return {code: tally for code, tally in stock.items() if code in codes and tally != Tally()}


@settings(
    max_examples=4, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32), wanted=st.lists(slices(), min_size=3, max_size=3))
def test_open_at_the_end_is_what_plain_python_reads(anew: Anew, tmp_path: Path, seed: int, wanted: list[Slice]) -> None:
    """Whole and in parts, in leads and money, and as many rows behind each as it says."""
    random = Random(seed)
    with anew() as made:
        life = moving.lived(made, random, tmp_path)
        told = moving.steps()
        for chosen in (ALL, *wanted):
            until = min(random.choice(moments(random, told)), life.now + timedelta(seconds=1))
            over = Period(until - timedelta(days=7), until, PeriodKind.CUSTOM)
            together: dict[str, Tally] = {}
            for by in (by for by in By if by is not By.MONTH):
                report = funnels(made.boss, chosen, over, by, max(life.now, EDGES[-1]))
                counted = parts_then(told, chosen, seconds(until), by)
                together = defaultdict(Tally)
                for own in counted.values():
                    for code, tally in own.items():
                        together[code] += tally
                assert shown(report.whole) == in_stages(together)
                if by in PEOPLE or chosen.agent_id is None or not chosen.is_of_people:
                    assert {part.key: shown(part) for part in report.parts if shown(part)} == (
                        {key: in_stages(own) for key, own in counted.items() if in_stages(own)}
                        if by is not By.NOTHING
                        else {}
                    )
                else:
                    assert not any(part.is_stock_known for part in report.parts)
            for code, tally in in_stages(together).items():
                cell = Cell(Number.CLOSING, chosen, over, code)
                rows = openings.rows(made.boss, cell, limit=1000).rows
                assert Tally(len(rows), sum((row.amount or Tally().amount for row in rows), Tally().amount)) == tally
        as_of_now(made, life.now)


def as_of_now(made: MadeFloor, now: datetime) -> None:
    """What has just ended holds what the live panel holds, for the floor, a team and an agent."""
    ended = Period(now - timedelta(days=30), now + timedelta(seconds=1), PeriodKind.CUSTOM)
    for who, scope in ((made.boss, Scope.FLOOR), (made.people["ann"], Scope.MINE)):
        live = {row.stage: row.open for row in panel(who, scope, 1, now).funnel.stages}
        whole = funnels(who, ALL, ended, now=ended.until).whole
        assert {row.stage: row.open for row in whole.figures.stages} == live
        assert whole.figures.weighted == panel(who, scope, 1, now).funnel.weighted
        assert whole.figures == funnels(who, ALL, ended, now=now).whole.figures


@pytest.fixture
def changed(made: MadeFloor) -> MadeFloor:
    """Two leads of March; in April one went on and changed hands, and one more came."""
    lead = made.lead(owner="ann", amount="100", source="web")
    made.lead(owner="ann", amount="7", source="fair")
    claim = made.take("ann", lead, NOW)
    made.move(claim, "offer", NOW)
    april = MARCH.until.astimezone(UTC)
    made.move(claim, "deal", april)
    crew.leave("ann", to="bob", by=made.boss, token=made.token(), now=april + timedelta(hours=1))
    made.lead(owner="bob", amount="1000", now=april + timedelta(hours=2))
    return made


def test_the_month_that_is_over_stays_as_it_was(changed: MadeFloor) -> None:
    """Not what became of its leads; the running month shows those of now."""
    boss, ann, bob = changed.boss, changed.people["ann"], changed.people["bob"]
    march = funnels(boss, ALL, MARCH, By.AGENT, IN_APRIL)
    assert shown(march.whole) == {"new": Tally(1, Decimal(7)), "offer": Tally(1, Decimal(100))}
    assert {part.key: shown(part) for part in march.parts} == {ann: shown(march.whole)}
    april = funnels(boss, ALL, APRIL, By.AGENT, IN_APRIL)
    assert shown(april.whole) == {"new": Tally(2, Decimal(1007)), "deal": Tally(1, Decimal(100))}
    assert {part.key: shown(part) for part in april.parts if shown(part)} == {bob: shown(april.whole)}
    assert period_figures(1, MARCH.since, MARCH.until, IN_APRIL) == march.whole.figures
    assert march.whole.figures.weighted != april.whole.figures.weighted
    assert attainments(boss, ALL, MARCH, now=IN_APRIL).whole.coverage is None
    assert period(PeriodKind.MONTH, IN_APRIL).since == APRIL.since


def test_a_period_is_over_when_it_ends_and_not_before(changed: MadeFloor) -> None:
    """A second before midnight it runs; at midnight it is over, and what happens in that second is not in it."""
    for now, stage in ((MARCH.until - timedelta(seconds=1), "deal"), (MARCH.until, "offer")):
        assert stage in shown(funnels(changed.boss, ALL, MARCH, now=now).whole)


def test_what_stood_then_is_told_of_every_source_and_month(changed: MadeFloor) -> None:
    """Of an agent's sources alone, which nobody counts, only the whole is."""
    then = {"fair": {"new": Tally(1, Decimal(7))}, "web": {"offer": Tally(1, Decimal(100))}}
    report = funnels(changed.boss, ALL, MARCH, By.SOURCE, IN_APRIL)
    assert {part.key: shown(part) for part in report.parts} == then
    assert shown(report.whole) == {**then["fair"], **then["web"]}
    of_web = Slice(1, source="web")
    assert shown(funnels(changed.boss, of_web, MARCH, By.SOURCE, IN_APRIL).parts[0]) == then["web"]
    months = funnels(changed.boss, ALL, of_day(PeriodKind.QUARTER, date(2026, 1, 1), ZONE), By.MONTH, IN_APRIL).parts
    assert [shown(part) for part in months] == [{}, {}, {**then["fair"], **then["web"]}]
    of_ann = funnels(changed.boss, Slice(1, agent_id=changed.people["ann"]), MARCH, By.SOURCE, IN_APRIL)
    assert not any(part.is_stock_known for part in of_ann.parts)
    assert shown(of_ann.whole) == {**then["fair"], **then["web"]}
    several = Slice(1, source="web", industry="")
    assert not funnels(changed.boss, several, MARCH, By.MONTH, IN_APRIL).parts[0].is_stock_known
