"""Cells of what is handed out as a sheet: none of them is run by the program that opens it."""

from __future__ import annotations

import re

RUN = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would run."""
HARMLESS = re.compile(r"[+-]?[\d\s().,/-]+")


def guarded(cell: str) -> str:
    """A cell that no spreadsheet runs: what begins like a formula gets an apostrophe, numbers stay as they are.

    >>> guarded("=cmd|' /C calc'!A0"), guarded("+86 138 0013 8000"), guarded("-5,5")
    ("'=cmd|' /C calc'!A0", '+86 138 0013 8000', '-5,5')
    """
    return f"'{cell}" if cell.startswith(RUN) and not HARMLESS.fullmatch(cell) else cell


def as_text(cell: str) -> str:
    """A text that stays text whatever it begins with, numbers and telephones too: for columns of texts.

    >>> as_text("+86 138 0013 8000"), as_text("-1-2"), as_text("1-2")
    ("'+86 138 0013 8000", "'-1-2", '1-2')
    """
    return f"'{cell}" if cell.startswith(RUN) else cell
