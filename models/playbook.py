"""Playbooks: the text that a manager edits, read into the heart's `Playbook`, or refused with the line to mend."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Container, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import funnel
from funnel import Fault, Playbook
from models.toml_lines import line_of, lines

FOLDER = Path(__file__).parent / "playbooks"
SHIPPED = ("telesales", "sheet", "b2b", "eight-step", "seven-step", "hp", "general", "search-marketing", "four-stage")
"""The playbooks that come with callfloor; the first is the default."""

MOST = 1_000_000
"""No number of a playbook is larger: a million minutes are two years, a million days more than a calendar has."""

TYPES: dict[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "float",
    Decimal: "number",
    datetime: "datetime",
    date: "date",
    time: "local time",
    list: "array",
    dict: "table",
}
"""What TOML calls the types of values."""


@dataclass(frozen=True, slots=True)
class LineFault:
    """A fault of a playbook, with the line where it stands."""

    line: int
    path: tuple[str | int, ...]
    code: str
    found: str = ""
    allowed: tuple[str, ...] = ()


class PlaybookFault(Exception):
    """A playbook that cannot be used: the first fault as fields, and every fault found in `faults`, top to bottom.

    Beside the codes of `funnel.faults`: syntax, not_utf8, unknown_key, missing, wrong_type, unknown, not_a_number,
    negative, too_large. The sentences for people are the screens' own; the text of this exception is for logs.
    """

    def __init__(self, file: str, faults: tuple[LineFault, ...]) -> None:
        super().__init__(file, faults)
        first = faults[0]
        self.file = file
        self.faults = faults
        self.line = first.line
        self.path = first.path
        self.code = first.code
        self.found = first.found
        self.allowed = first.allowed

    def __str__(self) -> str:
        return "\n".join(_one_line(f"{self.file}:{fault.line}: {_written(fault)}") for fault in self.faults)


def _written(fault: LineFault) -> str:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in fault.path).lstrip(".")
    notes = [f"found {fault.found}"] if fault.found else []
    notes += [f"allowed {', '.join(fault.allowed)}"] if fault.allowed else []
    return f"{path}: {fault.code}" + (f" ({'; '.join(notes)})" if notes else "")


def _one_line(text: str) -> str:
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def shipped() -> tuple[str, ...]:
    """Names of the playbooks that come with callfloor, the default first."""
    return SHIPPED


def shipped_text(name: str) -> str:
    """The text of a shipped playbook; KeyError if there is none of that name."""
    if name not in SHIPPED:
        raise KeyError(name)
    return (FOLDER / f"{name}.toml").read_text(encoding="utf-8")


def load_playbook(path: str | Path, *, reserved_keys: Container[str] = ()) -> Playbook:
    """The playbook in a file; OSError where the file cannot be read.

    Args:
        path: where the file stands.
        reserved_keys: keys of the desk that no outcome may take.

    Raises:
        PlaybookFault: with every mistake found, each with its line.
    """
    raw = Path(path).read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = 1 + raw.count(b"\n", 0, error.start)
        raise PlaybookFault(str(path), (LineFault(line, (), "not_utf8"),)) from error
    return read_playbook(text, file=str(path), reserved_keys=reserved_keys)


def read_playbook(text: str, *, file: str = "playbook", reserved_keys: Container[str] = ()) -> Playbook:
    """The playbook that a TOML text defines.

    Args:
        text: what the manager wrote.
        file: its name, for the faults.
        reserved_keys: keys of the desk that no outcome may take.

    Raises:
        PlaybookFault: with every mistake found, each with its line.
    """
    import msgspec  # where it is needed: it takes 15 ms to import

    table = _parsed(text, file)
    found = list(_shape_faults(table, Playbook, ()))
    if not found:
        playbook = msgspec.convert(table, Playbook)
        found = [_pointed(fault, table) for fault in funnel.faults(playbook, reserved_keys)]
        if not found:
            return playbook
    places = lines(text)
    lined = (LineFault(line_of(at.path, places), at.path, at.code, at.found, at.allowed) for at in found)
    raise PlaybookFault(file, tuple(sorted(lined, key=lambda fault: fault.line)))


def _parsed(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # beside its own error: numbers and nesting beyond all measure
        said = str(error)
        place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", said)
        at_end = text.count("\n", 0, len(text.rstrip())) + 1
        line = 1 if place is None else int(place[1] or at_end)
        found = said[: place.start()] if place else said
        raise PlaybookFault(file, (LineFault(line, (), "syntax", found),)) from error


def _shape_faults(value: object, kind: Any, path: tuple[str | int, ...]) -> Iterator[Fault]:
    """What keeps a value from being of that kind: unknown, missing and mistyped keys, all of them."""
    kind = next((one for one in get_args(kind) if NoneType in get_args(kind) and one is not NoneType), kind)
    if is_dataclass(kind):
        if isinstance(value, dict):
            yield from _table_faults(value, kind, path)
        else:
            yield Fault(path, "wrong_type", _shown(value), ("table",))
    elif get_origin(kind) in (tuple, frozenset):
        if isinstance(value, list):
            for place, entry in enumerate(value):
                yield from _shape_faults(entry, get_args(kind)[0], (*path, place))
        else:
            yield Fault(path, "wrong_type", _shown(value), ("array",))
    else:
        yield from _scalar_faults(value, kind, path)


def _table_faults(table: Mapping[str, object], kind: Any, path: tuple[str | int, ...]) -> Iterator[Fault]:
    kinds = get_type_hints(kind)
    for key, value in table.items():
        if key in kinds:
            yield from _shape_faults(value, kinds[key], (*path, key))
        else:
            near = get_close_matches(key, kinds, n=1)
            yield Fault((*path, key), "unknown_key", key, tuple(near) or tuple(kinds))
    for wanted in fields(kind):
        if wanted.name not in table and wanted.default is MISSING and wanted.default_factory is MISSING:
            yield Fault((*path, wanted.name), "missing", "", (_called(kinds[wanted.name]),))


def _scalar_faults(value: object, kind: Any, path: tuple[str | int, ...]) -> Iterator[Fault]:
    if issubclass(kind, StrEnum):
        allowed = tuple(member.value for member in kind)
        if not isinstance(value, str):
            yield Fault(path, "wrong_type", _shown(value), allowed)
        elif value not in allowed:
            yield Fault(path, "unknown", value, allowed)
    elif kind is Decimal:
        yield from _money_faults(value, path)
    elif type(value) is not kind:
        yield Fault(path, "wrong_type", _shown(value), (_called(kind),))
    elif isinstance(value, int) and abs(value) > MOST:
        yield Fault(path, "too_large", _shown(value), (str(MOST),))


def _money_faults(value: object, path: tuple[str | int, ...]) -> Iterator[Fault]:
    if type(value) not in (int, float, str):
        yield Fault(path, "wrong_type", _shown(value), ("number", "string"))
        return
    try:
        money = Decimal(str(value))
    except ArithmeticError:
        yield Fault(path, "not_a_number", _shown(value))
        return
    if not money.is_finite():
        yield Fault(path, "not_a_number", _shown(value))
    elif money < 0:
        yield Fault(path, "negative", _shown(value), ("0",))
    elif money > MOST:
        yield Fault(path, "too_large", _shown(value), (str(MOST),))


def _called(kind: Any) -> str:
    """What TOML calls the values of that kind."""
    if is_dataclass(kind):
        return "table"
    return "array" if get_origin(kind) else TYPES[kind]


def _shown(value: object) -> str:
    """A value as it stands in the file, as far as one line of a message holds it."""
    if isinstance(value, (list, dict)):
        return TYPES[type(value)]
    text = f'"{value}"' if isinstance(value, str) else str(value)
    text = text.lower() if isinstance(value, bool) else text
    return text if len(text) <= 60 else f"{text[:59]}…"


def _pointed(fault: Fault, table: Mapping[str, Any]) -> Fault:
    """The fault with its path led on to the entry of the array that is meant, where the file has it."""
    value: Any = table
    for step in fault.path:
        if not (isinstance(step, int) or step in value):
            return fault
        value = value[step]
    entries = [str(entry) for entry in value] if isinstance(value, list) else []
    if fault.found not in entries:
        return fault
    return Fault((*fault.path, entries.index(fault.found)), fault.code, fault.found, fault.allowed)
