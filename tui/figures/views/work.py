"""Work: where each one's amount comes from, what each stage takes, and where the time at the desk goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from models.reports.hours import Spent
from models.reports.work import Doings
from tui import words
from tui.figures import cells, errands
from tui.figures.asking import asking
from tui.figures.page import TOTAL, Page, nothing_in, turned
from tui.figures.periods import Asked
from tui.i18n import _
from tui.lines.text import Line, wrap
from tui.reports.work import HOURS, effort_sheet, hours_sheet, work_sheet

if TYPE_CHECKING:
    from tui.screens.questions import Asking


def read(host: Asking, asked: Asked) -> Callable[[], object]:
    """What each one did."""
    return partial(errands.work, host.person.id, host.slice, asked, host.clock())


def write(found: object, host: Asking) -> Page:
    """The page of it, who sold most first; the same sheet as the report's."""
    assert isinstance(found, Doings)
    parts = sorted(found.parts, key=lambda part: (-part.performance.won.amount, -part.performance.work.calls))
    found = replace(found, parts=tuple(parts))
    title = _("where it comes from")
    sheet = work_sheet(found, asking(host, "work", title, found.chosen, found.period), title)
    means = _(
        "Amount = calls × contact rate × deals of talks × deal size. Work counts for who did it, deals for whose the "
        "lead was."
    )
    lines = {at: (replace(found.chosen, agent_id=int(part.key)), found.period) for at, part in enumerate(parts)}
    lines[TOTAL] = (found.chosen, found.period)
    return Page(
        found.period,
        sheet,
        opens=cells.of_lines(lines, cells.OF_WORK),
        bars="amount",
        below=lambda width: [((" " + part, "dim"),) for part in wrap(means, width - 1)],
        nothing=nothing_in(
            found.period, _("Nobody called and nobody sold."), host.figure_keys.key("figures.period-before")
        ),
    )


# ── what each stage takes ─────────────────────────────────────────────────────────────────────────────────────────────


def write_efforts(found: object, host: Asking) -> Page:
    """The page of the stages: work for each lead that left it and for each deal won; the report's sheet on its side."""
    assert isinstance(found, Doings)
    playbook = host.playbook
    title = _("effort by stage")
    sheet = effort_sheet(found, asking(host, "work", title, found.chosen, found.period))
    stages = [one.stage for one in found.efforts]
    figures = sheet.columns[1:]
    lying = turned(sheet, _("stage"), [(code, words.stage_brief(playbook, code)) for code in stages])
    is_empty = not any(one.work.touches or one.left for one in found.efforts)
    most = max(found.efforts, key=lambda one: one.per_deal()[0] or 0)

    def below(width: int) -> Sequence[Line]:
        said = [_("Per lead: of those that left the stage in the period. Per deal: of those won in it.")]
        if most.per_deal()[0]:
            said.insert(
                0, _("Most work for a deal is in {stage}.").format(stage=words.stage_title(playbook, most.stage))
            )
        return [] if is_empty else [((" " + part, "dim"),) for text in said for part in wrap(text, width - 1)]

    return Page(
        found.period,
        replace(lying, rows=()) if is_empty else lying,
        opens=cells.of_efforts(stages, [one.code for one in figures], found.chosen, found.period),
        kinds=[one.kind for one in figures],
        below=below,
        nothing=nothing_in(
            found.period, _("Nobody called and no lead left a stage."), host.figure_keys.key("figures.period-before")
        ),
        saves=(sheet,),
    )


# ── where the day went ────────────────────────────────────────────────────────────────────────────────────────────────


def read_hours(host: Asking, asked: Asked) -> Callable[[], object]:
    """Where each one's time went."""
    return partial(errands.hours, host.person.id, host.slice, asked, host.clock())


def write_hours(found: object, host: Asking) -> Page:
    """The page of it, the largest share of selling time first."""
    assert isinstance(found, errands.Days)
    spent = dict(sorted(found.spent.items(), key=lambda one: -(one[1].selling or 0)))
    means = _("Selling time: talking, and preparing the next talk, as a share of all time at work, pauses too.")
    chosen = {at: replace(host.slice, agent_id=agent) for at, agent in enumerate(spent)} | {TOTAL: host.slice}
    return Page(
        found.period,
        hours_sheet(spent, found.names),
        opens={
            (at, column): Spent(one, found.period, part)
            for at, one in chosen.items()
            for column, part in {"whole": "", "selling": "", **{part: part for part in HOURS}}.items()
        },
        bars="selling",
        below=lambda width: [((" " + part, "dim"),) for part in wrap(means, width - 1)] if spent else [],
        nothing=nothing_in(
            found.period,
            _("Nothing is known of anybody's time at a desk."),
            host.figure_keys.key("figures.period-before"),
        ),
    )
