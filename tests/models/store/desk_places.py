"""Places of desks that cannot be written, by real means on either database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from models import desks
from models.base import proxy
from models.connect import is_postgres
from models.desks.draft import Draft
from tests.models.store.floors import NOW

LATER = desks.REST
"""A place that could not be written is tried again after this."""


def desk_file(url: str) -> Path:
    """The second file of a floor."""
    return Path(f"{url}-desks")


def notes(home: Path) -> list[Path]:
    """The files in which something is noted."""
    return sorted((home / ".local/state/callfloor/desks").glob("*"))


def typed(
    text: str,
    *,
    lead: int | None = 7,
    place: str = "log talked",
    is_open: bool = True,
    after: float = 0,
    cursor: int | None = None,
) -> Draft:
    """A draft, so many seconds after the beginning."""
    at = NOW + timedelta(seconds=after)
    return Draft(lead, place, text, len(text) if cursor is None else cursor, is_open, at)


def keep(agent_id: int, draft: Draft) -> Draft:
    """Keeps it when it was typed."""
    desks.keep(agent_id, draft, draft.at)
    return draft


def at(seconds: float) -> datetime:
    """So many seconds after the beginning."""
    return NOW + timedelta(seconds=seconds)


@contextmanager
def away(url: str) -> Iterator[None]:
    """The place of the desks cannot be written while it lasts."""
    if is_postgres():
        proxy.execute_sql("SET default_transaction_read_only = on")
        yield
        proxy.execute_sql("SET default_transaction_read_only = off")
        return
    file = desk_file(url)
    aside = file.with_suffix(".elsewhere")
    if file.exists():
        os.rename(file, aside)
    file.mkdir()
    yield
    file.rmdir()
    if aside.exists():
        os.rename(aside, file)
