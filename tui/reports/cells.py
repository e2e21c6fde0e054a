"""What a cell says in letters, for people and for files."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from tui.lines.frame import Frame
from tui.plain import plain
from tui.reports.sheet import Cell, Kind

DASH = "–"
WAN = 10_000
TIMES = (Kind.DATE, Kind.MOMENT, Kind.CLOCK)
LONGEST = 32_000
"""Characters of a text; a cell of xlsx holds no more."""


def text(cell: Cell, kind: Kind, frame: Frame, *, grouped: bool) -> str:
    """A cell in letters.

    Args:
        cell: its value, of the kind's type.
        kind: of its column.
        frame: the floor's clock.
        grouped: as people read it, '1,234,567', and a dash wherever a number is missing; else as programs do.
    """
    if cell is None:
        return DASH if kind.divides or (grouped and not kind.is_text and kind not in TIMES) else ""
    match kind:
        case Kind.TEXT:
            return plain(str(cell), LONGEST).strip()
        case Kind.DATE:
            return str(cell)
        case Kind.MOMENT:
            assert isinstance(cell, datetime)
            return f"{cell.astimezone(frame.zone):%Y-%m-%d %H:%M}"
        case Kind.CLOCK:
            assert isinstance(cell, datetime)
            return frame.clock(cell)
    number = exact(cell)
    comma = "," if grouped else ""
    match kind:
        case Kind.SHARE:
            return f"{_rounded(number * 100, 1)}%"
        case Kind.SECONDS:
            minutes = int(number) // 60
            return f"{minutes // 60}:{minutes % 60:02}"
        case Kind.MONEY:
            return f"{_rounded(number, 0 if number.denominator == 1 else 2):{comma}}"
        case Kind.WAN:
            wan = Decimal(number.numerator) / number.denominator / WAN
            return f"{wan.normalize():{comma}f}"
    return f"{_rounded(number, 0 if number.denominator == 1 else 1):{comma}}"


def exact(cell: Cell) -> Fraction:
    """A number without any loss."""
    assert isinstance(cell, int | Decimal | Fraction)
    return Fraction(cell)


def _rounded(number: Fraction, places: int) -> Decimal:
    """To so many places, half to even, and decided before anything is lost."""
    return Decimal(round(number * 10**places)).scaleb(-places)
