"""Which numbers of a page open their rows, and what asks for these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import funnel
from models.reports.openings import Cell, Number
from models.reports.periods import Period
from models.reports.slices import Slice
from tui.figures.page import TOTAL, Place

OF_A_STAGE = {
    "open": Number.OPEN,
    "amount": Number.OPEN,
    "entered": Number.ENTERED,
    "left": Number.LEFT,
    "forward": Number.LEFT_FORWARD,
    "conversion": Number.LEFT,
    "lost": Number.LEFT_LOST,
    "back": Number.LEFT_BACK,
    "invalid": Number.LEFT_INVALID,
    **dict.fromkeys(("days", "mean_days", "nine_of_ten"), Number.LEFT),
}
"""Column of a stage's line → what its number counts; a share opens what it is a share of, days those that left."""
OF_A_PART = {
    "won": Number.WON,
    "amount": Number.WON,
    "share": Number.WON,
    "each": Number.WON,
    "cycle": Number.WON,
    "attainment": Number.WON,
    "lost": Number.LOST,
    "place": Number.WON,
    "won_of_closed": Number.CLOSED,
}
"""The same of an agent's, a source's or a period's line."""


def of_stages(stages: Iterable[str], chosen: Slice, period: Period, now: datetime) -> dict[Place, Cell]:
    """The numbers of the funnel's stages, a line for each; of a period that is over what was open at its end."""
    stands = Cell(Number.CLOSING, chosen, period) if period.until <= now else Cell(Number.OPEN, chosen)
    return {
        (at, column): replace(stands, stage=stage) if what is Number.OPEN else Cell(what, chosen, period, stage)
        for at, stage in enumerate(stages)
        for column, what in OF_A_STAGE.items()
    }


def of_parts(lines: Mapping[int, tuple[Slice, Period]], playbook: funnel.Playbook) -> dict[Place, Cell]:
    """The numbers of lines that are an agent each, a source or a period: their deals, their leavers, their newcomers.

    Args:
        lines: row → whose it is, and of when.
        playbook: whose stages have columns.
    """
    first = next((stage.code for stage in playbook.stages), "")
    found: dict[Place, Cell] = {}
    for at, (chosen, period) in lines.items():
        found |= {(at, column): Cell(what, chosen, period) for column, what in OF_A_PART.items()}
        found[at, "entered"] = Cell(Number.ENTERED, chosen, period, first)
        for stage in funnel.levels(playbook):
            found[at, f"success_{stage.code}"] = Cell(Number.LEFT, chosen, period, stage.code)
    return found


def of_bridge(
    stages: Iterable[tuple[str, str]], lines: Sequence[str], chosen: Slice, period: Period
) -> dict[Place, Cell]:
    """The numbers of a bridge, a row for each line of it.

    Args:
        stages: code of each column, and of its stage; no stage is all of them.
        lines: code of each row: a line of the bridge, or one of its ends.
        chosen: whose leads.
        period: from opening to closing.
    """
    ends = {"opening": Number.OPENING, "closing": Number.CLOSING}
    return {
        (at, column): Cell(ends.get(line) or funnel.Line(line), chosen, period, stage, shows_voided=True)
        for column, stage in stages
        for at, line in enumerate(lines)
    }


OF_A_SOURCE = {
    "leads": Number.CAME,
    "customers": Number.CAME_WON,
    "conversion": Number.CAME,
    "open": Number.CAME_OPEN,
    "cost_per_lead": Number.CAME,
    "cost_per_deal": Number.WON,
}
"""Columns of a source's line beside those of every part; a cost opens what it is spread over."""
OF_WORK = {
    "calls": Number.CALLS,
    "contact_rate": Number.CALLS,
    "talks": Number.TALKS,
    "talk_time": Number.TALKS,
    "conversion": Number.TALKS,
    "won": Number.WON,
    "size": Number.WON,
    "amount": Number.WON,
    "calls_per_deal": Number.CALLS,
    "talks_per_deal": Number.TALKS,
    "others": Number.OTHERS,
}
"""The same of what somebody did."""


