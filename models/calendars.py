"""Public holidays by country: the library is loaded when asked for, and of its countries only those asked for."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import ModuleType

COUNTRIES = "holidays.countries"


@lru_cache(maxsize=256)
def calendar(country: str, language: str = "") -> Mapping[date, str]:
    """The public holidays of a country with their names; empty where nobody knows them.

    Args:
        country: two letters.
        language: of the names, as 'en_US'; where nobody translated them, they are in the country's own.
    """
    import holidays

    # Of years that nobody has fixed the days of yet there are none: that is no news for whoever sits at a screen.
    warnings.filterwarnings("ignore", "Requested Holidays are available only")
    if COUNTRIES not in sys.modules:
        # The package would load every country, 8 MB and a tenth of a second of them. Its place is taken by one that has
        # the same modules and loads none by itself.
        package = ModuleType(COUNTRIES)
        package.__path__ = [f"{folder}/countries" for folder in holidays.__path__]
        sys.modules[COUNTRIES] = package
    try:
        found: Mapping[date, str] = holidays.country_holidays(country, language=language or None)
    except NotImplementedError:
        return {}
    return found
