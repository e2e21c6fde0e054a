"""What a changed playbook would do: counted in the database as the heart's own rules count it, lead by lead."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from msgspec import structs

import funnel
from funnel import Criterion, Stage, TouchKind, TouchRule
from models import changes, check, floor, queue
from models.base import rows_of
from models.campaigns import book
from models.errors import Refused
from models.fields import fields_of
from models.lead import Lead
from models.ledger import facts_of
from models.playbook import read_playbook
from tests.models.store import floors, lives
from tests.models.store.conftest import Anew
from tests.models.store.floors import NOW, PLAYBOOK, MadeFloor

BOOK = read_playbook(PLAYBOOK)
OFFER = PLAYBOOK[PLAYBOOK.index('[[stages]]\ncode = "offer"') : PLAYBOOK.index('[[stages]]\ncode = "deal"')]


def with_stage(code: str, **values: object) -> funnel.Playbook:
    """The playbook with one stage otherwise."""
    return replace(BOOK, stages=tuple(replace(one, **values) if one.code == code else one for one in BOOK.stages))  # type: ignore[arg-type]


def changed(found: changes.Change, code: str) -> changes.StageChange:
    return next(one for one in found.stages if one.code == code)


def could_go_on(stage: Stage) -> set[int]:
    """Who has all that a stage asks for, by the heart."""
    mine = replace(
        BOOK,
        stages=tuple(replace(stage, sign=funnel.NO_WORDS) if one.code == stage.code else one for one in BOOK.stages),
    )
    following = mine.after(stage.code)
    assert following is not None
    number = book(1).stage_ids[stage.code]
    return {
        lead.id
        for lead in Lead.select().where(Lead.stage_id == number, Lead.voided_at.is_null())
        if funnel.may_move(mine, stage.code, following.code, facts_of(lead)).is_allowed
    }


def any_stage(random: Random, stage: Stage) -> Stage:
    """A stage that asks for whatever."""
    names = ("company", "person", "number", "need", "amount", "budget", "expected_on", "industry")
    rules = tuple(
        TouchRule(
            random.choice((1, 1, 2)),
            random.choice((None, TouchKind.CALL, TouchKind.EMAIL)),
            random.choice(((), ("talked",), ("no_answer", "talked"))),
            with_purpose=random.random() < 0.2,
            with_feedback=random.random() < 0.2,
        )
        for _ in range(random.choice((0, 0, 1, 2)))
    )
    return replace(stage, required_fields=tuple(random.sample(names, random.choice((0, 1, 2)))), required_touches=rules)


@pytest.mark.parametrize("seed", range(3))
def test_who_would_be_stuck_is_who_could_go_on_and_could_not_any_more(anew: Anew, seed: int) -> None:
    with anew() as made:
        random = Random(seed)
        lives.people_it(made, random, 40)
        life = lives.Life(made, random)
        for _ in range(150):
            life.passes()
            life.step()
        found = 0
        for _ in range(25):
            stage = BOOK.stage(random.choice(("new", "offer", "deal")))
            before, after = any_stage(random, stage), any_stage(random, stage)
            expected = len(could_go_on(before) - could_go_on(after))
            assert changes._stuck(book(1), before, after) == expected
            found += expected
        assert found


@pytest.mark.parametrize(
    "after",
    [
        with_stage("new", probability=30),
        with_stage("offer", dwell_days=30),
        with_stage("offer", dwell_days=None),
        with_stage("new", dwell_days=1),
        replace(BOOK, order=(Criterion.INTENT, *(one for one in Criterion if one is not Criterion.INTENT))),
    ],
)
def test_who_gets_another_place_is_whose_key_is_another(anew: Anew, after: funnel.Playbook) -> None:
    with anew() as made:
        random = Random(3)
        lives.people_it(made, random, 40)
        life = lives.Life(made, random)
        for _ in range(120):
            life.passes()
            life.step()
        campaign, expected, later = book(1), 0, life.now + timedelta(days=4)
        for lead in Lead.select().where(Lead.voided_at.is_null()):
            if queue.is_in_funnel(lead, campaign):
                keys = []
                for playbook in (BOOK, after):
                    queue.put_in_place(lead, structs.replace(campaign, playbook=playbook), later)
                    keys.append(lead.key)
                expected += keys[0] != keys[1]
        assert changes.look(1, after, later).rekeyed == expected
        assert expected


def test_stages_that_come_go_move_and_are_renamed(made: MadeFloor) -> None:
    claim = made.take("ann", made.lead(amount="1000"))
    made.move(claim, "offer")
    new, offer, deal, won = BOOK.stages
    named = replace(new, name=funnel.Words("Fresh", "新线索"))
    trial = replace(deal, code="trial", probability=60)
    found = changes.look(1, replace(BOOK, stages=(named, deal, trial, won)), NOW)
    assert [(one.code, one.before is None, one.after is None) for one in found.stages] == [
        ("new", False, False), ("trial", True, False), ("offer", False, True),
    ]  # fmt: skip
    assert changed(found, "new").is_renamed
    assert found.stranded == {"offer": 1}
    assert changed(found, "offer").leads == funnel.Tally(1, Decimal(1000))
    turned = changes.look(1, replace(BOOK, stages=(new, deal, offer, won)), NOW)
    assert {one.code for one in turned.stages if one.is_moved} == {"offer", "deal"}
    assert not changes.look(1, BOOK, NOW).stages
    assert changes.look(1, BOOK, NOW).is_same


def test_the_forecast_the_sale_and_the_lists(made: MadeFloor) -> None:
    made.lead(amount="1000")
    found = changes.look(1, with_stage("new", probability=30), NOW)
    assert found.weighted == (Decimal(100), Decimal(300))
    assert changed(found, "new").probabilities == (10, 30)
    new, offer, deal, won = BOOK.stages
    earlier = replace(BOOK, stages=(new, offer, replace(deal, is_won=True), replace(won, is_won=False)))
    assert changes.look(1, earlier, NOW).sales == ("won", "deal")
    fewer = replace(BOOK, sources=BOOK.sources[1:], pauses=(funnel.Pause("tea", funnel.Words("Tea", "茶")),))
    assert changes.look(1, fewer, NOW).lists == {"sources": ((), ("web",)), "pauses": (("tea",), ())}


def test_applying_tells_the_journal_and_minds_who_was_faster(made: MadeFloor) -> None:
    made.lead()
    after = PLAYBOOK.replace("probability = 10\n", "probability = 20\n")
    seen = changes.look(1, read_playbook(after), NOW)
    floor.apply_playbook(1, after, edition=seen.edition, by=made.boss, token=made.token(), now=NOW)
    (told,) = [json.loads(row[0]) for row in rows_of("SELECT detail FROM journal WHERE verb = 'playbook'")]
    assert told["change"]["probabilities"] == {"new": [10, 20]}
    before = floors.dump()
    with pytest.raises(Refused, match="playbook_changed"):
        floor.apply_playbook(1, PLAYBOOK, edition=seen.edition, by=made.boss, token=made.token(), now=NOW)
    assert floors.dump() == before
    assert check.check(NOW) == ()


def test_looking_changes_nothing(made: MadeFloor) -> None:
    made.lead()
    before = floors.dump()
    changes.look(1, read_playbook(PLAYBOOK.replace(OFFER, "")), NOW)
    assert floors.dump() == before
    assert fields_of(Lead.get_by_id(1))["source"] == "web"
