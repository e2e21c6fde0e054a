"""Which screens of figures there are, and the views of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands import FIGURES
from tui.figures.sheet import FiguresSheet, View
from tui.figures.views import (
    agents,
    board,
    bridge,
    drying,
    forecast,
    plan,
    prospects,
    reach,
    sources,
    stages,
    targets,
    times,
    work,
)
from tui.i18n import _
from tui.i18n import marked as N_

if TYPE_CHECKING:
    from tui.screens.questions import Asking

AT_ONCE = 0.2
"""Seconds for which a screen that opens waits for its first figures: empty first and then filled it costs twice."""

VIEWS: dict[str, tuple[View, ...]] = {
    "funnel": (
        View("stages", N_("by stage"), stages.read, stages.write),
        View("times", N_("over time"), times.read, times.write),
        View("bridge", N_("bridge"), bridge.read, bridge.write_leads),
        View("bridge-money", N_("in money"), bridge.read, bridge.write_money),
        View("agents", N_("by agent"), agents.read, agents.write),
        View("sources", N_("by source"), sources.read, sources.write),
        View("reach", N_("reach"), reach.read, reach.write),
    ),
    "forecast": (
        View("months", N_("by month"), forecast.read_months, forecast.write_months, kinds=()),
        View("agents", N_("by agent"), forecast.read_agents, forecast.write_agents, kinds=()),
        View("drying", N_("until they dry up"), drying.read, drying.write, kinds=()),
        View("prospects", N_("will it be won?"), prospects.read, prospects.write),
    ),
    "plan": (
        View("levels", N_("what is needed"), plan.read, plan.write_levels, kinds=plan.KINDS, may_turn=False),
        View("weeks", N_("week by week"), plan.read, plan.write_weeks, kinds=plan.KINDS, may_turn=False),
    ),
    "board": (
        View("board", N_("leader board"), board.read, board.write),
        View("work", N_("where it comes from"), work.read, work.write),
        View("efforts", N_("effort"), work.read, work.write_efforts),
        View("hours", N_("selling time"), work.read_hours, work.write_hours),
        View("targets", N_("targets"), targets.read, targets.write, kinds=plan.KINDS),
    ),
}


async def show(host: Asking, code: str) -> None:
    """Opens a screen of figures over a desk or a monitor, with its figures where they are there at once."""
    name = next(name for one, _key, name, _tip in FIGURES if one == code)
    screen = host.keymap.commands
    command = next(one for one in screen if one.endswith(f".show-{code}"))
    views = VIEWS[code]
    if host.slice.agent_id is not None:  # of one agent alone there is nobody to be compared with
        views = tuple(view for view in views if view.code != "agents")
    sheet = FiguresSheet(host, _(name), views, command=command)
    await sheet.question.wait(AT_ONCE)
    host.open_sheet(sheet)
