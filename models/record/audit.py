"""What was altered, is missing or was inserted on record: the chains of `models.record.chain`, computed again.

Everything is read once, in the order of the journal and then in that of the chains, and never all in memory.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from models.base import moment, rows_of
from models.connect import rows_in_turn
from models.record.anchors import VERB as ANCHOR
from models.record.chain import (
    AGENT,
    FLOOR,
    JOURNAL,
    TABLES,
    VOIDED,
    ChainHead,
    Contents,
    columns,
    head_after,
    line_of,
    spans,
    voided_line,
)  # fmt: skip
from models.record.erasure import VERB as ERASE
from models.record.sealing import MODELS

ALTERED, MISSING, INSERTED, UNKNOWN = "altered", "missing", "inserted", "anchor"
LINK = "link"
LINK_COLUMNS = "journal_id, chain, place, scope, digest"
BLANK = ("", "{}")
"""What stands in the place of an erased text."""

Item = tuple[int, str, Any]
"""Journal id, kind, and what there is."""


class Audit:
    """One look at the whole record. Inside a `snapshot`."""

    def __init__(self) -> None:
        self.records: dict[str, set[int]] = {ALTERED: set(), MISSING: set(), INSERTED: set()}
        """Journal ids at fault."""
        self.gaps: list[str] = []
        """Links that are missing, by whose they were."""
        self.waiting = {row[0]: (row[1], row[2]) for row in rows_of("SELECT kind, after, upto FROM unsealed")}
        self.anchored: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
        """Chain → place, head and the anchor that says so."""
        self.erased: dict[str, set[int]] = {table: set() for table in TABLES}
        self.owner_of: dict[tuple[str, int], int] = {}
        """Erased rows → their journal id."""
        self.on_record: dict[str, set[int]] = {table: set() for table in TABLES}

    def run(self, expected: str = "") -> dict[str, tuple[int, tuple[str, ...]]]:
        """Faults by their code: how many, and all of them in words of ids.

        Args:
            expected: a digest that was noted after an anchor.
        """
        for number, items in groupby(merge(*_streams(), key=itemgetter(0)), key=itemgetter(0)):
            self._look_at(number, items)
        self._look_at_erasures()
        self._walk()
        found = {code: (len(ids), tuple(_named(sorted(ids)))) for code, ids in self.records.items() if ids}
        if self.gaps:
            count, examples = found.get(MISSING, (0, ()))
            found[MISSING] = count + len(self.gaps), (*self.gaps, *examples)
        if expected and not rows_of("SELECT 1 FROM link WHERE chain = ? AND head = ?", (FLOOR, expected)):
            found[UNKNOWN] = 1, (expected,)
        return found

    # ── by the journal ────────────────────────────────────────────────────────────────────────────────────────────────

    def _look_at(self, number: int, items: Iterator[Item]) -> None:
        """One record: its links first, then the journal's line and what was written under it."""
        record = _Record()
        is_there, is_old = False, False
        for _, kind, row in items:
            if kind == LINK:
                record.add(*row)
                continue
            if self._waits(kind, row[0]):
                is_old = is_old or kind == JOURNAL
                continue
            if kind == JOURNAL:
                is_there = True
                self._keep(row)
            if kind in MODELS:
                self._look_for_erased(number, kind, row)
            if not record.take(kind, row):
                self.records[INSERTED].add(number)
        if record.is_empty or is_old:
            return
        if not is_there:
            self.records[MISSING].add(number)
        elif record.is_altered():
            self.records[ALTERED].add(number)

    def _waits(self, kind: str, number: int) -> bool:
        after, upto = self.waiting.get(kind, (0, 0))
        return bool(after < number <= upto)

    def _keep(self, row: tuple[Any, ...]) -> None:
        """Of the journal's lines what concerns others."""
        said = dict(zip(columns(MODELS[JOURNAL]), row, strict=True))
        if said["verb"] == ANCHOR and row[AGENT] is None:
            for chain, (place, head) in _told(said["detail"], "heads").items():
                self.anchored[int(chain)].append((place, head, row[0]))
        elif said["verb"] == ERASE:
            for table, ids in _told(said["detail"], "rows").items():
                self.on_record.get(table, set()).update(ids)

    def _look_for_erased(self, number: int, kind: str, row: tuple[Any, ...]) -> None:
        texts = len(MODELS[kind].TEXTS)
        if row[-1] is None:
            return
        self.erased[kind].add(row[0])
        self.owner_of[kind, row[0]] = number
        if any(text not in BLANK for text in row[len(row) - 2 - texts : -2]) or row[-2] is not None:
            self.records[ALTERED].add(number)

    def _look_at_erasures(self) -> None:
        """A text is gone because it was erased, by a command that is on record."""
        for table, ids in self.erased.items():
            self.records[ALTERED].update(self.owner_of[table, number] for number in ids - self.on_record[table])

    # ── by the chains ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _walk(self) -> None:
        links = rows_in_turn("SELECT chain, place, journal_id, digest, head FROM link ORDER BY chain, place")
        heads = {row.chain: (row.place, row.head) for row in ChainHead.select()}
        names = dict(rows_of("SELECT id, login FROM agent"))
        seen = set()
        for chain, found in groupby(links, key=itemgetter(0)):
            seen.add(chain)
            self._follow(chain, names.get(chain, ""), heads.get(chain), found)
        for chain in (heads.keys() | self.anchored.keys()) - seen:
            if last := max([heads.get(chain, (0, ""))[0], *(place for place, _, _ in self.anchored[chain])]):
                self.gaps.append(f"{names.get(chain, '')} 1–{last}")

    def _follow(self, chain: int, name: str, end: tuple[int, str] | None, links: Iterator[tuple[Any, ...]]) -> None:
        anchored = sorted(self.anchored.get(chain, ()))
        place, head, record, waiting = 0, "", 0, 0
        for _, here, number, digest, told in links:
            if here != place + 1:
                self.gaps.append(f"{name} {place + 1}–{here - 1}")
            elif head_after(head, chain, here, number, digest) != told:
                self.records[ALTERED].add(number)
            place, head, record = here, told, number
            while waiting < len(anchored) and anchored[waiting][0] <= place:
                if anchored[waiting][0] == place and anchored[waiting][1] != head:
                    self.records[ALTERED].add(number)
                waiting += 1
        last = max(end[0] if end else 0, anchored[-1][0] if anchored else 0)
        if place < last:
            self.gaps.append(f"{name} {place + 1}–{last}")
        elif end is None or end != (place, head):
            self.records[INSERTED if end is None or end[0] < place else ALTERED].add(record)


