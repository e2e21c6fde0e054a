"""Moving a lead: on, back, out, to sleep; and its fields, which a move may ask for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import funnel
from models.errors import Refused
from tui import clocks, errands, words
from tui.entry import Draft
from tui.i18n import _, said
from tui.lines import composer as lines
from tui.lines import gate, lead
from tui.lines.text import Line
from tui.plain import plain
from tui.screens.slots import Slots
from tui.sheets import Choice, Confirmation, Option


class Moves(Slots):
    """What changes where a lead stands, and what is known of it."""

    async def promote_lead(self) -> None:
        """p: on to the next stage when every rule is met; else what is missing."""
        card = self.hand.card
        if card.verdict is None:
            self.desk.say(_("There is no stage after this one."))
        elif card.verdict.is_allowed:
            await self._move(card.verdict.to)
        else:
            self._open_gate(card.verdict)

    def _open_gate(self, verdict: funnel.Verdict) -> None:
        playbook, stage = self.desk.playbook, self.hand.card.stage
        title = _("to {stage}").format(stage=words.stage_name(playbook, verdict.to))

        def writer(width: int) -> list[Line]:
            return gate.promotion_lines(verdict, stage, playbook, width)

        if gate.only_sign_left(verdict):
            self.desk.open_sheet(
                Confirmation(title, writer, lambda: self._move(verdict.to, is_sign_seen=True), yes=_("yes, seen"))
            )
            return
        first = next(one for one in verdict.unmet if one.rule is not funnel.Rule.SIGN_MISSING)
        is_field = first.rule is funnel.Rule.FIELD_EMPTY

        async def mend() -> None:
            self.desk.close_sheet()
            if is_field:
                await self._edit(first.field, then=self.promote_lead)

        yes = words.field_name(playbook, first.field) if is_field else _("close")
        self.desk.open_sheet(Confirmation(title, writer, mend, yes=yes))

    async def return_lead(self) -> None:
        """-: a stage back, with a reason."""
        card, playbook = self.hand.card, self.desk.playbook
        place = playbook.position(card.stage)
        if card.kind is funnel.Kind.OPEN and place == 0:
            self.desk.say(_("This is the first stage."))
            return
        to = playbook.stages[min(place, len(playbook.stages)) - 1].code
        label = _("back to {stage}: why?").format(stage=words.stage_name(playbook, to))

        async def submit(text: str) -> None:
            if not text.strip():
                self.desk.say(_("A reason is needed."), "stuck")
                return
            await self._move(to, reason=" ".join(text.split()))

        hints = (("⏎", _("move back")), ("Esc", _("keep for later")))
        self.write_into(label, lambda text: (), submit, hints, place="back")

    async def close_lead(self) -> None:
        """x: lost or invalid, with a reason of the list."""
        playbook = self.desk.playbook
        options = [Option(f"{funnel.LOST} {one.code}", plain(said(one.name))) for one in playbook.loss_reasons]
        for at, one in enumerate(playbook.invalid_reasons):
            heading = _("no lead at all: invalid") if at == 0 else ""
            options.append(Option(f"{funnel.INVALID} {one.code}", plain(said(one.name)), heading=heading))

        async def chosen(value: str) -> None:
            to, reason = value.split(" ", 1)
            await self._move(to, reason=reason)

        self.desk.open_sheet(Choice(_("lost: why?"), options, chosen))

    async def _move(self, to: str, *, reason: str = "", is_sign_seen: bool = False) -> None:
        hand, playbook = self.hand, self.desk.playbook
        token = self.token(f"move {hand.card.id} {to}")
        try:
            after = await self.ask(errands.move_lead, hand, to, reason, is_sign_seen, token, self.agent_id, self.now)
        except Refused as refused:
            verdict = refused.fields.get("verdict")
            if refused.code != "rules" or not isinstance(verdict, funnel.Verdict):
                raise
            self._open_gate(verdict)
            return
        text = f"{plain(hand.card.company)} → {words.stage_name(playbook, to)}"
        text += f" · {words.reason_name(playbook, reason)}" if reason else ""
        self._finish(after, text)

    # ── sleeping and editing ──────────────────────────────────────────────────────────────────────────────────────────

    async def sleep_lead(self) -> None:
        """z: asleep until a moment, and why."""
        def read(text: str) -> Draft:
            reading = self.reader()(text)
            return Draft(text[reading.end :].strip(" ,;，；"), phrase=text[: reading.end] or text, reading=reading)

        def preview(text: str) -> Line:
            if not text.strip():
                return ((_("as in: fri 10am, +3 days, 下周二; then why"), "dim"),)
            draft = read(text)
            frame = self.desk.frame
            if problem := lines.trouble(draft, frame):
                return ((problem, "stuck"),)
            assert draft.moment is not None
            until = lines.moment_pieces(_("asleep until"), draft.moment, frame, self.elsewhere)
            return (*until, (f"  {plain(draft.note)}", "dim"))

        async def submit(text: str) -> None:
            draft = read(text)
            if draft.moment is None:
                self.desk.say(lines.trouble(draft, self.desk.frame) if text.strip() else _("Until when?"), "stuck")
                return
            hand, token = self.hand, self.token(f"sleep {self.hand.card.id}")
            after = await self.ask(errands.put_to_sleep, hand, draft.moment, draft.note, token, self.agent_id, self.now)
            until = clocks.moment(draft.moment, self.now, self.desk.zone)
            self._finish(
                after, _("{company} sleeps until {moment}").format(company=plain(hand.card.company), moment=until)
            )

        hints = (("⏎", _("sleep, next")), ("Esc", _("keep for later")))
        self.write_into(_("sleep until"), preview, submit, hints, place="sleep")

    async def edit_field(self) -> None:
        """e: a field of the lead."""
        playbook, fields = self.desk.playbook, self.hand.card.fields
        codes = [code for code in funnel.LEAD_FIELDS if code != "code"] + [field.code for field in playbook.fields]
        options = [
            Option(
                code,
                words.field_name(playbook, code),
                lead.value_text(playbook, code, fields[code]) if code in fields else "–",
            )
            for code in codes
        ]

        async def chosen(code: str) -> None:
            self.desk.close_sheet()
            await self._edit(code)

        self.desk.open_sheet(Choice(_("edit"), options, chosen))

    async def _edit(self, code: str, then: Callable[[], Awaitable[None]] | None = None) -> None:
        """One field: from its list where it has one, else in the composer, which starts with what stands there."""
        playbook = self.desk.playbook
        name = words.field_name(playbook, code)
        value = self.hand.card.fields.get(code)

        async def store(text: str) -> None:
            hand, token = self.hand, self.token(f"edit {self.hand.card.id} {code} {text}")
            after = await self.ask(errands.edit_field, hand, code, text, token, self.agent_id, self.now)
            self._finish(after, f"{name}: {plain(text) or '–'}")
            if then is not None:
                await then()

        choices = playbook.sources if code == "source" else ()
        options = [Option(one.code, plain(said(one.name))) for one in choices]
        for field in playbook.fields:
            if field.code == code:
                options += [Option(one.code, plain(said(one.name))) for one in field.choices]
        if options:
            self.desk.open_sheet(Choice(name, options, store, current=str(value or "")))
            return
        text = "" if value is None else plain(str(value))
        hints = (("⏎", _("save")), ("Esc", _("keep for later")))
        self.write_into(name, lambda typed: (), store, hints, place=f"edit {code}", text=text)
