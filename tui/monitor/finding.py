"""Find and palette: a list that is filled as one types. Nothing is claimed by looking."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.i18n import _
from tui.lines import found as lines
from tui.lines import palette
from tui.lines.palette import Entry
from tui.lines.text import Line, told
from tui.listing import PAGE, Listing
from tui.monitor import errands
from tui.monitor.records import Records
from tui.palette import THEME, matching, theme_entries
from tui.plain import plain
from tui.screens import questions
from tui.screens.questions import Question
from tui.sheets import Hints

if TYPE_CHECKING:
    from models.search.finding import Found
    from models.search.terms import Sought
    from tui.monitor.screen import Watch


@dataclass
class Writing:
    """What is being typed."""

    submit: Callable[[], Awaitable[None]]
    hints: Hints
    keys: Mapping[str, Callable[[], Awaitable[None]]]
    changed: Callable[[str], None]


class Finding(Records):
    """Choosing from a list by typing."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(watch)
        self.writing: Writing | None = None
        self._sought = ""

    async def write(self, key: str, character: str | None) -> None:
        """A key while something is typed."""
        assert self.writing is not None
        if key == "enter":
            await self.writing.submit()
        elif deed := self.writing.keys.get(key):
            await deed()
        elif self.watch.composer.press(key, character) and self.watch.composer.line is not None:
            self.writing.changed(self.watch.composer.line.text)

    def paste(self, text: str) -> None:
        """Pasted text, where something is being typed."""
        if self.writing is not None and self.watch.composer.line is not None:
            self.watch.composer.paste(text)
            self.writing.changed(self.watch.composer.line.text)

    def _choose_by_typing(
        self,
        listing: Listing[Found] | Listing[Entry],
        label: str,
        writing: Writing,
        preview: Callable[[str], Line],
        *,
        text: str = "",
    ) -> None:
        watch = self.watch
        self.writing = writing
        watch.set_class(True, "-writing")
        watch.composer.open(label, preview, title=((listing.title, "strong key"),), text=text)
        watch.open_sheet(listing, on_top=True)

    def _moves(self, listing: Listing[Found] | Listing[Entry]) -> dict[str, Callable[[], Awaitable[None]]]:
        def moving(by: int) -> Callable[[], Awaitable[None]]:
            async def move() -> None:
                listing.move(by)
                self.watch.paint.cover()
                self.watch.composer.rewrite()

            return move

        steps = {"up": -1, "down": 1, "pageup": -PAGE, "pagedown": PAGE}
        return {**{key: moving(by) for key, by in steps.items()}, "escape": self.leave_list, "ctrl+c": self.leave_list}

    async def leave_list(self) -> None:
        """Back to what was there before."""
        questions.forget(self.watch)
        self.writing = None
        self.watch.composer.shut()
        self.watch.set_class(False, "-writing")
        self.watch.close_sheet()

    # ── find ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def find_lead(self) -> None:
        """/: any part of a name, company, number or note, among the leads of the selection."""
        watch = self.watch
        search = Search(watch)

        def changed(text: str) -> None:
            self._sought = text
            search.ask(text)

        async def submit() -> None:
            if not await search.question.settle():
                return
            one = search.listing.current
            if one is not None:
                await self.leave_list()
                await self.show_lead(one.lead_id)

        hints = (("⏎", _("look")), ("↓↑", _("move")), ("Esc", _("back")))
        writing = Writing(submit, hints, self._moves(search.listing), changed)
        self._choose_by_typing(search.listing, _("find"), writing, search.preview, text=self._sought)
        watch.composer.select()
        search.ask(self._sought)

    # ── palette ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def open_palette(self) -> None:
        """Ctrl+P: every command, found by its name, its id or a word of its tip."""
        watch, entries = self.watch, self.palette_entries()

        def entry(one: Entry, width: int, is_current: bool) -> list[Line]:
            return [palette.entry_line(one, palette.name_room(entries, width), width, is_current=is_current)]

        def nothing(width: int) -> list[Line]:
            key = watch.keymap.key("monitor.show-help")
            return told(_("No command is called that. {key} shows every key.").format(key=key), width=width)

        listing: Listing[Entry] = Listing(_("commands"), entry, identity=lambda one: one.id, nothing=nothing)

        def changed(text: str) -> None:
            listing.begin_anew()
            listing.fill(matching(entries, text))
            watch.paint.cover()
            watch.composer.rewrite()

        def preview(text: str) -> Line:
            one = listing.current
            return ((one.objection or one.tip, "stuck" if one.objection else "dim"),) if one else ()

        async def submit() -> None:
            if listing.current is not None:
                await self._carry_out(listing.current)

        listing.fill(entries)
        keys = {**self._moves(listing), "ctrl+p": self.leave_list}
        hints = (("⏎", _("do it")), ("↓↑", _("move")), ("Esc", _("back")))
        self._choose_by_typing(listing, _("command"), Writing(submit, hints, keys, changed), preview)

    def palette_entries(self) -> list[Entry]:
        """All commands but this one, as the table has them, and the themes."""
        watch = self.watch
        entries = [
            Entry(one.id, watch.keymap.key(one.id), plain(_(one.name)), _(one.tip), watch.deeds.objection(one.id))
            for one in watch.keymap.commands.values()
            if one.id != "monitor.open-palette"
        ]
        return [*entries, *theme_entries(watch.app)]

    async def _carry_out(self, entry: Entry) -> None:
        if entry.objection:
            self.watch.say(entry.objection, "stuck")
            return
        await self.leave_list()
        if entry.id.startswith(THEME):
            self.watch.app.theme = entry.id.removeprefix(THEME)
        else:
            await self.watch.command(entry.id)


class Search:
    """A list of leads, and the question that it answers."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self._what: Sought | None = None
        self.listing: Listing[Found] = Listing(
            _("find"), self._entry, identity=lambda one: one.lead_id, nothing=self._nothing
        )
        self.question: Question[Sequence[Found]] = Question(watch, self._look, self._told)

    def ask(self, text: str) -> None:
        """Looks for that text."""
        if self.question.ask(text):
            self.listing.begin_anew()

    async def _look(self, text: str) -> Sequence[Found]:
        watch = self.watch
        if not text:
            return ()
        return await watch.store.look_up(
            errands.find,
            watch.person.id,
            text,
            watch.selection,
            watch.clock(),
            watch.config.monitor.numbers,
            lines.MOST + 1,
        )

    def _told(self) -> None:
        if self.question.is_answered:
            self._what = lines.sought(self.question.answered or "")
            self.listing.fill((self.question.answer or ())[: lines.MOST])
        if self.watch.sheet is self.listing:
            self.watch.paint.cover()
            self.watch.composer.tell(())

    def preview(self, text: str) -> Line:
        """Under what is typed: how many there are, or what may be typed."""
        return lines.how_many(self.question)

    def _entry(self, one: Found, width: int, is_current: bool) -> list[Line]:
        playbook = self.watch.playbook_of(one.campaign_id)
        return lines.found_lines(one, self._what, playbook, width, is_current=is_current)

    def _nothing(self, width: int) -> list[Line]:
        text = _("Nobody that you may see has this in a name, company, number or note.")
        return told(text, width=width) if self.question.answered else []
