"""The catalogue by which leads are found: terms of every lead that stands (`models.search.terms`), newest lead first.

Nobody who logs waits for it: triggers put what changed on a list, `uncatalogued`, in the same transaction; the list is
worked off some leads at a time, by whoever claims and after an import by the import. What still stands on it is looked
at one by one when somebody searches (`models.search.finding`).
"""

from __future__ import annotations

import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from models.base import proxy, rows_of
from models.connect import is_postgres, transact, translated
from models.lead import lane_of
from models.search import terms
from models.search.terms import Clause, Memo

SWEPT = 100
"""Leads that one claim brings into the catalogue, where some wait."""
MERGED = 64
"""Pages of SQLite's index that are merged with as many leads as that: about six times what they fill."""
LOCK = 0x63666C63
"""PostgreSQL's advisory lock of who works the list off: of two, the slower could write what is older."""
HOLD, REST = 0.025, 0.1
"""Seconds that one transaction of `catch_up` should take, and the share of them that it leaves to others then."""
LEAST, MOST = 100, 1_000

Progress = Callable[[str, int, int], None]


# ── asking it ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def leads_with(clauses: Sequence[Clause], below: int, limit: int) -> list[int]:
    """The newest leads before that one of which the catalogue says so: who may be meant, to be looked at."""
    ask = _asked_on_postgres if is_postgres() else _asked_on_sqlite
    return [int(row[0]) for row in ask(clauses, below, limit)]


def _asked_on_sqlite(clauses: Sequence[Clause], below: int, limit: int) -> list[tuple[Any, ...]]:
    match = " AND ".join(
        "(" + " OR ".join("(" + " AND ".join(map(_quoted, one)) + ")" for one in clause) + ")" for clause in clauses
    )
    sql = "SELECT rowid FROM catalogue WHERE catalogue MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?"
    return rows_of(sql, (match, below, limit))


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def _asked_on_postgres(clauses: Sequence[Clause], below: int, limit: int) -> list[tuple[Any, ...]]:
    # Numbers in the text itself: a statement that is prepared gets a plan that knows nothing of how common a term is.
    conditions = " AND ".join("(" + " OR ".join(map(_has_all, clause)) + ")" for clause in clauses)
    wanted = f"{conditions} AND lead_id < {below:d}"
    return rows_of(f"SELECT lead_id FROM catalogue WHERE {wanted} ORDER BY lead_id DESC LIMIT {limit:d}")


def _has_all(one: Iterable[str]) -> str:
    return f"terms @> '{{{', '.join(str(_number(term)) for term in one)}}}'::integer[]"


def _number(term: str) -> int:
    """A term as PostgreSQL keeps it. Two terms may share one: who is meant is asked of the texts anyway."""
    return zlib.crc32(term.encode()) - (1 << 31)


def waiting(limit: int) -> list[int]:
    """Leads that people changed and that the catalogue does not know as they are now, newest first."""
    return _waiting(0, limit)


def _waiting(can_wait: int, limit: int) -> list[int]:
    # In the text itself: those that cannot wait have an index of their own, however many wait beside them.
    leads = "DISTINCT lead_id" if is_postgres() else "lead_id"
    sql = f"SELECT {leads} FROM uncatalogued WHERE can_wait = {can_wait:d} ORDER BY lead_id DESC LIMIT ?"
    return [int(row[0]) for row in rows_of(sql, (limit,))]


# ── keeping it ────────────────────────────────────────────────────────────────────────────────────────────────────────


def sweep() -> bool:
    """Works off some of what waits; what came with a list only while none comes in. Inside a command.

    Returns:
        Whether that was all.
    """
    is_coming_in = bool(rows_of("SELECT 1 FROM intake WHERE state = 'revealing' LIMIT 1"))
    return _work_off(SWEPT, with_lists=not is_coming_in) < SWEPT


def catch_up(progress: Progress = lambda *_: None, is_stopped: Callable[[], bool] = lambda: False) -> None:
    """Works the list off, in transactions so short that nobody waits for them.

    Raises:
        Unavailable: the database could not; who claims goes on with it.
    """
    with translated():
        total = int(rows_of("SELECT COUNT(DISTINCT lead_id) FROM uncatalogued")[0][0])
    done, size = 0, LEAST
    while not is_stopped():
        began = time.perf_counter()
        count = transact(lambda size=size: _work_off(size, with_lists=True), is_news=False)  # type: ignore[misc]
        if not count:
            break
        held = time.perf_counter() - began
        done += count
        progress("catalogue", done, max(done, total))
        size = max(LEAST, min(MOST, int(size * min(2.0, HOLD / held))))
        time.sleep(held * REST)
    if is_postgres() and done > MOST:
        with translated():
            proxy.execute_sql("ANALYZE catalogue")  # the plan of a search depends on how common its terms are


