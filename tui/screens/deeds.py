"""What the desk does when it is told to: each command from its key to the next lead, one method each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import funnel
from models.cards import Scope
from models.errors import Refused, Unavailable
from models.people import Role
from tui import clocks, commands, errands, words
from tui.entry import Draft, Reader, read_entry
from tui.i18n import _, said
from tui.lines import composer as lines
from tui.lines import gate, guide, help, lead, why
from tui.lines.text import Line
from tui.plain import plain
from tui.sheets import Choice, Confirmation, Option, Sheet

if TYPE_CHECKING:
    from tui.screens.desk import Desk

P = ParamSpec("P")
T = TypeVar("T")

PAUSES = (0.2, 0.5, 1.0, 2.0)
"""Seconds between the tries of a command that the database could not do."""
PASSING = ("locked", "gone")
"""Troubles that pass by themselves."""


@dataclass
class Writing:
    """What the composer is open for."""

    submit: Callable[[str], Awaitable[None]]
    hints: tuple[tuple[str, str], ...]
    draft_of: tuple[int, str] | None = None
    """Lead and label under which unfinished text is kept."""
    is_asked: bool = False
    """The question about a next step was put already."""


class Deeds:
    """The commands of a desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.writing: Writing | None = None
        self.drafts: dict[tuple[int, str], str] = {}
        self._tokens: dict[str, str] = {}
        self._table: dict[str, Callable[[], Awaitable[None]]] = {
            "desk.next-lead": self.next_lead,
            "desk.take-lead": self.take_lead,
            "desk.promote-lead": self.promote,
            "desk.return-lead": self.return_lead,
            "desk.close-lead": self.close_lead,
            "desk.sleep-lead": self.sleep_lead,
            "desk.edit-field": self.edit_field,
            "desk.explain-first": self.explain_first,
            "desk.turn-scope": self.turn_scope,
            "desk.lower-cursor": self._moving(1),
            "desk.raise-cursor": self._moving(-1),
            "desk.read-on": self._reading(1),
            "desk.read-back": self._reading(-1),
            "desk.suspend": self.suspend,
            "desk.quit": self.quit,
            "desk.show-help": self.show_help,
        }
        self._outcomes = {
            commands.outcome_id(one.code): one for book in desk.books.values() for one in book.playbook.outcomes
        }

    # ── how a command runs ────────────────────────────────────────────────────────────────────────────────────────────

    async def do(self, command: str) -> None:
        """Does what a command says."""
        if command in self._outcomes:
            await self.log(self._outcomes[command])
        else:
            await self._table[command]()

    NEEDS_LEAD = frozenset(
        {
            "desk.promote-lead",
            "desk.return-lead",
            "desk.close-lead",
            "desk.sleep-lead",
            "desk.edit-field",
        }
    )
    WRITES = NEEDS_LEAD | {"desk.next-lead", "desk.take-lead"}

    def objection(self, command: str) -> str:
        """Why a command can do nothing now; empty when it can."""
        is_logging = command in self._outcomes
        if self.desk.person.role is Role.SUPERVISOR and (is_logging or command in self.WRITES):
            return _("Supervisors watch and write nothing.")
        if self.desk.hand is None and (is_logging or command in self.NEEDS_LEAD):
            key = self.desk.keymap.key("desk.next-lead")
            return _("No lead in hand: {key} brings the next one.").format(key=key)
        return ""

    def hints(self) -> list[tuple[str, str, bool]]:
        """Keys, names, and whether they do something now, for the footer."""
        if self.writing is not None:
            return [(key, name, True) for key, name in self.writing.hints]
        if self.desk.sheet is not None:
            return [(key, name, True) for key, name in self.desk.sheet.hints]
        keymap = self.desk.keymap
        found = []
        table = [command for command in keymap.commands.values() if command.is_shown and command.id != "desk.show-help"]
        table.sort(key=lambda command: (command.id != "desk.next-lead", command.id not in self._outcomes))
        for command in table:
            found.append((keymap.key(command.id), plain(_(command.name)).lower(), not self.objection(command.id)))
        return found

    async def ask(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Asks the database; what passes by itself is tried again for a while."""
        for pause in (*PAUSES, None):
            try:
                answer = await self.desk.store.run(work, *args, **kwargs)
            except Unavailable as trouble:
                self.desk.trouble_with(trouble)
                if pause is None or trouble.code not in PASSING:
                    raise
                await asyncio.sleep(pause)
            else:
                self.desk.trouble_with(None)
                return answer
        raise AssertionError("unreachable")

    def token(self, what: str) -> str:
        """The name of one command: the same until it was done, so that a second try does it once."""
        from models.base import new_token

        return self._tokens.setdefault(what, new_token())

    def done(self) -> None:
        """The command is on record: the next one is another."""
        self._tokens.clear()

    @property
    def now(self) -> datetime:
        """This moment."""
        return self.desk.clock()

    @property
    def hand(self) -> errands.Hand:
        """The lead before the agent; commands that need one were objected to where there is none."""
        assert self.desk.hand is not None
        return self.desk.hand

    @property
    def agent_id(self) -> int:
        """Whose desk it is."""
        return self.desk.person.id

    # ── leads come and go ─────────────────────────────────────────────────────────────────────────────────────────────

    async def next_lead(self) -> None:
        """Enter: the next lead, claimed and shown."""
        if self.desk.hand is not None and self.desk.hand.claim is not None:
            self.desk.say(_("This lead is in your hands: log the call, or put it to sleep."))
            return
        hand = await self.ask(errands.next_lead, self.agent_id, self.now)
        self.desk.put(hand)
        self.desk.say("" if hand else _("Nobody is to be called now."))

    async def take_lead(self) -> None:
        """o: the lead under the cursor."""
        lead_id = self.desk.queue.lead_id
        if lead_id is None:
            self.desk.say(_("The queue is empty."))
            return
        self.desk.put(await self.ask(errands.take_lead, self.agent_id, lead_id, self.now))
        self.desk.say("")

    # ── logging ───────────────────────────────────────────────────────────────────────────────────────────────────────

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
        hint = _("@ when  # tag  > bring") if outcome.code else ""

        def preview(text: str) -> Line:
            return lines.entry_preview(read_entry(text, read), frame, customer, hint)

        async def submit(text: str) -> None:
            await self._enter(outcome, read_entry(text, self.reader()))

        self.write_into(name, preview, submit, (("⏎", _("save, next")), ("Esc", _("keep for later"))))

    async def _enter(self, outcome: funnel.Outcome, draft: Draft) -> None:
        """Enter in the composer: a talk without a next step is asked for one, once."""
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
        await self._log(outcome, draft=draft)

    async def _log(self, outcome: funnel.Outcome, *, draft: Draft | None = None, reason: str = "") -> None:
        from models.ledger import Entry

        draft = draft or Draft("")
        entry = Entry(
            outcome.code,
            note=draft.note,
            tags=",".join(draft.tags),
            bring=draft.bring,
            next_at=draft.moment,
            reason=reason,
        )
        hand, now = self.hand, self.now
        token = self.token(f"log {hand.card.id} {outcome.code}")
        logged = await self.ask(errands.log_and_next, hand, entry, token, self.agent_id, now)
        said_ = words.aftermath(self.desk.playbook, outcome.code, logged.aftermath, now, self.desk.zone)
        self._finish(logged.hand, f"{plain(hand.card.company)}: {said_}")
        if logged.trouble is not None:
            raise logged.trouble

    def _finish(self, hand: errands.Hand | None, text: str) -> None:
        """What was told is on record: the composer shuts, the next lead is there, one line says what was stored."""
        self.done()
        self.stop_writing(keep=False)
        self.desk.put(hand)
        self.desk.say("✓ " + text, "won")

    # ── moving ────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def promote(self) -> None:
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
                await self._edit(first.field, then=self.promote)

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

        self.write_into(label, lambda text: (), submit, (("⏎", _("move back")), ("Esc", _("leave it"))), is_kept=False)

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
        frame, customer = self.desk.frame, self._customer_zone()

        def read(text: str) -> Draft:
            reading = self.reader()(text)
            return Draft(text[reading.end :].strip(" ,;，；"), phrase=text[: reading.end] or text, reading=reading)

        def preview(text: str) -> Line:
            if not text.strip():
                return ((_("as in: fri 10am, +3 days, 下周二; then why"), "dim"),)
            draft = read(text)
            if problem := lines.trouble(draft, frame):
                return ((problem, "stuck"),)
            return (*lines.moment_pieces(_("asleep until"), draft, frame, customer), (f"  {draft.note}", "dim"))

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

        hints = (("⏎", _("sleep, next")), ("Esc", _("leave it")))
        self.write_into(_("sleep until"), preview, submit, hints, is_kept=False)

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
        hints = (("⏎", _("save")), ("Esc", _("leave it")))
        self.write_into(name, lambda typed: (), store, hints, text=text, is_kept=False)

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def explain_first(self) -> None:
        """w: why this lead comes first."""
        lead_id = self.desk.hand.card.id if self.desk.hand else self.desk.queue.lead_id
        if lead_id is None:
            self.desk.say(_("The queue is empty."))
            return
        found = await self.ask(errands.why, self.agent_id, lead_id, self.now)
        playbook, frame = self.desk.playbook, self.desk.frame
        self.desk.open_sheet(Sheet(_("why first"), lambda width: why.why_lines(found, playbook, frame, width)))

    async def show_help(self) -> None:
        """?: every key."""
        keymap = self.desk.keymap
        self.desk.open_sheet(Sheet(_("keys"), lambda width: help.help_lines(keymap, width)))

    async def turn_scope(self) -> None:
        """f: mine, team, floor."""
        scopes = list(Scope)
        self.desk.scope = scopes[(scopes.index(self.desk.scope) + 1) % len(scopes)]
        self.desk.stir()

    def _moving(self, by: int) -> Callable[[], Awaitable[None]]:
        async def move() -> None:
            self.desk.queue.move(by)

        return move

    def _reading(self, by: int) -> Callable[[], Awaitable[None]]:
        async def read() -> None:
            self.desk.card.scroll_lines(by * max(1, self.desk.card.inner_height - 2))

        return read

    # ── leaving ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def suspend(self) -> None:
        """Ctrl+Z: to the shell, where there is one."""
        if self.desk.may_suspend():
            self.desk.app.action_suspend_process()
        else:
            self.desk.say(_("There is no shell to go to."))

    async def quit(self) -> None:
        """q: the lead in hand goes back to where it stood."""
        if self.desk.hand is not None and self.desk.hand.claim is not None:
            with suppress(Unavailable):  # then it runs out by itself
                await self.desk.store.run(errands.release, self.desk.hand.claim, self.now)
        self.desk.app.exit()

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def write_into(
        self,
        label: str,
        preview: Callable[[str], Line],
        submit: Callable[[str], Awaitable[None]],
        hints: tuple[tuple[str, str], ...],
        *,
        text: str = "",
        is_kept: bool = True,
    ) -> None:
        """Opens the composer for something; what was begun for this lead before is there again."""
        place = (self.hand.card.id, label) if is_kept else None
        self.writing = Writing(submit, hints, place)
        text = self.drafts.get(place, text) if place else text
        self.desk.composer.open(label, preview, title=((guide.writing_title(), "strong key"),), text=text)
        self.desk.paint_footer()

    async def write(self, key: str, character: str | None, *, is_tail: bool) -> None:
        """A key while the composer is open."""
        assert self.writing is not None
        if key == "enter":
            if not is_tail:
                line = self.desk.composer.line
                await self.writing.submit(line.text if line else "")
        elif key in ("escape", "ctrl+c"):
            self.stop_writing(keep=True)
            self.desk.say("")
        else:
            self.desk.composer.press(key, character)

    def stop_writing(self, *, keep: bool) -> None:
        """Shuts the composer; unfinished text is kept for its lead."""
        if self.writing is None:
            return
        text = self.desk.composer.shut()
        place, self.writing = self.writing.draft_of, None
        if place is not None:
            self.drafts.pop(place, None)
            if keep and text.strip():
                self.drafts[place] = text

    def reader(self) -> Reader:
        """Reads moments by the floor's clock, now."""
        from tui.moments import reader

        zone = self.desk.zone
        return reader(self.now, zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC"))

    def _customer_zone(self) -> ZoneInfo | None:
        card = self.hand.card
        zone = clocks.zone(card.zone)
        return zone if card.zone_is_known and isinstance(zone, ZoneInfo) else None
