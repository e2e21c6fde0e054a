"""The bottleneck as sheets: the step, its evidence, the reasons that were given, and the advice."""

from __future__ import annotations

from fractions import Fraction

import funnel
from models.reports.bottlenecks import Narrow, narrow
from tui import money, words
from tui.i18n import _, said
from tui.plain import plain
from tui.reports.asking import Asked
from tui.reports.sheet import Cell, Column, Kind, Report, Sheet


def bottleneck(asked: Asked) -> Report:
    """The step furthest below its plan, and the stage that loses most."""
    found = narrow(asked.viewer_id, asked.slice, asked.period)
    return asked.report([_evidence(found, asked), _reasons(found, asked)])


def _evidence(found: Narrow, asked: Asked) -> Sheet:
    columns = [
        Column("what", _("What"), most=24),
        Column("stage", _("Lead stage"), most=20),
        Column("planned", _("Planned"), Kind.SHARE, rank=2),
        Column("goes_on", _("Goes on"), Kind.SHARE),
        Column("left", _("Left"), Kind.COUNT, rank=1),
        Column("forward", _("Went on"), Kind.COUNT, rank=3),
        Column("back", _("Went back"), Kind.COUNT, rank=4),
        Column("lost", _("Lost"), Kind.COUNT, rank=5),
        Column("invalid", _("Invalid"), Kind.COUNT, rank=6),
    ]
    playbook = asked.campaign.playbook

    def row(what: str, own: funnel.StageFigures) -> list[Cell]:
        planned = Fraction(playbook.stage(own.stage).promotion_rate, 100)
        name = words.stage_name(playbook, own.stage)
        return [what, name, planned, own.conversion, own.left, own.forward, own.back, own.lost, own.invalid]

    rows, notes = [], []
    if found.found is not None:
        own = found.found.leavers
        rows.append(row(_("furthest below its plan"), own))
        if sure := own.interval:
            between = {"low": money.per_cent(sure.low), "high": money.per_cent(sure.high)}
            notes.append(_("By the number of leads, really between {low} and {high}.").format(**between))
        missed = f"{float(found.found.missed):,.0f}"
        notes.append(_("As planned, {count} leads more would have gone on.").format(count=missed))
        ours = _("Gather the reasons why leads leave here, and decide in the review what will be done otherwise.")
        notes.append(_("Advice: {advice}").format(advice=plain(said(found.advice)) or ours))
    else:
        notes.append(_("No step is below its plan, as far as enough leads left to tell."))
    if found.worst is not None:
        rows.append(row(_("loses most"), found.worst))
    return Sheet("bottleneck", asked.title, columns, rows, notes=notes)


def _reasons(found: Narrow, asked: Asked) -> Sheet:
    columns = [
        Column("kind", _("Closed as"), most=12),
        Column("reason", _("Reason"), most=32),
        Column("leads", _("Leads"), Kind.COUNT),
    ]
    playbook = asked.campaign.playbook
    rows = [
        (words.stage_name(playbook, one.kind.value), words.reason_name(playbook, one.code), one.count)
        for one in found.reasons
    ]
    return Sheet("reasons", _("Why leads were closed there"), columns, rows)
