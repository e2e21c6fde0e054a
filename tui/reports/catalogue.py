"""Every report by its name: what it is, what it can be split by, over which period it usually goes, who makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from models.errors import Refused
from models.reports.periods import PeriodKind
from tui.i18n import marked as N_

if TYPE_CHECKING:
    from tui.reports.asking import Asked
    from tui.reports.sheet import Report


@dataclass(frozen=True, slots=True)
class Entry:
    """One report."""

    maker: str
    """'module:function' of what makes it from an `Asked`; loaded when it is asked for."""
    title: str
    summary: str
    period: PeriodKind = PeriodKind.MONTH
    """The period in which this moment lies is taken where nobody says another."""
    by: tuple[str, ...] = ()
    """What it can be split by; the first is usual."""

    def make(self, asked: Asked) -> Report:
        """Makes it."""
        module, function = self.maker.split(":")
        maker: Callable[[Asked], Report] = getattr(import_module(module), function)
        return maker(asked)


SPLITS = ("nothing", "team", "agent", "source", "industry", "product", "month")

ENTRIES: Mapping[str, Entry] = {
    "funnel": Entry(
        "tui.reports.funnels:funnel",
        N_("Funnel"),
        N_("every stage: what stands there, who came and went, rates, times; what was closed, wanted, expected"),
        by=SPLITS,
    ),
    "conversion": Entry(
        "tui.reports.funnels:conversion",
        N_("Conversion"),
        N_("the conversion of every stage, part by part"),
        PeriodKind.YEAR,
        by=("month", *SPLITS[1:-1]),
    ),
    "agents": Entry(
        "tui.reports.funnels:agents",
        N_("Agents"),
        N_("every agent beside all together, the best named: deals, targets, and every stage"),
    ),
    "sources": Entry(
        "tui.reports.sources:sources",
        N_("Sources"),
        N_("which source pays: leads, conversion, deals, share of the signed customers, cost of a lead and of a deal"),
    ),
    "work": Entry(
        "tui.reports.work:work",
        N_("Work"),
        N_("calls, talks and time by agent, what they come to, effort by stage, where the day went"),
        by=("agent", "team", "month", "source", "industry", "product"),
    ),
    "cycle": Entry(
        "tui.reports.funnels:cycle",
        N_("Stage times and cycle"),
        N_("how long leads stand in each stage, and how long a deal takes"),
        PeriodKind.YEAR,
        by=("agent", "month", "team", "source", "industry", "product"),
    ),
    "month": Entry(
        "tui.reports.months:month",
        N_("Month sheet"),
        N_("the month's funnel, each person, success rates, the year month by month, signed customers by source"),
    ),
    "year": Entry(
        "tui.reports.months:year",
        N_("Year sheet"),
        N_("the year month by month, success rates, each person, signed customers by source"),
        PeriodKind.YEAR,
    ),
    "person": Entry(
        "tui.reports.months:person",
        N_("Each person's report"),
        N_("a quarter of each person, month by month; a year: --period year"),
        PeriodKind.QUARTER,
    ),
    "tracking": Entry(
        "tui.reports.tracking:tracking",
        N_("Tracking sheet"),
        N_("every open lead, as the trade's tracking sheet has it; can be imported again"),
    ),
    "stages": Entry(
        "tui.reports.stages:stages",
        N_("Stage list"),
        N_("every lead under its stage, with subtotals; the customers won in the period last"),
    ),
    "customers": Entry(
        "tui.reports.stages:customers",
        N_("Customers and success rates"),
        N_("HP's table: who may buy what for how much, when, and how likely"),
    ),
    "callplan": Entry(
        "tui.reports.days:call_plan",
        N_("Daily call plan"),
        N_("the calls of a day, promises as they stood in the morning"),
        PeriodKind.DAY,
    ),
    "daily": Entry(
        "tui.reports.days:daily",
        N_("Daily report"),
        N_("what was done on a day, what came of it, what is open, tomorrow's plan"),
        PeriodKind.DAY,
    ),
    "weekly": Entry(
        "tui.reports.reviews:weekly",
        N_("Weekly review"),
        N_("every lead of each agent: done this week, progress, problem"),
        PeriodKind.WEEK,
    ),
    "forecast": Entry(
        "tui.reports.forecast:forecast",
        N_("Forecast"),
        N_("open leads by expected month and quarter, weighted; what will be won, what is in danger"),
        by=("nothing", "agent", "team", "product", "source", "industry"),
    ),
    "plan": Entry(
        "tui.reports.plan:plan",
        N_("Plan"),
        N_("what the target needs in every level, week by week and each day"),
    ),
    "targets": Entry(
        "tui.reports.targets:targets",
        N_("Targets"),
        N_("money, deals, calls, talks and entries into stages against what was wanted"),
        by=("agent", "team"),
    ),
    "bottleneck": Entry(
        "tui.reports.bottleneck:bottleneck",
        N_("Bottleneck"),
        N_("the step that holds the funnel up, what shows it, and what to do about it"),
    ),
    "dryday": Entry(
        "tui.reports.drying:drying",
        N_("The day the orders dry up"),
        N_("when, which level causes it, and what would move the day"),
    ),
    "bridge": Entry(
        "tui.reports.bridge:bridge",
        N_("Bridge"),
        N_("what stood in each stage, what came and went, and what stood there at the end; leads and money"),
        by=("kept", "written"),
    ),
}


def entry(name: str) -> Entry:
    """The report of that name.

    Raises:
        Refused: `unknown_report`, with those there are.
    """
    if (found := ENTRIES.get(name)) is None:
        raise Refused("unknown_report", report=name, allowed=tuple(ENTRIES))
    return found
