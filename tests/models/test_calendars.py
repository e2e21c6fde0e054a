"""Public holidays: those of the library, without loading all of it."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from models.calendars import calendar

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("country", "language", "name"),
    [("CN", "zh_CN", "国庆节"), ("CN", "en_US", "National Day"), ("DE", "en_US", ""), ("XX", "", "")],
)
def test_a_day_by_its_name(country: str, language: str, name: str) -> None:
    assert calendar(country, language).get(date(2026, 10, 1), "") == name


@pytest.mark.parametrize("country", ["CN", "SA", "IN", "US", "TH", "IL"])
def test_a_year_far_ahead_is_no_mishap(country: str) -> None:
    for year in (1970, 2060, 2199):
        assert isinstance(calendar(country).get(date(year, 12, 31), ""), str)


def told_by(code: str) -> list[str]:
    """What a new process prints, line by line."""
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    return run.stdout.split("\n")[:-1]


def test_every_country_is_as_the_library_has_it() -> None:
    """The places of its packages are taken: what its countries borrow from each other is found all the same."""
    ask = "for code in sorted(holidays.list_supported_countries()): print(code, sorted({call}.items()))"
    stock = told_by("import holidays\n" + ask.format(call="holidays.country_holidays(code, years=2026)"))
    ours = told_by(
        "import datetime\nfrom models.calendars import calendar\ncalendar('CN')\nimport holidays\n"
        "def of(code):\n    found = calendar(code)\n    datetime.date(2026, 1, 1) in found\n    return found\n"
        + ask.format(call="of(code)")
    )
    assert len(stock) > 200
    assert ours == stock


def test_only_what_is_asked_for_is_loaded() -> None:
    countries, calendars, others = told_by(
        "import sys\nfrom models.calendars import calendar\ncalendar('CN')\ncalendar('US')\n"
        "for part in ('countries', 'calendars'):\n"
        "    begin = f'holidays.{part}.'\n"
        "    print(*sorted(name.removeprefix(begin) for name in sys.modules if name.startswith(begin)))\n"
        "print(*{'email', 'zipfile', 'importlib.metadata'} & sys.modules.keys())"
    )
    assert countries == "china united_states"
    assert {"chinese", "gregorian"} <= set(calendars.split())
    assert "islamic" not in calendars
    assert others == ""
