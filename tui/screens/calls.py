"""The call and its clock, and what the agent is at: d dials and hangs up, P leaves the calls for a while."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

import funnel
from models.cards import ContactCard, PhoneCard
from models.desks.presence import State
from models.errors import FloorError, Refused
from tui import errands, keys
from tui import errands_desks as keeping
from tui.i18n import _, said
from tui.lines import lead
from tui.lines.pause import pause_lines
from tui.lines.status import Standing, next_change, running
from tui.lines.text import Line, cut, wrap
from tui.plain import plain
from tui.screens.doing import Doing
from tui.sheets import Choice, Confirmation, Deed, Hints, Option, Sheet

if TYPE_CHECKING:
    from textual.timer import Timer

    from tui.screens.desk import Desk

DIAL, PAUSE, NEXT = "desk.dial-number", "desk.pause-calls", "desk.next-lead"


class Call(Struct, frozen=True):
    """A call with a lead, until it is logged."""

    lead_id: int
    company: str
    since: datetime
    """Where its clock began; a second call before the first was logged goes on with the clock of the first."""
    ended_at: datetime | None = None
    is_inbound: bool = False
    phone: PhoneCard | None = None
    """What was dialled, as far as this desk knows."""

    def seconds(self, now: datetime) -> int:
        """Talk time."""
        return max(0, int(((self.ended_at or now) - self.since).total_seconds()))


class Pause(Struct, frozen=True):
    """A pause that lasts."""

    kind: funnel.Pause
    since: datetime


class PauseSheet(Sheet):
    """What lies over the card during a pause: keys that work leads do nothing here."""

    def __init__(self, title: str, writer: Callable[[int], list[Line]], end: Deed, leave: Deed) -> None:
        super().__init__(title, writer)
        self._deeds = {"enter": end, "q": leave}

    @property
    def hints(self) -> Hints:
        """The two ways out."""
        return (("⏎", _("back to work")), ("q", _("quit")))

    def press(self, key: str) -> Deed | bool:
        """Enter is back; nothing else closes it."""
        return self._deeds.get(key, True)


class Calls(Doing):
    """Who is on the line, and since when."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.call: Call | None = None
        self.pause: Pause | None = None
        self.cover: Sheet | None = None
        """Lies over the card as long as there is nothing to do: during a pause, or where the work goes on elsewhere."""
        self._ticker: Timer | None = None
        self._warned: object = None
        """What was asked about once: the second time it is done."""

    # ── what the agent is at ──────────────────────────────────────────────────────────────────────────────────────────

    @property
    def is_on_call(self) -> bool:
        """Whether somebody is on the line."""
        return self.call is not None and self.call.ended_at is None

    def standing(self) -> Standing:
        """What the agent is at, for the status line."""
        if self.pause is not None:
            limit = self.pause.kind.limit_minutes
            name = plain(said(self.pause.kind.name))
            return Standing(State.PAUSE, self.pause.since, name, None if limit is None else limit * 60)
        if self.call is None:
            claim = self.desk.hand.claim if self.desk.hand else None
            return Standing(State.READY, claim.since if claim else None)
        if self.call.ended_at is None:
            return Standing(State.ON_CALL, self.call.since, is_inbound=self.call.is_inbound)
        return Standing(State.WRAP_UP, self.call.ended_at, limit=self.desk.playbook.wrap_up_seconds)

    def on_line(self) -> lead.OnLine | None:
        """The number of the lead on the card that is being called."""
        call, hand = self.call, self.desk.hand
        if call is None or call.phone is None or call.ended_at or hand is None or hand.card.id != call.lead_id:
            return None
        if self.desk.config.dial.way not in ("link", "both"):
            return lead.OnLine(call.phone.number)
        from tui import dialling

        return lead.OnLine(call.phone.number, dialling.link(call.phone.number, call.phone.extension))

    def called(self, command: str, name: str) -> str:
        """What a command is called now: d hangs up while somebody is on the line."""
        return _("hang up") if command == DIAL and self.is_on_call else name

    def call_objection(self, command: str, *, is_work: bool) -> str:
        """Why a pause or a call keeps a command from doing anything; empty when it does not."""
        hand, call = self.desk.hand, self.call
        if self.pause is not None:
            return _("You are on a pause: Enter ends it.") if is_work or command in (DIAL, PAUSE, NEXT) else ""
        if command == PAUSE and self.is_on_call:
            return _("Hang up first: {key}").format(key=self.desk.keymap.key(DIAL))
        if command == DIAL and not self.is_on_call and hand is None:
            return self.no_lead()
        if call is None or hand is None or hand.card.id == call.lead_id:
            return ""
        if is_work or (command == DIAL and not self.is_on_call):
            back = self.desk.keymap.key(NEXT)
            text = _("The call with {company} is not logged yet: {key} goes back to it.")
            return text.format(company=cut(call.company, 24), key=back)
        return ""

    def no_lead(self) -> str:
        """What is said where a command needs a lead and there is none."""
        return _("No lead in hand: {key} brings the next one.").format(key=self.desk.keymap.key(NEXT))

    def lead_came(self, hand: errands.Hand | None) -> None:
        """Another lead is in hand, or none: a call with the one before is over, logged or not."""
        if self.call is not None and (hand is None or (hand.claim is not None and hand.card.id != self.call.lead_id)):
            self.call = None
        if self.call is None and self.pause is None:
            in_hand = hand.card.id if hand is not None and hand.claim is not None else None
            self.desk.keeping.enter(State.READY, lead_id=in_hand)
        self.tick()

    def tick(self) -> None:
        """Shows what the agent is at, and again when that changes by itself."""
        if self._ticker is not None:
            self._ticker.stop()
            self._ticker = None
        self.desk.paint.status()
        if self.cover is not None and self.desk.sheet is self.cover:
            self.desk.paint.card()
        wait = next_change(self.standing(), self.now)
        if wait is not None:
            self._ticker = self.desk.set_timer(wait, self.tick)

    # ── dialling ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def dial_number(self) -> None:
        """d: calls the lead in hand, or hangs up."""
        if self.is_on_call:
            self.hang_up()
            talked = running(self.call.seconds(self.now)) if self.call else ""
            self.desk.say(_("Hung up after {time}: an outcome's key logs the call.").format(time=talked))
            return
        hand = self.hand
        if hand.claim is None:
            hand = await self.ask(errands.take_lead, self.agent_id, hand.card.id, self.now)
            self.desk.put(hand)
        phones = [(contact, phone) for contact in hand.card.contacts for phone in contact.phones]
        free = [(contact, phone) for contact, phone in phones if not phone.is_suppressed]
        if not phones:
            edit = self.desk.keymap.key("desk.edit-field")
            self.desk.say(_("This lead has no number: {key} writes one down.").format(key=edit), "stuck")
        elif not free:
            raise Refused("barred")
        elif len(free) == 1:
            await self._ask_hours(free[0][1])
        else:
            self._choose_number(free)

    def _choose_number(self, free: list[tuple[ContactCard, PhoneCard]]) -> None:
        options = [
            Option(str(at), lead.phone_text(phone.number, phone.extension), plain(contact.name))
            for at, (contact, phone) in enumerate(free)
        ]

        async def chosen(at: str) -> None:
            self.desk.close_sheet()
            await self._ask_hours(free[int(at)][1])

        self.desk.open_sheet(Choice(_("which number?"), options, chosen))

    async def _ask_hours(self, phone: PhoneCard) -> None:
        """Outside the customer's hours a second d is wanted."""
        card = self.hand.card
        if card.hours is not None and self.now in card.hours:
            await self._dial(phone)
            return
        text = _("It is outside the customer's calling hours now.")
        if card.hours is not None:
            text += " " + _("They open {moment}.").format(moment=self.desk.frame.moment(card.hours.opens_at))

        def writer(width: int) -> list[Line]:
            return [(), *(((part, "strong stuck"),) for part in wrap(text, width))]

        key = self.desk.keymap.key(DIAL)
        self.desk.open_sheet(OutsideHours(_("dial"), writer, key, lambda: self._dial(phone)))

    async def _dial(self, phone: PhoneCard) -> None:
        hand = await self.ask(keeping.ready_to_call, self.hand, self.agent_id, self.now)
        self.desk.put(hand)
        known = [one for contact in hand.card.contacts for one in contact.phones]
        if any(one.number == phone.number and one.is_suppressed for one in known):
            raise Refused("number_barred", number=lead.phone_text(phone.number))
        self._begin(Call(hand.card.id, plain(hand.card.company), self.now, phone=phone))
        self._hand_over(phone)

    def incoming(self, lead_id: int, since: datetime | None = None) -> None:
        """Somebody of this lead calls in, or has been on the line since then: the clock runs, the log will say so."""
        company = self.desk.hand.card.company if self.desk.hand else ""
        self._begin(Call(lead_id, plain(company), since or self.now, is_inbound=True))

    def _begin(self, call: Call) -> None:
        before = self.call
        if before is not None and before.lead_id == call.lead_id and before.ended_at is not None:
            # Cut off and called again: one talk with a gap in it, which is none of its time.
            call = replace(call, since=call.since - (before.ended_at - before.since), is_inbound=before.is_inbound)
        self.call = call
        self._stand(State.ON_CALL)

    def _stand(self, state: State) -> None:
        """Notes and shows what became of the call."""
        assert self.call is not None
        self.desk.keeping.enter(
            state,
            code=keeping.INBOUND if self.call.is_inbound else "",
            lead_id=self.call.lead_id,
            call_since=self.call.since,
        )
        self._warned = None
        self.tick()
        self.desk.paint.card()
        self.desk.paint.footer()

    def _hand_over(self, phone: PhoneCard) -> None:
        """Gives the number to the telephone, by the configured way."""
        from tui import dialling

        dial, number = self.desk.config.dial, dialling.dialled(phone.number)
        told = [_("Calling {number}").format(number=lead.phone_text(phone.number, phone.extension))]
        if dial.way in ("clipboard", "both"):
            self.desk.app.copy_to_clipboard(number)
            told.append(_("copied"))
        if dial.way == "command":
            dialling.start(dial.command, number, self._told_of_failure())
        self.desk.say(" · ".join(told))

    def _told_of_failure(self) -> Callable[[FloorError], None]:
        """Says on this loop what a thread found out; nobody listens once the desk is gone."""
        app, complain = self.desk.app, self.desk.complain

        def failed(error: FloorError) -> None:
            app.call_later(complain, error)

        return failed

    def hang_up(self) -> None:
        """The call ends; its clock stands until it is logged."""
        if self.call is not None and self.call.ended_at is None:
            self.call = replace(self.call, ended_at=self.now)
            self._stand(State.WRAP_UP)

    def talked(self, lead_id: int) -> Call | None:
        """The call with this lead, which ends now at the latest."""
        if self.call is None or self.call.lead_id != lead_id:
            return None
        self.hang_up()
        return self.call

    def call_logged(self, lead_id: int) -> None:
        """The call with this lead is on record."""
        if self.call is not None and self.call.lead_id == lead_id:
            self.call = None

    # ── pausing and leaving ───────────────────────────────────────────────────────────────────────────────────────────

    def is_held_back(self, what: str) -> bool:
        """Says once that a call is not logged yet, before something that would leave it so; the call ends with it."""
        if self.call is None or self._warned == what:
            return False
        self.hang_up()
        self._warned = what
        text = _("The call is not logged yet: an outcome's key logs it, {key} again leaves it so.")
        self.desk.say(text.format(key=self.desk.keymap.key(what) or keys.shown("enter")), "stuck")
        return True

    async def pause_calls(self) -> None:
        """P: away from the calls, with a reason of the playbook."""
        if self.is_held_back(PAUSE):
            return
        kinds = {kind.code: kind for kind in self.desk.playbook.pauses}
        if not kinds:
            self.desk.say(_("The playbook has no pauses."))
            return
        options = [Option(kind.code, plain(said(kind.name)), _limit_of(kind)) for kind in kinds.values()]

        async def chosen(code: str) -> None:
            await self._pause(kinds[code])

        self.desk.open_sheet(Choice(_("pause: what for?"), options, chosen))

    async def _pause(self, kind: funnel.Pause) -> None:
        hand = self.desk.hand
        if hand is not None and hand.claim is not None:
            await self.ask(errands.release, hand.claim, self.now)
        self.pause = Pause(kind, self.now)
        standing = self.standing()
        self.cover = PauseSheet(
            _("pause"), lambda width: pause_lines(standing, self.desk.frame, width), self._end_pause, self._quit
        )
        self.desk.keeping.enter(State.PAUSE, code=kind.code)
        self.desk.put(None)
        self.desk.ask_again()
        self.desk.say("")

    async def _end_pause(self) -> None:
        self.pause = self.cover = None
        self.desk.close_sheet()
        self.lead_came(None)
        self.desk.say(_("{key} brings the next lead.").format(key=self.desk.keymap.key(NEXT)))

    async def _quit(self) -> None:
        await self.desk.deeds.quit()


class OutsideHours(Confirmation):
    """A question that only the key that led to it answers."""

    def __init__(self, title: str, writer: Callable[[int], list[Line]], key: str, dial: Deed) -> None:
        super().__init__(title, writer, dial, also={key: dial})
        self._key = key

    @property
    def hints(self) -> Hints:
        """The same key again, or back."""
        return ((self._key, _("call all the same")), ("Esc", _("close")))

    def press(self, key: str) -> Deed | bool:
        """An Enter that was meant for something else does not call anybody."""
        return self.also.get(key, False)


def _limit_of(kind: funnel.Pause) -> str:
    return "" if kind.limit_minutes is None else _("{minutes} min").format(minutes=kind.limit_minutes)
