"""The first and the last line: who sits here and how the day goes; which keys there are."""

from __future__ import annotations

from datetime import datetime

from models.cards import Person, Today
from tui.i18n import _
from tui.lines.frame import Frame
from tui.lines.text import Line, Piece, crop, cut, ends, joined, width_of
from tui.plain import plain


def status_line(person: Person, today: Today, since: datetime | None, trouble: str, frame: Frame, width: int) -> Line:
    """Agent and team, what they are at, the day's figures, the floor's clock; trouble instead, if any."""
    who = [
        (" callfloor", "strong accent"),
        ("  " + plain(person.name), ""),
        (f" · {plain(person.team)}" if person.team else "", "dim"),
    ]
    clock: Line = ((f"{frame.clock(frame.now)} ", "strong"),)
    if trouble:
        return ends((*who, ("   ✗ " + trouble, "strong lost")), clock, width)
    state: Line
    if since is None:
        state = (("○ " + _("ready"), "dim"),)
    else:
        state = (("● " + _("at a lead since {time}").format(time=frame.clock(since)), "fresh"),)
    promised = today.promises_kept + today.promises_open
    figures: list[Line] = [
        ((_("calls") + " ", "dim"), (f"{today.calls}", "strong")),
        ((_("talks") + " ", "dim"), (f"{today.talks}", "strong")),
        ((_("promises") + " ", "dim"), (f"{today.promises_kept}/{promised}", "strong")),
        ((_("won") + " ", "dim"), (frame.short(today.won.amount) if today.won.count else "–", "strong won")),
    ]
    right = (*joined(figures), ("   ", ""), *clock)
    if width_of(who) + width_of(state) + width_of(right) + 6 > width:
        who = [(" " + cut(plain(person.name), 14), "strong accent")]
        state = (("● " + frame.clock(since), "fresh"),) if since else (("○ " + _("ready"), "dim"),)
    return ends((*who, ("   ", ""), *state), right, width)


def footer_line(keys: list[tuple[str, str, bool]], last: tuple[str, str], width: int) -> Line:
    """The keys that do something now, as many as there is room for, and at the end the one that shows them all.

    Args:
        keys: key, name, and whether it does something now.
        last: key and name of the help.
        width: cells.
    """
    tail: Line = ((f" {last[0]}", "key"), (f" {last[1]} ", ""))
    room = width - width_of(tail) - 1
    pieces: list[Piece] = []
    for key, name, is_enabled in keys:
        piece: Line = ((f" {key}", "key" if is_enabled else "dim"), (f" {name} ", "" if is_enabled else "dim"))
        if width_of(pieces) + width_of(piece) > room:
            break
        pieces += piece
    return crop(ends(pieces, tail, width), width)
