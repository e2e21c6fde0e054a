"""What a sheet of the reports needs to know of its asking, so that screen and report show one and the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.reports.periods import Period
from models.reports.slices import Slice
from tui.reports.asking import Asked

if TYPE_CHECKING:
    from tui.screens.questions import Asking


def asking(host: Asking, name: str, title: str, chosen: Slice, period: Period) -> Asked:
    """The asking of a report that this screen stands for.

    Args:
        host: who asks.
        name: of the report.
        title: of its sheet.
        chosen: whose figures, narrowed already.
        period: of when.
    """
    book = host.books[chosen.campaign_id]
    return Asked(name, title, host.person, book, period, chosen, {}, host.clock(), host.frame)
