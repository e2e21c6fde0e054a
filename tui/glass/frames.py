"""What goes from a desk to who looks at it: JSON, one frame a line, only the lines of the screen that changed.

A frame is text with the names of styles. Neither end trusts the other: what is no frame is refused, and whatever its
text holds, no control character comes out of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, TypeVar

import msgspec

from tui.lines.text import Line
from tui.plain import plain

T = TypeVar("T")

LONGEST = 1 << 20
"""Bytes of a frame, at most: a hundred times what a large screen takes."""
Size = Annotated[int, msgspec.Meta(ge=1, le=1_000)]
Place = Annotated[int, msgspec.Meta(ge=0, lt=1_000)]


class Greeting(msgspec.Struct, frozen=True):
    """What a watcher says once, before anything is shown: heard where one account watches for many people."""

    login: Annotated[str, msgspec.Meta(max_length=200)]


class Frame(msgspec.Struct, frozen=True):
    """Some lines of a screen of that size; the others stayed as they were."""

    width: Size
    height: Size
    lines: dict[Place, tuple[tuple[str, str], ...]]


_encoder = msgspec.json.Encoder()
_greetings, _frames = msgspec.json.Decoder(Greeting), msgspec.json.Decoder(Frame)


def written(said: Greeting | Frame) -> bytes:
    """As it goes down the line."""
    return _encoder.encode(said) + b"\n"


def greeting(said: bytes) -> Greeting | None:
    """A greeting, if it is a whole one."""
    return _read(_greetings, said) if said.endswith(b"\n") else None


def frame(said: bytes) -> Frame | None:
    """A frame, if it is one, its text made plain."""
    found = _read(_frames, said)
    if found is None:
        return None
    return Frame(found.width, found.height, {place: clean(line) for place, line in found.lines.items()})


def _read(decoder: msgspec.json.Decoder[T], said: bytes) -> T | None:
    try:
        return decoder.decode(said)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def clean(line: Line) -> Line:
    """A line that shows what it is: text without controls, styles that are a word of the theme and no address."""
    return tuple((plain(text), " ".join(name for name in style.split() if name.isalpha())) for text, style in line)


def changed(before: Sequence[Line], now: Sequence[Line]) -> dict[int, Line]:
    """The lines that are others now."""
    return {place: line for place, line in enumerate(now) if place >= len(before) or before[place] != line}


def applied(before: Sequence[Line], found: Frame) -> list[Line]:
    """The screen with the lines of a frame in their places."""
    lines: Mapping[int, Line] = found.lines
    return [lines.get(place, before[place] if place < len(before) else ()) for place in range(found.height)]
