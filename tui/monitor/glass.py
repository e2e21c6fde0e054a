"""An agent's screen in the monitor: as it is at that desk now, to be read, for as long as this lies on top.

All that goes to the desk is who looks. Its answer is text, whatever it holds.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from rich.cells import cell_len

from models.desks.presence import State
from models.watching.cards import AgentRow
from models.watching.masks import Mask
from tui import clocks
from tui.glass import frames, places
from tui.glass.frames import LONGEST, Greeting
from tui.glass.pictures import masked
from tui.i18n import _
from tui.i18n import marked as N_
from tui.lines.frame import Frame
from tui.lines.status import running
from tui.lines.text import ELLIPSIS, Line, Piece, crop, joined, told, width_of
from tui.monitor.lines.agents import STATES, lasted
from tui.plain import plain
from tui.sheets import Deed, Hints, Sheet

if TYPE_CHECKING:
    from tui.monitor.screen import Watch

AGAIN = 2.0
"""Seconds between two tries to reach a desk."""
STEP = 20
"""Cells by which the arrows move what is wider than here."""


class Sight(Enum):
    """What is seen of a desk, or why nothing is, in words."""

    SOUGHT = N_("Looking for the desk …")
    SEEN = ""
    ABSENT = N_("Not there: nobody sits at that desk now. It comes by itself when somebody does.")
    REFUSED = N_("Not allowed: a desk shows itself to the supervisors of its team and to managers.")
    LOST = N_("Line lost: the desk ended, or the way to it broke. It comes by itself when it is there again.")


@dataclass
class GlassSheet(Sheet):
    """What an agent's desk shows."""

    row: Callable[[], AgentRow]
    """The agent as the floor has them now."""
    moment: Callable[[], Frame]
    mask: Mask
    sight: Sight = Sight.SOUGHT
    screen: Sequence[Line] = ()
    width: int = 0
    at: datetime | None = None
    """When it changed last."""
    left: int = 0
    """The first cell that is shown."""
    is_live: bool = field(default=True, init=False)

    @property
    def hints(self) -> Hints:
        """Nothing here but to read."""
        return (("Esc", _("close")), ("↓↑←→", _("move")))

    def lines(self, width: int) -> list[Line]:
        """The agent's state, how old this is, and the screen as far as there is room."""
        if self.sight is not Sight.SEEN:
            return [self._head(width), *told(_(self.sight.value), width=width)]
        self.left = max(0, min(self.left, self.width - width))
        shown = (seen_from(line, self.left, width) for line in masked(self.screen, self.mask))
        return [self._head(width), *(bounded(line, self.width, width) for line in shown)]

    def _head(self, width: int) -> Line:
        row, frame = self.row(), self.moment()
        mark, word = STATES[row.state]
        clock = (
            ""
            if row.state is State.OFF or row.since is None
            else " " + running(int(lasted(row, frame).total_seconds()))
        )
        parts: list[Line] = [((f"{mark} {_(word)}{clock}".strip(), "strong"),)]
        if self.sight is Sight.SEEN and self.at is not None:
            age = _("changed {span} ago").format(span=clocks.age(frame.now - self.at))
            parts += [((age, "dim"),), ((f"{self.width}×{len(self.screen)}", "dim"),)]
        return crop((*joined(parts, (" · ", "dim")), ("  " + _("they see that you look"), "key")), width)

    def press(self, key: str) -> Deed | bool:
        """To the sides, where it is wider than here; up and down is the screen's own."""
        if key not in ("left", "right"):
            return False
        self.left = max(0, self.left + (STEP if key == "right" else -STEP))
        return True


def seen_from(line: Line, left: int, width: int) -> Line:
    """A part of a line; what goes on beyond an edge is marked there.

    >>> seen_from((("华星 machines", ""),), 1, 6)
    (('…', 'dim'), ('星 m…', ''))
    """
    if not left:
        return crop(line, width)
    kept: list[Piece] = []
    at = 0
    for text, style in line:
        rest = ""
        for letter in text:
            if at > left:
                rest += letter
            elif at + cell_len(letter) > left + 1:  # a wide letter, of which the mark took the first half
                rest += " "
            at += cell_len(letter)
        kept.append((rest, style))
    return crop(((ELLIPSIS, "dim"), *(piece for piece in kept if piece[0])), width)


def bounded(line: Line, screen: int, width: int) -> Line:
    """A line of a screen that is narrower than here: an edge says where it ends."""
    if screen >= width:
        return line
    return (*line, (" " * (screen - width_of(line)), ""), ("│", "rule"))


class Looking:
    """The line to a desk: open while a glass lies on top, and not a moment longer."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self._sheet: GlassSheet | None = None
        self._line: socket.socket | None = None

    def follow(self, sheet: Sheet | None) -> None:
        """Looks through what lies on top, if that is a glass."""
        wanted = sheet if isinstance(sheet, GlassSheet) else None
        if wanted is not self._sheet:
            self.stop()
            self._sheet = wanted
            if wanted is not None:
                wanted.sight, wanted.screen = Sight.SOUGHT, ()
                self.watch.run_worker(self._look(wanted), group="glass", exclusive=True, exit_on_error=False)

    def stop(self) -> None:
        """Nobody looks any more, from this moment on."""
        self._sheet = None
        self.watch.workers.cancel_group(self.watch, "glass")
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)

    async def _look(self, sheet: GlassSheet) -> None:
        """Looks for as long as it is wanted, and again where the desk was left and comes back."""
        while sheet is self._sheet:
            sight = await self._look_once(sheet)
            if sheet is self._sheet:
                self._tell(sheet, sight)
                await asyncio.sleep(AGAIN)

    async def _look_once(self, sheet: GlassSheet) -> Sight:
        row, config = sheet.row(), self.watch.config
        try:
            line = places.knock(config, row.agent_id)
        except OSError:
            return Sight.LOST if sheet.sight in (Sight.SEEN, Sight.LOST) else Sight.ABSENT
        self._line = line
        with line:
            host = places.peer(line)
            if host.login != row.login and not host.is_trusted(config.identity.account):
                return Sight.ABSENT  # somebody else's socket in their name
            return await self._read(sheet, line)

    async def _read(self, sheet: GlassSheet, line: socket.socket) -> Sight:
        with suppress(OSError):  # not everybody is asked for a name
            line.send(frames.written(Greeting(self.watch.person.login)))
        reader, writer = await asyncio.open_unix_connection(sock=line, limit=LONGEST)
        seen: list[Line] = []
        try:
            while said := await reader.readline():
                found = frames.frame(said)
                if found is None:
                    break
                seen = frames.applied(seen, found)
                sheet.screen, sheet.width, sheet.at = seen, found.width, self.watch.clock()
                self._tell(sheet, Sight.SEEN)
        except (OSError, ValueError):  # broken off, or longer than any frame
            pass
        finally:
            writer.transport.abort()
        return Sight.LOST if seen else Sight.REFUSED

    def _tell(self, sheet: GlassSheet, sight: Sight) -> None:
        sheet.sight = sight
        if sheet is self.watch.sheet:
            self.watch.paint.cover()


def glass_sheet(watch: Watch, row: AgentRow) -> GlassSheet:
    """The glass of an agent's desk."""
    agent_id = row.agent_id

    def now() -> AgentRow:
        return next((one for one in watch.survey.overview.agents if one.agent_id == agent_id), row)

    title = _("screen") + " · " + plain(row.name or row.login)
    mask = Mask(watch.config.monitor.numbers)
    return GlassSheet(title, lambda width: (), now, lambda: watch.frame, mask, command="monitor.watch-screen")
