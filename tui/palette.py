"""What every palette has: themes among its entries, and finding an entry by its letters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.fuzzy import Matcher

from tui.i18n import _
from tui.i18n import marked as N_
from tui.lines.palette import Entry
from tui.plain import plain

if TYPE_CHECKING:
    from textual.app import App

THEME = "theme."
"""The beginning of the ids that change the theme; all others are commands'."""
THEMES = {"dark": N_("theme: dark"), "light": N_("theme: light"), "terminal": N_("theme: the terminal's own colours")}
LONGEST = 24
"""Letters that are compared one by one with names; longer texts are looked for as they are."""


def theme_entries(app: App[None]) -> Iterator[Entry]:
    """The themes that can be chosen."""
    tip = _("Until you leave; theme = in the configuration keeps it.")
    for name, text in THEMES.items():
        if name in app.available_themes:
            yield Entry(THEME + name, "", _(text), tip, _("It is on.") if name == app.theme else "")


def matching(entries: list[Entry], text: str) -> list[Entry]:
    """The commands that go by a text, best first: by their names' letters, by their ids, by words of their tips.

    >>> one = Entry("desk.promote-lead", "p", "promote", "Take the lead to the next stage.")
    >>> [len(matching([one], text)) for text in ("prm", "promote-lead", "NEXT stage", "p", "zz")]
    [1, 1, 1, 1, 0]
    """
    text = " ".join(plain(text).split())
    if not text:
        return list(entries)
    search = Matcher(text[:LONGEST]).fuzzy_search
    rated: list[tuple[float, Entry]] = []
    for entry in entries:
        score, hits = search.match(text[:LONGEST], entry.name) if len(text) <= LONGEST else (0.0, ())
        score *= 2
        if not score and entry.key != text:
            has_words = text.casefold() in f"{entry.id} {entry.tip}".casefold()
            score, hits = max(search.match(text[:LONGEST], entry.id.partition(".")[2])[0], float(has_words)), ()
        score += 100 * (entry.key == text)
        if score:
            rated.append((score, replace(entry, hits=frozenset(hits))))
    return [entry for _score, entry in sorted(rated, key=lambda one: -one[0])]
