"""Lists become leads: what is required, where they go, what becomes of duplicates, on both databases."""

from __future__ import annotations

import json
from typing import Any

import pytest

from models import crew, floor, queue, suppress
from models.base import NEVER, new_token, rows_of
from models.errors import Refused
from models.exchange import revealing
from tests.models.exchange import made
from tests.models.exchange.conftest import NOW, Site, quiet

HEAD = ["Company", "Contact", "Phone", "Mobile", "Industry", "Lead Source", "Amount", "E-mail"]
FIRST = ["A", "Ann", "13800138000", "", "", "展会", "", ""]


def row(*cells: str) -> list[str]:
    return [*cells, *[""] * (len(HEAD) - len(cells))]


def test_a_list_comes_in_and_is_called_in_its_order(site: Site) -> None:
    """All of it is in the queue of the floor's pool at once."""
    result = site.take(site.written(made.bought(30)))
    assert (result.taken, result.merged) == (30, 0)
    claim = queue.claim_next(site.agent, NOW)
    assert claim is not None
    ((company, source, lane, fresh),) = rows_of(
        "SELECT company, source, lane, fresh_until FROM lead WHERE id = ?", (claim.lead_id,)
    )
    assert (company, source, lane, fresh) == ("公司 0", "exhibition", 0, None)


def test_it_goes_where_it_is_told(site: Site) -> None:
    """A team's pool, an agent, or whom the list names, by name or log-in."""
    path = site.written(
        [
            ["Company", "Phone", "Owner"],
            ["A", "13800138000", ""],
            ["B", "13800138001", "李伟"],
            ["C", "13800138002", "Nobody"],
        ]
    )
    site.take(path, team="north")
    assert site.leads("company, owner_id, team_id, lane") == [
        ("A", None, 1, -1),
        ("B", site.agent, 1, site.agent),
        ("C", None, 1, -1),
    ]
    site.take(site.written([["Company", "Phone"], ["D", "13800138003"]]), owner="li.wei")
    assert site.leads("owner_id", "company = 'D'") == [(site.agent,)]
    for said, code in (
        ({"team": "south"}, "unknown_team"),
        ({"owner": "x"}, "unknown_agent"),
        ({"source": "x"}, "unknown_source"),
    ):
        with pytest.raises(Refused) as refused:
            site.plan(path, **said)
        assert refused.value.code == code


def test_agents_may_not(site: Site) -> None:
    """Lists belong to managers."""
    path = site.written(made.bought(1))
    site.boss = site.agent
    with pytest.raises(Refused) as refused:
        site.plan(path)
    assert refused.value.code == "managers_only"


def test_a_raw_list_of_numbers_is_enough(site: Site) -> None:
    """Who has no name is called by the number; the source is one of lists, and the plan says so."""
    planned = site.plan(site.written([["13800138000"], ["010-65529988转12"], ["12"], ["13800138001"]]))
    assert planned.notes == {"unnamed": 3, "source_none": 3}
    assert planned.rejected == {"bad_number": 1}
    revealing.apply(planned, NOW, quiet)
    planned.close()
    assert site.leads() == [("+8613800138000",), ("+861065529988",), ("+8613800138001",)]
    assert {source for (source,) in site.leads("source")} == {"cold_call"}
    assert rows_of("SELECT extension FROM phone ORDER BY id") == [("",), ("12",), ("",)]


def test_rows_are_rejected_with_their_reason(site: Site) -> None:
    """What cannot be called, and what cannot be read."""
    rows = [
        ["Company", "Phone", "Amount", "Expected Close Date"],
        ["no number", "", "", ""],
        ["bad number", "12", "", ""],
        ["bad amount", "13800138000", "much", ""],
        ["bad day", "13800138001", "", "31.31.2024"],
        ["too wide", "13800138002", "", "", "", "more"],
        ["good", "13800138003;13800138004", "¥1,234.50", "2024年3月5日"],
    ]
    planned = site.plan(site.written(rows))
    assert planned.staging.run("SELECT n, code, field FROM reject ORDER BY n") == [
        (1, "no_number", "number"), (2, "bad_number", "number"), (3, "bad_value", "amount"),
        (4, "bad_value", "expected_on"), (5, "too_many_cells", ""),
    ]  # fmt: skip
    revealing.apply(planned, NOW, quiet)
    planned.close()
    assert site.leads("amount, expected_on") == [(123450, "2024-03-05")]
    assert site.phones() == [8613800138003, 8613800138004]


