"""Which database drivers a process loads: peewee takes in every PostgreSQL driver that it finds, needed or not."""

from __future__ import annotations

import sys

POSTGRES = ("psycopg2cffi", "psycopg2", "psycopg")


def load_for(url: str) -> None:
    """Loads peewee with the drivers of that database alone. A desk on a file starts a tenth of a second sooner so, and
    is a fifth smaller. Does nothing where peewee is loaded already.
    """
    if url.startswith(("postgresql:", "postgres:")) or "peewee" in sys.modules:
        return
    absent = [name for name in POSTGRES if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None: 'not to be found' for an import
    try:
        import peewee  # noqa: F401
    finally:
        for name in absent:
            del sys.modules[name]
