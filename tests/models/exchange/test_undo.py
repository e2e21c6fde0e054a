"""An import is taken back where nobody has worked on it; what stays is told."""

from __future__ import annotations

import json

import pytest

from models import check, ledger, queue, undoing
from models.base import new_token, rows_of
from models.errors import Refused
from models.exchange import intakes, revealing, taking_back
from tests.models.exchange import made
from tests.models.exchange.conftest import NOW, Site, quiet


def undo(site: Site, intake: int) -> taking_back.Undone:
    undone = taking_back.undo(intake, site.boss, NOW, quiet)
    assert check.check(NOW) == ()
    return undone


def test_nothing_is_left_of_it(site: Site) -> None:
    """Out of every list and figure, its numbers free again; the record stays."""
    path = site.written(made.bought(300))
    result = site.take(path)
    assert undo(site, result.intake_id) == taking_back.Undone(result.intake_id, 300, 0)
    assert (site.leads(), site.phones(), site.people()) == ([], [], [])
    assert rows_of("SELECT COUNT(*) FROM lead") == [(300,)]
    assert queue.claim_next(site.agent, NOW) is None
    assert rows_of("SELECT COUNT(*) FROM stock WHERE n <> 0") == [(0,)]
    assert [line.state for line in intakes.listed(site.boss)] == ["undone"]
    assert site.take(path).taken == 300


def test_what_was_worked_on_stays(site: Site) -> None:
    """Logged, or in somebody's hands now; looking and giving back is no work."""
    result = site.take(site.written(made.bought(5)))
    claim = queue.claim_next(site.agent, NOW)
    assert claim is not None
    ledger.log_touch(claim, ledger.Entry("no_answer"), token=new_token(), now=NOW)
    claim = queue.claim_next(site.agent, NOW)
    assert claim is not None
    queue.release(claim, NOW)
    held = queue.take(site.agent, claim.lead_id + 1, NOW)
    undone = undo(site, result.intake_id)
    assert (undone.voided, undone.stay, undone.examples) == (3, 2, ("公司 0", "公司 2"))
    queue.release(held, NOW)
    again = undo(site, result.intake_id)
    assert (again.voided, again.stay) == (1, 1)


def test_filled_fields_are_emptied_again_where_nobody_changed_them(site: Site) -> None:
    """What an agent wrote over, and what was there before, stays."""
    head = ["Company", "Contact", "Phone", "Industry", "Need", "Amount", "地址"]
    site.take(site.written([head, ["A", "", "13800138000", "", "", "", ""]]))
    merged = site.take(site.written([head, ["B", "Ann", "13800138000;13800138009", "IT", "save", "5", "here"]]))
    assert (merged.taken, merged.merged) == (0, 1)
    assert site.leads("company, industry, need, amount, profile") == [("A", "IT", "save", 500, '{"address": "here"}')]
    ((lead,),) = site.leads("id")
    claim = queue.take(site.agent, lead, NOW)
    ledger.edit(claim, {"need": "grow"}, token=new_token(), now=NOW)
    queue.release(claim, NOW)
    undone = undo(site, merged.intake_id)
    assert (undone.voided, undone.restored, undone.kept) == (0, 1, 1)
    assert site.leads("company, industry, need, amount, profile") == [("A", "", "grow", None, "")]
    assert site.phones() == [8613800138000]


def test_people_that_were_added_go_again(site: Site) -> None:
    """As contacts of a lead that was there."""
    head = ["Company", "Contact", "Phone"]
    site.take(site.written([head, ["A", "Ann", "13800138000"]]))
    merged = site.take(site.written([head, ["B", "Bob", "13800138000"]]), duplicates="contact")
    assert site.people() == ["Ann", "Bob"]
    undo(site, merged.intake_id)
    assert site.people() == ["Ann"]


@pytest.mark.parametrize(("number", "is_filled"), [("13800138000", True), ("13900139000", False)])
def test_a_merge_since_a_log_is_seen_by_who_undoes_it(site: Site, number: str, is_filled: bool) -> None:
    """A list that filled the lead would be taken back with the log; one that filled another does not matter."""
    head = ["Company", "Phone", "Industry"]
    site.take(site.written([head, ["A", "13800138000", ""], ["B", "13900139000", ""]]))
    lead = site.leads("id")[0][0]
    ledger.log_touch(queue.take(site.agent, lead, NOW), ledger.Entry("no_answer"), token="it", now=NOW)
    site.take(site.written([head, ["", number, "IT"]]), duplicates="merge")
    if is_filled:
        with pytest.raises(Refused) as caught:
            undoing.undo(site.agent, "it", token=new_token(), now=NOW)
        assert caught.value.code == "undo_worked_on"
    else:
        assert undoing.undo(site.agent, "it", token=new_token(), now=NOW).claim.lead_id == lead
    assert "IT" in {industry for (industry,) in site.leads("industry")}


def test_a_merge_is_on_record(site: Site) -> None:
    """In the journal: what it changed, lead by lead."""
    head = ["Company", "Phone", "Industry"]
    site.take(site.written([head, ["A", "13800138000", ""]]))
    site.take(site.written([head, ["B", "13800138000", "IT"]]))
    ((detail,),) = rows_of("SELECT detail FROM journal WHERE verb = 'import-merge'")
    assert list(json.loads(detail)["leads"].values()) == [{"fields": {"industry": "IT"}}]


def test_a_past_goes_with_its_lead(site: Site) -> None:
    """Moves and touches are voided, and leave the figures of their months."""
    head = ["Company", "Phone", "阶段", "首次接触时间", "最近跟进时间", "跟进内容"]
    rows = [[f"A{place}", f"1380013800{place}", "成交", "2024-03-15", "2024-05-20", "x"] for place in range(5)]
    result = site.take(site.written([head, *rows]))
    assert rows_of("SELECT SUM(n) FROM entered") == [(10,)]
    undo(site, result.intake_id)
    assert rows_of("SELECT SUM(n) FROM entered") == [(0,)]
    assert rows_of("SELECT COUNT(*) FROM touch WHERE voided_by IS NULL") == [(0,)]


@pytest.mark.parametrize("code", ["import_unknown", "managers_only", "import_undone"])
def test_what_cannot_be_undone(site: Site, code: str) -> None:
    """Each said for what it is."""
    result = site.take(site.written(made.bought(1)))
    by, intake = site.boss, result.intake_id
    if code == "import_undone":
        undo(site, intake)
    with pytest.raises(Refused) as refused:
        taking_back.undo(99 if code == "import_unknown" else intake, site.agent if code == "managers_only" else by, NOW)
    assert refused.value.code == code


def test_an_import_that_is_stopped_leaves_nothing(site: Site) -> None:
    """Whoever asked for the end is told what went."""
    planned = site.plan(site.written(made.bought(900)))
    calls = iter([False, True])
    with pytest.raises(revealing.Interrupted) as stop:
        revealing.apply(planned, NOW, quiet, lambda: next(calls, True))
    planned.close()
    assert stop.value.undone is not None
    assert stop.value.undone.voided > 0
    assert (site.leads(), check.check(NOW)) == ([], ())
    assert intakes.listed(site.boss)[0].state == "undone"
