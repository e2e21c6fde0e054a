"""Map files: the TOML that says what a list's columns mean, read or refused with the line to mend."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import funnel
from models.errors import Refused
from models.exchange.mapping import BESIDE, CLOSED, History, ListMap, Rule, TouchRule
from models.playbook import LineFault, PlaybookFault
from models.toml_lines import line_of, lines

FOLDER = Path(__file__).parent / "maps"
SHIPPED = ("dialler",)
"""Maps that come with callfloor."""

At = tuple[str | int, ...]
KINDS: dict[str, type] = {"column": str, "template": str, "split": str, "take": int, "strip": str, "case": str,
    "default": str, "year_rolls": int, "clock": str, "unit": str}  # fmt: skip
TOP: dict[str, type] = {"name": str, "header": bool, "encoding": str, "separator": str, "sheet": str, "skip": int}
CASES = ("upper", "lower", "title")
PLAIN_FIELDS = ("stage", "days", "reason", "next_at")
UNITS = ("元", "万元", "万", "亿")
CLOCK = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")
NAMES = {str: "string", int: "integer", bool: "boolean", dict: "table", list: "array"}


class MapFault(PlaybookFault):
    """A map that cannot be used, with every mistake and its line."""


def load_map(name: str, playbook: funnel.Playbook) -> ListMap:
    """A map that is shipped, by its name, or one in a file.

    Raises:
        MapFault: with every mistake, each with its line.
        Refused: `map_missing`.
    """
    path = FOLDER / f"{name}.toml" if name in SHIPPED else Path(name)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MapFault(str(path), (LineFault(1, (), "not_utf8"),)) from error
    except OSError as error:
        raise Refused("map_missing", file=str(path), allowed=SHIPPED) from error
    return read_map(text, playbook, file=str(path))


def read_map(text: str, playbook: funnel.Playbook, *, file: str = "map") -> ListMap:
    """The map that a TOML text defines."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = re.search(r" \(at line (\d+)", str(error))
        line = int(place[1]) if place else text.count("\n", 0, len(text.rstrip())) + 1
        raise MapFault(file, (LineFault(line, (), "syntax", str(error).split(" (at ")[0]),)) from error
    reader = _Reader(playbook)
    made = reader.map(table)
    if reader.faults:
        places = lines(text)
        found = [LineFault(line_of(at, places), at, code, said, allowed) for at, code, said, allowed in reader.faults]
        raise MapFault(file, tuple(sorted(found, key=lambda fault: fault.line)))
    return made


class _Reader:
    """One walk over a map's table; what is wrong gathers in `faults`."""

    def __init__(self, playbook: funnel.Playbook) -> None:
        own = tuple(one.code for one in playbook.fields)
        self.targets = (*funnel.LEAD_FIELDS, *own, *BESIDE)
        self.stages = (*(one.code for one in playbook.stages), funnel.LOST, funnel.INVALID)
        self.outcomes = tuple(one.code for one in playbook.outcomes)
        self.faults: list[tuple[At, str, str, tuple[str, ...]]] = []

    def map(self, table: Mapping[str, Any]) -> ListMap:
        """The whole map."""
        known = {*TOP, "headings", "columns", "fields", "history"}
        self._known((), table, tuple(sorted(known)))
        values = {key: table[key] for key, kind in TOP.items() if key in table and self._is((key,), table[key], kind)}
        headings = self._texts(("headings",), table.get("headings", []))
        columns = dict(self._rules(("columns",), table.get("columns", {}), ()))
        found = dict(self._rules(("fields",), table.get("fields", {}), self.targets))
        if not found and not self.faults:
            self._fault(("fields",), "missing", "fields", self.targets)
        history = self._history(table.get("history", {}))
        return ListMap(headings=headings, columns=columns, fields=found, history=history, **values)

    def _history(self, table: Any) -> History:
        at: At = ("history",)
        if not self._is(at, table, dict):
            return History()
        self._known(at, table, (*PLAIN_FIELDS, "entered", "touches"))
        plain = {name: self._rule((*at, name), table[name]) for name in PLAIN_FIELDS if name in table}
        entered = dict(self._rules((*at, "entered"), table.get("entered", {}), (*self.stages, CLOSED)))
        rows = table.get("touches", [])
        touches = [
            self._touch((*at, "touches", place), row)
            for place, row in enumerate(rows if self._is((*at, "touches"), rows, list) else [])
        ]
        return History(entered=entered, touches=tuple(one for one in touches if one), **plain)

    def _touch(self, at: At, table: Any) -> TouchRule | None:
        if not self._is(at, table, dict):
            return None
        names = tuple(one.name for one in fields(TouchRule))
        self._known(at, table, names)
        if "at" not in table:
            self._fault((*at, "at"), "missing", "at", ("table",))
            return None
        earlier = table.get("earlier", "")
        if earlier and earlier not in self.outcomes:
            self._fault((*at, "earlier"), "unknown", str(earlier), self.outcomes)
        rules = {name: self._rule((*at, name), table[name]) for name in names if name in table and name != "earlier"}
        return TouchRule(earlier=str(earlier), **rules)

    def _rules(self, at: At, table: Any, allowed: tuple[str, ...]) -> Iterator[tuple[str, Rule]]:
        if not self._is(at, table, dict):
            return
        if allowed:
            self._known(at, table, allowed)
        for name, said in table.items():
            yield name, self._rule((*at, name), said)

    def _rule(self, at: At, said: Any) -> Rule:
        """A rule; a text alone is a heading, or with braces a template."""
        if isinstance(said, str):
            said = {"template" if "{" in said else "column": said}
        if not self._is(at, said, dict):
            return Rule()
        self._known(at, said, (*KINDS, "values", "dates", "code"))
        values = {
            key: said[key] for key, kind in KINDS.items() if key in said and self._is((*at, key), said[key], kind)
        }
        meanings = said.get("values", {})
        if self._is((*at, "values"), meanings, dict):
            for key, meaning in meanings.items():
                self._is((*at, "values", key), meaning, str)
        self._choices(at, values)
        return Rule(
            **values,
            values={str(key): str(meaning) for key, meaning in meanings.items()} if isinstance(meanings, dict) else {},
            dates=self._texts((*at, "dates"), said.get("dates", [])),
            code=self._rule((*at, "code"), said["code"]) if "code" in said else None,
        )

    def _choices(self, at: At, values: Mapping[str, Any]) -> None:
        if values.get("case", "") not in ("", *CASES):
            self._fault((*at, "case"), "unknown", values["case"], CASES)
        if values.get("clock") and not CLOCK.fullmatch(values["clock"]):
            self._fault((*at, "clock"), "unknown", values["clock"], ("09:30",))
        if values.get("take", 1) < 1:
            self._fault((*at, "take"), "not_positive", str(values["take"]), ("1",))
        unit = values.get("unit", "")
        if unit and unit not in UNITS and not re.fullmatch(r"\d+(\.\d+)?", unit):
            self._fault((*at, "unit"), "unknown", unit, (*UNITS, "1000"))

    def _texts(self, at: At, said: Any) -> tuple[str, ...]:
        said = [said] if isinstance(said, str) else said
        if not self._is(at, said, list):
            return ()
        return tuple(one for place, one in enumerate(said) if self._is((*at, place), one, str))

    def _known(self, at: At, table: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
        for key in table:
            if key not in allowed:
                near = get_close_matches(key, allowed, n=3)
                self._fault((*at, key), "unknown_key", key, tuple(near) or allowed)

    def _is(self, at: At, value: Any, kind: type) -> bool:
        if type(value) is kind:
            return True
        self._fault(at, "wrong_type", _shown(value), (NAMES[kind],))
        return False

    def _fault(self, at: At, code: str, found: str, allowed: tuple[str, ...]) -> None:
        self.faults.append((at, code, found, allowed))


def _shown(value: Any) -> str:
    text = f'"{value}"' if isinstance(value, str) else NAMES.get(type(value), "") or str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
