"""The demo's own copy of the telesales playbook: the same in everything but the hours."""

from __future__ import annotations

import re

from models.playbook import shipped_text

WINDOWS = re.compile(r"(?:\[\[windows\]\]\n(?:[a-z]+ = .*\n)+\n?)+")
HOLIDAYS = re.compile(r"^respects_holidays = true.*$", re.MULTILINE)
WIDE = """\
# Only in this demo: every day from early to late, so that somebody may be called whenever you try it, on a Sunday and
# at night too: when China sleeps, Europe and America work. Copy the shipped telesales playbook, not this one.
[[windows]]
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
opens = 08:00:00
closes = 21:00:00

"""


def office_text() -> str:
    """The playbook as it ships, by whose office hours the history was lived."""
    return shipped_text("telesales")


def demo_text() -> str:
    """The demo's playbook, with hours in which somebody somewhere can always be called."""
    text, windows = WINDOWS.subn(WIDE, office_text())
    text, holidays = HOLIDAYS.subn("respects_holidays = false    # only in this demo", text)
    if (windows, holidays) != (1, 1):
        raise ValueError("the shipped playbook has another form than the demo knows")
    return text
