"""Every number opens its rows: as many as it says, with as much money, and nobody's name who may not be seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import funnel
from funnel import NOTHING, Line, Tally
from models import crew, ledger
from models.base import moment, rows_of
from models.campaigns import book
from models.errors import Refused
from models.figures import stock_of
from models.reports.bridges import bridge
from models.reports.funnels import figures_of
from models.reports.openings import Cell, Number, Row, rows
from models.reports.periods import Period, PeriodKind
from models.reports.reaches import cohorts
from models.reports.slices import Slice
from models.reports.sources import sources
from models.reports.standing import standing
from models.reports.work import work
from tests.models.reports import moving
from tests.models.reports.second_way import EDGES, ZONE
from tests.models.store.conftest import Anew
from tests.models.store.floors import NOW, MadeFloor

ALL = Slice(1)
MARCH = Period(datetime(2026, 3, 1, tzinfo=ZONE), datetime(2026, 4, 1, tzinfo=ZONE), PeriodKind.CUSTOM)


def opened(viewer: int, cell: Cell, limit: int = 3) -> list[Row]:
    """All rows of a number, page by page."""
    page = rows(viewer, cell, limit=limit)
    found = [*page.rows]
    while page.after is not None:
        assert len(page.rows) == limit
        page = rows(viewer, cell, after=page.after, limit=limit)
        found += page.rows
    return found


def worth(found: list[Row]) -> Tally:
    """What rows add up to."""
    return Tally(sum(row.count for row in found), sum((row.amount or NOTHING for row in found), NOTHING))


# ── each kind of number, on histories that nobody thought of ──────────────────────────────────────────────────────────


def of_bridge(viewer: int, chosen: Slice, period: Period, *, shows_voided: bool) -> Iterator[tuple[Cell, Tally]]:
    """The numbers of a bridge, stage by stage and of the whole."""
    told = bridge(viewer, chosen, period, shows_voided=shows_voided)
    for row in (*told.stages, told.whole):
        yield Cell(Number.OPENING, chosen, period, row.stage), row.opening
        yield Cell(Number.CLOSING, chosen, period, row.stage), row.closing
        for line in Line:
            yield Cell(line, chosen, period, row.stage, shows_voided), row.line(line)


def of_funnel(chosen: Slice, period: Period) -> Iterator[tuple[Cell, Tally | int]]:
    """The numbers of a funnel."""
    figures = figures_of(chosen, period)
    for row in figures.stages:
        yield Cell(Number.OPEN, chosen, stage=row.stage), row.open
        yield Cell(Number.ENTERED, chosen, period, row.stage), row.entered
        yield Cell(Number.LEFT, chosen, period, row.stage), row.left
        yield Cell(Number.LEFT_FORWARD, chosen, period, row.stage), row.forward
        for number, way in WAYS.items():
            yield Cell(number, chosen, period, row.stage), row.exits.get(way, 0)
    yield Cell(Number.WON, chosen, period), figures.won
    yield Cell(Number.LOST, chosen, period), figures.lost
    yield Cell(Number.INVALID, chosen, period), figures.invalid
    yield Cell(Number.CLOSED, chosen, period), figures.won + figures.lost + figures.invalid


def of_work(viewer: int, chosen: Slice, period: Period) -> Iterator[tuple[Cell, Tally | int]]:
    """The numbers of those that came, and of what was done."""
    came, done = sources(viewer, chosen, period).whole, work(viewer, chosen, period).whole.performance.work
    yield Cell(Number.CAME, chosen, period), came.leads
    yield Cell(Number.CAME_WON, chosen, period), came.of_them_won
    yield Cell(Number.CAME_OPEN, chosen, period), came.of_them_open
    yield Cell(Number.CALLS, chosen, period), done.calls
    yield Cell(Number.TALKS, chosen, period), done.talks
    yield Cell(Number.OTHERS, chosen, period), done.touches - done.calls
    yield Cell(Number.TOUCHES, chosen, period), done.touches
    for one in work(viewer, chosen, period).efforts:
        yield Cell(Number.TOUCHES, chosen, period, one.stage), one.work.touches
        yield Cell(Number.TALKS, chosen, period, one.stage), one.work.talks


def of_cohorts(viewer: int, chosen: Slice, period: Period) -> Iterator[tuple[Cell, Tally | int]]:
    """What became of those that entered each stage."""
    for stage, reach in cohorts(viewer, chosen, period).whole.items():
        yield Cell(Number.COHORT, chosen, period, stage), reach.entered
        yield Cell(Number.REACHED, chosen, period, stage), reach.reached
        yield Cell(Number.COHORT_OPEN, chosen, period, stage), reach.open
        yield Cell(Number.COHORT_WON, chosen, period, stage), reach.won


WAYS = {
    Number.LEFT_BACK: funnel.Way.BACK,
    Number.LEFT_LOST: funnel.Way.LOST,
    Number.LEFT_INVALID: funnel.Way.INVALID,
    Number.LEFT_REOPENED: funnel.Way.REOPEN,
}


@st.composite
def slices(draw: st.DrawFn) -> Slice:
    """People, or what the lead is."""
    if draw(st.booleans()):
        return Slice(1, draw(st.none() | st.integers(0, 2)), draw(st.none() | st.integers(0, 7)))
    return Slice(1, draw(st.none() | st.integers(1, 2)), source=draw(st.sampled_from(("web", "fair"))))


@settings(
    max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32), wanted=st.lists(slices(), min_size=2, max_size=2))
def test_a_number_is_the_sum_of_its_rows(anew: Anew, tmp_path: Path, seed: int, wanted: list[Slice]) -> None:
    """Of the bridge in both readings, of the funnel, of sources and of work."""
    random = Random(seed)
    with anew() as made:
        moving.lived(made, random, tmp_path, steps=80)
        some = rows_of("SELECT at FROM stage_move ORDER BY at")
        edges = sorted({random.choice(EDGES), *(moment(random.choice(some)[0]) for _ in range(2))})
        for since, until in pairwise(edges):
            period = Period(since, until, PeriodKind.CUSTOM)
            numbers: list[tuple[Cell, Tally | int]] = []
            for chosen in (ALL, *wanted):
                numbers += of_funnel(chosen, period)
                numbers += of_work(made.boss, chosen, period)
                numbers += of_cohorts(made.boss, chosen, period)
                for shows_voided in (False, True):
                    numbers += of_bridge(made.boss, chosen, period, shows_voided=shows_voided)
            for cell, number in numbers:
                found = opened(made.boss, cell, random.choice((1, 2, 7, 100)))
                told = worth(found)
                assert (told if isinstance(number, Tally) else told.count) == number, cell


# ── by hand ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_became_of_those_that_entered(made: MadeFloor) -> None:
    """Each lead once, however often it entered; who went on counts as gone on, wherever it is now."""
    stays, goes, lost = (made.lead(owner="ann", company=name) for name in ("Stays", "Goes", "Lost"))
    made.move(made.take("ann", goes), "offer")
    made.move(made.take("ann", lost), "offer")
    made.move(made.take("ann", lost), "new", reason="other")
    made.move(made.take("ann", lost), "lost", reason="price")
    told = {
        what: [row.company for row in opened(made.boss, Cell(what, ALL, MARCH, "new"))]
        for what in (Number.COHORT, Number.REACHED, Number.COHORT_OPEN, Number.COHORT_WON)
    }
    assert told == {
        Number.COHORT: ["Stays", "Goes", "Lost"],
        Number.REACHED: ["Goes", "Lost"],
        Number.COHORT_OPEN: ["Stays"],
        Number.COHORT_WON: [],
    }
    april = Period(MARCH.until, MARCH.until + timedelta(days=30), PeriodKind.CUSTOM)
    assert opened(made.boss, Cell(Number.COHORT, ALL, april, "new")) == []
    assert [row.lead_id for row in opened(made.boss, Cell(Number.COHORT_OPEN, ALL, MARCH, "new"))] == [stays]


def test_leads_that_are_expected(made: MadeFloor) -> None:
    """By the day on which their deal is expected; closed ones are in no forecast."""
    days = ("2026-03-31", "2026-04-01", "2026-04-30", "2026-05-01", "")
    leads = [made.lead(owner="ann", amount="10", expected_on=day) for day in days]
    made.move(made.take("ann", leads[1]), "lost", reason="price")
    april = Period(datetime(2026, 4, 1, tzinfo=ZONE), datetime(2026, 5, 1, tzinfo=ZONE), PeriodKind.MONTH)
    found = opened(made.boss, Cell(Number.EXPECTED, ALL, april))
    assert [(row.lead_id, row.stage, row.amount) for row in found] == [(leads[2], "new", Decimal(10))]
    assert opened(made.boss, Cell(Number.EXPECTED, ALL, april, "deal")) == []
    undated = opened(made.boss, Cell(Number.UNDATED, ALL))
    assert [row.lead_id for row in undated] == [leads[4]]
    assert len(opened(made.boss, Cell(Number.OPEN, ALL))) == 4
    assert len(opened(made.boss, Cell(Number.OPEN, ALL, stage="lost"))) == 1


def test_a_row_tells_what_happened(made: MadeFloor) -> None:
    """Where from and where to, when, whose it was, how much."""
    lead = made.lead(owner="ann", amount="12.50", company="Anvils")
    at = NOW + timedelta(hours=2)
    made.move(made.take("ann", lead, at), "offer", at)
    crew.leave("ann", to="bob", by=made.boss, token=made.token(), now=at + timedelta(hours=1))
    (row,) = opened(made.boss, Cell(Line.ADVANCED, ALL, MARCH, "new"))
    assert row == Row(lead, f"LF2026{lead:03}", "Anvils", "Ann", "new", "offer", at, Decimal("12.50"))
    (closing,) = opened(made.boss, Cell(Number.CLOSING, ALL, MARCH, "offer"))
    assert (closing.owner, closing.at, closing.stage) == ("Bob", at + timedelta(hours=1), "offer")
    ann = Cell(Line.HANDED_OVER, Slice(1, agent_id=made.people["ann"]), MARCH)
    assert [(row.owner, row.stage) for row in opened(made.boss, ann)] == [("Ann", "offer")]


def test_who_went_to_another_team_has_no_name_there(made: MadeFloor) -> None:
    """The supervisor's number counts it, the row is there, and tells nothing of the customer."""
    stays, went = made.lead(owner="ann", company="Stays"), made.lead(owner="bob", company="Went")
    crew.leave("bob", to="cid", by=made.boss, token=made.token(), now=NOW + timedelta(days=1))
    cell = Cell(Line.ENTERED, ALL, MARCH, "new")
    found = opened(made.watcher, cell)
    assert [(row.lead_id, row.company, row.owner) for row in found] == [(stays, "Stays", "Ann"), (None, "", "Bob")]
    (row,) = bridge(made.watcher, ALL, MARCH).stages[:1]
    assert row.line(Line.ENTERED).count == len(found)
    assert [row.lead_id for row in opened(made.people["ann"], cell)] == [stays]
    assert [row.lead_id for row in opened(made.people["cid"], cell)] == []
    (taken,) = opened(made.people["cid"], Cell(Line.TAKEN_OVER, ALL, MARCH))
    assert (taken.lead_id, taken.company) == (went, "Went")


