"""Sales as the database keeps them: whatever order moves come in, whatever is taken back, whatever a stage means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import permutations
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import funnel
from models import check, floor, sales
from models.base import NEVER, rows_of, seconds
from models.campaigns import book
from models.connect import transact
from models.lead import Lead
from models.playbook import shipped_text
from models.reports.periods import Period
from models.reports.slices import By, Slice
from models.zones import unknown_zone_id
from tests.models.reports import second_way
from tests.models.reports.second_way import Raw, Row
from tests.models.reports.test_funnels import spans
from tests.models.reports.test_slices import slices
from tests.models.store.conftest import Anew
from tests.models.store.floors import NOW, MadeFloor

STEPS = shipped_text("seven-step")
SOLD_AT = ("deliver", "close", "again")
"""Stages that may be the sale, the playbook's own first: two are won then, or three, or one."""
SPLITS = [by for by in By if by is not By.MONTH]
DAY = 86_400


def sold_at(stage: str) -> str:
    """The seven steps, with another one as the sale."""
    steps = STEPS.replace("is_won = true\n", "")
    return steps.replace(f'\ncode = "{stage}"\n', f'\ncode = "{stage}"\nis_won = true\n')


def means(made: MadeFloor, campaign: int, stage: str) -> None:
    """From now on that stage is the sale."""
    floor.apply_playbook(campaign, sold_at(stage), by=made.boss, token=made.token(), now=NOW)
    assert {book(campaign).stage_codes[number] for number in book(campaign).of_kind(funnel.Kind.WON)} == {
        "close": {"close", "deliver", "again"}, "deliver": {"deliver", "again"}, "again": {"again"}
    }[stage]  # fmt: skip


def faults() -> list[tuple[object, ...]]:
    """Rows that are not what a recount says."""
    return rows_of(dict(check.QUESTIONS)["sales"])


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    turns=st.lists(st.sampled_from(SOLD_AT), max_size=3),
    asked=st.lists(st.tuples(st.just(Slice(1)) | slices(), spans(), st.sampled_from(SPLITS)), min_size=8, max_size=8),
)
def test_sales_are_what_plain_python_counts(
    anew: Anew, seed: int, turns: list[str], asked: list[tuple[Slice, Period, By]]
) -> None:
    """With several stages after the sale, lost and undone and taken back, and after each change of what is a sale."""
    with anew() as made:
        random = Random(seed)
        steps = floor.add_campaign("Steps", STEPS, by=made.boss, token=made.token(), now=NOW)
        second_way.written(made, random, 4)
        second_way.written(made, random, campaign=steps)
        for stage in (None, *turns):
            if stage is not None:
                means(made, steps, stage)
                second_way.written(made, random, 3, campaign=steps)
            found = second_way.raw()
            for chosen, period, by in asked:
                for campaign in (1, steps):
                    assert_sold(found, replace(chosen, campaign_id=campaign), period, by)
            assert faults() == []


def assert_sold(found: Raw, chosen: Slice, period: Period, by: By) -> None:
    """Days, deals and money of every part, and of those that went on."""
    ids = {row["id"] for row in second_way.moves_of(found, chosen)}
    sold = [row for row in second_way.sold(found, period.since, period.until) if row["id"] in ids]
    days = Counter((second_way.key_of(found, by, row), row["cycle"]) for row in sold)
    rows = sales.cycles(chosen, period.span, by)
    assert len(rows) == len({key for key, _ in days})
    assert {(key, length): count for key, took in rows for length, count in took.items()} == days
    assert sales.won(chosen, period.span, by) == tallies(found, by, sold)
    are_sold = {row["id"] for row in sold}
    on = [row for row in found.moves if row["id"] in are_sold and second_way.later(found, row, period.until)]
    assert sales.gone_on(book(chosen.campaign_id), chosen, period.span, by) == tallies(found, by, on)


def tallies(found: Raw, by: By, rows: Iterable[Row]) -> dict[int | str, funnel.Tally]:
    """How many and how much, by part."""
    parts = second_way.split(found, by, rows)
    return {key: funnel.Tally(len(own), second_way.amount(own)) for key, own in parts.items()}


