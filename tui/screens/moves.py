"""Moving a lead back, out, and to sleep."""

from __future__ import annotations

import funnel
from models.cards import MoveLine
from tui import clocks, errands, words
from tui.entry import Draft
from tui.i18n import _, said
from tui.lines import composer as lines
from tui.lines.text import Line, joined
from tui.plain import plain
from tui.screens.promoting import Promoting
from tui.sheets import Choice, Option


class Moves(Promoting):
    """What takes a lead out of the way down the funnel."""

    async def return_lead(self) -> None:
        """-: a stage back, with a reason; a lead that was closed goes back to where it stood."""
        card, playbook = self.hand.card, self.desk.playbook
        place = self.place_of(card.stage)
        if place == 0:
            self.desk.say(_("This is the first stage."))
            return
        to = playbook.stages[place - 1].code if place < len(playbook.stages) else self._stage_before()
        label = _("back to {stage}: why?").format(stage=words.stage_name(playbook, to))
        self._ask_why(label, "back", _("move back"), lambda reason: self._move(to, reason))

    def _stage_before(self) -> str:
        """Where a closed lead stood; the first stage where that is gone."""
        card, playbook = self.hand.card, self.desk.playbook
        moves = (one for one in card.history if isinstance(one, MoveLine) and one.to == card.stage)
        origin = next((one.origin for one in moves), None)
        return origin if origin in [stage.code for stage in playbook.stages] else playbook.stages[0].code

    async def close_lead(self) -> None:
        """x: lost or invalid, with a reason of the list."""
        if self.is_held_back("desk.close-lead"):
            return
        playbook, stage = self.desk.playbook, self.hand.card.stage
        options = [Option(f"{funnel.LOST} {one.code}", plain(said(one.name))) for one in playbook.loss_reasons]
        for at, one in enumerate(playbook.invalid_reasons):
            heading = _("no lead at all: invalid") if at == 0 else ""
            options.append(Option(f"{funnel.INVALID} {one.code}", plain(said(one.name)), heading=heading))
        options = [one for one in options if not one.value.startswith(f"{stage} ")]  # not once more what it is

        async def chosen(value: str) -> None:
            to, reason = value.split(" ", 1)
            await self._move(to, reason=reason)

        self.desk.open_sheet(Choice(_("lost: why?"), options, chosen))

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
            return joined((tuple(until), ((plain(draft.note), "dim"),) if draft.note else ()), lines.BETWEEN)

        async def submit(text: str) -> None:
            draft = read(text)
            if draft.moment is None:
                self.desk.say(lines.trouble(draft, self.desk.frame) if text.strip() else _("Until when?"), "stuck")
                return
            if self.is_held_back("sleep"):
                assert self.writing is not None
                self.writing.is_asked = True
                self.desk.ask_again()
                return
            hand, token = self.hand, self.token(f"sleep {self.hand.card.id}")
            after = await self.ask(errands.put_to_sleep, hand, draft.moment, draft.note, token, self.agent_id, self.now)
            until = clocks.moment(draft.moment, self.now, self.desk.zone)
            self._finish(
                after, _("{company} sleeps until {moment}").format(company=plain(hand.card.company), moment=until)
            )

        hints = (("⏎", _("sleep, next")), ("Esc", _("keep for later")))
        self.write_into(_("sleep until"), preview, submit, hints, place="sleep")
        self.entitle(_("sleep"))
