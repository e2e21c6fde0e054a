"""Themes from TOML: a theme names what it is like (`inherits`) and says only what is different."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.color import Color, ColorParseError
from textual.theme import Theme

SHIPPED = Path(__file__).parent
SURFACES = (
    "primary",
    "secondary",
    "warning",
    "error",
    "success",
    "accent",
    "foreground",
    "background",
    "surface",
    "panel",
)
"""What Textual's own widgets are painted with."""
MEANINGS = ("dim", "rule", "key", "cursor", "promise", "fresh", "stuck", "won", "lost")
"""What the desk's colours mean. No meaning stands in a colour alone."""

OF_TERMINALS = {
    "ansi-background": "ansi_default",
    "ansi-foreground": "ansi_default",
    "border-blurred": "ansi_bright_black",
    "block-cursor-foreground": "ansi_black",
    "block-cursor-background": "ansi_white",
    "input-cursor-foreground": "ansi_black",
    "input-cursor-background": "ansi_white",
    "input-cursor-text-style": "none",
    "input-selection-foreground": "ansi_black",
    "input-selection-background": "ansi_bright_blue",
    "screen-selection-foreground": "ansi_black",
    "screen-selection-background": "ansi_bright_blue",
}
"""What Textual asks of a theme that leaves the colours to the terminal."""


@dataclass
class ThemeFault(Exception):
    """A theme that cannot be used: its file, and why."""

    file: str
    why: str


def load(folders: Iterable[Path] = ()) -> dict[str, Theme]:
    """All themes by name: the shipped ones, then those of each folder, which may replace them.

    Raises:
        ThemeFault: a file cannot be read, inherits from nobody, or a colour is none.
    """
    tables: dict[str, tuple[Path, dict[str, Any]]] = {}
    for folder in (SHIPPED, *folders):
        for path in sorted(folder.glob("*.toml")):
            tables[path.stem] = (path, _read(path))
    return {name: _theme(name, tables) for name in tables}


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ThemeFault(str(path), str(error)) from error


def _theme(name: str, tables: Mapping[str, tuple[Path, dict[str, Any]]]) -> Theme:
    path, _table = tables[name]
    merged: dict[str, Any] = {"colors": {}}
    for table in reversed(_ancestry(name, tables)):
        merged |= {key: value for key, value in table.items() if key not in ("colors", "inherits")}
        merged["colors"] |= table.get("colors", {})
    colors = merged["colors"]
    for key, value in colors.items():
        if key not in (*SURFACES, *MEANINGS):
            raise ThemeFault(str(path), f"colors.{key}: no such colour; there are {', '.join((*SURFACES, *MEANINGS))}")
        try:
            Color.parse(value)
        except (ColorParseError, TypeError, AttributeError) as error:
            raise ThemeFault(str(path), f"colors.{key}: {value!r} is no colour, as #7aa2f7 or ansi_blue is") from error
    if missing := [key for key in (*SURFACES, *MEANINGS) if key not in colors]:
        raise ThemeFault(str(path), f'colors.{missing[0]} is missing; inherits = "dark" would give it')
    return Theme(
        name=name,
        dark=bool(merged.get("dark", True)),
        ansi=bool(merged.get("ansi", False)),
        variables={key: colors[key] for key in MEANINGS} | (OF_TERMINALS if merged.get("ansi") else {}),
        **{key: colors[key] for key in SURFACES},
    )


def _ancestry(name: str, tables: Mapping[str, tuple[Path, dict[str, Any]]]) -> list[dict[str, Any]]:
    """The theme's own table, then those it inherits from, nearest first."""
    path, table = tables[name]
    line, seen = [table], {name}
    while parent := table.get("inherits"):
        if parent not in tables or parent in seen:
            raise ThemeFault(
                str(path), f"inherits = {parent!r}: no such theme, or in a circle; there are {', '.join(tables)}"
            )
        seen.add(parent)
        table = tables[parent][1]
        line.append(table)
    return line
