"""Who is on the list twice, who is in the store already, and who may not be called at all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby, islice
from typing import Any

from models.base import rows_among, rows_of
from models.campaigns import Book
from models.exchange.queueing import Places
from models.exchange.staging import KNOWN, NEW, SUPPRESSED, TWIN, Staging
from models.views import lead_code

BATCH, CODES = 4_000, 400
MADE_CODE = re.compile(r"LF\d{4}(\d{3,15})")
"""A lead number that the floor made itself (`views.lead_code`)."""
SKIP, MERGE, CONTACT = "skip", "merge", "contact"
POLICIES = (SKIP, MERGE, CONTACT)
"""What happens to a row whose number is known: nothing; its texts fill empty fields; its person is added."""

FILLED = ("person", "title", "part", "email", "company", "industry", "need", "product", "code", "amount", "margin",
    "units", "expected_on")  # fmt: skip
"""Columns that a later row of the same number may fill."""


def find(staging: Staging, policy: str, book: Book, now: datetime) -> None:
    """Gives every row its fate."""
    staging.run("CREATE INDEX row_number ON row (number, fate)")  # all that the questions below look at
    staging.run("CREATE INDEX extra_number ON extra (number)")
    _bar(staging)
    _named(staging, book)
    _twins(staging)
    _known(staging)
    _drop_codes(staging)
    if policy in (MERGE, CONTACT):
        _move_numbers(staging)
    if policy == MERGE:
        _fill(staging, Places(book, now), book)
    elif policy == CONTACT:
        _add_people(staging)


def _batches(staging: Staging, sql: str) -> Iterator[list[int]]:
    """Numbers in their order, some at a time, by a statement that asks for those past the last ones."""
    last = -1
    while batch := [row[0] for row in staging.run(f"{sql} LIMIT {BATCH}", {"last": last})]:
        yield batch
        last = batch[-1]


NUMBERS = (
    f"SELECT number FROM row WHERE number > :last AND fate = {NEW} UNION SELECT number FROM extra WHERE number > :last "
    "ORDER BY 1"
)


def _bar(staging: Staging) -> None:
    """Numbers that nobody may call leave their rows; a row that has no other is suppressed."""
    if not rows_of("SELECT 1 FROM suppression LIMIT 1"):
        return
    barred = [
        (row[0],)
        for batch in _batches(staging, NUMBERS)
        for row in rows_among(batch, "SELECT number FROM suppression WHERE number IN ({numbers})")
    ]
    staging.many("DELETE FROM extra WHERE number = ?", barred)
    staging.run("CREATE TEMP TABLE barred (number INTEGER PRIMARY KEY)")
    staging.many("INSERT INTO barred VALUES (?)", barred)
    # Another number of the row takes the place of its first.
    staging.run(
        "UPDATE row SET (number, extension) = (SELECT number, extension FROM extra WHERE extra.n = row.n ORDER "
        "BY rowid "
        "LIMIT 1), target = -1 WHERE number IN (SELECT number FROM barred)"
    )
    staging.run(
        "DELETE FROM extra WHERE EXISTS (SELECT 1 FROM row WHERE row.n = extra.n AND row.number = extra.number)"
    )
    staging.run(f"UPDATE row SET fate = {SUPPRESSED} WHERE target = -1 AND number IS NULL")
    staging.run("UPDATE row SET target = NULL WHERE target = -1")
    staging.run("DROP TABLE barred")


def _named(staging: Staging, book: Book) -> None:
    """Rows without a number that are leads of the floor by their lead number; the others cannot be taken in."""
    unnumbered = f"SELECT n, code FROM row WHERE number IS NULL AND fate = {NEW} AND code IS NOT NULL ORDER BY n"
    rows = staging.run(unnumbered)
    for start in range(0, len(rows), CODES):
        some = rows[start : start + CODES]
        known = leads_named([code for _, code in some])
        staging.many(
            f"UPDATE row SET fate = {KNOWN}, target = ? WHERE n = ?",
            [(known[code], n) for n, code in some if code in known],
        )
    lost = staging.run(f"SELECT n, email FROM row WHERE number IS NULL AND fate = {NEW} AND code IS NOT NULL")
    needs_number = "number" in book.playbook.required_fields
    refused = [(n, "field_missing" if email else "unknown_lead") for n, email in lost if needs_number or not email]
    staging.many("INSERT INTO reject (n, code, field, found) VALUES (?, ?, 'number', '')", refused)
    staging.many("DELETE FROM row WHERE n = ?", [(n,) for n, _ in refused])


def leads_named(codes: Sequence[str]) -> dict[str, int]:
    """The leads that bear these lead numbers, given ones and those made from year and id."""
    holes = ", ".join("?" * len(codes)) or "NULL"
    found = rows_of(f"SELECT code, id FROM lead WHERE voided_at IS NULL AND code IN ({holes})", codes)
    known = {str(code): int(lead) for code, lead in found}
    ids = [int(made[1]) for code in codes if code not in known and (made := MADE_CODE.fullmatch(code))]
    holes = ", ".join("?" * len(ids)) or "NULL"
    for lead, entered in rows_of(
        f"SELECT id, entered_at FROM lead WHERE voided_at IS NULL AND code IS NULL AND id IN ({holes})", ids
    ):
        known.setdefault(lead_code(lead, None, entered), lead)
    return known


def _twins(staging: Staging) -> None:
    """A row whose number stands in an earlier one, be it that row's first number or a further one."""
    said = "SELECT number, n FROM row WHERE number IS NOT NULL"  # who is suppressed has none any more
    if staging.one("SELECT COUNT(*) FROM extra"):
        said += " UNION ALL SELECT number, n FROM extra"
    staging.run(
        f"CREATE TEMP TABLE first AS SELECT number, MIN(n) AS n FROM ({said}) GROUP BY number HAVING COUNT(*) > 1"
    )
    staging.run("CREATE INDEX temp.first_number ON first (number)")
    later = staging.run("SELECT r.n, f.n FROM row r JOIN first f ON f.number = r.number WHERE r.n > f.n ORDER BY r.n")
    roots: dict[int, int] = {}
    for row, first in later:
        roots[row] = roots.get(first, first)
    staging.many(
        f"UPDATE row SET fate = {TWIN}, target = ? WHERE n = ?", ((first, row) for row, first in roots.items())
    )
    staging.run("DROP TABLE first")


