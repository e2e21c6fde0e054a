"""The monitor's first line: who watches whom, how many do what, how the day goes."""

from __future__ import annotations

from datetime import timedelta

from models.cards import Person
from models.desks.presence import State
from models.watching.cards import Overview
from tui import money
from tui.i18n import _
from tui.i18n import marked as N_
from tui.lines.frame import Frame
from tui.lines.text import Line, Piece, cut, ends, joined, width_of
from tui.plain import plain

COUNTED = (
    (State.ON_CALL, "●", N_("talking"), "fresh"),
    (State.READY, "○", N_("ready"), "accent"),
    (State.WRAP_UP, "◐", N_("wrap-up"), "promise"),
    (State.PAUSE, "‖", N_("pause"), "dim"),
    (State.LOST, "✗", N_("line lost"), "lost"),
)
"""States in the order in which they are counted, with mark, word and style."""
LATE = timedelta(seconds=5)
"""A copy of the floor that is further behind is said to be."""


def status_line(
    person: Person,
    whom: str,
    overview: Overview,
    trouble: str,
    frame: Frame,
    width: int,
    *,
    lag: timedelta | None = None,
) -> Line:
    """The line; where there is no room the words go before the figures, and the figures before the states.

    Args:
        person: who watches.
        whom: whose work is shown, in words.
        overview: the floor now.
        trouble: why the database cannot be used; empty where it can.
        frame: this moment.
        width: cells.
        lag: how far what is shown lies behind, where that is known.
    """
    name: Line = ((" callfloor", "strong accent"), ("  ", ""))
    mark: Line = ((_("MONITOR read-only"), "strong key"),)
    short_mark: Line = ((" " + _("MONITOR"), "strong key"),)
    who: Line = (("  " + cut(plain(person.login), 14), "dim"), (" · ", "dim"), (cut(whom, 24), "dim"))
    short_who: Line = ((" " + cut(whom, 12), "dim"),)
    clock: Line = ((f"{frame.clock(frame.now)} ", "strong"),)
    long, short = _states(overview, is_short=False), _states(overview, is_short=True)
    figures = _figures(overview)
    if trouble:
        return ends((*short_mark, *short_who, ("   ✗ " + trouble, "strong lost")), clock, width)
    behind: Line = ()
    if lag is not None and lag >= LATE:
        text = _("{seconds} s behind").format(seconds=int(lag.total_seconds()))
        behind = (("  " + text, "stuck"),)
    gap: Line = (("   ", ""),)
    forms: tuple[tuple[Line, Line], ...] = (
        ((*name, *mark, *who, *behind, *gap, *long), (*figures, *gap, *clock)),
        ((*short_mark, *who, *behind, *gap, *long), (*figures, *gap, *clock)),
        ((*short_mark, *short_who, *behind, *gap, *long), (*figures, ("  ", ""), *clock)),
        ((*short_mark, *short_who, *behind, ("  ", ""), *short), (*figures, ("  ", ""), *clock)),
    )
    left, right = next((form for form in forms if width_of((*form[0], *form[1])) < width), (forms[-1][0], clock))
    return ends(left, right, width)


def _states(overview: Overview, *, is_short: bool) -> Line:
    parts: list[Line] = [((f"{overview.on}", "strong"), (" " + _("on"), ""))]
    for state, sign, word, style in COUNTED:
        if count := overview.by_state.get(state, 0):
            parts.append(((f"{sign}{count}", style),) if is_short else ((f"{count}", style), (f" {_(word)}", style)))
    return joined(parts)


def _figures(overview: Overview) -> Line:
    parts: list[tuple[Piece, ...]] = [
        ((_("calls") + " ", "dim"), (f"{overview.calls:,}", "strong")),
        ((_("talks") + " ", "dim"), (f"{overview.talks:,}", "strong")),
    ]
    if overview.contact_rate is not None:
        parts.append(((money.per_cent(overview.contact_rate), ""),))
    return joined(parts)
