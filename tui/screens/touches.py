"""Logging: an outcome's key, the composer, the reason, the second thought."""

from __future__ import annotations

import funnel
from tui import errands, words
from tui.entry import Draft, read_entry
from tui.i18n import _, said
from tui.lines import composer as lines
from tui.lines import lead
from tui.lines.text import Line
from tui.plain import plain
from tui.screens.doing import Doing
from tui.sheets import Choice, Confirmation, Option


class Touches(Doing):
    """What becomes a follow-up on record."""

    async def log(self, outcome: funnel.Outcome) -> None:
        """An outcome's key: logged at once, or after what it still needs: a note, a reason, a second thought."""
        name = plain(said(outcome.name))
        if funnel.Flag.DO_NOT_CALL in outcome.flags:
            numbers = [phone.number for contact in self.hand.card.contacts for phone in contact.phones]
            text = _("Never call again: {numbers}").format(numbers=", ".join(lead.phone_text(one) for one in numbers))
            self.desk.open_sheet(
                Confirmation(
                    name, lambda width: ((), ((text, "strong"),)), lambda: self._log(outcome), yes=_("yes, never")
                )
            )
        elif outcome.closes is not None:
            if outcome.reason:
                await self._log(outcome)
            else:
                self._ask_reason(outcome)
        elif outcome.is_talk:
            self._write_entry(outcome, name)
        else:
            await self._log(outcome)

    def _ask_reason(self, outcome: funnel.Outcome) -> None:
        assert outcome.closes is not None
        options = [Option(one.code, plain(said(one.name))) for one in self.desk.playbook.reasons(outcome.closes)]

        async def chosen(reason: str) -> None:
            await self._log(outcome, reason=reason)

        self.desk.open_sheet(Choice(_("{outcome}: why?").format(outcome=plain(said(outcome.name))), options, chosen))

    def _write_entry(self, outcome: funnel.Outcome, name: str) -> None:
        frame, customer, read = self.desk.frame, self._customer_zone(), self.reader()
        hint = _("@ when  < what they said  > to send  # tag  ! purpose")

        def preview(text: str) -> Line:
            return lines.entry_preview(read_entry(text, read), frame, customer, hint)

        async def submit(text: str) -> None:
            await self._enter(outcome, read_entry(text, self.reader()))

        async def submit_and_stay(text: str) -> None:
            await self._enter(outcome, read_entry(text, self.reader()), keep=True)

        hints = (("⏎", _("save, next")), ("⇥", _("save, stay (then p)")), ("Esc", _("keep for later")))
        self.write_into(name, preview, submit, hints, submit_and_stay=submit_and_stay)

    async def _enter(self, outcome: funnel.Outcome, draft: Draft, *, keep: bool = False) -> None:
        """What was written is entered: a talk without a next step is asked for one, once."""
        assert self.writing is not None
        problem = lines.trouble(draft, self.desk.frame)
        if problem:
            self.desk.say(problem, "stuck")
            return
        if draft.moment is None and funnel.Flag.CALLBACK in outcome.flags:
            self.desk.say(_("When? Write it after @, as in @fri 10am or @明天下午3点"), "stuck")
            return
        promised = self.hand.card.promised_at
        has_next_step = draft.moment is not None or (promised is not None and promised > self.now)
        if not has_next_step and not self.writing.is_asked:
            self.writing.is_asked = True
            self.desk.ask_again()
            self.desk.say(_("No next step yet: add @ a moment, or Enter again for none."), "stuck")
            return
        await self._log(outcome, draft=draft, keep=keep)

    async def _log(
        self, outcome: funnel.Outcome, *, draft: Draft | None = None, reason: str = "", keep: bool = False
    ) -> None:
        from models.ledger import Entry

        draft = draft or Draft("")
        entry = Entry(
            outcome.code,
            note=draft.note,
            purpose=draft.purpose,
            feedback=draft.feedback,
            tags=",".join(draft.tags),
            bring=draft.bring,
            next_at=draft.moment,
            reason=reason,
        )
        hand, now = self.hand, self.now
        token = self.token(f"log {hand.card.id} {outcome.code}")
        logged = await self.ask(errands.log_touch, hand, entry, token, self.agent_id, now, keep=keep)
        said_ = words.aftermath(self.desk.playbook, outcome.code, logged.aftermath, now, self.desk.zone)
        self._finish(logged.hand, f"{plain(hand.card.company)}: {said_}")
        if logged.trouble is not None:
            raise logged.trouble
