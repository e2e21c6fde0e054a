"""What happens as it happens, a line for each: when, who, with whom, what came of it, how it goes on."""

from __future__ import annotations

import funnel
from models.watching.cards import Event
from tui import clocks, words
from tui.i18n import _
from tui.i18n import marked as N_
from tui.lines.frame import Frame
from tui.lines.text import Line, Piece, crop, cut, fit, fit_right, width_of
from tui.plain import plain

VERBS = {"import": N_("a list came in"), "take-in": N_("new lead")}
"""What happens without an outcome or a stage."""
CLOCK, AGENT, COMPANY = 8, 11, 16
ROOMY, MORE = 110, 12
"""From this width on the company gets half of what there is more, up to so many cells."""


def stamp(event: Event, frame: Frame) -> str:
    """The time of day to the second; the date of another day."""
    local = event.at.astimezone(frame.zone)
    return f"{local:%H:%M:%S}" if local.date() == frame.today else clocks.short_date(local.date(), frame.today)


def event_line(event: Event, playbook: funnel.Playbook | None, frame: Frame, width: int, *, is_current: bool) -> Line:
    """An event. What was said and how it goes on have the room that is left."""
    is_wide = width >= 90
    time = fit_right(stamp(event, frame), CLOCK)
    agent, company = (AGENT + 3, COMPANY + 4) if is_wide else (AGENT, COMPANY - 2)
    company += min(MORE, max(0, width - ROOMY) // 2)
    pieces: list[Piece] = [
        ("▌" if is_current else " ", "accent"),
        (time + "  ", "dim"),
        (fit(cut(plain(event.agent), agent - 1), agent), "strong"),
        (fit(cut(plain(event.company), company - 1), company), ""),
        *what(event, playbook),
    ]
    tail = after(event, playbook, frame)
    room = width - width_of(pieces) - width_of(tail) - 4
    if event.note and room > 8:
        pieces.append((f"  “{cut(plain(event.note).strip(), room)}”", "dim"))
    return crop((*pieces, *tail), width)


def what(event: Event, playbook: funnel.Playbook | None) -> Line:
    """What came of it."""
    if event.to:
        arrow = f"{words.stage_tag(event.origin)} → " if event.origin else "→ "
        style = {"won": "won", funnel.LOST: "lost", funnel.INVALID: "lost"}.get(event.to, "accent")
        is_end = event.to in (funnel.LOST, funnel.INVALID)
        outcome = words.outcome_name(playbook, event.outcome) if event.outcome else ""
        to = words.stage_name(playbook, event.to) if is_end else words.stage_tag(event.to)
        return ((arrow + to, f"strong {style}"), (f"  {outcome}" if outcome and outcome != to else "", "dim"))
    if event.outcome:
        return ((words.outcome_name(playbook, event.outcome), ""),)
    return ((_(VERBS.get(event.verb, "")), "dim"),)


def after(event: Event, playbook: funnel.Playbook | None, frame: Frame) -> Line:
    """How it goes on: what was promised or when it is tried again, and what it is worth."""
    pieces: list[Piece] = []
    if event.next_at is not None and event.is_promised:
        pieces.append(("  → " + frame.moment(event.next_at), "promise"))
    elif event.next_at is not None and event.tries > 1 and not words.is_talk(playbook, event.outcome):
        text = _("try {count}, again {moment}").format(count=event.tries, moment=frame.moment(event.next_at))
        pieces.append(("  " + text, "dim"))
    if event.amount and event.to not in ("", funnel.LOST, funnel.INVALID):
        amount = frame.short(event.amount)
        pieces.append(
            (
                "  +"
                + (
                    _("{amount} at {share} %").format(amount=amount, share=event.probability)
                    if event.probability
                    else amount
                ),
                "won",
            )
        )
    return tuple(pieces)
