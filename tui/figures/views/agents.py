"""The funnel by agent: what each has won, how often leads go on at each stage, and who does it best."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import funnel
from models.reports.funnels import Funnels, Part
from models.reports.periods import Period
from models.reports.slices import By, Slice
from tui import words
from tui.figures import cells, errands
from tui.figures.page import TOTAL, Page, Place, nothing_in
from tui.figures.periods import Asked
from tui.figures.views import steps
from tui.i18n import _
from tui.lines.text import Line, Piece, wrap
from tui.plain import plain
from tui.reports.sheet import Cell, Chart, Column, Figure, Kind, Sheet

if TYPE_CHECKING:
    from tui.screens.questions import Asking


def read(host: Asking, asked: Asked) -> Callable[[], object]:
    """The funnel of each agent."""
    return partial(errands.split, host.person.id, host.slice, asked, host.clock(), By.AGENT)


def write(found: object, host: Asking) -> Page:
    """The page of them."""
    assert isinstance(found, Funnels)
    playbook = host.playbook
    columns = (
        Column("agent", _("agent"), most=20),
        Column("won", _("won"), Kind.COUNT),
        Column("amount", _("amount"), Kind.MONEY, rank=2),
        Column("lost", _("lost"), Kind.COUNT, rank=3),
        Column("entered", _("came"), Kind.COUNT, rank=1),
        *steps.columns(playbook),
        Column("cycle", _("days to won"), Kind.DAYS, rank=12),
    )
    people = [part for part in found.parts if is_busy(part.figures)]
    rows = [_row(name_of(part.name), part, playbook) for part in people]
    chart = Chart(Figure.BAR, _("amount"), "agent", ("amount",))
    together = _row(_("together"), found.whole, playbook)
    best = _best(found, people, playbook)
    marks = steps.few([part.figures for part in people], playbook) | best

    def below(width: int) -> Sequence[Line]:
        return [*_named(people, best, playbook, width), steps.few_line(playbook, width)]

    return Page(
        found.period,
        Sheet("agents", _("by agent"), columns, rows, together, charts=(chart,)),
        opens=cells.of_parts(whose(found, people), playbook),
        marks=marks,
        bars="amount",
        below=below,
        nothing=nothing_in(
            found.period, _("No lead came to anybody and none left."), host.figure_keys.key("figures.period-before")
        ),
    )


def whose(found: Funnels, people: Sequence[Part]) -> dict[int, tuple[Slice, Period]]:
    """The selection of each line, and of all together."""
    lines = {at: (replace(found.chosen, agent_id=int(part.key)), found.period) for at, part in enumerate(people)}
    return lines | {TOTAL: (found.chosen, found.period)}


def is_busy(figures: funnel.Funnel) -> bool:
    """Whether anything happened."""
    return any(row.entered or row.left for row in figures.stages)


def name_of(agent: str) -> str:
    """Whose part it is; what nobody owns is the pool's."""
    return plain(agent) or _("pool")


def _row(name: str, part: Part, playbook: funnel.Playbook) -> tuple[Cell, ...]:
    figures = part.figures
    came = figures.stages[0].entered if figures.stages else 0
    success = steps.cells(figures, playbook)
    return name, figures.won.count, figures.won.amount, figures.lost.count, came, *success, part.cycle.median


def _best(found: Funnels, people: Sequence[Part], playbook: funnel.Playbook) -> dict[Place, Piece]:
    """A mark at whom leads go on most often at each stage."""
    bests, rows = found.bests(playbook.bounds.enough_leavers), {part.key: at for at, part in enumerate(people)}
    keys = {stage.code: bests[stage.code].conversion for stage in funnel.levels(playbook)}
    return {(rows[key], f"success_{code}"): steps.BEST for code, key in keys.items() if key in rows}


def _named(
    people: Sequence[Part], marks: Mapping[Place, object], playbook: funnel.Playbook, width: int
) -> Iterator[Line]:
    """Who is best at what, or why nobody can be named."""
    named = []
    for stage in funnel.levels(playbook):
        at = next((row for row, code in marks if code == f"success_{stage.code}"), None)
        if at is not None:
            text = _("{name} at {stage}")
            named.append(text.format(name=name_of(people[at].name), stage=words.stage_title(playbook, stage.code)))
    text = "★ " + _("goes on most often: {names}.").format(names=", ".join(named))
    if not named:
        enough = playbook.bounds.enough_leavers
        text = _("Nobody is named best: of nobody {count} leads left one stage.").format(count=enough)
    for line in wrap(text, width - 1, most=4):
        yield ((" " + line, "" if named else "dim"),)
