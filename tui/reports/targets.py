"""Targets and how far they are reached, as sheets."""

from __future__ import annotations

from models.reports.slices import By
from models.reports.targets import Attainment, Attainments, attainments
from tui import words
from tui.i18n import _
from tui.reports.asking import Asked
from tui.reports.sheet import Cell, Column, Kind, Report, Sheet


def targets(asked: Asked) -> Report:
    """By agent or team, with the whole below; then the stages that have a target of their own."""
    found = attainments(asked.viewer_id, asked.slice, asked.period, By(asked.by), asked.now)
    return asked.report(target_sheets(found, asked))


def target_sheets(found: Attainments, asked: Asked) -> tuple[Sheet, Sheet]:
    """Money, deals, calls and talks, and entries into stages."""
    columns = [
        Column("of", _("Of"), most=20),
        Column("amount", _("Money wanted"), Kind.MONEY, rank=3),
        Column("won", _("Won"), Kind.MONEY),
        Column("amount_reached", _("Reached"), Kind.SHARE),
        Column("deals", _("Deals wanted"), Kind.COUNT, rank=5),
        Column("deals_won", _("Deals won"), Kind.COUNT, rank=1),
        Column("deals_reached", _("Reached"), Kind.SHARE, rank=4),
        Column("calls", _("Calls wanted"), Kind.COUNT, rank=8),
        Column("calls_made", _("Calls"), Kind.COUNT, rank=6),
        Column("calls_reached", _("Reached"), Kind.SHARE, rank=7),
        Column("talks", _("Talks wanted"), Kind.COUNT, rank=11),
        Column("talks_had", _("Talks"), Kind.COUNT, rank=9),
        Column("talks_reached", _("Reached"), Kind.SHARE, rank=10),
        Column("coverage", _("Coverage"), Kind.SHARE, rank=2),
    ]
    notes = [_("Coverage: the weighted amount of open leads ÷ what is missing to the target.")]
    if asked.period.until <= asked.now:
        notes.append(_("The period is over: open leads are those of its end."))
    rows = [_row(part, part.name or _("nobody's or not known")) for part in found.parts]
    people = Sheet("targets", asked.title, columns, rows, _row(found.whole, _("together")), notes)
    return people, _stages((*found.parts, found.whole), asked)


def _row(part: Attainment, name: str) -> list[Cell]:
    goal = part.goal
    return [
        name,
        goal.amount,
        part.won.amount,
        part.amount,
        goal.deals,
        part.won.count,
        part.deals,
        goal.calls,
        part.calls,
        part.of_calls,
        goal.talks,
        part.talks,
        part.of_talks,
        part.coverage,
    ]


def _stages(parts: tuple[Attainment, ...], asked: Asked) -> Sheet:
    columns = [
        Column("of", _("Of"), most=20),
        Column("stage", _("Lead stage"), most=20),
        Column("leads", _("Leads wanted"), Kind.COUNT),
        Column("entered", _("Entered"), Kind.COUNT),
        Column("reached", _("Reached"), Kind.SHARE),
    ]
    rows = [
        (
            part.name or _("together"),
            words.stage_name(asked.campaign.playbook, one.stage),
            one.leads,
            one.entered,
            one.attainment,
        )
        for part in parts
        for one in part.stages
    ]
    return Sheet("stages", _("Entries into stages"), columns, rows)
