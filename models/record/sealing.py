"""What was on record before there was a chain, or was written in bulk, is sealed afterwards: some rows at a time."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from models.base import proxy, rows_of
from models.connect import is_postgres, transact
from models.journal import AmountChange, Journal, MoveRow, TouchRow, Transfer
from models.record.chain import KINDS, VOIDED, Recorded, columns, note, note_voided

HOLD, REST = 0.025, 0.1
"""Seconds that one transaction of `catch_up` should take, and the share of them that it leaves to others then."""
LEAST, MOST = 100, 2_000
MODELS: dict[str, type[Recorded]] = {
    model.table(): model for model in (Journal, TouchRow, MoveRow, Transfer, AmountChange)
}
TAKEN_BACK = {VOIDED[name]: MODELS[name] for name in VOIDED}

Progress = Callable[[str, int, int], None]


def expect(after: Mapping[str, int]) -> None:
    """Puts rows on the list that were written past `add`: of these tables what came after these ids.

    Inside a command.
    """
    for table, first in after.items():
        rows_of(
            f"INSERT INTO unsealed (kind, after, upto) SELECT ?, ?, COALESCE(MAX(id), 0) FROM {table} RETURNING kind",
            (table, first),
        )


def catch_up(progress: Progress = lambda *_: None) -> None:
    """Seals all that waits, in transactions so short that nobody waits for them.

    Raises:
        Unavailable: the database could not; who claims goes on with it.
    """
    done, size = 0, LEAST
    while True:
        began = time.perf_counter()
        looked_at = transact(lambda size=size: step(size), is_news=False)  # type: ignore[misc]
        if not looked_at:
            break
        held = time.perf_counter() - began
        done += looked_at
        progress("seal", done, done)
        size = max(LEAST, min(MOST, int(size * min(2.0, HOLD / held))))
        time.sleep(held * REST)


def step(limit: int = LEAST) -> int:
    """Seals some of what waits. Inside a command; returns how far it went, 0 when nothing waits."""
    lock = " FOR UPDATE" if is_postgres() else ""
    rows = rows_of(f"SELECT kind, after, upto FROM unsealed ORDER BY kind{lock}")
    waiting = {row[0]: (row[1], row[2]) for row in rows}
    for kind in KINDS:
        after, upto = waiting.get(kind, (0, 0))
        if after < upto:
            until = min(after + limit, upto)
            if kind in MODELS:
                _seal_rows(MODELS[kind], after, until)
            else:
                _seal_voids(TAKEN_BACK[kind], after, until, waiting.get("journal", (0, 0))[1])
            rows_of("UPDATE unsealed SET after = ? WHERE kind = ? RETURNING kind", (until, kind))
            return int(until - after)
    if waiting:
        proxy.execute_sql("DELETE FROM unsealed")
    return 0


def _seal_rows(model: type[Recorded], after: int, until: int) -> None:
    _salt(model, after, until)
    sql = f"SELECT {', '.join(columns(model))} FROM {model.table()} WHERE id > ? AND id <= ? ORDER BY id"
    by_record: dict[int, list[Sequence[Any]]] = defaultdict(list)
    place = 0 if model is Journal else columns(model).index("journal_id")
    for row in rows_of(sql, (after, until)):
        by_record[row[place]].append(row)
    for record, rows in by_record.items():
        note(record, model.table(), rows, len(model.TEXTS))


def _salt(model: type[Recorded], after: int, until: int) -> None:
    if not model.TEXTS:
        return
    salt = "REPLACE(gen_random_uuid()::text, '-', '')" if is_postgres() else "LOWER(HEX(RANDOMBLOB(16)))"
    has_text = " OR ".join(f"{name} <> ''" for name in model.TEXTS)
    rows_of(
        f"UPDATE {model.table()} SET salt = {salt} WHERE id > ? AND id <= ? AND salt IS NULL AND erased IS NULL "
        f"AND ({has_text}) RETURNING id",
        (after, until),
    )


def _seal_voids(model: type[Recorded], after: int, until: int, journals: int) -> None:
    """What was taken back by then: later commands seal it themselves."""
    by_record: dict[int, list[int]] = defaultdict(list)
    sql = f"SELECT id, voided_by FROM {model.table()} WHERE id > ? AND id <= ? AND voided_by <= ?"
    for number, by in rows_of(sql, (after, until, journals)):
        by_record[by].append(number)
    for record, numbers in by_record.items():
        note_voided(model, record, numbers)
