"""The check: silent on a floor that worked, and it names every planted fault."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from models import check
from models.base import proxy
from models.connect import is_postgres
from tests.models.store import floors, lives
from tests.models.store.floors import NOW, MadeFloor

DAY = timedelta(days=1)


@pytest.fixture
def worked(made: MadeFloor) -> MadeFloor:
    """A floor with a history: sold, lost, promised, asleep, barred and one lead in hand."""
    random = Random(11)
    lives.people_it(made, random, 6)
    for to in ("won", "lost", "offer"):
        claim = made.take("boss", made.lead(amount="100"))
        if to == "lost":
            made.log(claim, "refused", reason="price")
        else:
            made.move(claim, to)
            made.log(claim, "callback", next_at=NOW + DAY)
    made.log(made.take("ann", made.lead()), "banned")
    made.take("ann", made.lead())
    assert check.check(NOW) == ()
    return made


FAULTS = {
    "a counter too high": ("UPDATE stock SET n = n + 1 WHERE owner_id = 0", "stock"),
    "money in a counter": ("UPDATE stock SET amount = amount + 1 WHERE n > 0", "stock"),
    "a counter gone": ("DELETE FROM stock", "stock"),
    "entries": ("UPDATE entered SET n = n - 1", "entered"),
    "entries of another month": ("UPDATE entered SET month = month + 100", "entered"),
    "a passage of another amount": ("UPDATE passage SET amount = amount + 1", "passages"),
    "a passage that was longer": ("UPDATE passage SET since = since - 1", "passages"),
    "a passage that led back": ("UPDATE passage SET back_at = at", "passages"),
    "passed": ("UPDATE passed SET n = n + 1", "passed"),
    "passed another way": ("UPDATE passed SET way = 'back' WHERE way = 'lost'", "passed"),
    "stayed": ("UPDATE stayed SET days = days + 1", "stayed"),
    "a sale gone": ("DELETE FROM sale", "sales"),
    "a sale that took longer": ("UPDATE sale SET days = days + 1", "sales"),
    "a sale undone": ("UPDATE sale SET undone_at = at", "sales"),
    "stock of a source": ("UPDATE stock_by_lead SET amount = amount + 1", "stock_by_lead"),
    "entered of a source": ("UPDATE entered_by_lead SET source = source || 'x'", "entered_by_lead"),
    "passed of a source": ("DELETE FROM passed_by_lead WHERE part = 'source'", "passed_by_lead"),
    "stayed of a product": ("UPDATE stayed_by_lead SET value = 'x' WHERE part = 'product'", "stayed_by_lead"),
    "flow of a source": ("UPDATE flow_by_lead SET n = n + 1 WHERE part = 'source'", "flow_by_lead"),
    "flow of a product": ("DELETE FROM flow_by_lead WHERE part = 'product'", "flow_by_lead"),
    "work for a source": ("UPDATE worked_by_lead SET talks = talks + 1", "worked_by_lead"),
    "leads that came": ("UPDATE came SET n = n + 1", "came"),
    "a list not counted": ("INSERT INTO counted_later (after, upto) VALUES (7, 9)", "counted_later"),
    "a cohort that sold more": ("UPDATE cohort SET won = won + 1", "cohorts"),
    "a cohort that had been there": ("UPDATE cohort SET before_month = before_month + 1", "cohorts"),
    "a cohort of others": ("UPDATE cohort SET owner_id = owner_id + 100 WHERE part = ''", "cohorts"),
    "a cohort that is not counted yet": ("UPDATE cohort_order SET counted_to = 1", "cohorts"),
    "a flow": ("UPDATE flow SET amount = amount + 1", "flow"),
    "worked": ("UPDATE worked SET talks = talks + 1", "worked"),
    "a stage without a move": ("UPDATE lead SET stage_id = stage_id + 1 WHERE id = 1", "stage"),
    "a token missing": ("UPDATE lead SET token = NULL WHERE holder_id IS NOT NULL", "claims"),
    "a holder missing": ("UPDATE lead SET holder_id = NULL WHERE holder_id IS NOT NULL", "claims"),
    "a claim without an end": ("UPDATE lead SET wake_at = NULL WHERE holder_id IS NOT NULL", "claims"),
    "two in one hand": (
        "UPDATE lead SET holder_id = 2, token = 'x', held_since = 1, wake_at = 4000000000 WHERE id IN (1, 2)",
        "claims",
    ),
    "a key": ("UPDATE lead SET key = key + 1 WHERE rekey_at IS NULL", "keys"),
    "an open lead that never wakes": ("UPDATE lead SET wake_at = 4611686018427387904 WHERE id = 1", "sleep"),
    "a lost lead that is called": ("UPDATE lead SET wake_at = NULL WHERE id = 8", "sleep"),
    "a lane": ("UPDATE lead SET lane = 77 WHERE id = 1", "lanes"),
    "a number forgotten": ("DELETE FROM suppression", "suppressed"),
    "a number not barred": ("UPDATE suppression SET number = (SELECT MAX(number) FROM phone)", "suppressed"),
    "a month": ("UPDATE stage_move SET month = month - 1", "months"),
}  # fmt: skip


@pytest.mark.parametrize(("statement", "code"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_found(worked: MadeFloor, statement: str, code: str) -> None:
    """By its name, with rows that show it and nothing of a customer."""
    if "stage_move" in statement:
        drop = "DROP TRIGGER stage_move_kept" + (" ON stage_move" if is_postgres() else "")
        proxy.execute_sql(drop)
    proxy.execute_sql(statement)
    found = {one.code: one for one in check.check(NOW)}
    assert code in found
    assert found[code].count
    assert found[code].examples
    assert "Company" not in str(found)


def test_figures_are_right_however_leads_change(made: MadeFloor) -> None:
    """Whatever a statement does to leads at once, past all commands, the counters follow."""
    lives.people_it(made, Random(12), 12)
    for statement in (
        "UPDATE lead SET amount = COALESCE(amount, 0) + id",
        "UPDATE lead SET owner_id = 2, team_id = 1, lane = 2 WHERE id < 5 AND due_at IS NULL",
        "UPDATE lead SET amount = NULL WHERE id > 9",
        "UPDATE lead SET voided_at = 1 WHERE id = 3",
        "UPDATE lead SET voided_at = NULL WHERE id = 3",
    ):
        floors.write(statement)
        assert "stock" not in {one.code for one in check.check(NOW)}
