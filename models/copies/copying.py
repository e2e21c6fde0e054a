"""A floor moved to another database, row for row: from SQLite to PostgreSQL, and back.

Which tables there are is asked of the databases, so that none can be forgotten. The catalogue of leads alone is made
anew, since each database has its own. Until everything is there and was counted, the copy is marked as unfinished, and
nobody opens it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from graphlib import TopologicalSorter
from pathlib import Path

import peewee as pw

from models import check, connect, desks, schema
from models.base import proxy, rows_of
from models.copies.sides import Batch, Side, side_of
from models.desks import presence
from models.errors import Refused, Unavailable
from models.search import catalogue

Progress = Callable[[str, int, int], None]
"""Told the table, its rows that are there, and how many it has."""

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy is made of."""

    rows: dict[str, int]
    """Table → rows; all of them were counted and added up on both sides."""
    faults: tuple[check.Discrepancy, ...]
    """What `check` says of the copy."""


def copy(
    source: str, target: str, now: datetime, *, anyway: bool = False, progress: Progress = lambda *_: None
) -> Copied:
    """Copies a floor into an empty database, or into one where a copy was broken off.

    Args:
        source: URL of the floor.
        target: URL of a database without tables, or of a file that is not there yet.
        now: this moment.
        anyway: also while somebody is logged in; what they write from now on is not in the copy.
        progress: told how far it is.

    Raises:
        Refused: `copy_same`, `copy_occupied` (there is something already), `copy_logged_in` with the names,
            `copy_differs` with the table, if what arrived is not what was sent.
        Unavailable: one of the two cannot be used; the copy stays unfinished, and can be begun again.
    """
    if source == target or ((one := connect.sqlite_path(source)) and one == connect.sqlite_path(target)):
        raise Refused("copy_same")
    with _opened(source, read_only=True) as given:
        schema.require_current()
        if not anyway and given.has_desks() and (names := _logged_in(now)):
            raise Refused("copy_logged_in", names=names)
        given.attach_desks()
        with given.snapshot(), _opened(target, read_only=False) as taken:
            _prepare(taken)
            rows = _copy_tables(given, taken, progress)
            _finish(taken, progress)
            return Copied(rows, check.check(now))


@contextmanager
def _opened(url: str, *, read_only: bool) -> Iterator[Side]:
    """A database that is this process's floor as long as no other is opened; the one before it is, afterwards."""
    before, path = proxy.obj, connect.sqlite_path(url)
    if path is not None:
        if read_only and not path.is_file():
            raise Unavailable("not_a_floor")
        if not read_only and is_unfinished(path):
            _remove(path)
    database = connect.use(url, read_only=read_only)
    try:
        with connect.translated():
            yield side_of(database)
    finally:
        with suppress(pw.DatabaseError):
            desks.close()
            database.close()
        if before is not None:
            proxy.initialize(before)


def _logged_in(now: datetime) -> tuple[str, ...]:
    """Who works at this moment."""
    present = desks.everybody()
    here = [
        one.agent_id
        for one in (presence.as_of(one, now) for one in present)
        if one.state not in (presence.State.OFF, presence.State.LOST)
    ]
    names = dict(rows_of("SELECT id, name FROM agent"))
    return tuple(names[number] for number in here if number in names)


# ── where it goes ─────────────────────────────────────────────────────────────────────────────────────────────────────


def is_unfinished(path: Path) -> bool:
    """Whether a file is a copy that was broken off."""
    if not path.is_file() or path.stat().st_size == 0:
        return False
    database = connect.use(str(path), read_only=True)
    try:
        schema.require_current()
    except Unavailable as trouble:
        return trouble.code == "unfinished"
    finally:
        database.close()
    return False


def _remove(path: Path) -> None:
    for beside in path.parent.glob(f"{path.name}*"):
        if beside.name.removeprefix(path.name) in ("", "-wal", "-shm", "-desks", "-desks-wal", "-desks-shm"):
            beside.unlink()


def _prepare(taken: Side) -> None:
    """The tables, empty, their triggers at rest, and the mark that all this is not finished.

    Raises:
        Refused: `copy_occupied`.
    """
    found = proxy.obj.get_tables()
    if "schema_migration" in found:
        if not schema.is_unfinished() and ("floor" not in found or rows_of("SELECT 1 FROM floor")):
            raise Refused("copy_occupied")
        taken.empty()
        schema.mark_unfinished(is_so=False)
    elif found:
        raise Refused("copy_occupied")
    schema.migrate()
    schema.mark_unfinished(is_so=True)
    taken.rest()
    taken.empty()  # of what the migrations put there themselves


def _finish(taken: Side, progress: Progress) -> None:
    """What is not copied but made from the rest; then anybody may open it."""
    taken.wake()
    proxy.execute_sql("DELETE FROM uncatalogued")
    proxy.execute_sql("INSERT INTO uncatalogued (lead_id, can_wait) SELECT id, 1 FROM lead WHERE voided_at IS NULL")
    catalogue.catch_up(progress)
    proxy.execute_sql("ANALYZE")
    schema.mark_unfinished(is_so=False)


# ── the rows ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _copy_tables(given: Side, taken: Side, progress: Progress) -> dict[str, int]:
    """Every table, the ones that others name first; each counted and added up on both sides."""
    tables, done = given.tables(), dict[str, int]()
    names = TopologicalSorter({name: given.named_by(name) - {name} for name in sorted(tables)})
    in_order, own = list(names.static_order()), taken.tables().keys()
    # Last what lies on the desks: their file carries the mark of the journal that is there by then.
    for name in sorted(in_order, key=lambda name: name not in own):
        if name not in taken.tables():
            taken.attach_desks()
        table = tables[name]
        sums = given.sums(table)
        taken.write(table, _told(given.rows(table, BATCH), name, sums[0], progress))
        if taken.sums(table) != sums:
            raise Refused("copy_differs", table=name)
        done[name] = sums[0]
    return done


def _told(batches: Iterator[Batch], name: str, total: int, progress: Progress) -> Iterator[Batch]:
    done = 0
    for batch in batches:
        yield batch
        done += len(batch)
        progress(name, done, total)
