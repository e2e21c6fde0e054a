"""The grammar at work: a phrase is read from left to right, rule by rule, for as long as what is said fits together."""

from __future__ import annotations

from collections.abc import Sequence

from models.when import clocks, dates, distances
from models.when.said import HOURS, Impossible, Said, has_day_and_hour, is_whole, may_join
from models.when.tokens import Token
from models.when.words import Kind

_RULES = [*distances.rule.table, *clocks.rule.table, *dates.rule.table]

_GLUE = {Kind.AT, Kind.ON, Kind.THE, Kind.OF, Kind.IN, Kind.COMMA, Kind.DASH, Kind.GAP, Kind.FROM}
"""Words that may stand before any part of a phrase and add nothing to it."""


class Phrase:
    """A tokenized text, read from left to right."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self._letters = "".join(token.kind for token in tokens)

    def read(self, place: int) -> tuple[Said, int]:
        """What is said from this token on, as far as it makes a moment, and the token after it.

        Nothing said is no moment. Raises Impossible for a day or hour that does not exist.
        """
        said: Said = {}
        whole: tuple[Said, int] = {}, place
        while (found := self._next(said, place)) is not None:
            said, place = found
            if is_whole(said):
                whole = said, place
        return whole

    def kind(self, place: int) -> Kind:
        """What the token at this place does; the end stays the end."""
        return self.tokens[min(place, len(self.tokens) - 1)].kind

    def _next(self, said: Said, place: int) -> tuple[Said, int] | None:
        """What is said with one more part of the phrase."""
        glued = place
        while True:
            for pattern, meaning in _RULES:
                match = pattern.match(self._letters, glued)
                if match is None:
                    continue
                try:
                    more = meaning(self.tokens[glued : match.end()], said)
                except Impossible:
                    if is_whole(said) and has_day_and_hour(said):
                        return None
                    raise Impossible((place, match.end())) from None
                if more is not None and may_join(said, more) and self._may_follow(self.tokens[place:glued], said, more):
                    return self._tail({**said, **more}, more, match.end())
            # A dash between parts is a custom ("12/1-10:30"); at the beginning it would be a minus.
            if self.kind(glued) not in _GLUE or (glued == 0 and self.kind(0) in (Kind.DASH, Kind.GAP)):
                return None
            glued += 1

    def _may_follow(self, glue: Sequence[Token], said: Said, more: Said) -> bool:
        """Whether the words between allow it.

        A dash between spaces leads from a day to its hour, what else follows it is a note. "after 3pm" is at three, but
        "after friday" no more on Friday. "in 10" are minutes or whatever, and not ten o'clock.
        """
        if any(token.kind is Kind.GAP for token in glue) and not (more.keys() <= HOURS and "clock" not in said):
            return False
        if any(token.name == "after" for token in glue) and not more.keys() <= HOURS:
            return False
        return "clock" not in more or all(token.kind is not Kind.IN for token in glue)

    def _tail(self, said: Said, more: Said, place: int) -> tuple[Said, int]:
        """Takes what belongs to the part just read: "two weeks" from a day, "2pm" to an hour."""
        if more.keys() & {"span", "elapsed"} and self.kind(place) is Kind.FROM:
            found = self._next({}, place + 1)
            anchor: Said = found[0] if found else {}
            if not found or anchor.keys() & HOURS or ("elapsed" in more and "now" not in anchor):
                raise Impossible((place, place + 1))
            return {**said, "anchor": anchor}, found[1]
        if "clock" in more and self.kind(place) in (Kind.DASH, Kind.GAP, Kind.TO):
            # A time span means its beginning: that is when the call is due.
            end = self._next({}, place + 1)
            if end and end[0].keys() <= HOURS:
                return said, end[1]
        if "clock" in said and self.kind(place) is Kind.LATER and self.tokens[place].name == "后":
            return said, place + 1  # 三点后, as "after three"
        return said, place
