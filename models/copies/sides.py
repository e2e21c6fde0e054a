"""The two sides of a copy: a database's tables, their rows in batches, their sums; and how it takes rows in.

Everything is asked of the database itself. Memory holds a batch, however long a table is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import peewee as pw

from models import desks
from models.connect import is_reader
from models.desks.shelf import BESIDE
from models.errors import Refused, Unavailable

Batch = list[tuple[Any, ...]]

PRIME = 1_000_003
"""Numbers are added up modulo this: their own sums would not fit."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is copied."""

    name: str
    columns: tuple[str, ...]
    numbers: frozenset[str]
    """Those of its columns that hold whole numbers."""
    key: tuple[str, ...]


def is_copied(name: str) -> bool:
    """Whether a table is copied: not the schema's own, nor the catalogue, which each database makes anew."""
    return not name.startswith(("sqlite_", "catalogue")) and name not in ("schema_migration", "uncatalogued", "born")


class Side:
    """One database of a copy."""

    BEGIN, MODULO = "BEGIN", "%"

    def __init__(self, database: pw.Database) -> None:
        self.database: Any = database

    def run(self, sql: str, args: Iterable[object] = ()) -> Batch:
        """All rows of one statement."""
        return list(self.database.execute_sql(sql, tuple(args)))

    def names(self) -> list[str]:
        """Of all tables."""
        return list(self.database.get_tables())

    def tables(self) -> dict[str, Table]:
        """The tables that are copied, by their names."""
        return {name: self._table(name) for name in self.names() if is_copied(name)}

    def _table(self, name: str) -> Table:
        columns = self.database.get_columns(name)
        numbers = frozenset(one.name for one in columns if "int" in one.data_type.lower())
        key = tuple(self.database.get_primary_keys(name))
        return Table(name, tuple(sorted(one.name for one in columns)), numbers, key)

    def named_by(self, name: str) -> set[str]:
        """The tables that a table's foreign keys name."""
        return {key.dest_table for key in self.database.get_foreign_keys(name)}

    def select(self, table: Table) -> str:
        """All of a table in a steady order."""
        order = f" ORDER BY {quoted(table.key)}" if table.key else ""
        return f'SELECT {quoted(table.columns)} FROM "{table.name}"{order}'

    def sums(self, table: Table) -> tuple[int, ...]:
        """How many rows, and a sum of each column: of numbers, of the lengths of texts."""
        number, text = f'SUM("{{}}" {self.MODULO} {PRIME})', 'SUM(LENGTH("{}"))'
        parts = [(number if name in table.numbers else text).format(name) for name in table.columns]
        row = self.run(f'SELECT COUNT(*), {", ".join(parts)} FROM "{table.name}"')[0]
        return tuple(int(value or 0) for value in row)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads of one moment."""
        self.run(self.BEGIN)
        try:
            yield
        finally:
            if not self.database.is_closed():
                self.run("ROLLBACK")

    def has_desks(self) -> bool:
        """Whether anything can lie on the desks: on a file that nobody ever sat down at, nothing does."""
        return True

    def attach_desks(self) -> None:
        """Reaches what lies on the desks, where that is another file."""

    def rows(self, table: Table, size: int) -> Iterator[Batch]:
        """The rows of a table in batches."""
        raise NotImplementedError

    def write(self, table: Table, batches: Iterable[Batch]) -> None:
        """Puts rows in as they are."""
        raise NotImplementedError

    def rest(self) -> None:
        """Triggers do nothing until `wake`."""
        raise NotImplementedError

    def wake(self) -> None:
        """Triggers are there again, and new rows get new ids."""
        raise NotImplementedError

    def empty(self) -> None:
        """Takes out every row that is copied."""
        raise NotImplementedError


class SqliteSide(Side):
    """A file, with the desks' beside it."""

    BEGIN = "BEGIN DEFERRED"

    def __init__(self, database: pw.Database) -> None:
        super().__init__(database)
        self._triggers: list[str] = []
        self.beside: list[str] = []
        """Tables of the desks' file."""
        self._desks = os.path.realpath(database.database) + BESIDE

    def names(self) -> list[str]:
        return [*super().names(), *self.beside]

    def _table(self, name: str) -> Table:
        if name not in self.beside:
            return super()._table(name)
        rows = self.run(f'PRAGMA desks.table_info("{name}")')
        numbers = frozenset(row[1] for row in rows if "int" in row[2].lower())
        key = tuple(row[1] for row in sorted((row for row in rows if row[5]), key=lambda row: int(row[5])))
        return Table(name, tuple(sorted(row[1] for row in rows)), numbers, key)

    def has_desks(self) -> bool:
        return os.path.exists(self._desks)

    def attach_desks(self) -> None:
        if is_reader(self.database) and not self.has_desks():
            return
        desks.everybody()  # makes the file where there is none and this one may be written
        desks.close()
        self.run("ATTACH DATABASE ? AS desks", (self._desks,))
        found = self.run("SELECT name FROM desks.sqlite_master WHERE type = 'table'")
        self.beside = [row[0] for row in found]

    def rows(self, table: Table, size: int) -> Iterator[Batch]:
        cursor = iter(self.database.execute_sql(self.select(table)))
        while batch := list(islice(cursor, size)):
            yield batch

    def write(self, table: Table, batches: Iterable[Batch]) -> None:
        holes = ", ".join("?" * len(table.columns))
        sql = f'INSERT INTO "{table.name}" ({quoted(table.columns)}) VALUES ({holes})'
        for batch in batches:
            with self.database.atomic():
                self.database.cursor().executemany(sql, batch)

    def rest(self) -> None:
        self.run("PRAGMA foreign_keys = 0")
        found = self.run("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        self._triggers = [row[1] for row in found]
        for name, _ in found:
            self.run(f'DROP TRIGGER "{name}"')

    def wake(self) -> None:
        for sql in self._triggers:
            self.run(sql)
        self.run("PRAGMA foreign_keys = 1")

    def empty(self) -> None:
        for name in self.tables():
            self.run(f'DELETE FROM "{name}"')


class PostgresSide(Side):
    """A database of a server."""

    BEGIN, MODULO = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "%%"

    def __init__(self, database: pw.Database) -> None:
        super().__init__(database)
        self.run("SET idle_in_transaction_session_timeout = 0")  # the other side takes its time

    def run(self, sql: str, args: Iterable[object] = ()) -> Batch:
        cursor = self.database.execute_sql(sql, tuple(args))
        return cursor.fetchall() if cursor.description else []

    def rows(self, table: Table, size: int) -> Iterator[Batch]:
        with self.database.connection().cursor("copied") as cursor:
            cursor.execute(self.select(table))
            while batch := cursor.fetchmany(size):
                yield batch

    def write(self, table: Table, batches: Iterable[Batch]) -> None:
        import psycopg

        sql = f'COPY "{table.name}" ({quoted(table.columns)}) FROM STDIN'
        try:
            with self.database.cursor() as cursor, cursor.copy(sql) as into:
                for batch in batches:
                    for row in batch:
                        into.write_row(row)
        except psycopg.DataError as error:  # a text that PostgreSQL cannot hold, a number that is too long for it
            raise Refused("copy_differs", table=table.name) from error
        except psycopg.Error as error:
            raise Unavailable("gone") from error

    def rest(self) -> None:
        for name in self.tables():
            self.run(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')

    def wake(self) -> None:
        for name in self.tables():
            self.run(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')
        numbered = self.run(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND is_identity = 'YES'"
        )
        for table, column in numbered:
            highest = f'SELECT MAX("{column}") AS n FROM "{table}"'
            self.run(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), n) FROM ({highest}) AS h "
                "WHERE n IS NOT NULL"
            )

    def empty(self) -> None:
        if names := ", ".join(f'"{name}"' for name in [*self.tables(), "catalogue", "uncatalogued"]):
            self.run(f"TRUNCATE {names} RESTART IDENTITY")


def side_of(database: pw.Database) -> Side:
    """The side that an open database is."""
    return PostgresSide(database) if isinstance(database, pw.PostgresqlDatabase) else SqliteSide(database)


def quoted(names: Iterable[str]) -> str:
    """Names for a statement."""
    return ", ".join(f'"{name}"' for name in names)
