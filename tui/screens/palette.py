"""The palette: everything the desk can be told, found by typing. Textual's own is a screen of forty kilobytes."""

from __future__ import annotations

from dataclasses import replace

from textual.fuzzy import Matcher

from tui.i18n import _
from tui.i18n import marked as N_
from tui.lines import palette
from tui.lines.palette import Entry
from tui.lines.text import Line, told
from tui.listing import Listing
from tui.plain import plain
from tui.screens.choosing import Choosing

THEME = "theme."
"""The beginning of the ids that change the theme; all others are commands'."""
THEMES = {"dark": N_("theme: dark"), "light": N_("theme: light"), "terminal": N_("theme: the terminal's own colours")}
LONGEST = 24
"""Letters that are compared one by one with names; longer texts are looked for as they are."""


class Palette(Choosing):
    """Commands by their names."""

    async def open_palette(self) -> None:
        """Ctrl+P: every command, found by its name, its id or a word of its tip."""
        entries = self._palette_entries()

        def entry(one: Entry, width: int, is_current: bool) -> list[Line]:
            return [palette.entry_line(one, palette.name_room(entries, width), width, is_current=is_current)]

        def nothing(width: int) -> list[Line]:
            return told(
                _("No command is called that. {key} shows every key.").format(
                    key=self.desk.keymap.key("desk.show-help")
                ),
                width=width,
            )

        listing: Listing[Entry] = Listing(_("commands"), entry, identity=lambda one: one.id, nothing=nothing)

        def changed(text: str) -> None:
            listing.begin_anew()
            listing.fill(matching(entries, text))
            self.desk.paint.card()
            self.desk.composer.rewrite()

        def preview(text: str) -> Line:
            one = listing.current
            return ((one.objection or one.tip, "stuck" if one.objection else "dim"),) if one else ()

        async def submit(text: str) -> None:
            if listing.current is not None:
                await self._carry_out(listing.current)

        listing.fill(entries)
        hints = (("⏎", _("do it")), ("↓↑", _("move")), ("Esc", _("back")))
        keys = {"ctrl+p": self._leave_list}
        self._choose_by_typing(
            listing, _("command"), preview=preview, submit=submit, hints=hints, changed=changed, keys=keys
        )

    def _palette_entries(self) -> list[Entry]:
        """All commands but this one, as the table has them, and the themes."""
        keymap, deeds = self.desk.keymap, self.desk.deeds
        entries = [
            Entry(one.id, keymap.key(one.id), plain(_(one.name)), _(one.tip), deeds.objection(one.id))
            for one in keymap.commands.values()
            if one.id != "desk.open-palette"
        ]
        tip = _("Until you leave; theme = in the configuration keeps it.")
        here = self.desk.app.theme
        return entries + [
            Entry(THEME + name, "", _(text), tip, _("It is on.") if name == here else "")
            for name, text in THEMES.items()
            if name in self.desk.app.available_themes
        ]

    async def _carry_out(self, entry: Entry) -> None:
        if entry.objection:
            self.desk.say(entry.objection, "stuck")
            return
        await self._leave_list()
        if entry.id.startswith(THEME):
            self.desk.app.theme = entry.id.removeprefix(THEME)
        else:
            await self.desk.deeds.do(entry.id)


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
