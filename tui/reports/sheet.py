"""A report as a value: sheets of typed columns and rows. Every writer and every screen that saves starts from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction


class Kind(StrEnum):
    """What the cells of a column hold, and so how each form of file shows them."""

    TEXT = "text"
    COUNT = "count"
    """A whole number."""
    NUMBER = "number"
    """A ratio that is no share, as calls per deal."""
    MONEY = "money"
    """In the floor's currency."""
    WAN = "wan"
    """Money of the floor's currency, shown in ten thousands 万元; the cell holds all of it."""
    SHARE = "share"
    """A part of one, shown as per cent."""
    DAYS = "days"
    """A number of days, whole or not."""
    SECONDS = "seconds"
    """A length of time, shown as hours and minutes."""
    DATE = "date"
    MOMENT = "moment"
    """An aware moment, shown by the floor's clock."""
    CLOCK = "clock"
    """A moment of the day that the sheet is of: its time alone is shown."""

    @property
    def is_text(self) -> bool:
        """Whether it stands on the left, as words do."""
        return self is Kind.TEXT

    @property
    def divides(self) -> bool:
        """Whether an empty cell means that there was nothing to divide by, which is shown as a dash."""
        return self in (Kind.SHARE, Kind.NUMBER, Kind.DAYS)


Cell = str | int | Decimal | Fraction | date | datetime | None
"""None: not known, or nothing to divide by."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet."""

    code: str
    """Its key in JSON."""
    heading: str
    kind: Kind = Kind.TEXT
    most: int = 40
    """Cells beyond which it grows no wider; longer texts are wrapped in xlsx and cut in a terminal."""
    is_uncut: bool = False
    """A text of which a part says nothing, as a telephone's number: it is never cut."""
    rank: int = 0
    """Where a terminal is too narrow, what has the highest is left out first; 0 stays as long as it can."""


@dataclass(frozen=True, slots=True)
class Group:
    """A heading over the rows that follow."""

    name: str


@dataclass(frozen=True, slots=True)
class Subtotal:
    """A sum of the rows above it, back to the group's heading."""

    cells: Sequence[Cell]


Row = Sequence[Cell] | Group | Subtotal


def cells_of(row: Sequence[Cell] | Subtotal) -> Sequence[Cell]:
    """The cells of a row, be it a sum."""
    return row.cells if isinstance(row, Subtotal) else row


class Figure(StrEnum):
    """Forms of a chart."""

    BAR = "bar"
    """Lying bars, the first category on top: a funnel."""
    COLUMN = "column"
    """Standing ones, as for months."""
    LINE = "line"
    PIE = "pie"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart that a sheet has beside its rows where the form of file can draw."""

    figure: Figure
    title: str
    category: str
    """Code of the column that names what is drawn."""
    values: tuple[str, ...]
    """Codes of the columns that are drawn."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table."""

    name: str
    """Its code in JSON."""
    title: str
    columns: Sequence[Column]
    rows: Iterable[Row]
    """Read once, so that a sheet of any length may be handed over row by row."""
    total: Sequence[Cell] | None = None
    notes: Sequence[str] = ()
    """Said below it."""
    charts: Sequence[Chart] = ()

    def every_row(self) -> Iterator[Row]:
        """Its rows, and the total behind them."""
        yield from self.rows
        if self.total is not None:
            yield Subtotal(self.total)

    def place(self, code: str) -> int:
        """Where the column of that code stands, 0 first."""
        return next(place for place, column in enumerate(self.columns) if column.code == code)


@dataclass(frozen=True, slots=True)
class Report:
    """One or more sheets with what they are of."""

    name: str
    title: str
    sheets: Sequence[Sheet]
    since: date | None = None
    until: date | None = None
    """The day after the last; None where the report is of this moment."""
    selection: Mapping[str, str] = field(default_factory=dict)
    """What narrows it (campaign, team, agent …), by its code, with its name."""


def of_texts(name: str, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Report:
    """A report of one table that is known only by what it says."""
    columns = [Column(f"column{place}", heading) for place, heading in enumerate(headings, 1)]
    return Report(name, title, [Sheet(name, title, columns, rows)])
