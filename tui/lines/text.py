"""Lines of styled text as values: pieces with the name of a style, cut and padded by cells, not by characters.

No colour is named here: 'promise', 'stuck', 'won' are what a theme gives its colours to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.cells import cell_len

Piece = tuple[str, str]
"""Text, and the names of its styles with blanks between: 'strong promise'."""
Line = tuple[Piece, ...]

ELLIPSIS = "…"


def width_of(line: Iterable[Piece]) -> int:
    """Cells that a line takes."""
    return sum(cell_len(text) for text, _ in line)


def cut(text: str, width: int) -> str:
    """At most `width` cells of a text; what is cut off shows as an ellipsis.

    >>> cut("华星机械 Huaxing", 8), cut("华星机械 Huaxing", 9), cut("abc", 3)
    ('华星机…', '华星机械…', 'abc')
    """
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    return _head(text, width - 1) + ELLIPSIS


def _head(text: str, width: int) -> str:
    if text.isascii():
        return text[:width]
    taken = used = 0
    for letter in text:
        used += cell_len(letter)
        if used > width:
            break
        taken += 1
    return text[:taken]


def fit(text: str, width: int) -> str:
    """Exactly `width` cells, cut or filled on the right."""
    text = cut(text, width)
    return text + " " * (width - cell_len(text))


def fit_right(text: str, width: int) -> str:
    """Exactly `width` cells, cut or filled on the left."""
    text = cut(text, width)
    return " " * (width - cell_len(text)) + text


def crop(line: Iterable[Piece], width: int) -> Line:
    """A line of at most `width` cells."""
    kept: list[Piece] = []
    for text, style in line:
        room = width
        text = cut(text, room)
        width -= cell_len(text)
        if text:
            kept.append((text, style))
        if width <= 0:
            break
    return tuple(kept)


def ends(left: Iterable[Piece], right: Iterable[Piece], width: int) -> Line:
    """A line with one part at each end; the right one stays whole as long as it can."""
    tail = crop(right, width)
    head = crop(left, max(0, width - width_of(tail) - 1))
    return (*head, (" " * max(0, width - width_of(head) - width_of(tail)), ""), *tail)


def rule(title: str, right: str, width: int) -> Line:
    """A heading that rules a section off: '─ history ───── 7 touches ─'."""
    head, tail = (f" {title} " if title else "", f" {right} " if right else "")
    bar = "─" * max(0, width - 2 - cell_len(head) - cell_len(tail))
    return crop((("─", "rule"), (head, "dim"), (bar, "rule"), (tail, "dim"), ("─", "rule")), width)


CLOSING = frozenset(
    ",.;:!?%)]}\u3001\u3002\uff0c\uff0e\uff1b\uff1a\uff01\uff1f\uff05\uff09\u3011\u300b\u300d\u300f\u201d\u2019\u2026"
)
"""Signs that begin no line."""
LONGEST_WORD = 24


def wrap(text: str, width: int, most: int = 6) -> list[str]:
    """A text in lines of at most `width` cells, broken at blanks where there are any; the last of `most` is cut.

    Chinese breaks anywhere, but neither a number nor a word in it, and no line begins with what closes one.

    >>> wrap("价钱是¥96,000，明天签字。", 10)
    ['价钱是', '¥96,000，', '明天签字。']
    """
    lines: list[str] = []
    rest = text.strip()
    while rest and width > 0:
        if len(lines) == most - 1 or cell_len(rest) <= width:
            lines.append(cut(rest, width))
            break
        head = _head(rest, width)
        blank = head.rfind(" ")
        if blank > width // 3 and not rest[len(head) : len(head) + 1].isspace():
            head = head[:blank]
        elif (place := _break(rest, len(head))) > 0:
            head = rest[:place]
        lines.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return lines or [""]


def _break(text: str, place: int) -> int:
    """The last place before that one where a line may end; that one itself where there is none near."""
    for at in range(place, max(0, place - LONGEST_WORD), -1):
        before, after = text[at - 1], text[at]
        is_inside = before.isascii() and after.isascii() and not before.isspace() and not after.isspace()
        if after not in CLOSING and not (is_inside or before in "\u00a5\uffe5$"):
            return at
    return place


def told(*texts: str, width: int) -> list[Line]:
    """Paragraphs, an empty line before each."""
    return [line for text in texts for line in ((), *(((part, ""),) for part in wrap(text, width)))]


def joined(parts: Iterable[Line], between: Piece = ("  ", "")) -> Line:
    """Lines one after another, with something between them; empty ones are left out."""
    return tuple(_woven(parts, between))


def _woven(parts: Iterable[Line], between: Piece) -> Iterator[Piece]:
    is_first = True
    for part in parts:
        if not part:
            continue
        if not is_first:
            yield between
        is_first = False
        yield from part
