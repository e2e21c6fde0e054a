"""Every key in two columns, and how the composer is written."""

from __future__ import annotations

from tui import keys
from tui.i18n import _
from tui.keys import Keymap
from tui.lines.text import Line, crop, cut, fit, wrap
from tui.plain import plain


def help_lines(keymap: Keymap, width: int) -> list[Line]:
    """The help: outcomes first, since they are what the day is made of."""
    outcomes = [command for command in keymap.commands.values() if command.id.startswith("desk.log-")]
    rest = [command for command in keymap.commands.values() if command not in outcomes]
    lines: list[Line] = [((_("One key logs the call and brings the next lead"), "dim"),)]
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
    lines += [(), ((_("While you write"), "dim"),)]
    for sign, text in (
        ("@", _("a moment: @fri 10am, @+2h, @next week")),
        ("#", _("an objection or a tag: #price")),
        ("<", _("what the customer said: < too dear")),
        (">", _("what to send or bring: > price list")),
        ("!", _("what the call was for: !settle the price")),
        ("⏎", _("saves and goes on; Esc closes and keeps what you wrote")),
    ):
        lines += _explained(sign, text, width)
    lines += [(), ((_("The lead, the queue, the desk"), "dim"),)]
    for command in rest:
        also = [key for key in command.also if keymap.of_key.get(key) == command.id]
        shown = " ".join([keymap.key(command.id), *map(keys.shown, also)])
        lines += _explained(shown, _(command.tip), width)
    return lines


def _explained(key: str, text: str, width: int) -> list[Line]:
    first, *more = wrap(text, width - 7, 3)
    return [((f"{key:>6} ", "key"), (first, "")), *(((" " * 7 + part, ""),) for part in more)]
