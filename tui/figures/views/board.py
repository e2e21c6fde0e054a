"""The leader board: who has sold how much, of what they were to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from models.reports.funnels import Funnels, Part
from models.reports.slices import By
from tui import money
from tui.figures import cells, errands
from tui.figures.page import Page, nothing_in
from tui.figures.periods import Asked
from tui.figures.views.agents import is_busy, name_of, whose
from tui.i18n import _
from tui.lines.frame import Frame
from tui.lines.text import Line, crop
from tui.reports.sheet import Cell, Chart, Column, Figure, Kind, Sheet

if TYPE_CHECKING:
    from tui.screens.questions import Asking


def read(host: Asking, asked: Asked) -> Callable[[], object]:
    """The funnel of each agent."""
    return partial(errands.split, host.person.id, host.slice, asked, host.clock(), By.AGENT)


def write(found: object, host: Asking) -> Page:
    """The page of them, who sold most first."""
    assert isinstance(found, Funnels)
    columns = (
        Column("agent", _("agent"), most=20),
        Column("place", _("place"), Kind.COUNT),
        Column("amount", _("amount"), Kind.MONEY),
        Column("won", _("won"), Kind.COUNT),
        Column("attainment", _("of target"), Kind.SHARE, rank=1),
        Column("won_of_closed", _("of closed"), Kind.SHARE, rank=2),
        Column("each", _("a deal"), Kind.MONEY, rank=3),
        Column("cycle", _("days to won"), Kind.DAYS, rank=4),
        Column("lost", _("lost"), Kind.COUNT, rank=5),
    )
    people = [part for part in found.parts if part.key and (is_busy(part.figures) or part.figures.target)]
    people.sort(key=lambda part: (-part.figures.won.amount, -part.figures.won.count, part.name.casefold()))
    rows = [_row(name_of(part.name), place, part) for place, part in zip(places(people), people, strict=True)]
    chart = Chart(Figure.BAR, _("amount"), "agent", ("amount",))
    frame = host.frame

    def below(width: int) -> Sequence[Line]:
        return [crop(_goal(found.whole, frame), width)]

    return Page(
        found.period,
        Sheet("board", _("leader board"), columns, rows, _row(_("together"), None, found.whole), charts=(chart,)),
        opens=cells.of_parts(whose(found, people), host.playbook),
        marks={(0, "agent"): ("", "strong won")} if people and people[0].figures.won.count else {},
        bars="amount",
        below=below,
        nothing=nothing_in(
            found.period, _("Nobody had a lead or a target."), host.figure_keys.key("figures.period-before")
        ),
    )


def places(people: Sequence[Part]) -> list[int]:
    """The places of people in their order; who sold as much has the same place.

    Args:
        people: who sold most first.
    """
    found: list[int] = []
    for at, part in enumerate(people):
        won = part.figures.won
        found.append(found[-1] if at and people[at - 1].figures.won == won else at + 1)
    return found


def _row(name: str, place: int | None, part: Part) -> tuple[Cell, ...]:
    figures = part.figures
    each = figures.won.amount / figures.won.count if figures.won.count else None
    return (
        name, place, figures.won.amount, figures.won.count, figures.attainment, figures.won_of_closed, each,
        part.cycle.median, figures.lost.count,
    )  # fmt: skip


def _goal(whole: Part, frame: Frame) -> Line:
    """How far all of them are together."""
    target = whole.figures.target
    if target is None:
        return ((" " + _("No target is set for this period."), "dim"),)
    if not target.amount:
        text = _("{won} of {wanted} deals").format(won=whole.figures.won.count, wanted=target.count)
        return ((" " + _("target") + " ", "dim"), (text, "strong"))
    share = money.per_cent(whole.figures.attainment)
    return ((" " + _("target") + " ", "dim"), (frame.short(target.amount), ""), ("  " + share, "strong"))
