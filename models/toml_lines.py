"""Where the keys of a TOML text stand, which `tomllib` does not tell: so that a message can name the line."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping

Path = tuple[str | int, ...]
"""Keys and places from the top: ('stages', 2, 'probability')."""

BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?""""{0,2}'  # up to two quotes may stand before the three that end it
    r"|'''.*?''''{0,2}"
    r'|"(?:[^"\\]|\\.)*"'
    r"|'[^']*'",
    re.DOTALL,
)
SCALAR = re.compile(r"[^,\]}#\n]+")


def lines(text: str) -> dict[Path, int]:
    """The line, from 1, of every table, key and entry of an array in a text that `tomllib` reads.

    A table has the line of its header, or of the first key that brings it about; an array of tables that of its first
    entry.

    >>> lines('code = "x"\\n[[stages]]\\nname = { en = "Need" }')[("stages", 0, "name", "en")]
    3
    """
    return _Scan(text).lines


def line_of(path: Path, among: Mapping[Path, int]) -> int:
    """The line of a path, else that of the nearest thing around it: a missing key is looked for at its table."""
    while path and path not in among:
        path = path[:-1]
    return among.get(path, 1)


class _Scan:
    """One walk over a text that is known to be valid: it only has to see what opens and what closes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self._starts = [0, *(mark.end() for mark in re.finditer("\n", text))]
        self._sizes: dict[Path, int] = {}
        """Entries so far of each array of tables."""
        table: Path = ()
        self._pass(BLANK)
        while self.at < len(text):
            if text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._pass(BLANK)

    def _pass(self, pattern: re.Pattern[str]) -> str:
        """What the pattern finds here; then the walk stands behind it."""
        found = pattern.match(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found[0]

    def _sign(self, signs: str) -> bool:
        """Whether one of these signs stands here; if so, the walk steps over it and over blanks."""
        if self.at >= len(self.text) or self.text[self.at] not in signs:
            return False
        self.at += 1
        self._pass(BLANK)
        return True

    def _line(self) -> int:
        return bisect_right(self._starts, self.at)

    def _header(self) -> Path:
        line = self._line()
        is_array = self.text.startswith("[[", self.at)
        self.at += 1 + is_array
        *above, last = self._key()
        path: Path = ()
        for name in above:
            path = (*path, name)
            self.lines.setdefault(path, line)
            if path in self._sizes:
                path = (*path, self._sizes[path] - 1)
        path = (*path, last)
        if is_array:
            self.lines.setdefault(path, line)
            self._sizes[path] = self._sizes.get(path, 0) + 1
            path = (*path, self._sizes[path] - 1)
        self.lines[path] = line
        self.at += 1 + is_array
        return path

    def _key(self) -> list[str]:
        names = []
        while True:
            self._pass(BLANK)
            quoted = self._pass(STRING)
            names.append(str(tomllib.loads(f"name = {quoted}")["name"]) if quoted else self._pass(BARE_KEY))
            self._pass(BLANK)
            if not self._sign("."):
                return names

    def _pair(self, table: Path) -> None:
        line = self._line()
        path = table
        for name in self._key():
            path = (*path, name)
            self.lines.setdefault(path, line)
        self._sign("=")
        self._value(path)

    def _value(self, path: Path) -> None:
        if self._sign("["):
            place = 0
            while not self._sign("]"):
                self.lines[*path, place] = self._line()
                self._value((*path, place))
                self._pass(BLANK)
                self._sign(",")
                place += 1
        elif self._sign("{"):
            while not self._sign("}"):
                self._pair(path)
                self._pass(BLANK)
                self._sign(",")
        elif not self._pass(STRING):
            self._pass(SCALAR)
