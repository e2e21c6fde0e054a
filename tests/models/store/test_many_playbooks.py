"""Levels as many as a manager wants, and several playbooks on one floor whose leads stand in one queue."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction

import pytest

import funnel
from models import check, floor, ledger, queue, taking_in
from models.base import month_of, new_token
from models.campaigns import book
from models.connect import transact
from models.figures import month_figures
from models.lead import Lead
from models.playbook import read_playbook, shipped_text
from models.watching.cards import Selection
from models.watching.pulse import pulse
from tests.models.store import floors
from tests.models.store.floors import NOW, MadeFloor

TELESALES = shipped_text("telesales")
STAGES = re.split(r"(?m)^(?=\[\[stages\]\]$)", TELESALES)
"""What stands above the stages, then each of them."""


def levels_of(count: int) -> str:
    """Telesales with four levels (E goes), or with six (F comes above it)."""
    head, first, *others = STAGES
    if count == 4:
        return head + "".join(others)
    above = first.replace('code = "E"', 'code = "F"').replace("probability = 4", "probability = 2")
    return head + above + first + "".join(others)


@pytest.mark.parametrize(("count", "codes"), [(4, "D C B A won"), (6, "F E D C B A won")])
def test_four_levels_or_six_work_from_the_list_to_the_figures(database_url: str, count: int, codes: str) -> None:
    text, stages = levels_of(count), codes.split()
    assert [stage.code for stage in funnel.levels(read_playbook(text))] == stages[:-1]
    with floors.opened(database_url):
        made = floors.make(database_url, playbook=text)
        first, second = (made.lead(owner="ann", amount="1000", source="internet") for _ in range(2))
        claim = made.take("ann", second)
        filled = {"need": "x", "budget": "1", "decider": "Li", "product": "p", "expected_on": "2026-05-01"}
        ledger.edit(claim, filled, token=made.token(), now=NOW)
        for below in stages[1:-1]:
            for _ in range(2):
                entry = ledger.Entry("talked", purpose="p", feedback="f")
                ledger.log_touch(claim, entry, keep=True, token=made.token(), now=NOW)
            made.move(claim, below)
        queue.release(claim, NOW)
        # Two days after its talk it is awake again.
        assert made.next("ann", NOW + timedelta(days=3)).lead_id == second, "the strongest intent first"
        this = month_of(NOW.date())
        seen = month_figures(1, this, this + 1)
        assert [row.stage for row in seen.stages] == stages
        assert [row.entered for row in seen.stages] == [2, *[1] * (count - 1), 0]
        assert [row.open.count for row in seen.stages] == [1, *[0] * (count - 2), 1, 0]
        first_chance, last_chance = (book(1).playbook.stages[place].probability for place in (0, count - 1))
        assert seen.weighted == 10 * (first_chance + last_chance)
        vitals = pulse(made.boss, Selection(), NOW).vitals
        assert [level.stage for level in vitals.evenness.levels] == stages[:-1]
        assert [step.planned for step in vitals.slope.steps][-1] == Fraction(85, 100)
        assert first != second
        assert check.check(NOW + timedelta(days=3)) == ()


def test_leads_of_several_playbooks_stand_in_one_queue_by_their_probability(made: MadeFloor) -> None:
    general = floor.add_campaign("general", shipped_text("general"), by=made.boss, token=made.token(), now=NOW)
    steps = floor.add_campaign("steps", shipped_text("seven-step"), by=made.boss, token=made.token(), now=NOW)
    places = [
        (1, "offer", 50),
        (general, "closing", 90),
        (steps, "approval", 27),
        (1, "deal", 80),
        (general, "develop", 3),
    ]
    expected = {}
    for number, (campaign, stage, probability) in enumerate(places):
        given = {"company": f"C{number}", "person": "P", "source": "exhibition", "industry": "x"}
        given |= {"number": f"+4930555600{number}", "source": "web" if campaign == 1 else "exhibition"}
        lead = taking_in.take_in(
            campaign, given, by=made.boss, owner_id=made.people["ann"], token=made.token(), now=NOW,
            obtained_at=NOW - timedelta(days=1),
        )  # fmt: skip
        put(lead, campaign, stage)
        expected[lead] = probability
    called = []
    for _ in places:
        claim = made.next("ann")
        called.append(expected[claim.lead_id])
        ledger.sleep(claim, NOW + timedelta(days=1), token=made.token(), now=NOW)
    assert called == [90, 80, 50, 27, 3]
    this = month_of(NOW.date())
    assert sum(row.open.count for row in month_figures(general, this, this + 1).stages) == 2
    assert [row.open.count for row in month_figures(1, this, this + 1).stages] == [0, 1, 1, 0]
    assert check.check(NOW) == ()


def put(lead_id: int, campaign: int, stage: str) -> None:
    """A lead where its playbook's rules would have let it come to."""

    def command() -> None:
        lead, own = Lead.get_by_id(lead_id), book(campaign)
        if own.stage_codes[lead.stage_id] != stage:
            journal = ledger.write_journal(new_token(), "move", lead, 1, NOW, {})
            ledger.write_move(lead, own, journal, stage, funnel.Way.FORWARD, 1, NOW)
            queue.put_in_place(lead, own, NOW)
            lead.save()

    transact(command)
