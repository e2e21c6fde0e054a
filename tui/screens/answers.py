"""What customers answered to questions that no field takes: gathered for the next note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.screens.doing import Doing

if TYPE_CHECKING:
    from tui.screens.desk import Desk

PLACE = "answers"
"""Where they are kept until then."""
BEFORE = ""
"""In the place of a question: what was gathered before this desk was opened."""


@dataclass
class Answer:
    """What was answered to one question."""

    text: str
    is_noted: bool = False
    """It stands in a note that was begun."""


class Answers(Doing):
    """Answers to questions without a field, by lead."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._answers: dict[int, dict[str, Answer]] = {}

    def gather(self, question: str, text: str) -> None:
        """Keeps an answer for the next note of the lead; an empty one is taken out."""
        lead = self.hand.card.id
        answers = self._answers.setdefault(lead, {})
        if not answers and (before := self.gathered()):
            answers[BEFORE] = Answer(before)
        if text != self.answer_to(question):
            answers[question] = Answer(text)
        parts = [f"{asked} {one.text}".strip() for asked, one in answers.items() if one.text and not one.is_noted]
        text = "; ".join(parts)
        self.desk.keeping.keep((lead, PLACE), text, len(text), is_open=False)

    def answer_to(self, question: str) -> str:
        """What was answered to a question since the last touch."""
        answers = self._answers.get(self.hand.card.id, {})
        return answers[question].text if question in answers else ""

    def gathered(self) -> str:
        """Every answer that stands in no note yet, as text."""
        kept = self.desk.keeping.drafts.get((self.hand.card.id, PLACE))
        return kept.text if kept else ""

    def answers_noted(self, lead_id: int) -> None:
        """They stand in a note that is being written."""
        for answer in self._answers.get(lead_id, {}).values():
            answer.is_noted = True
        self.desk.keeping.drop((lead_id, PLACE))

    def answers_logged(self, lead_id: int) -> None:
        """They are on record."""
        self._answers.pop(lead_id, None)
        self.desk.keeping.drop((lead_id, PLACE))
