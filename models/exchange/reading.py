"""A list opened for reading, whatever wrote it: rows of text, a few at a time, as often as they are asked for."""

from __future__ import annotations

import csv
import hashlib
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from models.errors import Refused
from models.exchange import dialects, encodings, sheets
from models.exchange.dialects import Dialect

TEXT, SHEET = "text", "sheet"
OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
LOOKED_AT = 200
"""Rows from which the table's shape is told."""
MOST_TITLES = 20
"""Rows above the table that may be its title."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that can be read, and how."""

    path: Path
    form: str
    """text or sheet."""
    encoding: str = ""
    dialect: Dialect = field(default_factory=Dialect)
    sheet: str = ""
    skipped: int = 0
    """Rows above the table."""
    width: int = 0
    """Cells that most rows have."""

    @property
    def name(self) -> str:
        """The file's name, without where it lies."""
        return self.path.name

    def rows(self) -> Iterator[list[str]]:
        """Every row of the table that is not blank, from its first.

        Raises:
            Refused: `list_quote` where a quote never closes, `list_unreadable`, `list_decode`.
        """
        return (row for row in islice(self._raw(), self.skipped, None) if any(row) and any(map(str.strip, row)))

    def _raw(self) -> Iterator[list[str]]:
        if self.form == SHEET:
            yield from sheets.rows(self.path, self.sheet)
            return
        count = 0
        try:
            with self.path.open(encoding=self.encoding, errors="replace", newline="") as file:
                lines = _records(file) if self.dialect.has_records else file
                for row in dialects.parsed(lines, self.dialect):
                    count += 1
                    yield row
        except csv.Error as error:
            raise Refused("list_quote", file=self.name, row=count + 1) from error
        except (OSError, UnicodeError) as error:
            raise Refused("list_unreadable", file=self.name) from error


def open_list(
    path: Path, *, sheet: str = "", encoding: str = "", separator: str = "", skip: int | None = None
) -> Listing:
    """Looks at a file and says how it is to be read.

    Args:
        path: the file.
        sheet: of a spreadsheet; else its first that has anything in it.
        encoding: where it is known.
        separator: where it is known.
        skip: rows above the table; else those that look like a title.

    Raises:
        Refused: `list_missing`, `list_folder`, `list_empty`, `list_zip`, `list_encrypted`, `list_binary`,
            `list_unreadable`, `list_sheet`, `list_encoding`: no list, each with the file's name.
    """
    head = _head(path)
    if head.startswith((OLE, ZIP)):
        _refuse_archives(path, head)
        listing = Listing(path, SHEET, sheet=sheet or sheets.filled(path))
        next(sheets.rows(path, listing.sheet), None)  # says now that there is no such sheet
    else:
        listing = _text(path, head, encoding, separator)
    first = list(islice(listing._raw(), LOOKED_AT))
    if not any(cell.strip() for row in first for cell in row) and not any(listing.rows()):
        raise Refused("list_empty", file=path.name)
    return replace(listing, width=_usual_width(first), skipped=_titles(first) if skip is None else skip)


def digest_of(path: Path) -> str:
    """SHA-256 of the file, so that the same list is known again."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _head(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise Refused("list_folder", file=path.name)
        with path.open("rb") as file:
            head = file.read(encodings.HEAD)
    except OSError as error:
        raise Refused("list_missing", file=path.name, why=error.strerror or "") from error
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\r\n\t \x00"):
        raise Refused("list_empty", file=path.name)
    return head


def _refuse_archives(path: Path, head: bytes) -> None:
    if head.startswith(OLE):
        with path.open("rb") as file:
            if "EncryptedPackage".encode("utf-16-le") in file.read(1 << 22):
                raise Refused("list_encrypted", file=path.name)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            inside = set(archive.namelist())
            if not inside & {"[Content_Types].xml", "content.xml"}:
                raise Refused("list_zip", file=path.name)
            if "META-INF/manifest.xml" in inside and b"encryption-data" in archive.read("META-INF/manifest.xml"):
                raise Refused("list_encrypted", file=path.name)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise Refused("list_unreadable", file=path.name) from error


def _text(path: Path, head: bytes, encoding: str, separator: str) -> Listing:
    name = encoding or encodings.marked(head) or encodings.zeroed(head)
    if not name:
        if encodings.is_binary(head):
            raise Refused("list_binary", file=path.name)
        name = encodings.encoding_of(path)
    try:
        with path.open(encoding=name, errors="replace", newline="") as file:
            beginning = file.read(encodings.HEAD)
    except LookupError as error:
        raise Refused("list_encoding", file=path.name, encoding=encoding) from error
    except UnicodeError as error:
        raise Refused("list_binary", file=path.name) from error
    if len(beginning) == encodings.HEAD and "\n" in beginning:
        beginning = beginning[: beginning.rindex("\n") + 1]
    return Listing(path, TEXT, name, dialects.told(beginning, separator))


def _records(file: Iterable[str]) -> Iterator[str]:
    """Lines of a list whose rows end with ASCII's own sign."""
    rest = ""
    for text in file:
        *whole, rest = (rest + text).split(dialects.RECORD)
        yield from (f"{row}\n" for row in whole)
    if rest.strip():
        yield rest


def _usual_width(rows: list[list[str]]) -> int:
    widths = Counter(_filled_to(row) for row in rows if any(row))
    return max(widths, key=lambda width: (widths[width], width), default=0)


def _filled_to(row: list[str]) -> int:
    return next((place for place in range(len(row), 0, -1) if row[place - 1].strip()), 0)


def _titles(rows: list[list[str]]) -> int:
    """Rows above the table: one cell each where the table has three and more."""
    if _usual_width(rows) < 3:
        return 0
    above = (place for place, row in enumerate(rows[:MOST_TITLES]) if sum(1 for cell in row if cell.strip()) > 1)
    return next(above, 0)