def of_lines(lines: Mapping[int, tuple[Slice, Period]], columns: Mapping[str, Number]) -> dict[Place, Cell]:
    """Some numbers of each line: row → whose it is, and of when; column → what it counts."""
    return {
        (at, column): Cell(what, chosen, period)
        for at, (chosen, period) in lines.items()
        for column, what in columns.items()
    }


OF_EFFORT = {
    "touches": Number.TOUCHES,
    "talk_time": Number.TALKS,
    "left": Number.LEFT,
    "touches_per_lead": Number.LEFT,
    "minutes_per_lead": Number.LEFT,
    "days_per_lead": Number.LEFT,
    "touches_per_deal": Number.WON,
    "minutes_per_deal": Number.WON,
    "days_per_deal": Number.WON,
}
"""Figure of what a stage took → the work done there, or the leads or the deals that it is for each of."""


def of_efforts(stages: Iterable[str], figures: Iterable[str], chosen: Slice, period: Period) -> dict[Place, Cell]:
    """The numbers of what each stage took, a row for each figure."""
    rows = [(at, OF_EFFORT[code]) for at, code in enumerate(figures) if code in OF_EFFORT]
    return {
        (at, stage): Cell(what, chosen, period, "" if what is Number.WON else stage)
        for stage in stages
        for at, what in rows
    }


OF_REACH = {
    "entered": Number.COHORT,
    "reached": Number.REACHED,
    "reach": Number.COHORT,
    "young": Number.COHORT_OPEN,
    "won": Number.COHORT_WON,
    "won_ratio": Number.COHORT,
}
"""Figure of those that entered a stage → what became of them; a share opens what it is a share of."""
BEYOND = ("reached", "reach", "young")
"""Figures that the last stage has not: nothing can be reached from there."""


def of_reaches(stages: Sequence[str], chosen: Slice, period: Period) -> dict[Place, Cell]:
    """The numbers of the stages' reach, a line for each."""
    return {
        (at, column): Cell(what, chosen, period, stage)
        for at, stage in enumerate(stages)
        for column, what in OF_REACH.items()
        if column not in BEYOND or stage != stages[-1]
    }


HALF = 6
"""Months that are looked at together, beside all twelve."""
WORTH = ("weighted", "measured", "best", "leads", "deals")
"""Columns of what open leads are worth; `commit` is of those in the last level before the sale."""


def of_months(lines: Sequence[Cell], chosen: Slice, playbook: funnel.Playbook) -> dict[Place, Cell]:
    """The numbers of a forecast, and of all together.

    Args:
        lines: which open leads each line is of.
        chosen: whose leads.
        playbook: its levels.
    """
    found = _worth(TOTAL, Cell(Number.OPEN, chosen), playbook)
    for at, cell in enumerate(lines):
        found |= _worth(at, cell, playbook)
    return found


def of_forecasts(lines: Mapping[int, Slice], months: Sequence[Period], playbook: funnel.Playbook) -> dict[Place, Cell]:
    """The numbers of forecasts, a line for each selection: of the months ahead, and of all that is open.

    What is overdue is expected in the present month.
    """
    found: dict[Place, Cell] = {}
    for at, chosen in lines.items():
        found[at, "this_month"] = Cell(Number.EXPECTED, chosen, months[1].all_before())
        found[at, "next_month"] = Cell(Number.EXPECTED, chosen, months[1])
        found[at, "half"] = Cell(Number.EXPECTED, chosen, months[HALF].all_before())
        found |= _worth(at, Cell(Number.OPEN, chosen), playbook)
    return found


def _worth(at: int, cell: Cell, playbook: funnel.Playbook) -> dict[Place, Cell]:
    """What open leads of a line are worth."""
    last = funnel.levels(playbook)[-1].code
    return {(at, column): cell for column in WORTH} | {(at, "commit"): replace(cell, stage=last)}
