"""Somebody new: written down field by field in a form over the card, kept until taken in, then in the agent's hands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING

from models.desks.draft import Draft
from models.errors import Refused
from tui import errands, words
from tui import errands_arrivals as arriving
from tui.errands_arrivals import NumberCheck, Taken
from tui.forms import CAMPAIGN, ON_THE_LINE, FormChoice, FormSheet, NewLead, kept_forms
from tui.i18n import _, said
from tui.lines import form, lead
from tui.lines.text import Line
from tui.plain import plain
from tui.screens.finding import Finding
from tui.screens.questions import Question
from tui.sheets import Choice, Deed, Option

if TYPE_CHECKING:
    from tui.screens.desk import Desk


class Newcomers(Finding):
    """Taking in leads by hand."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._forms: list[NewLead] | None = None

    async def add_lead(self) -> None:
        """a: writes somebody new down, field by field; goes on with a form that was left."""
        self._left_at = self.desk.card.top
        if forms := self._begun():
            self._go_on_with(forms[-1])
        else:

            async def begin(campaign_id: int) -> None:
                self._ask_field(self._begin_form(campaign_id))

            await self._ask_campaign(begin)

    async def _ask_campaign(self, then: Callable[[int], Awaitable[None]]) -> None:
        """Which campaign they come into, where there are several."""
        books = self.desk.books
        if len(books) == 1:
            await then(next(iter(books)))
            return

        async def chosen(number: str) -> None:
            self.desk.close_sheet()
            await then(int(number))

        self.stop_writing(keep=False)
        self.desk.say("")
        options = [Option(str(number), plain(book.name)) for number, book in books.items()]
        here = str(self.desk.campaign_id)
        self.desk.open_sheet(Choice(_("new lead: which campaign?"), options, chosen, current=here))

    async def write_down_again(self, draft: Draft) -> None:
        """Goes on with the form that was open when the desk ended, in that field, at that letter."""
        _verb, number, what = draft.place.split(" ", 2)
        new = next((one for one in self._begun() if str(one.number) == number), None)
        if new is not None:
            new.at = new.codes.index(what) if what in new.codes else new.gap() or 0
            self._ask_field(new)
            if self.desk.composer.line is not None and what == new.code:
                self.desk.composer.line.cursor = draft.cursor
                self.desk.composer.rewrite()

    # ── forms that are begun ──────────────────────────────────────────────────────────────────────────────────────────

    def _begun(self) -> list[NewLead]:
        """Forms that are not finished, the newest last; at first those that were kept."""
        if self._forms is None:
            asked = {number: self._asked(number) for number in self.desk.books}
            self._forms = kept_forms(self.desk.keeping.drafts.values(), asked)
        return self._forms

    def _asked(self, campaign_id: int) -> tuple[str, ...]:
        return self.desk.books[campaign_id].playbook.required_fields or ("company",)

    def _begin_form(self, campaign_id: int, *, on_line_since: datetime | None = None) -> NewLead:
        forms = self._begun()
        number = forms[-1].number + 1 if forms else 1
        forms.append(
            NewLead(
                number,
                campaign_id,
                self._asked(campaign_id),
                is_inbound=on_line_since is not None,
                since=on_line_since,
            )
        )
        return forms[-1]

    def _go_on_with(self, new: NewLead) -> None:
        gap = new.gap()
        new.at = len(new.codes) - 1 if gap is None else gap
        self._ask_field(new)
        self.desk.say(_("Kept from before; ^x throws it away."), "dim")

    def _keep_form(self, new: NewLead, *, is_open: bool) -> None:
        """What is written down so far outlives the desk; what is being asked is asked again."""
        line, keeping = self.desk.composer.line, self.desk.keeping
        is_written = line is not None and bool(line.text.strip())
        keeping.keep((None, new.place(CAMPAIGN)), str(new.campaign_id), 0, is_open=is_open and not is_written)
        if new.is_inbound:
            keeping.keep((None, new.place(ON_THE_LINE)), ON_THE_LINE, 0, is_open=False)
        for code in new.codes:
            is_here = is_open and is_written and code == new.code
            text, before = new.values.get(code, ""), keeping.drafts.get((None, new.place(code)))
            if is_here or text != (before.text if before else "") or (before and before.is_open):
                keeping.keep((None, new.place(code)), text, line.cursor if line and is_here else 0, is_open=is_here)

    def _drop_form(self, new: NewLead) -> None:
        self._begun().remove(new)
        for what in (*new.codes, CAMPAIGN, ON_THE_LINE):
            self.desk.keeping.drop((None, new.place(what)))

    def _form_deeds(self, new: NewLead) -> dict[str, Deed]:
        """The keys of a form: to the field before, to the one after, away."""

        def stepping(by: int) -> Deed:
            async def step() -> None:
                new.at = min(max(new.at + by, 0), len(new.codes) - 1)
                self._ask_field(new)

            return step

        async def leave() -> None:
            self._keep_form(new, is_open=False)
            new.since = None
            await self._leave_list()
            if new.filled():
                self.desk.say(_("Kept: {key} goes on with it.").format(key=self.desk.keymap.key("desk.add-lead")))
            else:
                self._drop_form(new)

        async def throw_away() -> None:
            self._drop_form(new)
            await self._leave_list()
            self.desk.say(_("Thrown away: nobody was taken in."))

        back = stepping(-1)
        deeds = {"up": back, "left": back, "backspace": back, "down": stepping(1), "ctrl+x": throw_away}
        return deeds | {"escape": leave, "ctrl+c": leave}

    def _form_lines(self, new: NewLead, width: int) -> list[Line]:
        playbook = self.desk.books[new.campaign_id].playbook
        rows = [
            (words.field_name(playbook, code), lead.value_text(playbook, code, text) if text else "")
            for code, text in ((code, new.values.get(code, "")) for code in new.codes)
        ]
        return form.form_lines(rows, new.at, width)

    # ── asking a field ────────────────────────────────────────────────────────────────────────────────────────────────

    def _ask_field(self, new: NewLead) -> None:
        """Asks for the field that is its turn: from its list where it has one, else in the composer."""
        self.stop_writing(keep=False)
        title = _("new lead, on the line") if new.is_inbound else _("new lead")
        playbook, deeds = self.desk.books[new.campaign_id].playbook, self._form_deeds(new)
        name, text = words.field_name(playbook, new.code), new.values.get(new.code, "")
        if options := self._field_options(new):

            async def chosen(value: str) -> None:
                await self._fill_field(new, value)

            table = {key: deeds[key] for key in ("left", "backspace", "escape", "ctrl+x")}
            choice = FormChoice(title, lambda width: self._form_lines(new, width), options, chosen, table, current=text)
            self.desk.say(_("{field}: one of the list").format(field=name))
            self.desk.open_sheet(choice)
        else:
            table = {key: deed for key, deed in deeds.items() if key not in ("left", "backspace")}
            if new.code == "number":
                self._write_number(new, name, table)
            else:
                self._write_field(new, name, table)
            self.desk.composer.title = ((title, "strong key"),)
            self.desk.composer.rewrite()
            self.desk.open_sheet(
                FormSheet(title, lambda width: [*self._form_lines(new, width), *form.form_note(width)], new)
            )
        self._keep_form(new, is_open=True)

    def _field_options(self, new: NewLead) -> list[Option]:
        playbook = self.desk.books[new.campaign_id].playbook
        choices = playbook.sources if new.code == "source" else ()
        options = [Option(one.code, plain(said(one.name))) for one in choices]
        for own in playbook.fields:
            if own.code == new.code:
                options += [Option(one.code, plain(said(one.name))) for one in own.choices]
        return options

    def _write_field(
        self,
        new: NewLead,
        name: str,
        keys: dict[str, Deed],
        *,
        preview: Callable[[str], Line] = lambda text: (),
        changed: Callable[[str], object] = lambda text: None,
        check: Question[NumberCheck] | None = None,
    ) -> None:
        def written(text: str) -> None:
            new.values[new.code] = text
            self._keep_form(new, is_open=True)
            self.desk.paint.card()
            changed(text)

        async def submit(text: str) -> None:
            if check is None or await self._is_number_free(check):
                await self._fill_field(new, text)

        hints = (("⏎", _("next")), ("↑", _("field before")), ("Esc", _("keep for later")), ("^x", _("throw away")))
        text = new.values.get(new.code, "")
        self.write_into(name, preview, submit, hints, text=text, keys=keys, changed=written)

    def _write_number(self, new: NewLead, name: str, keys: dict[str, Deed]) -> None:
        """A number is looked up as it is typed: whether it is one, whose it is, whether it may be called."""

        async def look(text: str) -> NumberCheck:
            return await self.desk.store.look_up(arriving.check_number, self.agent_id, text)

        check = Question(self.desk, look, lambda: self.desk.composer.tell(()))

        def preview(text: str) -> Line:
            if check.trouble:
                return ((check.trouble, "lost"),)
            return form.number_line(check.answer) if check.answer and text.strip() else form.number_hint()

        async def open_twin() -> None:
            if check.is_answered and check.answer and check.answer.is_seen:
                await self._open_twin(new, check.answer)

        self._write_field(new, name, keys | {"tab": open_twin}, preview=preview, changed=check.ask, check=check)
        if text := new.values.get("number", ""):
            check.ask(text)

    async def _is_number_free(self, check: Question[NumberCheck]) -> bool:
        if not await check.settle():
            return False
        trouble = form.number_trouble(check.answer or NumberCheck(None))
        if trouble:
            self.desk.say("✗ " + trouble, "lost")
        return not trouble

    async def _open_twin(self, new: NewLead, check: NumberCheck) -> None:
        """The number is that of a lead which the agent may see: that one instead."""
        assert check.lead_id is not None
        if new.is_inbound:
            await self._take_call(check.lead_id, new.since)
        else:
            hand = await self.ask(errands.look_at, self.agent_id, check.lead_id, self.now)
            self.stop_writing(keep=False)
            self.desk.put(hand)
            self.desk.say("")
        if self.desk.hand is not None and self.desk.hand.card.id == check.lead_id:
            self._drop_form(new)

    async def _fill_field(self, new: NewLead, text: str) -> None:
        """A field is answered: the next one, or the lead is taken in."""
        text = " ".join(text.split())
        if not text:
            self.desk.complain(Refused("field_missing", field=new.code))
            return
        new.values[new.code] = text
        gap = new.gap(after=new.at)
        if gap is None:
            await self._take_in(new)
        else:
            new.at = gap
            self._ask_field(new)

    # ── taking in ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _take_in(self, new: NewLead) -> None:
        if self._is_other_call_open(None):
            return
        values = new.filled()
        token = self.token(f"take in {values}")
        try:
            taken = await self.ask(arriving.take_in, new.campaign_id, values, token, self.agent_id, self.now)
        except Refused as refused:
            code = "number" if refused.code in ("duplicate", "suppressed") else refused.fields.get("field")
            if code in new.codes:
                new.at = new.codes.index(str(code))
                self._ask_field(new)
            if refused.code != "duplicate":  # the form says whose it is, in the words of the number's own check
                raise
            return
        self._drop_form(new)
        self._put_in_hand(taken, _("taken in: {company}"))
        if new.is_inbound:
            self.desk.deeds.incoming(taken.hand.card.id, new.since)

    async def _take_call(self, lead_id: int, since: datetime | None = None) -> None:
        """Somebody who called in is at this lead: it comes into the agent's hands."""
        if self._is_other_call_open(lead_id):
            return
        taken = await self.ask(arriving.take_in_hand, self.agent_id, lead_id, self.now)
        self._put_in_hand(taken, _("on the line: {company}"))
        self.desk.deeds.incoming(lead_id, since)

    def _is_other_call_open(self, lead_id: int | None) -> bool:
        """Says once that a call with another lead is not logged yet: it would be forgotten with its lead."""
        deeds = self.desk.deeds
        return deeds.call is not None and deeds.call.lead_id != lead_id and deeds.is_held_back("another lead")

    def _put_in_hand(self, taken: Taken, text: str) -> None:
        """A lead came into the agent's hands out of turn."""
        card = taken.hand.card
        name = plain(card.company) or plain(card.contacts[0].name if card.contacts else "") or _("no name")
        text = text.format(company=name)
        if taken.gone_back:
            text += " · " + _("{company} went back to the queue").format(company=plain(taken.gone_back))
        self._finish(taken.hand, text)
