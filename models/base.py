"""What every model stands on: the database of this process, fields for moments and money, statements rendered once."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import peewee as pw

proxy = pw.DatabaseProxy()
"""The floor's database, once `connect.use` has named it. One floor a process."""

NEVER = 1 << 62
"""A `wake_at` that does not come: won, lost, invalid, suppressed."""

HUNDREDTHS = Decimal(100)


class Base(pw.Model):
    """A table of the floor."""

    class Meta:
        database = proxy
        legacy_table_names = False
        # A column that did not change is not written: the counters' triggers look at what an UPDATE names.
        only_save_dirty = True


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
    return secrets.token_hex(12)


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
    return list(proxy.execute_sql(sql, args))
