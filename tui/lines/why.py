"""Why this lead is first, in words: its facts in the playbook's order, and what the next ones lack."""

from __future__ import annotations

import funnel
from models.cards import Reason, Why
from tui import clocks, words
from tui.i18n import _
from tui.lines.frame import Frame
from tui.lines.text import Line, rule, wrap
from tui.plain import plain

Criterion = funnel.Criterion


def why_lines(why: Why, playbook: funnel.Playbook, frame: Frame, width: int) -> list[Line]:
    """The lead's own facts, then each of the next with what it lacks."""
    lines: list[Line] = [((plain(why.company) or _("no name"), "strong"),), ()]
    for number, reason in enumerate(why.reasons, 1):
        for at, text in enumerate(wrap(fact(reason, playbook, frame), width - 4, 2)):
            lines.append(((f"{number:>2}. " if at == 0 else "    ", "dim"), (text, "")))
    if why.rivals:
        lines += [(), rule(_("after it"), "", width)]
    is_promised = any(reason.promised_at for reason in why.reasons)
    for rival in why.rivals:
        lacks = lack(rival.lacks, playbook, frame, is_promised=is_promised)
        text = f"{plain(rival.company) or _('no name')}: {lacks}"
        lines += [((part, ""),) for part in wrap(text, width, 3)]
    return lines


def fact(reason: Reason, playbook: funnel.Playbook, frame: Frame) -> str:
    """What one criterion finds in a lead."""
    match reason.criterion:
        case Criterion.PROMISE:
            if reason.promised_at is None:
                return _("No promise is due.")
            return _("A call back was promised for {moment}.").format(moment=frame.moment(reason.promised_at))
        case Criterion.FRESH:
            if reason.fresh_until is None or reason.fresh_until <= frame.now:
                return _("It did not just come in.")
            return _("It came by itself; the first call is due by {time}.").format(time=frame.clock(reason.fresh_until))
        case Criterion.INTENT:
            stage = words.stage_name(playbook, reason.stage)
            return _("Intent: {stage}, {share} % win.").format(stage=stage, share=reason.probability)
        case Criterion.DWELL:
            if not reason.dwell_days:
                return _("It has not stood in its stage for too long.")
            return _("It has stood in its stage for {days}: past the limit.").format(
                days=clocks.days(reason.dwell_days)
            )
        case Criterion.VALUE:
            if reason.value is None:
                return _("Its value is not known.")
            said = _("Worth {amount} in margin.") if reason.is_margin else _("Worth {amount}.")
            return said.format(amount=frame.whole(reason.value))
        case Criterion.WAITING:
            if reason.waiting_since is None:
                return _("It waits with the others.")
            return _("Untouched for {span}.").format(span=clocks.ago(reason.waiting_since, frame.now))


def lack(reason: Reason, playbook: funnel.Playbook, frame: Frame, *, is_promised: bool = False) -> str:
    """What the next one lacks: the criterion that decides, with its own fact. Promises wait for their moment."""
    if reason.criterion is Criterion.WAITING and is_promised:
        return _("is promised for later")
    if reason.criterion is Criterion.WAITING and reason.waiting_since is not None:
        return _("waits shorter: {span}").format(span=clocks.ago(reason.waiting_since, frame.now))
    return fact(reason, playbook, frame)
