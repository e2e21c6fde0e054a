"""A move costs what its lead's own history is, however large the floor: SQLite reads no stage's and no month's rows."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import pytest

from models import check
from models.base import rows_of
from models.campaigns import book
from models.reports import behind
from models.reports.cells import Cell, Number
from models.reports.periods import PeriodKind, period
from models.reports.slices import Slice
from tests.models.store.floors import NOW, make, opened

MOVED = import_module("models.migrations.0011_passages")
SOLD = import_module("models.migrations.0017_sales")
ASKED = {
    "of one move": (MOVED.PASSAGES[MOVED.PASSAGES.index("SELECT") :] + " AND m.id = 1", 5),
    "of one lead": (MOVED.PASSAGES[MOVED.PASSAGES.index("SELECT") :] + " AND m.lead_id = 1", 5),
    "in the check": (check.PASSAGES, 5),
    "the sales of one lead": (SOLD.SALES[SOLD.SALES.index("SELECT") :].format(plus=" + 0") + " AND m.lead_id = 1", 3),
    "the sales in the check": (check.SALES, 3),
}
"""Queries, and how often each looks at the lead's other moves."""


@pytest.mark.parametrize(("asked", "times"), ASKED.values(), ids=ASKED)
def test_a_lead_is_known_by_its_own_moves(fresh_sqlite: str, asked: str, times: int) -> None:
    with opened(fresh_sqlite):
        make(fresh_sqlite)
        plan = [str(row[3]) for row in rows_of("EXPLAIN QUERY PLAN " + asked)]
    others = [line for line in plan if " o " in line]
    assert len(others) == times
    assert all(line.startswith("SEARCH o USING COVERING INDEX move_lead (lead_id=?") for line in others), plan


@pytest.mark.parametrize("what", [Number.COHORT, Number.REACHED, Number.COHORT_OPEN, Number.COHORT_WON])
def test_what_became_of_a_lead_is_in_its_own_moves(
    fresh_sqlite: str, monkeypatch: pytest.MonkeyPatch, what: Number
) -> None:
    plans: list[str] = []

    def planned(sql: str, args: Sequence[object]) -> list[tuple[Any, ...]]:
        plans.extend(str(row[3]) for row in rows_of("EXPLAIN QUERY PLAN " + sql, args))
        return rows_of(sql, args)

    monkeypatch.setattr(behind, "rows_of", planned)
    with opened(fresh_sqlite):
        make(fresh_sqlite)
        cell = Cell(what, Slice(1), period(PeriodKind.MONTH, NOW), "new")
        assert list(behind.found(book(1), cell, None, 10)) == []
    others = [line for line in plans if line.startswith("SEARCH o ")]
    assert others
    assert all("move_lead (lead_id=?" in line for line in others), plans
