"""Spot checks as a table: records to be checked, with what proves them."""

from __future__ import annotations

from collections.abc import Iterator

import funnel
from models.watching.cards import Sample, Samples, Sign
from tui import clocks, words
from tui.i18n import _
from tui.i18n import marked as N_
from tui.lines.frame import Frame
from tui.lines.table import Column
from tui.lines.text import Line, Piece, crop
from tui.plain import plain

SIGNS = {
    Sign.COPIED_NOTE: N_("copied note"),
    Sign.SHORT_TALK: N_("short talk"),
    Sign.PROMISE_WITHOUT_CALLBACK: N_("no callback"),
    Sign.SKIPPED: N_("skipped"),
}


def columns(*, is_aimed: bool) -> tuple[Column, ...]:
    """When, who, with whom, what, how long, and what is odd where that was looked for."""
    signs = (Column(_("sign"), 12, grow=2, most=40),) if is_aimed else ()
    return (
        Column(_("when"), 14),
        Column(_("agent"), 9, grow=1, most=14),
        Column(_("company"), 13, grow=3, most=28),
        Column(_("phone"), 17, most=18, rank=3),
        Column(_("outcome"), 10, grow=1, most=18, rank=1),
        Column(_("talk"), 5, is_right=True, rank=2),
        *signs,
    )


def cells(one: Sample, playbook: funnel.Playbook, frame: Frame, *, is_aimed: bool) -> tuple[Piece, ...]:
    """A record."""
    signs = ", ".join(_signed(one, sign) for sign in one.signs)
    return (
        (clocks.stamp(one.at, frame.now, frame.zone), "dim"),
        (plain(one.agent), ""),
        (plain(one.company) or _("no name"), "strong"),
        (plain(one.number), "dim"),
        (words.outcome_name(playbook, one.outcome) if one.outcome else "–", ""),
        (clocks.seconds(one.seconds) if one.seconds is not None else "–", "dim"),
        *(((signs or "–", "stuck" if signs else "dim"),) if is_aimed else ()),
    )


def _signed(one: Sample, sign: Sign) -> str:
    copies = f" ×{one.copies + 1}" if sign is Sign.COPIED_NOTE and one.copies else ""
    return _(SIGNS[sign]) + copies


def below(one: Sample, playbook: funnel.Playbook, frame: Frame) -> str:
    """The note, what the customer said, and what became of the promise."""
    # Who did not answer leaves nothing to write down; of a talk without a note that is to be seen.
    parts = [_("no note")] if words.is_talk(playbook, one.outcome) else []
    if one.note.strip():
        parts = [f"“{plain(one.note).strip()}”"]
    if one.feedback:
        parts.append("< " + plain(one.feedback))
    if one.next_at is not None:
        parts.append("→ " + frame.moment(one.next_at))
        if one.answered_at:
            parts.append(_("called {moment}").format(moment=frame.moment(one.answered_at)))
        elif one.next_at <= frame.now:
            parts.append(_("nobody called"))
    return "  ".join(parts)


def above(samples: Samples, *, is_aimed: bool, width: int) -> Iterator[Line]:
    """What it was drawn from."""
    drawn = _("{count} of {all}").format(count=len(samples.rows), all=f"{samples.of:,}")
    if not is_aimed:
        yield crop(
            ((drawn + " ", "strong"), (_("at random, of the records of today and the six days before"), "dim")), width
        )
    else:
        pieces: list[Piece] = [(drawn + " ", "strong"), (_("where signs point") + "   ", "dim")]
        for sign, count in samples.by_sign.items():
            pieces += [(_(SIGNS[sign]) + " ", "dim"), (f"{count}  ", "stuck" if count else "dim")]
        yield crop(pieces, width)
    yield ()
