"""A PostgreSQL floor as a whole: pg_dump and pg_restore of the server's version do it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from models import connect, schema
from models.base import proxy, rows_of
from models.errors import Refused, Unavailable

NAMES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "passfile": "PGPASSFILE",
}
"""Parameters of a connection, told to the programs where no list of processes shows them."""
PLACES = ("/usr/lib/postgresql/{major}/bin", "/usr/pgsql-{major}/bin", "/opt/homebrew/opt/postgresql@{major}/bin")


def dump(target: Path) -> None:
    """Writes the floor that is open on this thread into a file, and reads that through once.

    Raises:
        Unavailable: `no_pg_dump`, `backup_bad` with what the program said.
    """
    _run(_program("pg_dump"), "--format=custom", f"--file={target}", f"--dbname={_name()}", file=target)
    listed = _run(_program("pg_restore"), "--list", str(target), file=target)
    if not re.search(r" TABLE DATA \S+ journal ", listed):
        raise Unavailable("backup_bad", file=str(target), why="journal")
    _run(_program("pg_restore"), f"--file={os.devnull}", str(target), file=target)


def load(source: Path, url: str, *, anyway: bool) -> None:
    """Writes a dump into a database: as one transaction, all or nothing.

    Raises:
        Refused: `restore_living`.
        Unavailable: as for `dump`; `newer`.
    """
    database = connect.use(url)
    try:
        tables = proxy.get_tables()
        if tables and not anyway:
            raise Refused("restore_living", file=_name())
        more = ("--clean", "--if-exists") if tables else ()
        options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", f"--dbname={_name()}")
        _run(_program("pg_restore"), *options, *more, str(source), file=source)
        if not schema.bring_up_to_date():
            schema.require_current()
    finally:
        database.close()


def _name() -> str:
    return str(proxy.obj.database)


def _program(name: str) -> str:
    """The program of the server's own version; one of a later version does as well."""
    major = int(rows_of("SELECT current_setting('server_version_num')::int / 10000")[0][0])
    places = [Path(place.format(major=major)) / name for place in PLACES]
    found = [str(place) for place in places if place.exists()]
    if (on_path := shutil.which(name)) is not None:
        found.append(on_path)
    for program in found:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
        version = re.search(r"(\d+)", said)
        if version and int(version[1]) >= major:
            return program
    raise Unavailable("no_pg_dump", program=name, version=major)


def _run(program: str, *options: str, file: Path) -> str:
    parameters: dict[str, Any] = proxy.obj.connect_params
    told = {NAMES[name]: str(value) for name, value in parameters.items() if name in NAMES}
    run = subprocess.run([program, *options], capture_output=True, text=True, check=False, env={**os.environ, **told})
    if run.returncode:
        lines = run.stderr.strip().splitlines() or [str(run.returncode)]
        raise Unavailable("backup_bad", file=str(file), why=lines[-1])
    return run.stdout
