"""Forms for somebody new: laid over the card while their fields are asked one after the other, kept until taken in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import funnel
from models.desks.draft import Draft
from tui.i18n import _
from tui.lines.text import Line
from tui.sheets import Choice, Deed, Hints, Option, Sheet

VERB, CAMPAIGN, ON_THE_LINE = "new", "campaign", "on-the-line"
"""Words of the places under which a form is kept: 'new 1 company', 'new 1 campaign'."""


@dataclass(eq=False)
class NewLead:
    """Somebody new, as far as written down."""

    number: int
    """Of several that are not finished, the newest has the highest."""
    campaign_id: int
    codes: tuple[str, ...]
    """The fields that are asked, in their order."""
    values: dict[str, str] = field(default_factory=dict)
    is_inbound: bool = False
    """They are on the line."""
    since: datetime | None = None
    """Since when, as long as the form is not left."""
    at: int = 0
    """Which field is asked now."""

    @property
    def code(self) -> str:
        """The field that is asked now."""
        return self.codes[self.at]

    def place(self, what: str) -> str:
        """Where a part of it is kept."""
        return f"{VERB} {self.number} {what}"

    def filled(self) -> dict[str, str]:
        """What is known."""
        return {code: text for code in self.codes if funnel.is_filled(text := self.values.get(code, ""))}

    def gap(self, after: int = -1) -> int | None:
        """The next field that is not filled, from the first again after the last; None where all are.

        >>> new = NewLead(1, 1, ("company", "person", "number"), {"person": "Zhang"})
        >>> new.gap(), new.gap(after=0), new.gap(after=2)
        (0, 2, 0)
        """
        order = (*range(after + 1, len(self.codes)), *range(after + 1))
        return next((at for at in order if self.codes[at] not in self.filled()), None)


def kept_forms(drafts: Iterable[Draft], asked: Mapping[int, Sequence[str]]) -> list[NewLead]:
    """The forms that were begun before, the newest last.

    Args:
        drafts: everything that is kept.
        asked: the fields that each open campaign asks; a form of another campaign is none any more.
    """
    found: dict[int, dict[str, str]] = {}
    for draft in drafts:
        verb, _blank, rest = draft.place.partition(" ")
        which, _blank, what = rest.partition(" ")
        if draft.lead_id is None and verb == VERB and which.isdecimal():
            found.setdefault(int(which), {})[what] = draft.text
    forms = []
    for number, values in sorted(found.items()):
        campaign, is_inbound = values.pop(CAMPAIGN, ""), bool(values.pop(ON_THE_LINE, ""))
        if campaign.isdecimal() and int(campaign) in asked:
            codes = tuple(dict.fromkeys((*asked[int(campaign)], *values)))
            forms.append(NewLead(number, int(campaign), codes, values, is_inbound))
    return forms


class FormSheet(Sheet):
    """The form while the composer asks for one of its fields."""

    def __init__(self, title: str, writer: Callable[[int], Sequence[Line]], new: NewLead) -> None:
        super().__init__(title, writer)
        self._new = new

    @property
    def line(self) -> int | None:
        """The field that is asked: above the first is an empty line."""
        return self._new.at + 1


class FormChoice(Choice):
    """The form, and under it what the asked field may be."""

    def __init__(
        self,
        title: str,
        form: Callable[[int], Sequence[Line]],
        options: Sequence[Option],
        chosen: Callable[[str], Awaitable[None]],
        deeds: Mapping[str, Deed],
        *,
        current: str = "",
    ) -> None:
        super().__init__(title, options, chosen, current=current)
        self._form, self._deeds = form, deeds
        self._above = 0

    @property
    def hints(self) -> Hints:
        """How to choose, and how to go back."""
        return (
            ("⏎", _("choose")),
            ("↓↑", _("move")),
            ("←", _("field before")),
            ("Esc", _("keep for later")),
            ("^x", _("throw away")),
        )

    @property
    def line(self) -> int | None:
        """The cursor's line."""
        line = super().line
        return None if line is None else line + self._above

    def lines(self, width: int) -> list[Line]:
        """The form, a gap, the choices."""
        above = [*self._form(width), ()]
        self._above = len(above)
        return [*above, *super().lines(width)]

    def press(self, key: str) -> Deed | bool:
        """The form's own keys, then those of a choice; up from the first choice is the field before."""
        if key == "up" and self.at == 0:
            key = "left"
        return self._deeds.get(key) or super().press(key)
