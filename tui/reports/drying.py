"""The day the orders dry up 断单日 as sheets: when, why, what would move it, and what is expected until then."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby

from models.reports.drying import Drying
from models.reports.drying import drying as read
from models.reports.rates import MONTHS
from tui import words
from tui.i18n import _
from tui.reports.asking import Asked
from tui.reports.sheet import Chart, Column, Figure, Kind, Report, Sheet


def drying(asked: Asked) -> Report:
    """The day, what would move it, and the orders that are expected, month by month."""
    found = read(asked.viewer_id, asked.slice, asked.now)
    return asked.report([_day(found, asked), _pushes(found, asked), _orders(found)], is_of_now=True)


def _day(found: Drying, asked: Asked) -> Sheet:
    columns = [
        Column("early", _("One in ten earlier than"), Kind.DATE),
        Column("day", _("Orders dry up on"), Kind.DATE),
        Column("late", _("One in ten later than"), Kind.DATE),
        Column("cause", _("Level that causes it"), most=20),
    ]
    seen, playbook = found.found, asked.campaign.playbook
    row = [*(found.on(day) for day in (seen.early, seen.day, seen.late)), words.stage_name(playbook, seen.cause)]
    notes = [
        _("Dry: fewer than {least} orders in {days} days. Nobody refills the funnel in this reckoning.").format(
            least=f"{seen.drought.least:,}", days=seen.drought.days
        ),
        _(
            "Rates and days in stage are those of the last {months} months where enough leads left, else planned."
        ).format(months=MONTHS),
    ]
    if seen.day is None:
        notes.insert(0, _("Orders do not dry up within a year."))
    return Sheet("day", asked.title, columns, [row], notes=notes)


def _pushes(found: Drying, asked: Asked) -> Sheet:
    columns = [
        Column("stage", _("Level"), most=20),
        Column("leads", _("More leads there"), Kind.COUNT),
        Column("day", _("Orders dry up on"), Kind.DATE),
        Column("later", _("Days later"), Kind.COUNT),
    ]
    playbook, day = asked.campaign.playbook, found.found.day
    rows = [
        (
            words.stage_name(playbook, push.stage),
            push.leads,
            found.on(push.day),
            None if push.day is None or day is None else push.day - day,
        )
        for push in found.found.pushes
    ]
    return Sheet("pushes", _("What would move the day"), columns, rows)


def _orders(found: Drying) -> Sheet:
    columns = [Column("month", _("month"), most=12), Column("orders", _("Orders expected"), Kind.NUMBER)]
    days = ((found.on(day), orders) for day, orders in enumerate(found.found.orders))
    rows = [
        (month, Decimal(f"{sum(orders for _on, orders in own):.1f}"))
        for month, own in groupby(days, key=lambda one: f"{one[0]:%Y-%m}")
    ]
    chart = Chart(Figure.COLUMN, _("Orders expected"), "month", ("orders",))
    return Sheet("orders", _("Orders of the stock that is there"), columns, rows, charts=[chart])
