"""The small texts that lead a newcomer: an empty desk, whose hands a lead is in, by what the queue is ordered."""

from __future__ import annotations

from collections.abc import Iterable

import funnel
from models.cards import Person, QueueCard
from models.people import Role
from tui.commands import outcome_id
from tui.errands import Hand
from tui.i18n import _
from tui.i18n import marked as N_
from tui.keys import Keymap
from tui.lines.frame import Frame
from tui.lines.queue import empty
from tui.lines.text import Line, Piece, crop, wrap
from tui.plain import plain

CRITERIA = {
    funnel.Criterion.PROMISE: N_("due"),
    funnel.Criterion.FRESH: N_("new"),
    funnel.Criterion.INTENT: N_("intent"),
    funnel.Criterion.DWELL: N_("stuck"),
    funnel.Criterion.VALUE: N_("value"),
    funnel.Criterion.WAITING: N_("waiting"),
}


def greeting(person: Person) -> Line:
    """What the composer says before anything was done."""
    return ((_("Good to see you, {name}.").format(name=plain(person.name)), ""),)


def order_of(playbook: funnel.Playbook) -> str:
    """By what the queue is ordered, most important first, in the words that its rows use."""
    return " ▸ ".join(_(CRITERIA[criterion]) for criterion in playbook.order[:5])


def in_whose_hands(hand: Hand, frame: Frame) -> Line:
    """Below the card: whose hands the lead is in."""
    if hand.claim is not None:
        return ((_("yours until {time}").format(time=frame.clock(hand.claim.until)), "dim"),)
    if hand.card.holder:
        return ((_("in the hands of {name}").format(name=plain(hand.card.holder)), "stuck"),)
    return ((_("only looked at"), "dim"),)


def empty_desk(
    queue: QueueCard, person: Person, playbook: funnel.Playbook, keymap: Keymap, frame: Frame, width: int
) -> list[Line]:
    """What stands where a lead would: what to press, or why there is nothing to do and what can be done meanwhile."""
    if person.role is Role.SUPERVISOR:
        return [(), *_told(_("Supervisors watch and write nothing."), width), (), *_keys(WATCHING, keymap, width)]
    if not queue.rows:
        return [(), *_told(empty(queue, frame), width), (), *_keys(MEANWHILE, keymap, width)]
    lines: list[Line] = [()]
    if person.is_new:
        lines += [(), *_told(_("Welcome. The way through your first lead:"), width, "strong")]
        lines += [(), *_keys(FIRST, keymap, width, playbook)]
        lines += [(), *_told(_("What you type is kept whatever happens, and what is logged can be taken back."), width)]
        return lines
    return lines + _keys(USUAL, keymap, width, playbook)


CALLBACK = funnel.Flag.CALLBACK
NEXT, TALK, NO_TALK = "desk.next-lead", "a talk", "no talk"
USUAL = (
    (NEXT, N_("brings the next lead into your hands.")),
    (TALK, N_("you talked: write what was said, @ when you call again.")),
    (NO_TALK, N_("no answer: logged, and the next lead is there.")),
    ("desk.promote-lead", N_("the lead goes a stage on, or you see what is missing.")),
    ("desk.show-help", N_("shows every key.")),
)
FIRST = (
    (NEXT, N_("brings a lead: who it is, what was said before, what is missing.")),
    ("desk.dial-number", N_("calls the number; the same key hangs up.")),
    (NO_TALK, N_("nobody answered: it comes again by itself, and the next one is there.")),
    (TALK, N_("you talked: write what was said; @fri 10am promises the next call. Enter saves.")),
    ("desk.promote-lead", N_("takes the lead a stage on, or shows what is missing for that.")),
    ("desk.show-help", N_("shows every key.")),
)
"""What leads a newcomer through the first lead."""
MEANWHILE = (
    ("desk.find-lead", N_("finds anybody you may see; o looks at the lead under the cursor.")),
    ("desk.add-lead", N_("writes somebody new down.")),
    ("desk.show-today", N_("shows your day and what you promised.")),
)
"""What can be done where nobody is to be called."""
WATCHING = (
    ("desk.open-lead", N_("looks at the lead under the cursor.")),
    ("desk.find-lead", N_("finds a lead of your teams.")),
    ("desk.explain-first", N_("says why a lead comes first.")),
    ("desk.turn-scope", N_("turns the funnel to the team and the floor.")),
    ("desk.show-help", N_("shows every key.")),
)


def _told(text: str, width: int, style: str = "") -> list[Line]:
    return [((part, style),) for part in wrap(text, width)]


def _keys(
    steps: Iterable[tuple[str, str]], keymap: Keymap, width: int, playbook: funnel.Playbook | None = None
) -> list[Line]:
    """Keys and what they do; a step whose command is not there is left out."""
    lines: list[Line] = []
    for command, text in steps:
        key = keymap.key(_outcome(command, playbook) if playbook and command in (TALK, NO_TALK) else command)
        if not key:
            continue
        first, *more = wrap(_(text), width - 6, 3)
        lines.append(crop(((f"{key:>3}  ", "key"), (first, "")), width))
        lines += [(("     " + part, ""),) for part in more]
    return lines


def _outcome(kind: str, playbook: funnel.Playbook) -> str:
    """The command that logs the playbook's first talk, or its first call that nobody took."""
    for one in playbook.outcomes:
        is_meant = one.is_talk and CALLBACK not in one.flags if kind == TALK else not one.flags
        if is_meant and one.closes is None:
            return outcome_id(one.code)
    return ""


def after_the_call(person: Person, playbook: funnel.Playbook, keymap: Keymap) -> Line:
    """Under what the composer says, until a newcomer has logged the first call."""
    if not person.is_new or person.role is Role.SUPERVISOR:
        return ()
    pieces: list[Piece] = [(_("After the call one key:"), "dim")]
    for kind in (NO_TALK, TALK):
        command = keymap.commands.get(_outcome(kind, playbook))
        if command is not None:
            pieces += [(f"  {keymap.key(command.id)} ", "key"), (plain(command.name), "dim")]
    return tuple(pieces)


def writing_title() -> str:
    """Over the composer while one writes."""
    return _("log")
