"""What leads are found by: texts and numbers cut into the short terms of the catalogue, and what is typed into those
that it needs.

A term is up to three signs long. Latin letters are cut into threes, and each word's first one and two stand beside
them; a Chinese sign is a word of its own, so it stands alone and with its neighbour. Terms only choose whom to look
at: whether a lead is what was looked for is asked of the texts themselves.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import add

CARD, DIGITS, NOTE, BEGIN, END, POOL, TEAM = "cdnbest"
"""First letters of a term: on the card (company, people, code), in a number, in a note; how a company's name begins and
ends; who may see it (`scope_terms`)."""
SIGN = "\u2e80"
"""From here on each character is a word of its own: Chinese and its neighbours, and the pictures."""

# ── folding ───────────────────────────────────────────────────────────────────────────────────────────────────────────

DROPPED = frozenset({"Mn", "Me", "Cf", "Cc", "Cs"})
"""Categories of what nobody types: accents, joiners and marks of direction, controls, halves of characters."""
PLAIN = re.compile(r"[ -~\n\t一-鿿]*")


class _Folded(dict[int, str]):
    """A table for `str.translate` that fills itself."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        if sign.isspace():
            folded = " "
        else:
            spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", sign).casefold())
            folded = "".join(one for one in spread if unicodedata.category(one) not in DROPPED)
        self[code] = folded
        return folded


FOLDED = _Folded()


def fold(text: str) -> str:
    """A text as it is compared: without case, accents, width, and what cannot be seen.

    >>> fold("Ｃａｆé Müller"), fold("ﾃｽﾄ"), fold("a\\u200bb\\x00")
    ('cafe muller', 'テスト', 'ab')
    """
    return text.lower() if PLAIN.fullmatch(text) else text.translate(FOLDED)


# ── what a lead has ───────────────────────────────────────────────────────────────────────────────────────────────────

RUNS = re.compile(f"[{SIGN}-\U0010ffff]+|[^{SIGN}-\U0010ffff]+")
STARTS = re.compile(r"[^\W_]+|[\W_]")
COUNTRY = re.compile(r"1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3}")
"""The calling code at the head of a number."""

Memo = dict[str, str]
"""Words that were cut already: in a list the same ones come again and again."""


def national(number: str) -> str:
    """A number without its country's calling code.

    >>> national("8613800138000"), national("4930555"), national("35312345")
    ('13800138000', '30555', '12345')
    """
    code = COUNTRY.match(number)
    return number[code.end() :] if code else number


def terms_of(text: str, kind: str, memo: Memo) -> str:
    """The terms of a folded text, with blanks between them; some may be there twice.

    >>> terms_of("acme 7-b", CARD, {}), terms_of("上海ab", CARD, {})
    ('cacm ccme ca cac c7-b c7 c7- c- c-b cb cb', 'c上 c海 c上海 ca cab c海a')
    """
    found = []
    for word in text.split():
        terms = memo.get(word)
        if terms is None:
            terms = memo[word] = _joined(kind, _terms(word))
        found.append(terms)
    return " ".join(found)


def _joined(kind: str, terms: Iterable[str]) -> str:
    return " ".join([kind + term for term in terms])


def _terms(word: str) -> list[str]:
    terms: list[str] = []
    for run in RUNS.finditer(word):
        text, begin = run.group(), run.start()
        if text[0] >= SIGN:
            terms += [*text, *map(add, text, text[1:])]
        else:
            terms += _threes(text)
            for start in STARTS.finditer(text):
                place = start.start()
                terms += (text[place], text[place : place + 2])
        if begin:
            terms.append(word[begin - 1 : begin + 1])
    return terms


def _threes(text: str) -> list[str]:
    return [one + two + three for one, two, three in zip(text, text[1:], text[2:], strict=False)]


def is_start(text: str, place: int) -> bool:
    """Whether a word begins there; each mark is one of its own."""
    if place == 0 or not text[place].isalnum():
        return True
    before = text[place - 1]
    return before >= SIGN or not before.isalnum()


def number_terms(number: str) -> str:
    """The terms of a number, E.164 without its plus."""
    own = national(number)
    return _joined(DIGITS, [*_threes(number), number[0], number[:2], own[:1], own[:2]])


def edge_terms(company: str) -> str:
    """How a company's name, folded, begins and ends."""
    name = "_".join(company.split())
    return f"{BEGIN}{name[:1]} {BEGIN}{name[:2]} {BEGIN}{name[:3]} {END}{name[-3:]}" if name else ""


def scope_terms(lane: int, team_id: int | None) -> str:
    """Who may see a lead: whoever serves the lane (`lead.lane_of`), and who watches the team."""
    return f"{POOL}{lane}" if team_id is None else f"{POOL}{lane} {TEAM}{team_id}"


# ── what is looked for ────────────────────────────────────────────────────────────────────────────────────────────────

NUMBERLIKE = re.compile(r"[-+()./\d‐‑‒–—−]*\d[-+()./\d‐‑‒–—−]*", re.ASCII)
SHORT = 3
"""Fewer letters than that are found at the beginning of a word only."""
FEW = 6
MOST_TERMS = 40

