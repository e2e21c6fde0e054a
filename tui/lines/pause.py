"""What stands over the card while its agent is away: that nobody is called, for how long, and the way back."""

from __future__ import annotations

from tui.i18n import _, counted
from tui.lines.frame import Frame
from tui.lines.status import Standing, how_long
from tui.lines.text import Line, wrap


def pause_lines(standing: Standing, frame: Frame, width: int) -> list[Line]:
    """A pause: what for, since when, how long it may be, and the key that ends it."""
    assert standing.since is not None
    minutes, over = standing.seconds(frame.now) // 60, standing.over(frame.now)
    lines: list[Line] = [
        (),
        ((f"‖ {standing.name}", "strong"), ("   " + _("since {time}").format(time=frame.clock(standing.since)), "dim")),
        ((how_long(minutes, standing.limit), ""),),
    ]
    if over:
        text = counted("{count} minute over its time", "{count} minutes over its time", -(-over // 60))
        lines.append((("! " + text, "stuck"),))
    lines.append(())
    lines += [((text, ""),) for text in wrap(_("No lead is in your hands meanwhile."), width)]
    lines += [((text, "strong"),) for text in wrap(_("Enter: back to work."), width)]
    return lines