def _known(staging: Staging) -> None:
    """Rows whose number a lead of the floor has, on whatever place; and their twins with them."""
    if not rows_of("SELECT 1 FROM phone LIMIT 1"):
        return
    sql = (
        "SELECT p.number, MIN(p.lead_id) FROM phone p JOIN lead l ON l.id = p.lead_id WHERE p.voided_at IS NULL "
        "AND l.voided_at IS NULL AND p.number IN ({numbers}) GROUP BY p.number"
    )
    numbers = f"SELECT number FROM row WHERE number > :last AND fate = {NEW} ORDER BY 1"
    for batch in _batches(staging, numbers):
        found = rows_among(batch, sql)
        staging.many(
            f"UPDATE row SET fate = {KNOWN}, target = ? WHERE number = ? AND fate = {NEW}",
            [(lead, number) for number, lead in found],
        )
    staging.run(
        f"UPDATE row SET fate = {KNOWN}, target = (SELECT f.target FROM row f WHERE f.n = row.target) WHERE "
        f"fate = {TWIN} "
        f"AND EXISTS (SELECT 1 FROM row f WHERE f.n = row.target AND f.fate = {KNOWN})"
    )


def _drop_codes(staging: Staging) -> None:
    """A lead number belongs to one lead: later rows, and rows whose code the floor has, come without."""
    if not staging.one("SELECT EXISTS (SELECT 1 FROM row WHERE code IS NOT NULL)"):
        return
    staging.run(
        f"UPDATE row SET code = NULL WHERE code IS NOT NULL AND fate = {NEW} AND n NOT IN "
        f"(SELECT MIN(n) FROM row WHERE code IS NOT NULL AND fate = {NEW} GROUP BY code)"
    )
    codes = (row[0] for row in staging.each("SELECT code FROM row WHERE code IS NOT NULL"))
    taken: list[tuple[str]] = []
    while batch := list(islice(codes, 400)):
        places = ", ".join("?" * len(batch))
        taken += rows_of(f"SELECT code FROM lead WHERE voided_at IS NULL AND code IN ({places})", batch)
    if taken:
        staging.run("CREATE INDEX row_code ON row (code)")
        staging.many("UPDATE row SET code = NULL WHERE code = ?", taken)


