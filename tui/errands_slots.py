"""What the composer asks of the database while one writes a moment. On the database's thread only."""

from __future__ import annotations

from datetime import datetime

from models.cards import Slot
from tui import i18n

LANGUAGES = {i18n.ENGLISH: "en_US", i18n.CHINESE: "zh_CN"}
"""How the calendars of holidays name the desk's languages."""


def slot(agent_id: int, lead_id: int, at: datetime) -> Slot:
    """How a moment stands for a promise of that agent to that lead."""
    from models import slots

    return slots.slot(agent_id, lead_id, at, language=LANGUAGES[i18n.language()])
