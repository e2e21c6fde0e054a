"""The bridge and what stood at a past moment, against how each lead stood as plain Python reads it off the records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from funnel import NOTHING, Bridge, Line, StageBridge, Tally
from models import crew, floor, ledger, queue, undoing
from models.base import moment, rows_of, seconds
from models.campaigns import book
from models.cards import Scope
from models.check import check
from models.errors import Refused
from models.exchange import taking_back
from models.figures import panel, period_figures, stock_of
from models.reports.bridges import bridge
from models.reports.periods import Period, PeriodKind, of_day
from models.reports.slices import Slice
from models.reports.standing import standing
from tests.models.reports import moving
from tests.models.reports.moving import Step, is_ours, steps
from tests.models.reports.second_way import EDGES, ZONE
from tests.models.store.conftest import Anew
from tests.models.store.floors import NOW, PLAYBOOK, MadeFloor
from tests.models.store.lives import Life

ALL = Slice(1)
CODES = ("new", "offer", "deal", "won", "lost", "invalid")
GOES = {"lost": Line.LOST, "invalid": Line.INVALID, "back": Line.BACK, "reopen": Line.BACK}


# ── the second way ────────────────────────────────────────────────────────────────────────────────────────────────────


def stood_then(told: Iterable[Step], chosen: Slice, until: int) -> dict[str, Tally]:
    """By stage, the leads that stood there before a second."""
    last = {step.lead["id"]: step for step in told if step.at < until}
    stock: dict[str, Tally] = defaultdict(Tally)
    for step in last.values():
        if is_ours(step.after, step.lead, chosen):
            stock[book(1).stage_codes[step.after.stage]] += Tally(1, step.after.amount)
    return dict(stock)


def lines_of(told: Iterable[Step], chosen: Slice, since: int, until: int) -> dict[tuple[str, Line], Tally]:
    """What came and went, event by event."""
    lines: dict[tuple[str, Line], Tally] = defaultdict(Tally)
    for step in told:
        if since <= step.at < until:
            for stage, line, tally in events(step, chosen):
                lines[book(1).stage_codes[stage], line] += tally
    return {key: tally for key, tally in lines.items() if tally != Tally()}


def events(step: Step, chosen: Slice) -> Iterable[tuple[int, Line, Tally]]:
    """The lines in which a step is."""
    before, after = step.before, step.after
    was_in, is_in = is_ours(before, step.lead, chosen), is_ours(after, step.lead, chosen)
    if before is None or before.stage != after.stage:
        if is_in:
            if before is not None:
                yield before.stage, GOES.get(step.way, Line.ADVANCED), Tally(1, after.amount)
            came = Line.IMPORTED if before is None and step.is_brought else Line.ENTERED
            yield after.stage, Line.RETURNED if step.way in ("back", "reopen") else came, Tally(1, after.amount)
    elif (before.team, before.owner) != (after.team, after.owner):
        if was_in != is_in:
            yield after.stage, Line.TAKEN_OVER if is_in else Line.HANDED_OVER, Tally(1, after.amount)
    elif is_in:
        yield after.stage, Line.EDITED, Tally(0, after.amount - before.amount)


def shown(told: Bridge) -> dict[tuple[str, Line], Tally]:
    """The lines of a bridge that hold something."""
    return {(row.stage, line): tally for row in told.stages for line, tally in row.lines.items() if tally != Tally()}


def sides(told: Bridge, side: str) -> dict[str, Tally]:
    return {row.stage: getattr(row, side) for row in told.stages if getattr(row, side) != Tally()}


def during(since: datetime, until: datetime) -> Period:
    return Period(since, until, PeriodKind.CUSTOM)


# ── on histories that nobody thought of ───────────────────────────────────────────────────────────────────────────────

VALUES = {"source": ("web", "fair"), "industry": ("",), "product": ("",)}


@st.composite
def slices(draw: st.DrawFn) -> Slice:
    """Mostly people and the whole, now and then something else."""
    some = st.none() | st.integers(1, 7)
    team, agent = draw(st.none() | st.integers(1, 2)), draw(some)
    if draw(st.booleans()):
        return Slice(1, team, agent)
    text = {name: draw(st.none() | st.sampled_from(values)) for name, values in VALUES.items()}
    bounds = [draw(st.none() | st.decimals(0, 900_000, places=2)) for _ in range(2)]
    return Slice(1, team, agent, **text, amount_from=bounds[0], amount_to=bounds[1])


def moments(random: Random, told: list[Step]) -> list[datetime]:
    """Edges of days and months, and the very seconds in which something happened."""
    some = [moment(random.choice(told).at) + timedelta(seconds=random.choice((-1, 0, 1))) for _ in range(3)]
    return sorted({random.choice(EDGES), *some})


@settings(
    max_examples=5, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32), wanted=st.lists(slices(), min_size=5, max_size=5))
def test_the_bridge_is_what_plain_python_reads(anew: Anew, tmp_path: Path, seed: int, wanted: list[Slice]) -> None:
    """Stock at any moment, every line, both readings, to the last digit; and nothing kept for speed disagrees."""
    random = Random(seed)
    with anew() as made:
        life = moving.lived(made, random, tmp_path)
        assert not {"flow", "standing", "altered", "inserted"} & {fault.code for fault in check(life.now)}
        told = steps()
        for chosen in (ALL, *wanted):
            edges = moments(random, told)
            for since, until in pairwise(edges):
                found = bridge(made.boss, chosen, during(since, until))
                assert sides(found, "opening") == stood_then(told, chosen, seconds(since))
                assert sides(found, "closing") == stood_then(told, chosen, seconds(until))
                assert shown(found) == lines_of(told, chosen, seconds(since), seconds(until))
                both = bridge(made.boss, chosen, during(since, until), shows_voided=True)
                assert [(row.opening, row.closing) for row in both.stages] == [
                    (row.opening, row.closing)
                    for row in found.stages
                    if row.stage in {one.stage for one in both.stages}
                ]
            at = random.choice(edges)
            assert standing(made.boss, chosen, at) == stood_then(told, chosen, seconds(at) + 1)
        of_now(made, life)
        whole = bridge(made.boss, ALL, during(EDGES[0], EDGES[-1]))
        for figures in period_figures(1, EDGES[0], EDGES[-1]).stages:
            row = next(row for row in whole.stages if row.stage == figures.stage)
            came = (row.line(line).count for line in (Line.ENTERED, Line.RETURNED, Line.IMPORTED))
            assert figures.entered == sum(came)


def of_now(made: MadeFloor, life: Life) -> None:
    """As of now is the live panel, for the floor, a team and an agent."""
    stock = {code: tally for code, tally in stock_of(book(1)).items() if tally != Tally()}
    for at in (None, life.now + timedelta(minutes=1)):
        assert standing(made.boss, ALL, at) == stock
    ann = made.people["ann"]
    for scope in (Scope.MINE, Scope.TEAM):
        team = rows_of("SELECT team_id FROM agent WHERE id = ?", (ann,))[0][0]
        chosen = Slice(1, agent_id=ann) if scope is Scope.MINE else Slice(1, team)
        live = {row.stage: row.open for row in panel(ann, scope, 1, life.now).funnel.stages if row.open != Tally()}
        told = standing(made.boss, chosen)
        assert {code: told[code] for code in told if code in ("new", "offer", "deal", "won")} == live


# ── traps ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

MARCH = (datetime(2026, 3, 1, tzinfo=ZONE), datetime(2026, 4, 1, tzinfo=ZONE))
LATER = NOW + timedelta(days=3)


def march(
    made: MadeFloor, chosen: Slice = ALL, *, shows_voided: bool = False, who: int = 0
) -> dict[str, dict[str, int]]:
    """The bridge of March in counts: stage → line → leads, what is nothing left out."""
    told = bridge(who or made.boss, chosen, during(*MARCH), shows_voided=shows_voided)
    found = {
        row.stage: {
            "opening": row.opening.count,
            **{line.value: row.line(line).count for line in Line},
            "closing": row.closing.count,
        }
        for row in told.stages
    }
    counts = {stage: {name: count for name, count in row.items() if count} for stage, row in found.items()}
    return {stage: row for stage, row in counts.items() if row}


def test_nothing_in_the_period(made: MadeFloor) -> None:
    """Every stage has its row, and nothing is in it."""
    told = bridge(made.boss, ALL, during(*MARCH))
    assert [row.stage for row in told.stages] == list(CODES)
    assert told.whole == StageBridge("")
    assert standing(made.boss, ALL, NOW) == {}


def test_a_lead_that_bounces_and_is_won_and_returns(made: MadeFloor) -> None:
    """It has entered as often as it came in, and stands where it stands."""
    lead = made.lead(owner="ann", amount="100")
    claim = made.take("ann", lead, LATER)
    for to in ("offer", "new", "offer", "deal", "won", "offer", "lost", "deal"):
        made.move(claim, to, LATER, reason="price" if to == "lost" else "because")
        if to == "lost":
            claim = made.take("ann", lead, LATER)
    assert march(made) == {
        "new": {"entered": 1, "returned": 1, "advanced": 2},
        "offer": {"entered": 2, "returned": 1, "advanced": 1, "back": 1, "lost": 1},
        "deal": {"entered": 1, "returned": 1, "advanced": 1, "closing": 1},
        "won": {"entered": 1, "back": 1},
        "lost": {"entered": 1, "back": 1},
    }


def test_another_agent_and_another_team(made: MadeFloor) -> None:
    """In the line of a transfer only where one of the hands is not asked for; never for the whole floor."""
    ann, bob = made.people["ann"], made.people["bob"]
    north, south = made.teams["north"], made.teams["south"]
    made.lead(owner="ann", amount="70")
    crew.leave("ann", to="bob", by=made.boss, token=made.token(), now=LATER)
    assert march(made, Slice(1, agent_id=ann)) == {"new": {"entered": 1, "handed_over": 1}}
    assert march(made, Slice(1, agent_id=bob)) == {"new": {"taken_over": 1, "closing": 1}}
    assert march(made, Slice(1, north)) == {"new": {"entered": 1, "closing": 1}}
    crew.move_team("north", to="south", by=made.boss, token=made.token(), now=LATER + timedelta(hours=1))
    assert march(made, Slice(1, north)) == {"new": {"entered": 1, "handed_over": 1}}
    assert march(made, Slice(1, south)) == {"new": {"taken_over": 1, "closing": 1}}
    assert march(made, Slice(1, south, bob)) == {"new": {"taken_over": 1, "closing": 1}}
    assert march(made, Slice(1, agent_id=bob)) == {"new": {"taken_over": 1, "closing": 1}}
    assert march(made) == {"new": {"entered": 1, "closing": 1}}
    (row,) = (row for row in bridge(made.boss, Slice(1, south), during(*MARCH)).stages if row.stage == "new")
    assert row.line(Line.TAKEN_OVER).amount == row.closing.amount == Decimal(70)


def test_amounts_edited_with_and_without_a_move(made: MadeFloor) -> None:
    """Before it went on in the stage that it left; after it where it stands; an edit that was undone is nothing."""
    lead = made.lead(owner="ann", amount="100")
    claim = made.take("ann", lead, LATER)
    ledger.edit(claim, {"amount": "150"}, token="up", now=LATER)
    ledger.move(
        claim, "offer", reason="x", is_sign_seen=True, values={"amount": "120"}, token="with it", now=LATER,
    )  # fmt: skip
    ledger.edit(claim, {"amount": ""}, token="none", now=LATER)
    undoing.undo(made.people["ann"], "none", token="back", now=LATER)
    told = {row.stage: row for row in bridge(made.boss, ALL, during(*MARCH)).stages}
    assert told["new"].line(Line.EDITED) == Tally(0, Decimal(20))
    assert told["new"].line(Line.ADVANCED) == told["offer"].closing == Tally(1, Decimal(120))
    assert Line.EDITED not in told["offer"].lines
    assert told["new"].closing == Tally()
    again = {row.stage: row for row in bridge(made.boss, ALL, during(*MARCH), shows_voided=True).stages}
    assert again["offer"].line(Line.EDITED) == again["offer"].line(Line.VOIDED) == Tally(0, Decimal(-120))
    assert again["offer"].closing == told["offer"].closing


def test_a_move_undone_later_leaves_the_period_in_which_it_was(made: MadeFloor) -> None:
    """March closes before and after; the move is nowhere, or in its line and in that of what was taken back."""
    last = datetime(2026, 3, 31, 23, 59, 58, tzinfo=ZONE)
    lead = made.lead(owner="ann")
    claim = made.take("ann", lead, last)
    ledger.move(claim, "offer", reason="x", is_sign_seen=True, token="late", now=last)
    before = {"new": {"entered": 1, "advanced": 1}, "offer": {"entered": 1, "closing": 1}}
    assert march(made) == before
    undoing.undo(made.people["ann"], "late", token="back", now=last + timedelta(seconds=5))
    assert march(made) == {"new": {"entered": 1, "closing": 1}}
    assert march(made, shows_voided=True) == {
        "new": {"entered": 1, "advanced": 1, "voided": -1, "closing": 1},
        "offer": {"entered": 1, "voided": 1},
    }
    assert standing(made.boss, ALL, last) == {"new": Tally(1)}


def test_a_list_with_its_past_and_taken_back(made: MadeFloor, tmp_path: Path) -> None:
    """It stood where it says it did, before it came to this floor; taken back, it never did."""
    life = Life(made, Random(3), LATER)
    intake = moving.bring(life, tmp_path, 20)
    year = during(datetime(2025, 7, 1, tzinfo=ZONE), datetime(2027, 1, 1, tzinfo=ZONE))
    told = bridge(made.boss, ALL, year)
    assert told.whole.line(Line.IMPORTED).count == told.whole.closing.count == 20
    then = sum(tally.count for tally in standing(made.boss, ALL, MARCH[0]).values())
    first = rows_of("SELECT COUNT(*) FROM stage_move WHERE from_stage_id IS NULL AND at < ?", (seconds(MARCH[0]),))
    assert 0 < then == first[0][0]
    crew.move_team("north", to="south", by=made.boss, token=made.token(), now=life.now)
    assert taking_back.undo(intake, made.boss, life.now, lambda *_: None).voided == 20
    assert bridge(made.boss, ALL, year).whole.lines == {}
    again = bridge(made.boss, ALL, year, shows_voided=True).whole
    assert (again.line(Line.IMPORTED).count, again.line(Line.VOIDED).count, again.closing) == (20, 20, Tally())
    assert standing(made.boss, ALL, MARCH[0]) == {}
    assert standing(made.boss, Slice(1, made.teams["south"])) == {}
    assert check(life.now) == ()


def test_a_stage_that_is_renamed_moved_and_removed(made: MadeFloor) -> None:
    """Its code is what the record knows: a new name and place change nothing, and one that is gone keeps its row."""
    claim = made.take("ann", made.lead(owner="ann"), LATER)
    made.move(claim, "offer", LATER)
    made.move(claim, "new", LATER)
    queue.release(claim, LATER)
    head, offer, deal, won = PLAYBOOK.partition('[[stages]]\ncode = "offer"')[0], "offer", "deal", "won"
    parts = {part.split('"')[1]: f"[[stages]]{part}" for part in PLAYBOOK.split("[[stages]]")[1:]}
    head = PLAYBOOK.split("[[stages]]")[0]
    renamed = parts[offer].replace('en = "Offer"', 'en = "Proposal"')
    _give(made, head + parts["new"] + parts[deal] + renamed + parts[won])
    told = march(made)
    assert told == {
        "new": {"entered": 1, "returned": 1, "advanced": 1, "closing": 1},
        "offer": {"entered": 1, "back": 1},
    }
    _give(made, head + parts["new"] + parts[deal] + parts[won])
    assert march(made) == told
    rows = [row.stage for row in bridge(made.boss, ALL, during(*MARCH)).stages]
    assert rows == ["new", "deal", "won", "lost", "invalid", "offer"]


def _give(made: MadeFloor, text: str) -> None:
    floor.apply_playbook(1, text, by=made.boss, token=made.token(), now=LATER)


def test_the_clock_s_change_and_the_month_s_end(made: MadeFloor) -> None:
    """Days are the floor's own: the one of 23 hours, and the month that ends two hours before UTC's does."""
    short = of_day(PeriodKind.DAY, date(2026, 3, 29), ZONE)
    edges = (short.since, short.until, MARCH[1])
    for edge in edges:
        for after in (-1, 0):
            made.lead(now=edge + timedelta(seconds=after))

    def came(period: Period) -> int:
        return bridge(made.boss, ALL, period).whole.line(Line.ENTERED).count

    assert came(short) == 2
    assert (short.span[1] - short.span[0]) // 3600 == 23
    assert [came(during(one, other)) for one, other in pairwise(edges)] == [2, 2]
    assert came(during(*MARCH)) == 5
    assert standing(made.boss, ALL, MARCH[1] - timedelta(seconds=1)) == {"new": Tally(5)}
    assert standing(made.boss, ALL, MARCH[1]) == {"new": Tally(6)}


def test_everybody_reads_what_is_theirs(made: MadeFloor) -> None:
    """Managers all, supervisors their team, agents themselves."""
    for owner in ("ann", "ann", "bob", "cid"):
        made.lead(owner=owner)
    counts = {made.boss: 4, made.watcher: 3, made.people["ann"]: 2, made.people["cid"]: 1}
    for who, count in counts.items():
        assert march(made, who=who) == {"new": {"entered": count, "closing": count}}
        assert standing(who, ALL) == {"new": Tally(count)}
    with pytest.raises(Refused, match="not_found"):
        bridge(made.watcher, Slice(1, made.teams["south"]), during(*MARCH))


def test_money_is_exact(made: MadeFloor) -> None:
    """A cent more is a cent more."""
    for amount in ("0.01", "0.02", "999999999.99"):
        made.lead(amount=amount)
    assert standing(made.boss, ALL)["new"] == Tally(3, Decimal("1000000000.02"))
    assert bridge(made.boss, ALL, during(*MARCH)).whole.opening.amount == NOTHING
