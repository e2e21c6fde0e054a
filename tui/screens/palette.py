"""The palette: everything the desk can be told, found by typing. Textual's own is a screen of forty kilobytes."""

from __future__ import annotations

from tui.i18n import _
from tui.lines import palette
from tui.lines.palette import Entry
from tui.lines.text import Line, told
from tui.listing import Listing
from tui.palette import THEME, matching, theme_entries
from tui.plain import plain
from tui.screens.choosing import Choosing


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
        return [*entries, *theme_entries(self.desk.app)]

    async def _carry_out(self, entry: Entry) -> None:
        if entry.objection:
            self.desk.say(entry.objection, "stuck")
            return
        await self._leave_list()
        if entry.id.startswith(THEME):
            self.desk.app.theme = entry.id.removeprefix(THEME)
        else:
            await self.desk.deeds.do(entry.id)
