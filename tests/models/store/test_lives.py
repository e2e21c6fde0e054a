"""Laws of the store on random days: the claim against a full search, the figures against the history itself."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from random import Random

import pytest

import funnel
from models import check, figures, queue
from models.base import moment, money, month_of, month_starts, rows_of
from models.campaigns import book
from models.zones import floor_zone
from tests.models.store import lives
from tests.models.store.floors import NOW, MadeFloor

LEADS = 120


@pytest.mark.parametrize("seed", [1, 2])
def test_a_claim_hands_out_what_a_full_search_would(made: MadeFloor, seed: int) -> None:
    """Over random lanes, zones, times, promises, claims that ran out, suppression, hand-overs: the best every time."""
    random = Random(seed)
    lives.people_it(made, random, LEADS)
    life = lives.Life(made, random)
    handed = nothing = 0
    while handed < 80:
        life.passes()
        life.manage()
        lives.sweep(life.now)
        who = made.people[random.choice(lives.WHO)]
        before, best = queue.held(who, life.now), lives.best(who, life.now)
        claim = queue.claim_next(who, life.now)
        if before is not None:
            assert claim == before
        elif claim is None:
            assert best == {}
            nothing += 1
        else:
            assert claim.lead_id in best
            handed += 1
        if claim is not None:
            life.work(claim)
    assert nothing
    assert check.check(life.now) == ()


def tally(amount: int | None) -> funnel.Tally:
    """One lead and its money."""
    return funnel.Tally(1, money(amount or 0) or funnel.NOTHING)


def stock_and_moves() -> tuple[dict[str, funnel.Tally], list[funnel.Move]]:
    """The raw rows, for the heart to count."""
    codes = book(1).stage_codes
    stock: dict[str, funnel.Tally] = defaultdict(funnel.Tally)
    for stage, amount in rows_of("SELECT stage_id, amount FROM lead WHERE voided_at IS NULL"):
        stock[codes[stage]] += tally(amount)
    rows = rows_of(
        "SELECT lead_id, at, from_stage_id, to_stage_id, way, amount FROM stage_move WHERE voided_by IS NULL "
        "ORDER BY at, id"
    )
    moves = [
        funnel.Move(lead, moment(at), codes.get(origin), codes[to], funnel.Way(way), tally(amount).amount)
        for lead, at, origin, to, way, amount in rows
    ]
    return stock, moves


def months(life: lives.Life) -> range:
    """The floor's months that were lived through."""
    return range(month_of(NOW.date()), month_of(life.now.date()) + 1)


@pytest.mark.parametrize("seed", [3, 4])
def test_figures_are_what_the_history_says(made: MadeFloor, seed: int) -> None:
    """Months from counters, periods from SQL, both against the heart's own count; moves undone leave them all."""
    random = Random(seed)
    lives.people_it(made, random, 30)
    life = lives.Life(made, random, NOW + timedelta(days=28))
    for _ in range(120):
        life.passes()
        life.turn()
        if random.random() < 0.15:
            life.undo()
    stock, moves = stock_and_moves()
    playbook, zone = book(1).playbook, floor_zone()
    assert any(move.way is funnel.Way.REOPEN for move in moves)
    assert len(months(life)) > 1
    for month in months(life):
        since, until = (
            NOW.astimezone(zone).replace(month_starts(m).year, month_starts(m).month, 1, 0, 0)
            for m in (month, month + 1)
        )
        counted = funnel.counted(playbook, stock, moves, since, until)
        assert figures.month_figures(1, month, month + 1) == counted
        assert figures.period_figures(1, since, until) == counted
    for _ in range(10):
        since = NOW + timedelta(hours=random.randrange(1_200))
        until = since + timedelta(hours=random.randrange(1, 400))
        assert figures.period_figures(1, since, until) == funnel.counted(playbook, stock, moves, since, until)
    assert figures.period_figures(1, None, None) == funnel.counted(
        playbook, stock, moves, NOW - timedelta(days=400), life.now + timedelta(days=1)
    )
    assert check.check(life.now) == ()


def test_teams_and_owners_add_up(made: MadeFloor) -> None:
    """The floor's figures are the sum of its teams', and of its agents' with the pools'."""
    random = Random(5)
    lives.people_it(made, random, 30)
    life = lives.Life(made, random)
    for _ in range(60):
        life.passes()
        life.step()
        life.manage()
    month = month_of(NOW.date())
    whole = figures.month_figures(1, month, month + 1)
    for column, values in (("team_id", range(3)), ("owner_id", range(7))):
        parts = [figures.month_figures(1, month, month + 1, column, value) for value in values]
        for place, row in enumerate(whole.stages):
            own = [part.stages[place] for part in parts]
            assert sum((part.open for part in own), funnel.Tally()) == row.open
            assert sum(part.entered for part in own) == row.entered
            assert sum(part.left for part in own) == row.left
        assert sum((part.won for part in parts), funnel.Tally()) == whole.won
        assert sum(part.weighted for part in parts) == whole.weighted
