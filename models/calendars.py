"""Public holidays by country: the library is loaded when asked for, and of its countries only those asked for."""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Mapping
from datetime import date
from functools import cached_property, lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

LIBRARY, VERSION = "holidays", "holidays.version"
PACKAGES = ("holidays.countries", "holidays.calendars", "holidays.groups")
"""Packages of it that load all that is in them: every country, and the tables of every calendar of the world."""


@lru_cache(maxsize=256)
def calendar(country: str, language: str = "") -> Mapping[date, str]:
    """The public holidays of a country with their names; empty where nobody knows them.

    Args:
        country: two letters.
        language: of the names, as 'en_US'; where nobody translated them, they are in the country's own.
    """
    if LIBRARY not in sys.modules:
        _load_little()
    import holidays

    # Of years that nobody has fixed the days of yet there are none: that is no news for whoever sits at a screen.
    warnings.filterwarnings("ignore", "Requested Holidays are available only")
    try:
        found: Mapping[date, str] = holidays.country_holidays(country, language=language or None)
    except NotImplementedError:
        return {}
    return found


def _load_little() -> None:
    """Puts stand-ins in the place of what would load 12 MB and a tenth of a second more than a country needs."""
    library = find_spec(LIBRARY)
    folders = (library and library.submodule_search_locations) or ()
    for package in PACKAGES:
        sys.modules[package] = _OnDemand(package, [f"{folder}/{package.rpartition('.')[2]}" for folder in folders])
    # It would ask for its own version, and with that load the mail and archive packages of Python.
    sys.modules[VERSION] = version = ModuleType(VERSION)
    version.__dict__["__version__"] = ""


class _OnDemand(ModuleType):
    """A package with the same modules and names as the library's, which loads each when it is asked for."""

    def __init__(self, name: str, folders: list[str]) -> None:
        super().__init__(name)
        self.__path__ = folders

    @cached_property
    def _sources(self) -> Mapping[str, str]:
        """Name → module that has it, as the package's own text says."""
        lines = [ast.parse(Path(folder, "__init__.py").read_text(encoding="utf-8")).body for folder in self.__path__]
        imports = [line for body in lines for line in body if isinstance(line, ast.ImportFrom)]
        return {alias.name: line.module or "" for line in imports for alias in line.names}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self._sources:
            raise AttributeError(name)
        return getattr(import_module(self._sources[name]), name)
