"""The script of the stage: to read while one talks, and to walk through with its questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import funnel
from tui import words
from tui.i18n import _, said
from tui.lines import script as lines
from tui.lines.fields import value_preview
from tui.lines.script import Asked
from tui.lines.text import Line
from tui.plain import plain
from tui.screens.answers import Answers
from tui.screens.editing import Editing
from tui.sheets import Deed, Hints, Sheet

if TYPE_CHECKING:
    from tui.values import Value

OPENED_BY = "desk.show-script"


class ScriptSheet(Sheet):
    """The script, laid over the card."""

    def __init__(self, scripts: Script) -> None:
        title = _("script · {stage}")
        stage = words.stage_title(scripts.desk.playbook, scripts.hand.card.stage)
        super().__init__(title.format(stage=stage), lambda width: (), command=OPENED_BY)
        self._scripts = scripts
        self.at: int | None = None
        """The question that is asked now."""
        self._places: list[int] = []

    @property
    def hints(self) -> Hints:
        """Reading, and the walk where there is one."""
        walk = (("⏎", _("ask the questions")),) if self._scripts.questions() else ()
        return (*walk, ("↓↑", _("read on")), ("Esc", _("close")))

    @property
    def line(self) -> int | None:
        """The question that is asked stays in sight, with what follows it."""
        if self.at is None or self.at >= len(self._places):
            return None
        return self._places[self.at + 1] - 1 if self.at + 1 < len(self._places) else self._places[self.at] + 1

    def lines(self, width: int) -> list[Line]:
        """What it shows: facts and answers as they are now."""
        written, self._places = self._scripts.written(self.at, width)
        return written

    def press(self, key: str) -> Deed | bool:
        """Enter begins the walk."""
        return self._scripts.begin_walk if key == "enter" and self._scripts.questions() else False


class Script(Answers, Editing):
    """What to say, and what to ask."""

    async def show_script(self) -> None:
        """s: the script of the stage, with the customer's facts in it."""
        self.desk.open_sheet(ScriptSheet(self))

    def _stage(self) -> funnel.Stage | None:
        """The stage of the lead in hand; None where it is closed, or the stage gone."""
        return next((one for one in self.desk.playbook.stages if one.code == self.hand.card.stage), None)

    def questions(self) -> tuple[funnel.Question, ...]:
        """Of the walk."""
        stage = self._stage()
        return stage.questions if stage else ()

    def written(self, at: int | None, width: int) -> tuple[list[Line], list[int]]:
        """The sheet's lines, and where each question begins."""
        stage = self._stage()
        if stage is None:
            return lines.no_script(width), []
        asked = [Asked(plain(said(one.text)), self._answer(one)) for one in stage.questions]
        return lines.script_lines(stage, self._facts(), asked, at, width)

    def _answer(self, question: funnel.Question) -> str:
        return self._value_text(question.field) if question.field else self.answer_to(said(question.text))

    def _facts(self) -> dict[str, str]:
        playbook, person = self.desk.playbook, self.desk.person
        own = [field.code for field in playbook.fields]
        names = {code: words.field_name(playbook, code) for code in (*funnel.LEAD_FIELDS, *own, *funnel.MERGE_ONLY)}
        known = {code: self._value_text(code) for code in self.hand.card.fields}
        known |= {
            "agent": plain(person.name),
            "team": plain(person.team),
            "stage": words.stage_name(playbook, self.hand.card.stage),
        }
        return lines.merge_values(known, names)

    # ── the walk ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def begin_walk(self) -> None:
        """Enter: the first question that nobody answered yet."""
        questions = self.questions()
        self._ask_question(next((at for at, one in enumerate(questions) if not self._answer(one)), 0))

    def _ask_question(self, at: int) -> None:
        """Puts a question: its answer is written in the composer, the script stays where it is."""
        from tui import values

        playbook, question = self.desk.playbook, self.questions()[at]
        text, before = plain(said(question.text)), self._answer(question)
        code = question.field
        stored = self.hand.card.fields.get(code, "") if code else before

        def read(typed: str) -> Value:
            if not code:
                return values.Value(" ".join(typed.split()), plain(typed))
            return values.read_value(code, typed, playbook, self.desk.frame, self.reader())

        def preview(typed: str) -> Line:
            value = read(typed)
            if value.problem or (value.text and values.is_worded(playbook, code)):
                return value_preview(value, before, "")
            return ((text, "dim"),)

        async def submit(typed: str) -> None:
            value = read(typed)
            if value.problem:
                self.desk.say(value.problem, "stuck")
                return
            await self._note_answer(question, value)
            self._go_to(at + 1)

        def going(to: int) -> Deed:
            async def go() -> None:
                self._go_to(to)

            return go

        hints = (("⏎", _("next question")), ("↑↓", _("another question")), ("Esc", _("end, all is kept")))
        table = {"up": going(max(0, at - 1)), "down": going(at + 1), "escape": self._end_walk, "ctrl+c": self._end_walk}
        label = words.field_name(playbook, code) if code else _("answer")
        place = f"edit {code}" if code else f"ask {question_key(question)}"
        self.write_into(label, preview, submit, hints, place=place, text=plain(str(stored)), keys=table)
        self.entitle(_("question {number} of {all}").format(number=at + 1, all=len(self.questions())))
        self._show_at(at)

    async def _note_answer(self, question: funnel.Question, value: Value) -> None:
        """An answer goes into its field, else it is gathered for the next note; nothing said changes nothing."""
        code = question.field
        if not code:
            self.gather(said(question.text), value.text)
            self.stop_writing(keep=False)
        elif value.text and value.shown != self._value_text(code):
            await self._store(code, value.text)
        else:
            self.stop_writing(keep=False)

    def _go_to(self, at: int) -> None:
        if at < len(self.questions()):
            self._ask_question(at)
            return
        self.stop_writing(keep=True)
        self._show_at(None)
        left = sum(not self._answer(one) for one in self.questions())
        self.desk.say(_("{count} without an answer yet.").format(count=left) if left else "✓ " + _("All are answered."))

    async def _end_walk(self) -> None:
        self.stop_writing(keep=True)
        self._show_at(None)
        self.desk.say("")

    def _show_at(self, at: int | None) -> None:
        """The script with the question that is asked now."""
        sheet = self.desk.sheet
        if not isinstance(sheet, ScriptSheet):
            sheet = ScriptSheet(self)
            self.desk.sheet = sheet
        sheet.at = at
        self.desk.paint.card()
        self.desk.paint.footer()


def question_key(question: funnel.Question) -> str:
    """A question by one of its texts, the same whatever the agent speaks."""
    return question.text.en or question.text.zh
