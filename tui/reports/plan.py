"""Backward planning as sheets: what every level needs, week by week and each day."""

from __future__ import annotations

from models.reports.periods import PeriodKind
from models.reports.plans import Plan
from models.reports.plans import plan as read_plan
from tui import money, words
from tui.i18n import _
from tui.reports.asking import Asked
from tui.reports.forecast import cents
from tui.reports.sheet import Cell, Column, Kind, Report, Sheet

KINDS = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR)


def plan(asked: Asked) -> Report:
    """The levels with what they need and lack, then the weeks: of this month, quarter or year, as the period says."""
    kind = asked.period.kind if asked.period.kind in KINDS else PeriodKind.MONTH
    found = read_plan(asked.viewer_id, asked.slice, asked.now, kind)
    return asked.report([_levels(found, asked), _weeks(found, asked)])


def _levels(found: Plan, asked: Asked) -> Sheet:
    columns = [
        Column("stage", _("Level"), most=20),
        Column("rate", _("Goes on"), Kind.SHARE),
        Column("measured", _("Rate"), most=12, rank=4),
        Column("needed", _("Needed"), Kind.NUMBER),
        Column("stock", _("There are"), Kind.COUNT),
        Column("gap", _("Lacking"), Kind.COUNT),
        Column("daily", _("Each day"), Kind.COUNT, rank=1),
        Column("least", _("at least"), Kind.COUNT, rank=2),
        Column("most", _("at most"), Kind.COUNT, rank=3),
    ]
    playbook, to = asked.campaign.playbook, found.today.to if found.today else {}
    rows: list[list[Cell]] = []
    for need in found.needs:
        daily = to.get(need.stage)
        rows.append(
            [
                words.stage_name(playbook, need.stage),
                need.rate,
                _("measured") if need.is_measured else _("planned"),
                need.needed,
                need.stock,
                need.gap,
                daily.likely if daily else None,
                daily.least if daily else None,
                daily.most if daily else None,
            ]
        )
    return Sheet("levels", _("What every level needs"), columns, rows, notes=_said(found, asked))


def _said(found: Plan, asked: Asked) -> list[str]:
    frame, lacking = asked.frame, found.missing
    if lacking is None:
        return [_("No target is set for this period: callfloor target set.")]
    said = []
    if lacking.amount:
        said.append(_("Missing to the target: {amount}.").format(amount=frame.short(lacking.amount)))
    if found.deals is None:
        return [*said, _("Nothing was won yet, so that nobody knows how many deals this is.")]
    said.append(_("Deals wanted still: {count}.").format(count=f"{float(found.deals):,.1f}"))
    if found.size is not None:
        said.append(_("A deal brings {amount}.").format(amount=frame.short(cents(found.size))))
    said.append(_("Working days left: {count}.").format(count=found.days_left))
    if found.today and found.today.calls:
        calls = found.today.calls
        said.append(
            _("Calls each day: {likely}, between {least} and {most}.").format(
                likely=f"{calls.likely:,}", least=f"{calls.least:,}", most=f"{calls.most:,}"
            )
        )
    return said


def _weeks(found: Plan, asked: Asked) -> Sheet:
    wanted = found.figures.target
    amounts = Kind.MONEY if wanted is not None and wanted.amount else Kind.NUMBER
    playbook = asked.campaign.playbook
    columns = [
        Column("since", _("From"), Kind.DATE),
        Column("days", _("Working days"), Kind.COUNT, rank=2),
        Column("wanted", _("Wanted"), amounts),
        Column("done", _("Won"), amounts),
        Column("completion", _("Reached"), Kind.SHARE, rank=1),
        *(
            Column(f"to_{need.stage}", _("to {stage}").format(stage=words.stage_name(playbook, need.stage)), Kind.COUNT)
            for need in found.needs
        ),
    ]
    rows: list[list[Cell]] = []
    for week in found.weeks:
        done = week.done
        is_money = amounts is Kind.MONEY
        rows.append(
            [
                week.since,
                week.days,
                None if done is None else cents(done.wanted) if is_money else done.wanted,
                None if done is None else cents(done.done) if is_money else done.done,
                done.completion if done else None,
                *(week.to.get(need.stage) if week.days_left else None for need in found.needs),
            ]
        )
    rates = [
        f"{words.stage_name(playbook, row.stage)} {money.per_cent(row.conversion)}"
        for row in found.figures.stages
        if row.conversion is not None and row.stage in {need.stage for need in found.needs}
    ]
    notes = [_("Conversion in this period so far: {rates}.").format(rates=" · ".join(rates))] if rates else []
    return Sheet("weeks", _("Week by week, planned anew each week"), columns, rows, notes=notes)
