"""Funnels that go on after the deal: delivery and buying again are no sales of their own, and undo none."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest

import funnel
from models import crew, day, floor, queue
from models.base import month_of
from models.campaigns import book
from models.figures import month_figures, period_figures, today
from models.watching.cards import EVERYTHING
from models.watching.month import month
from models.watching.overview import overview
from models.watching.pulse import won_cycles
from models.zones import month_span
from tests.models.store import watched
from tests.models.store.conftest import Anew
from tests.models.store.floors import NOW, PLAYBOOK, MadeFloor
from tests.models.store.test_pulse import as_move, seconds_of, stored

GOES_ON = (
    PLAYBOOK
    + """
[[stages]]
code = "delivered"
name = { en = "Delivered", zh = "交" }
probability = 100
promotion_rate = 50

[[stages]]
code = "again"
name = { en = "Buys again", zh = "复" }
probability = 100
promotion_rate = 0
"""
)


def go_on(made: MadeFloor) -> None:
    """The floor's funnel goes on after the deal from now on."""
    floor.apply_playbook(1, GOES_ON, by=made.boss, token=made.token(), now=NOW)


@pytest.mark.parametrize("seed", range(4))
def test_the_kept_counters_say_what_the_heart_says(anew: Anew, seed: int) -> None:
    with anew() as made:
        go_on(made)
        random = Random(seed)
        lived = watched.Floor(made, random)
        lived.goes_on(110)
        playbook, this = book(1).playbook, month_of(lived.now.date())
        moves, stock = list(map(as_move, stored())), standing()
        for which in (this, this - 1):
            span = month_span(which)
            counted = funnel.counted(playbook, stock, moves, *span)
            assert month_figures(1, which, which + 1).won == counted.won
            assert period_figures(1, *span).won == counted.won
            sheet = month(made.boss, EVERYTHING, which, lived.now)
            assert sheet.total.won.count <= counted.won.count
            cycles = seconds_of(funnel.won_cycles(playbook, moves, *span))
            assert seconds_of(won_cycles(book(1), *span)) == cycles
        since, until = sorted(NOW + (lived.now - NOW) * random.uniform(-0.2, 1.2) for _ in range(2))
        since, until = (at.replace(microsecond=0) for at in (since, until))
        over = period_figures(1, since, until)
        counted = funnel.counted(playbook, stock, moves, since, until)
        assert (over.won, over.lost, over.invalid) == (counted.won, counted.lost, counted.invalid)
        assert period_figures(1, None, None).weighted == counted.weighted


def standing() -> dict[str, funnel.Tally]:
    """The leads in each stage."""
    codes = {row["id"]: row["code"] for row in watched.rows("stage")}
    found: Counter[str] = Counter()
    amounts: Counter[str] = Counter()
    for lead in watched.rows("lead"):
        found[codes[lead["stage_id"]]] += 1
        amounts[codes[lead["stage_id"]]] += lead["amount"] or 0
    return {code: funnel.Tally(found[code], Decimal(amounts[code]) / 100) for code in found}


def test_a_sale_stays_the_months_and_the_sellers_when_its_lead_goes_on(made: MadeFloor) -> None:
    go_on(made)
    lead = made.lead(owner="ann", amount="1000")
    claim = made.take("ann", lead)
    for to in ("offer", "deal", "won", "delivered", "again"):
        made.move(claim, to, NOW)
    sold, this = funnel.Tally(1, Decimal(1000)), month_of(NOW.date())
    assert month_figures(1, this, this + 1).won == sold
    assert month_figures(1, this, this + 1, "owner_id", made.people["ann"]).won == sold
    assert month_figures(1, this, this + 1, "owner_id", made.people["bob"]).won == funnel.Tally()
    assert today(made.people["ann"], NOW).won == sold
    assert day.day(made.people["ann"], NOW).won == sold
    rows = {row.name: row for row in month(made.boss, EVERYTHING, this, NOW).rows}
    assert (rows["Ann"].won, rows["Ann"].closed) == (sold, 1)
    assert {row.name: row.won for row in overview(made.boss, EVERYTHING, NOW).agents}["Ann"] == sold


def test_the_month_after_the_sale_has_no_sale(made: MadeFloor) -> None:
    go_on(made)
    claim = made.take("ann", made.lead(owner="ann", amount="1000"))
    for to in ("offer", "deal", "won"):
        made.move(claim, to, NOW)
    later = NOW + timedelta(days=35)
    claim = made.take("ann", claim.lead_id, later)
    made.move(claim, "delivered", later)
    this = month_of(later.date())
    assert month_figures(1, this, this + 1).won == funnel.Tally()
    assert month_figures(1, this - 1, this).won.count == 1
    assert month(made.boss, EVERYTHING, this, later).total.closed == 0
    assert today(made.people["ann"], later).won == funnel.Tally()


def test_a_customer_is_no_open_lead_and_a_refused_call_undoes_no_sale(made: MadeFloor) -> None:
    go_on(made)
    claim = made.take("ann", made.lead(owner="ann", amount="1000"))
    for to in ("offer", "deal", "won", "delivered"):
        made.move(claim, to, NOW)
    assert {one.login: one.leads for one in crew.agents()}["ann"] == 0
    after = made.log(claim, "refused", NOW, reason="price")
    assert after.closes is None
    assert book(1).stage_codes[watched.rows("lead")[0]["stage_id"]] == "delivered"
    assert queue.claim_next(made.people["ann"], NOW) is None


def test_a_sale_that_was_made_stays_one_when_its_stage_gets_another_name(made: MadeFloor) -> None:
    claim = made.take("ann", made.lead(owner="ann", amount="1000"))
    for to in ("offer", "deal", "won"):
        made.move(claim, to, NOW)
    made.move(claim, "deal", NOW + timedelta(days=35), reason="cancelled")
    renamed = PLAYBOOK.replace('code = "won"', 'code = "sold"')
    floor.apply_playbook(1, renamed, by=made.boss, token=made.token(), now=NOW + timedelta(days=36))
    this = month_of(NOW.date())
    assert month_figures(1, this, this + 1).won == funnel.Tally(1, Decimal(1000))
