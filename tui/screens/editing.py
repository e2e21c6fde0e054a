"""Filling in and changing the fields of a lead, in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import funnel
from tui import errands, words
from tui.i18n import _, said
from tui.lines import fields as lines
from tui.lines.fields import FieldRow
from tui.lines.text import Line
from tui.listing import Listing
from tui.plain import plain
from tui.screens.choosing import Choosing
from tui.sheets import Choice, Deed, Option

if TYPE_CHECKING:
    from tui.values import Value

FIRST = ("need", "product", "amount", "expected_on", "obstacle", "competitor", "budget", "decider", "plan")
"""Fields that calls are about: the keys 1 to 9."""


class Editing(Choosing):
    """A lead's fields."""

    async def edit_field(self) -> None:
        """e: a field of the lead, by its key or by the beginning of its name."""
        rows = self._rows()

        def entry(row: FieldRow, width: int, is_current: bool) -> list[Line]:
            return lines.field_lines(row, key_of(row), lines.name_room(rows, width), width, is_current=is_current)

        def nothing(width: int) -> list[Line]:
            line = self.desk.composer.line
            return lines.no_field(line.text if line else "", width)

        listing: Listing[FieldRow] = Listing(_("edit"), entry, identity=lambda row: row.code, nothing=nothing)
        listing.fill(rows)

        def key_of(row: FieldRow) -> str:
            place = listing.entries.index(row) + 1
            return str(place) if place < 10 else ""

        def changed(text: str) -> None:
            listing.begin_anew()
            listing.fill(named(rows, text))
            self.desk.paint.card()

        async def submit(text: str) -> None:
            if listing.current is not None:
                await self._edit(listing.current.code)

        def choosing(place: int) -> Deed:
            async def choose() -> None:
                if place < len(listing.entries):
                    await self._edit(listing.entries[place].code)

            return choose

        hints = (("⏎", _("choose")), ("↓↑", _("move")), ("Esc", _("back")))
        self._choose_by_typing(
            listing,
            _("field"),
            preview=lambda text: ((_("1 to 9, or the beginning of its name"), "dim"),),
            submit=submit,
            hints=hints,
            changed=changed,
            keys={str(place + 1): choosing(place) for place in range(9)},
        )

    def _rows(self) -> list[FieldRow]:
        playbook, card = self.desk.playbook, self.hand.card
        verdict = card.verdict
        wanted = {one.field for one in verdict.unmet if one.rule is funnel.Rule.FIELD_EMPTY} if verdict else set()
        codes = [*FIRST, *(code for code in funnel.LEAD_FIELDS if code not in FIRST and code != "code")]
        codes += [field.code for field in playbook.fields]
        return [
            FieldRow(code, words.field_name(playbook, code), self._value_text(code), code in wanted) for code in codes
        ]

    def _value_text(self, code: str) -> str:
        """What a field of the lead in hand holds, in words."""
        from tui.values import shown

        return shown(code, self.hand.card.fields.get(code), self.desk.playbook, self.desk.frame)

    async def _edit(self, code: str, then: Deed | None = None) -> None:
        """One field: from its list where it has one, else in the composer, which starts with what stands there."""
        from tui import values

        playbook = self.desk.playbook
        name, before, stored = words.field_name(playbook, code), self._value_text(code), self.hand.card.fields.get(code)
        self.stop_writing(keep=False)
        self.desk.close_sheet()

        async def store(text: str) -> None:
            await self._store(code, text)
            if then is not None:
                await then()

        if choices := values.options(playbook, code):
            listed = [Option(one.code, plain(said(one.name))) for one in choices]
            self.desk.open_sheet(Choice(name, listed, store, current=str(stored or "")))
            return

        def read(text: str) -> Value:
            return values.read_value(code, text, playbook, self.desk.frame, self.reader())

        async def submit(text: str) -> None:
            value = read(text)
            if value.problem:
                self.desk.say(value.problem, "stuck")
            else:
                await store(value.text)

        self.write_into(
            name,
            lambda text: lines.value_preview(read(text), before, values.example(code)),
            submit,
            (("⏎", _("save")), ("Esc", _("keep for later"))),
            place=f"edit {code}",
            text="" if stored is None else plain(str(stored)),
        )
        self.entitle(_("edit"))

    async def _store(self, code: str, text: str) -> None:
        """Changes a field; the lead stays in hand."""
        hand, token = self.hand, self.token(f"edit {self.hand.card.id} {code} {text}")
        after = await self.ask(errands.edit_field, hand, code, text, token, self.agent_id, self.now)
        self._finish(after, "")
        name = words.field_name(self.desk.playbook, code)
        self.desk.say(f"✓ {name}: {self._value_text(code) or '–'}", "won")


def named(rows: list[FieldRow], text: str) -> list[FieldRow]:
    """The fields whose name or code has that text in it; those that begin with it come first."""
    wanted = text.strip().casefold()
    found = [row for row in rows if wanted in row.name.casefold() or row.code.startswith(wanted)]
    return sorted(found, key=lambda row: not row.name.casefold().startswith(wanted)) if wanted else rows