class _Record:
    """One record as its links tell it, and as it is found."""

    def __init__(self) -> None:
        self.parts: list[tuple[str, Contents]] = []
        self.whole: Contents | None = None
        self.scoped: dict[str, list[tuple[int, int, Contents]]] = defaultdict(list)

    def add(self, _chain: int, _place: int, scope: str, digest: str) -> None:
        """The next link of it."""
        contents = Contents(scope)
        self.parts.append((digest, contents))
        if not scope:
            self.whole = self.whole or contents
            return
        for kind, first, last in spans(scope):
            self.scoped[kind].append((first, last, contents))
            self.scoped[kind].sort(key=itemgetter(0))

    def take(self, kind: str, row: tuple[Any, ...]) -> bool:
        """What was found; False where no link knows of it."""
        contents = self._whose(kind, row[0]) or self.whole
        if contents is None:
            return False
        contents.take(kind, line_of(row, len(MODELS[kind].TEXTS)) if kind in MODELS else voided_line(row[0]))
        return True

    def _whose(self, kind: str, number: int) -> Contents | None:
        some = self.scoped.get(kind)
        if not some:
            return None
        first, last, contents = some[max(bisect_right(some, number, key=itemgetter(0)) - 1, 0)]
        return contents if first <= number <= last else None

    @property
    def is_empty(self) -> bool:
        """Whether no link tells of it."""
        return not self.parts

    def is_altered(self) -> bool:
        """Whether it is not what was sealed."""
        return any(contents.digest() != digest for digest, contents in self.parts)


def _streams() -> list[Iterator[Item]]:
    """Everything on record, each stream in the order of the journal; links come before what they tell of."""
    links = rows_in_turn(f"SELECT {LINK_COLUMNS} FROM link ORDER BY journal_id, chain, place")
    streams: list[Iterator[Item]] = [((row[0], LINK, row[1:]) for row in links)]
    for kind, model in MODELS.items():
        key = "id" if kind == JOURNAL else "journal_id"
        rows = rows_in_turn(f"SELECT {key}, {', '.join(columns(model))} FROM {kind} ORDER BY {key}, id")
        streams.append(_items(kind, rows))
    for table, kind in VOIDED.items():
        rows = rows_in_turn(f"SELECT voided_by, id FROM {table} WHERE voided_by IS NOT NULL ORDER BY voided_by, id")
        streams.append(_items(kind, rows))
    return streams


def _items(kind: str, rows: Iterator[tuple[Any, ...]]) -> Iterator[Item]:
    for row in rows:
        yield row[0], kind, row[1:]


def _told(detail: str, name: str) -> dict[str, Any]:
    """Of a line that may have been altered."""
    try:
        told = json.loads(detail)[name]
    except (ValueError, KeyError, TypeError):
        return {}
    return told if isinstance(told, dict) else {}


def _named(ids: list[int]) -> Iterator[str]:
    """Records by number, verb and time; nothing of a customer."""
    for number in ids:
        rows = rows_of("SELECT verb, at FROM journal WHERE id = ?", (number,))
        told = " ".join(f"{verb} {moment(at):%Y-%m-%d %H:%MZ}" for verb, at in rows)
        yield f"{number} {told}".strip()
