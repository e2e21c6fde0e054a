"""How far targets are reached, of whatever one is set: money, deals, calls, talks, entries into stages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import funnel
from models.reports.openings import Cell as Opening
from models.reports.openings import Number
from models.reports.targets import Attainment, Attainments
from tui import words
from tui.figures import errands
from tui.figures.asking import asking
from tui.figures.page import TOTAL, Page
from tui.figures.periods import Asked
from tui.figures.views.agents import name_of
from tui.i18n import _
from tui.lines.text import wrap
from tui.reports.sheet import Cell, Column, Kind, Sheet
from tui.reports.targets import target_sheets

if TYPE_CHECKING:
    from tui.screens.questions import Asking


@dataclass(frozen=True, slots=True)
class Aim:
    """Something of which a target can be set."""

    code: str
    heading: str
    told: Callable[[Attainment], tuple[object, Cell, Cell]]
    """What was wanted, what came, and the share."""
    kind: Kind = Kind.COUNT
    what: Number | None = None
    """What stands behind what came; None where nothing does."""
    stage: str = ""


def read(host: Asking, asked: Asked) -> Callable[[], object]:
    """The targets of each agent."""
    return partial(errands.reached, host.person.id, host.slice, asked, host.clock())


def write(found: object, host: Asking) -> Page:
    """The page of them: only those who have a target, and only what anybody has one of; all of it is saved."""
    assert isinstance(found, Attainments)
    people = [part for part in found.parts if part.stages or any(one.told(part)[0] for one in _aims(host.playbook))]
    aims = [aim for aim in _aims(host.playbook) if any(aim.told(part)[0] for part in (*people, found.whole))]
    columns = [Column("agent", _("agent"), most=20)]
    for at, aim in enumerate(aims):
        columns.append(Column(aim.code, aim.heading, aim.kind, rank=len(aims) + at))
        columns.append(Column(f"{aim.code}_reached", _("of target"), Kind.SHARE, rank=at))
    lines = {at: replace(found.chosen, agent_id=int(part.key)) for at, part in enumerate(people)}
    opens = {
        (at, code): Opening(aim.what, chosen, found.period, aim.stage)
        for at, chosen in (lines | {TOTAL: found.chosen}).items()
        for aim in aims
        if aim.what is not None
        for code in (aim.code, f"{aim.code}_reached")
    }
    rows = [_row(name_of(part.name), part, aims) for part in people]
    means = _("Columns are of what a target is set for. The last line has the whole's own target, not the sum of all.")
    return Page(
        found.period,
        Sheet("targets", _("targets"), columns, rows if aims else (), _row(_("together"), found.whole, aims)),
        opens=opens,
        bars=f"{aims[0].code}_reached" if aims else "",
        below=lambda width: [((" " + part, "dim"),) for part in wrap(means, width - 1)] if aims else [],
        nothing=_("No target is set for this period: a manager sets one with callfloor target set."),
        saves=target_sheets(found, asking(host, "targets", _("targets"), found.chosen, found.period)),
    )


def _row(name: str, part: Attainment, aims: list[Aim]) -> tuple[Cell, ...]:
    return name, *(cell for aim in aims for cell in aim.told(part)[1:])


def _aims(playbook: funnel.Playbook) -> list[Aim]:
    """All of which a target can be set."""
    return [
        Aim("amount", _("amount"), lambda one: (one.goal.amount, one.won.amount, one.amount), Kind.MONEY, Number.WON),
        Aim("deals", _("deals"), lambda one: (one.goal.deals, one.won.count, one.deals), what=Number.WON),
        Aim("calls", _("calls"), lambda one: (one.goal.calls, one.calls, one.of_calls), what=Number.CALLS),
        Aim("talks", _("talks"), lambda one: (one.goal.talks, one.talks, one.of_talks), what=Number.TALKS),
        *(
            Aim(
                f"to_{stage.code}",
                _("to {stage}").format(stage=words.stage_brief(playbook, stage.code)),
                partial(_entries, stage.code),
                what=Number.ENTERED,
                stage=stage.code,
            )
            for stage in playbook.stages
        ),
    ]


def _entries(stage: str, part: Attainment) -> tuple[object, Cell, Cell]:
    own = next((one for one in part.stages if one.stage == stage), None)
    return (own.leads, own.entered, own.attainment) if own is not None else (None, None, None)
