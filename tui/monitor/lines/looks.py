"""What needs a look, a line for each: what it is, since when, with whom, whose."""

from __future__ import annotations

import funnel
from models.watching.cards import Look, Looks, Signal
from tui import clocks, words
from tui.i18n import _
from tui.i18n import marked as N_
from tui.lines.frame import Frame
from tui.lines.table import Column, places, row_line
from tui.lines.text import Line, Piece, crop, joined
from tui.plain import plain

SIGNALS = {
    Signal.PROMISE_MISSED: (N_("promise missed"), "lost"),
    Signal.FIRST_CALL_LATE: (N_("first call late"), "lost"),
    Signal.LINE_LOST: (N_("line lost"), "lost"),
    Signal.SLOW_WRAP_UP: (N_("slow wrap-up"), "stuck"),
    Signal.LONG_PAUSE: (N_("long pause"), "stuck"),
    Signal.NO_NEXT_STEP: (N_("no next step"), "stuck"),
    Signal.PAST_DWELL: (N_("past dwell"), "stuck"),
    Signal.SILENCE: (N_("silence"), "stuck"),
}
"""Word and style of each signal."""
OF_AGENT = frozenset({Signal.LINE_LOST, Signal.SLOW_WRAP_UP, Signal.LONG_PAUSE})

COLUMNS = (
    Column("", 16),
    Column("", 8, is_right=True),
    Column("", 14, grow=3, most=34),
    Column("", 10, grow=1, most=16, rank=1),
    Column("", 8, rank=3),
    Column("", 13, grow=1, most=24, rank=2),
)


def name(signal: Signal, playbook: funnel.Playbook | None) -> str:
    """A signal in words; the first-call clock by its own length."""
    if signal is Signal.FIRST_CALL_LATE and playbook is not None and playbook.first_call_minutes % 60 == 0:
        return _("{hours}-hour clock").format(hours=playbook.first_call_minutes // 60)
    return _(SIGNALS[signal][0])


def cells(look: Look, playbook: funnel.Playbook | None, frame: Frame) -> tuple[Piece, ...]:
    """One thing to look at."""
    style = SIGNALS[look.signal][1]
    company = plain(look.company) or ("" if look.signal in OF_AGENT else _("in the pool") if not look.agent else "–")
    return (
        (f"{'!' if style == 'lost' else '·'} {name(look.signal, playbook)}", style),
        (_when(look, frame), "dim"),
        (company, ""),
        (plain(look.agent) or _("pool"), "" if look.agent else "dim"),
        (frame.short(look.amount) if look.amount else "", ""),
        (_how_long(look, playbook, frame), "dim"),
    )


def _when(look: Look, frame: Frame) -> str:
    """The clock of today, the date of another day."""
    local = look.at.astimezone(frame.zone)
    return frame.clock(look.at) if local.date() == frame.today else clocks.short_date(local.date(), frame.today)


def _how_long(look: Look, playbook: funnel.Playbook | None, frame: Frame) -> str:
    ago = clocks.span(max(0, int((frame.now - look.at).total_seconds()) // 60))
    match look.signal:
        case Signal.PROMISE_MISSED | Signal.FIRST_CALL_LATE:
            return _("{time} late").format(time=ago)
        case Signal.PAST_DWELL:
            return _("{days} d in {stage}").format(days=look.days or 0, stage=words.stage_tag(look.stage))
        case Signal.SILENCE:
            return _("{days} d silent").format(days=look.days or 0)
        case Signal.NO_NEXT_STEP:
            return _("talk in {stage}").format(stage=words.stage_tag(look.stage))
    since = look.since or look.at
    return _("since {time}").format(time=frame.clock(since))


def look_line(look: Look, playbook: funnel.Playbook | None, frame: Frame, width: int, *, is_current: bool) -> Line:
    """Its line."""
    return row_line(cells(look, playbook, frame), COLUMNS, places(COLUMNS, width - 1), is_current=is_current)


def strip_line(looks: Looks, playbook: funnel.Playbook | None, frame: Frame, width: int) -> Line:
    """How much needs a look, and the most urgent of it, in one line."""
    head: Line = ((" " + _("needs a look") + " ", "dim"), (f"{looks.count:,}", "strong"), ("  ", ""))
    first = joined(tuple((cell,) for cell in cells(looks.rows[0], playbook, frame) if cell[0]))
    return crop((*head, *first), width)
