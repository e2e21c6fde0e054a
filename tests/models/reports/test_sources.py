"""Which source pays: against plain Python over the raw rows; costs as they were entered, and by the playbook."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import funnel
from models import costs, floor
from models.base import month_of, month_starts, rows_of
from models.errors import Refused
from models.reports import periods
from models.reports.periods import Period, PeriodKind
from models.reports.slices import By, Slice
from models.reports.sources import SourceRow, sources
from tests.models.reports import second_way
from tests.models.reports.second_way import ZONE, Raw, Row
from tests.models.reports.test_funnels import spans
from tests.models.reports.test_slices import slices
from tests.models.store.conftest import Anew
from tests.models.store.floors import NOW, PLAYBOOK, MadeFloor

MARCH = month_of(date(2026, 3, 1))


def plain(found: Raw, chosen: Slice, period: Period, source: str) -> tuple[object, ...]:
    """Leads that came, what became of them, deals and closings of one source."""

    def own(rows: list[Row]) -> list[Row]:
        ids = {row["id"] for row in second_way.moves_of(found, chosen)}
        return [row for row in rows if row["id"] in ids and second_way.key_of(found, By.SOURCE, row) == source]

    span = (period.since, period.until)
    came = [row for row in own(second_way.in_period(found.moves, *span)) if row["origin"] is None]
    stands = Counter(found.stages[found.leads[row["lead_id"]]["stage_id"]]["kind"] for row in came)
    sold = own(second_way.sold(found, *span))
    lost = [
        row for row in own(second_way.leavers(found, *span)) if row["is_final"] and row["to"] in ("lost", "invalid")
    ]
    won = funnel.Tally(len(sold), second_way.amount(sold))
    return len(came), stands["won"], stands["open"], won, len(sold) + len(lost)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    asked=st.lists(st.tuples(st.just(Slice(1)) | slices(), spans()), min_size=8, max_size=8),
)
def test_sources_are_what_plain_python_counts(anew: Anew, seed: int, asked: list[tuple[Slice, Period]]) -> None:
    """Every source, and all of them together."""
    with anew() as made:
        second_way.written(made, Random(seed))
        found = second_way.raw()
        for chosen, period in asked:
            report = sources(made.boss, chosen, period)
            rows = {row.source: row for row in report.rows}
            for source in ("web", "fair", ""):
                counted = plain(found, chosen, period, source)
                assert told(rows.get(source)) == counted
            whole = report.whole
            assert whole.leads == sum(row.leads for row in report.rows)
            assert whole.won == sum((row.won for row in report.rows), funnel.Tally())
            if whole.won.count:
                assert sum(row.share or 0 for row in report.rows) == whole.share == 1


def told(row: SourceRow | None) -> tuple[object, ...]:
    if row is None:
        return 0, 0, 0, funnel.Tally(), 0
    return row.leads, row.of_them_won, row.of_them_open, row.won, row.closed


def month(number: int) -> Period:
    return periods.of_day(PeriodKind.MONTH, month_starts(number), ZONE)


def test_costs_by_hand(made: MadeFloor) -> None:
    """Two leads of the web at 3 each by the playbook, 100 entered for the fair; one deal of the fair."""
    text = PLAYBOOK.replace('name = { en = "Web", zh = "网" }', 'name = { en = "Web", zh = "网" }, cost = 3')
    floor.apply_playbook(1, text, by=made.boss, token=made.token(), now=NOW)
    fair = made.lead(source="fair", amount="500")
    made.lead()
    made.lead()
    made.lead(source="fair")
    made.move(made.take("boss", fair), "won")
    set_cost(made, "展", Decimal(100))
    rows = {row.source: row for row in sources(made.boss, Slice(1), month(MARCH)).rows}
    assert costs_of(rows["web"]) == ["6", "3", "None"]
    assert costs_of(rows["fair"]) == ["100", "50", "100"]
    assert rows["fair"].conversion == Fraction(1, 2)
    assert rows["fair"].won_of_closed == rows["fair"].share == 1
    assert sources(made.boss, Slice(1), month(MARCH)).whole.cost == 106
    assert sources(made.boss, Slice(1, source="fair"), month(MARCH)).whole.cost == 100
    # Of a team, and of a part of a month, nobody said what it cost.
    assert sources(made.watcher, Slice(1), month(MARCH)).whole.cost is None
    days = periods.between(date(2026, 3, 1), date(2026, 3, 9))
    assert sources(made.boss, Slice(1), days).whole.cost is None


def test_a_month_without_its_cost_leaves_all_unknown(made: MadeFloor) -> None:
    """Half a cost is none; money spent on a source that brought nothing is spent all the same."""
    made.lead(source="fair")
    set_cost(made, "fair", Decimal(100), MARCH - 1)
    quarter = periods.of_day(PeriodKind.QUARTER, date(2026, 3, 1), ZONE)
    assert [row.cost for row in sources(made.boss, Slice(1), quarter).rows] == [None]
    set_cost(made, "fair", Decimal("0.50"))
    assert [row.cost for row in sources(made.boss, Slice(1), quarter).rows] == [Decimal("100.50")]
    before = sources(made.boss, Slice(1), month(MARCH - 1)).rows
    assert [(row.source, row.leads, *costs_of(row)) for row in before] == [("fair", 0, "100", "None", "None")]


def costs_of(row: SourceRow) -> list[str]:
    return [str(one) for one in (row.cost, row.cost_per_lead, row.cost_per_deal)]


def test_a_cost_is_a_managers_and_on_record(made: MadeFloor) -> None:
    """Set again it is another; taken away it is unknown; the same command twice is once."""
    set_cost(made, "fair", Decimal(100))
    set_cost(made, "fair", Decimal(70))
    assert costs.spent(1, MARCH, MARCH + 1) == (costs.Spent(MARCH, "fair", Decimal(70)),)
    for _ in range(2):
        costs.set_cost(1, "fair", MARCH, None, by=made.boss, token="once", now=NOW)
    assert costs.spent(1, 0, MARCH + 1) == ()
    assert rows_of("SELECT COUNT(*) FROM journal WHERE verb = 'cost'") == [(3,)]
    with pytest.raises(Refused, match="unknown_source"):
        set_cost(made, "newspaper", Decimal(1))
    with pytest.raises(Refused, match="managers_only"):
        costs.set_cost(1, "fair", MARCH, Decimal(1), by=made.watcher, token=made.token(), now=NOW)


def set_cost(made: MadeFloor, source: str, amount: Decimal, at: int = MARCH) -> None:
    costs.set_cost(1, source, at, amount, by=made.boss, token=made.token(), now=NOW)
