"""Somebody calls in: found by number or name, in hand at once, on the clock; or new, and written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import errands_arrivals as arriving
from tui.i18n import _
from tui.lines import form
from tui.screens.newcomers import Newcomers

if TYPE_CHECKING:
    from models.search.finding import Found

INBOUND = "inbound"
"""The source of somebody who called in, where the playbook has it."""


class Arrivals(Newcomers):
    """Inbound calls."""

    async def answer_call(self) -> None:
        """v: finds the caller by number or name; Enter takes that lead in hand and starts the clock."""
        nothing = (
            _("Nobody that you may see has this number or name."),
            _("Enter writes somebody new down, who is on the line."),
        )
        hints = (("⏎", _("on the line")), ("⇥", _("somebody new")), ("↓↑", _("move")), ("Esc", _("back")))

        async def chosen(one: Found) -> None:
            await self._take_call(one.lead_id)

        async def somebody_new() -> None:
            await self._write_down(self.desk.composer.line.text if self.desk.composer.line else "")

        keys = {"tab": somebody_new}
        self._list_leads(_("inbound call"), hints, chosen, nothing=nothing, keys=keys, nobody=self._write_down)

    async def _write_down(self, text: str) -> None:
        """Somebody is on the line who is not known: the form begins with what they were looked for by."""
        text, since = text.strip(), self.now
        is_number = any(letter.isdigit() for letter in text) and not any(letter.isalpha() for letter in text)
        known = "number" if is_number else "company"
        forms = self._begun()
        if kept := next((one for one in forms if one.is_inbound and text and one.values.get(known) == text), None):
            kept.since = since
            self._go_on_with(kept)
            return

        async def begin(campaign_id: int) -> None:
            new = self._begin_form(campaign_id, on_line_since=since)
            if text:
                new.codes = tuple(dict.fromkeys((*new.codes, known)))
                new.values[known] = text
            if INBOUND in {source.code for source in self.desk.books[campaign_id].playbook.sources}:
                new.values["source"] = INBOUND
            new.at = new.gap() or 0
            if is_number:
                # Whose it is, is said before a name is typed in vain.
                check = await self.ask(arriving.check_number, self.agent_id, text)
                new.at = new.codes.index("number") if form.number_trouble(check) else new.at
            self._ask_field(new)

        await self._ask_campaign(begin)
