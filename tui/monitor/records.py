"""What is opened over the floor to read: a portfolio, a lead, the weekly review, a spot check, the month."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from models.watching.cards import PortfolioRow, ReviewLine
from tui.clocks import short_date
from tui.i18n import _
from tui.lines import lead as lead_lines
from tui.lines.text import Line
from tui.monitor import errands
from tui.monitor.lines import leads, months, samples
from tui.plain import plain
from tui.sheets import Sheet
from tui.tables import Row, TableSheet

if TYPE_CHECKING:
    from tui.monitor.screen import Watch

P = ParamSpec("P")
T = TypeVar("T")

SAMPLE = 12
"""Records of a spot check: as many as somebody checks in half an hour."""


class Records:
    """A monitor's means of reading."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self._random = Random()

    async def ask(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Asks the database; what passes by itself is tried again for a while."""
        return await self.watch.store.insist(partial(work, *args, **kwargs), self.watch.trouble_with)

    @property
    def numbers(self) -> str:
        """How much of customers' numbers may be shown."""
        return self.watch.config.monitor.numbers

    # ── what is under the cursor ──────────────────────────────────────────────────────────────────────────────────────

    def lead_id(self) -> int | None:
        """The lead of the line under the cursor."""
        watch = self.watch
        if watch.sheet is not None:
            row = watch.sheet.current if isinstance(watch.sheet, TableSheet) else None
            return row.lead_id if row else None
        place = watch.list.cursor if watch.list is not None else 0
        match watch.pane:
            case "floor":
                return watch.agent.lead_id if watch.agent else None
            case "looks" if place < len(watch.survey.looks.rows):
                return watch.survey.looks.rows[place].lead_id
            case "events" if place < len(watch.survey.events):
                return watch.survey.events[place].lead_id
        return None

    def agent_id(self) -> int | None:
        """The agent of the line under the cursor."""
        watch = self.watch
        sheet = watch.sheet
        if isinstance(sheet, TableSheet) and sheet.current is not None and sheet.current.agent_id:
            return sheet.current.agent_id
        place = watch.list.cursor if watch.list is not None else 0
        match watch.pane:
            case "events" if place < len(watch.survey.events):
                return watch.survey.events[place].agent_id
            case "looks" if place < len(watch.survey.looks.rows):
                name = watch.survey.looks.rows[place].agent
                rows = watch.survey.overview.agents
                return next((row.agent_id for row in rows if row.name == name), None)
        return watch.agent.agent_id if watch.agent else None

    # ── a lead ────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def open_lead(self) -> None:
        """l: the lead under the cursor."""
        lead_id = self.lead_id()
        assert lead_id is not None
        await self.show_lead(lead_id)

    async def show_lead(self, lead_id: int) -> None:
        """A lead with all its history, to be read."""
        watch = self.watch
        card = await self.ask(errands.lead, watch.person.id, lead_id, watch.selection, watch.clock(), self.numbers)
        playbook, frame = watch.playbook_of(card.campaign_id), watch.frame
        name = _("lead · only looked at")
        if card.holder:
            name = _("lead · in the hands of {name}").format(name=plain(card.holder))

        def writer(width: int) -> Sequence[Line]:
            return lead_lines.lead_lines(card, playbook, frame, width)

        watch.open_sheet(Sheet(name, writer, command="monitor.open-lead"), on_top=True)

    async def _open_row(self, row: Row) -> None:
        if row.lead_id is not None:
            await self.show_lead(row.lead_id)
        elif row.agent_id:
            await self.show_portfolio(row.agent_id)

    # ── an agent ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def open_portfolio(self) -> None:
        """Enter: every lead of the agent; on a line about a lead, that lead; on the funnel, the next one."""
        if self.watch.pane == "funnel":
            await self.watch.deeds.turn_funnel()
        elif self.watch.pane != "floor" and self.lead_id() is not None:
            await self.open_lead()
        elif (agent := self.agent_id()) is not None:
            await self.show_portfolio(agent)

    async def show_portfolio(self, agent_id: int) -> None:
        """Every lead of one agent, page by page."""
        watch = self.watch
        frame = watch.frame

        async def page(after: PortfolioRow | None) -> Sequence[PortfolioRow]:
            selection, now = watch.selection, watch.clock()
            return await self.ask(errands.portfolio, watch.person.id, agent_id, selection, now, self.numbers, after)

        def rows(found: Sequence[PortfolioRow]) -> list[Row]:
            playbooks = watch.playbook_of
            return [
                Row(leads.portfolio_cells(one, playbooks(one.campaign_id), frame), one.lead_id, agent_id)
                for one in found
            ]

        first = await page(None)
        last = first[-1] if first else None

        async def more() -> Sequence[Row]:
            nonlocal last
            found = await page(last)
            last = found[-1] if found else last
            return rows(found)

        watch.open_sheet(
            TableSheet(
                _("portfolio") + " · " + plain(watch.deeds.agent_name(agent_id)),
                leads.portfolio_columns(),
                rows(first),
                opened=self._open_row,
                opens=_("lead"),
                nothing=_("No lead is theirs."),
                more=more if len(first) == errands.PAGE else None,
            ),
            on_top=True,
        )

    async def review_week(self) -> None:
        """r: every lead of the agent: done this week, progress, problem."""
        agent_id = self.agent_id()
        assert agent_id is not None
        await self._review(agent_id, 0)

    async def _review(self, agent_id: int, back: int) -> None:
        watch = self.watch
        frame = watch.frame

        async def page(after: ReviewLine | None) -> errands.Week:
            selection, now = watch.selection, watch.clock()
            return await self.ask(errands.review, watch.person.id, agent_id, selection, now, self.numbers, back, after)

        def rows(found: Sequence[ReviewLine]) -> list[Row]:
            playbooks = watch.playbook_of
            return [
                Row(
                    leads.review_cells(one, playbooks(one.lead.campaign_id), frame),
                    one.lead.lead_id,
                    agent_id,
                    plain(one.note),
                )
                for one in found
            ]

        week = await page(None)
        last = week.lines[-1] if week.lines else None

        async def more() -> Sequence[Row]:
            nonlocal last
            found = (await page(last)).lines
            last = found[-1] if found else last
            return rows(found)

        async def before() -> None:
            await self._review(agent_id, back + 1)

        async def after() -> None:
            await self._review(agent_id, max(0, back - 1))

        days = (
            week.since.astimezone(watch.zone).date(),
            (week.until - timedelta(days=1)).astimezone(watch.zone).date(),
        )
        name, dates = plain(watch.deeds.agent_name(agent_id)), "–".join(short_date(day, frame.today) for day in days)
        watch.open_sheet(
            TableSheet(
                f"{_('weekly review')} · {name} · {dates}",
                leads.review_columns(),
                rows(week.lines),
                opened=self._open_row,
                opens=_("lead"),
                nothing=_("No lead is theirs."),
                keys={"left": ("", before), "right": (_("week before, after"), after)},
                more=more if len(week.lines) == errands.PAGE else None,
                command="monitor.review-week",
            )
        )

    # ── spot checks ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def check_spots(self) -> None:
        """k: a spot check of whoever is shown, at random."""
        await self._draw(is_aimed=False)

    async def _draw(self, *, is_aimed: bool) -> None:
        watch = self.watch
        draws = [self._random.random() for _record in range(SAMPLE)]
        found = await self.ask(
            errands.spot_check, watch.person.id, watch.selection, watch.clock(), self.numbers, draws, is_aimed=is_aimed
        )
        frame, playbook = watch.frame, watch.playbook
        rows = [
            Row(
                samples.cells(one, playbook, frame, is_aimed=is_aimed),
                one.lead_id,
                one.agent_id,
                samples.below(one, playbook, frame),
            )
            for one in found.rows
        ]

        async def other() -> None:
            await self._draw(is_aimed=not is_aimed)

        async def anew() -> None:
            await self._draw(is_aimed=is_aimed)

        how = _("where signs point") if is_aimed else _("at random")
        watch.open_sheet(
            TableSheet(
                _("spot check") + " · " + how + " · " + watch.paint.whom(watch.selection),
                samples.columns(is_aimed=is_aimed),
                rows,
                opened=self._open_row,
                opens=_("lead"),
                above=lambda width: list(samples.above(found, is_aimed=is_aimed, width=width)),
                nothing=_("No record shows such a sign.") if is_aimed else _("There is nothing to check yet."),
                keys={
                    "k": (_("at random") if is_aimed else _("where signs point"), other),
                    "n": (_("draw anew"), anew),
                },
            )
        )

    # ── the month ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def show_month(self) -> None:
        """m: the month, agent by agent."""
        await self._month(self.watch.survey.pulse.panel.month)

    async def _month(self, month: int) -> None:
        watch = self.watch
        found = await self.ask(errands.month, watch.person.id, watch.selection, watch.clock(), month)
        frame = watch.frame
        rows = [Row(months.cells(one, frame), None, one.agent_id) for one in found.rows]
        if found.others.closed:
            rows.append(Row(months.cells(found.others, frame, months.OTHERS)))
        rows.append(Row(months.cells(found.total, frame, months.TOTAL)))

        async def before() -> None:
            await self._month(month - 1)

        async def after() -> None:
            await self._month(min(month + 1, watch.survey.pulse.panel.month))

        watch.open_sheet(
            TableSheet(
                months.title(found.month) + " · " + watch.paint.whom(watch.selection),
                months.columns(),
                rows,
                opened=self._open_row,
                opens=_("portfolio"),
                nothing="",
                keys={"left": ("", before), "right": (_("month before, after"), after)},
                command="monitor.show-month",
            )
        )
