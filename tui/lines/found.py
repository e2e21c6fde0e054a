"""What a search found, as lines: who, where it stands, in whose hands; where the text was found is underlined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len

import funnel
from tui import words
from tui.i18n import _, counted
from tui.lines.lead import phone_text
from tui.lines.text import ELLIPSIS, Line, Piece, crop, cut, fit
from tui.plain import plain

if TYPE_CHECKING:
    from models.search.finding import Found
    from models.search.terms import Sought
    from tui.screens.questions import Question

MOST = 50
"""Leads in a list; one that is looked for stands among the first or wants another letter."""
HIT = "strong underline"
WIDE = 40
"""From this width on the person has a column."""
COMPANY_MOST = 48
"""Cells of a company: what belongs together stands together on wide screens too."""
Span = tuple[int, int]


def how_many(question: Question[Sequence[Found]]) -> Line:
    """Under what is typed: how many were found, or what may be typed."""
    count = len(question.answer or ())
    if question.trouble:
        return ((question.trouble, "lost"),)
    if question.is_late:
        return ((_("looking …"), "dim"),)
    if count > MOST:
        return ((_("more than {count}: type more").format(count=MOST), "stuck"),)
    if not question.answered:
        return ((_("any part of a name, company, number or note"), "dim"),)
    return ((counted("{count} found", "{count} found", count), "dim"),)


def sought(text: str) -> Sought | None:
    """What is looked for, as the search reads it; None where nothing is."""
    from models.search.terms import Sought

    return Sought.of(text)


@lru_cache(maxsize=128)
def hits(text: str, what: Sought | None) -> tuple[Span, ...]:
    """Where a text has the words that are looked for: whatever the case, the accents, the width.

    >>> hits("MÜLLER & Söhne", sought("muller so")), hits("Banana", sought("an"))
    (((0, 6), (9, 11)), ())
    """
    from models.search.terms import SHORT, SIGN, fold, is_start

    origins = [place for place, letter in enumerate(text) for _sign in fold(letter)]
    folded = fold(text)
    spans: list[Span] = []
    for word in (word.text for part in what.parts for word in part.words) if what else ():
        place = folded.find(word)
        while place >= 0:
            if len(word) >= SHORT or max(word) >= SIGN or is_start(folded, place):
                spans.append((origins[place], origins[place + len(word) - 1] + 1))
            place = folded.find(word, place + len(word))
    return _joined(spans)


def hits_in_number(shown: str, what: Sought | None) -> tuple[Span, ...]:
    """Where a number as it is shown has the digits that are looked for, however either is grouped.

    >>> hits_in_number("+86 138 0013 8000", sought("01380")), hits_in_number("+86 138 0013 8000", sought("138 00"))
    (((4, 9),), ((4, 10),))
    """
    from models.search.terms import national

    places = [place for place, letter in enumerate(shown) if letter.isdecimal()]
    number = "".join(shown[place] for place in places)
    spans: list[Span] = []
    for part in what.parts if what else ():
        for digits in (*part.numbers, *(digits for word in part.words for digits in word.numbers)):
            at = number.find(digits, len(number) - len(national(number)))
            at = number.find(digits) if at < 0 else at
            if at >= 0:
                spans.append((places[at], places[at + len(digits) - 1] + 1))
                break
    return _joined(spans)


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def marked(text: str, spans: tuple[Span, ...], style: str = "") -> Iterator[Piece]:
    """A text with those parts of it underlined."""
    place = 0
    for start, end in spans:
        yield text[place:start], style
        yield text[start:end], f"{style} {HIT}".strip()
        place = end
    yield text[place:], style


def around_hit(text: str, spans: tuple[Span, ...], width: int) -> str:
    """As much of a text as fits, with the first hit in it.

    >>> text = "they have had a press from Acme since May"
    >>> around_hit(text, hits(text, sought("acme")), 20)
    '…from Acme since May'
    """
    if cell_len(text) <= width or not spans or cell_len(text[: spans[0][1]]) < width:
        return cut(text, width)
    start, end = spans[0]
    room = max(0, width - 1 - cell_len(text[start:end]))
    after = cell_len(text[end:])
    before = room - after if after <= room * 2 // 3 else room // 3
    first = start
    while first and cell_len(text[first - 1 : start]) <= before:
        first -= 1
    return cut(ELLIPSIS + text[first:], width)


def found_lines(
    one: Found, what: Sought | None, playbook: funnel.Playbook | None, width: int, *, is_current: bool
) -> list[Line]:
    """A lead that was found: company, person, stage, in whose hands; and the number or the note where the hit is."""
    who_room = min(16, max(9, width // 4 - 2))
    stage_room = 4 if width < WIDE else min(14, 8 + max(0, width - 56) // 3)
    person_room = 0 if width < WIDE else min(18, max(10, width // 4 - 2))
    company_room = max(6, min(COMPANY_MOST, width - 1 - person_room - stage_room - who_room))
    is_out = one.kind in (funnel.Kind.LOST, funnel.Kind.INVALID)
    stage = words.stage_name(playbook, one.stage) if is_out else words.stage_tag(one.stage)
    who = f"● {plain(one.holder)}" if one.holder else plain(one.owner) or _("pool")
    person = one.person if one.company and one.person != one.company else ""
    edge = "▌" if is_current else " "
    first: Line = (
        (edge, "accent"),
        *_column(one.company or one.person or _("no name"), what, company_room, "strong" if is_current else ""),
        *(_column(person, what, person_room, "") if person_room else ()),
        (fit(cut(stage, stage_room - 1), stage_room), "dim" if is_out else ""),
        (cut(who, who_room), "stuck" if one.holder else "dim"),
    )
    below, spans = _where(one, what)
    if not below:
        return [crop(first, width)]
    pieces = _shown_around(below, spans, what, width - 4)
    return [crop(first, width), crop(((f"{edge}   ", "accent"), *pieces), width)]


def _column(text: str, what: Sought | None, width: int, style: str) -> list[Piece]:
    """A cell of the list, exactly that wide."""
    text = plain(text)
    shown = around_hit(text, hits(text, what), width - 1)
    return [*marked(shown, hits(shown, what), style), (" " * (width - cell_len(shown)), "")]


def _where(one: Found, what: Sought | None) -> tuple[str, tuple[Span, ...]]:
    """What has the hit, where the columns do not show it."""
    text, spans = "", None
    if one.where == "number" and one.number:
        # A number of which not all may be seen comes as it is to be shown.
        text = phone_text(int(one.number)) if one.number.isdecimal() else plain(one.number)
        spans = hits_in_number(text, what)
    elif one.where == "code":
        text = plain(one.code)
    elif one.where == "note":
        text = f"“{plain(one.excerpt).strip()}”"
    return text, hits(text, what) if spans is None else spans


def _shown_around(text: str, spans: tuple[Span, ...], what: Sought | None, width: int) -> Iterator[Piece]:
    shown = around_hit(text, spans, width)
    return marked(shown, spans if shown == text else hits(shown, what), "dim")
