"""What is asked of a report: by whom, over which period, of whose leads; and what every report says of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from models.cards import Person
from models.watching.masks import Mask
from tui.lines.frame import Frame
from tui.reports.sheet import Report, Sheet

if TYPE_CHECKING:
    from models.campaigns import Book
    from models.reports.periods import Period
    from models.reports.slices import Slice


@dataclass(frozen=True, slots=True)
class Asked:
    """One asking of a report."""

    name: str
    """Of the report, as it is called on the command line."""
    title: str
    viewer: Person
    campaign: Book
    period: Period
    slice: Slice
    """Narrowed already to what the viewer may read."""
    selection: dict[str, str]
    """What was narrowed, by code, in words."""
    now: datetime
    frame: Frame
    by: str = ""
    """What it is split by; empty where it is not."""
    mask: Mask = Mask.FULL
    """How much of customers' numbers may be shown."""
    is_whole: bool = False
    """With more columns than the trade's sheet has."""

    @property
    def viewer_id(self) -> int:
        """Who asks."""
        return self.viewer.id

    def report(self, sheets: Sequence[Sheet], *, is_of_now: bool = False) -> Report:
        """The report of these sheets, with its period unless it is of this moment."""
        first, last = (None, None) if is_of_now else self.period.days
        return Report(self.name, self.title, sheets, first, last, self.selection)