def test_who_may_not_ask(made: MadeFloor) -> None:
    """Other people's numbers open for nobody, nor do stages that there never were."""
    with pytest.raises(Refused, match="not_found"):
        rows(made.people["ann"], Cell(Number.OPEN, Slice(1, agent_id=made.people["bob"])))
    with pytest.raises(Refused, match="not_found"):
        rows(made.watcher, Cell(Number.OPEN, Slice(1, made.teams["south"])))
    with pytest.raises(Refused, match="not_found"):
        rows(made.boss, Cell(Number.OPEN, ALL, stage="nowhere"))


def test_a_page_goes_on_where_the_last_ended(made: MadeFloor) -> None:
    """Though leads come in between; what came since is behind it."""
    leads = [made.lead(team="north") for _ in range(5)]
    cell = Cell(Number.OPEN, ALL, stage="new")
    page = rows(made.boss, cell, limit=3)
    later = made.lead(team="south")
    rest = rows(made.boss, cell, after=page.after, limit=3)
    assert [row.lead_id for row in (*page.rows, *rest.rows)] == [*leads, later]
    assert rest.after is None
    assert rows(made.boss, cell, limit=6).after is None


def test_as_of_a_moment(made: MadeFloor) -> None:
    """The rows of an opening are those that stood there then, wherever they are now, with the money that they had."""
    first, second = made.lead(owner="ann", amount="5"), made.lead(owner="cid", amount="7")
    claim = made.take("ann", first)
    made.move(claim, "offer")
    later = NOW + timedelta(days=10)
    ledger.edit(claim := made.take("ann", first, later), {"amount": "6"}, token="more", now=later)
    made.move(claim, "lost", later, reason="price")
    since = datetime(2026, 3, 9, tzinfo=ZONE)
    period = Period(since, since + timedelta(days=7), PeriodKind.WEEK)
    assert [(row.lead_id, row.amount) for row in opened(made.boss, Cell(Number.OPENING, ALL, period))] == [
        (first, Decimal(5)),
        (second, Decimal(7)),
    ]
    assert standing(made.boss, ALL, since) == {"offer": Tally(1, Decimal(5)), "new": Tally(1, Decimal(7))}
    south = Slice(1, made.teams["south"])
    assert [row.lead_id for row in opened(made.boss, Cell(Number.CLOSING, south, period))] == [second]
    assert stock_of(book(1))["lost"] == Tally(1, Decimal(6))
    assert date(2026, 3, 9).weekday() == 0
