"""What stands under the composer while one writes: what will be stored, in every clock that differs."""

from __future__ import annotations

from datetime import tzinfo

from tui import clocks
from tui.entry import Draft, Reading
from tui.i18n import _
from tui.lines.frame import Frame
from tui.lines.text import Line, Piece
from tui.plain import plain


def entry_preview(draft: Draft, frame: Frame, customer: tzinfo | None, hint: str) -> Line:
    """What an entry will store. Without anything typed, how to write it."""
    pieces: list[Piece] = []
    if draft.reading is not None:
        pieces += _moment(draft, draft.reading, frame, customer)
    for tag in draft.tags:
        pieces.append((f" #{plain(tag)}", "accent"))
    for label, text in ((_("they said"), draft.feedback), (_("to send"), draft.bring), (_("purpose"), draft.purpose)):
        if text:
            pieces += [(f"  {label}: ", "dim"), (plain(text), "")]
    if not pieces:
        return ((hint, "dim"),)
    return tuple(pieces)


def _moment(draft: Draft, reading: Reading, frame: Frame, customer: tzinfo | None) -> list[Piece]:
    problem = trouble(draft, frame)
    if problem:
        return [(problem, "stuck")]
    assert draft.moment is not None
    return moment_pieces(_("callback"), draft, frame, customer)


def moment_pieces(label: str, draft: Draft, frame: Frame, customer: tzinfo | None) -> list[Piece]:
    """A moment that is about to be stored, by the floor's clock and by the customer's where that differs."""
    assert draft.moment is not None
    pieces: list[Piece] = [
        (label + " ", "dim"),
        (clocks.full_moment(draft.moment, frame.now, frame.zone), "strong promise"),
    ]
    if customer is not None:
        here, there = draft.moment.astimezone(frame.zone), draft.moment.astimezone(customer)
        if here.utcoffset() != there.utcoffset():
            text = (
                clocks.full_moment(draft.moment, frame.now, customer)
                if here.date() != there.date()
                else f"{there:%H:%M}"
            )
            pieces.append(("  " + _("their time {moment}").format(moment=text), ""))
    return pieces


def trouble(draft: Draft, frame: Frame) -> str:
    """Why the moment cannot be stored as it was typed; empty where it can."""
    reading = draft.reading
    if reading is None:
        return ""
    if draft.has_more_moments:
        return _("two moments: keep one @")
    if not reading.moments:
        if reading.understood:
            return _("understood “{understood}”, not “{rest}”; as in @fri 10am").format(
                understood=plain(reading.understood, 30), rest=plain(reading.rest, 30)
            )
        return _("“{phrase}” is no moment; as in @fri 10am, @+2h").format(phrase=plain(draft.phrase, 30))
    if len(reading.moments) > 1:
        choices = _(" or ").join(clocks.full_moment(one, frame.now, frame.zone) for one in reading.moments[:3])
        return _("{choices}? Say which").format(choices=choices)
    if reading.is_past:
        past = clocks.full_moment(reading.moments[0], frame.now, frame.zone)
        return _("{moment} is past").format(moment=past)
    return ""
