"""Figures of a funnel that came with its past: of every year and month of it, as plain Python counts the raw rows.

Where `CALLFLOOR_SAMPLES` names a folder with a `bank-full.csv`, it is that one whose figures are recounted.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from models.reports import periods
from models.reports.funnels import funnels, in_months
from models.reports.periods import PeriodKind
from models.reports.reaches import cohorts
from models.reports.slices import By, Slice
from tests.models.exchange import made
from tests.models.exchange.conftest import Site
from tests.models.exchange.test_pasts import BANK
from tests.models.reports import second_way
from tests.models.reports.test_funnels import agree, plain, plain_reach

ZONE = ZoneInfo("Asia/Shanghai")
REAL = Path(os.environ.get("CALLFLOOR_SAMPLES", "")) / "bank-full.csv"


def test_figures_of_a_past(site: Site) -> None:
    """A bank's campaigns of three years: stages, times, cycles, reach, by month and by source."""
    path = site.folder / "bank.csv"
    path.write_bytes(REAL.read_bytes() if REAL.is_file() else made.written(made.bank(), separator=";"))
    site.take(path, map=str(BANK))
    found, chosen, entire = second_way.raw(), Slice(1), 0
    for year in (2008, 2009, 2010):
        period = periods.of_day(PeriodKind.YEAR, date(year, 6, 1), ZONE)
        by_month = funnels(site.boss, chosen, period, By.MONTH)
        agree(by_month.whole, plain(found, chosen, period, By.NOTHING, None))
        for part, month in zip(by_month.parts, in_months(period), strict=True):
            agree(part, plain(found, chosen, month, By.NOTHING, None))
        for part in funnels(site.boss, chosen, period, By.SOURCE).parts:
            agree(part, plain(found, chosen, period, By.SOURCE, part.key))
        assert cohorts(site.boss, chosen, period).whole == plain_reach(found, chosen, period, By.NOTHING, None)
        entire += by_month.whole.figures.won.count + by_month.whole.figures.lost.count
    assert entire == len(found.leads)