def _move_numbers(staging: Staging) -> None:
    """Further numbers of a later row go to the first one, if nobody has them yet."""
    if not staging.one("SELECT EXISTS (SELECT 1 FROM extra)"):
        return
    staging.run(
        f"UPDATE extra SET n = (SELECT target FROM row WHERE row.n = extra.n) "
        f"WHERE n IN (SELECT n FROM row WHERE fate = {TWIN})"
    )
    staging.run(
        "DELETE FROM extra WHERE EXISTS (SELECT 1 FROM row r WHERE r.n = extra.n AND r.number = extra.number) "
        "OR rowid NOT IN (SELECT MIN(rowid) FROM extra GROUP BY n, number)"
    )


def _fill(staging: Staging, places: Places, book: Book) -> None:
    """What a later row of the same number tells fills what the first left empty."""
    columns = ", ".join(FILLED)
    pairs = staging.run(f"SELECT target, {columns}, profile FROM row WHERE fate = {TWIN} ORDER BY target, n")
    filled: list[list[Any]] = []
    for first, later in groupby(pairs, key=lambda row: row[0]):
        before = list(staging.run(f"SELECT {columns}, profile FROM row WHERE n = ?", (first,))[0])
        after = list(before)
        for row in later:
            for place, value in enumerate(row[1:-1]):
                if after[place] in (None, "") and FILLED[place] != "code":
                    after[place] = value
            after[-1] = _merged(after[-1], row[-1])
        if after != before:
            filled.append([*after, first])
    columns = ", ".join(f"{name} = ?" for name in (*FILLED, "profile"))
    staging.many(f"UPDATE row SET {columns} WHERE n = ?", filled)
    staging.many("UPDATE row SET key = ?, rekey_at = ? WHERE n = ?", list(_replaced(staging, filled, places, book)))


def _replaced(staging: Staging, filled: list[list[Any]], places: Places, book: Book) -> Iterator[tuple[Any, ...]]:
    """Places in the queue of rows that have another worth now."""
    for *_, row in filled:
        ((stage, since, waiting, value, *rest),) = staging.run(
            "SELECT stage_id, stage_since, COALESCE(touched_at, entered_at), COALESCE(margin, amount), fresh_until, "
            "due_at, due_agent_id FROM row WHERE n = ?",
            (row,),
        )
        fresh, due, whose = rest
        yield (*places.of(book.stage_codes[stage], since, waiting, value, fresh, due, whose), row)


def _merged(profile: str, later: str) -> str:
    if not later or profile == later:
        return profile
    return json.dumps({**json.loads(later), **(json.loads(profile) if profile else {})}, ensure_ascii=False)


def _add_people(staging: Staging) -> None:
    """The person of a later row of the same number is one more contact of the first, unless it is the same one."""
    staging.run(
        "INSERT INTO person (n, name, title, part, email) SELECT r.target, r.person, r.title, r.part, r.email "
        "FROM row r "
        f"JOIN row f ON f.n = r.target WHERE r.fate = {TWIN} AND r.person <> f.person GROUP BY r.target, r.person "
        "ORDER BY MIN(r.n)"
    )
