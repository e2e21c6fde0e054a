"""The tracking sheet 销售漏斗跟踪模板, with exactly its fourteen columns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction

import funnel
from models import figures
from models.reports.sheets.tracking import Tracked, tracked
from tui import words
from tui.i18n import _, said
from tui.lines.frame import Frame
from tui.plain import plain
from tui.reports import cells
from tui.reports.asking import Asked
from tui.reports.sheet import Cell, Column, Kind, Report, Sheet


def tracking(asked: Asked) -> Report:
    """Every open lead of the selection; the rates are of the period."""
    found = figures.period_figures(asked.campaign.campaign_id, asked.period.since, asked.period.until)
    playbook = asked.campaign.playbook
    passed = passages(playbook, found)
    rows = (
        row(one, playbook, passed, asked.frame, is_whole=asked.is_whole)
        for one in tracked(asked.campaign, asked.slice, asked.now, with_numbers=asked.is_whole, mask=asked.mask)
    )
    return asked.report([Sheet("tracking", asked.title, columns(is_whole=asked.is_whole), rows)])


def columns(*, is_whole: bool = False) -> list[Column]:
    """The fourteen, in the trade's order; behind them what another floor may ask for, where that is wanted."""
    found = [
        Column("code", _("Lead no."), most=16, is_uncut=True),
        Column("customer", _("Company / contact"), most=32),
        Column("source", _("Lead source"), most=16, rank=7),
        Column("stage", _("Lead stage"), most=18),
        Column("first_contact", _("First contact"), Kind.DATE, rank=10),
        Column("last_contact", _("Last contact"), Kind.DATE, rank=1),
        Column("contact_type", _("Contact type"), most=10, rank=9),
        Column("note", _("Last note"), most=40, rank=5),
        Column("need", _("Needs"), most=40, rank=8),
        Column("expected_on", _("Expected close"), Kind.DATE, rank=4),
        Column("amount", _("Expected amount (10,000s)"), Kind.WAN, rank=3),
        Column("owner", _("Owner"), most=16, rank=2),
        Column("days", _("Days in stage"), Kind.COUNT),
        Column("passage", _("Conversion / stage pass rate"), most=32, rank=11),
    ]
    if is_whole:
        found += [
            Column("number", _("Phone"), most=36, rank=6),
            Column("email", _("E-mail"), most=32, rank=12),
            Column("title", _("Job title"), most=20, rank=13),
            Column("industry", _("Industry"), most=20, rank=14),
            Column("product", _("Product"), most=24, rank=15),
        ]
    return found


def row(
    one: Tracked, playbook: funnel.Playbook, passed: Mapping[str, str], frame: Frame, *, is_whole: bool = False
) -> list[Cell]:
    """A lead as the sheet has it."""
    source = playbook.source(one.source)
    # What stands before and behind the bar is told apart when the sheet comes in again.
    person = "" if one.person == one.company else one.person.replace("/", "、")
    outcome = words.outcome_name(playbook, one.outcome) if one.outcome else ""
    found: list[Cell] = [
        one.code,
        "/".join(filter(None, (one.company, person))),
        said(source.name) if source else one.source,
        words.stage_name(playbook, one.stage),
        _day(one.first_at, frame),
        _day(one.last_at, frame),
        words.kind_name(one.kind) if one.kind else "",
        " · ".join(filter(None, (one.note, one.feedback))) or outcome,
        one.need,
        one.expected_on,
        one.amount,
        one.owner,
        one.days,
        passed.get(one.stage, cells.DASH),
    ]
    more = (" / ".join(one.numbers), one.email, one.title, one.industry, one.product)
    return [*found, *more] if is_whole else found


def _day(at: datetime | None, frame: Frame) -> date | None:
    return at.astimezone(frame.zone).date() if at is not None else None


def passages(playbook: funnel.Playbook, figures: funnel.Funnel) -> dict[str, str]:
    """By stage, how the stage above it lets pass: '80%(方案提案→商务谈判)'."""
    found = {}
    for above, here in zip(figures.stages, figures.stages[1:], strict=False):
        names = "→".join(words.stage_name(playbook, one.stage) for one in (above, here))
        found[here.stage] = passage(above.conversion, names)
    return found


def passage(conversion: Fraction | None, names: str) -> str:
    """A rate with its step; a dash where nobody left."""
    if conversion is None:
        return cells.DASH
    percent = f"{float(round(conversion * 100, 1)):g}"
    return plain(f"{percent}%({names})")
