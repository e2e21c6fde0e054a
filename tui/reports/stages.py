"""The trade's stage list 漏斗表 with its subtotals, and HP's table of customers with their success rates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

import funnel
from models.reports.sheets.stages import Listed, listed
from tui import words
from tui.i18n import _
from tui.lines.frame import Frame
from tui.reports.asking import Asked
from tui.reports.sheet import Column, Group, Kind, Report, Row, Sheet, Subtotal

NONE = Decimal(0)


def stages(asked: Asked) -> Report:
    """Every lead under its stage; customers that were won in the period stand last."""
    found = listed(asked.campaign, asked.slice, asked.period, mask=asked.mask)
    rows = stage_rows(found, asked.campaign.playbook, asked.frame)
    return asked.report([Sheet("stages", asked.title, stage_columns(asked.frame), rows)])


def stage_columns(frame: Frame) -> list[Column]:
    """The thirteen of the trade's sheet, in its order."""
    unit = _("yuan") if frame.currency == "CNY" else frame.currency
    return [
        Column("number", _("No."), Kind.COUNT, rank=1),
        Column("on", _("When found"), Kind.DATE, rank=6),
        Column("company", _("Customer's full name"), most=36),
        Column("address", _("Address"), most=36, rank=9),
        Column("person", _("Contact's name"), most=16, rank=3),
        Column("title", _("Job title"), most=16, rank=8),
        Column("phone", _("Phone"), most=24, is_uncut=True, rank=4),
        Column("business", _("Main business"), most=24, rank=12),
        Column("systems", _("Management software in use"), most=24, rank=13),
        Column("product", _("Product planned to sell"), most=24, rank=7),
        Column("amount", _("Expected amount ({currency})").format(currency=unit), Kind.MONEY),
        Column("competitor", _("Competitors"), most=20, rank=11),
        Column("obstacle", _("Obstacles, action plan"), most=40, rank=10),
    ]


def stage_rows(found: Iterable[Listed], playbook: funnel.Playbook, frame: Frame) -> Iterator[Row]:
    """The rows, and under those of each stage how many customers, how many units, how much money."""
    here, count, units, amount = "", 0, 0, NONE
    for one in found:
        if one.stage != here:
            if here:
                yield _subtotal(count, units, amount)
            here, count, units, amount = one.stage, 0, 0, NONE
            yield Group(words.stage_title(playbook, here))
        count, units, amount = count + 1, units + (one.units or 0), amount + (one.amount or NONE)
        yield (
            count,
            one.obtained_at.astimezone(frame.zone).date(),
            one.company,
            one.address,
            one.person,
            one.title,
            one.number,
            one.business,
            one.systems,
            one.product,
            one.amount,
            one.competitor,
            " · ".join(filter(None, (one.obstacle, one.plan))),
        )
    if here:
        yield _subtotal(count, units, amount)


def _subtotal(count: int, units: int, amount: Decimal) -> Subtotal:
    """How many customers, units and how much money; the units stand under the products."""
    customers, sold = _("Subtotal: customers {count}"), _("units {count}")
    said = customers.format(count=f"{count:,}"), *[""] * 6, sold.format(count=f"{units:,}")
    return Subtotal((count, None, *said, amount, "", ""))


# ── HP's ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def customers(asked: Asked) -> Report:
    """A row for each customer who may still buy, with the success rate of its stage."""
    found = listed(asked.campaign, asked.slice, asked.period, mask=asked.mask)
    rows = customer_rows(found, asked.campaign.playbook)
    return asked.report([Sheet("customers", asked.title, customer_columns(), rows)], is_of_now=True)


def customer_columns() -> list[Column]:
    """HP's five."""
    return [
        Column("company", _("Organisation"), most=36),
        Column("person", _("Contact's name"), most=20),
        Column("amount", _("Expected purchase"), Kind.MONEY),
        Column("expected_on", _("Expected time of purchase"), Kind.DATE),
        Column("success", _("Success rate"), Kind.SHARE),
    ]


def customer_rows(found: Iterable[Listed], playbook: funnel.Playbook) -> Iterator[Row]:
    """The open ones, and what they are expected to bring together."""
    count, amount = 0, NONE
    for one in found:
        if playbook.kind(one.stage) is funnel.Kind.OPEN:
            count, amount = count + 1, amount + (one.amount or NONE)
            rate = Fraction(playbook.stage(one.stage).probability, 100)
            yield (one.company, one.person, one.amount, one.expected_on, rate)
    if count:
        yield Subtotal((_("Total: {count}").format(count=f"{count:,}"), "", amount, None, None))
