"""The people at a lead as lines: who they are, what they say in the decision, by which numbers they are reached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from models.cards import ContactCard
from tui.i18n import _
from tui.lines.lead import PARTS, phone_text
from tui.lines.text import Line, Piece, crop, ends, wrap
from tui.plain import plain


def contact_lines(contacts: Sequence[ContactCard], at: int, width: int) -> tuple[list[Line], list[int]]:
    """Every contact with all numbers, and the line on which each begins.

    Args:
        contacts: the first to call first.
        at: where the cursor is.
        width: cells.
    """
    lines: list[Line] = []
    places: list[int] = []
    for place, one in enumerate(contacts):
        lines.append(())
        places.append(len(lines))
        lines += _contact(one, is_first=place == 0, is_current=place == at, width=width)
    if not contacts:
        lines += [(), *(((part, "dim"),) for part in wrap(_("Nobody is known here yet."), width))]
    return lines, places


def _contact(one: ContactCard, *, is_first: bool, is_current: bool, width: int) -> Iterator[Line]:
    mark: Piece = ("▌ " if is_current else "  ", "accent")
    name = contact_name(one)
    right: list[Piece] = [(_("first to call"), "dim")] if is_first else []
    yield (mark, *ends([(name, "strong")], right, width - 2))
    known = " · ".join(plain(text) for text in (one.title, part_name(one.part)) if text)
    for text in (known, plain(one.email)):
        if text:
            yield crop((mark, (text, "")), width)
    for phone in one.phones:
        number = phone.shown or phone_text(phone.number, phone.extension)
        if phone.is_suppressed:
            yield crop((mark, (number, "lost"), ("  " + _("✗ never call"), "lost")), width)
        else:
            yield crop((mark, (number, "")), width)


def contact_name(one: ContactCard) -> str:
    """By which a contact is called."""
    return plain(one.name) or _("no name")


def part_name(part: str) -> str:
    """A part in the decision, in words."""
    return _(PARTS[part]) if part in PARTS else plain(part)