def _work_off(limit: int, *, with_lists: bool) -> int:
    """Brings leads into the catalogue as they are now, or out of it. Inside a command; returns how many."""
    if is_postgres() and not rows_of("SELECT pg_try_advisory_xact_lock(?)", (LOCK,))[0][0]:
        return 0
    leads = _waiting(0, limit)
    if with_lists and len(leads) < limit:
        leads = list(dict.fromkeys(leads + _waiting(1, limit - len(leads))))
    if not leads:
        return 0
    leads.sort()
    places = ", ".join("?" * len(leads))
    # First off the list, then read: what is written by others meanwhile puts its lead there once more.
    _run(f"DELETE FROM uncatalogued WHERE lead_id IN ({places})", leads)
    found = _entries(leads, places)
    key = "lead_id" if is_postgres() else "rowid"
    _run(f"DELETE FROM catalogue WHERE {key} IN ({places})", leads)
    if is_postgres():
        rows = [(lead, list({_number(term) for term in entry.split(" ")})) for lead, entry in found]
        _run_many("INSERT INTO catalogue (lead_id, terms) VALUES (%s, %s)", rows)
    else:
        _run_many("INSERT INTO catalogue (rowid, terms) VALUES (?, ?)", found)
        _run("INSERT INTO catalogue (catalogue, rank) VALUES ('merge', ?)", [len(leads) * MERGED // SWEPT + 1])
    return len(leads)


def _entries(leads: Sequence[int], places: str) -> list[tuple[int, str]]:
    """The terms of those of the leads that stand."""
    people = _by_lead(
        f"SELECT lead_id, name, email FROM contact WHERE lead_id IN ({places}) AND voided_at IS NULL", leads
    )
    numbers = _by_lead(f"SELECT lead_id, number FROM phone WHERE lead_id IN ({places}) AND voided_at IS NULL", leads)
    notes = _by_lead(
        f"SELECT lead_id, note, feedback FROM touch WHERE lead_id IN ({places}) AND voided_by IS NULL "
        "AND (note <> '' OR feedback <> '')",
        leads,
    )
    rows = rows_of(
        f"SELECT id, company, code, owner_id, team_id, lane FROM lead WHERE id IN ({places}) AND voided_at IS NULL "
        "ORDER BY id",
        leads,
    )
    on_cards: Memo = {}
    in_notes: Memo = {}
    return [
        (
            row[0],
            " ".join(
                [
                    terms.edge_terms(name := terms.fold(row[1])),
                    terms.terms_of(name, terms.CARD, on_cards),
                    *[terms.terms_of(terms.fold(text), terms.CARD, on_cards) for text in people.get(row[0], ())],
                    *[terms.number_terms(str(number)) for number in numbers.get(row[0], ())],
                    terms.terms_of(terms.fold(row[2] or ""), terms.CARD, on_cards),
                    *[terms.terms_of(terms.fold(text), terms.NOTE, in_notes) for text in notes.get(row[0], ())],
                    terms.scope_terms(lane_of(row[3], row[4]), row[4]),
                    terms.scope_terms(row[5], row[4]),
                ]
            ),
        )
        for row in rows
    ]


def _by_lead(sql: str, leads: Sequence[int]) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for lead, *values in rows_of(sql, leads):
        found[lead].extend(values)
    return found


def _run(sql: str, args: Sequence[object]) -> None:
    proxy.execute_sql(sql if proxy.obj.param == "?" else sql.replace("?", proxy.obj.param), args)


def _run_many(sql: str, rows: Sequence[Sequence[object]]) -> None:
    if rows:
        proxy.obj.cursor().executemany(sql, rows)


# ── whether it is whole ───────────────────────────────────────────────────────────────────────────────────────────────


def faults() -> list[tuple[Any, ...]]:
    """Leads that stand and are neither in the catalogue nor on the list of those it waits for, and such that it has
    though they are gone.
    """
    entries = "SELECT lead_id FROM catalogue" if is_postgres() else "SELECT id FROM catalogue_docsize"
    stands, waits = "SELECT id FROM lead WHERE voided_at IS NULL", "SELECT lead_id FROM uncatalogued"
    return rows_of(
        f"SELECT * FROM ({stands} EXCEPT {entries} EXCEPT {waits}) AS a "
        f"UNION ALL SELECT * FROM ({entries} EXCEPT {stands} EXCEPT {waits}) AS b"
    )
