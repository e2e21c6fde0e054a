"""The month sheet, the year sheet, and the quarter or the year of each person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import funnel as heart
from models.reports.funnels import Funnels, Part, funnels
from models.reports.periods import Period, PeriodKind, of_day
from models.reports.reaches import cohorts
from models.reports.sheets.whom import agents_of
from models.reports.slices import By
from tui.i18n import _
from tui.reports.asking import Asked
from tui.reports.funnels import closed_sheet, deal_sheet, part_name, rate_sheet, stage_sheet
from tui.reports.sheet import Cell, Chart, Column, Figure, Group, Kind, Report, Row, Sheet


def month(asked: Asked) -> Report:
    """The funnel of the month, each person's, success rates, the year month by month, signed customers by source."""
    by_agent = _split(asked, asked.period, By.AGENT)
    by_source = _split(asked, asked.period, By.SOURCE)
    reached = cohorts(asked.viewer_id, asked.slice, asked.period)
    return asked.report(
        [
            stage_sheet(by_agent.whole, reached, asked, asked.title),
            closed_sheet(by_agent.whole, reached),
            replace(deal_sheet(by_agent, asked, _("Each person")), name="people"),
            replace(rate_sheet(by_agent, asked, _("Success rates")), name="rates"),
            year_sheet(asked, of_day(PeriodKind.YEAR, asked.period.since.date(), asked.period.since.tzinfo)),
            signed_sheet(by_source, asked),
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
            signed_sheet(_split(asked, asked.period, By.SOURCE), asked),
        ]
    )


def person(asked: Asked) -> Report:
    """A quarter, a year or any period of each person, month by month."""
    return asked.report([Sheet("person", asked.title, _month_columns(), _of_people(asked))])


def _of_people(asked: Asked) -> Iterator[Row]:
    for agent_id, name in agents_of(asked.slice):
        own = replace(asked.slice, agent_id=agent_id)
        found = funnels(asked.viewer_id, own, asked.period, By.MONTH)
        yield Group(name)
        yield from (_month(part) for part in found.parts)
        yield _month(replace(found.whole, name=_("all together")))


def _split(asked: Asked, period: Period, by: By) -> Funnels:
    return funnels(asked.viewer_id, asked.slice, period, by)


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
    return Sheet("months", title, _month_columns(), rows, total, charts=charts)


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


def signed_sheet(found: Funnels, asked: Asked) -> Sheet:
    """Signed customers by the source that they came from, and each source's share of them."""
    columns = [
        Column("source", _("source"), most=28),
        Column("won", _("signed"), Kind.COUNT),
        Column("share", _("share of the signed"), Kind.SHARE),
        Column("amount", _("amount"), Kind.MONEY),
        Column("won_of_closed", _("won of closed"), Kind.SHARE, rank=1),
    ]
    whole = found.whole.figures
    signed = [part for part in found.parts if part.figures.won.count]
    rows = [_signed(part, part_name(part, found.by, asked.campaign.playbook), whole.won.count) for part in signed]
    total = _signed(found.whole, _("all together"), whole.won.count)
    charts = [Chart(Figure.PIE, _("Signed customers by source"), "source", ("won",))] if signed else []
    return Sheet("signed", _("Signed customers by source"), columns, rows, total, charts=charts)


def _signed(part: Part, name: str, signed: int) -> list[Cell]:
    won = part.figures.won
    return [name, won.count, heart.share(won.count, signed), won.amount, part.figures.won_of_closed]
