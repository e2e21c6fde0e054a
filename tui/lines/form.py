"""A new lead as it is written down: what is known so far, what is asked now, what comes after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tui.i18n import _
from tui.lines.lead import phone_text
from tui.lines.text import Line, crop, cut, fit, told
from tui.plain import plain

if TYPE_CHECKING:
    from tui.errands_arrivals import NumberCheck


def form_lines(rows: Sequence[tuple[str, str]], at: int, width: int) -> list[Line]:
    """The fields, one to a line.

    Args:
        rows: label and value of each.
        at: which one is asked now.
        width: cells.
    """
    room = min(max((cell_len(label) for label, _value in rows), default=0) + 2, max(8, width // 2))
    lines: list[Line] = [()]
    for place, (label, value) in enumerate(rows):
        is_here = place == at
        pieces = (
            ("▌" if is_here else " ", "accent"),
            (fit(cut(label, room - 1), room), "strong" if is_here else "dim"),
            (plain(value) or ("…" if is_here else "–"), "" if value else "dim"),
        )
        lines.append(crop(pieces, width))
    return lines


def form_note(width: int) -> list[Line]:
    """What stands under the form."""
    return told(_("This is what is needed; the rest is filled in later."), width=width)


def number_line(check: NumberCheck) -> Line:
    """What is known of a number that is being typed."""
    if check.number is None:
        return number_hint()
    if trouble := number_trouble(check):
        return (("✗ " + trouble, "lost"),)
    return (("✓ ", "won"), (phone_text(check.number, check.extension), "strong"), ("  " + _("new here"), "dim"))


def number_hint() -> Line:
    """What stands under a number that cannot be read yet."""
    return ((_("a whole number, as in +86 138 0013 8000"), "dim"),)


def number_trouble(check: NumberCheck) -> str:
    """Why nobody is taken in with that number; of what a colleague has, the colleague's name and nothing else."""
    if check.number is None:
        return _("This is no phone number; as in +86 138 0013 8000")
    if check.is_suppressed:
        return _("That number is on the suppression list: it may not be taken in.")
    if check.lead_id is None:
        return ""
    if check.is_seen:
        return _("Here already: {company}. Tab opens it.").format(company=plain(check.company) or _("no name"))
    if check.owner:
        return _("That number is here already, with {owner}.").format(owner=plain(check.owner))
    return _("That number is here already, in another team's pool.")
