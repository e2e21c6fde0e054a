"""What the monitor does when it is told to: every command by its id, and why one can do nothing now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from models.watching.cards import Selection
from tui.figures.deeds import Showing
from tui.i18n import _
from tui.i18n import marked as N_
from tui.lines import help
from tui.monitor.finding import Finding
from tui.monitor.glass import GlassSheet, glass_sheet
from tui.monitor.lines import agents
from tui.plain import plain
from tui.reports import files, forms
from tui.reports.sheet import Report, of_texts
from tui.sheets import Choice, Option, Sheet
from tui.tables import TableSheet, without_marks

if TYPE_CHECKING:
    from tui.monitor.screen import Watch

EVERYBODY = "everybody"
NEEDS_AGENT = frozenset({"monitor.review-week", "monitor.watch-screen"})
NEEDS_SHELL = {
    "monitor.save-view": N_("There is no shell here, and no folder of yours to save into."),
    "monitor.suspend": N_("There is no shell to go to."),
}
"""Command → what is said where no shell looks after the monitor."""


class Deeds(Finding, Showing):
    """The commands of a monitor. None of them writes to the floor."""

    @property
    def host(self) -> Watch:
        """What figures are laid over."""
        return self.watch

    async def do(self, command: str) -> None:
        """Does what a command says: 'monitor.show-month' is `show_month`."""
        await getattr(self, command.removeprefix("monitor.").replace("-", "_"))()

    def objection(self, command: str) -> str:
        """Why a command can do nothing now; empty when it can."""
        if command == "monitor.watch-screen" and not self.watch.config.glass.allowed:
            return _("Not allowed: the configuration of this machine lets nobody look at screens (glass.allowed).")
        if command in NEEDS_AGENT and self.agent_id() is None:
            return _("No agent is under the cursor.")
        if command == "monitor.open-lead" and self.lead_id() is None:
            return _("No lead that you may see is under the cursor.")
        if command in NEEDS_SHELL and not self.watch.may_suspend():
            return _(NEEDS_SHELL[command])
        return ""

    def hints(self) -> list[tuple[str, str, bool]]:
        """Keys, names, and whether they do something now, for the footer."""
        if self.writing is not None:
            return [(key, name, True) for key, name in self.writing.hints]
        if self.watch.sheet is not None:
            return [(key, name, True) for key, name in self.watch.sheet.hints]
        keymap = self.watch.keymap
        found = [
            (f"{keymap.key('monitor.raise-cursor')}{keymap.key('monitor.lower-cursor')}", self.under_cursor(), True)
        ]
        for command in keymap.commands.values():
            is_offered = command.is_shown and (command.id != "monitor.watch-screen" or self.watch.config.glass.allowed)
            if is_offered and command.id not in ("monitor.show-help", "monitor.lower-cursor"):
                found.append((keymap.key(command.id), plain(_(command.name)), not self.objection(command.id)))
        return found

    def under_cursor(self) -> str:
        """What the arrows go through."""
        return {"floor": _("agent"), "funnel": _("read on")}.get(self.watch.pane, _("move"))

    # ── moving ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _move(self, by: int) -> None:
        if (found := self.watch.list) is not None:
            found.move(by)
            self.watch.paint.footer()
        else:
            self.watch.funnel.scroll_lines(by)

    async def raise_cursor(self) -> None:
        """Up."""
        self._move(-1)

    async def lower_cursor(self) -> None:
        """Down."""
        self._move(1)

    async def page_down(self) -> None:
        """Down by the page."""
        self._move(max(1, (self.watch.list or self.watch.funnel).inner_height - 1))

    async def page_up(self) -> None:
        """Up by the page."""
        self._move(-max(1, (self.watch.list or self.watch.funnel).inner_height - 1))

    async def next_pane(self) -> None:
        """Tab."""
        self._turn_pane(1)

    async def previous_pane(self) -> None:
        """Shift and Tab."""
        self._turn_pane(-1)

    def _turn_pane(self, by: int) -> None:
        from tui.monitor.screen import PANES

        while self.watch.sheets:
            self.watch.close_sheet()
        self.watch.go_to(PANES[(PANES.index(self.watch.pane) + by) % len(PANES)])
        self.watch.paint.footer()

    async def go_back(self) -> None:
        """Esc: everybody again, the floor again."""
        if self.watch.selection != Selection() or self.watch.scope is not None:
            self.select(Selection())
        elif self.watch.pane != "floor":
            self.watch.go_to("floor")
            self.watch.paint.footer()

    # ── whose work ────────────────────────────────────────────────────────────────────────────────────────────────────

    def select(self, selection: Selection) -> None:
        """Shows the work of somebody else."""
        watch = self.watch
        watch.selection, watch.scope = selection, None
        watch.around.stir(wholly=True)

    @property
    def scope(self) -> Selection:
        """Whose funnel is shown; always of one campaign."""
        found = self.watch.scope or self.watch.selection
        return Selection(found.team_id, found.agent_id, self.watch.campaign_id)

    def scopes(self) -> list[Selection]:
        """Whose funnel can be shown: what is selected, its teams, the agent under the cursor."""
        watch, campaign = self.watch, self.watch.campaign_id
        chosen = watch.selection
        found = [Selection(chosen.team_id, chosen.agent_id, campaign)]
        if chosen.team_id is None and chosen.agent_id is None and len(watch.teams) > 1:
            found += [Selection(team, None, campaign) for team in watch.teams]
        if self.scope not in found:
            found.append(self.scope)
        return found

    async def turn_funnel(self) -> None:
        """f: the funnel of all, of each team, of the agent under the cursor. On a small terminal it comes first."""
        watch = self.watch
        if not watch.is_full and watch.pane != "funnel":
            watch.go_to("funnel")
            watch.paint.footer()
            return
        ways = self.scopes()[: 1 + (len(watch.teams) if watch.selection.team_id is None else 0)]
        row = watch.agent
        if row is not None and watch.selection.agent_id is None:
            ways.append(Selection(watch.selection.team_id, row.agent_id, watch.campaign_id))
        ways = list(dict.fromkeys(ways))
        here = ways.index(self.scope) if self.scope in ways else -1
        watch.scope = ways[(here + 1) % len(ways)]
        watch.around.stir(wholly=True)

    async def choose_team(self) -> None:
        """t: one team, one agent, one campaign, or everybody."""
        watch, row = self.watch, self.watch.agent
        options = [Option(EVERYBODY, _("everybody"), heading=_("Show the work of"))]
        if len(watch.teams) > 1:
            options += [Option(f"team:{number}", plain(name), _("team")) for number, name in watch.teams.items()]
        if row is not None:
            options.append(Option(f"agent:{row.agent_id}", plain(row.name), _("the agent under the cursor")))
        if len(watch.books) > 1:
            campaigns = [
                Option(f"campaign:{number}", plain(book.name), _("campaign")) for number, book in watch.books.items()
            ]
            options += campaigns

        async def chosen(value: str) -> None:
            kind, _colon, number = value.partition(":")
            while watch.sheets:
                watch.close_sheet()
            before = watch.selection
            match kind:
                case "team":
                    self.select(Selection(int(number), None, before.campaign_id))
                case "agent":
                    self.select(Selection(before.team_id, int(number), before.campaign_id))
                case "campaign":
                    self.select(Selection(before.team_id, before.agent_id, int(number)))
                case _:
                    self.select(Selection())

        sheet = Choice(_("team"), options, chosen)
        sheet.command = "monitor.choose-team"
        watch.open_sheet(sheet)

    def agent_name(self, agent_id: int | None) -> str:
        """An agent by name."""
        rows = self.watch.survey.overview.agents
        return next((row.name for row in rows if row.agent_id == agent_id), "")

    # ── an agent's screen ─────────────────────────────────────────────────────────────────────────────────────────────

    async def watch_screen(self) -> None:
        """g: what the agent under the cursor has before them."""
        agent_id = self.agent_id()
        rows = self.watch.survey.overview.agents
        if (row := next((row for row in rows if row.agent_id == agent_id), None)) is not None:
            self.watch.open_sheet(glass_sheet(self.watch, row), on_top=True)

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def show_help(self) -> None:
        """?: every key."""
        keymap, figures = self.watch.keymap, self.watch.figure_keys
        self.watch.open_sheet(
            Sheet(_("keys"), lambda width: help.watching_lines(keymap, figures, width), command="monitor.show-help"),
            on_top=True,
        )

    async def save_view(self) -> None:
        """e: what is on the screen as a file: a table in the form that is chosen, anything else as text."""
        watch = self.watch
        sheet = watch.sheet
        if sheet is not None and not isinstance(sheet, TableSheet):
            self._saved(files.save_lines(sheet.title, sheet.lines(100), watch.frame))
            return

        async def chosen(form: str) -> None:
            watch.close_sheet()
            if sheet is not None:
                await sheet.read_whole()
            self._saved(files.save(sheet.report() if sheet else self._floor_report(), form, watch.frame))

        asked = forms.choice(chosen)
        asked.command = "monitor.save-view"
        watch.open_sheet(asked, on_top=True)

    def _saved(self, path: Path) -> None:
        self.watch.say(_("Saved: {file}").format(file=plain(str(path))), "won")

    def _floor_report(self) -> Report:
        pauses, frame = self.watch.paint.pauses(), self.watch.frame
        rows = [
            without_marks(agents.cells(row, pauses, frame, has_teams=True)) for row in self.watch.survey.overview.agents
        ]
        head = [column.title for column in agents.columns(has_teams=True)]
        return of_texts("floor", _("floor"), head, rows)

    # ── leaving ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def suspend(self) -> None:
        """Ctrl+Z: to the shell, where there is one."""
        if self.watch.may_suspend():
            if isinstance(self.watch.sheet, GlassSheet):
                self.watch.close_sheet()  # who is at the shell does not look
            self.watch.app.action_suspend_process()
        else:
            self.watch.say(_("There is no shell to go to."))

    async def quit(self) -> None:
        """q: leaves; nothing is held that would have to be given back."""
        self.watch.app.exit()
