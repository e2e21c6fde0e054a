"""Reports as files of their reader's own: written beside, then put in place whole, for nobody else to read."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from models.errors import Refused
from tui.lines.frame import Frame
from tui.lines.text import Line
from tui.plain import plain
from tui.reports.sheet import Report

Writer = Callable[[Report, Frame, BinaryIO], None]

MODULES = {
    "table": "tui.reports.printed",
    "csv": "tui.reports.separated",
    "json": "tui.reports.records",
    "xlsx": "tui.reports.workbook",
    "md": "tui.reports.markdown",
}
FORMATS = tuple(MODULES)
SUFFIXES = {"table": ".txt"}
"""Of files, where it is not the format's name."""


def suffix_of(form: str) -> str:
    """How the name of such a file ends."""
    return SUFFIXES.get(form, f".{form}")


def format_of(path: Path) -> str:
    """The format that a file's name asks for; empty where it asks for none."""
    return next((form for form in FORMATS if suffix_of(form) == path.suffix.lower()), "")


def writer(form: str) -> Writer:
    """What writes a format, loaded when it is asked for."""
    found: Writer = import_module(MODULES[form]).write
    return found


def put(report: Report, form: str, frame: Frame, path: Path) -> None:
    """Writes a report into that very file; one of that name is replaced, once the new one is whole.

    Raises:
        Refused: `unsaved`, it cannot be written; `not_a_file`, a folder or a device.
    """
    with _beside(path) as stream:
        writer(form)(report, frame, stream)
        _finish(stream)
        os.replace(stream.name, path)


def save(report: Report, form: str, frame: Frame, *, folder: Path | None = None) -> Path:
    """Writes a report into a new file named after it; no file is replaced.

    Args:
        report: what is saved.
        form: one of `FORMATS`.
        frame: this moment, for its name.
        folder: where; else here, or at home where nothing can be written here.

    Raises:
        Refused: `unsaved`, it cannot be written.
    """
    return _save(
        report.title, suffix_of(form), lambda stream: writer(form)(report, frame, stream), frame, folder=folder
    )


def save_lines(title: str, lines: Sequence[Line], frame: Frame, *, folder: Path | None = None) -> Path:
    """As `save`, for lines of a screen that are no table: they become a text."""
    text = "".join("".join(piece for piece, _style in line).rstrip() + "\n" for line in lines)
    return _save(title, ".txt", lambda stream: stream.write(text.encode("utf-8", "replace")), frame, folder=folder)


def _save(title: str, suffix: str, write: Callable[[BinaryIO], object], frame: Frame, *, folder: Path | None) -> Path:
    place = folder or (Path() if os.access(".", os.W_OK) else Path.home())
    stem = re.sub(r"[^\w.-]+", "-", plain(title)).strip("-.")[:40] or "view"
    name = f"callfloor-{stem}-{frame.now.astimezone(frame.zone):%Y-%m-%d-%H%M}"
    with _beside(place / f"{name}{suffix}") as stream:
        write(stream)
        _finish(stream)
        for number in count(1):
            path = place / f"{name}{f'-{number}' if number > 1 else ''}{suffix}"
            with suppress(FileExistsError):
                os.link(stream.name, path)
                return path.absolute()
    raise AssertionError("unreachable")


@contextmanager
def _beside(path: Path) -> Iterator[BinaryIO]:
    """A file in the same folder that only its owner may read, gone when it did not become the one that was meant."""
    if path.exists() and not path.is_file():
        raise Refused("not_a_file", file=str(path))
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=".callfloor-", suffix=".part", delete=False) as stream:
            try:
                yield stream  # type: ignore[misc]
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(stream.name)
    except OSError as error:
        raise Refused("unsaved", file=str(path), why=error.strerror or "?") from error


def _finish(stream: BinaryIO) -> None:
    """What a full disk has to say, it says here."""
    stream.flush()
    os.fsync(stream.fileno())
