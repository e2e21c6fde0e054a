"""Places in the queue by the million: what is alike is placed once."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

import funnel
from models.base import moment, moment_or_none, money, seconds
from models.campaigns import Book

KEPT = 100_000


class Places:
    """`queue.put_in_place` for leads that are not stored yet."""

    def __init__(self, book: Book, now: datetime) -> None:
        self.playbook = book.playbook
        self.now = now
        self._placed = lru_cache(maxsize=KEPT)(self._place)

    def of(
        self,
        stage: str,
        since: int,
        waiting: int,
        value: int | None,
        fresh: int | None,
        due: int | None,
        whose: int | None,
    ) -> tuple[int, int | None]:
        """Key, and when time alone changes it; a closed lead stands as at the top, and time changes nothing there."""
        if stage in (funnel.LOST, funnel.INVALID):
            top = self.playbook.stages[0].code
            return self._placed(top, seconds(self.now), waiting, _like(value), None, due, whose is not None)[0], None
        return self._placed(stage, since, waiting, _like(value), fresh, due, whose is not None)

    def _place(
        self,
        stage: str,
        since: int,
        waiting: int,
        value: int | None,
        fresh: int | None,
        due: int | None,
        is_personal: bool,
    ) -> tuple[int, int | None]:
        standing = funnel.Standing(
            stage, moment(since), moment(waiting), money(value), moment_or_none(fresh), moment_or_none(due), is_personal
        )
        place = funnel.place_in_queue(self.playbook, standing, self.now)
        return place.key, None if place.changes_at is None else seconds(place.changes_at)


@lru_cache(maxsize=KEPT)
def _like(value: int | None) -> int | None:
    """An amount of the same rank, so that amounts that make no difference are one."""
    rank = funnel.value_rank(money(value))
    return _OF_RANK.setdefault(rank, value)


_OF_RANK: dict[int, int | None] = {}
