"""Several reads of one moment, also where one who reads calls another who does."""

from __future__ import annotations

from models.base import rows_of
from models.connect import database_of, snapshot
from tests.models.store.floors import make, opened


def test_a_snapshot_inside_another_is_of_the_same_moment(database_url: str) -> None:
    with opened(database_url):
        make(database_url)
        other = database_of(database_url)
        other.connect()
        with snapshot():
            before = rows_of("SELECT name FROM team ORDER BY id")
            with snapshot():
                assert rows_of("SELECT name FROM team ORDER BY id") == before
            other.execute_sql("UPDATE team SET name = 'west' WHERE name = 'north'")  # type: ignore[no-untyped-call]
            other.close()
            assert rows_of("SELECT name FROM team ORDER BY id") == before
        assert rows_of("SELECT name FROM team ORDER BY id") != before
        with snapshot():
            assert ("west",) in rows_of("SELECT name FROM team")
