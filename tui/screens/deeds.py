"""What the desk does when it is told to: every command by its id, and why one can do nothing now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from models.cards import Scope
from models.errors import Unavailable
from models.people import Role
from tui import commands, errands
from tui.i18n import _
from tui.lines import help, why
from tui.plain import plain
from tui.screens.moves import Moves
from tui.screens.touches import Touches
from tui.sheets import Sheet

if TYPE_CHECKING:
    from tui.screens.desk import Desk

OFTEN = 6
"""Outcomes that stand before the other keys in the footer; the rest come after them."""
NEEDS_LEAD = frozenset(
    {"desk.promote-lead", "desk.return-lead", "desk.close-lead", "desk.sleep-lead", "desk.edit-field"}
)
WRITES = NEEDS_LEAD | {"desk.next-lead"}


class Deeds(Touches, Moves):
    """The commands of a desk."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._table: dict[str, Callable[[], Awaitable[None]]] = {
            "desk.next-lead": self.next_lead,
            "desk.open-lead": self.open_lead,
            "desk.promote-lead": self.promote,
            "desk.return-lead": self.return_lead,
            "desk.close-lead": self.close_lead,
            "desk.sleep-lead": self.sleep_lead,
            "desk.edit-field": self.edit_field,
            "desk.explain-first": self.explain_first,
            "desk.turn-scope": self.turn_scope,
            "desk.lower-cursor": self._moving(1),
            "desk.raise-cursor": self._moving(-1),
            "desk.read-on": self._reading(1),
            "desk.read-back": self._reading(-1),
            "desk.suspend": self.suspend,
            "desk.quit": self.quit,
            "desk.show-help": self.show_help,
        }
        self._outcomes = {
            commands.outcome_id(one.code): one for book in desk.books.values() for one in book.playbook.outcomes
        }

    # ── how a command runs ────────────────────────────────────────────────────────────────────────────────────────────

    async def do(self, command: str) -> None:
        """Does what a command says. Looking takes no lead, working one does."""
        is_logging = command in self._outcomes
        if (is_logging or command in NEEDS_LEAD) and self.hand.claim is None:
            self.desk.put(await self.ask(errands.take_lead, self.agent_id, self.hand.card.id, self.now))
        if is_logging:
            await self.log(self._outcomes[command])
        else:
            await self._table[command]()

    def objection(self, command: str) -> str:
        """Why a command can do nothing now; empty when it can."""
        is_logging = command in self._outcomes
        if self.desk.person.role is Role.SUPERVISOR and (is_logging or command in WRITES):
            return _("Supervisors watch and write nothing.")
        if self.desk.hand is None and (is_logging or command in NEEDS_LEAD):
            key = self.desk.keymap.key("desk.next-lead")
            return _("No lead in hand: {key} brings the next one.").format(key=key)
        return ""

    def hints(self) -> list[tuple[str, str, bool]]:
        """Keys, names, and whether they do something now, for the footer."""
        if self.writing is not None:
            return [(key, name, True) for key, name in self.writing.hints]
        if self.desk.sheet is not None:
            return [(key, name, True) for key, name in self.desk.sheet.hints]
        keymap = self.desk.keymap
        found = []
        table = [command for command in keymap.commands.values() if command.is_shown and command.id != "desk.show-help"]
        often = [command.id for command in table if command.id in self._outcomes][:OFTEN]
        table.sort(key=lambda command: (command.id != "desk.next-lead", command.id not in often))
        for command in table:
            found.append((keymap.key(command.id), plain(_(command.name)).lower(), not self.objection(command.id)))
        return found

    # ── leads come and go ─────────────────────────────────────────────────────────────────────────────────────────────

    async def next_lead(self) -> None:
        """Enter: the next lead, claimed and shown."""
        hand = self.desk.hand
        if hand is not None and hand.claim is not None and not hand.is_logged:
            self.desk.say(_("This lead is in your hands: log the call, or put it to sleep."))
            return
        hand = await self.ask(errands.next_lead, self.agent_id, self.now, hand.claim if hand else None)
        self.desk.put(hand)
        self.desk.say("" if hand else _("Nobody is to be called now."))

    async def open_lead(self) -> None:
        """o: looks at the lead under the cursor; a lead in hand stays there."""
        lead_id = self.desk.queue.lead_id
        if lead_id is None:
            self.desk.say(_("The queue is empty."))
            return
        self.desk.put(await self.ask(errands.look_at, self.agent_id, lead_id, self.now))
        self.desk.say("")

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def explain_first(self) -> None:
        """w: why this lead comes first."""
        lead_id = self.desk.hand.card.id if self.desk.hand else self.desk.queue.lead_id
        if lead_id is None:
            self.desk.say(_("The queue is empty."))
            return
        found = await self.ask(errands.why, self.agent_id, lead_id, self.now)
        playbook, frame = self.desk.playbook, self.desk.frame
        self.desk.open_sheet(Sheet(_("why first"), lambda width: why.why_lines(found, playbook, frame, width)))

    async def show_help(self) -> None:
        """?: every key."""
        keymap = self.desk.keymap
        self.desk.open_sheet(Sheet(_("keys"), lambda width: help.help_lines(keymap, width)))

    async def turn_scope(self) -> None:
        """f: mine, team, floor."""
        scopes = list(Scope)
        self.desk.scope = scopes[(scopes.index(self.desk.scope) + 1) % len(scopes)]
        self.desk.stir()

    def _moving(self, by: int) -> Callable[[], Awaitable[None]]:
        async def move() -> None:
            self.desk.queue.move(by)

        return move

    def _reading(self, by: int) -> Callable[[], Awaitable[None]]:
        async def read() -> None:
            self.desk.card.scroll_lines(by * max(1, self.desk.card.inner_height - 2))

        return read

    # ── leaving ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def suspend(self) -> None:
        """Ctrl+Z: to the shell, where there is one."""
        if self.desk.may_suspend():
            self.desk.app.action_suspend_process()
        else:
            self.desk.say(_("There is no shell to go to."))

    async def quit(self) -> None:
        """q: the lead in hand goes back to where it stood."""
        if self.desk.hand is not None and self.desk.hand.claim is not None:
            with suppress(Unavailable):  # then it runs out by itself
                await self.desk.store.run(errands.release, self.desk.hand.claim, self.now)
        self.desk.app.exit()
