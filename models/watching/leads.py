"""What was found and one lead with all its history, read-only, as far as a watcher may see them."""

from __future__ import annotations

from datetime import datetime

from models import sight, views
from models.cards import LeadCard
from models.connect import snapshot
from models.errors import Refused
from models.lead import Lead
from models.search.finding import Found, find_as
from models.watching import masks
from models.watching.cards import Selection
from models.watching.eyes import eyes
from models.watching.masks import Mask


def find(
    viewer_id: int, text: str, selection: Selection, now: datetime, *, limit: int = 50, mask: Mask = Mask.FULL
) -> tuple[Found, ...]:
    """The leads that have every word of a text, among those of the selection's team; as `finding.find`.

    Raises:
        Refused: `supervisors_only`.
    """
    with snapshot():
        viewer, _ = eyes(viewer_id, selection)
        return tuple(masks.found(one, mask) for one in find_as(viewer, text, now, limit))


def lead(
    viewer_id: int,
    lead_id: int,
    selection: Selection,
    now: datetime,
    *,
    history: int = 50,
    mask: Mask = Mask.FULL,
) -> LeadCard:
    """One lead with its history, newest first.

    Raises:
        Refused: `supervisors_only`; `not_found` for what is outside the selection's team.
    """
    with snapshot():
        viewer, _ = eyes(viewer_id, selection)
        if not Lead.select().where(Lead.id == lead_id, sight.seen_by(viewer)).exists():
            raise Refused("not_found")
        return masks.lead(views.lead(viewer_id, lead_id, now, history=history), mask)
