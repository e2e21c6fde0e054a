"""What every model stands on: the database of this process, fields for moments and money, statements rendered once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

import peewee as pw

proxy = pw.DatabaseProxy()
"""The floor's database, once `connect.use` has named it. One floor a process."""

NEVER = 1 << 62
"""A `wake_at` that does not come: won, lost, invalid, suppressed."""

NO_MONTH = 999_999
"""The counted month of what has not happened; kept counters compare with it."""

HUNDREDTHS = Decimal(100)


def seconds(moment: datetime) -> int:
    """UTC seconds of an aware moment; a naive one is a mistake of the caller."""
    if moment.tzinfo is None:
        raise ValueError("moment without a zone")
    return int(moment.timestamp())


def moment(stamp: int) -> datetime:
    """The aware UTC moment of stored seconds."""
    return datetime.fromtimestamp(stamp, UTC)


def moment_or_none(stamp: int | None) -> datetime | None:
    """As `moment`; nothing, and `NEVER`, stay nothing."""
    return None if stamp is None or stamp >= NEVER else datetime.fromtimestamp(stamp, UTC)


def hundredths(amount: Decimal | None) -> int | None:
    """Money as whole hundredths, rounded half to even; nothing stays nothing."""
    return None if amount is None else int((amount * HUNDREDTHS).to_integral_value())


def money(minor: int | None) -> Decimal | None:
    """Money from whole hundredths."""
    return None if minor is None else Decimal(minor) / HUNDREDTHS


def month_of(day: date) -> int:
    """Months since year 0, so that months sort, subtract and index.

    >>> month_of(date(2026, 11, 22))
    24322
    """
    return day.year * 12 + day.month - 1


def month_starts(month: int) -> date:
    """The first day of a counted month."""
    return date(month // 12, month % 12 + 1, 1)


def new_token() -> str:
    """A name for one command or one claim that nobody else will make up."""
    return os.urandom(12).hex()  # as `secrets` does, without the library of ciphers that it loads


class Mark:
    """The place of a value in a statement that is rendered once."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


def mark(name: str) -> pw.Value:
    """A named hole for `Rendered`; filled with the stored form (seconds, hundredths, ids)."""
    return pw.Value(Mark(name), converter=False)


class Rendered:
    """A peewee query whose SQL is built at its first run in this process.

    Building a claim costs a millisecond, running it a tenth of that; `build` may look at the database's dialect.
    """

    def __init__(self, build: Callable[[], Any]) -> None:
        self.build = build
        self.dialect: object = None
        self.sql = ""
        self.holes: list[object] = []

    def run(self, **values: object) -> Any:
        """Executes with the marks filled; returns the driver's cursor."""
        if self.dialect is not type(proxy.obj):
            self.sql, self.holes = self.build().sql()
            self.dialect = type(proxy.obj)
        args = [values[hole.name] if isinstance(hole, Mark) else hole for hole in self.holes]
        return proxy.execute_sql(self.sql, args)

    def rows(self, **values: object) -> list[tuple[Any, ...]]:
        """All rows."""
        return list(self.run(**values))

    def row(self, **values: object) -> tuple[Any, ...] | None:
        """The first row, the cursor read to its end so that no statement stays open."""
        rows = self.rows(**values)
        return rows[0] if rows else None


def rows_of(sql: str, args: Iterable[object] | Mapping[str, object] = ()) -> list[tuple[Any, ...]]:
    """All rows of a plain SQL text with `?` places, on either database."""
    if proxy.obj.param != "?":
        sql = sql.replace("?", proxy.obj.param)
    cursor = proxy.execute_sql(sql, args)
    return list(cursor.fetchall())


def rows_among(numbers: Sequence[int], sql: str) -> list[tuple[Any, ...]]:
    """Rows of a query whose `{numbers}` is a list of numbers: one value, however many they are, on either database."""
    if proxy.obj.param != "?":
        return rows_of(sql.format(numbers="SELECT UNNEST(?::bigint[])"), (list(numbers),))
    return rows_of(sql.format(numbers="SELECT value FROM json_each(?)"), (json.dumps(numbers),))


# ── tables ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Base(pw.Model):
    """A table of the floor. Rows by id, new rows and changed columns go through statements that are rendered once."""

    class Meta:
        database = proxy
        legacy_table_names = False
        # A column that did not change is not written: the counters' triggers look at what an UPDATE names.
        only_save_dirty = True

    if TYPE_CHECKING:  # of every peewee model, but its types do not say so
        DoesNotExist: ClassVar[type[pw.DoesNotExist]]
        _dirty: set[str]
        _pk: Any
        id: Any

    @classmethod
    def get_by_id(cls, pk: Any) -> Self:
        """The row of that id; the model's DoesNotExist if there is none."""
        row = cls.read(_by_id(cls), id=pk)
        if row is None:
            raise cls.DoesNotExist(f"{cls.__name__} {pk}")
        return row

    @classmethod
    def read(cls, statement: Rendered, **values: object) -> Self | None:
        """The first row of a statement that selects the whole table."""
        row = statement.row(**values)
        return None if row is None else cls._of(row)

    @classmethod
    def read_all(cls, statement: Rendered, **values: object) -> list[Self]:
        """All rows of a statement that selects the whole table."""
        return [cls._of(row) for row in statement.rows(**values)]

    @classmethod
    def in_order(cls, ids: Sequence[int]) -> list[Self]:
        """The rows of these ids, in their order; what is not there is left out."""
        columns, holes = ", ".join(cls._meta.sorted_field_names), ", ".join("?" * len(ids)) or "NULL"
        rows = rows_of(f"SELECT {columns} FROM {cls._meta.table_name} WHERE id IN ({holes})", ids)
        found = {row.id: row for row in map(cls._of, rows)}
        return [found[number] for number in ids if number in found]

    @classmethod
    def _of(cls, row: tuple[Any, ...]) -> Self:
        found = cls(__no_default__=1)
        found.__data__.update(zip(cls._meta.sorted_field_names, row, strict=True))
        found._dirty.clear()
        return found

    @classmethod
    def add(cls, **values: object) -> int:
        """Writes a new row and returns its id."""
        names = cls._meta.fields
        stored = {name: names[name].db_value(value) for name, value in values.items()}
        row = _insert(cls, tuple(values)).row(**stored)
        assert row is not None
        return int(row[0])

    def save(self, force_insert: bool = False, only: Any = None) -> Any:
        """Writes what was changed; as peewee's, a row without an id is a new one."""
        if force_insert or only is not None or self._pk is None or not self._dirty:
            return super().save(force_insert, only)
        names = tuple(sorted(self._dirty))
        stored = {name: self._meta.fields[name].db_value(self.__data__[name]) for name in names}
        self._dirty.clear()
        return _update(type(self), names).run(pk=self._pk, **stored)


@cache
def _by_id(model: type[Base]) -> Rendered:
    return Rendered(lambda: model.select().where(model._meta.primary_key == mark("id")))


@cache
def _insert(model: type[Base], names: tuple[str, ...]) -> Rendered:
    return Rendered(lambda: model.insert(**{name: mark(name) for name in names}).returning(model._meta.primary_key))


@cache
def _update(model: type[Base], names: tuple[str, ...]) -> Rendered:
    return Rendered(
        lambda: model.update(**{name: mark(name) for name in names}).where(model._meta.primary_key == mark("pk"))
    )
