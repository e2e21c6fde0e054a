"""The forecast: what the open leads are worth by month and by agent, and whether this month's target will be made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

import funnel
from models.reports.forecasts import Forecast
from models.reports.openings import Cell as Opening
from models.reports.openings import Number
from models.reports.slices import By
from tui import money
from tui.clocks import MONTHS
from tui.figures import cells, errands
from tui.figures.page import TOTAL, Page, Place
from tui.figures.periods import Asked
from tui.figures.views.agents import name_of
from tui.i18n import _
from tui.lines.frame import Frame
from tui.lines.text import Line, Piece, crop, wrap
from tui.reports.sheet import Cell, Chart, Column, Figure, Kind, Sheet

if TYPE_CHECKING:
    from tui.screens.questions import Asking


def read_months(host: Asking, asked: Asked) -> Callable[[], object]:
    """The forecast by month."""
    return partial(errands.outlooks, host.person.id, host.slice, host.clock(), By.NOTHING)


def read_agents(host: Asking, asked: Asked) -> Callable[[], object]:
    """The forecast by agent."""
    return partial(errands.outlooks, host.person.id, host.slice, host.clock(), By.AGENT)


def write_months(found: object, host: Asking) -> Page:
    """The page of the months, the present one first; what is overdue and what nobody dated beside them."""
    assert isinstance(found, errands.Outlooks)
    whole, frame = found.forecasts.whole, host.frame
    chosen, months = found.forecasts.chosen, found.months
    past = (
        [(_("overdue"), whole.past, Opening(Number.EXPECTED, chosen, months[0].all_before()))]
        if whole.past.best.count
        else []
    )
    ahead = [
        (month_name(whole.month + at), one, Opening(Number.EXPECTED, chosen, months[at]))
        for at, one in enumerate(whole.months)
    ]
    rest = [
        (_("later"), whole.later, Opening(Number.EXPECTED, chosen, months[-1].all_after())),
        (_("no date"), whole.undated, Opening(Number.UNDATED, chosen)),
    ]
    lines = [*past, *ahead, *(line for line in rest if line[1].best.count)]
    rows, first = [_row(name, one) for name, one, _cell in lines], len(past)
    columns = (Column("month", _("month"), most=20), *_columns())
    chart = Chart(Figure.COLUMN, _("weighted"), "month", ("weighted", "measured"))

    def above(width: int) -> Sequence[Line]:
        return [crop(((" ", ""), *line), width) for line in _month(found, frame)]

    def below(width: int) -> Sequence[Line]:
        return list(_says(found, frame, width))

    marks: dict[Place, Piece] = {(0, "month"): ("", "strong stuck")} if first else {}
    return Page(
        None,
        Sheet(
            "forecast", _("forecast"), columns, rows if whole.whole.best.count else (),
            _row(_("together"), whole.whole), charts=(chart,),
        ),
        opens=cells.of_months([cell for _name, _one, cell in lines], chosen, host.playbook),
        marks=marks,
        series=range(first, first + len(whole.months)),
        is_ahead=True,
        labels=[_(MONTHS[(whole.month + at) % 12]) for at in range(len(whole.months))],
        above=above,
        below=below,
        nothing=_("No lead is open: there is nothing to forecast."),
    )  # fmt: skip


def _columns() -> tuple[Column, ...]:
    return (
        Column("weighted", _("weighted"), Kind.MONEY),
        Column("measured", _("as measured"), Kind.MONEY),
        Column("commit", _("commit"), Kind.MONEY),
        Column("best", _("best case"), Kind.MONEY, rank=1),
        Column("leads", _("leads"), Kind.COUNT, rank=2),
        Column("deals", _("deals"), Kind.NUMBER, rank=3),
    )


def _row(name: str, one: funnel.Outlook) -> tuple[Cell, ...]:
    return name, one.weighted, one.measured, one.commit.amount, one.best.amount, one.best.count, one.deals


def month_name(month: int) -> str:
    """A counted month by its name: 'Jun 26'."""
    text = _("{month} {year}")
    return text.format(month=_(MONTHS[month % 12]), year=f"{month // 12 % 100:02}")


def _says(found: errands.Outlooks, frame: Frame, width: int) -> Iterator[Line]:
    """What half a year and a year bring, and what the figures mean."""
    ahead = found.forecasts.whole.ahead(cells.HALF)
    yield crop(
        (
            (" " + _("in 6 months") + " ", "dim"), (frame.short(ahead.weighted), "strong"),
            ("   " + _("in 12 months") + " ", "dim"), (frame.short(found.forecasts.whole.ahead(12).weighted), "strong"),
        ),
        width,
    )  # fmt: skip
    yield ()
    text = _(
        "Weighted: money times the playbook's probability. As measured: times what went on from stage to stage in half "
        "a year. Commit: what stands in the last stage. Best case: all of it."
    )
    for part in wrap(text, width - 1):
        yield ((" " + part, "dim"),)


def _month(found: errands.Outlooks, frame: Frame) -> Iterator[Line]:
    """Won so far, what the leads due this month add, and what that makes of the target."""
    won, target = found.month.won, found.month.target
    due = found.forecasts.whole.past + found.forecasts.whole.months[0]
    reach = won.amount + due.weighted
    yield (
        (_("this month") + " ", "dim"),
        (_("won {amount}").format(amount=frame.short(won.amount)), "strong won"),
        ("  + " + _("weighted {amount}").format(amount=frame.short(due.weighted)), ""),
        ("  = " + frame.short(reach), "strong"),
    )
    if target is None or not target.amount:
        yield ((_("No target of money is set for this month."), "dim"),)
        return
    missing = target.amount - reach
    share = money.per_cent(Fraction(reach) / Fraction(target.amount))
    if missing <= 0:
        text = _("✓ The target of {target} will be made: {share}.")
        yield ((text.format(target=frame.short(target.amount), share=share), "strong won"),)
    else:
        text = _("! The target of {target} will be missed by {missing}: {share}.")
        said = text.format(target=frame.short(target.amount), missing=frame.short(missing), share=share)
        yield ((said, "strong lost"),)


# ── by agent ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def write_agents(found: object, host: Asking) -> Page:
    """The page of the agents, who has most first."""
    assert isinstance(found, errands.Outlooks)
    whole = found.forecasts.whole
    columns = (
        Column("agent", _("agent"), most=20),
        Column("this_month", month_name(whole.month), Kind.MONEY),
        Column("next_month", month_name(whole.month + 1), Kind.MONEY),
        Column("half", _("6 months"), Kind.MONEY),
        Column("weighted", _("weighted"), Kind.MONEY),
        Column("measured", _("as measured"), Kind.MONEY, rank=2),
        Column("commit", _("commit"), Kind.MONEY, rank=3),
        Column("best", _("best case"), Kind.MONEY, rank=4),
    )
    parts = sorted(found.forecasts.parts, key=lambda part: -part.whole.weighted)
    people = [part for part in parts if part.whole.best.count]
    rows = [_agent(name_of(part.name), part) for part in people]
    chart = Chart(Figure.BAR, _("weighted"), "agent", ("weighted",))
    sheet = Sheet(
        "forecast-agents", _("forecast by agent"), columns, rows, _agent(_("together"), whole), charts=(chart,)
    )
    keys = {at: replace(found.forecasts.chosen, agent_id=int(part.key)) for at, part in enumerate(people)}
    opens = cells.of_forecasts(keys | {TOTAL: found.forecasts.chosen}, found.months, host.playbook)
    return Page(None, sheet, opens=opens, bars="weighted", nothing=_("No lead is open: there is nothing to forecast."))


def _agent(name: str, part: Forecast) -> tuple[Cell, ...]:
    first, second, *_rest = part.months
    own: funnel.Outlook = part.whole
    overdue: Decimal = part.past.weighted
    half = part.ahead(cells.HALF).weighted + overdue
    return (
        name, first.weighted + overdue, second.weighted, half, own.weighted, own.measured, own.commit.amount,
        own.best.amount,
    )  # fmt: skip
