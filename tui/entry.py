"""What an agent types into the composer: a note, and in it what a mark tells apart.

`@` a moment, `#` an objection or a tag, `<` what the customer said, `>` what to send or bring, `!` the purpose.

>>> draft = read_entry("good talk #price < too dear > price list", read=lambda text: Reading((), 0))
>>> draft.note, draft.tags, draft.feedback, draft.bring
('good talk', ('price',), 'too dear', 'price list')
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reading:
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


@dataclass(frozen=True, slots=True)
class Draft:
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
    has_more_moments: bool = False

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
        return self.reading is None or self.moment is not None


AT, HASH = "@\uff20", "#\uff03"
FEEDBACK, BRING, PURPOSE = "<\uff1c", ">\uff1e", "!\uff01"
"""The marks, also as a Chinese keyboard writes them."""
_ALONE = r"(?<![^\s，。、；])"
MARK = re.compile(
    rf"(?<![0-9A-Za-z._%+-])[{AT}]|{_ALONE}[{HASH}{FEEDBACK}{BRING}](?=\s*\S)|{_ALONE}[{PURPOSE}](?=[^\s{PURPOSE}])"
)
"""A mark stands at the beginning, after a blank or after Chinese: an address like a@b.cn has none."""
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
    first: tuple[str, Reading] | None = None
    has_more = False
    place = 0
    while mark := MARK.search(text, place):
        note.append(text[place : mark.start()])
        place = mark.end()
        if mark[0] in AT:
            reading = read(text[place:])
            phrase = text[place : place + reading.end].strip()
            has_more = has_more or first is not None
            first = first or (phrase, reading)
            place += reading.end
        elif mark[0] in HASH:
            if tag := TAG.match(text, place):
                tags.append(tag[0])
                place = tag.end()
        else:
            end = following.start() if (following := MARK.search(text, place)) else len(text)
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
        phrase=first[0] if first else "",
        reading=first[1] if first else None,
        has_more_moments=has_more,
    )
