"""The funnel of every period, selection and split: SQL on both databases against plain Python over the raw rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import funnel
from models import check, figures, floor
from models.base import rows_of
from models.campaigns import book
from models.connect import transact
from models.reports import periods
from models.reports.funnels import Part, funnels, in_months
from models.reports.passages import Kept, kept
from models.reports.periods import Period, PeriodKind
from models.reports.reaches import cohorts
from models.reports.slices import PEOPLE, By, Slice
from tests.models.reports import second_way
from tests.models.reports.second_way import SINCE, WEEKS, ZONE, Raw, Row
from tests.models.reports.test_slices import slices
from tests.models.store.conftest import Anew
from tests.models.store.floors import NOW, PLAYBOOK, MadeFloor

AFTER_SALE = """
[[stages]]
code = "care"
name = { en = "Care", zh = "护" }
probability = 100
promotion_rate = 0
"""
COUNTERS = ("entered", "stock", "passed", "stayed")
KEPT = (
    *COUNTERS,
    *(f"{name}_by_lead" for name in (*COUNTERS, "flow", "worked")),
    *("came", "cohorts", "passages", "sales", "worked"),
)
"""What triggers keep, by the questions that recount it."""


def other_playbook() -> str:
    """The playbook with the first two stages in the other order, one renamed, and one more after the sale."""
    text = PLAYBOOK.replace('code = "deal"', 'code = "bargain"')
    head, new, offer, *rest = text.split("[[stages]]")
    return "[[stages]]".join([head, offer, new, *rest]) + AFTER_SALE


def written(made: MadeFloor, seed: int, *, changed: bool) -> Raw:
    """A floor with a history; where it changed, its playbook became another in the middle of it."""
    random = Random(seed)
    second_way.written(made, random, 8)
    if changed:
        transact(leave_the_deal)
        floor.apply_playbook(1, other_playbook(), by=made.boss, token=made.token(), now=NOW)
        second_way.written(made, random, 8)
    return second_way.raw()


def leave_the_deal() -> None:
    """A stage is empty when it goes: whoever stands in it goes back to the first, one second after coming."""
    ids = book(1).stage_ids
    for lead, at, month, owner, team in rows_of(
        "SELECT l.id, m.at, m.month, l.owner_id, l.team_id FROM lead l JOIN stage_move m ON m.lead_id = l.id "
        "WHERE l.stage_id = ? AND m.voided_by IS NULL AND NOT EXISTS (SELECT 1 FROM stage_move o "
        "WHERE o.lead_id = m.lead_id AND o.voided_by IS NULL AND (o.at > m.at OR (o.at = m.at AND o.id > m.id)))",
        (ids["deal"],),
    ):
        rows_of(
            "INSERT INTO stage_move (journal_id, lead_id, from_stage_id, to_stage_id, way, at, month, owner_id, "
            "team_id) VALUES (0, ?, ?, ?, 'back', ?, ?, ?, ?) RETURNING id",
            (lead, ids["deal"], ids["new"], at, month, owner, team),
        )
        rows_of("UPDATE lead SET stage_id = ? WHERE id = ? RETURNING id", (ids["new"], lead))


@st.composite
def spans(draw: st.DrawFn) -> Period:
    """Days, weeks, months, a quarter, a year, and any two moments, some of them with nothing between."""
    kind = draw(st.sampled_from(PeriodKind))
    since = SINCE + timedelta(hours=draw(st.integers(-200, WEEKS * 7 * 24)))
    if kind is not PeriodKind.CUSTOM:
        return periods.of_day(kind, since.date(), ZONE)
    edges = st.sampled_from(second_way.EDGES)
    since, until = sorted((draw(edges | st.just(since)), draw(edges)))
    return Period(since, until, kind)


def tally(rows: list[Row]) -> funnel.Tally:
    return funnel.Tally(len(rows), second_way.amount(rows))


def plain(found: Raw, chosen: Slice, period: Period, by: By, key: int | str | None) -> tuple[object, ...]:
    """A part's figures as plain Python counts them; every part where the key is None."""

    def mine(rows: Iterable[Row], *, is_lead: bool = False) -> list[Row]:
        return [row for row in rows if key is None or second_way.key_of(found, by, row, is_lead=is_lead) == key]

    ids = {row["id"] for row in second_way.moves_of(found, chosen)}
    of_slice = {row["id"] for row in mine(row for row in found.moves if row["id"] in ids)}
    span = (period.since, period.until)
    left = [row for row in second_way.leavers(found, *span) if row["id"] in of_slice]
    sold = [row for row in second_way.sold(found, *span) if row["id"] in of_slice]
    entered = [row for row in second_way.in_period(found.moves, *span) if row["id"] in of_slice]
    stands = mine(second_way.leads_of(found, chosen), is_lead=True)
    stages = tuple(
        (
            stage.code,
            tally([row for row in stands if found.stages[row["stage_id"]]["code"] == stage.code]),
            sum(row["to"] == stage.code for row in entered),
            Counter(row["way"] for row in left if row["origin"] == stage.code),
            sorted(row["days"] for row in left if row["origin"] == stage.code and row["days"] is not None),
        )
        for stage in book(1).playbook.stages
    )
    closed = [tally([row for row in left if row["is_final"] and row["to"] == code]) for code in ("lost", "invalid")]
    return stages, tally(sold), *closed, sorted(row["cycle"] for row in sold)


