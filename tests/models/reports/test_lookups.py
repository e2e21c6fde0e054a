"""A move costs what its lead's own history is, however large the floor: SQLite reads no stage's and no month's rows."""

from __future__ import annotations

from importlib import import_module

import pytest

from models import check
from models.base import rows_of
from tests.models.store.floors import make, opened

MOVED = import_module("models.migrations.0011_passages")
ASKED = {
    "of one move": MOVED.PASSAGES[MOVED.PASSAGES.index("SELECT") :] + " AND m.id = 1",
    "of one lead": MOVED.PASSAGES[MOVED.PASSAGES.index("SELECT") :] + " AND m.lead_id = 1",
    "in the check": check.PASSAGES,
}


@pytest.mark.parametrize("asked", ASKED)
def test_a_lead_is_known_by_its_own_moves(fresh_sqlite: str, asked: str) -> None:
    with opened(fresh_sqlite):
        make(fresh_sqlite)
        plan = [str(row[3]) for row in rows_of("EXPLAIN QUERY PLAN " + ASKED[asked])]
    others = [line for line in plan if " o " in line]
    assert len(others) == 5
    assert all(line.startswith("SEARCH o USING INDEX move_lead (lead_id=?") for line in others), plan
