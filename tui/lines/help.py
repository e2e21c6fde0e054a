"""Every key in two columns, and how the composer is written."""

from __future__ import annotations

from collections.abc import Iterable

from tui import keys
from tui.commands import Command
from tui.i18n import _
from tui.i18n import marked as N_
from tui.keys import Keymap
from tui.lines.text import Line, crop, cut, fit, rule, wrap
from tui.plain import plain

WRITING = (
    ("@", N_("a moment: @fri 10am, @+2h, @next week")),
    ("@", N_("or why there is none: @none, because …")),
    ("#", N_("an objection or a tag: #price")),
    ("<", N_("what the customer said: < too dear")),
    (">", N_("what to send or bring: > price list")),
    ("!", N_("what the call was for: !settle the price")),
    ("⏎", N_("saves, and the next lead is there")),
    ("⇥", N_("saves and keeps the lead, so that it can be promoted")),
    ("Esc", N_("closes and keeps what you wrote")),
    ("^W ^U", N_("takes a word away, or everything")),
)
"""The signs of a note, and the keys of the line."""
OVER = (
    ("↓ ↑", N_("moves, or reads on; PgDn and PgUp by the page")),
    ("1 a …", N_("chooses what stands behind it; Enter what the bar is at")),
    ("Esc", N_("shows the lead again")),
)
"""The keys of lists and texts."""
READING = (
    ("↓ ↑", N_("moves, or reads on; PgDn and PgUp by the page")),
    ("⏎", N_("opens the lead of the line; Esc comes back to the list")),
    ("k n", N_("in a spot check: at random or where signs point; draws anew")),
    ("← →", N_("turn the week or the month")),
    ("Esc", N_("shows the floor again")),
)
"""The keys of what the monitor opens."""


def help_lines(keymap: Keymap, figures: Keymap, width: int) -> list[Line]:
    """The help: outcomes first, since they are what the day is made of."""
    outcomes = [command for command in keymap.commands.values() if command.id.startswith("desk.log-")]
    rest = [command for command in keymap.commands.values() if command not in outcomes]
    lines: list[Line] = [rule(_("Each logs a call and brings the next lead"), "", width)]
    cells = [(keymap.key(command.id), plain(command.name)) for command in outcomes]
    column = max(16, min(26, width // max(1, width // 22)))
    per_line = max(1, width // column)
    for start in range(0, len(cells), per_line):
        row = cells[start : start + per_line]
        pieces = [
            piece
            for key, name in row
            for piece in ((f"{key:>4} ", "key"), (fit(cut(name, column - 6), column - 5), ""))
        ]
        lines.append(crop(pieces, width))
    lines += _section(_("While you write"), [(sign, _(text)) for sign, text in WRITING], width)
    lines += _section(_("The lead, the queue, the desk"), _rows(keymap, rest), width)
    lines += _section(_("Over figures"), _rows(figures, figures.commands.values()), width)
    return lines + _section(_("What lies over the lead"), [(sign, _(text)) for sign, text in OVER], width)


def watching_lines(keymap: Keymap, figures: Keymap, width: int) -> list[Line]:
    """The help of the monitor: every command, and the keys of what it opens."""
    lines = _section(_("The monitor reads and writes nothing"), _rows(keymap, keymap.commands.values()), width)
    lines += _section(_("Over figures"), _rows(figures, figures.commands.values()), width)
    return lines[1:] + _section(_("What lies over the floor"), [(sign, _(text)) for sign, text in READING], width)


def _rows(keymap: Keymap, commands: Iterable[Command]) -> list[tuple[str, str]]:
    """Keys and tips of commands."""
    rows = []
    for command in commands:
        also = [key for key in command.also if keymap.of_key.get(key) == command.id]
        rows.append((" ".join([keymap.key(command.id), *map(keys.shown, also)]), _(command.tip)))
    return rows


def _section(title: str, rows: Iterable[tuple[str, str]], width: int) -> list[Line]:
    lines: list[Line] = [(), rule(title, "", width)]
    for key, text in rows:
        lines += _explained(key, text, width)
    return lines


def _explained(key: str, text: str, width: int) -> list[Line]:
    first, *more = wrap(text, width - 7, 3)
    return [((f"{key:>6} ", "key"), (first, "")), *(((" " * 7 + part, ""),) for part in more)]
