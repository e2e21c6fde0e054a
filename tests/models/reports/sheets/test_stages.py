"""The stage list by hand: who stands where, who was won in the period, what of it a person may read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import groupby

import pytest

from models.campaigns import book
from models.reports.periods import Period, PeriodKind, period
from models.reports.sheets import paging
from models.reports.sheets.stages import Listed, listed
from models.reports.slices import Slice, narrowed
from models.watching.masks import Mask
from tests.models.store.floors import NOW, MadeFloor, make, opened


@pytest.fixture
def made(database_url: str) -> Iterator[MadeFloor]:
    """Ann's three leads on their way, one won this month, one won last month; one of the south."""
    with opened(database_url):
        made = make(database_url)
        made.lead(owner="ann", units="2", address="Gasse 1, call 030 5550000")
        _moved(made, made.lead(owner="ann", amount="1000.50", competitor="Rival"), "offer")
        _moved(made, made.lead(owner="ann", amount="2000"), "offer")
        _moved(made, made.lead(owner="ann", amount="7"), "won")
        _moved(made, made.lead(owner="ann", amount="9", now=NOW - timedelta(days=40)), "won", days_ago=35)
        made.lead(owner="cid")
        yield made


def _moved(made: MadeFloor, lead: int, stage: str, *, days_ago: int = 0) -> None:
    now = NOW - timedelta(days=days_ago)
    made.move(made.take("ann", lead, now), stage, now)


def of(
    made: MadeFloor, who: str, over: Period | None = None, mask: Mask = Mask.FULL, agent_id: int | None = None
) -> list[Listed]:
    narrower = narrowed(made.people[who], Slice(1, agent_id=agent_id))
    return list(listed(book(1), narrower, over or period(PeriodKind.MONTH, NOW), mask=mask))


def test_leads_stand_under_their_stages(made: MadeFloor, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[Listed] = []
    for page in (1, 2, 1_000):
        monkeypatch.setattr(paging, "PAGE", page)
        found = of(made, "boss")
        assert [one.stage for one in found] == ["new", "new", "offer", "offer", "won"]
        assert len({one.lead_id for one in found}) == 5
    sums = {
        stage: sum((one.amount or Decimal(0) for one in own), Decimal(0))
        for stage, own in groupby(found, key=lambda one: one.stage)
    }
    assert sums == {"new": 0, "offer": Decimal("3000.50"), "won": 7}
    first = found[0]
    assert (first.units, first.address, first.person) == (2, "Gasse 1, call 030 5550000", "P")
    assert found[2].competitor == "Rival"


def test_customers_are_those_of_the_period(made: MadeFloor) -> None:
    before = period(PeriodKind.MONTH, NOW).before()
    assert [one.amount for one in of(made, "boss", before) if one.stage == "won"] == []
    both = Period(before.before().since, period(PeriodKind.MONTH, NOW).until, PeriodKind.CUSTOM)
    assert [one.amount for one in of(made, "boss", both) if one.stage == "won"] == [7, 9]


def test_everybody_reads_what_is_theirs(made: MadeFloor) -> None:
    assert len(of(made, "ann")) == len(of(made, "wim")) == 4
    assert len(of(made, "cid")) == 1
    assert of(made, "bob") == []
    assert len(of(made, "boss", agent_id=made.people["cid"])) == 1


def test_numbers_are_masked_wherever_they_stand(made: MadeFloor) -> None:
    first = of(made, "wim", mask=Mask.MASKED)[0]
    assert first.number.startswith("+49 •••")
    assert first.address == "Gasse 1, call ••• •••••00"
