"""What is laid over the lead card for a moment: a choice, a text, the rules of a move. No screen is opened for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rich.cells import cell_len

from tui.i18n import _
from tui.lines.text import Line, crop, cut, fit

Deed = Callable[[], Awaitable[None]]
"""Something to do after a key."""
Hints = tuple[tuple[str, str], ...]

LABELS = "123456789" + "abcdefgimnrstuv"
"""Keys of the entries of a choice; letters that move or close are left out."""


@dataclass
class Sheet:
    """A text to read."""

    title: str
    writer: Callable[[int], Sequence[Line]]
    command: str = field(default="", kw_only=True)
    """The command that opened what is only read: its key closes it, and other commands need not wait until it is."""
    is_wide: ClassVar[bool] = False
    """Whether it takes all the room between the first line and the last."""

    @property
    def hints(self) -> Hints:
        """Keys and what they do, for the footer."""
        return (("Esc", _("close")), ("↓↑", _("read on")))

    @property
    def line(self) -> int | None:
        """The line that has to stay in sight."""
        return None

    def lines(self, width: int) -> list[Line]:
        """What it shows."""
        return list(self.writer(width))

    def press(self, key: str) -> Deed | bool:
        """A key: a deed to do, True when it only changed the sheet, False where it means nothing here."""
        return False


@dataclass
class Confirmation(Sheet):
    """A text with a question; Enter says yes."""

    confirm: Deed
    yes: str = ""
    also: dict[str, Deed] = field(default_factory=dict)
    """Other keys that do something."""

    @property
    def hints(self) -> Hints:
        """Enter and Esc."""
        return (("⏎", self.yes or _("yes")), ("Esc", _("close")))

    def press(self, key: str) -> Deed | bool:
        """Enter is the answer."""
        return self.confirm if key == "enter" else self.also.get(key, False)


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a choice."""

    value: str
    name: str
    note: str = ""
    heading: str = ""
    """Stands above it when given."""


@dataclass
class Choice(Sheet):
    """One of a list, by its key or by cursor and Enter."""

    options: Sequence[Option] = ()
    chosen: Callable[[str], Awaitable[None]] | None = None
    at: int = 0

    def __init__(
        self, title: str, options: Sequence[Option], chosen: Callable[[str], Awaitable[None]], *, current: str = ""
    ) -> None:
        super().__init__(title, lambda width: ())
        self.options = options
        self.chosen = chosen
        self.at = next((at for at, option in enumerate(options) if option.value == current), 0)

    @property
    def hints(self) -> Hints:
        """How to choose."""
        return (("↓↑", _("move")), ("⏎", _("choose")), ("Esc", _("close")))

    @property
    def line(self) -> int | None:
        """The cursor's line."""
        return self._places()[self.at] if self.options else None

    def _places(self) -> list[int]:
        places, place = [], 0
        for option in self.options:
            place += 2 if option.heading else 0
            places.append(place)
            place += 1
        return places

    def lines(self, width: int) -> list[Line]:
        """The entries with their keys."""
        room = max((cell_len(option.name) for option in self.options), default=0)
        names = min(room + 7, max(12, width // 2)) if any(option.note for option in self.options) else width
        lines: list[Line] = []
        for at, option in enumerate(self.options):
            if option.heading:
                lines += [(), ((option.heading, "dim"),)]
            label = LABELS[at] if at < len(LABELS) else " "
            is_here = at == self.at
            name = fit(cut(option.name, names - 6), names - 5) if option.note else option.name
            pieces = (
                ("▌" if is_here else " ", "accent"),
                (f"{label}  ", "key"),
                (name, "strong" if is_here else ""),
                (option.note, "" if is_here else "dim"),
            )
            lines.append(crop(pieces, width))
        return lines

    def press(self, key: str) -> Deed | bool:
        """Arrows move, Enter and the entries' own keys choose."""
        if not self.options:
            return False
        steps = {"down": 1, "up": -1, "j": 1, "k": -1, "pagedown": 10, "pageup": -10}
        if key in steps:
            self.at = min(max(self.at + steps[key], 0), len(self.options) - 1)
            return True
        if key == "enter":
            return self._choose(self.at)
        place = LABELS.find(key) if len(key) == 1 else -1
        return self._choose(place) if 0 <= place < len(self.options) else False

    def _choose(self, place: int) -> Deed:
        chosen, value = self.chosen, self.options[place].value
        assert chosen is not None
        return lambda: chosen(value)
