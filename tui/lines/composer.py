"""What stands under the composer while one writes: what will be stored, in every clock that differs, and what of it
needs a second thought."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from msgspec import Struct

import funnel
from models.cards import Slot
from tui import clocks, words
from tui.entry import Draft
from tui.i18n import _
from tui.lines.frame import Frame
from tui.lines.text import Line, Piece, joined
from tui.plain import plain


class Elsewhere(Struct, frozen=True):
    """The clocks beside the floor's."""

    agent: tzinfo | None = None
    """None: the agent sits where the floor is."""
    customer: tzinfo | None = None
    """None: nobody knows the customer's."""


NOWHERE = Elsewhere()
BETWEEN: Piece = (" · ", "dim")
"""Stands between the parts of a preview."""


def entry_preview(
    draft: Draft,
    frame: Frame,
    elsewhere: Elsewhere,
    slot: Slot | None,
    hint: str,
    *,
    stands_at: datetime | None = None,
    wanted: funnel.TouchRule | None = None,
) -> Line:
    """What an entry will store. Without anything typed, how to write it.

    Args:
        draft: what was typed.
        frame: this moment, by the floor's clock.
        elsewhere: the other clocks.
        slot: how the draft's moment stands; None while nobody looked.
        hint: how to write it.
        stands_at: an earlier promise that still holds.
        wanted: the rule of a stage that this entry is written for.
    """
    parts: list[Line] = []
    marks = missing_marks(draft, wanted) if wanted is not None else ()
    if marks:
        parts.append(((_("wants {marks}").format(marks="  ".join(marks)), "stuck"),))
    parts.append(tuple(_next_step(draft, frame, elsewhere, slot, stands_at)))
    parts += [((f"#{plain(tag)}", "accent"),) for tag in draft.tags]
    for label, text in ((_("they said"), draft.feedback), (_("to send"), draft.bring), (_("purpose"), draft.purpose)):
        if text:
            parts.append(((f"{label}: ", "dim"), (plain(text), "")))
    # What is wanted names its marks: with the hint beside it there is no room for either.
    if not any(parts) or (draft == Draft("") and not marks):
        parts.append(((hint, "dim"),))
    return joined(parts, BETWEEN)


def _next_step(
    draft: Draft, frame: Frame, elsewhere: Elsewhere, slot: Slot | None, stands_at: datetime | None
) -> Iterator[Piece]:
    if problem := trouble(draft, frame):
        yield problem, "stuck"
    elif draft.moment is not None:
        yield from moment_pieces(_("callback"), draft.moment, frame, elsewhere, slot)
    elif draft.none_because is not None:
        yield words.labelled(_("no next step"), ""), "dim"
        yield plain(draft.none_because), "stuck"
    elif stands_at is not None and draft != Draft(""):
        yield _("stands: callback {moment}").format(moment=frame.moment(stands_at)), "dim"


def moment_pieces(
    label: str, at: datetime, frame: Frame, elsewhere: Elsewhere = NOWHERE, slot: Slot | None = None
) -> Iterator[Piece]:
    """A moment that is about to be stored, by the floor's clock and by the others where they differ."""
    parts: list[Line] = [((label + " ", "dim"), (clocks.full_moment(at, frame.now, frame.zone), "strong promise"))]
    if there := _by(elsewhere.customer, at, frame):
        parts.append(((_("{time} theirs").format(time=there), ""),))
    if here := _by(elsewhere.agent, at, frame):
        parts.append(((_("{time} yours").format(time=here), ""),))
    if slot is not None:
        doubts = " · ".join(against(slot, frame))
        parts.append(((doubts or _("free"), "stuck" if doubts else "won"),))
    yield from joined(parts, BETWEEN)


def _by(zone: tzinfo | None, at: datetime, frame: Frame) -> str:
    """A moment by another clock, its weekday where that differs; empty where both clocks say the same."""
    here = at.astimezone(frame.zone)
    if zone is None or (there := at.astimezone(zone)).utcoffset() == here.utcoffset():
        return ""
    day = "" if there.date() == here.date() else f"{_(clocks.WEEKDAYS[there.weekday()])} "
    return f"{day}{there:%H:%M}"


def against(slot: Slot, frame: Frame) -> Iterator[str]:
    """What speaks against a moment: another promise, a holiday, the customer's hours."""
    for one in slot.booked:
        yield _("also promised: {company} {time}").format(company=plain(one.company, 24), time=frame.clock(one.at))
    if slot.holiday:
        yield _("holiday there: {holiday}").format(holiday=plain(slot.holiday, 30))
    if not slot.is_open and slot.opens_at:
        yield _("closed there until {moment}").format(moment=frame.moment(slot.opens_at))
    elif not slot.is_open:
        yield _("outside their hours")


def missing_marks(draft: Draft, wanted: funnel.TouchRule) -> tuple[str, ...]:
    """What a stage wants noted in such a touch and is not noted yet, with its mark."""
    marks = []
    if wanted.with_purpose and not draft.purpose:
        marks.append(_("!what the call was for"))
    if wanted.with_feedback and not draft.feedback:
        marks.append(_("<what they said"))
    return tuple(marks)


def with_reason(draft: Draft) -> str:
    """The note as it is stored: why there is no next step is part of it."""
    if not draft.none_because:
        return draft.note
    reason = _("no next step: {why}").format(why=draft.none_because)
    return f"{draft.note} · {reason}" if draft.note else reason


def trouble(draft: Draft, frame: Frame) -> str:
    """Why the next step cannot be stored as it was typed; empty where it can."""
    reading = draft.reading
    if draft.has_more_moments:
        return _("two moments: keep one @")
    if draft.none_because == "":
        return _("none: and why? Write it after @none")
    if reading is None:
        return ""
    if not reading.moments:
        if reading.understood:
            return _("understood “{understood}”, not “{rest}”; as in @fri 10am").format(
                understood=plain(reading.understood, 30), rest=plain(reading.rest, 30)
            )
        if not draft.phrase:
            return _("when? As in @fri 10am, @+2h, @next week")
        return _("“{phrase}” is no moment; as in @fri 10am, @+2h").format(phrase=plain(draft.phrase, 30))
    if len(reading.moments) > 1:
        choices = _(" or ").join(clocks.full_moment(one, frame.now, frame.zone) for one in reading.moments[:3])
        return _("{choices}? Say which").format(choices=choices)
    if reading.is_past:
        past = clocks.full_moment(reading.moments[0], frame.now, frame.zone)
        return _("{moment} is past").format(moment=past)
    return ""
