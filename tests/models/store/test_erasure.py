"""A person is erased: nothing of theirs is left, the figures are the same, and the record still holds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import check, figures, ledger, undoing, views
from models.base import new_token, rows_of
from models.cards import Scope
from models.errors import Refused, Stale
from models.record import erasure
from models.watching import spot
from models.watching.cards import Selection
from tests.models.store import floors
from tests.models.store.floors import NOW, MadeFloor

NAMES = ("Ottilie", "Brunnenbau", "305551234", "asked for her sister")


def worked(made: MadeFloor) -> int:
    """A lead with its name and its words in every place where they can be; one beside it."""
    lead = made.lead(owner="ann", company="Brunnenbau", person="Ottilie", number="+49305551234", amount="500")
    made.lead(owner="ann")
    claim = made.take("ann", lead)
    ledger.edit(claim, {"need": "a well for Ottilie", "person": "Ottilie B."}, token="edit", now=NOW)
    made.log(claim, "talked", note="asked for her sister", feedback="asked for her sister", bring="for Ottilie")
    made.move(made.take("ann", lead), "offer", reason="asked for her sister")
    made.log(made.take("ann", lead), "refused", reason="price", note="asked for her sister")
    return lead


def counted(made: MadeFloor) -> tuple[object, ...]:
    """The live funnel, the month, and the work done."""
    panel = figures.panel(made.boss, Scope.FLOOR, 1, NOW, happenings_shown=0)
    return panel, rows_of("SELECT COUNT(*), SUM(is_talk) FROM touch"), figures.period_figures(1, None, None)


def test_nothing_of_the_person_is_left(made: MadeFloor) -> None:
    """In no table; what was counted is counted still, and the lead is nobody's to call."""
    lead = worked(made)
    assert any(name in repr(floors.dump()) for name in NAMES)
    before = counted(made)
    assert erasure.erase(lead, reason="asked in writing", by=made.boss, token="t", now=NOW) > 4
    assert not [name for name in NAMES if name in repr(floors.dump())]
    assert counted(made) == before
    assert check.check(NOW) == ()
    assert views.lead(made.boss, lead, NOW).company == ""
    assert rows_of("SELECT reason FROM stage_move WHERE way = 'lost'") == [("price",)]
    with pytest.raises(Refused, match="barred"):
        made.take("ann", lead)


def test_erasing_again_changes_no_digest(made: MadeFloor) -> None:
    """The same command counts once; another finds nothing left."""
    lead = worked(made)
    first = erasure.erase(lead, reason="asked", by=made.boss, token="t", now=NOW)
    assert erasure.erase(lead, reason="asked", by=made.boss, token="t", now=NOW) == first
    assert erasure.erase(lead, reason="asked again", by=made.boss, token="u", now=NOW) == 0
    assert check.check(NOW) == ()


def test_whoever_has_it_in_hand_is_stale(made: MadeFloor) -> None:
    """What is typed about an erased person is not saved, and what was logged is not undone."""
    lead = worked(made)
    claim = made.take("ann", made.lead(owner="ann"))
    ledger.log_touch(claim, ledger.Entry("no_answer"), token="it", now=NOW)
    held = made.take("ann", claim.lead_id)
    for number in (lead, claim.lead_id):
        erasure.erase(number, reason="asked", by=made.boss, token=new_token(), now=NOW)
    with pytest.raises(Stale):
        made.log(held, "talked", note="too late")
    with pytest.raises(Refused, match="undo_nothing"):
        undoing.undo(made.people["ann"], "it", token="undo", now=NOW + timedelta(seconds=2))
    assert check.check(NOW) == ()


def test_a_spot_check_asks_nothing_of_who_was_erased(made: MadeFloor) -> None:
    """What was skipped and taken back is no sign, before and after."""
    ann, later, soon = made.people["ann"], NOW + timedelta(days=1), NOW + timedelta(seconds=2)
    leads = [made.lead(owner="ann") for _ in range(2)]
    ledger.sleep(made.take("ann", leads[0]), later, token="sleep", now=NOW)
    undoing.undo(ann, "sleep", token="undo", now=soon)
    ledger.sleep(made.take("ann", leads[1], soon), later, token="another", now=soon)

    def skipped() -> list[int]:
        draws = (0.0, 0.0, 0.0)
        found = spot.spot_check(made.boss, Selection(), later, since=NOW, until=later, draws=draws, aimed=True)
        return [sample.lead_id for sample in found.rows]

    assert skipped() == [leads[1]]
    erasure.erase(leads[0], reason="asked", by=made.boss, token="t", now=soon)
    assert skipped() == [leads[1]]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE touch SET note = 'written again' WHERE erased IS NOT NULL",
        "UPDATE journal SET detail = '{\"a\": 1}' WHERE erased IS NOT NULL",
        "UPDATE touch SET erased = salt, salt = NULL, note = '', feedback = '', bring = '' WHERE erased IS NULL",
        "UPDATE touch SET salt = 'x' WHERE erased IS NOT NULL",
    ],
)
def test_an_erasure_is_no_way_to_alter(made: MadeFloor, sql: str) -> None:
    """An erased text stays blank, and nothing is erased without a record of it."""
    lead = worked(made)
    made.log(made.take("bob", made.lead()), "talked", note="stays")
    erasure.erase(lead, reason="asked", by=made.boss, token="t", now=NOW)
    floors.tamper(sql)
    assert [fault.code for fault in check.check(NOW)] == ["altered"]


def test_only_a_manager_erases_and_says_why(made: MadeFloor) -> None:
    """By the lead's own code, or by the one that its card shows."""
    lead = worked(made)
    code = views.lead(made.boss, lead, NOW).code
    assert {erasure.lead_of(name, by=made.boss) for name in (str(lead), code)} == {lead}
    with pytest.raises(Refused, match="managers_only"):
        erasure.lead_of(str(lead), by=made.people["ann"])
    with pytest.raises(Refused, match="not_found"):
        erasure.lead_of("LF1999001", by=made.boss)
    for refused, number, who, reason in (
        ("managers_only", lead, "ann", "x"),
        ("needs_reason", lead, "boss", " "),
        ("not_found", 999, "boss", "x"),
    ):
        with pytest.raises(Refused, match=refused):
            erasure.erase(number, reason=reason, by=made.people[who], token="t", now=NOW)
