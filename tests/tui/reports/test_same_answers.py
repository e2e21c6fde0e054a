"""One definition of each figure: the same question has the same answer in every report, and parts make up the whole."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from tests.tui.cli.conftest import Floor

MONTH = ("--from", "2026-10-01", "--to", "2026-11-01")
NOTHING = ("--from", "2001-01-01", "--to", "2001-02-01")
Sheets = dict[str, dict[str, Any]]


def read(floor: Floor, name: str, *words: str) -> Sheets:
    """The sheets of a report by their names."""
    found = json.loads(floor("report", name, *words, "--format", "json").stdout)["sheets"]
    return {sheet["name"]: sheet for sheet in found}


def column(sheet: dict[str, Any], code: str) -> list[Any]:
    return [row[code] for row in sheet["rows"]]


def test_the_funnel_says_what_the_status_says(demo: Floor) -> None:
    status = json.loads(demo("status", "--json", *MONTH).stdout)
    found = read(demo, "funnel", *MONTH)
    rows = found["stages"]["rows"]
    for name, own in (("open", "count"), ("amount", "amount"), ("entered", "entered"), ("left", "left")):
        assert [row[name] for row in rows] == [stage[own] for stage in status["stages"]]
    for row, stage in zip(rows, status["stages"], strict=True):
        assert row["conversion"] == pytest.approx(stage["conversion"], abs=1e-6)
        assert row["left"] == row["forward"] + row["back"] + row["lost"] + row["invalid"]
    won, lost, invalid = found["closed"]["rows"][:3]
    assert [(one["count"], one["amount"]) for one in (won, lost, invalid)] == [
        (status[name]["count"], status[name]["amount"]) for name in ("won", "lost", "invalid")
    ]
    assert won["count"] > 0


def test_deals_are_the_same_ones_everywhere(demo: Floor) -> None:
    funnel = read(demo, "funnel", *MONTH)["closed"]["rows"][0]
    sheet = read(demo, "month", *MONTH)
    year = next(row for row in sheet["months"]["rows"] if row["month"] == "2026-10")
    totals = [
        read(demo, "agents", *MONTH)["deals"]["total"],
        read(demo, "sources", *MONTH)["sources"]["total"],
        read(demo, "work", *MONTH)["work"]["total"],
        sheet["people"]["total"],
        sheet["signed"]["total"],
        year,
    ]
    assert {(one["won"], one["amount"]) for one in totals} == {(funnel["count"], funnel["amount"])}
    assert {one["won_of_closed"] for one in (totals[0], totals[1], year)} == {
        read(demo, "funnel", *MONTH)["closed"]["rows"][3]["share"]
    }


@pytest.mark.parametrize(
    ("name", "sheet", "codes"),
    [
        ("agents", "deals", ("won", "amount", "lost", "open", "weighted")),
        ("sources", "sources", ("won", "leads", "amount", "customers", "open")),
        ("work", "work", ("calls", "talks", "talk_time", "won", "amount")),
        ("conversion", "conversion", ("won",)),
        ("year", "months", ("won", "amount", "entered")),
    ],
)
def test_parts_make_up_the_whole(demo: Floor, name: str, sheet: str, codes: tuple[str, ...]) -> None:
    found = read(demo, name)[sheet]
    for code in codes:
        assert sum(column(found, code)) == found["total"][code]
    assert found["total"][codes[0]] > 0
    if sheet == "sources":
        assert sum(column(found, "share")) == pytest.approx(1)


@pytest.mark.parametrize(
    "name", ["funnel", "conversion", "agents", "sources", "work", "cycle", "month", "year", "person"]
)
def test_nothing_in_the_period_is_a_dash_and_no_share(demo: Floor, name: str) -> None:
    for sheet in read(demo, name, *NOTHING).values():
        shares = [one["code"] for one in sheet["columns"] if one["kind"] == "share" and one["code"] != "probability"]
        rows = [*sheet["rows"], *sheet["subtotals"], *([sheet["total"]] if sheet["total"] else [])]
        assert {row[code] for row in rows for code in shares} <= {None}
    said = demo("report", name, *NOTHING, "--format", "csv").stdout_bytes.decode("utf-8-sig")
    cells = {cell for row in csv.reader(io.StringIO(said)) for cell in row}
    assert not cells & {"0.0%", "0%"}
    assert "–" in cells


def test_a_quarter_of_a_person_is_its_months(demo: Floor) -> None:
    found = read(demo, "person", "--agent", "li.wei")["person"]
    assert [row["month"] for row in found["rows"]] == ["2026-10", "2026-11", "2026-12"]
    (sums,) = found["subtotals"]
    for code in ("won", "amount", "lost", "calls", "talks"):
        assert sum(column(found, code)) == sums[code]
    assert len(read(demo, "person", "--agent", "li.wei", "--period", "year")["person"]["rows"]) == 12
    demo.login = "li.wei"
    assert read(demo, "person")["person"] == found


def test_everything_is_every_month_on_record(demo: Floor) -> None:
    status = json.loads(demo("status", "--json", "--all").stdout)
    rates = read(demo, "conversion", "--all")["conversion"]
    assert (rates["total"]["won"], rates["rows"][-1]["part"]) == (status["won"]["count"], "2026-11")
    assert rates["rows"][0]["left"] > 0, "no month before the first record"
    entered = sum(column(read(demo, "funnel", "--all")["stages"], "entered"))
    assert entered == sum(stage["entered"] for stage in status["stages"])


def test_months_before_and_after_are_turned_to(demo: Floor) -> None:
    before = read(demo, "month", "--from", "2026-10-15")
    assert before == read(demo, "month", *MONTH)
    assert before["stages"]["rows"] != read(demo, "month")["stages"]["rows"]


def test_what_is_open_is_said_of_the_end_of_what_is_over(demo: Floor) -> None:
    over, running = (read(demo, "funnel", *words)["stages"] for words in (MONTH, ()))
    headings = [next(one["heading"] for one in own["columns"] if one["code"] == "open") for own in (over, running)]
    assert headings == ["open at end", "open now"]
    closing = read(demo, "bridge", *MONTH)["leads"]
    assert column(over, "open") == column(closing, "closing")[: len(over["rows"])]
    assert column(over, "open") != column(running, "open")
    assert [head in demo("status", *words).stdout for head, words in zip(headings, (MONTH, ()), strict=True)] == [
        True
    ] * 2
    people = read(demo, "agents", *MONTH)["deals"]
    assert sum(column(people, "open")) == people["total"]["open"] == sum(column(over, "open"))
