"""The small texts that lead a newcomer: an empty desk, whose hands a lead is in, by what the queue is ordered."""

from __future__ import annotations

import funnel
from models.cards import Person, QueueCard
from models.people import Role
from tui.errands import Hand
from tui.i18n import _
from tui.i18n import marked as N_
from tui.keys import Keymap
from tui.lines.frame import Frame
from tui.lines.queue import empty
from tui.lines.text import Line, crop, wrap
from tui.plain import plain

CRITERIA = {
    funnel.Criterion.PROMISE: N_("promise"),
    funnel.Criterion.FRESH: N_("fresh"),
    funnel.Criterion.INTENT: N_("intent"),
    funnel.Criterion.DWELL: N_("stuck"),
    funnel.Criterion.VALUE: N_("value"),
    funnel.Criterion.WAITING: N_("waiting"),
}


def greeting(person: Person) -> Line:
    """What the composer says before anything was done."""
    return ((_("Good to see you, {name}.").format(name=plain(person.name)), ""),)


def order_of(playbook: funnel.Playbook) -> str:
    """By what the queue is ordered, most important first."""
    return " ▸ ".join(_(CRITERIA[criterion]) for criterion in playbook.order[:5])


def in_whose_hands(hand: Hand, frame: Frame) -> Line:
    """Below the card: whose hands the lead is in."""
    if hand.claim is not None:
        return ((_("yours until {time}").format(time=frame.clock(hand.claim.until)), "dim"),)
    if hand.card.holder:
        return ((_("in the hands of {name}").format(name=plain(hand.card.holder)), "stuck"),)
    return ((_("only looked at"), "dim"),)


def empty_desk(queue: QueueCard, person: Person, keymap: Keymap, frame: Frame, width: int) -> list[Line]:
    """What stands where a lead would: what to press, or why there is nothing to do."""
    lines: list[Line] = [()]
    if person.role is Role.SUPERVISOR:
        return lines + [((text, ""),) for text in wrap(_("Supervisors watch and write nothing."), width)]
    if not queue.rows:
        return lines + [((text, ""),) for text in wrap(empty(queue, frame), width)]
    steps = (
        (keymap.key("desk.next-lead"), _("brings the next lead into your hands.")),
        ("t", _("you talked: write what was said, @ when you call again.")),
        ("n", _("no answer: logged, and the next lead is there.")),
        (keymap.key("desk.promote-lead"), _("the lead goes a stage on, or you see what is missing.")),
        (keymap.key("desk.show-help"), _("shows every key.")),
    )
    logs = {command.key for command in keymap.commands.values() if command.id.startswith("desk.log-")}
    for key, text in steps:
        if key in ("t", "n") and key not in logs:
            continue
        first, *more = wrap(text, width - 6, 2)
        lines.append(crop(((f"{key:>3}  ", "key"), (first, "")), width))
        lines += [(("     " + part, ""),) for part in more]
    return lines


def writing_title() -> str:
    """Over the composer while one writes."""
    return _("log")