Clause = tuple[tuple[str, ...], ...]
"""One of several sets of terms that a lead has to have, all of the set."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word that is looked for, folded."""

    text: str
    numbers: tuple[str, ...]
    """Where it may be a part of a number: its digits, in the ways in which that may be stored."""

    @classmethod
    def of(cls, text: str) -> Word:
        """A typed word, folded already."""
        return cls(text, spellings(digits_of(text)) if NUMBERLIKE.fullmatch(text) else ())

    def place_in(self, text: str) -> int:
        """Where it stands in a folded text; -1 where it does not."""
        place = text.find(self.text)
        if len(self.text) < SHORT and max(self.text) < SIGN:
            while place >= 0 and not is_start(text, place):
                place = text.find(self.text, place + 1)
        return place

    def needs(self, *, notes: bool) -> Clause:
        """What the catalogue says of a lead that has this word."""
        sets = [_kind(CARD, _needed(self.text)), *[_kind(DIGITS, _needed_digits(digits)) for digits in self.numbers]]
        return (*sets, _kind(NOTE, _needed(self.text))) if notes else tuple(sets)


def digits_of(text: str) -> str:
    """The digits of a number; the zero that is dialled inside its country alone is none.

    >>> digits_of("+49 (0)30 555-0123")
    '49305550123'
    """
    return "".join(one for one in text.replace("(0)", "") if one.isdecimal())


def spellings(digits: str) -> tuple[str, ...]:
    """How typed digits may be stored: without the zeros that are dialled before a city or a country.

    >>> spellings("0305550"), spellings("0049305"), spellings("138"), spellings("030"), spellings("0")
    (('305550',), ('49305',), ('138',), ('030', '30'), ('0',))
    """
    bare = digits.lstrip("0")
    if len(bare) >= SHORT:
        return (bare,)
    return tuple(one for one in dict.fromkeys((digits, bare)) if one)


def has_digits(number: str, spelt: Iterable[str]) -> bool:
    """Whether a number has one of these; one or two digits only at its beginning, with or without its country's."""
    return any(
        digits in number if len(digits) >= SHORT else number.startswith(digits) or national(number).startswith(digits)
        for digits in spelt
    )


def _needed(text: str) -> Iterator[str]:
    """Some of the terms of a word that cover it: fewer lists to go through than all of them."""
    if len(text) < SHORT:
        yield text
        return
    covered = last = 0
    for place in range(len(text) - 1):
        size = 2 if text[place] >= SIGN or text[place + 1] >= SIGN else 3
        if size == 3 and (place + 3 > len(text) or text[place + 2] >= SIGN):
            continue
        end = place + size
        if end > covered and (place >= last or end == len(text)):
            covered = last = end
            yield text[place:end]


def _needed_digits(digits: str) -> Iterable[str]:
    """As `_needed`: all of them for a few digits, which stand in many numbers in another order."""
    return _threes(digits) if SHORT <= len(digits) <= FEW else _needed(digits)


def _kind(kind: str, terms: Iterable[str]) -> tuple[str, ...]:
    return tuple(kind + term for term in terms)


@dataclass(frozen=True, slots=True)
class Part:
    """One word; or several that may be one number, written in groups."""

    words: tuple[Word, ...]
    numbers: tuple[str, ...]
    """As a word's, of all of them together."""

    @property
    def is_number(self) -> bool:
        """Whether it is enough of a number to be looked for as one."""
        return bool(self.numbers) and len(self.numbers[-1]) >= SHORT

    def needs(self, *, notes: bool) -> list[Clause]:
        """As `Word.needs`. A group of three digits is in the whole number too, whatever is dialled before it."""
        is_one = len(self.words) == 1
        whole = () if is_one else self.as_number()
        return [
            word.needs(notes=notes) if is_one or len(word.numbers[-1]) >= SHORT else (*word.needs(notes=notes), *whole)
            for word in self.words
        ]

    def as_number(self) -> Clause:
        """As `needs`, of a lead that has it in one number."""
        return tuple(_kind(DIGITS, _needed_digits(digits)) for digits in self.numbers)


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for."""

    text: str
    """Folded, one blank between words."""
    parts: tuple[Part, ...]

    @classmethod
    def of(cls, typed: str) -> Sought | None:
        """What was typed; None where there is nothing in it."""
        words = [Word.of(text) for text in fold(typed).split()]
        return cls(" ".join(word.text for word in words), tuple(_parts(words))) if words else None

    def anywhere(self) -> tuple[Clause, ...]:
        """Every lead that may be meant."""
        return _limited(clause for part in self.parts for clause in part.needs(notes=True))

    def on_card(self) -> tuple[Clause, ...]:
        """Those that have it in company, people, numbers and code."""
        return _limited(clause for part in self.parts for clause in part.needs(notes=False))

    def at_begin(self) -> tuple[Clause, ...]:
        """Those whose company begins with it."""
        return (((BEGIN + self._name[:3],),), *self.on_card())

    def whole(self) -> tuple[Clause, ...]:
        """Those whose company is called just so."""
        return (((END + self._name[-3:],),), *self.at_begin())

    def in_number(self) -> tuple[Clause, ...]:
        """Those that have its digits in one number, however they are grouped; empty where it has none."""
        if not any(part.is_number for part in self.parts):
            return ()
        return _limited(
            clause
            for part in self.parts
            for clause in ([part.as_number()] if part.is_number else part.needs(notes=True))
        )

    @property
    def _name(self) -> str:
        return self.text.replace(" ", "_")


def _parts(words: Iterable[Word]) -> Iterator[Part]:
    for is_number, group in groupby(words, key=lambda word: bool(word.numbers)):
        if is_number:
            together = tuple(group)
            yield Part(together, spellings("".join(digits_of(word.text) for word in together)))
        else:
            yield from (Part((word,), ()) for word in group)


def _limited(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
    """A pasted page is looked for by its beginning; all of it is compared in the end."""
    found: list[Clause] = []
    room = MOST_TERMS
    for clause in clauses:
        if room <= 0:
            break
        share = max(1, room // len(clause))
        found.append(tuple(terms[:share] for terms in clause))
        room -= sum(len(terms[:share]) for terms in clause)
    return tuple(found)