DUPLICATES: list[tuple[str, list[list[str]], list[tuple[str, str, int | None]], list[str], list[int]]] = [
    # policy, rows after FIRST (in the list or in the store), the lead then, its people, its numbers
    ("skip", [row("B", "Bob", "+86 13800138000", "", "制造", "", "5")], [("A", "", None)], ["Ann"], [0]),
    ("merge", [row("B", "Bob", "138 0013 8000", "", "制造", "", "5")], [("A", "制造", 500)], ["Ann"], [0]),
    ("merge", [row("B", "", "13800138000", "", "", "", "7"), row("C", "", "13800138000", "", "IT", "", "9")],
     [("A", "IT", 700)], ["Ann"], [0]),
    ("contact", [row("B", "Bob", "13800138000", "", "制造", "", "5")], [("A", "", None)], ["Ann", "Bob"], [0]),
    ("contact", [row("B", "ann", "13800138000"), row("B", "Bob", "13800138000"), row("B", "Bob", "13800138000")],
     [("A", "", None)], ["Ann", "Bob"], [0]),
]  # fmt: skip


@pytest.mark.parametrize("where", ["in the list", "in the store"])
@pytest.mark.parametrize(("policy", "later", "lead", "people", "numbers"), DUPLICATES)
def test_what_becomes_of_a_number_that_is_known(
    site: Site, where: str, policy: str, later: list[list[str]], lead: list[Any], people: list[str], numbers: list[int]
) -> None:
    """The same policy holds in the list and in the store."""
    if where == "in the list":
        site.take(site.written([HEAD, FIRST, *later]), duplicates=policy)
    else:
        site.take(site.written([HEAD, FIRST]))
        planned = site.plan(site.written([HEAD, *later]), duplicates=policy)
        assert (planned.new, planned.known) == (0, len(later))
        revealing.apply(planned, NOW, quiet)
        planned.close()
    assert site.leads("company, industry, amount") == lead
    assert site.people() == people or (site.people(), policy) == (["Ann", "ann", "Bob"], "contact")
    assert site.phones() == [8613800138000 + number for number in numbers]


def test_a_later_row_s_number_may_be_an_earlier_one_s_second(site: Site) -> None:
    """Any number of an earlier row makes a later row its twin; a shared switchboard on second place does not."""
    rows = [
        HEAD,
        row("A", "Ann", "13800138000", "13800138001"),
        row("B", "Bob", "13800138001"),
        row("C", "Cy", "13800138002", "13800138001"),
    ]
    site.take(site.written(rows), duplicates="skip")
    assert site.leads() == [("A",), ("C",)]
    site.take(site.written([HEAD, row("D", "Dan", "13800138001")]), duplicates="skip")
    assert site.leads() == [("A",), ("C",)]


def test_who_may_not_be_called_stays_out(site: Site) -> None:
    """A row with another number comes without the barred one."""
    suppress.add([8613800138000, 8613800138002], reason="x", agent_id=site.boss, token=new_token(), now=NOW)
    rows = [HEAD, FIRST, row("B", "Bob", "13800138002", "13800138003"), row("C", "Cy", "13800138004", "13800138000")]
    planned = site.plan(site.written(rows))
    assert (planned.new, planned.suppressed) == (2, 1)
    planned.close()
    site.take(site.written(rows))
    assert site.leads() == [("B",), ("C",)]
    assert site.phones() == [8613800138003, 8613800138004]


def test_what_happens_between_plan_and_deed_is_heeded(site: Site) -> None:
    """A number that was suppressed, taken in, or given a lead number meanwhile."""
    planned = site.plan(
        site.written(
            [["Lead Code", "Company", "Phone"], *([f"L{place}", "A", f"1380013800{place}"] for place in range(4))]
        )
    )
    suppress.add([8613800138000], reason="x", agent_id=site.boss, token=new_token(), now=NOW)
    site.take(site.written([["Lead Code", "Company", "Phone"], ["L2", "B", "13800138001"]]))
    result = revealing.apply(planned, NOW, quiet)
    planned.close()
    assert (result.taken, result.late) == (2, 2)
    assert site.leads("company, code") == [("B", "L2"), ("A", None), ("A", "L3")]


