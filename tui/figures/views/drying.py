"""The day the orders dry up 断单日: what the leads that are there still bring, week by week, and what would move it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from rich.cells import cell_len

import funnel
from models.reports.drying import Drying
from tui import clocks, words
from tui.figures import errands
from tui.figures.page import Page
from tui.figures.periods import Asked
from tui.i18n import _, counted
from tui.lines.frame import Frame
from tui.lines.text import Line, crop, fit, wrap
from tui.reports.sheet import Chart, Column, Figure, Kind, Sheet

if TYPE_CHECKING:
    from tui.screens.questions import Asking

WEEKS = 16


def read(host: Asking, asked: Asked) -> Callable[[], object]:
    """The day the orders dry up."""
    return partial(errands.drying, host.person.id, host.slice, host.clock())


def write(found: object, host: Asking) -> Page:
    """The page of it."""
    assert isinstance(found, Drying)
    playbook, frame = host.playbook, host.frame
    weeks = [(found.today + timedelta(days=7 * at), _of_week(found, at)) for at in range(WEEKS)]
    columns = (
        Column("week", _("week from"), Kind.DATE),
        Column("orders", _("orders"), Kind.NUMBER),
        Column("usual", _("usual"), Kind.NUMBER),
    )
    rows = [(day, orders, found.pace * 7) for day, orders in weeks]

    def above(width: int) -> Sequence[Line]:
        said = _says(found, playbook, frame)
        lines: list[Line] = [((" " + part, style),) for text, style in said for part in wrap(text, width - 1)]
        return [*lines, *_side_by_side(list(_pushes(found, playbook, frame)), width - 1)]

    return Page(
        None,
        Sheet(
            "drying", _("until the orders dry up"), columns, rows if found.pace else (),
            charts=(Chart(Figure.COLUMN, _("orders"), "week", ("orders", "usual")),),
        ),
        series=range(len(rows)),
        is_ahead=True,
        labels=[_("w{week}").format(week=day.isocalendar().week) for day, _orders in weeks],
        above=above,
        nothing=_("Nothing was won in half a year: no orders can dry up."),
    )  # fmt: skip


def _of_week(found: Drying, week: int) -> Fraction:
    """Orders that are expected of the leads that are there."""
    return Fraction(sum(found.found.orders[week * 7 : week * 7 + 7])).limit_denominator(1000)


def _says(found: Drying, playbook: funnel.Playbook, frame: Frame) -> Iterator[tuple[str, str]]:
    """The day with its spread, what it means, and which stage causes it."""
    dry = found.found
    if dry.day is None:
        yield _("✓ Even if no lead is added, orders do not dry up within a year."), "strong won"
        return
    early, day, late = (_day(found.on(at), frame) for at in (dry.early, dry.day, dry.late))
    text = _("! Without new leads the orders dry up on {day}: in eight of ten cases between {early} and {late}.")
    yield text.format(day=day, early=early, late=late), "strong lost"
    limit = _("From then on fewer than {least} come within {days}.")
    yield limit.format(least=dry.drought.least, days=clocks.days(dry.drought.days)), ""
    if dry.cause:
        stage = words.stage_title(playbook, dry.cause)
        yield _("It is {stage} that holds too little for it.").format(stage=stage), "strong"


def _day(day: date | None, frame: Frame) -> str:
    return _("later than a year") if day is None else clocks.short_date(day, frame.today)


def _pushes(found: Drying, playbook: funnel.Playbook, frame: Frame) -> Iterator[str]:
    """What would move the day."""
    if not found.found.pushes or found.found.day is None:
        return
    yield _("What would move it:")
    for push in found.found.pushes:
        leads = counted("{count} lead more", "{count} leads more", push.leads)
        stage, day = words.stage_brief(playbook, push.stage), _day(found.on(push.day), frame)
        text = _("{leads} in {stage}: {day}").format(leads=leads, stage=stage, day=day)
        yield text


def _side_by_side(texts: Sequence[str], width: int) -> Iterator[Line]:
    """Short texts under each other, as many on a line as there is room for: the chart below is to be seen, too."""
    each = max(map(cell_len, texts), default=0) + 3
    on_a_line = max(1, width // each)
    for at in range(0, len(texts), on_a_line):
        yield crop(((" ", ""), *((fit(text, each), "") for text in texts[at : at + on_a_line])), width + 1)
