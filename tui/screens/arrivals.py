"""Leads that come out of turn: somebody calls in, somebody new is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.drafts import Draft
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
    from models.finding import Found
    from tui.screens.desk import Desk

INBOUND = "inbound"
"""The source of somebody who called in, where the playbook has it."""


class Arrivals(Finding):
    """Inbound calls and new leads."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._forms: list[NewLead] | None = None

    # ── somebody calls in ─────────────────────────────────────────────────────────────────────────────────────────────

    async def answer_call(self) -> None:
        """v: finds the caller by number or name, takes that lead in hand, and starts the clock."""
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

    async def _take_call(self, lead_id: int) -> None:
        taken = await self.ask(arriving.take_in_hand, self.agent_id, lead_id, self.now)
        self._put_in_hand(taken, _("on the line: {company}").format(company=_name(taken)), is_inbound=True)

    async def _write_down(self, text: str) -> None:
        """Somebody is on the line who is not known: the form begins with what they were looked for by."""
        text = text.strip()
        is_number = any(letter.isdigit() for letter in text) and not any(letter.isalpha() for letter in text)
        known = "number" if is_number else "company"
        forms = self._begun()
        if kept := next((one for one in forms if one.is_inbound and text and one.values.get(known) == text), None):
            self._go_on_with(kept)
            return
        new = self._begin_form(self.desk.campaign_id, is_inbound=True)
        if text:
            new.codes = tuple(dict.fromkeys((*new.codes, known)))
            new.values[known] = text
        if INBOUND in {source.code for source in self.desk.playbook.sources}:
            new.values["source"] = INBOUND
        new.at = new.gap() or 0
        if is_number:
            # Whose it is, is said before a name is typed in vain.
            check = await self.ask(arriving.check_number, self.agent_id, text)
            new.at = new.codes.index("number") if form.number_trouble(check) else new.at
        self._ask_field(new)

    # ── somebody new ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def add_lead(self) -> None:
        """a: writes somebody new down, field by field; goes on with a form that was left."""
        books, self._left_at = self.desk.books, self.desk.card.top
        if forms := self._begun():
            self._go_on_with(forms[-1])
        elif len(books) == 1:
            self._ask_field(self._begin_form(next(iter(books))))
        else:

            async def chosen(number: str) -> None:
                self._ask_field(self._begin_form(int(number)))

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

    def _begun(self) -> list[NewLead]:
        """Forms that are not finished, the newest last; at first those that were kept."""
        if self._forms is None:
            asked = {number: self._asked(number) for number in self.desk.books}
            self._forms = kept_forms(self.desk.keeping.drafts.values(), asked)
        return self._forms

    def _asked(self, campaign_id: int) -> tuple[str, ...]:
        return self.desk.books[campaign_id].playbook.required_fields or ("company",)

    def _begin_form(self, campaign_id: int, *, is_inbound: bool = False) -> NewLead:
        forms = self._begun()
        number = forms[-1].number + 1 if forms else 1
        forms.append(NewLead(number, campaign_id, self._asked(campaign_id), is_inbound=is_inbound))
        return forms[-1]

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

    def _go_on_with(self, new: NewLead) -> None:
        gap = new.gap()
        new.at = len(new.codes) - 1 if gap is None else gap
        self._ask_field(new)
        self.desk.say(_("Kept from before; ^x throws it away."), "dim")

    def _ask_field(self, new: NewLead) -> None:
        """Asks for the field that is its turn: from its list where it has one, else in the composer."""
        self.stop_writing(keep=False)
        title = _("new lead, on the line") if new.is_inbound else _("new lead")
        deeds = self._deeds_of(new)
        if options := self._field_options(new):
            name = words.field_name(self.desk.books[new.campaign_id].playbook, new.code)

            async def chosen(value: str) -> None:
                await self._fill_field(new, value)

            table = {key: deeds[key] for key in ("left", "backspace", "escape", "ctrl+x")}
            current = new.values.get(new.code, "")
            choice = FormChoice(
                title, lambda width: self._form_lines(new, width), options, chosen, table, current=current
            )
            self.desk.say(_("{field}: one of the list").format(field=name))
            self.desk.open_sheet(choice)
        else:
            self._write_field(new, title, deeds)
        self._keep_form(new, is_open=True)

    def _write_field(self, new: NewLead, title: str, deeds: dict[str, Deed]) -> None:
        text = new.values.get(new.code, "")
        check = self._number_question() if new.code == "number" else None

        def preview(text: str) -> Line:
            if check is None:
                return ()
            if check.trouble:
                return ((check.trouble, "lost"),)
            return form.number_line(check.answer or NumberCheck(None)) if text.strip() else form.number_hint()

        def changed(text: str) -> None:
            new.values[new.code] = text
            self._keep_form(new, is_open=True)
            self.desk.paint.card()
            if check is not None:
                check.ask(text)

        async def submit(text: str) -> None:
            if check is None or await self._is_number_free(check):
                await self._fill_field(new, text)

        async def open_twin() -> None:
            if check is not None and check.is_answered and check.answer and check.answer.is_seen:
                await self._open_twin(new, check.answer)

        table = {key: deed for key, deed in deeds.items() if key not in ("left", "backspace")} | {"tab": open_twin}
        hints = (("⏎", _("next")), ("↑", _("field before")), ("Esc", _("keep for later")), ("^x", _("throw away")))
        name = words.field_name(self.desk.books[new.campaign_id].playbook, new.code)
        self.write_into(name, preview, submit, hints, text=text, is_kept=False, keys=table, changed=changed)
        self.desk.composer.title = ((title, "strong key"),)
        self.desk.composer.rewrite()
        self.desk.open_sheet(
            FormSheet(title, lambda width: [*self._form_lines(new, width), *form.form_note(width)], new)
        )
        if check is not None and text:
            check.ask(text)

    def _number_question(self) -> Question[NumberCheck]:
        async def look(text: str) -> NumberCheck:
            return await self.desk.store.look_up(arriving.check_number, self.agent_id, text)

        return Question(self.desk, look, lambda: self.desk.composer.tell(()))

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
            await self._take_call(check.lead_id)
        else:
            hand = await self.ask(errands.look_at, self.agent_id, check.lead_id, self.now)
            self.stop_writing(keep=False)
            self.desk.put(hand)
            self.desk.say("")
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

    async def _take_in(self, new: NewLead) -> None:
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
        self._put_in_hand(taken, _("taken in: {company}").format(company=_name(taken)), is_inbound=new.is_inbound)

    def _put_in_hand(self, taken: Taken, text: str, *, is_inbound: bool) -> None:
        """A lead came into the agent's hands out of turn."""
        if taken.gone_back:
            text += " · " + _("{company} went back to the queue").format(company=plain(taken.gone_back))
        self._finish(taken.hand, text)
        if is_inbound:
            self.desk.deeds.incoming(taken.hand.card.id)

    # ── the form ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _form_lines(self, new: NewLead, width: int) -> list[Line]:
        playbook = self.desk.books[new.campaign_id].playbook
        rows = [
            (words.field_name(playbook, code), lead.value_text(playbook, code, text) if text else "")
            for code, text in ((code, new.values.get(code, "")) for code in new.codes)
        ]
        return form.form_lines(rows, new.at, width)

    def _field_options(self, new: NewLead) -> list[Option]:
        playbook = self.desk.books[new.campaign_id].playbook
        choices = playbook.sources if new.code == "source" else ()
        options = [Option(one.code, plain(said(one.name))) for one in choices]
        for own in playbook.fields:
            if own.code == new.code:
                options += [Option(one.code, plain(said(one.name))) for one in own.choices]
        return options

    def _deeds_of(self, new: NewLead) -> dict[str, Deed]:
        """The keys of the form: to the field before, to the one after, away."""

        def stepping(by: int) -> Deed:
            async def step() -> None:
                new.at = min(max(new.at + by, 0), len(new.codes) - 1)
                self._ask_field(new)

            return step

        async def leave() -> None:
            self._keep_form(new, is_open=False)
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


def _name(taken: Taken) -> str:
    card = taken.hand.card
    return plain(card.company) or plain(card.contacts[0].name if card.contacts else "") or _("no name")
