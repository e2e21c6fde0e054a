"""An agent's desk: queue, lead, funnel, the composer under them. It shows and hears; what is done stands in `deeds`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from datetime import datetime
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.events import Event, Key, Paste, Resize
from textual.message import Message
from textual.screen import Screen

import funnel
from models.cards import Scope
from models.errors import FloorError, Stale
from models.people import Role
from tui import clocks, driver, errands, keys, mishap, spans, words
from tui.commands import of_figures
from tui.config import Config
from tui.errands import Hand, Opening
from tui.figures.commands import keymap as figure_keys
from tui.i18n import _
from tui.keys import Keymap
from tui.lines import guide
from tui.lines.frame import Frame
from tui.live import FloorChanged, Live
from tui.plain import plain
from tui.screens.around import Around
from tui.screens.deeds import Deeds
from tui.screens.keeping import Keeping
from tui.screens.painter import Painter
from tui.sheets import Sheet
from tui.store import Store
from tui.widgets.composer import Composer
from tui.widgets.lines_view import FULL, TOP, LinesView
from tui.widgets.queue_list import QueueList

if TYPE_CHECKING:
    from models.reports.slices import Slice
    from tui.screens.glass import Glass

BESIDE = ("desk.dial-number", "desk.turn-scope", "desk.suspend", *(one.id for one in of_figures("desk")))
"""Commands that leave what is being read where it is, or put something in its place."""
WIDE = 110
"""From this width on the funnel has a pane of its own."""
NARROW = 64
"""Below this width the lead has the screen for itself."""


class Desk(Screen[None], inherit_bindings=False):
    """Where leads are worked."""

    AUTO_FOCUS = ""

    class Shown(Message):
        """It is painted for the first time."""

    breath = 0.35
    """An Enter that comes this soon after a question was shown is the tail of the one before, not its answer."""

    def __init__(
        self,
        store: Store,
        opening: Opening,
        keymaps: Mapping[int, Keymap],
        config: Config,
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__()
        if spans.works_here():
            self._compositor = spans.SpansCompositor()
        self.store = store
        self.person = opening.person
        self.floor = opening.floor
        self.books = opening.books
        self.survey = opening.survey
        self.hand = opening.hand
        self.keymaps = keymaps
        self.figure_keys = figure_keys(next(iter(keymaps.values())), config.keys)
        self.config = config
        self.clock = clock
        self.zone = clocks.zone(opening.floor.zone)
        self.scope = Scope.MINE
        self.rows_wanted = 60
        self.sheet: Sheet | None = None
        self.asked_at = 0.0
        """When the present question came up, by the clock of keys."""
        self.trouble = ""
        self.is_unkept = False
        """Whether drafts are in this process alone."""
        self.status = LinesView(ground="panel", id="status")
        self.queue = QueueList(id="queue")
        self.card = LinesView(says_more=True, id="card")
        self.panel = LinesView(frame=FULL, id="panel")
        self.strip = LinesView(id="strip")
        self.composer = Composer(id="composer")
        self.footer = LinesView(ground="panel", id="footer")
        self.paint = Painter(self)
        self.around = Around(self)
        self.keeping = Keeping(self)
        self.deeds = Deeds(self)
        self.glass: Glass | None = None
        """What lets supervisors look at this screen, where that is allowed."""
        self.key_at = 0.0
        """When the last key came, by the clock of keys."""
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._begun = asyncio.Event()
        self._unpainted = ExitStack()

    # ── building ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def compose(self) -> ComposeResult:
        """The parts, in the order of reading."""
        self._fit()
        yield self.status
        yield Container(self.queue, self.card, self.panel, id="body")
        yield from (self.strip, self.composer, self.footer)

    def on_mount(self) -> None:
        """Fills its parts, and begins when they are painted."""
        # One picture, once every part has its size and its lines; by itself Textual would paint four.
        self._unpainted.enter_context(self.app.batch_update())
        self.call_after_refresh(self._show)
        hint = guide.after_the_call(self.person, self.playbook, self.keymap)
        self.composer.tell(guide.greeting(self.person), hint=hint)
        self.paint.all()

    def on_unmount(self) -> None:
        """However the desk ends: what was typed last is written."""
        if self.glass is not None:
            self.glass.close()
        self.keeping.hand_in()

    def _show(self) -> None:
        self._unpainted.close()
        self.refresh()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """Listens to keys, to the floor and to the clock; before the first picture all that would only hold it up."""
        self.post_message(self.Shown())
        self.run_worker(self.keeping.write(), group="keeping", exit_on_error=True)
        self.run_worker(self._hear_keys(), group="keys", exit_on_error=True)
        self.run_worker(self.around.look(), group="survey", exit_on_error=True)
        self.run_worker(Live(self.store, self).listen(), group="live", exit_on_error=True)
        self.around.begin()

    @property
    def is_wide(self) -> bool:
        """Whether there is room for three panes."""
        return self.app.size.width >= WIDE

    async def settle(self) -> None:
        """Waits until the session has begun and every key so far is answered."""
        await self._begun.wait()
        await self._events.join()

    def may_suspend(self) -> bool:
        """Whether there is a shell to go back to."""
        return driver.has_shell()

    def on_resize(self, event: Resize) -> None:
        """Three panes or two and a line."""
        self._fit()
        for part in (self.queue, self.card, self.composer):
            part.rewrite()

    def _fit(self) -> None:
        self.set_class(self.is_wide, "-wide")
        self.set_class(self.app.size.width < NARROW, "-narrow")
        for part in (self.queue, self.card, self.composer):
            part.frame = FULL if self.is_wide else TOP

    # ── what is before the agent ──────────────────────────────────────────────────────────────────────────────────────

    @property
    def frame(self) -> Frame:
        """This moment, by the floor's clock and in its money."""
        return Frame(self.clock(), self.zone, self.floor.currency)

    @property
    def campaign_id(self) -> int:
        """The campaign of the lead in hand, else the first."""
        return self.hand.card.campaign_id if self.hand else next(iter(self.books))

    @property
    def playbook(self) -> funnel.Playbook:
        """Its playbook."""
        return self.books[self.campaign_id].playbook

    @property
    def slice(self) -> Slice:
        """Whose figures are counted: the agent's own; who works no leads has those of all that they may see."""
        from models.reports.slices import Slice

        own = self.person.id if self.person.role is Role.AGENT else None
        return Slice(self.campaign_id, agent_id=own)

    async def look_at(self, lead_id: int) -> None:
        """A lead, to be read; work takes it."""
        self.close_sheet()
        self.put(await self.deeds.ask(errands.look_at, self.person.id, lead_id, self.clock()))

    @property
    def whose(self) -> str:
        """Whose figures these are, in words."""
        return plain(self.person.name or self.person.login)

    def repaint_sheet(self) -> None:
        """What lies over the card has something else to show."""
        self.paint.card()
        self.paint.footer()

    @property
    def keymap(self) -> Keymap:
        """Its keys: the desk's own and those of its outcomes."""
        return self.keymaps[self.campaign_id]

    # ── keys ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def on_key(self, event: Key) -> None:
        """Every key waits its turn: those typed while a command runs are answered after it, in order, once."""
        event.stop()
        event.prevent_default()
        self._events.put_nowait(event)

    def on_paste(self, event: Paste) -> None:
        """Pasted text waits its turn too."""
        event.stop()
        self._events.put_nowait(event)

    async def _hear_keys(self) -> None:
        await self.deeds.come_back()
        self._open_to_lookers()
        self._begun.set()
        while True:
            event = await self._events.get()
            try:
                await self._hear(event)
            except FloorError as error:
                await self._refused(error)
                self.forget_waiting_keys()
            except Exception as error:
                if self.app.is_headless:
                    raise
                self.say(
                    _("Something went wrong; what you wrote is kept. Reference {reference}").format(
                        reference=mishap.record(error)
                    ),
                    "lost",
                )
                self.forget_waiting_keys()
            finally:
                self._events.task_done()

    async def _refused(self, error: FloorError) -> None:
        """What a key asked for was not done; where a colleague was faster, the screen was older than the floor."""
        if isinstance(error, Stale) and error.code == "stale" and error.by and self.hand is not None:
            with suppress(FloorError):
                await self.deeds.give_in(error)
                return
        self.complain(error)

    def _open_to_lookers(self) -> None:
        if self.config.glass.allowed and not self.keeping.is_over:
            from tui.screens.glass import Glass

            self.glass = Glass(self)
            self.glass.open()

    async def _hear(self, event: Event) -> None:
        self.key_at = time.monotonic()
        if isinstance(event, Paste):
            self.deeds.paste(event.text)
            return
        assert isinstance(event, Key)
        key = keys.pressed(event.key, event.character)
        is_tail = key == "enter" and event.time - self.asked_at < self.breath
        command = self.keymap.command(key)
        if command is not None and command.id == "desk.suspend" and not event.is_printable:
            await self.deeds.suspend()  # from wherever one is: nothing is lost by it
        elif self.composer.is_open:
            await self.deeds.write(event.key, event.character, is_tail=is_tail)
        elif self.sheet is not None:
            await self._turn(key, is_tail=is_tail)
        elif command is not None:
            await self._command(command.id)

    async def _command(self, command: str) -> None:
        if objection := self.deeds.objection(command):
            self.say(objection, "stuck")
        else:
            await self.deeds.do(command)

    async def _turn(self, key: str, *, is_tail: bool) -> None:
        assert self.sheet is not None
        if is_tail:
            return
        answer = self.sheet.press(key)
        if callable(answer):
            await answer()
        elif answer:
            self.paint.card()
        elif key in ("escape", "q") or key in (("enter",) if self.sheet.command else ("?", "w")):
            self.close_sheet()
        elif key in ("down", "j", "pagedown", "space", "l"):
            self.card.scroll_lines(1 if key in ("down", "j") else self.card.inner_height - 1)
        elif key in ("up", "k", "pageup", "h"):
            self.card.scroll_lines(-1 if key in ("up", "k") else 1 - self.card.inner_height)
        elif self.sheet.command and (command := self.keymap.command(key)):
            await self._command_over(self.sheet, command.id)

    async def _command_over(self, sheet: Sheet, command: str) -> None:
        """A command's key over something that is only read: it is done as if nothing lay there."""
        if command not in BESIDE or command == sheet.command:
            self.close_sheet()
        if command != sheet.command:
            await self._command(command)
        if command in BESIDE and command != sheet.command and self.sheet is None:
            self.open_sheet(sheet)

    def forget_waiting_keys(self) -> None:
        """What was typed for the next lead must not be done to this one."""
        while not self._events.empty():
            self._events.get_nowait()
            self._events.task_done()

    def ask_again(self) -> None:
        """A question is on the screen from now on."""
        self.asked_at = time.monotonic()

    # ── sheets ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def open_sheet(self, sheet: Sheet) -> None:
        """Lays something over the card."""
        self.sheet = sheet
        self.card.top = 0
        self.ask_again()
        self.paint.card()
        self.paint.footer()

    def close_sheet(self) -> None:
        """Shows the card again, or the pause."""
        self.sheet = self.deeds.cover
        self.card.top = 0
        self.paint.card()
        self.paint.footer()

    # ── saying ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def say(self, text: str, style: str = "") -> None:
        """One quiet line, in place."""
        self.composer.tell(((text, style),))
        self.paint.footer()

    def complain(self, error: FloorError) -> None:
        """A refusal in words; what was typed stays."""
        if isinstance(error, Stale) and error.code == "replaced":
            self.deeds.give_way(error)
            return
        self.say("✗ " + words.refusal(error, self.playbook), "lost")

    def trouble_with(self, error: FloorError | None) -> None:
        """Shows in the status bar that the database cannot be used, or that it can again."""
        text = words.refusal(error) if error else ""
        if text != self.trouble:
            self.trouble = text
            self.paint.status()

    def put(self, hand: Hand | None) -> None:
        """Another lead, or none, before the agent."""
        self.hand = hand
        if hand is not None:
            self.deeds.remember(hand.card)
        self.sheet = self.deeds.cover
        self.card.top = 0
        self.deeds.lead_came(hand)
        self.paint.card()
        self.paint.footer()
        self.stir()

    # ── the floor around ──────────────────────────────────────────────────────────────────────────────────────────────

    def stir(self) -> None:
        """Something changed: look at the floor again soon."""
        self.around.stir()

    @on(FloorChanged)
    def _floor_changed(self) -> None:
        self.stir()

    @on(QueueList.EndReached)
    def _read_more(self, event: QueueList.EndReached) -> None:
        if event.rows >= self.rows_wanted:
            self.rows_wanted += 60
            self.stir()
