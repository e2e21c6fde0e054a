"""How a desk is found again: after a kill or a lost line the lead, the clock, the text and the cursor are there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import funnel
from models.cards import LeadCard, TouchLine
from models.desks.draft import Draft
from models.errors import FloorError
from models.people import Role
from tui import errands_desks as errands
from tui import words
from tui.entry import MARK
from tui.errands_desks import Left
from tui.i18n import _
from tui.plain import plain
from tui.screens.calls import Call
from tui.screens.moves import Moves
from tui.screens.newcomers import Newcomers
from tui.screens.people import People
from tui.screens.script import Script, question_key


class Returning(Moves, Script, People, Newcomers):
    """The beginning of a session."""

    async def come_back(self) -> None:
        """Logs the agent in, and goes on where the last session was left."""
        if self.desk.person.role is Role.SUPERVISOR:
            return
        try:
            place = errands.whereabouts()
            left = await self.desk.store.run(errands.log_in, self.agent_id, self.desk.hand, place, self.now)
        except FloorError as error:
            self.desk.complain(error)
            return
        self.desk.keeping.session = left.session
        self.desk.keeping.found(left.drafts)
        if left.call is not None and left.hand is not None:
            found = left.call
            self.call = Call(
                found.lead_id, plain(left.hand.card.company), found.since, found.ended_at, found.is_inbound
            )
        if left.hand is not self.desk.hand:
            self.desk.put(left.hand)
        self.tick()
        if left.open is not None:
            await self._write_on(left, left.open)
        if left.trouble is not None:
            self._say_why(left.trouble)
        for one in left.news:
            self.desk.complain(one)

    def _say_why(self, trouble: FloorError) -> None:
        """The lead is not in hand: who has it, and that what was written is kept."""
        parts = [words.refusal(trouble, self.desk.playbook)]
        if self.writing is not None:
            parts.append(_("Your text is kept: Enter adds it once the lead is free, Esc keeps it for then."))
        self.desk.say(" ".join(parts), "stuck")

    async def _write_on(self, left: Left, draft: Draft) -> None:
        """Opens the composer where it was open, unless what stood in it is on record by now."""
        card, hand = left.written_at, self.desk.hand
        if card is not None and self._is_on_record(draft, card):
            self.desk.keeping.drop((draft.lead_id, draft.place))
        elif draft.lead_id is None or (hand is not None and hand.card.id == draft.lead_id):
            await self._open_place(draft)
        elif card is not None:
            self.desk.say(_("What you wrote at {company} is kept.").format(company=plain(card.company)), "stuck")

    async def _open_place(self, draft: Draft) -> None:
        """Every place that a draft can have, and how one comes there."""
        verb, _blank, what = draft.place.partition(" ")
        places: Mapping[str, Callable[[], Awaitable[None]]] = {
            "log": lambda: self._log_on(what),
            "edit": lambda: self._edit(what),
            "sleep": self.sleep_lead,
            "back": self.return_lead,
            "skip": lambda: self._ask_skip(what),
            "won": self.promote_lead,
            "ask": lambda: self._ask_on(what),
            "contact": lambda: self._contact_on(what),
            "new": lambda: self.write_down_again(draft),
        }
        if verb in places:
            await places[verb]()

    async def _log_on(self, code: str) -> None:
        outcome = self._outcome_of(code)
        if outcome is not None and outcome.is_talk:
            await self.log(outcome)

    async def _ask_on(self, text: str) -> None:
        asked = [question_key(one) for one in self.questions()]
        if text in asked:
            await self.show_script()
            self._ask_question(asked.index(text))

    async def _contact_on(self, place: str) -> None:
        who, _blank, what = place.partition(" ")
        one = next((one for one in self.contacts if str(one.id) == who), None)
        await self.show_contacts()
        if one is not None:
            await self._change(one, what.strip())
        elif who == "new":
            await self.add_contact()

    def _outcome_of(self, code: str) -> funnel.Outcome | None:
        return next((one for one in self.desk.playbook.outcomes if one.code == code), None)

    def _is_on_record(self, draft: Draft, card: LeadCard) -> bool:
        """Whether the desk ended between the entry of a text and the end of its draft, which lacks its last keys.

        What its agent entered later at the same place began with it. Of the same second, it is told by its words.
        """
        beginning = " ".join(MARK.split(draft.text, 1)[0].split())
        return any(
            isinstance(one, TouchLine)
            and one.agent == self.desk.person.name
            and f"log {one.outcome}" == draft.place
            and (one.at > draft.at or (one.at == draft.at.replace(microsecond=0) and one.note.startswith(beginning)))
            for one in card.history
        )
