"""The month sheet, the year sheet, and the quarter or the year of each person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from models.reports.funnels import Funnels, Part, funnels
from models.reports.periods import Period, PeriodKind, of_day
from models.reports.reaches import cohorts
from models.reports.sheets.whom import agents_of
from models.reports.slices import By
from models.reports.sources import sources
from models.reports.work import Doing, work
from tui.i18n import _
from tui.reports.asking import Asked
from tui.reports.funnels import closed_sheet, deal_sheet, rate_sheet, stage_sheet
from tui.reports.sheet import Cell, Chart, Column, Figure, Group, Kind, Report, Row, Sheet, Subtotal
from tui.reports.sources import signed_sheet


def month(asked: Asked) -> Report:
    """The funnel of the month, each person's, success rates, the year month by month, signed customers by source."""
    by_agent = _split(asked, asked.period, By.AGENT)
    reached = cohorts(asked.viewer_id, asked.slice, asked.period)
    return asked.report(
        [
            stage_sheet(by_agent.whole, reached, asked, asked.title),
            closed_sheet(by_agent.whole, reached),
            replace(deal_sheet(by_agent, asked, _("Each person")), name="people"),
            replace(rate_sheet(by_agent, asked, _("Success rates")), name="rates"),
            year_sheet(asked, of_day(PeriodKind.YEAR, asked.period.since.date(), asked.period.since.tzinfo)),
            signed_sheet(sources(asked.viewer_id, asked.slice, asked.period), asked),
        ]
    )


def year(asked: Asked) -> Report:
    """The year month by month, success rates too, each person, signed customers by source."""
    by_month = _split(asked, asked.period, By.MONTH)
    return asked.report(
        [
            year_sheet(asked, asked.period, by_month),
            replace(rate_sheet(by_month, asked, _("Success rates")), name="rates"),
            replace(deal_sheet(_split(asked, asked.period, By.AGENT), asked, _("Each person")), name="people"),
            signed_sheet(sources(asked.viewer_id, asked.slice, asked.period), asked),
        ]
    )


def person(asked: Asked) -> Report:
    """A quarter, a year or any period of each person, month by month."""
    return asked.report([Sheet("person", asked.title, [*_month_columns(), *_work_columns()], _of_people(asked))])


def _of_people(asked: Asked) -> Iterator[Row]:
    for agent_id, name in agents_of(asked.slice):
        own = replace(asked.slice, agent_id=agent_id)
        found = funnels(asked.viewer_id, own, asked.period, By.MONTH, asked.now)
        done = work(asked.viewer_id, own, asked.period, By.MONTH)
        yield Group(name)
        for part, doing in zip(found.parts, done.parts, strict=True):
            yield [*_month(part), *_work(doing)]
        yield Subtotal([*_month(replace(found.whole, name=_("all together"))), *_work(done.whole)])


def _split(asked: Asked, period: Period, by: By) -> Funnels:
    return funnels(asked.viewer_id, asked.slice, period, by, asked.now)


def year_sheet(asked: Asked, period: Period, found: Funnels | None = None) -> Sheet:
    """A row for each month, and the year as a whole."""
    found = found or _split(asked, period, By.MONTH)
    rows = [_month(part) for part in found.parts]
    charts = [
        Chart(Figure.COLUMN, _("won"), "month", ("amount",)),
        Chart(Figure.LINE, _("won of closed"), "month", ("won_of_closed",)),
    ]
    title = _("{year}, month by month").format(year=period.since.year)
    total = _month(replace(found.whole, name=_("all together")))
    notes = [_("A lead that was closed in several months is in each of them, and once in all together.")]
    return Sheet("months", title, _month_columns(), rows, total, notes, charts)


def _month_columns() -> list[Column]:
    return [
        Column("month", _("month"), most=14),
        Column("entered", _("came in"), Kind.COUNT, rank=2),
        Column("won", _("won"), Kind.COUNT),
        Column("amount", _("amount"), Kind.MONEY),
        Column("lost", _("lost"), Kind.COUNT, rank=3),
        Column("invalid", _("invalid"), Kind.COUNT, rank=5),
        Column("won_of_closed", _("won of closed"), Kind.SHARE),
        Column("target", _("target"), Kind.MONEY, rank=4),
        Column("attainment", _("met"), Kind.SHARE, rank=1),
        Column("cycle", _("median cycle, days"), Kind.DAYS, rank=6),
    ]


def _month(part: Part) -> list[Cell]:
    figures = part.figures
    return [
        part.name,
        figures.stages[0].entered,
        figures.won.count,
        figures.won.amount,
        figures.lost.count,
        figures.invalid.count,
        figures.won_of_closed,
        figures.target.amount if figures.target and figures.target.amount else None,
        figures.attainment,
        part.cycle.median,
    ]


def _work_columns() -> list[Column]:
    return [
        Column("calls", _("calls"), Kind.COUNT, rank=7),
        Column("talks", _("talks"), Kind.COUNT, rank=8),
        Column("contact_rate", _("contact rate"), Kind.SHARE, rank=9),
        Column("talk_time", _("talk time"), Kind.SECONDS, rank=10),
        Column("calls_per_deal", _("calls per deal"), Kind.NUMBER, rank=11),
    ]


def _work(part: Doing) -> list[Cell]:
    done = part.performance
    return [done.work.calls, done.work.talks, done.work.contact_rate, done.work.talk_seconds, done.calls_per_deal]
