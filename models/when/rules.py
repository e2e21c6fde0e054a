"""How the rules of the grammar are written.

The tokens of a text are a string of letters, one for each token, and a rule is a pattern over the kinds of words:
`@rule("month dash? the? (number | ordinal)")` stands above the function that says what such words mean. Rules are tried
in the order in which they are written, so that the longer ones stand first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from models.when.said import Said
from models.when.tokens import Token
from models.when.words import Kind

Meaning = Callable[[Sequence[Token], Said], Said | None]
"""What matched tokens mean after what was said before them; None if nothing after all."""

MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
"""How long the units are that are counted in months."""

NOT_AN_HOUR = (
    "(?! (dash | of | the)* (unit | month | year_mark | month_mark | day_mark | hour_mark | piece | half | to | past))"
)
"""Figures that are something else because of what follows."""


class Rules:
    """A table of rules, filled by its decorator."""

    def __init__(self) -> None:
        self.table: list[tuple[re.Pattern[str], Meaning]] = []

    def __call__(self, *patterns: str) -> Callable[[Meaning], Meaning]:
        """Keeps the function below as the meaning of these patterns."""

        def keep(meaning: Meaning) -> Meaning:
            for pattern in patterns:
                letters = re.sub("[a-z_]+", lambda name: re.escape(Kind[name[0].upper()]), pattern)
                self.table.append((re.compile(letters.replace(" ", "")), meaning))
            return meaning

        return keep


def one(tokens: Sequence[Token], *kinds: Kind) -> Token:
    """The first token of these kinds."""
    return next(token for token in tokens if token.kind in kinds)


def numbers(tokens: Sequence[Token]) -> list[int]:
    """All numbers of the tokens."""
    return [token.number for token in tokens if token.kind in (Kind.NUMBER, Kind.FOUR, Kind.ORDINAL)]