@pytest.mark.parametrize(
    ("whose", "code"), [({"owner": "li.wei"}, "unknown_agent"), ({"team": "south"}, "unknown_team")]
)
def test_who_left_between_plan_and_deed_gets_no_leads(site: Site, whose: dict[str, str], code: str) -> None:
    """Nobody would call them: the manager is told, and nothing comes in."""
    crew.add_team("south", by=site.boss, token=new_token(), now=NOW)
    planned = site.plan(site.written([HEAD, FIRST]), **whose)
    crew.leave("li.wei", to=None, by=site.boss, token=new_token(), now=NOW)
    crew.close_team("south", to=None, by=site.boss, token=new_token(), now=NOW)
    with pytest.raises(Refused, match=code):
        revealing.apply(planned, NOW, quiet)
    planned.close()
    assert (site.leads(), rows_of("SELECT id FROM intake")) == ([], [])


def test_lead_numbers_are_given_once(site: Site) -> None:
    """The first row keeps it; a later one, and one that the floor has, comes without."""
    head = ["Lead Code", "Company", "Phone"]
    site.take(site.written([head, ["L1", "A", "13800138000"], ["L1", "B", "13800138001"]]))
    site.take(site.written([head, ["L1", "C", "13800138002"]]))
    assert site.leads("company, code") == [("A", "L1"), ("B", None), ("C", None)]


def test_a_web_form_of_this_morning_is_fresh(site: Site) -> None:
    """Only what came by itself, and inside its first-call clock."""
    head = ["Company", "Phone", "Lead Source", "Created At"]
    rows = [
        ["now", "13800138000", "Web form", "2026-11-23 09:30"],
        ["old", "13800138001", "Web form", "2026-11-20 09:30"],
        ["bought", "13800138002", "Advertising", "2026-11-23 09:30"],
        ["unknown", "13800138003", "Web form", ""],
    ]
    site.take(site.written([head, *rows]))
    assert [name for name, fresh in site.leads("company, fresh_until") if fresh] == ["now"]


def test_other_fields_make_the_profile(site: Site) -> None:
    """The playbook's own too, by their names."""
    site.take(site.written([["Company", "Phone", "地址", "未来潜力"], ["A", "13800138000", "北京", "大"]]))
    ((profile,),) = site.leads("profile")
    assert json.loads(profile) == {"address": "北京", "potential": "large"}


def test_an_import_leaves_one_record(site: Site) -> None:
    """In the journal, and in the list of imports; not at each lead."""
    result = site.take(site.written(made.bought(20)))
    assert rows_of("SELECT COUNT(*) FROM journal WHERE lead_id IS NOT NULL") == [(0,)]
    assert rows_of("SELECT COUNT(*) FROM journal WHERE verb = 'import'") == [(1,)]
    assert rows_of("SELECT state, rows, taken FROM intake WHERE id = ?", (result.intake_id,)) == [("done", 20, 20)]
    planned = site.plan(site.folder / "list.csv")
    assert [number for number, _ in planned.before] == [result.intake_id]
    planned.close()


def test_a_campaign_that_is_given_gets_the_leads(site: Site) -> None:
    """With its own playbook and stages."""
    from models.playbook import shipped_text

    campaign = floor.add_campaign("b2b", shipped_text("b2b"), by=site.boss, token=new_token(), now=NOW)
    site.take(
        site.written([["Company", "Contact", "Phone", "行业", "需求"], ["A", "B", "13800138000", "x", "y"]]),
        campaign_id=campaign,
    )
    assert site.leads("campaign_id") == [(campaign,)]


def test_the_order_of_a_long_list(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks follow each other, inside a block numbers do; ids and people still belong together."""
    monkeypatch.setattr(revealing, "IN_ORDER", 10)
    monkeypatch.setattr(revealing, "BLOCK", 25)
    site.take(site.written(made.bought(60)))
    found = rows_of(
        "SELECT l.company, c.name, p.number FROM lead l JOIN contact c ON c.lead_id = l.id "
        "JOIN phone p ON p.lead_id = l.id AND p.contact_id = c.id ORDER BY l.id"
    )
    wanted = {(line[0], line[1], int(f"86{line[2]}")) for line in made.bought(60)[1:]}
    assert set(found) == wanted
    assert all(company.split()[1] == name.split()[1] for company, name, _ in found)
    assert rows_of("SELECT COUNT(*) FROM lead WHERE wake_at = ?", (NEVER,)) == [(0,)]