STORY = (
    (None, "find", "forward"),
    ("find", "deliver", "skip"),
    ("deliver", "again", "forward"),
    ("again", "close", "back"),
    ("close", "deliver", "forward"),
)
"""Taken in, sold, moved on, undone, sold again: a move a day."""
TOLD = [(1, 1, 2, 3), (4, 4, None, None)]
"""Of each sale: on which day, after how many, when the lead went on, when the sale was undone."""
SOLD_LATER = [(2, 2, 3, 3)]
"""The same where buying again is the sale."""


def written(campaign: int, order: Sequence[int], *, is_at_once: bool = False) -> int:
    """A lead whose story is told in that order, move by move or in one statement."""
    stages, came = book(campaign).stage_ids, seconds(NOW)
    lead = Lead.add(
        campaign_id=campaign, stage_id=stages["deliver"], zone_id=unknown_zone_id(NOW), lane=0, key=0, wake_at=NEVER,
        company="C", amount=100, obtained_at=came, entered_at=came, stage_since=came,
    )  # fmt: skip
    told = [(place, *STORY[place]) for place in order]
    moves = [(lead, stages.get(origin or ""), stages[to], way, came + place * DAY) for place, origin, to, way in told]
    for batch in [moves] if is_at_once else [[move] for move in moves]:
        values = ", ".join(["(0, ?, ?, ?, ?, ?, 24314)"] * len(batch))
        rows_of(
            "INSERT INTO stage_move (journal_id, lead_id, from_stage_id, to_stage_id, way, at, month) "
            f"VALUES {values} RETURNING id",
            [value for move in batch for value in move],
        )
    return lead


def kept(lead: int) -> list[tuple[int | None, ...]]:
    """The sales of a lead: day, days, and the days on which it went on and was undone."""

    def day(at: int) -> int | None:
        return None if at == NEVER else (at - seconds(NOW)) // DAY

    rows = rows_of("SELECT at, days, next_at, undone_at FROM sale WHERE lead_id = ? ORDER BY at", (lead,))
    return [(day(at), days, day(following), day(undone)) for at, days, following, undone in rows]


def taken_back(lead: int, place: int) -> None:
    """A move of the story never was."""
    rows_of(
        "UPDATE stage_move SET voided_by = 1 WHERE lead_id = ? AND at = ? RETURNING id",
        (lead, seconds(NOW) + place * DAY),
    )


@pytest.fixture
def steps(made: MadeFloor) -> int:
    """A campaign of seven steps."""
    return floor.add_campaign("Steps", STEPS, by=made.boss, token=made.token(), now=NOW)


def test_moves_come_in_any_order(steps: int) -> None:
    """A list brings pasts as it has them; what was sold, when and until when is the same."""

    def command() -> list[int]:
        orders = list(permutations(range(len(STORY))))
        return [written(steps, order, is_at_once=at_once) for order in orders for at_once in (False, True)]

    leads = transact(command)
    assert {lead: kept(lead) for lead in leads} == dict.fromkeys(leads, TOLD)
    assert faults() == []


@pytest.mark.parametrize(
    ("place", "left"),
    [
        (0, [(1, 0, 2, 3), (4, 3, None, None)]),
        (1, [(4, 4, None, None)]),
        (2, [(1, 1, 3, 3), (4, 4, None, None)]),
        (3, [(1, 1, 2, 4), (4, 4, None, None)]),
        (4, [(1, 1, 2, 3)]),
    ],
)
def test_what_is_taken_back_never_was(steps: int, place: int, left: list[tuple[int | None, ...]]) -> None:
    """Whichever move of a story it is."""
    lead = transact(lambda: written(steps, range(len(STORY))))
    transact(lambda: taken_back(lead, place))
    assert kept(lead) == left
    assert faults() == []


def test_what_is_a_sale_is_the_playbooks_to_say(made: MadeFloor, steps: int) -> None:
    """Of all that ever was; a playbook that says the same leaves the sales alone."""
    lead = transact(lambda: written(steps, range(len(STORY))))
    for stage, told in (("again", SOLD_LATER), ("deliver", TOLD)):
        means(made, steps, stage)
        assert kept(lead) == told
        assert faults() == []
    rows_of("UPDATE sale SET amount = 7 RETURNING lead_id")
    means(made, steps, "deliver")
    assert {row[0] for row in rows_of("SELECT amount FROM sale")} == {7}
