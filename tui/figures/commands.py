"""Everything a screen of figures can be told, in one table: the same keys over the desk and over the monitor."""

from __future__ import annotations

from collections.abc import Mapping

from models.errors import Refused
from tui.commands import Command, of_figures
from tui.i18n import marked as N_
from tui.keys import SCREENS, Keymap, keymaps

FIGURES = (
    Command("figures.raise-cursor", "up", N_("up"), N_("Go to the line above."), ("k",), is_shown=False),
    Command("figures.lower-cursor", "down", N_("move"), N_("Go to the line below."), ("j",)),
    Command("figures.next-figure", "tab", N_("figure"), N_("Go to the next figure of the line; a chart shows it.")),
    Command("figures.last-figure", "shift+tab", N_("figure before"), N_("Go to the figure before."), is_shown=False),
    Command("figures.open-rows", "enter", N_("leads behind it"), N_("Show the leads that a figure was counted from.")),
    Command("figures.turn-view", "v", N_("view"), N_("Turn the view: by stage, over time, by agent, by source.")),
    Command("figures.turn-period", "p", N_("period"), N_("Turn the period: day, week, month, quarter, year.")),
    Command("figures.period-before", "left", N_("before"), N_("Go to the period before."), is_shown=False),
    Command("figures.period-after", "right", N_("before, after"), N_("Go to the period after.")),
    Command("figures.save-file", "e", N_("save"), N_("Save what is shown: as a sheet, as CSV, or as Markdown.")),
    Command("figures.count-anew", "n", N_("count anew"), N_("Count again what is shown."), is_shown=False),
)
"""What a line of the footer has no room for is in the help."""


def keymap(screen: Keymap, changes: Mapping[str, str]) -> Keymap:
    """The keys of figures over a screen.

    Args:
        screen: the keys of the desk or the monitor; those that open figures work over figures too.
        changes: command id → key, from the configuration.

    Raises:
        Refused: as `keys.keymaps`; `key_clash` also where a key would no longer open the figures that it opens.
    """
    found = keymaps(FIGURES, {0: ()}, changes)[0]
    for name in [one.id for screen_ in SCREENS for one in of_figures(screen_)]:
        key = screen.of_command.get(name, "")
        if key in found.of_key:
            raise Refused("key_clash", key=key, command=name, other=found.of_key[key])
    return found
