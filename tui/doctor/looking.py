"""Looks at the real server and gives the facts. Every look gives up quietly where it is not allowed or not there."""

from __future__ import annotations

import grp
import locale
import os
import pwd
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from importlib.util import cache_from_source, find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import FloorError
from tui.doctor.facts import Disk, Doors, Facts, FileFact, Terminal

if TYPE_CHECKING:
    from models.engine import Engine
    from tui.config import Config

PATIENCE = 10
"""Seconds that a program of the system may take to answer."""
GROUPS = ("callfloor-agents", "callfloor-supervisors")
UNITS = ("callfloor-backup.timer", "callfloor-backup.service", "callfloor-check.timer", "callfloor-check.service")
PACKAGES = ("textual.app", "rich.console", "peewee", "models.connect", "tui.app")
"""What a start loads most of."""


def look(config: Config, user: str, now: datetime) -> Facts:
    """All that can be seen of this server now.

    Args:
        config: what is configured.
        user: who looks.
        now: this machine's clock.
    """
    from models import connect
    from tui.config import SYSTEM
    from tui.glass import places

    path = connect.sqlite_path(config.db)
    found, trouble = _engine(config, path, now)
    ways = _doors(config.identity.account)
    glass = places.folder(config) if config.glass.allowed and not places.is_made_by_desks(config) else None
    return Facts(
        now=now,
        user=user,
        account=config.identity.account,
        settings_file=str(SYSTEM),
        db=config.db,
        db_source=config.sources.get("db", ""),
        files=_files(path, SYSTEM),
        glass_folder=str(glass or ""),
        glass=_file("glass", glass) if glass else None,
        disk=_disk(path),
        engine=found,
        trouble=trouble,
        copied_at=_copied_at(config.db),
        is_synchronised=_is_synchronised(),
        terminal=_terminal(os.environ),
        tmux=_tmux(),
        doors=ways,
        uncompiled=_uncompiled(),
        python=sys.executable,
        units=_units() if config.identity.account or ways else {},
    )


def _engine(config: Config, path: Path | None, now: datetime) -> tuple[Engine | None, str]:
    from models import connect, engine

    if path is not None and not path.is_file():
        return None, "not_a_floor"  # SQLite would make an empty one
    try:
        database = connect.use(config.db, read_only=True)
        try:
            return engine.engine(now), ""
        finally:
            database.close()
    except FloorError as error:
        return None, error.code


def _copied_at(url: str) -> datetime | None:
    from models.copies import backups

    try:
        found = backups.kept(backups.usual_folder(url))
    except OSError:
        return None
    return found[0].at if found else None


def _files(path: Path | None, settings: Path) -> tuple[FileFact, ...]:
    places = [("settings", settings)]
    if path is not None:
        places += [("folder", path.parent), ("database", path)]
        with suppress(OSError):  # a folder that is closed to whoever looks
            places += [("beside", one) for one in sorted(path.parent.glob(f"{path.name}-*"))]
    return tuple(fact for role, place in places if (fact := _file(role, place)))


def _file(role: str, path: Path) -> FileFact | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return FileFact(role, str(path), _user(found.st_uid), _group(found.st_gid), stat.S_IMODE(found.st_mode))


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def _disk(path: Path | None) -> Disk | None:
    if path is None or not path.parent.is_dir():
        return None
    try:
        taken = sum(one.stat().st_size for one in path.parent.glob(f"{path.name}*"))
        return Disk(kind_of(path.parent), shutil.disk_usage(path.parent).free, taken)
    except OSError:
        return None


def kind_of(folder: Path) -> str:
    """The kind of the file system that a folder lies on; empty where the system does not say."""
    try:
        table = Path("/proc/self/mountinfo").read_text("utf-8", "replace")
    except OSError:
        return ""
    device = os.stat(folder).st_dev
    number, fallback = f"{os.major(device)}:{os.minor(device)}", ("", "")
    place = str(folder.resolve())
    for line in table.splitlines():
        before, _, after = line.partition(" - ")
        fields, kind = before.split(), after.split(" ", 1)[0]
        mounted = re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), fields[4])
        if fields[2] == number:
            return kind
        if (place + "/").startswith(mounted.rstrip("/") + "/") and len(mounted) >= len(fallback[0]):
            fallback = mounted, kind  # some file systems hide their number
    return fallback[1]


def _answer(*command: str) -> str | None:
    """What a program of the system says; None where it is not there, fails or hangs."""
    path = shutil.which(command[0], path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
    if path is None:
        return None
    try:
        done = subprocess.run(
            [path, *command[1:]], capture_output=True, text=True, errors="replace", timeout=PATIENCE, check=False,
            stdin=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _is_synchronised() -> bool | None:
    said = (_answer("timedatectl", "show", "--property=NTPSynchronized", "--value") or "").strip()
    return {"yes": True, "no": False}.get(said)


def _terminal(environ: Mapping[str, str]) -> Terminal:
    is_there = sys.stdout.isatty()
    columns, lines = shutil.get_terminal_size((0, 0)) if is_there else (0, 0)
    term, colours = environ.get("TERM", ""), environ.get("COLORTERM", "")
    return Terminal(is_there, term, colours, locale.getencoding(), columns, lines)


def _tmux() -> tuple[int, int] | None:
    found = re.search(r"(\d+)\.(\d+)", _answer("tmux", "-V") or "")
    return (int(found[1]), int(found[2])) if found else None


def _doors(account: str) -> Doors | None:
    """What sshd lets the service account do, else the first person whose group comes in by it."""
    login = account or next((member for name in GROUPS for member in _members(name)), "")
    if not login:
        return None
    said = _answer("sshd", "-T", "-C", f"user={login},host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=22")
    if said is None:
        is_there = shutil.which("sshd", path="/usr/sbin:/sbin:/usr/local/sbin")
        return Doors(login, {}, why="no_sshd" if not is_there else "not_root" if os.geteuid() else "refused")
    settings = {name: value for name, _, value in (line.partition(" ") for line in said.splitlines())}
    place = Path(settings.get("authorizedkeysfile", "").split(" ", 1)[0].replace("%u", login))
    if not place.is_absolute():
        return Doors(login, settings)
    fact = _file("keys", place)
    return Doors(login, settings, _keys(place), fact.owner if fact else "", fact.mode if fact else 0)


def _members(group: str) -> list[str]:
    try:
        found = grp.getgrnam(group)
    except KeyError:
        return []
    return [*found.gr_mem, *(one.pw_name for one in pwd.getpwall() if one.pw_gid == found.gr_gid)]


def _keys(path: Path) -> tuple[str, ...]:
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ()
    return tuple(line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))


def _uncompiled() -> dict[str, str]:
    """Packages of which a part that every start loads has no bytecode: name → folder or file."""
    missing = {}
    for name in PACKAGES:
        top = name.partition(".")[0]
        source, whole = _source(name), _source(top)
        if source.suffix == ".py" and not Path(cache_from_source(str(source))).is_file():
            missing[top] = str(whole.parent if whole.name == "__init__.py" else whole)
    return missing


def _source(module: str) -> Path:
    spec = find_spec(module)
    return Path((spec and spec.origin) or "")


def _units() -> dict[str, str]:
    if not Path("/run/systemd/system").is_dir():
        return {}
    said = _answer("systemctl", "show", "--property=Id,ActiveState", *UNITS) or ""
    blocks = [dict(line.split("=", 1) for line in block.splitlines() if "=" in line) for block in said.split("\n\n")]
    return {block["Id"]: block.get("ActiveState", "") for block in blocks if "Id" in block}
