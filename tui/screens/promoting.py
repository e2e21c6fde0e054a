"""Onwards: to the next stage or past it, with what is missing on the way, and the sale with its amount and day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

import funnel
from models.errors import Refused
from tui import errands, words
from tui.i18n import _, said
from tui.lines import fields, gate
from tui.lines.text import Line
from tui.plain import plain
from tui.screens.editing import Editing
from tui.screens.touches import Touches
from tui.sheets import Choice, Confirmation, Deed, Hints, Option

if TYPE_CHECKING:
    from tui.values import Value


class Step(Struct, frozen=True):
    """A move that is under way: what was answered so far."""

    to: str
    reason: str = ""
    is_sign_seen: bool = False
    values: tuple[tuple[str, str], ...] = ()
    """Amount and day of a sale, once they are confirmed."""


class Promoting(Touches, Editing):
    """Moves down the funnel."""

    async def promote_lead(self) -> None:
        """p: on to the next stage when every rule is met; else what is missing."""
        verdict = self.hand.card.verdict
        if verdict is not None:
            await self._go(Step(verdict.to), verdict)
        elif self.place_of(self.hand.card.stage) < len(self.desk.playbook.stages):
            self.desk.say(_("There is no stage after this one."))
        else:
            self._say_closed()

    def _say_closed(self) -> None:
        key = self.desk.keymap.key("desk.return-lead")
        self.desk.say(_("This lead is closed: {key} opens it again.").format(key=key))

    async def skip_stages(self) -> None:
        """>: past the next stage, with a reason, where the playbook lets leads skip."""
        playbook = self.desk.playbook
        place = self.place_of(self.hand.card.stage)
        later = playbook.stages[place + 2 :]
        key = self.desk.keymap.key
        if place >= len(playbook.stages):
            self._say_closed()
        elif not playbook.may_skip:
            text = _("This playbook passes over no stage: {key} goes to the next.")
            self.desk.say(text.format(key=key("desk.promote-lead")), "stuck")
        elif not later:
            self.desk.say(_("No stage to pass over: {key} goes to the next.").format(key=key("desk.promote-lead")))
        else:
            options = [Option(one.code, words.stage_title(playbook, one.code)) for one in later]
            self.desk.open_sheet(Choice(_("skip to"), options, self._ask_skip))

    def place_of(self, stage: str) -> int:
        """Place of a stage from the top; lost and invalid stand behind all others.

        Raises:
            Refused: `stage_retired`.
        """
        try:
            return self.desk.playbook.position(stage)
        except KeyError:
            raise Refused("stage_retired", stage=stage) from None

    async def _ask_skip(self, to: str) -> None:
        """Why stages are passed over."""
        self.desk.close_sheet()
        label = _("skip to {stage}: why?").format(stage=words.stage_name(self.desk.playbook, to))
        self._ask_why(label, f"skip {to}", _("skip"), lambda reason: self._go(Step(to, reason)))

    def _ask_why(self, label: str, place: str, yes: str, then: Callable[[str], Awaitable[None]]) -> None:
        """A reason in the agent's own words."""

        async def submit(text: str) -> None:
            if reason := " ".join(text.split()):
                await then(reason)
            else:
                self.desk.say(_("A reason is needed."), "stuck")

        self.write_into(label, lambda text: (), submit, (("⏎", yes), ("Esc", _("keep for later"))), place=place)
        self.entitle(_("reason"))

    # ── the rules on the way ──────────────────────────────────────────────────────────────────────────────────────────

    async def _go(self, step: Step, verdict: funnel.Verdict | None = None) -> None:
        """Makes a move, or shows what is missing; asks for what only the agent can say."""
        playbook = self.desk.playbook
        if verdict is not None and not (verdict.is_allowed or self._is_only_sale_left(step, verdict)):
            self._open_gate(step, verdict)
        elif gate.is_sale(step.to, playbook) and not step.values:
            self._ask_amount(step)
        else:
            try:
                await self._move(step.to, step.reason, is_sign_seen=step.is_sign_seen, values=dict(step.values))
            except Refused as refused:
                found = refused.fields.get("verdict")
                if refused.code != "rules" or not isinstance(found, funnel.Verdict):
                    raise
                self._open_gate(step, found)

    def _is_only_sale_left(self, step: Step, verdict: funnel.Verdict) -> bool:
        """Nothing is missing but what is asked for with the sale."""
        sign = any(one.rule is funnel.Rule.SIGN_MISSING for one in verdict.unmet)
        return not gate.missing(verdict, self.desk.playbook) and (step.is_sign_seen or not sign)

    def _open_gate(self, step: Step, verdict: funnel.Verdict) -> None:
        self.stop_writing(keep=True)
        playbook, stage = self.desk.playbook, self.hand.card.stage
        lacking = gate.missing(verdict, playbook)
        mendable = [one for one in lacking if gate.is_mendable(one, playbook)][:9]
        keys = {one: str(place + 1) for place, one in enumerate(mendable)}
        title = _("to {stage}").format(stage=words.stage_name(playbook, verdict.to))

        def writer(width: int) -> list[Line]:
            return gate.gate_lines(verdict, stage, playbook, keys, width)

        if not lacking:
            seen = replace(step, is_sign_seen=True)
            self.desk.open_sheet(Confirmation(title, writer, partial(self._go, seen), yes=_("yes, seen")))
            return
        deeds: dict[str, Deed] = {keys[one]: partial(self._mend, one, step) for one in mendable}
        first = deeds.get("1", self._leave_gate)
        yes = _("to the first") if deeds else _("close")
        self.desk.open_sheet(Confirmation(title, writer, first, yes=yes, also=deeds))

    async def _leave_gate(self) -> None:
        self.desk.close_sheet()

    async def _mend(self, point: funnel.Point, step: Step) -> None:
        """To the field or the touch that a rule lacks, and from there on with the move."""
        playbook = self.desk.playbook
        self.desk.close_sheet()
        if point.rule is funnel.Rule.FIELD_EMPTY:
            await self._edit(point.field, then=partial(self._go_on, step))
        elif point.touches is not None and (outcomes := gate.counting(point.touches, playbook)):
            outcome = outcomes[0]
            name = plain(said(outcome.name))
            if point.touches.kind not in (None, funnel.TouchKind.CALL):
                name = f"{words.kind_name(point.touches.kind)}: {name}"
            self._write_entry(outcome, name, wanted=point.touches, then=partial(self._go_on, step))

    async def _go_on(self, step: Step) -> None:
        """On with the move, by what is on record now."""
        verdict = self.hand.card.verdict
        await self._go(step, verdict if verdict is not None and verdict.to == step.to else None)

    # ── the sale ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _ask_amount(self, step: Step, typed: str = "") -> None:
        """What it was sold for: what stands on the card, unless it is another sum."""
        amount = self.hand.card.amount
        text = typed or ("" if amount is None else str(amount))

        async def enter(value: Value, text: str) -> None:
            self._ask_day(step, value.text, text)

        self._ask_sale("amount", _("won for"), text, enter, (("⏎", _("then the day")), ("Esc", _("keep for later"))))

    def _ask_day(self, step: Step, amount: str, typed: str) -> None:
        """On which day: today, unless it was before."""

        async def enter(value: Value, text: str) -> None:
            await self._go(replace(step, values=(("amount", amount), ("expected_on", value.text))))

        async def back() -> None:
            self._ask_amount(step, typed)

        today = self.desk.frame.today.isoformat()
        hints = (("⏎", _("won")), ("↑", _("the amount")), ("Esc", _("keep for later")))
        self._ask_sale("expected_on", _("won on"), today, enter, hints, keys={"up": back})

    def _ask_sale(
        self,
        code: str,
        label: str,
        text: str,
        enter: Callable[[Value, str], Awaitable[None]],
        hints: Hints,
        keys: Mapping[str, Deed] | None = None,
    ) -> None:
        from tui.values import example, of_sale

        self.desk.close_sheet()

        def read(text: str) -> Value:
            return of_sale(code, text, self.desk.playbook, self.desk.frame, self.reader())

        async def submit(text: str) -> None:
            value = read(text)
            if value.problem:
                self.desk.say(value.problem, "stuck")
            else:
                await enter(value, text)

        def preview(text: str) -> Line:
            return fields.value_preview(read(text), "", example(code))

        self.write_into(label, preview, submit, hints, place=f"won {code}", text=text, keys=keys)
        self.entitle(_("the sale"))
        assert self.writing is not None
        self.writing.is_asked = True  # the tail of the Enter before is no answer
        self.desk.ask_again()

    # ── on record ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _move(
        self, to: str, reason: str = "", *, is_sign_seen: bool = False, values: Mapping[str, str] | None = None
    ) -> None:
        """Moves the lead; what was written for it on the way is no draft any more."""
        hand, playbook = self.hand, self.desk.playbook
        token = self.token(f"move {hand.card.id} {to} {reason} {values}")
        after = await self.ask(
            errands.move_lead, hand, to, reason, is_sign_seen, token, self.agent_id, self.now, values or {}
        )
        text = f"{plain(hand.card.company)} → {words.stage_name(playbook, to)}"
        if values and (amount := values.get("amount")):
            text += f" · {self.desk.frame.whole(Decimal(amount))}"
        text += f" · {words.reason_name(playbook, reason)}" if reason else ""
        self._finish(after, text)
        for place in (f"skip {to}", *(f"won {code}" for code in gate.SALE)):
            self.desk.keeping.drop((hand.card.id, place))
