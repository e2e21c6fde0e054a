"""Names of styles into colours: what a line calls 'strong promise' is painted as the present theme has it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color

_colours: dict[str, str] = {}
_QUIET = frozenset({"dim", "rule"})
"""What is faint where nothing has a colour."""


def use(colours: Mapping[str, str]) -> None:
    """Paints with the colours of a theme from now on; without any where there are none."""
    _colours.clear()
    _colours.update(colours)
    style.cache_clear()


@lru_cache(maxsize=512)
def style(names: str, ground: str = "background") -> Style:
    """The style of those names, on one of the theme's grounds.

    Args:
        names: 'strong', 'reverse', 'underline', a `tel:` address, or any of the theme's meanings.
        ground: 'background' or 'panel'.
    """
    found = Style(color=_colour("foreground"), bgcolor=_colour(ground))
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
            case _ if _colours:
                found += Style(color=_colour(name))
            case _:
                found += Style(dim=name in _QUIET)
    return found


def _colour(name: str) -> RichColor:
    found = Color.parse(_colours.get(name, "ansi_default"))
    return found.rich_color if found.a else RichColor.default()  # of a terminal's own ground there is no shade
