"""The names of numbers: what a number counts, of which selection, in which period and stage.

A number is named by what it is, wherever it is shown: the funnel's, an agent's and a source's are the same numbers of
other selections.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from funnel import Line
from models.reports.periods import Period
from models.reports.slices import Slice


class Number(StrEnum):
    """What a number counts. Lines of the bridge are numbers, too: `Cell.what` is one of either."""

    OPEN = "open"
    """Leads in the stage now."""
    ENTERED = "funnel_entered"
    """Entries into the stage in the period, however a lead came."""
    LEFT = "left"
    """Leavers of the stage in the period, each lead once, with its last exit; below, those that left one way."""
    LEFT_FORWARD = "left_forward"
    LEFT_BACK = "left_back"
    LEFT_LOST = "left_lost"
    LEFT_INVALID = "left_invalid"
    LEFT_REOPENED = "left_reopened"
    WON = "won"
    """Deals won in the period that stayed so."""
    LOST = "closed_lost"
    """Leads closed as lost in the period that stayed so."""
    INVALID = "closed_invalid"
    CLOSED = "closed"
    """All of these three."""
    OPENING = "opening"
    """Leads in the stage when the period began."""
    CLOSING = "closing"
    """Leads in the stage when it ended."""
    CAME = "came"
    """Leads taken into the funnel in the period, wherever in it; below, those that are customers now, or open still."""
    CAME_WON = "came_won"
    CAME_OPEN = "came_open"
    COHORT = "cohort"
    """Leads that entered the stage in the period, each once; below, those that entered a later one since, those that
    did not and still may, and those that are customers now."""
    REACHED = "cohort_reached"
    COHORT_OPEN = "cohort_open"
    COHORT_WON = "cohort_won"
    CALLS = "calls"
    """Calls of the period, by who did them; below, talks, follow-ups of other kinds, and all follow-ups."""
    TALKS = "talks"
    OTHERS = "other_touches"
    TOUCHES = "touches"
    EXPECTED = "expected"
    """Open leads whose deal is expected on a day of the period."""
    UNDATED = "undated"
    """Open leads of which nobody said when."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The name of a number."""

    what: Number | Line
    chosen: Slice
    """Of an agent's row with that agent, of a source's with that source."""
    period: Period | None = None
    """None for what is of now."""
    stage: str = ""
    """Its code; empty for all stages together, of leads now and expected ones all open stages."""
    shows_voided: bool = False
    """Of a bridge whose lines hold what was taken back."""