def told(part: Part) -> tuple[object, ...]:
    """The same of what SQL says."""
    stages = tuple(
        (row.stage, row.open, row.entered, Counter({way.value: n for way, n in row.exits.items()}))
        for row in part.figures.stages
    )
    return stages, part.figures.won, part.figures.lost, part.figures.invalid


def agree(part: Part, counted: tuple[object, ...]) -> None:
    """Every figure of a part, to the last digit; times as the sorted days say."""
    stages, won, lost, invalid, cycles = counted
    assert isinstance(stages, tuple)
    assert isinstance(cycles, list)
    assert told(part) == (tuple(row[:4] for row in stages), won, lost, invalid)
    for code, *_, days in stages:
        assert_times(part.times[code], days)
    assert_times(part.cycle, cycles)


def assert_times(times: funnel.Times, days: list[int]) -> None:
    """Count, mean, median and the ninth of ten, by sorting."""
    if not days:
        assert times == funnel.Times()
        return
    assert (times.count, times.total) == (len(days), sum(days))
    assert times.median is not None
    assert times.median * 2 == days[(len(days) - 1) // 2] + days[len(days) // 2]
    assert times.p90 == next(one for one in days if sum(other <= one for other in days) * 10 >= len(days) * 9)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    changed=st.booleans(),
    asked=st.lists(st.tuples(st.just(Slice(1)) | slices(), spans(), st.sampled_from(By)), min_size=6, max_size=6),
)
def test_figures_are_what_plain_python_counts(
    anew: Anew, seed: int, changed: bool, asked: list[tuple[Slice, Period, By]]
) -> None:
    """By nothing, team, agent, source, industry, product and month; parts make up the whole."""
    with anew() as made:
        found = written(made, seed, changed=changed)
        for chosen, period, by in asked:
            report = funnels(made.boss, chosen, period, by)
            agree(report.whole, plain(found, chosen, period, by, None))
            if by is By.MONTH:
                for part, month in zip(report.parts, in_months(period), strict=True):
                    agree(part, plain(found, chosen, month, by, None))
                continue
            for part in report.parts:
                agree(part, plain(found, chosen, period, by, part.key))
            if by is not By.NOTHING:
                assert_parts_sum(report.whole, report.parts)
        assert kept_faults() == []


def assert_parts_sum(whole: Part, parts: tuple[Part, ...]) -> None:
    """No lead is in two parts or in none."""
    for place, row in enumerate(whole.figures.stages):
        own = [part.figures.stages[place] for part in parts]
        assert sum((one.open for one in own), funnel.Tally()) == row.open
        assert sum(one.entered for one in own) == row.entered
        assert sum((Counter(one.exits) for one in own), Counter()) == Counter(row.exits)
        if row.conversion is not None:
            assert row.loss is not None
            assert row.conversion + row.loss == 1
            assert row.back + row.lost + row.invalid == row.left - row.forward
    for name in ("won", "lost", "invalid"):
        assert sum((getattr(part.figures, name) for part in parts), funnel.Tally()) == getattr(whole.figures, name)
    assert sum(part.cycle.count for part in parts) == whole.cycle.count == whole.figures.won.count


def kept_faults() -> list[str]:
    """Which kept counters are not what the history says."""
    return [
        code
        for code, question in check.QUESTIONS
        if code in KEPT and rows_of(question.replace("{now}", "0").replace("{never}", "0"))
    ]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    changed=st.booleans(),
    asked=st.lists(st.tuples(st.just(Slice(1)) | slices(), spans(), st.sampled_from(By)), min_size=6, max_size=6),
)
def test_reach_is_what_plain_python_counts(
    anew: Anew, seed: int, changed: bool, asked: list[tuple[Slice, Period, By]]
) -> None:
    """Each lead once for a stage, by its first entry in the period; who is still open is said."""
    with anew() as made:
        found = written(made, seed, changed=changed)
        for chosen, period, by in asked:
            report = cohorts(made.boss, chosen, period, by)
            assert report.whole == plain_reach(found, chosen, period, by, None)
            if by is By.MONTH:
                for month in in_months(period):
                    assert report.parts[f"{month.since:%Y-%m}"] == plain_reach(found, chosen, month, by, None)
            else:
                for key, part in report.parts.items():
                    assert part == plain_reach(found, chosen, period, by, key)


def plain_reach(found: Raw, chosen: Slice, period: Period, by: By, key: int | str | None) -> dict[str, funnel.Reach]:
    """The reach of each stage, lead by lead."""
    ids = {row["id"] for row in second_way.moves_of(found, chosen)}
    reach = {stage.code: funnel.Reach() for stage in book(1).playbook.stages}
    for row in second_way.first_entries(found, period.since, period.until):
        if row["id"] in ids and key in (None, second_way.key_of(found, by, row)):
            reach[row["to"]] += funnel.Reach(1, row["reached"], row["open"], row["won"])
    return reach


