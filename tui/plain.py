"""Data as plain text: what came from a file, a customer or a colleague can neither steer the terminal nor hide."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

SPACED = dict.fromkeys((*b"\t\n\r\x0b\x0c", 0x85, 0x2028, 0x2029), " ")
"""Ends of lines and tabs become one blank: a cell of a list is one line."""

UNSEEN = frozenset(
    (
        *range(0x202A, 0x202F),  # bidirectional embeddings and overrides: they reorder what stands beside them
        *range(0x2066, 0x206A),  # isolates
        *(0x200E, 0x200F, 0x061C),  # direction marks
        *range(0x200B, 0x200E),  # zero width: space, joiners
        *(0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0xFEFF, 0x00AD, 0x034F, 0x180E),
        *range(0x206A, 0x2070),  # deprecated format characters
        *(0x115F, 0x1160, 0x3164, 0xFFA0),  # Hangul fillers: letters that show nothing
        *range(0xFE00, 0xFE10),  # variation selectors: terminals disagree on the width that follows
        *range(0xE0000, 0xE01F0),  # tags and more selectors
        *range(0xFFF9, 0xFFFC),  # interlinear annotation
    )
)
TABLE: dict[int, str | None] = {
    **dict.fromkeys(range(0x20)),
    **dict.fromkeys(range(0x7F, 0xA0)),
    **dict.fromkeys(range(0xD800, 0xE000)),  # half of a pair: no terminal can be sent one
    **dict.fromkeys(UNSEEN),
    **SPACED,
}
MARKS = 3
"""Marks on one letter; more is no language but a tower that climbs into the lines above."""
LIMIT = 2_000
"""No line of a screen is longer."""


def plain(text: str, limit: int = LIMIT) -> str:
    """Text that shows what it is: no controls, no escapes, nothing invisible, one line.

    >>> plain("a\\x1b]52;c;aGk=\\x07b\\u202etxt\\tc")
    'a]52;c;aGk=btxt c'
    """
    if text.isascii() and text.isprintable():
        return text[:limit]
    return _plain(text, limit)


@lru_cache(maxsize=512)
def _plain(text: str, limit: int) -> str:
    shown = text[: limit * 4].translate(TABLE)
    if not shown.isascii():
        shown = _without_towers(shown)
    return shown[:limit]


COMBINING = re.compile(
    r"[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0e31-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
)


def _without_towers(text: str) -> str:
    if not COMBINING.search(text):
        return text
    kept: list[str] = []
    height = 0
    for letter in text:
        height = height + 1 if unicodedata.category(letter) in ("Mn", "Me") else 0
        if height <= MARKS:
            kept.append(letter)
    return "".join(kept)
