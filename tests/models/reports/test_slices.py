"""Who may read whose figures, and what a selection means in the tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.base import rows_of
from models.errors import Refused
from models.reports.slices import Condition, Slice, narrowed, of_leads, of_moves, of_touches
from tests.models.reports import second_way
from tests.models.store.conftest import Anew
from tests.models.store.floors import MadeFloor

ALL = Slice(1)


def refused(viewer: int, wanted: Slice) -> bool:
    """Whether the viewer is told that there is nothing."""
    with pytest.raises(Refused) as caught:
        narrowed(viewer, wanted)
    return caught.value.code == "not_found"


def test_managers_read_all(made: MadeFloor) -> None:
    """Just as it was asked."""
    wanted = Slice(1, made.teams["south"], made.people["cid"], "web", amount_to=Decimal(5))
    assert narrowed(made.boss, wanted) == wanted


def test_supervisors_read_their_team(made: MadeFloor) -> None:
    """Nobody outside of it, and no other team."""
    north, ann, cid = made.teams["north"], made.people["ann"], made.people["cid"]
    assert narrowed(made.watcher, ALL) == Slice(1, north)
    assert narrowed(made.watcher, Slice(1, north, ann)) == Slice(1, north, ann)
    assert refused(made.watcher, Slice(1, agent_id=cid))
    assert refused(made.watcher, Slice(1, made.teams["south"]))


def test_agents_read_themselves(made: MadeFloor) -> None:
    """Whatever they ask of their own team, it is their own figures that they get."""
    ann = made.people["ann"]
    assert narrowed(ann, Slice(1, source="web")) == Slice(1, None, ann, "web")
    assert narrowed(ann, Slice(1, made.teams["north"])) == Slice(1, None, ann)
    assert refused(ann, Slice(1, agent_id=made.people["bob"]))
    assert refused(ann, Slice(1, made.teams["south"]))


def test_nobody_reads_what_is_none(made: MadeFloor) -> None:
    """Neither an unknown campaign nor an unknown person; a team's absence is no team either."""
    assert refused(made.boss, Slice(99))
    assert refused(999, ALL)
    rows_of("UPDATE agent SET team_id = NULL WHERE id = ? RETURNING id", (made.watcher,))
    second_way.written(made, Random(1))
    where, args = of_moves(narrowed(made.watcher, ALL))
    assert rows_of(f"SELECT COUNT(*) FROM stage_move m WHERE {where}", args) == [(0,)]
    rows_of("UPDATE agent SET left_at = 1 WHERE id = ? RETURNING id", (made.watcher,))
    assert refused(made.watcher, ALL)


@st.composite
def slices(draw: st.DrawFn) -> Slice:
    """Selections of every sort; ids that a made floor has, and one that it has not."""
    some = st.none() | st.integers(1, 4)
    text = {name: draw(st.none() | st.sampled_from(values)) for name, values in VALUES.items()}
    bounds = [draw(st.none() | st.decimals(0, 600, places=2)) for _ in range(2)]
    return Slice(1, draw(some), draw(some), **text, amount_from=bounds[0], amount_to=bounds[1])


VALUES = {"source": ("web", "fair", ""), "industry": ("steel", ""), "product": ("A", "B", "")}


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), wanted=st.lists(slices(), min_size=8, max_size=8))
def test_a_selection_is_what_plain_python_selects(anew: Anew, seed: int, wanted: list[Slice]) -> None:
    """The same leads, moves and touches, one by one."""
    with anew() as made:
        second_way.written(made, Random(seed))
        found = second_way.raw()
        for chosen in (ALL, *(replace(ALL, source=one.source) for one in wanted), *wanted):
            for table, condition, plain in (
                ("lead l", of_leads, second_way.leads_of),
                ("stage_move m", of_moves, second_way.moves_of),
                ("touch t", of_touches, second_way.touches_of),
            ):
                assert ids(table, condition, chosen) == sorted(row["id"] for row in plain(found, chosen))


def ids(table: str, condition: Callable[[Slice], Condition], chosen: Slice) -> list[int]:
    """The rows that SQL selects."""
    where, args = condition(chosen)
    return [row[0] for row in rows_of(f"SELECT id FROM {table} WHERE {where} ORDER BY id", args)]
