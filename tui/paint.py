"""Names of styles into colours: what a line calls 'strong promise' is painted as the present theme has it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from rich.style import Style
from textual.color import Color

_colours: dict[str, str] = {}


def use(colours: Mapping[str, str]) -> None:
    """Paints with the colours of a theme from now on."""
    _colours.clear()
    _colours.update(colours)
    style.cache_clear()


@lru_cache(maxsize=256)
def style(names: str) -> Style:
    """The style of those names: 'strong', 'reverse', 'underline', a `tel:` address, or any of the theme's meanings."""
    found = Style.null()
    for name in names.split():
        match name:
            case "strong":
                found += Style(bold=True)
            case "reverse":
                found += Style(reverse=True)
            case "underline":
                found += Style(underline=True)
            case _ if name.startswith("tel:"):
                found += Style(link=name)
            case _:
                found += Style(color=Color.parse(_colours.get(name, "ansi_default")).rich_color)
    return found
