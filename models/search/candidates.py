"""Leads that may be meant by a search, a page at a time: whether they are, by what, and how well."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, Literal

from models.base import Rendered, rows_of
from models.search.terms import Part, Sought, Word, fold, has_digits, national
from models.views import lead_code

PAGE = 64
"""Leads looked at with one set of questions."""
COLUMNS = ("id", "company", "code", "entered_at", "campaign_id", "stage_id", "owner_id", "holder_id", "wake_at",
           "touched_at")  # fmt: skip
HOLES = ", ".join("?" * PAGE)
AROUND = 80
"""Characters of a note around what was found in it."""

Place = Literal["company", "person", "number", "code", "note"]


class Rank(IntEnum):
    """How well a lead is meant, the best first."""

    WHOLE = 0
    """The company, the code or a number is just what was typed."""
    BEGINS = 1
    """The company's name begins with it."""
    COMPANY = 2
    PERSON = 3
    NUMBER = 4
    CODE = 5
    NOTE = 6


RANKS: dict[Place, Rank] = {
    "company": Rank.COMPANY,
    "person": Rank.PERSON,
    "number": Rank.NUMBER,
    "code": Rank.CODE,
    "note": Rank.NOTE,
}


class Candidate:
    """A lead that is looked at; what was found in it, once it was."""

    def __init__(self, row: Sequence[Any]) -> None:
        self.id: int
        self.company: str
        self.campaign_id: int
        self.stage_id: int
        self.owner_id: int | None
        self.holder_id: int | None
        self.wake_at: int | None
        (
            self.id, self.company, code, entered_at, self.campaign_id, self.stage_id, self.owner_id, self.holder_id,
            self.wake_at, touched_at,
        ) = row  # fmt: skip
        self.has_own_code = bool(code)
        self.code = lead_code(self.id, code, entered_at)
        self.last_at: int = touched_at or entered_at
        self.people: list[tuple[str, str]] = []
        """Names and e-mails."""
        self.numbers: list[str] = []
        self.notes: list[str] = []
        self.rank = Rank.NOTE
        self.where: Place = "company"
        self.person = self.number = self.excerpt = ""

    def has(self, sought: Sought) -> bool:
        """Whether it has all that is sought; if so, by what and how well."""
        self.person = self.people[0][0] if self.people else ""
        self.number = self.numbers[0] if self.numbers else ""
        where = _least_telling([self._place_of(part) for part in sought.parts])
        if where is None:
            return False
        self.where = where
        name = " ".join(fold(self.company).split())
        if sought.text in (name, fold(self.code)) or self._is_number(sought.parts):
            self.rank = Rank.WHOLE
        else:
            self.rank = Rank.BEGINS if name.startswith(sought.text) else RANKS[self.where]
        return True

    def _is_number(self, parts: Sequence[Part]) -> bool:
        whole = parts[0].numbers if len(parts) == 1 else ()
        return any(number in whole or national(number) in whole for number in self.numbers)

    def _place_of(self, part: Part) -> Place | None:
        if len(part.words) == 1:
            return self._place_of_word(part.words[0])
        if self._has_number(part.numbers):
            return "number"
        return _least_telling([self._place_of_word(word) for word in part.words])

    def _place_of_word(self, word: Word) -> Place | None:
        if word.place_in(fold(self.company)) >= 0:
            return "company"
        for name, email in self.people:
            if word.place_in(fold(name)) >= 0 or word.place_in(fold(email)) >= 0:
                self.person = name
                return "person"
        if self._has_number(word.numbers):
            return "number"
        code = fold(self.code)
        if word.place_in(code) >= 0 if self.has_own_code else word.text == code:
            return "code"
        for note in self.notes:
            if (place := word.place_in(fold(note))) >= 0:
                self.excerpt = self.excerpt or excerpt(note, place, place + len(word.text))
                return "note"
        return None

    def _has_number(self, spelt: Sequence[str]) -> bool:
        found = next((number for number in self.numbers if has_digits(number, spelt)), "")
        self.number = found or self.number
        return bool(found)


def _least_telling(places: Sequence[Place | None]) -> Place | None:
    """The last of several places; none where one is missing."""
    worst: Place = "company"
    for place in places:
        if place is None:
            return None
        worst = max(worst, place, key=RANKS.__getitem__)
    return worst


def excerpt(note: str, begin: int, end: int) -> str:
    """Some of a note around a place in its folded text, in one line.

    >>> excerpt("x" * 100 + " wants an OFFER by Friday " + "y" * 100, 110, 115)[20:60]
    'xxxxxxxx wants an OFFER by Friday yyyyyy'
    """
    first, last = _place_of(note, begin), _place_of(note, end)
    start = max(0, first - (AROUND - (last - first)) // 2)
    stop = max(last, start + AROUND)
    start = max(0, min(start, stop - AROUND, len(note) - AROUND))
    cut = " ".join(note[start:stop].split())
    return ("…" if start else "") + cut + ("…" if stop < len(note) else "")


def _place_of(text: str, place: int) -> int:
    """Where a place of the folded text is in the text itself."""
    if len(fold(text)) == len(text):
        return place
    length = 0
    for number, sign in enumerate(text):
        if length >= place:
            return number
        length += len(fold(sign))
    return len(text)


def matching(seen: Rendered, page: Sequence[int], sought: Sought) -> list[Candidate]:
    """Those of a page of leads that somebody may see, by that statement, and that have what is sought."""
    rows = seen.rows(**{f"lead{place}": lead for place, lead in enumerate(_padded(page))})
    if not rows:
        return []
    found = {row[0]: Candidate(row) for row in rows}
    ids = _padded(list(found))
    for lead, name, email in rows_of(
        f"SELECT lead_id, name, email FROM contact WHERE lead_id IN ({HOLES}) AND voided_at IS NULL ORDER BY id", ids
    ):
        found[lead].people.append((name, email))
    for lead, number in rows_of(
        f"SELECT lead_id, number FROM phone WHERE lead_id IN ({HOLES}) AND voided_at IS NULL ORDER BY id", ids
    ):
        found[lead].numbers.append(str(number))
    hits = [one for one in found.values() if one.has(sought)]
    rest = {lead: one for lead, one in found.items() if one not in hits}
    if rest:
        _read_notes(rest)
        hits += [one for one in rest.values() if one.has(sought)]
    return hits


def _read_notes(leads: dict[int, Candidate]) -> None:
    for lead, note, feedback in rows_of(
        f"SELECT lead_id, note, feedback FROM touch WHERE lead_id IN ({HOLES}) AND voided_by IS NULL "
        "AND (note <> '' OR feedback <> '') ORDER BY at DESC, id DESC",
        _padded(list(leads)),
    ):
        leads[lead].notes += [text for text in (note, feedback) if text]


def _padded(leads: Sequence[int]) -> list[int]:
    """A page's worth of ids: one statement for pages of every size."""
    return [*leads, *[0] * (PAGE - len(leads))]
