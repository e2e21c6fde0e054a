"""What is on the monitor, as a file of its reader's own: masked and filtered as the screen is, and safe to open."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from models.errors import Refused
from models.exchange.formulas import guarded
from tui.lines.frame import Frame
from tui.lines.text import Line
from tui.plain import plain


def save(
    title: str, content: Sequence[Line] | Sequence[Sequence[str]], frame: Frame, *, folder: Path | None = None
) -> Path:
    """Writes a table as CSV or lines as text into a new file that only its owner may read.

    Args:
        title: what it is, for its name.
        content: rows of cells, head first; or lines.
        frame: this moment, for its name.
        folder: where; else here, or at home where nothing can be written here.

    Raises:
        Refused: `unsaved`, it cannot be written.
    """
    is_table = bool(content) and isinstance(content[0], list)
    text = _csv(content) if is_table else _text(content)  # type: ignore[arg-type]
    place = folder or (Path() if os.access(".", os.W_OK) else Path.home())
    stem = re.sub(r"[^\w.-]+", "-", plain(title)).strip("-.")[:40] or "view"
    name = f"callfloor-{stem}-{frame.now.astimezone(frame.zone):%Y-%m-%d-%H%M}"
    for number in count(1):
        path = place / f"{name}{f'-{number}' if number > 1 else ''}{'.csv' if is_table else '.txt'}"
        try:
            with open(path, "x", encoding="utf-8-sig" if is_table else "utf-8", newline="", opener=_own) as stream:
                stream.write(text)
        except FileExistsError:
            continue
        except OSError as error:
            raise Refused("unsaved", file=str(path), why=error.strerror or "?") from error
        return path.absolute()
    raise AssertionError("unreachable")


def _own(path: str, flags: int) -> int:
    """A file that only its owner may read."""
    return os.open(path, flags, 0o600)


def _csv(rows: Sequence[Sequence[str]]) -> str:
    """Cells that no spreadsheet runs."""
    written = io.StringIO()
    csv.writer(written).writerows([guarded(plain(cell)) for cell in row] for row in rows)
    return written.getvalue()


def _text(lines: Sequence[Line]) -> str:
    return "".join("".join(text for text, _style in line).rstrip() + "\n" for line in lines)
