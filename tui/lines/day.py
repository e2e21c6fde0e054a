"""An agent's day as lines: figures, the month's target, what was promised for today, what waits tomorrow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.cells import cell_len

import funnel
from models.cards import Day, Promise, Word
from tui import clocks, money
from tui.i18n import _, counted
from tui.lines.frame import Frame
from tui.lines.text import Line, Piece, crop, cut, fit, fit_right, joined, rule
from tui.plain import plain

MARKS = {Word.KEPT: ("✓", "won"), Word.KEPT_LATE: ("✓", "stuck"), Word.OPEN: ("○", ""), Word.LATE: ("✗", "lost")}


def day_lines(day: Day, at: int, frame: Frame, width: int) -> tuple[list[Line], list[int]]:
    """The day, and in which of its lines each promise stands.

    Args:
        day: whose promises are counted through, today's first, then tomorrow's.
        at: the promise under the cursor.
        frame: this moment.
        width: cells.
    """
    lines = [*_figures(day, frame, width), *_target(day, frame, width), ()]
    places: list[int] = []
    answered = sum(one.answered_at is not None for one in day.promises)
    right = _("{count} of {all} answered").format(count=answered, all=len(day.promises)) if day.promises else ""
    lines.append(rule(_("promised for today"), right, width))
    if not day.promises:
        lines.append(((_("Nothing was promised for today."), "dim"),))
    for place, one in enumerate(day.promises):
        places.append(len(lines))
        lines.append(_promise(one, frame, width, is_current=place == at))
    lines += [(), rule(_open_for(day, frame), f"{len(day.tomorrow)}" if day.tomorrow else "", width)]
    for place, one in enumerate(day.tomorrow, len(day.promises)):
        places.append(len(lines))
        lines.append(_promise(one, frame, width, is_current=place == at))
    if not day.tomorrow:
        lines.append(((_("Nothing is promised yet."), "dim"),))
    if day.wakes:
        text = counted("{count} of your leads wakes by itself.", "{count} of your leads wake by themselves.", day.wakes)
        lines.append(crop(((text, "dim"),), width))
    return lines, places


def _open_for(day: Day, frame: Frame) -> str:
    return _("open for {day}").format(day=clocks.day(day.next_day, frame.today))


def _figures(day: Day, frame: Frame, width: int) -> Iterator[Line]:
    today, late = day.today, day.late(frame.now)
    promises: list[Piece] = [(_("promises") + " ", "dim"), (f"{today.promises_kept}", "strong")]
    promises += [(" " + _("kept"), ""), (" · ", "dim"), (f"{today.promises_open}", "strong"), (" " + _("open"), "")]
    if late:
        promises += [(" · ", "dim"), (f"{late} " + _("late"), "lost")]
    calls: Line = ((_("calls") + " ", "dim"), (f"{today.calls}", "strong"))
    talks: Line = ((_("talks") + " ", "dim"), (f"{today.talks}", "strong"))
    yield crop(joined((calls, talks, tuple(promises)), ("   ", "")), width)


def _target(day: Day, frame: Frame, width: int) -> Iterator[Line]:
    """Won today and in the month, and what a day has to bring from now on."""
    won, today = day.won, day.today.won
    pieces: list[Piece] = [(_("won today") + " ", "dim"), (_worth(today, frame), "strong won" if today.count else "")]
    pieces += [("   " + _("this month") + " ", "dim"), (_worth(won, frame), "strong won" if won.count else "")]
    if day.target is None:
        yield crop(pieces, width)
        yield ((_("Nobody set you a target for this month."), "dim"),)
        return
    if day.target.amount:
        share = money.per_cent(float(won.amount / day.target.amount))
        pieces += [(" " + _("of") + " ", "dim"), (frame.short(day.target.amount), ""), (f"  {share}", "strong")]
    if day.target.count:
        deals = _("{won} of {wanted} deals").format(won=f"{won.count:,}", wanted=f"{day.target.count:,}")
        pieces.append(("  " + deals, ""))
    yield crop(pieces, width)
    yield crop(((_to_go(day, frame), ""),), width)


def _worth(tally: funnel.Tally, frame: Frame) -> str:
    return frame.short(tally.amount) if tally.count else "–"


def _to_go(day: Day, frame: Frame) -> str:
    missing = day.missing
    if missing is None or not (missing.amount or missing.count):
        return "✓ " + _("The month's target is reached.")
    deals = counted("{count} deal", "{count} deals", missing.count)
    left = frame.short(missing.amount) if missing.amount else deals
    if not day.days_left:
        return _("{amount} short of the target; the month is over.").format(amount=left)
    days = clocks.days(day.days_left)
    if missing.amount:
        share = frame.short(missing.amount / day.days_left)
        return _("to go {amount}: {share} a day for {days}").format(amount=left, share=share, days=days)
    return _("to go {amount} in {days}").format(amount=left, days=days)


def _promise(one: Promise, frame: Frame, width: int, *, is_current: bool) -> Line:
    word = one.word(frame.now)
    sign, style = MARKS[word]
    tail = _became(one, word, frame)
    theirs = _their_time(one, frame)
    when = _when(one.due_at, frame)
    room = width - 3 - cell_len(when) - 1 - cell_len(theirs) - cell_len(tail) - 2
    name = plain(one.company or one.person) or _("no name")
    return crop(
        (
            ("▌" if is_current else " ", "accent"),
            (f"{sign} ", style),
            (when + " ", "promise" if one.answered_at is None else "dim"),
            (fit(cut(name, room), max(4, room)), "strong" if is_current else ""),
            (" " + theirs if theirs else "", "dim"),
            (fit_right(tail, cell_len(tail) + 1), style),
        ),
        width,
    )


def _when(at: datetime, frame: Frame) -> str:
    """The floor's clock; the day where it is another one."""
    on = at.astimezone(frame.zone).date()
    clock = frame.clock(at)
    return clock if on == frame.today else f"{clocks.day(on, frame.today)} {clock}"


def _their_time(one: Promise, frame: Frame) -> str:
    """The customer's clock where it is another one."""
    if not one.zone:
        return ""
    theirs = clocks.clock(one.due_at, clocks.zone(one.zone))
    return "" if theirs == frame.clock(one.due_at) else _("{time} theirs").format(time=theirs)


def _became(one: Promise, word: Word, frame: Frame) -> str:
    until = one.answered_at or frame.now
    late = clocks.span(max(1, int((until - one.due_at).total_seconds()) // 60))
    return {
        Word.KEPT: _("kept"),
        Word.KEPT_LATE: _("kept {span} late").format(span=late),
        Word.OPEN: _("open"),
        Word.LATE: _("{span} late").format(span=late),
    }[word]


def parting_lines(day: Day, frame: Frame, width: int) -> list[Line]:
    """What is said above the day when somebody is about to leave it."""
    late = day.late(frame.now)
    waiting = sum(one.answered_at is None for one in day.promises) - late
    parts = []
    if late:
        parts.append(counted("{count} promise is late.", "{count} promises are late.", late))
    if waiting:
        parts.append(counted("{count} more is open today.", "{count} more are open today.", waiting))
    if not parts:
        parts.append(_("The day is done; this waits for you."))
    return [crop(((" ".join(parts), "strong lost" if late else "strong"),), width), ()]
