"""Logging: an outcome's key, the composer, the reason, the second thought."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

import funnel
from tui import errands, words
from tui.entry import Draft, read_entry
from tui.i18n import _, said
from tui.lines import composer as lines
from tui.lines import lead
from tui.lines.text import Line
from tui.plain import plain
from tui.screens.answers import Answers
from tui.screens.calls import Calls
from tui.screens.slots import Slots
from tui.sheets import Choice, Confirmation, Deed, Option


class Touches(Slots, Calls, Answers):
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

    def _write_entry(
        self,
        outcome: funnel.Outcome,
        name: str,
        *,
        wanted: funnel.TouchRule | None = None,
        then: Deed | None = None,
    ) -> None:
        """Opens the composer for a follow-up.

        Args:
            outcome: how it ended.
            name: the outcome's name.
            wanted: the rule of a stage that it is written for; its marks are asked for.
            then: what Tab does once it is on record and the lead still in hand.
        """
        hint = _("@ when  < what they said  > to send  # tag  ! purpose")
        asked: set[object] = set()
        self._forget_slots()

        def preview(text: str) -> Line:
            draft = read_entry(text, self.reader())
            return lines.entry_preview(
                draft,
                self.desk.frame,
                self.elsewhere,
                self.slot_so_far(draft.moment),
                hint,
                stands_at=self._standing_promise(),
                wanted=wanted,
            )

        async def enter(text: str, *, keep: bool) -> None:
            draft = replace(read_entry(text, self.reader()), kind=wanted.kind if wanted else None)
            if await self._is_complete(outcome, draft, asked, wanted):
                await self._log(outcome, draft=draft, keep=keep)
                if keep and then is not None:
                    await then()

        async def submit(text: str) -> None:
            await enter(text, keep=False)

        async def submit_and_stay(text: str) -> None:
            await enter(text, keep=True)

        stay = _("save, stay (then p)") if then is None else _("save, then on with p")
        hints = (("⏎", _("save, next")), ("⇥", stay), ("Esc", _("keep for later")))
        place = f"log {outcome.code}"
        self._note_gathered(place)
        self.write_into(name, preview, submit, hints, place=place, submit_and_stay=submit_and_stay)

    def _note_gathered(self, place: str) -> None:
        """Answers to questions without a field stand at the end of what was begun, to be read over."""
        if not (answers := self.gathered()):
            return
        lead, keeping = self.hand.card.id, self.desk.keeping
        begun = keeping.drafts.get((lead, place))
        text = f"{begun.text} {answers}" if begun else answers
        keeping.keep((lead, place), text, len(text), is_open=False)
        self.answers_noted(lead)

    def _standing_promise(self) -> datetime | None:
        """A promise to this customer that is still to come."""
        promised = self.hand.card.promised_at
        return promised if promised is not None and promised > self.now else None

    async def _is_complete(
        self, outcome: funnel.Outcome, draft: Draft, asked: set[object], wanted: funnel.TouchRule | None
    ) -> bool:
        """Whether an entry may be stored; what is missing or doubtful is said, and asked once."""
        frame = self.desk.frame
        if problem := lines.trouble(draft, frame):
            self.desk.say(problem, "stuck")
            return False
        if draft.moment is None and funnel.Flag.CALLBACK in outcome.flags:
            self.desk.say(_("When? Write it after @, as in @fri 10am or @明天下午3点"), "stuck")
            return False
        if wanted is not None and (marks := lines.missing_marks(draft, wanted)):
            text = _("The stage wants {marks}. Enter again stores it without.")
            if self._asks(asked, "marks", text.format(marks="  ".join(marks))):
                return False
        if draft.moment is not None:
            doubts = " · ".join(lines.against(await self.slot_of(draft.moment), frame))
            text = _("Enter again promises it: {doubts}").format(doubts=doubts)
            # By its words: +2h is another moment a second later, and Enter would never be the answer.
            return not (doubts and self._asks(asked, (draft.phrase, doubts), text))
        if not outcome.is_talk or draft.none_because or self._standing_promise() is not None:
            return True
        if not self._asks(asked, "next", _("No next step yet: add @ when; Enter again for @none, because …")):
            self._begin_none()
        return False

    def _asks(self, asked: set[object], question: object, text: str) -> bool:
        """Asks something about an entry, once; False where it was asked already, and Enter is the answer."""
        assert self.writing is not None
        if question in asked:
            return False
        asked.add(question)
        self.writing.is_asked = True
        self.desk.ask_again()
        self.desk.say(text, "stuck")
        return True

    def _begin_none(self) -> None:
        """No next step: the line goes on with why."""
        line = self.desk.composer.line
        assert line is not None
        line.press("end", None)
        blank = " " if line.text and not line.text.endswith(" ") else ""
        self.paste(blank + _("@none, because "))

    async def _log(
        self, outcome: funnel.Outcome, *, draft: Draft | None = None, reason: str = "", keep: bool = False
    ) -> None:
        from models.ledger import Entry

        draft, call = draft or Draft(self.gathered()), self.talked(self.hand.card.id)
        entry = Entry(
            outcome.code,
            kind=draft.kind or funnel.TouchKind.CALL,
            note=lines.with_reason(draft),
            purpose=draft.purpose,
            feedback=draft.feedback,
            tags=",".join(draft.tags),
            bring=draft.bring,
            next_at=draft.moment,
            reason=reason,
            seconds=call.seconds(self.now) if call else None,
            is_inbound=call is not None and call.is_inbound,
        )
        hand, now = self.hand, self.now
        token = self.token(f"log {hand.card.id} {outcome.code}")
        logged = await self.ask(errands.log_touch, hand, entry, token, self.agent_id, now, keep=keep)
        self.call_logged(hand.card.id)
        self.answers_logged(hand.card.id)
        said_ = words.aftermath(self.desk.playbook, outcome.code, logged.aftermath, now, self.desk.zone)
        self._finish(logged.hand, f"{plain(hand.card.company)}: {said_}")
        if logged.trouble is not None:
            raise logged.trouble
