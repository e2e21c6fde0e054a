"""An agent's day as lines: figures, the month's target, what was promised for today, what waits tomorrow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from rich.cells import cell_len

import funnel
from models.cards import Day, DayPlan, Promise, Word
from models.desks.presence import Accounted
from tui import clocks, money, words
from tui.i18n import _, counted
from tui.lines.frame import Frame
from tui.lines.text import Line, Piece, crop, fit, fit_right, joined, rule, width_of
from tui.plain import plain

MARKS = {Word.KEPT: ("✓", "won"), Word.KEPT_LATE: ("✓", "stuck"), Word.OPEN: ("○", ""), Word.LATE: ("✗", "lost")}


def day_lines(day: Day, spent: Accounted, at: int, frame: Frame, width: int) -> tuple[list[Line], list[int]]:
    """The day, and in which of its lines each promise stands.

    Args:
        day: whose promises are counted through, today's first, then tomorrow's.
        spent: what the time at work went into so far; from its first minute on it is told.
        at: the promise under the cursor.
        frame: this moment.
        width: cells.
    """
    lines = [_figures(day, frame, width), *_time(spent, width), *_target(day, frame, width), ()]
    rooms = _rooms(day, frame)
    places: list[int] = []

    def listed(promises: tuple[Promise, ...], on: date) -> None:
        for one in promises:
            places.append(len(lines))
            lines.append(_promise(one, on, frame, rooms, width, is_current=len(places) - 1 == at))

    lines.append(rule(_("promises"), _kept(day, frame), width))
    listed(day.promises, frame.today)
    if not day.promises:
        lines.append(((_("Nothing was promised for today."), "dim"),))
    lines += [(), rule(_open_for(day, frame), f"{len(day.tomorrow)}" if day.tomorrow else "", width)]
    listed(day.tomorrow, day.next_day)
    if not day.tomorrow:
        lines.append(((_("Nothing is promised yet."), "dim"),))
    if day.wakes:
        text = counted("{count} of your leads wakes by itself.", "{count} of your leads wake by themselves.", day.wakes)
        lines.append(crop(((text, "dim"),), width))
    return lines, places


def _open_for(day: Day, frame: Frame) -> str:
    return _("open for {day}").format(day=clocks.day(day.next_day, frame.today))


def _figures(day: Day, frame: Frame, width: int) -> Line:
    today = day.today
    parts: list[Line] = [
        ((_("calls") + " ", "dim"), (f"{today.calls:,}", "strong")),
        ((_("talks") + " ", "dim"), (f"{today.talks:,}", "strong")),
        ((_("won today") + " ", "dim"), (_worth(today.won, frame), "strong won" if today.won.count else "")),
    ]
    return crop(joined(parts, ("   ", "")), width)


def _time(spent: Accounted, width: int) -> Iterator[Line]:
    """Logged in, and what that went into."""
    if spent.logged_in < timedelta(minutes=1):
        return
    parts = (
        (_("wait"), spent.wait),
        (_("talking"), spent.talk),
        (_("wrap-up"), spent.wrap_up),
        (_("pause"), spent.pause),
    )
    lines: list[Line] = [((name + " ", "dim"), (_hours(part), "")) for name, part in parts]
    head: Line = ((_("logged in") + " ", "dim"), (_hours(spent.logged_in), "strong"), ("   ", ""))
    between: Piece = ("  ", "")
    if width_of(whole := (*head, *joined(lines, between))) <= width:
        yield whole
    else:
        yield crop((*head, *joined(lines[:2], between)), width)
        yield crop(joined(lines[2:], between), width)


def _hours(time: timedelta) -> str:
    minutes = int(time.total_seconds()) // 60
    return f"{minutes // 60}:{minutes % 60:02}"


def _kept(day: Day, frame: Frame) -> str:
    late = day.late(frame.now)
    counts = (
        (day.today.promises_kept, _("{count} kept")),
        (day.today.promises_open - late, _("{count} to come")),
        (late, _("{count} late")),
    )
    return " · ".join(text.format(count=f"{count:,}") for count, text in counts if count)


def _target(day: Day, frame: Frame, width: int) -> Iterator[Line]:
    """Won in the month, and what a day has to bring from now on."""
    won = day.won
    pieces: list[Piece] = [(_("this month") + " ", "dim")]
    if day.target is None:
        pieces.append((_worth(won, frame), "strong won" if won.count else ""))
        yield crop((*pieces, ("   " + _("no target is set for you"), "dim")), width)
        return
    if day.target.amount:
        text = _("{won} of {wanted}").format(won=frame.short(won.amount), wanted=frame.short(day.target.amount))
        pieces.append((text, "strong won" if won.count else ""))
        pieces.append((f"  {money.per_cent(float(won.amount / day.target.amount))}", "strong"))
    if day.target.count:
        deals = _("{won} of {wanted} deals").format(won=f"{won.count:,}", wanted=f"{day.target.count:,}")
        pieces.append(("  " + deals, ""))
    yield crop(pieces, width)
    yield crop(((_to_go(day, frame), ""),), width)
    if day.plan is not None and (plan := _plan(day.plan)):
        yield crop(((_("each day") + " ", "dim"), *plan), width)


def _plan(plan: DayPlan) -> Line:
    """Calls, new leads, and leads for the level that lacks most; nothing where nothing is lacking."""
    daily, parts = plan.daily, list[Line]()
    if daily.calls is not None:
        parts.append(_range(daily.calls, counted("{count} call", "{count} calls", daily.calls.likely)))
    if new := daily.to.get(funnel.levels(plan.playbook)[0].code):
        parts.append(_range(new, _("{count} new").format(count=f"{new.likely:,}")))
    if lacking := daily.to.get(daily.thinnest):
        stage = words.stage_name(plan.playbook, daily.thinnest)
        parts.append(_range(lacking, _("{count} to {stage}").format(count=f"{lacking.likely:,}", stage=stage)))
    return joined(parts, (" · ", "dim"))


def _range(found: funnel.Range, text: str) -> Line:
    """What is likely, and between what it may lie where that is not sure."""
    if not found.most:
        return ()
    if found.least == found.most:
        return ((text, "strong"),)
    return ((text, "strong"), (f" ({found.least:,}–{found.most:,})", "dim"))


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


Rooms = tuple[int, int, int]
"""Cells of the columns: the floor's clock, the customer's, what became of it."""


def _rooms(day: Day, frame: Frame) -> Rooms:
    rows = [(one, frame.today) for one in day.promises] + [(one, day.next_day) for one in day.tomorrow]
    columns = [(_when(one.due_at, on, frame), _their_time(one, frame), _became(one, frame)) for one, on in rows]
    first, second, third = (
        (max(map(cell_len, column)) for column in zip(*columns, strict=True)) if columns else (0,) * 3
    )
    return first, second, third


def _promise(one: Promise, on: date, frame: Frame, rooms: Rooms, width: int, *, is_current: bool) -> Line:
    sign, style = MARKS[one.word(frame.now)]
    when, theirs, became = rooms
    room = max(4, width - 3 - when - 1 - (theirs + 1 if theirs else 0) - became - 1)
    name = plain(one.company or one.person) or _("no name")
    return crop(
        (
            ("▌" if is_current else " ", "accent"),
            (f"{sign} ", style),
            (fit(_when(one.due_at, on, frame), when) + " ", "promise" if one.answered_at is None else "dim"),
            (fit(name, room), "strong" if is_current else ""),
            (" " + fit(_their_time(one, frame), theirs) if theirs else "", "dim"),
            (" " + fit_right(_became(one, frame), became), style),
        ),
        width,
    )


def _when(at: datetime, on: date, frame: Frame) -> str:
    """The floor's clock; the date where it is another day than `on`."""
    day = at.astimezone(frame.zone).date()
    return frame.clock(at) if day == on else clocks.short_date(day, frame.today)


def _their_time(one: Promise, frame: Frame) -> str:
    """The customer's clock where it is another one."""
    if not one.zone:
        return ""
    theirs = clocks.clock(one.due_at, clocks.zone(one.zone))
    return "" if theirs == frame.clock(one.due_at) else _("{time} theirs").format(time=theirs)


def _became(one: Promise, frame: Frame) -> str:
    """In a word; the sign before the promise says whether it was kept."""
    word = one.word(frame.now)
    if word in (Word.KEPT, Word.OPEN):
        return _("kept") if word is Word.KEPT else _("to come")
    until = one.answered_at or frame.now
    late = clocks.span(max(1, int((until - one.due_at).total_seconds()) // 60))
    return _("{span} late").format(span=late)


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
