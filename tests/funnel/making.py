"""Small playbooks and leads for the tests of the heart."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from funnel import (
    DAYS,
    Choice,
    Facts,
    Field,
    Flag,
    Outcome,
    Playbook,
    Question,
    Source,
    Stage,
    Touch,
    TouchKind,
    TouchRule,
    Window,
    Words,
)

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
"""A Wednesday."""


def ago(**spans: float) -> datetime:
    """A moment before now."""
    return NOW - timedelta(**spans)


def ahead(**spans: float) -> datetime:
    """A moment after now."""
    return NOW + timedelta(**spans)


def words(text: str) -> Words:
    return Words(text, f"{text} zh")


def stage(code: str, probability: int = 10, promotion_rate: int = 50, **more: Any) -> Stage:
    return Stage(code, words(code), probability, promotion_rate, **more)


def outcome(code: str, key: str, *flags: Flag, retry: tuple[int, ...] = (60,), reason: str = "") -> Outcome:
    return Outcome(code, words(code), key, frozenset(flags), retry, reason)


def choice(code: str) -> Choice:
    return Choice(code, words(code))


TALKED = outcome("talked", "t", Flag.HUMAN, Flag.CONTACT, retry=(2880,))
NO_ANSWER = outcome("no_answer", "n", retry=(30, 120, 1440))
REFUSED = outcome("refused", "r", Flag.CONTACT, Flag.REFUSED, retry=(), reason="price")
WRONG = outcome("wrong", "i", Flag.UNWORKABLE, retry=(), reason="wrong_number")
BANNED = outcome("banned", "k", Flag.DO_NOT_CALL, retry=(), reason="wrong_number")

NEED = stage("need", 20, 40, dwell_days=15, required_fields=("need",))
OFFER = stage(
    "offer",
    50,
    60,
    required_fields=("budget", "need"),
    required_touches=(TouchRule(2, TouchKind.CALL, ("talked",)), TouchRule(with_feedback=True)),
    sign=words("asks for the price"),
)
DEAL = stage("deal", 80, 90, required_fields=("amount",))
WON = stage("won", 100, 0, is_won=True)

BOOK = Playbook(
    code="small",
    name=words("Small"),
    stages=(NEED, OFFER, DEAL, WON),
    outcomes=(TALKED, NO_ANSWER, REFUSED, WRONG, BANNED),
    loss_reasons=(choice("price"), choice("rival")),
    invalid_reasons=(choice("wrong_number"), choice("unreachable")),
    sources=(
        Source("web", Words("Web form", "官网表单"), ("Website", "网站")),
        Source("fair", Words("Fair", "展会"), ("展会推广",)),
    ),
    windows=(Window(frozenset(DAYS[:5]), time(9), time(18)),),
    fields=(Field("size", words("Size"), (choice("small"), choice("large"))),),
)

ASKED = Question(words("How large?"), "size")
TALK = Touch(TouchKind.CALL, "talked", purpose="offer", feedback="likes it")
FULL = Facts(
    fields={"need": "phones", "budget": "50000", "amount": 5, "size": "large"},
    touches=(TALK, TALK),
    is_sign_seen=True,
)
"""Everything that the small playbook asks for."""
