"""Everything the monitor can be told, in one table. Nothing in it writes to the floor."""

from __future__ import annotations

from tui.commands import Command, of_figures
from tui.i18n import marked as N_

MONITOR = (
    Command("monitor.raise-cursor", "up", N_("up"), N_("Move up in the list."), is_shown=False),
    Command("monitor.lower-cursor", "down", N_("move"), N_("Move down in the list."), ("j",), is_shown=False),
    Command(
        "monitor.open-portfolio",
        "enter",
        N_("portfolio"),
        N_("Open what is under the cursor: every lead of an agent, or a lead."),
    ),
    Command("monitor.open-lead", "l", N_("lead"), N_("Show the lead of this line with all its history.")),
    Command(
        "monitor.review-week",
        "r",
        N_("weekly review"),
        N_("Go through every lead of the agent: done this week, progress, problem."),
    ),
    Command(
        "monitor.watch-screen",
        "g",
        N_("screen"),
        N_("See the agent's screen as they have it now; they see who looks."),
    ),
    Command(
        "monitor.check-spots", "k", N_("spot check"), N_("Draw records to check: at random, or where signs point.")
    ),
    Command("monitor.turn-funnel", "f", N_("funnel"), N_("Show the funnel of the floor, of each team, of the agent.")),
    Command("monitor.choose-team", "t", N_("team"), N_("Show one team, one agent or one campaign only.")),
    Command("monitor.show-month", "m", N_("month"), N_("Show the month, agent by agent; left and right turn it.")),
    *of_figures("monitor"),
    Command("monitor.find-lead", "/", N_("find"), N_("Find a lead by any part of a name, company, number or note.")),
    Command(
        "monitor.next-pane",
        "tab",
        N_("next pane"),
        N_("Go to the next list: floor, needs a look, as it happens, funnel."),
    ),
    Command(
        "monitor.previous-pane",
        "shift+tab",
        N_("pane before"),
        N_("Go to the list before."),
        is_shown=False,
    ),
    Command(
        "monitor.save-view",
        "e",
        N_("save"),
        N_("Save what is on the screen: a table as xlsx, CSV or Markdown, anything else as text."),
        is_shown=False,
    ),
    Command("monitor.page-down", "pagedown", N_("page down"), N_("Move down by the page."), ("space",), is_shown=False),
    Command("monitor.page-up", "pageup", N_("page up"), N_("Move up by the page."), is_shown=False),
    Command("monitor.go-back", "escape", N_("back"), N_("Close what is open; show everybody again."), is_shown=False),
    Command("monitor.open-palette", "ctrl+p", N_("commands"), N_("Find a command by its name."), is_shown=False),
    Command("monitor.suspend", "ctrl+z", N_("suspend"), N_("Go to the shell; fg comes back here."), is_shown=False),
    Command("monitor.quit", "q", N_("quit"), N_("Leave the monitor."), is_shown=False),
    Command("monitor.show-help", "?", N_("keys"), N_("Show every key.")),
)
"""No id here logs, moves, claims, edits or sends; the floor's own commands are not loaded."""
