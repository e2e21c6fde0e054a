"""What the desk does when it is told to: every command by its id, and why one can do nothing now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import funnel
from models.cards import Scope
from models.errors import FloorError
from models.people import Role
from tui import commands, errands
from tui.figures.deeds import Showing
from tui.i18n import _
from tui.lines import help, twins, why
from tui.lines.text import Line
from tui.plain import plain
from tui.reader import Overtaken as Superseded
from tui.screens.arrivals import Arrivals
from tui.screens.day import Days
from tui.screens.overtaken import Overtaken
from tui.screens.palette import Palette
from tui.screens.replaced import Replaced
from tui.screens.undo import Undoing
from tui.sheets import Sheet

if TYPE_CHECKING:
    from models.reports.twins import Stall
    from tui.screens.desk import Desk

OFTEN = 6
"""Outcomes that stand before the other keys in the footer; the rest come after them."""
FIRST = ("desk.next-lead", "desk.dial-number")
"""What stands before all else in the footer."""
NEEDS_LEAD = frozenset(
    "desk.promote-lead desk.skip-stages desk.return-lead desk.close-lead desk.sleep-lead desk.edit-field".split()
)
READS_LEAD = frozenset({"desk.show-script", "desk.show-contacts"})
WRITES = NEEDS_LEAD.union(
    "desk.next-lead desk.undo-last desk.answer-call desk.add-lead desk.dial-number desk.pause-calls".split()
)


class Deeds(Undoing, Overtaken, Days, Arrivals, Palette, Replaced, Showing):
    """The commands of a desk."""

    @property
    def host(self) -> Desk:
        """What figures are laid over."""
        return self.desk

    # ── how a command runs ────────────────────────────────────────────────────────────────────────────────────────────

    async def do(self, command: str) -> None:
        """Does what a command says: 'desk.next-lead' is `next_lead`. Looking takes no lead, working one does."""
        outcome = self._outcome(command)
        if (outcome or command in NEEDS_LEAD) and self.hand.claim is None:
            self.desk.put(await self.ask(errands.take_lead, self.agent_id, self.hand.card.id, self.now))
        if outcome:
            await self.log(outcome)
        else:
            await getattr(self, command.removeprefix("desk.").replace("-", "_"))()

    def objection(self, command: str) -> str:
        """Why a command can do nothing now; empty when it can."""
        is_work = command in NEEDS_LEAD or self._outcome(command) is not None
        if self.desk.person.role is Role.SUPERVISOR and (is_work or command in WRITES):
            return _("Supervisors watch and write nothing.")
        if self.desk.hand is None and (is_work or command in READS_LEAD):
            return self.no_lead()
        return self.call_objection(command, is_work=is_work)

    def _outcome(self, command: str) -> funnel.Outcome | None:
        """The outcome that a command logs, if it logs one."""
        return next((one for one in self.desk.playbook.outcomes if commands.outcome_id(one.code) == command), None)

    def hints(self) -> list[tuple[str, str, bool]]:
        """Keys, names, and whether they do something now, for the footer."""
        if self.writing is not None:
            return [(key, name, True) for key, name in self.writing.hints]
        if self.desk.sheet is not None:
            return [(key, name, True) for key, name in self.desk.sheet.hints]
        keymap = self.desk.keymap
        found = []
        table = [command for command in keymap.commands.values() if command.is_shown and command.id != "desk.show-help"]
        often = [command.id for command in table if self._outcome(command.id)][:OFTEN]
        table.sort(key=lambda command: (command.id not in FIRST, command.id not in often))
        for command in table:
            name = self.called(command.id, plain(_(command.name)).lower())
            found.append((keymap.key(command.id), name, not self.objection(command.id)))
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
        is_stuck = any(reason.dwell_days for reason in found.reasons)
        stall = await self._stall(lead_id) if is_stuck else None
        playbook, frame = self.desk.playbook, self.desk.frame

        def writer(width: int) -> list[Line]:
            lines = why.why_lines(found, playbook, frame, width)
            return lines if stall is None else lines + twins.twin_lines(stall, playbook, width)

        self.desk.open_sheet(Sheet(_("why first"), writer, command="desk.explain-first"))

    async def _stall(self, lead_id: int) -> Stall | None:
        """The twins of a lead that sticks, read beside the commands; without them the rest is shown all the same."""
        try:
            return await self.desk.store.look_up(errands.stall, self.agent_id, lead_id, self.now)
        except (FloorError, Superseded):
            return None

    async def show_help(self) -> None:
        """?: every key."""
        keymap, figures = self.desk.keymap, self.desk.figure_keys
        self.desk.open_sheet(
            Sheet(_("keys"), lambda width: help.help_lines(keymap, figures, width), command="desk.show-help")
        )

    async def turn_scope(self) -> None:
        """f: mine, team, floor."""
        scopes = list(Scope)
        self.desk.scope = scopes[(scopes.index(self.desk.scope) + 1) % len(scopes)]
        self.desk.stir()

    async def lower_cursor(self) -> None:
        """Down in the queue."""
        self.desk.queue.move(1)

    async def raise_cursor(self) -> None:
        """Up in the queue."""
        self.desk.queue.move(-1)

    async def read_on(self) -> None:
        """On in the lead's history."""
        self.desk.card.scroll_lines(max(1, self.desk.card.inner_height - 2))

    async def read_back(self) -> None:
        """Back to the top of the lead."""
        self.desk.card.scroll_lines(-max(1, self.desk.card.inner_height - 2))

    # ── leaving ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def suspend(self) -> None:
        """Ctrl+Z: to the shell, where there is one."""
        if self.desk.may_suspend():
            self.desk.app.action_suspend_process()
        else:
            self.desk.say(_("There is no shell to go to."))
