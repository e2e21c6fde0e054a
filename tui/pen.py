"""What goes down the line, with nothing said twice: colours and marks are sent where they change, not for every word.

Textual ends each piece of text with a reset and begins the next with all its colours; most of them are those that the
terminal writes with already.

>>> pen = Pen()
>>> pen.write("\\x1b[1;31;44ma\\x1b[0m\\x1b[31;44mb\\x1b[0m")
'\\x1b[0;1;31;44ma\\x1b[22mb'
>>> pen.write("\\x1b[0m\\x1b[2;2H\\x1b[32;44mc")
'\\x1b[2;2H\\x1b[32mc'
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

SGR = re.compile(r"\x1b\[([0-9;:]*)m")
WRITES_NOTHING = re.compile(r"(?:\x1b\[[0-9;]*H|\x1b\[\?2026[hl])*")
"""Moves of the cursor, and the brackets around a picture: what is written with does not matter to them."""
BLANKS = re.compile(r"(?: |\x1b\[[0-9;]*H|\x1b\[\?2026[hl])*")
SHOWN = frozenset({"4", "7", "9"})
"""Marks that blanks show too: a line under or through them, and colours that changed places."""
OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29"}
"""Mark → what takes it away; bold and faint go together."""
LONG = {"38", "48"}
NUMBERS = {"2": 4, "5": 2}
"""How many numbers a colour takes after that: red, green and blue, or one of 256."""


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """What a terminal writes with. There is one of each, so that comparing two costs nothing."""

    marks: frozenset[str]
    text: str
    ground: str
    of_blanks: tuple[str, ...]
    """What of it shows where nothing is written."""


@cache
def ink(marks: frozenset[str] = frozenset(), text: str = "39", ground: str = "49") -> Ink:
    """The ink of those marks and colours."""
    shown = sorted(marks & SHOWN)
    return Ink(marks, text, ground, (ground, *shown, *([text] if shown else ())))


PLAIN = ink()


class Pen:
    """Knows what the terminal writes with, and says only what has to change."""

    def __init__(self) -> None:
        self._has: Ink | None = None
        """None: nobody knows."""
        self._wants: Ink | None = PLAIN
        """None: codes that are not understood are sent as they are, until the next reset."""

    def write(self, text: str) -> str:
        """The same picture in fewer bytes."""
        parts: list[str] = []
        for at, piece in enumerate(SGR.split(text)):
            if at % 2:
                self._want(piece, parts)
            elif piece:
                if self._wants is not None and not self._may_write(piece):
                    parts.append(_change(self._has, self._wants))
                    self._has = self._wants
                parts.append(piece)
        return "".join(parts)

    def _may_write(self, piece: str) -> bool:
        """Whether a piece looks as it should with what the terminal has."""
        wants, has = self._wants, self._has
        if wants is has:
            return True
        if piece[0] not in " \x1b":
            return False
        is_same = has is not None and wants is not None and wants.of_blanks == has.of_blanks
        return bool((BLANKS if is_same else WRITES_NOTHING).fullmatch(piece))

    def _want(self, codes: str, parts: list[str]) -> None:
        """What is to be written with from now on."""
        before = self._wants
        if codes in ("", "0"):
            self._wants = PLAIN
        elif before is not None:
            self._wants = _ink(codes, before)
        if self._wants is None:
            parts.append((_change(self._has, before) if before is not None else "") + f"\x1b[{codes}m")
            self._has = None


@cache
def _ink(codes: str, before: Ink) -> Ink | None:
    """The ink after a sequence of codes; None where one of them is not known here."""
    marks, text, ground = set(before.marks), before.text, before.ground
    rest = codes.split(";")
    while rest:
        code = rest.pop(0)
        if code in ("", "0"):
            marks, text, ground = set(), "39", "49"
        elif code in OFF:
            marks.add(code)
        elif code in OFF.values():
            marks -= {mark for mark, off in OFF.items() if off == code}
        elif code in LONG:
            length = NUMBERS.get(rest[0] if rest else "", 0)
            if not length or len(rest) < length:
                return None
            colour = ";".join([code, *rest[:length]])
            del rest[:length]
            text, ground = (colour, ground) if code == "38" else (text, colour)
        elif code.isdigit() and (30 <= int(code) <= 39 or 90 <= int(code) <= 97):
            text = code
        elif code.isdigit() and (40 <= int(code) <= 49 or 100 <= int(code) <= 107):
            ground = code
        else:
            return None
    return ink(frozenset(marks), text, ground)


@cache
def _change(has: Ink | None, wants: Ink) -> str:
    """The shortest way from one ink to another."""
    anew = ["0", *sorted(wants.marks)]
    anew += [colour for colour, plain in ((wants.text, "39"), (wants.ground, "49")) if colour != plain]
    if has is None:
        return f"\x1b[{';'.join(anew)}m"
    gone = sorted({OFF[mark] for mark in has.marks - wants.marks})
    kept = {mark for mark in has.marks if OFF[mark] not in gone}
    step = [*gone, *sorted(wants.marks - kept)]
    step += [wants.text] * (wants.text != has.text) + [wants.ground] * (wants.ground != has.ground)
    shorter = min(step, anew, key=lambda codes: len(";".join(codes)))
    return f"\x1b[{';'.join(shorter)}m" if step else ""
