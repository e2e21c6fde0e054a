"""The chain of the journal: whatever a command wrote is sealed with it, so that no record is altered or lost unseen.

Every agent has a chain, so that nobody waits for a colleague, and the floor has one. A link holds a digest of all that
one command wrote and the head that follows from it and from the link before. Texts enter by a salted digest: they can
be erased with their salt (`models.record.erasure`), their digest stays, and the chain holds.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import peewee as pw

from models.base import Base, Rendered, mark, rows_of
from models.connect import at_end, locked

try:
    from _blake2 import blake2b  # what `hashlib` gives, without the library of ciphers that it loads into every desk
except ImportError:
    from hashlib import blake2b

BYTES = 20
"""Of a digest: 40 letters, short enough to be noted by hand."""
FLOOR = 0
"""The floor's own chain: what no agent did, and the daily anchors."""
JOURNAL, TOUCH, MOVE, TRANSFER, AMOUNT = "journal", "touch", "stage_move", "transfer", "amount_change"
TABLES = (JOURNAL, TOUCH, MOVE, TRANSFER, AMOUNT)
VOIDED = {TOUCH: "voided-touch", MOVE: "voided-move", TRANSFER: "voided-transfer", AMOUNT: "voided-amount"}
"""Kinds for what a command took back: the rows of these tables that name it as `voided_by`."""
KINDS = (*TABLES, *VOIDED.values())
AGENT = 3
"""The place of the agent among the journal's `columns`."""


class Link(Base):
    """One record in its place: what a command wrote, or a part of it where it took several transactions."""

    chain = pw.IntegerField()
    place = pw.BigIntegerField()
    """From 1, without a gap."""
    journal_id = pw.BigIntegerField()
    scope = pw.TextField()
    """Empty: all of the command that no other link has; else rows by kind, as `touch:1-9,12 voided-move:7`."""
    digest = pw.TextField()
    head = pw.TextField()
    """Of the chain up to here."""

    class Meta:
        primary_key = pw.CompositeKey("chain", "place")


class ChainHead(Base):
    """How far a chain goes."""

    chain = pw.IntegerField(primary_key=True)
    place = pw.BigIntegerField()
    head = pw.TextField()

    class Meta:
        table_name = "chain_head"


HEAD = Rendered(
    lambda: locked(ChainHead.select(ChainHead.place, ChainHead.head).where(ChainHead.chain == mark("chain")))
)
BEGIN = Rendered(lambda: ChainHead.insert(chain=mark("chain"), place=0, head="").on_conflict_ignore())
ADVANCE = Rendered(
    lambda: ChainHead.update(place=mark("place"), head=mark("head")).where(ChainHead.chain == mark("chain"))
)
ADD = Rendered(lambda: Link.insert(**{name: mark(name) for name in Link._meta.sorted_field_names}))


# ── what a record says ────────────────────────────────────────────────────────────────────────────────────────────────


class Recorded(Base):
    """A table that is on record: its rows are added by `add`, in a command, and never altered."""

    TEXTS: ClassVar[tuple[str, ...]] = ()
    """Columns that may tell of a customer and can be erased."""
    ASIDE: ClassVar[tuple[str, ...]] = ("voided_by",)
    """Columns that are not part of what the record says."""

    salt = pw.TextField(null=True)
    erased = pw.TextField(null=True)
    """The digest that the texts had, once they are gone."""

    @classmethod
    def add(cls, **values: object) -> int:
        """Writes a new row, to be sealed when the command ends, and returns its id."""
        values["salt"] = new_salt() if any(values.get(name) for name in cls.TEXTS) else None
        number = super().add(**values)
        fields = cls._meta.fields
        stored = {**values, "id": number}
        row = [fields[name].db_value(stored.get(name, fields[name].default)) for name in columns(cls)]
        note(stored["id"] if cls.table() == JOURNAL else stored["journal_id"], cls.table(), [row], len(cls.TEXTS))
        return number

    @classmethod
    def table(cls) -> str:
        """Its name in the database."""
        return str(cls._meta.table_name)


def columns(model: type[Recorded]) -> tuple[str, ...]:
    """The columns that are on record: the id first, texts, salt and what is left of them last."""
    last = (*model.TEXTS, "salt", "erased")
    return (*(name for name in model._meta.sorted_field_names if name not in (*last, *model.ASIDE)), *last)


def new_salt() -> str:
    """Keeps the digest of a short text from being guessed."""
    return os.urandom(16).hex()


def digest_of(*parts: str) -> str:
    """The digest of some texts in their order, none of which has a line feed."""
    return blake2b("\n".join(parts).encode(), digest_size=BYTES).hexdigest()


def hidden(texts: Sequence[str], salt: str | None, erased: str | None) -> str:
    """What stands for the texts of a row; nothing where there are none."""
    if erased is not None:
        return erased
    return digest_of(salt or "", json.dumps(list(texts))) if salt is not None or any(texts) else ""


def line_of(row: Sequence[Any], texts: int) -> bytes:
    """A row as it is digested: its columns as `columns` gives them, the last so many before salt texts."""
    end = len(row) - 2
    plain = list(row[: end - texts])
    plain.append(hidden(row[end - texts : end], row[end], row[end + 1]))
    return json.dumps(plain).encode() + b"\n"


