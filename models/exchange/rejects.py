"""Rows that were not taken, given back as a list of the same shape: same columns, same separator, and the reason."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from models.errors import Refused
from models.exchange.duplicates import SKIP
from models.exchange.formulas import guarded
from models.exchange.planning import Plan
from models.exchange.reading import TEXT
from models.exchange.staging import KNOWN, LATE, SUPPRESSED, TWIN

SPREADSHEET_ENCODING = "utf-8-sig"
SUFFIX = "-rejected.csv"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row was not taken."""

    code: str
    field: str = ""
    found: str = ""


def reasons(plan: Plan) -> Iterator[tuple[int, Reason]]:
    """Every row that was not taken, in the order of the list."""
    fates = {SUPPRESSED: "suppressed", LATE: "late"}
    if plan.order.duplicates == SKIP:
        fates |= {TWIN: "twin", KNOWN: "known"}
    places = ", ".join(map(str, fates))
    sql = (
        "SELECT n, code, field, found, 0, 0 FROM reject UNION ALL "
        f"SELECT n, '', '', '', fate, target FROM row WHERE fate IN ({places}) ORDER BY 1"
    )
    for row, code, field, found, fate, target in plan.staging.each(sql):
        yield int(row), Reason(code or fates[fate], field, found or ("" if target is None or not fate else str(target)))


def write(plan: Plan, say: Callable[[Reason], str], heading: str, target: Path | None = None) -> Path | None:
    """Writes them, if there are any, beside the list or, where that cannot be, in the present folder.

    Args:
        plan: whose rows; its list is read once more.
        say: a reason in words.
        heading: of the column of reasons.
        target: where to, if somebody said.

    Raises:
        Refused: `rejects_unwritten`.
    """
    found = reasons(plan)
    first = next(found, None)
    if first is None:
        return None
    path = target or _beside(plan.listing.path)
    dialect, is_text = plan.listing.dialect, plan.listing.form == TEXT
    encoding = plan.listing.encoding if is_text else SPREADSHEET_ENCODING
    try:
        with path.open("w", encoding=encoding, errors="replace", newline="") as file:
            os.chmod(path, 0o600)
            writer = csv.writer(file, delimiter=dialect.separator, quotechar=dialect.quote)
            for cells in _chosen(plan, heading, say, first, found):
                writer.writerow([guarded(cell) for cell in cells])
    except OSError as error:
        raise Refused("rejects_unwritten", file=str(path), why=error.strerror or "") from error
    return path


def _chosen(
    plan: Plan,
    heading: str,
    say: Callable[[Reason], str],
    first: tuple[int, Reason],
    more: Iterator[tuple[int, Reason]],
) -> Iterator[list[str]]:
    rows = plan.listing.rows()
    width = max(plan.listing.width, len(plan.names))
    if plan.has_header:
        yield [*_wide(next(rows), width), heading]
    wanted: tuple[int, Reason] | None = first
    for row, cells in enumerate(rows, 1):
        if wanted is None:
            return
        if row == wanted[0]:
            yield [*_wide(cells, width), say(wanted[1])]
            wanted = next(more, None)


def _wide(cells: list[str], width: int) -> list[str]:
    return cells + [""] * (width - len(cells))


def _beside(path: Path) -> Path:
    name = f"{path.stem}{SUFFIX}"
    folder = path.parent if os.access(path.parent, os.W_OK) else Path.cwd()
    return folder / name
