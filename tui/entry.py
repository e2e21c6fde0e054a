"""What an agent types into the composer: a note, and in it what a mark tells apart.

`@` a moment, `#` an objection or a tag, `<` what the customer said, `>` what to send or bring, `!` the purpose. `@none`
says that no next step was agreed, and what follows it why.

>>> draft = read_entry("good talk #price < too dear > price list", read=lambda text: Reading((), 0))
>>> draft.note, draft.tags, draft.feedback, draft.bring
('good talk', ('price',), 'too dear', 'price list')
>>> draft = read_entry("nice chat @none, because they moved abroad", read=lambda text: Reading((), 0))
>>> draft.note, draft.none_because
('nice chat', 'they moved abroad')
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

import funnel


class Reading(Struct, frozen=True):
    """The moment that a text begins with."""

    moments: tuple[datetime, ...]
    """One; several where the words can mean more than one; none where they cannot be read."""
    end: int
    """How many characters say it."""
    understood: str = ""
    rest: str = ""
    """What of it could not be read."""
    is_past: bool = False


Reader = Callable[[str], Reading]


class Draft(Struct, frozen=True):
    """An entry as it was typed, taken apart."""

    note: str
    tags: tuple[str, ...] = ()
    bring: str = ""
    feedback: str = ""
    purpose: str = ""
    phrase: str = ""
    """The words of the moment, as typed."""
    reading: Reading | None = None
    """None: no moment was typed."""
    none_because: str | None = None
    """Why no next step was agreed, where that was said; empty while the reason is missing."""
    has_more_moments: bool = False
    """Two moments, or one and none: which of them is meant has to be said."""
    kind: funnel.TouchKind | None = None
    """How the customer was touched; None: by a call."""

    @property
    def moment(self) -> datetime | None:
        """The moment, where exactly one was said that is still to come."""
        reading = self.reading
        if reading is None or len(reading.moments) != 1 or reading.is_past or self.has_more_moments:
            return None
        return reading.moments[0]

    @property
    def is_clear(self) -> bool:
        """Nothing in it needs asking back."""
        if self.none_because is not None:
            return bool(self.none_because) and not self.has_more_moments
        return self.reading is None or self.moment is not None


AT, HASH = "@\uff20", "#\uff03"
FEEDBACK, BRING, PURPOSE = "<\uff1c", ">\uff1e", "!\uff01"
"""The marks, also as a Chinese keyboard writes them."""
_ALONE = r"(?<![^\s，。、；])"
MARK = re.compile(
    rf"(?<![0-9A-Za-z._%+-])[{AT}]|{_ALONE}[{HASH}{FEEDBACK}{BRING}](?=\s*\S)|{_ALONE}[{PURPOSE}](?=[^\s{PURPOSE}])"
)
"""A mark stands at the beginning, after a blank or after Chinese: an address like a@b.cn has none."""
NONE = re.compile(r"\s*(?:[Nn]one\b|(?:没有|无)(?=$|[\s，,。：:；;因]))[\s，,：:]*(?:because\b|因为)?[\s，,：:]*")
"""What says after @ that there is no next step: 无 begins names of places too, so it has to stand alone."""
TAG = re.compile(rf"[^\s{HASH}{AT}{FEEDBACK}{BRING}，。、；]+")


def read_entry(text: str, read: Reader) -> Draft:
    """Takes an entry apart.

    Args:
        text: what stands in the composer.
        read: reads the moment that a text begins with.
    """
    note: list[str] = []
    tags: list[str] = []
    parts: dict[str, list[str]] = {FEEDBACK: [], BRING: [], PURPOSE: []}
    said: list[tuple[str, Reading]] = []
    none: list[str] = []
    place = 0
    while mark := MARK.search(text, place):
        note.append(text[place : mark.start()])
        place = mark.end()
        if mark[0] in AT and (nothing := NONE.match(text, place)):
            end = _part_end(text, nothing.end())
            none.append(text[nothing.end() : end].strip())
            place = end
        elif mark[0] in AT:
            reading = read(text[place:])
            said.append((text[place : place + reading.end].strip(), reading))
            place += reading.end
        elif mark[0] in HASH:
            if tag := TAG.match(text, place):
                tags.append(tag[0])
                place = tag.end()
        else:
            end = _part_end(text, place)
            next(parts[kind] for kind in parts if mark[0] in kind).append(text[place:end].strip())
            place = end
    note.append(text[place:])
    bring, feedback, purpose = ("; ".join(parts[kind]) for kind in (BRING, FEEDBACK, PURPOSE))
    return Draft(
        " ".join("".join(note).split()),
        tuple(dict.fromkeys(tags)),
        bring,
        feedback,
        purpose,
        phrase=said[0][0] if said else "",
        reading=said[0][1] if said else None,
        none_because="; ".join(filter(None, none)) if none else None,
        has_more_moments=len(said) + bool(none) > 1,
    )


def _part_end(text: str, start: int) -> int:
    """Where what a mark began ends: at the next mark, else with the text."""
    following = MARK.search(text, start)
    return following.start() if following else len(text)
