"""What the columns of a list mean: for each field of a lead the rule that makes its text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields


@dataclass(frozen=True, slots=True)
class Rule:
    """How one text is made from the cells of a row, in the order of these lines."""

    column: str = ""
    """Heading of a column, its number from 1, or a column that the map itself makes."""
    template: str = ""
    """A combination: '{first_name} {last_name}'; '{row}' is the row's number, '{row:07}' with zeros."""
    split: str = ""
    """What separates the parts of a cell."""
    take: int = 1
    """Which of the parts, from 1."""
    strip: str = ""
    """Signs cut off both ends, beside blanks."""
    case: str = ""
    """upper, lower or title."""
    values: Mapping[str, str] = field(default_factory=dict)
    """What the list says → what it means here. Other values stay as they are."""
    default: str = ""
    """What an empty cell means; with neither column nor template, what every row has."""
    dates: tuple[str, ...] = ()
    """Forms of dates: '%d %b %Y'. Without them the usual unmistakable ones are understood."""
    year_rolls: int | None = None
    """The year of the first row, where dates have none: a month that falls back starts the next year."""
    clock: str = ""
    """The time of day that dates without one have: '09:30'; else noon."""
    unit: str = ""
    """Of money: 万元, 元, or a number that one counts for."""
    code: Rule | None = None
    """Of a number: the country's code ('44') or name ('GB') that stands in another column."""


@dataclass(frozen=True, slots=True)
class TouchRule:
    """A touch that each row carries, or several of which only the last is known in detail."""

    at: Rule
    """The moment of the last."""
    count: Rule = Rule(default="1")
    """How many there were; the others stand a minute apart before the last."""
    kind: Rule = Rule(default="call")
    outcome: Rule = Rule()
    """Outcome of the last, by code or name; else the playbook's first that is a talk."""
    earlier: str = ""
    """Outcome of those before the last; else the playbook's first that nobody answered."""
    seconds: Rule = Rule()
    note: Rule = Rule()
    purpose: Rule = Rule()
    feedback: Rule = Rule()


@dataclass(frozen=True, slots=True)
class History:
    """The past that rows bring with them."""

    stage: Rule | None = None
    """Where the lead stands, by code or name; lost and invalid too."""
    entered: Mapping[str, Rule] = field(default_factory=dict)
    """When a stage was entered, by the stage's code; 'closed' for whichever end it came to."""
    days: Rule | None = None
    """Days in the present stage, counted back from the last touch."""
    reason: Rule | None = None
    """Why it was lost or is invalid, by code or name."""
    next_at: Rule | None = None
    """A promised moment that is still to come."""
    touches: tuple[TouchRule, ...] = ()

    def rules(self) -> Iterator[tuple[tuple[str, ...], Rule]]:
        """Every rule that is said, by its place in a map: ('entered', 'C'), ('touches', '1', 'at')."""
        for name in ("stage", "days", "reason", "next_at"):
            if (rule := getattr(self, name)) is not None:
                yield (name,), rule
        for stage, rule in self.entered.items():
            yield ("entered", stage), rule
        for place, touch in enumerate(self.touches, 1):
            for one in fields(touch):
                rule = getattr(touch, one.name)
                if isinstance(rule, Rule) and rule != one.default:
                    yield ("touches", str(place), one.name), rule


@dataclass(frozen=True, slots=True)
class ListMap:
    """How a whole list is taken."""

    name: str = ""
    header: bool | None = None
    """Whether the first row names the columns; None: look."""
    headings: tuple[str, ...] = ()
    """Names for the columns of a list without header."""
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    skip: int | None = None
    columns: Mapping[str, Rule] = field(default_factory=dict)
    """Columns that the map makes from others."""
    fields: Mapping[str, Rule] = field(default_factory=dict)
    """Field of the lead → its rule."""
    history: History = History()

    def rules(self) -> Iterator[Rule]:
        """Every rule, whatever it is for."""
        yield from self.columns.values()
        yield from self.fields.values()
        yield from (rule for _, rule in self.history.rules())


BESIDE = ("number2", "number3", "part", "owner", "obtained_at")
"""Targets beside the lead's own fields: further numbers, part in the decision, who owns it, when it was obtained."""
CLOSED = "closed"
