"""Copies of a floor while everybody works: made, looked through before they count, kept for a while, put back.

A backup is a folder: the floor, on SQLite the desks beside it too, and what it is in `about.json`. It is written under
another name and renamed when it has proved good, so that no half of one is ever taken for a whole.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models import connect, schema
from models.copies import dumps
from models.copies.files import copy_sqlite, make_sqlite, prove_sqlite, require_whole
from models.desks.shelf import BESIDE
from models.errors import Refused, Unavailable

ABOUT, FLOOR, DUMP = "about.json", "floor.db", "floor.dump"
PREFIX, PARTIAL, LOCK = "callfloor-", ".partial-", ".lock"
STAMP = "%Y%m%dT%H%M%SZ"
LEAST = 1
"""So many good ones always stay."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One that proved good."""

    path: Path
    at: datetime
    kind: str
    """sqlite or postgres."""
    size: int
    """Bytes."""


def usual_folder(url: str) -> Path:
    """Where backups go when nobody says: beside a file, else among the user's own."""
    path = connect.sqlite_path(url)
    if path is not None:
        return path.resolve().parent / "backups"
    from platformdirs import user_state_path

    return user_state_path("callfloor") / "backups"


def back_up(url: str, folder: Path, now: datetime) -> Backup:
    """Makes a backup of the floor that is open on this thread.

    Args:
        url: its database.
        folder: where to; it is made where it is not there.
        now: this moment.

    Raises:
        Refused: `backup_running`.
        Unavailable: `backup_failed` with the folder and why, `backup_bad` where the copy did not prove good,
            `no_pg_dump` with the server's version.
    """
    with _said(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(folder):
            for left in folder.glob(f"{PARTIAL}*"):
                shutil.rmtree(left)  # of a process that died, since nobody else is here
            part = folder / f"{PARTIAL}{os.getpid()}"
            part.mkdir(mode=0o700)
            try:
                path = connect.sqlite_path(url)
                if path is None:
                    dumps.dump(part / DUMP)
                else:
                    make_sqlite(path, part / FLOOR)
                    if (desks := Path(f"{path}{BESIDE}")).exists():
                        make_sqlite(desks, part / f"{FLOOR}{BESIDE}")
                        require_whole(part / f"{FLOOR}{BESIDE}")
                    prove_sqlite(part / FLOOR)
                return _finish(part, folder, "postgres" if path is None else "sqlite", now)
            finally:
                if part.exists():
                    shutil.rmtree(part)


def _finish(part: Path, folder: Path, kind: str, now: datetime) -> Backup:
    (part / ABOUT).write_text(json.dumps({"kind": kind, "at": now.astimezone(UTC).strftime(STAMP)}) + "\n")
    for path in part.iterdir():
        path.chmod(0o600)
        _sync(path)
    _sync(part)
    final = folder / f"{PREFIX}{now.astimezone(UTC):{STAMP}}"
    number = 1
    while final.exists():
        number += 1
        final = folder / f"{PREFIX}{now.astimezone(UTC):{STAMP}}-{number}"
    part.rename(final)
    _sync(folder)
    return _read(final)


def kept(folder: Path) -> tuple[Backup, ...]:
    """The backups of a folder, newest first."""
    found = []
    for path in folder.glob(f"{PREFIX}*"):
        try:
            found.append(_read(path))
        except Refused:
            continue
    return tuple(sorted(found, key=lambda one: (one.at, one.path.name), reverse=True))


def thin_out(folder: Path, now: datetime, *, keep: int, days: int) -> tuple[Backup, ...]:
    """Deletes all but the newest `keep`, and what is older than so many days; the newest always stays.

    Raises:
        Unavailable: `backup_failed`.
    """
    every = kept(folder)
    going = [
        one for place, one in enumerate(every) if place >= LEAST and (place >= keep or now - one.at > timedelta(days))
    ]
    with _said(folder):
        for one in going:
            # Renamed first, so that half a backup is never taken for a whole.
            gone = one.path.rename(folder / f"{PARTIAL}{one.path.name}")
            shutil.rmtree(gone)
    return tuple(going)


def restore(source: Path, url: str, now: datetime, *, anyway: bool = False) -> Path | None:
    """Puts a backup in the place of a floor. What was there is put aside, on PostgreSQL it is written over.

    Args:
        source: the backup's folder, or a file in it.
        url: the database.
        now: this moment.
        anyway: also where there is a floor already.

    Returns:
        Where the old floor's file lies now.

    Raises:
        Refused: `not_a_backup`, `restore_living` where there is a floor, `restore_kind` where the backup is of the
            other kind of database.
        Unavailable: `newer` where a newer program made it; `backup_failed`, `backup_bad`, `no_pg_dump`.
    """
    found = _read(source if source.is_dir() else source.parent)
    path = connect.sqlite_path(url)
    if found.kind != ("postgres" if path is None else "sqlite"):
        raise Refused("restore_kind", kind=found.kind)
    if path is None:
        dumps.load(found.path / DUMP, url, anyway=anyway)
        return None
    with _said(path):
        prove_sqlite(found.path / FLOOR)
        if path.exists() and not anyway:
            raise Refused("restore_living", file=str(path))
        aside = Path(f"{path}.before-{now.astimezone(UTC):{STAMP}}") if path.exists() else None
        _put_in_place(found.path, path, aside)
    return aside


def _put_in_place(source: Path, path: Path, aside: Path | None) -> None:
    """Nobody writes while the files change places; who had the old one open is told that it is gone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    mode = path.stat().st_mode & 0o777 if aside is not None else 0o600
    gate = connect.Gate(str(path))
    gate.enter()
    try:
        ends = [end for end in ("", BESIDE) if (source / f"{FLOOR}{end}").exists()]
        for end in ends:
            copy_sqlite(source / f"{FLOOR}{end}", Path(f"{path}{end}.new"), mode)
        for end in (f"{BESIDE}-wal", f"{BESIDE}-shm", BESIDE, "-wal", "-shm", ""):
            old = Path(f"{path}{end}")
            if aside is not None and old.exists():
                old.rename(f"{aside}{end}")
            else:
                old.unlink(missing_ok=True)
        for end in reversed(ends):
            Path(f"{path}{end}.new").rename(f"{path}{end}")
        _sync(path.parent)
    finally:
        gate.leave()
        gate.close()
    # Opened and closed once, so that its journal is there for who may only read.
    database = connect.use(str(path))
    try:
        schema.bring_up_to_date()
    finally:
        database.close()


def _read(path: Path) -> Backup:
    try:
        about = json.loads((path / ABOUT).read_text())
        at = datetime.strptime(about["at"], STAMP).replace(tzinfo=UTC)
        file = path / (DUMP if about["kind"] == "postgres" else FLOOR)
        return Backup(path, at, str(about["kind"]), file.stat().st_size)
    except (OSError, ValueError, KeyError, TypeError):
        raise Refused("not_a_backup", file=str(path)) from None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("backup_running", folder=str(folder)) from None
        yield
    finally:
        os.close(handle)


@contextmanager
def _said(place: Path) -> Iterator[None]:
    """What the disk refuses, with its reason."""
    try:
        yield
    except OSError as error:
        raise Unavailable("backup_failed", place=str(place), why=error.strerror or str(error)) from error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
