"""Paints the monitor: what its panes show. Only cells that changed are sent, and only rows in sight are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from models.watching.cards import Selection
from tui.i18n import _, said
from tui.lines import status as desk_status
from tui.lines.text import Line, told
from tui.monitor.glass import GlassSheet
from tui.monitor.lines import agents, events, looks, pulse, status
from tui.plain import plain
from tui.widgets.lines_view import FULL, TOP

if TYPE_CHECKING:
    from tui.monitor.screen import Watch


class Painter:
    """What the monitor shows in each of its parts."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def all(self) -> None:
        """Every part."""
        self.panes()
        self.footer()

    def panes(self) -> None:
        """What shows the floor."""
        self.status()
        self.floor()
        self.looks()
        self.events()
        self.funnel()

    def moving(self) -> None:
        """What moves with the clock alone."""
        self.status()
        self.floor()

    def status(self) -> None:
        """The first line."""
        watch = self.watch
        frame, overview, lag = watch.frame, watch.survey.overview, watch.survey.lag
        whom, person, trouble = self.whom(watch.selection), watch.person, watch.trouble
        watch.status.show(lambda width: [status.status_line(person, whom, overview, trouble, frame, width, lag=lag)])

    def whom(self, selection: Selection) -> str:
        """Whose work is shown, in words."""
        watch = self.watch
        team = plain(watch.teams.get(selection.team_id or 0, "")) or _("all teams")
        if len(watch.teams) == 1:
            team = plain(next(iter(watch.teams.values())))
        name = plain(watch.deeds.agent_name(selection.agent_id)) if selection.agent_id else team
        if len(watch.books) > 1 and (book := watch.books.get(selection.campaign_id or 0)):
            name += " · " + plain(book.name)
        return name

    def floor(self) -> None:
        """The agents."""
        watch = self.watch
        rows, frame, pauses = watch.survey.overview.agents, watch.frame, self.pauses()
        has_teams = len({row.team for row in rows}) > 1

        def row(place: int, width: int, is_current: bool) -> Line:
            return agents.agent_line(rows[place], pauses, frame, width, has_teams=has_teams, is_current=is_current)

        watch.floor.show_rows(
            [one.agent_id for one in rows],
            row,
            head=lambda width: agents.head(width, has_teams=has_teams),
            nothing=lambda width: told(_("Nobody works here yet."), width=width),
            title=((_("floor"), "strong accent"), (f" · {len(rows)}", "dim")),
        )

    def pauses(self) -> dict[str, str]:
        """What agents leave the calls for: code → name."""
        return {one.code: plain(said(one.name)) for book in self.watch.books.values() for one in book.playbook.pauses}

    def looks(self) -> None:
        """What needs a look."""
        watch = self.watch
        found, frame, playbook = watch.survey.looks, watch.frame, watch.playbook

        def row(place: int, width: int, is_current: bool) -> Line:
            return looks.look_line(found.rows[place], playbook, frame, width, is_current=is_current)

        watch.looks.show_rows(
            [(one.signal, one.lead_id, one.agent, one.at) for one in found.rows],
            row,
            nothing=lambda width: told(_("Nothing needs a look."), width=width),
            title=((_("needs a look"), "strong accent"), (f" · {found.count:,}", "strong" if found.count else "dim")),
            follows=False,
        )
        self.strip()

    def strip(self) -> None:
        """What is under the one pane of a small terminal: the most urgent, or how the funnel is."""
        watch = self.watch
        found, frame, playbook, live = watch.survey.looks, watch.frame, watch.playbook, watch.survey.pulse
        if found.rows and watch.pane in ("events", "funnel"):
            watch.strip.show(lambda width: [looks.strip_line(found, playbook, frame, width)])
        else:
            watch.strip.show(lambda width: [pulse.strip_line(live, playbook, width)])

    def events(self) -> None:
        """What happens."""
        watch = self.watch
        rows, frame, playbook = watch.survey.events, watch.frame, watch.playbook

        def row(place: int, width: int, is_current: bool) -> Line:
            return events.event_line(rows[place], playbook, frame, width, is_current=is_current)

        watch.events.show_rows(
            [one.id for one in rows],
            row,
            nothing=lambda width: told(_("Nothing happened yet."), width=width),
            title=((_("as it happens"), "strong accent"),),
            follows=False,
        )

    def funnel(self) -> None:
        """The funnel and its vital signs."""
        watch = self.watch
        found, frame, playbook = watch.survey.pulse, watch.frame, watch.playbook
        here = watch.deeds.scope
        scopes = [(self.whom(replace(one, campaign_id=None)), one == here) for one in watch.deeds.scopes()]
        watch.funnel.show(
            lambda width: pulse.pulse_lines(found, scopes, playbook, frame, width),
            title=((_("funnel"), "strong accent"), (" · " + _("live"), "dim")),
        )

    def cover(self) -> None:
        """What lies over the panes."""
        watch, sheet = self.watch, self.watch.sheet
        if sheet is None:
            return
        watch.cover.frame = TOP if isinstance(sheet, GlassSheet) else FULL  # a screen as wide as this one has room
        watch.cover.show(sheet.lines, title=((sheet.title, "strong key"),))
        if (line := sheet.line) is not None:
            watch.cover.keep_in_sight(line)

    def footer(self) -> None:
        """What was said, or the keys that do something now."""
        watch = self.watch
        if watch.said:
            said_ = watch.said
            watch.footer.show(lambda width: [((" ", ""), *said_)])
            return
        hints = watch.deeds.hints()
        last = (watch.keymap.key("monitor.show-help"), _("keys"))
        if watch.composer.is_open or watch.sheet is not None:
            last = ("", "")
        watch.footer.show(lambda width: [desk_status.footer_line(hints, last, width)])
