"""A lead's fields as a list to choose from, and what a field will hold while one writes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from rich.cells import cell_len

from tui.i18n import _
from tui.lines.text import Line, crop, cut, fit, wrap
from tui.plain import plain

if TYPE_CHECKING:
    from tui.values import Value


class FieldRow(Struct, frozen=True):
    """One field of the list."""

    code: str
    name: str
    value: str
    is_wanted: bool
    """The next stage asks for it, and it is empty."""


def field_lines(row: FieldRow, key: str, room: int, width: int, *, is_current: bool) -> list[Line]:
    """A field with its key, its name and what it holds.

    Args:
        row: the field.
        key: that chooses it at once; empty: none does.
        room: cells of the names.
        width: cells of the line.
        is_current: the cursor is on it.
    """
    value = (plain(row.value), "" if is_current else "dim") if row.value else ("–", "dim")
    wanted = ("✗ " + _("asked for next"), "lost")
    pieces = (
        ("▌" if is_current else " ", "accent"),
        (f"{key:1}  ", "key"),
        (fit(cut(row.name, room), room + 2), "strong" if is_current else ""),
        wanted if row.is_wanted else value,
    )
    return [crop(pieces, width)]


def name_room(rows: Sequence[FieldRow], width: int) -> int:
    """Cells that the names of these fields take in the list."""
    return min(max((cell_len(row.name) for row in rows), default=0), max(10, width * 2 // 5))


def no_field(text: str, width: int) -> list[Line]:
    """No field has such a name."""
    return [(), *(((part, ""),) for part in wrap(_("No field is called “{text}”.").format(text=plain(text)), width))]


def value_preview(value: Value, before: str, example: str) -> Line:
    """What a field will hold once the text is entered.

    Args:
        value: what was typed.
        before: what it holds now.
        example: how to write it, where nothing was typed.
    """
    if value.problem:
        return ((value.problem, "stuck"),)
    if not value.text:
        text = _("empties it; now {value}").format(value=plain(before)) if before else example
        return ((text, "dim"),)
    if value.shown == before:
        return ((_("as it is"), "dim"),)
    was = "  " + _("was {value}").format(value=plain(before)) if before else ""
    return ((_("will be") + " ", "dim"), (value.shown, "strong"), (was, "dim"))
