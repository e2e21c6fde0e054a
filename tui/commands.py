"""Everything the desk can be told, in one table: bindings, footer, help, palette and the key docs are read from it."""

from __future__ import annotations

from msgspec import Struct

import funnel
from tui.i18n import marked as N_
from tui.i18n import said


class Command(Struct, frozen=True):
    """One thing to tell the desk."""

    id: str
    """'desk.verb-noun', by which the configuration names it."""
    key: str
    """A character, or a key by its name: 'enter', 'pagedown'."""
    name: str
    """One or two words, for the footer."""
    tip: str
    """One line, for the help and the palette."""
    also: tuple[str, ...] = ()
    """More keys that do the same, given up where a playbook's outcome wants them."""
    is_shown: bool = True
    """Whether the footer shows it where there is room."""


FIGURES = (
    (
        "funnel",
        "F",
        N_("figures"),
        N_("Where leads are won and lost: by stage, over time, by agent, by source."),
    ),
    (
        "plan",
        "N",
        N_("plan"),
        N_("From the target back: what is needed at every stage, what is there, what is missing."),
    ),
    ("forecast", "W", N_("forecast"), N_("What will be won, month by month, and what is in danger.")),
    ("board", "B", N_("leader board"), N_("Who has sold how much, of what they were to.")),
)
"""The screens of figures: code, key, name, tip; the same on the desk and on the monitor."""


def of_figures(screen: str) -> tuple[Command, ...]:
    """The commands that open figures over a screen."""
    return tuple(
        Command(f"{screen}.show-{code}", key, name, tip, is_shown=code == "funnel") for code, key, name, tip in FIGURES
    )


DESK = (
    Command("desk.next-lead", "enter", N_("next"), N_("Bring the next lead into your hands."), ("space",)),
    Command("desk.dial-number", "d", N_("dial"), N_("Call the lead in hand, or hang up: the clock runs between.")),
    Command("desk.promote-lead", "p", N_("promote"), N_("Take the lead to the next stage, or show what is missing.")),
    Command("desk.skip-stages", ">", N_("skip"), N_("Pass over stages, with a reason."), is_shown=False),
    Command("desk.close-lead", "x", N_("lost"), N_("Close the lead as lost, with a reason.")),
    Command("desk.sleep-lead", "z", N_("sleep"), N_("Put the lead to sleep until a moment; it wakes by itself.")),
    Command("desk.edit-field", "e", N_("edit"), N_("Fill in or change a field of the lead.")),
    Command("desk.show-contacts", "C", N_("contacts"), N_("Show and change who is there, and how they are reached.")),
    Command("desk.show-script", "s", N_("script"), N_("Read what to say in this stage; Enter asks its questions.")),
    Command("desk.explain-first", "w", N_("why first"), N_("Say in words why this lead comes first.")),
    Command("desk.return-lead", "-", N_("back"), N_("Move the lead back a stage, with a reason.")),
    Command("desk.find-lead", "/", N_("find"), N_("Find a lead by any part of a name, company, number or note.")),
    Command("desk.answer-call", "v", N_("inbound"), N_("Somebody calls in: find them, the clock starts.")),
    Command("desk.add-lead", "a", N_("new lead"), N_("Write somebody new down.")),
    Command("desk.undo-last", "u", N_("undo"), N_("Take back what you put on record last, for ten seconds.")),
    Command("desk.show-today", "y", N_("today"), N_("Show your day: promises, target, what waits tomorrow.")),
    Command(
        "desk.turn-scope", "f", N_("funnel"), N_("Show the funnel of yourself, the team, the floor."), is_shown=False
    ),
    Command("desk.open-lead", "o", N_("open"), N_("Look at the lead under the cursor; work takes it."), is_shown=False),
    Command("desk.lower-cursor", "down", N_("down"), N_("Move down in the queue."), ("j",), is_shown=False),
    Command("desk.raise-cursor", "up", N_("up"), N_("Move up in the queue."), ("k",), is_shown=False),
    Command("desk.read-on", "pagedown", N_("read on"), N_("Read on in the lead's history."), ("l",), is_shown=False),
    Command("desk.read-back", "pageup", N_("read back"), N_("Go back to the top of the lead."), ("h",), is_shown=False),
    Command("desk.open-palette", "ctrl+p", N_("commands"), N_("Find a command by its name."), is_shown=False),
    *of_figures("desk"),
    Command("desk.pause-calls", "P", N_("pause"), N_("Leave the calls for a while, and say why."), is_shown=False),
    Command("desk.suspend", "ctrl+z", N_("suspend"), N_("Go to the shell; fg comes back here."), is_shown=False),
    Command("desk.quit", "q", N_("quit"), N_("Leave the desk; the lead in hand goes back."), is_shown=False),
    Command("desk.show-help", "?", N_("keys"), N_("Show every key.")),
)

FORBIDDEN_KEYS = frozenset(f"ctrl+{letter}" for letter in "abjosq")
"""What tmux, screen and flow control take before a program sees it."""


def outcome_id(code: str) -> str:
    """The id of the command that logs an outcome."""
    return f"desk.log-{code.replace('_', '-')}"


def of_outcomes(playbook: funnel.Playbook) -> tuple[Command, ...]:
    """The commands that the playbook's outcomes add to the desk, on the keys that it gives them."""
    return tuple(
        Command(outcome_id(one.code), one.key, said(one.name), N_("Log this outcome, then the next lead."))
        for one in playbook.outcomes
    )