@pytest.mark.parametrize("seed", range(3))
def test_the_heart_says_the_same(made: MadeFloor, seed: int) -> None:
    """What the heart counts over all moves is what the floor's report says, and the panel, and the month."""
    found = written(made, seed, changed=False)
    playbook, moves = book(1).playbook, second_way.heart_moves(found.moves)
    for period in (periods.of_day(PeriodKind.MONTH, at.date(), ZONE) for at in second_way.EDGES):
        whole = funnels(made.boss, Slice(1), period).whole
        span = (period.since, period.until)
        stock = {row.stage: row.open for row in whole.figures.stages}
        assert funnel.counted(playbook, stock, moves, *span) == whole.figures
        assert figures.month_figures(1, period.months.start, period.months.stop) == whole.figures
        assert figures.period_figures(1, *span) == whole.figures
        exits = funnel.last_exits(moves, *span)
        times = funnel.stage_times(exits)
        assert {code: own for code, own in whole.times.items() if own.count and code in stock} == {
            code: own for code, own in times.items() if code in stock
        }
        cycles = Counter(one.days for one in funnel.won_cycles(playbook, moves, *span))
        assert whole.cycle == funnel.times(cycles)
        assert cohorts(made.boss, Slice(1), period).whole == funnel.reaches(playbook, moves, *span)


def test_who_is_kept(made: MadeFloor) -> None:
    """Counters answer by people, and by what the leads are; not for one agent by that, nor by amounts."""
    assert {by for by in By if kept(Slice(1), by) is Kept.BY_OWNER} == set(PEOPLE)
    assert kept(Slice(1, agent_id=made.people["ann"]), By.NOTHING) is Kept.BY_OWNER
    for chosen, by in ((Slice(1), By.SOURCE), (Slice(1, 2), By.PRODUCT), (Slice(1, source="web"), By.TEAM)):
        assert kept(chosen, by) is Kept.BY_LEAD
    assert kept(Slice(1, agent_id=made.people["ann"]), By.SOURCE) is None
    assert kept(Slice(1, source="web"), By.AGENT) is None
    assert kept(Slice(1, amount_from=Decimal(1)), By.NOTHING) is None


def test_nothing_in_the_period(made: MadeFloor) -> None:
    """There is nothing to divide by, and it is said so."""
    second_way.written(made, Random(1))
    before = Period(datetime(2020, 1, 1, tzinfo=ZONE), datetime(2020, 2, 1, tzinfo=ZONE), PeriodKind.MONTH)
    report = funnels(made.boss, Slice(1), before, By.AGENT)
    for part in (report.whole, *report.parts):
        assert part.figures.won_of_closed is None
        assert part.cycle == funnel.Times()
        assert part.cycle.mean is None
        for row in part.figures.stages:
            assert (row.conversion, row.loss, row.lost_rate, row.interval) == (None,) * 4
    assert all(best.conversion is best.lost is best.time is None for best in report.bests(1).values())
    whole = cohorts(made.boss, Slice(1), before).whole
    assert [reach.ratio for reach in whole.values()] == [None] * 4


def test_a_supervisor_reads_the_team_and_an_agent_themselves(made: MadeFloor) -> None:
    """The filter of slices is asked by the report itself."""
    second_way.written(made, Random(2), 20)
    year = periods.of_day(PeriodKind.YEAR, SINCE.date(), ZONE)
    north, ann = made.teams["north"], made.people["ann"]
    of_team = funnels(made.watcher, Slice(1), year, By.AGENT)
    assert of_team.chosen == Slice(1, north)
    assert of_team.whole == funnels(made.boss, Slice(1, north), year).whole
    own = funnels(ann, Slice(1), year, By.AGENT)
    assert [part.key for part in own.parts] == [ann]
    assert own.whole == funnels(made.boss, Slice(1, agent_id=ann), year).whole
    assert cohorts(ann, Slice(1), year).whole == cohorts(made.boss, Slice(1, agent_id=ann), year).whole


def test_the_best_are_those_whom_enough_have_left(made: MadeFloor) -> None:
    """Nobody is best of a stage with fewer leavers than count."""
    second_way.written(made, Random(3), 60)
    report = funnels(made.boss, Slice(1), periods.of_day(PeriodKind.YEAR, SINCE.date(), ZONE), By.AGENT)
    for place, (code, best) in enumerate(report.bests(3).items()):
        rows = {part.key: part.figures.stages[place] for part in report.parts if part.key}
        compared = {key: row for key, row in rows.items() if row.left >= 3}
        if not compared:
            assert best.conversion is None
            continue
        assert best.conversion is not None
        assert best.lost is not None
        assert compared[best.conversion].conversion == max(row.conversion or 0 for row in compared.values())
        assert compared[best.lost].lost_rate == min(row.lost_rate or 0 for row in compared.values())
        medians = {part.key: part.times[code].median for part in report.parts if part.key in compared}
        assert best.time is not None
        assert medians[best.time] == min(one for one in medians.values() if one is not None)
    assert any(best.conversion for best in report.bests(3).values())
