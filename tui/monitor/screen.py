"""The supervisor's monitor: the floor, what needs a look, what happens, the funnel. It shows, hears, writes nothing.

What is opened lies over it as a sheet, one on another. A sheet whose `is_live` is true is written anew each second, and
whenever `paint.cover()` is called: that is all that a view of somebody's own screen needs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.events import Event, Key, Paste, Resize
from textual.message import Message
from textual.screen import Screen

import funnel
from models.errors import FloorError
from models.watching.cards import AgentRow, Selection
from tui import clocks, driver, keys, mishap, spans, words
from tui.config import Config
from tui.figures.commands import keymap as figure_keys
from tui.i18n import _
from tui.keys import Keymap
from tui.lines.frame import Frame
from tui.lines.text import Line
from tui.live import FloorChanged, Live
from tui.monitor.around import Around
from tui.monitor.deeds import Deeds
from tui.monitor.errands import Opening
from tui.monitor.glass import Looking
from tui.monitor.painter import Painter
from tui.sheets import Sheet
from tui.store import Store
from tui.widgets.composer import Composer
from tui.widgets.lines_view import FULL, LinesView
from tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from models.reports.slices import Slice

PANES = ("floor", "looks", "events", "funnel")
FULL_WIDTH, FULL_HEIGHT = 110, 28
"""From this size on all panes are there at once."""


class Watch(Screen[None], inherit_bindings=False):
    """Where a floor is watched."""

    AUTO_FOCUS = ""

    class Shown(Message):
        """It is painted for the first time."""

    def __init__(
        self, store: Store, opening: Opening, keymap: Keymap, config: Config, clock: Callable[[], datetime]
    ) -> None:
        super().__init__()
        if spans.works_here():
            self._compositor = spans.SpansCompositor()
        self.store = store
        self.person = opening.person
        self.floor_card = opening.floor
        self.books = opening.books
        self.teams: Mapping[int, str] = opening.teams
        self.survey = opening.survey
        self.keymap = keymap
        self.figure_keys = figure_keys(keymap, config.keys)
        self.config = config
        self.clock = clock
        self.zone = clocks.zone(opening.floor.zone)
        self.selection = Selection()
        """Whose work is shown, found and saved."""
        self.scope: Selection | None = None
        """Whose funnel is shown, where it is not that of the selection."""
        self.pane = PANES[0]
        self.sheets: list[Sheet] = []
        """What lies over the panes, the topmost last."""
        self.trouble = ""
        self.said: Line = ()
        self.status = LinesView(ground="panel", id="status")
        self.floor = RowList(id="floor")
        self.looks = RowList(id="looks")
        self.events = RowList(id="events")
        self.funnel = LinesView(frame=FULL, says_more=True, id="funnel")
        self.cover = LinesView(frame=FULL, says_more=True, id="cover")
        self.strip = LinesView(id="strip")
        self.composer = Composer(id="composer")
        self.footer = LinesView(ground="panel", id="footer")
        self.paint = Painter(self)
        self.around = Around(self)
        self.deeds = Deeds(self)
        self.looking = Looking(self)
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._unpainted = ExitStack()

    # ── building ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def compose(self) -> ComposeResult:
        """The parts, in the order of reading."""
        self._fit()
        yield self.status
        lower = Container(Container(self.looks, self.events, id="left"), self.funnel, id="lower")
        yield Container(self.floor, lower, self.cover, id="body")
        yield from (self.strip, self.composer, self.footer)

    def on_mount(self) -> None:
        """Fills its parts and starts to listen: to keys, to the floor, to the clock."""
        self._unpainted.enter_context(self.app.batch_update())
        self.call_after_refresh(self._show)
        self.paint.all()
        self.run_worker(self._hear_keys(), group="keys", exit_on_error=True)
        self.run_worker(self.around.look(), group="survey", exit_on_error=True)
        self.run_worker(self.around.tick(), group="clock", exit_on_error=True)
        self.run_worker(Live(self.store, self).listen(), group="live", exit_on_error=True)

    def _show(self) -> None:
        self._unpainted.close()
        self.refresh()
        self.call_after_refresh(self.post_message, self.Shown())

    def on_resize(self, event: Resize) -> None:
        """All panes or one."""
        self._fit()

    @property
    def is_full(self) -> bool:
        """Whether there is room for all panes."""
        return self.app.size.width >= FULL_WIDTH and self.app.size.height >= FULL_HEIGHT

    def _fit(self) -> None:
        is_full = self.is_full
        self.set_class(is_full, "-full")
        self.set_class(not is_full, "-single")
        for pane in PANES:
            self.set_class(pane == self.pane, f"-{pane}")
            self._list(pane).is_lit = pane == self.pane
        self.fit_panes()

    def fit_panes(self) -> None:
        """Room for the floor and for what needs a look: as much as they have lines, never more than their share."""
        body = self.app.size.height - (2 if self.is_full else 3)
        agents, needs = len(self.survey.overview.agents) + 3, len(self.survey.looks.rows) + 2
        if self.is_full:
            floor = max(7, min(agents, body * 45 // 100))
            looks = max(5, min(needs, max(6, (body - floor) * 45 // 100)))
        else:
            share = body * 7 // 10  # of the one that has the cursor; what it does not need the other has
            looks = min(max(needs, 3), share) if self.pane == "looks" else max(body - min(agents, share), 3)
            floor = body - looks
        for part, height in ((self.floor, floor), (self.looks, looks)):
            scalar = part.styles.height
            if scalar is None or scalar.value != height:
                part.styles.height = height

    def _list(self, pane: str) -> LinesView:
        return {"floor": self.floor, "looks": self.looks, "events": self.events, "funnel": self.funnel}[pane]

    async def settle(self) -> None:
        """Waits until every key so far is answered."""
        await self._events.join()

    def may_suspend(self) -> bool:
        """Whether there is a shell to go back to."""
        return driver.has_shell()

    # ── what is before the eyes ───────────────────────────────────────────────────────────────────────────────────────

    @property
    def frame(self) -> Frame:
        """This moment, by the floor's clock and in its money."""
        return Frame(self.clock(), self.zone, self.floor_card.currency)

    @property
    def campaign_id(self) -> int:
        """The campaign whose funnel is shown."""
        return self.selection.campaign_id or next(iter(self.books))

    @property
    def playbook(self) -> funnel.Playbook:
        """Its playbook."""
        return self.books[self.campaign_id].playbook

    def playbook_of(self, campaign_id: int) -> funnel.Playbook:
        """A lead's own playbook; the present one for a campaign that is newer than this monitor."""
        return self.books[campaign_id].playbook if campaign_id in self.books else self.playbook

    @property
    def slice(self) -> Slice:
        """Whose figures are counted."""
        from models.reports.slices import Slice

        return Slice(self.campaign_id, self.selection.team_id, self.selection.agent_id)

    @property
    def whose(self) -> str:
        """Whose figures these are, in words."""
        return self.paint.whom(self.selection)

    def repaint_sheet(self) -> None:
        """What lies on top has something else to show."""
        self.paint.cover()
        self.paint.footer()

    async def look_at(self, lead_id: int) -> None:
        """A lead, to be read."""
        await self.deeds.show_lead(lead_id)

    @property
    def sheet(self) -> Sheet | None:
        """What lies over everything else."""
        return self.sheets[-1] if self.sheets else None

    @property
    def agent(self) -> AgentRow | None:
        """The agent under the floor's cursor."""
        agents = self.survey.overview.agents
        return agents[self.floor.cursor] if self.floor.cursor < len(agents) else None

    @property
    def list(self) -> RowList | None:
        """The list that has the cursor; None while the funnel has it."""
        found = self._list(self.pane)
        return found if isinstance(found, RowList) else None

    def go_to(self, pane: str) -> None:
        """Gives another pane the cursor; on a small terminal it comes to sight."""
        self.pane = pane
        self._fit()
        self.paint.panes()

    # ── keys ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def on_key(self, event: Key) -> None:
        """Every key waits its turn."""
        event.stop()
        event.prevent_default()
        self._events.put_nowait(event)

    def on_paste(self, event: Paste) -> None:
        """Pasted text waits its turn too."""
        event.stop()
        self._events.put_nowait(event)

    async def _hear_keys(self) -> None:
        while True:
            event = await self._events.get()
            try:
                await self._hear(event)
            except FloorError as error:
                self.complain(error)
            except Exception as error:
                if self.app.is_headless:
                    raise
                text = _("Something went wrong. Reference {reference}").format(reference=mishap.record(error))
                self.say(text, "lost")
            finally:
                self._events.task_done()

    async def _hear(self, event: Event) -> None:
        if isinstance(event, Paste):
            self.deeds.paste(event.text)
            return
        assert isinstance(event, Key)
        if self.said:
            self.say("")
        key = keys.pressed(event.key, event.character)
        command = self.keymap.command(key)
        if command is not None and command.id == "monitor.suspend" and not event.is_printable:
            await self.deeds.suspend()
        elif self.composer.is_open:
            await self.deeds.write(event.key, event.character)
        elif self.sheet is not None:
            await self._turn(self.sheet, key)
        elif command is not None:
            await self.command(command.id)

    async def command(self, command: str) -> None:
        """Does what a command says, or says why it can do nothing now."""
        if objection := self.deeds.objection(command):
            self.say(objection, "stuck")
        else:
            await self.deeds.do(command)

    async def _turn(self, sheet: Sheet, key: str) -> None:
        """A key over a sheet: its own, then those that read on and close, then a command's."""
        answer = sheet.press(key)
        page = max(1, self.cover.inner_height - 1)
        steps = {"down": 1, "j": 1, "up": -1, "pagedown": page, "space": page, "pageup": -page}
        command = self.keymap.command(key)
        if callable(answer):
            await answer()
        if answer:
            self.paint.cover()
        elif key in ("escape", "q"):
            self.close_sheet()
        elif key in steps:
            self.cover.scroll_lines(steps[key])
        elif command is not None and command.id == sheet.command:
            self.close_sheet()
        elif command is not None:
            await self.command(command.id)

    # ── sheets ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def open_sheet(self, sheet: Sheet, *, on_top: bool = False) -> None:
        """Lays a sheet over everything, in place of what lies there, or on top of it to come back to."""
        self.sheets = [*self.sheets, sheet] if on_top else [sheet]
        self.cover.top = 0
        self.looking.follow(sheet)
        self.set_class(True, "-covered")
        self.paint.cover()
        self.paint.footer()

    def close_sheet(self) -> None:
        """Takes the topmost sheet away."""
        if self.sheets:
            self.sheets.pop()
        self.cover.top = 0
        self.looking.follow(self.sheet)
        self.set_class(bool(self.sheets), "-covered")
        self.paint.cover()
        self.paint.panes()
        self.paint.footer()

    # ── saying ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def say(self, text: str, style: str = "") -> None:
        """One quiet line in the footer, until the next key."""
        self.said = ((text, style),) if text else ()
        self.paint.footer()

    def complain(self, error: FloorError) -> None:
        """A refusal in words."""
        self.say("✗ " + words.refusal(error, self.playbook), "lost")

    def trouble_with(self, error: FloorError | None) -> None:
        """Shows in the status bar that the database cannot be used, or that it can again."""
        text = words.refusal(error) if error else ""
        if text != self.trouble:
            self.trouble = text
            self.paint.status()

    @on(FloorChanged)
    def _floor_changed(self) -> None:
        self.around.stir()
