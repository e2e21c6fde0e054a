"""How things go on the demo floor: where leads come from, who picks up when, what a talk leads to.

Tuned so that the funnel has the shape of a working floor: E > D > C > B > A, and some thirty deals a month.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceRates:
    """One source of leads."""

    share: float
    """Of all leads."""
    quality: float
    """Odds of going on, 1 is usual."""
    is_listed: bool = False
    """Comes as a list, not one by one."""


SOURCES: Mapping[str, SourceRates] = {
    "cold_call": SourceRates(17, 0.60, is_listed=True),
    "internet": SourceRates(14, 0.85, is_listed=True),
    "exhibition": SourceRates(12, 1.15, is_listed=True),
    "advertising": SourceRates(6, 0.80, is_listed=True),
    "direct_mail": SourceRates(7, 0.65, is_listed=True),
    "channel": SourceRates(8, 1.05, is_listed=True),
    "management": SourceRates(3, 1.40),
    "friends": SourceRates(3, 1.35),
    "referral": SourceRates(6, 1.75),
    "inbound": SourceRates(8, 1.55),
    "web_form": SourceRates(9, 1.20),
    "online_ads": SourceRates(7, 0.80),
}

BY_HOUR: Mapping[int, float] = {
    8: 0.55, 9: 0.85, 10: 1.2, 11: 1.1, 12: 0.6, 13: 0.75, 14: 1.0, 15: 1.15, 16: 1.2, 17: 0.9, 18: 0.6, 19: 0.5,
    20: 0.4,
}  # fmt: skip
"""How likely the customer is to be reached, by the hour of the customer's clock."""

REACHED = {"E": 0.21, "D": 0.29, "C": 0.33, "B": 0.38, "A": 0.45, "won": 0.50}
"""A call reaches the customer; more often at a promised moment."""
REACHED_AS_PROMISED = 0.80

MISSES = (("no_answer", 50), ("busy", 12), ("machine", 16), ("gatekeeper", 22))
WRONG_NUMBER = 0.045
"""Of the first calls."""
REFUSED = 0.20
"""Of first talks, at usual quality."""
DO_NOT_CALL = 0.025
NOT_A_FIT = 0.06


@dataclass(frozen=True, slots=True)
class StageRates:
    """What a talk leads to, as weights; forward is multiplied by skill and quality."""

    forward: float
    lost: float
    back: float
    stays: float
    pause_days: tuple[float, float]
    """Until the next step that is agreed."""


STAGES: Mapping[str, StageRates] = {
    "E": StageRates(10.0, 0.0, 0.0, 0.6, (1, 4)),
    "D": StageRates(0.46, 0.34, 0.0, 0.46, (1, 7)),
    "C": StageRates(0.46, 0.30, 0.04, 0.40, (2, 8)),
    "B": StageRates(0.52, 0.20, 0.05, 0.45, (2, 8)),
    "A": StageRates(0.62, 0.06, 0.04, 0.34, (1, 4)),
}

LOSSES: Mapping[str, tuple[tuple[str, int], ...]] = {
    "D": (("no_need", 30), ("timing", 20), ("no_budget", 20), ("in_house", 15), ("rival", 15)),
    "C": (("rival", 25), ("no_budget", 25), ("product", 15), ("no_decision", 20), ("timing", 15)),
    "B": (("price", 40), ("rival", 25), ("decider_against", 20), ("no_decision", 15)),
    "A": (("decider_against", 40), ("no_budget", 30), ("rival", 30)),
}
INVALIDS = (("not_a_fit", 50), ("closed_down", 15), ("person_left", 20), ("duplicate", 15))

BACKLOG_DAYS: Mapping[str, float] = {"E": 2.8, "D": 2.0, "C": 1.5, "B": 0.9, "A": 0.4, "won": 0.5}
"""Mean wait of a lead that is ready and that nobody promised."""
FORGOTTEN = 0.035
"""Leads that lie for weeks before somebody looks at them again."""
SLEEPS = 0.09
"""Talks after which the agent sets a timer of some weeks."""
LOOSE_END = 0.11
"""Talks that end without a next step."""
REOPENED = 0.03
"""Of lost leads, some weeks later."""