class Contents:
    """What a link says, digested kind by kind, rows in the order of their ids."""

    def __init__(self, scope: str = "") -> None:
        self.scope = scope
        self._parts: dict[str, Any] = {}

    def take(self, kind: str, line: bytes) -> None:
        """The next row."""
        part = self._parts.get(kind)
        if part is None:
            part = self._parts[kind] = blake2b(digest_size=BYTES)
        part.update(line)

    def digest(self) -> str:
        """Of all that was taken."""
        parts = (f"{kind} {self._parts[kind].hexdigest()}" for kind in KINDS if kind in self._parts)
        return digest_of(self.scope, *parts)


def head_after(head: str, chain: int, place: int, journal_id: int, digest: str) -> str:
    """The head of a chain with one link more."""
    return digest_of(head, f"{chain} {place} {journal_id}", digest)


def runs(numbers: Iterable[int]) -> str:
    """Numbers in rising order, written short.

    >>> runs([1, 2, 3, 7])
    '1-3,7-7'
    """
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ",".join(f"{first}-{last}" for first, last in found)


def spans(scope: str) -> Iterator[tuple[str, int, int]]:
    """Kind, first and last id of what a scope names; what was scrawled into one names nothing.

    >>> list(spans("touch:1-3,7-7"))
    [('touch', 1, 3), ('touch', 7, 7)]
    """
    for part in scope.split():
        kind, _, told = part.partition(":")
        for one in told.split(","):
            first, _, last = one.partition("-")
            if first.isdecimal() and last.isdecimal():
                yield kind, int(first), int(last)


# ── while a command writes ────────────────────────────────────────────────────────────────────────────────────────────


class Written(NamedTuple):
    """Some rows of one kind that a command wrote."""

    journal_id: int
    chain: int | None
    """Told by the journal's own line; None where that was written before."""
    kind: str
    ids: list[int]
    lines: list[bytes]


def note(journal_id: Any, kind: str, rows: Sequence[Sequence[Any]], texts: int) -> None:
    """Has rows of a record sealed when the command ends: columns as `columns` gives them."""
    if rows:
        chain = int(rows[0][AGENT] or FLOOR) if kind == JOURNAL else None
        lines = [line_of(row, texts) for row in rows]
        at_end(seal, Written(journal_id, chain, kind, [row[0] for row in rows], lines))


def note_voided(table: type[Recorded], journal_id: int, ids: Iterable[int]) -> None:
    """Has it sealed that a command took these rows back."""
    if found := sorted(ids):
        kind = VOIDED[table.table()]
        at_end(seal, Written(journal_id, None, kind, found, [voided_line(number) for number in found]))


def voided_line(number: int) -> bytes:
    """What a link says of a row that its command took back."""
    return b"%d\n" % number


def last_id(table: type[Recorded]) -> int:
    """The newest row of a table, for `note_since`."""
    return int(rows_of(f"SELECT COALESCE(MAX(id), 0) FROM {table.table()}")[0][0])


def note_since(table: type[Recorded], journal_id: int, after: int) -> None:
    """Has the rows sealed that a command wrote past `add`, with one statement for many."""
    sql = f"SELECT {', '.join(columns(table))} FROM {table.table()} WHERE id > ? AND journal_id = ? ORDER BY id"
    note(journal_id, table.table(), rows_of(sql, (after, journal_id)), len(table.TEXTS))


def seal(written: Sequence[Written]) -> None:
    """Puts what a command wrote into its chains. The last thing a command does: chains are locked in their order."""
    by_record: dict[int, list[Written]] = defaultdict(list)
    for some in written:
        by_record[some.journal_id].append(some)
    chains: dict[int, list[int]] = defaultdict(list)
    for chain, record in sorted(_chains_of(by_record)):
        chains[chain].append(record)
    for chain, records in chains.items():
        place, head = _head(chain)
        for record in records:
            contents = _contents(by_record[record])
            place, digest = place + 1, contents.digest()
            head = head_after(head, chain, place, record, digest)
            ADD.run(chain=chain, place=place, journal_id=record, scope=contents.scope, digest=digest, head=head)
        ADVANCE.run(chain=chain, place=place, head=head)


def _chains_of(by_record: Mapping[int, Sequence[Written]]) -> Iterator[tuple[int, int]]:
    """The chain of every record, with it."""
    older = []
    for record, written in by_record.items():
        told = next((some.chain for some in written if some.chain is not None), None)
        if told is None:
            older.append(record)
        else:
            yield told, record
    if older:
        places = ", ".join("?" * len(older))
        found = dict(rows_of(f"SELECT id, agent_id FROM journal WHERE id IN ({places})", older))
        yield from ((found.get(record) or FLOOR, record) for record in older)


def _contents(written: Sequence[Written]) -> Contents:
    """What a link says of a record: everything where the journal's line is new, else what came to it."""
    by_kind: dict[str, list[tuple[int, bytes]]] = defaultdict(list)
    for some in written:
        by_kind[some.kind].extend(zip(some.ids, some.lines, strict=True))
    ordered = {kind: sorted(by_kind[kind]) for kind in KINDS if kind in by_kind}
    scope = ""
    if JOURNAL not in by_kind:
        scope = " ".join(f"{kind}:{runs(number for number, _ in rows)}" for kind, rows in ordered.items())
    contents = Contents(scope)
    for kind, rows in ordered.items():
        contents.take(kind, b"".join(line for _, line in rows))
    return contents


def _head(chain: int) -> tuple[int, str]:
    row = HEAD.row(chain=chain)
    if row is None:
        BEGIN.run(chain=chain)
        row = HEAD.row(chain=chain)
        assert row is not None
    return int(row[0]), str(row[1])
