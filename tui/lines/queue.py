"""The queue as lines: one for each waiting lead, and what stands below the last."""

from __future__ import annotations

from models.cards import COUNT_LIMIT, QueueCard, QueueRow
from tui import clocks, words
from tui.i18n import _
from tui.lines.frame import Frame
from tui.lines.text import Line, Piece, crop, fit, fit_right, wrap
from tui.plain import plain

NOTED = 34
"""From this width on there is room for a word at the end."""


def queue_line(row: QueueRow, frame: Frame, width: int, *, is_current: bool = False, is_held: bool = False) -> Line:
    """A waiting lead: when, who, stage, money, and why it is pressing."""
    when, note, style = _urgency(row, frame)
    noted = width >= NOTED
    tail: list[Piece] = [
        (fit_right(words.stage_tag(row.stage), 3), "strong" if row.is_mine else "dim"),
        (fit_right(frame.short(row.amount), 7), ""),
    ]
    if noted:
        tail.append((" " + fit(note, 6), style))
    company = max(4, width - 7 - 10 - (7 if noted else 0))
    mark = "▌" if is_current else ("●" if is_held else " ")
    line: Line = (
        (mark, "accent"),
        (fit_right(when, 5) + " ", style),
        (fit(plain(row.company or row.person) or _("no name"), company), "strong" if is_current or is_held else ""),
        *tail,
    )
    return crop(line, width)


def _urgency(row: QueueRow, frame: Frame) -> tuple[str, str, str]:
    """What stands before a lead, the word behind it, and their style. Never colour alone."""
    if row.promised_at is not None:
        is_due = row.promised_at <= frame.now
        when = frame.clock(row.promised_at)
        if row.promised_at.astimezone(frame.zone).date() != frame.today:
            when = clocks.ago(row.promised_at, frame.now) if is_due else clocks.span(_minutes(row, frame))
        return when, _("due") if is_due else _("promise"), "promise"
    if row.fresh_until is not None and row.fresh_until > frame.now:
        left = int((row.fresh_until - frame.now).total_seconds()) // 60
        return _("new"), clocks.span(max(left, 1)), "fresh"
    if row.is_past_dwell:
        return clocks.span(row.days_in_stage * 24 * 60), _("stuck"), "stuck"
    return "·", "", "dim"


def _minutes(row: QueueRow, frame: Frame) -> int:
    return int((row.promised_at - frame.now).total_seconds()) // 60 if row.promised_at else 0


def amount_of(count: int) -> str:
    """A count that stops at the store's limit."""
    return f"{count:,}+" if count >= COUNT_LIMIT else f"{count:,}"


def rest_lines(card: QueueCard, frame: Frame, width: int) -> list[Line]:
    """What stands under the queue: what is not handed out now; in plain words when nothing is."""
    lines: list[Line] = [()]
    if not card.rows:
        lines = [((text, ""),) for text in wrap(empty(card, frame), width - 1)] + [()]
    for label, count in (
        (_("not callable now"), card.outside_hours),
        (_("asleep (timers)"), card.asleep),
        (_("in other hands"), card.held),
    ):
        if count:
            lines.append(
                ((" " + fit(label, max(10, min(width - 9, 20))), "dim"), (fit_right(amount_of(count), 7), "dim"))
            )
    return lines


def empty(card: QueueCard, frame: Frame) -> str:
    """Why nobody is to be called now, and when somebody is: by the clock of those who may be called first."""
    if card.next_at is None:
        return _("Nobody is waiting. New leads come with a list, by a call, or by hand.")
    here = frame.moment(card.next_at)
    if not card.next_zone:
        return _("Nobody is waiting. The next lead wakes {moment}.").format(moment=here)
    zone = clocks.zone(card.next_zone)
    there = clocks.moment(card.next_at, frame.now, zone)
    place = plain(card.next_zone.rpartition("/")[2]).replace("_", " ")
    text = _("No lead may be called before {moment} in {place}.").format(moment=there, place=place)
    if there != here:
        text += " " + _("Here that is {moment}.").format(moment=here)
    return text
