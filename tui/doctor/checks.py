"""Judges what was seen: each check takes the facts and gives its findings. Looks at nothing, asks nobody."""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from tui.config import without_password
from tui.doctor.facts import Doors, Facts, FileFact, Finding, Level

OK, WARNING, FAULT = Level.OK, Level.WARNING, Level.FAULT

SAFE_SQLITE = (3, 51, 3)
"""Before it a journal that begins anew while somebody else writes can damage the file."""
LEAST_POSTGRES, LEAST_TMUX, LINKING_TMUX = 13, (3, 2), (3, 4)
NETWORKS = ("nfs", "cifs", "smb", "9p", "fuse.sshfs", "afs", "ceph", "gluster", "fuse.gluster", "lustre", "vboxsf")
"""Kinds of file systems whose locks do not hold between machines, or whose shared memory does not."""
VOLATILE = ("tmpfs", "ramfs")
SCARCE, TIGHT = 200 * 2**20, 2 * 2**30
"""Bytes free on the floor's disk."""
FRESH_COPY, STALE_COPY = timedelta(hours=26), timedelta(days=7)
SMALLEST = 80, 24
DRIFT = timedelta(seconds=2)
SPARE = 10
"""Connections for managers, backups and the server itself."""

Check = Callable[[Facts], Iterator[Finding]]


def examine(facts: Facts) -> tuple[Finding, ...]:
    """Every check's findings, in the order in which they are said."""
    return tuple(finding for check in CHECKS for finding in check(facts))


def settings(facts: Facts) -> Iterator[Finding]:
    """One floor for the whole machine, said where only root writes."""
    own = next((one for one in facts.files if one.role == "settings"), None)
    if own is None:
        level, code = (WARNING, "settings_none") if facts.is_shared else (OK, "settings_own")
        yield Finding("settings", level, code, {"path": facts.settings_file})
        return
    fields = {"path": shlex.quote(own.path)}
    bad = []
    if own.owner != "root" or own.mode & 0o022:
        bad.append(Finding("settings", FAULT, "settings_writable", fields))
    if not own.mode & 0o004:
        bad.append(Finding("settings", WARNING, "settings_unread", fields))
    if without_password(facts.db) != facts.db and own.mode & 0o004 and facts.db_source == own.path:
        bad.append(Finding("settings", FAULT, "settings_password", fields))
    if facts.db_source != own.path:
        bad.append(Finding("settings", WARNING, "settings_elsewhere", {**fields, "source": facts.db_source or "–"}))
    yield from bad or [Finding("settings", OK, "settings_ok", fields)]


def files(facts: Facts) -> Iterator[Finding]:
    """Who may read and write the floor's folder and what lies in it."""
    ours = [one for one in facts.files if one.role != "settings"]
    if not ours:
        return
    found = [_of_files(level, code, some, facts) for (level, code), some in _blamed(ours, facts).items()]
    yield from found or [Finding("files", OK, "files_ok", {"owner": ours[0].owner})]


def _blamed(ours: Iterable[FileFact], facts: Facts) -> dict[tuple[Level, str], list[FileFact]]:
    """What is wrong → the files of which it is."""
    found = defaultdict(list)
    folder = next((one for one in ours if one.role == "folder"), None)
    for one in ours:
        if (owner := _owner(facts)) and one.owner != owner:
            found[FAULT, "file_owner"].append(one)
        if one.mode & 0o002:
            found[FAULT, "file_written_by_all"].append(one)
        elif one.mode & 0o005:
            found[FAULT, "file_read_by_all"].append(one)
        if one.mode & 0o020 and facts.account:
            found[WARNING, "file_written_by_group"].append(one)
        is_for_readers = one.role != "folder" and not one.path.endswith("-gate")
        if folder and folder.mode & 0o050 and is_for_readers and not one.mode & 0o040:
            found[WARNING, "files_half_open"].append(one)
    return found


def _owner(facts: Facts) -> str:
    """Whose the floor's files ought to be; empty where nobody can say."""
    return facts.account or (facts.user if facts.user != "root" else "")


def _of_files(level: Level, code: str, some: list[FileFact], facts: Facts) -> Finding:
    paths, found = shlex.join(one.path for one in some), ", ".join(sorted({one.owner for one in some}))
    fields = {"paths": paths, "owner": _owner(facts), "found": found, "group": some[0].group}
    return Finding("files", level, code, fields)


def disk(facts: Facts) -> Iterator[Finding]:
    """The kind of the file system under a SQLite floor, and its room."""
    if (found := facts.disk) is None:
        return
    fields = {"kind": found.kind, "free": f"{found.free / 2**30:.1f}", "taken": f"{found.taken / 2**30:.1f}"}
    if found.kind.startswith(NETWORKS):
        yield Finding("disk", FAULT, "disk_network", fields)
    elif found.kind in VOLATILE:
        yield Finding("disk", FAULT, "disk_volatile", fields)
    if found.free < SCARCE:
        yield Finding("disk", FAULT, "disk_full", fields)
    elif found.free < max(TIGHT, 2 * found.taken):
        yield Finding("disk", WARNING, "disk_tight", fields)
    elif not found.kind.startswith((*NETWORKS, *VOLATILE)):
        yield Finding("disk", OK, "disk_ok", fields)


def database(facts: Facts) -> Iterator[Finding]:
    """Whether the floor can be opened, is of this program's age, and lies on a build without known faults."""
    if facts.trouble == "no_account" and facts.user == "root":  # as it should be: root has no business in there
        yield Finding("database", WARNING, "database_unseen")
        return
    if (found := facts.engine) is None:
        yield Finding("database", FAULT, "database_trouble", {"code": facts.trouble})
        return
    if found.age != "current":
        yield Finding("database", FAULT, f"schema_{found.age}")
    fields = {"version": ".".join(map(str, found.version)), "connections": found.connections, "people": found.people}
    if found.kind == "sqlite":
        is_safe = found.version >= SAFE_SQLITE
        yield Finding("database", *((OK, "sqlite_ok") if is_safe else (FAULT, "sqlite_fault")), fields)
        return
    is_known = found.version[0] >= LEAST_POSTGRES
    yield Finding("database", *((OK, "postgres_ok") if is_known else (FAULT, "postgres_old")), fields)
    if found.trigrams != "there":
        yield Finding("database", WARNING, f"trigrams_{found.trigrams}")
    needed = 2 * found.people + SPARE
    if found.connections < needed:
        yield Finding("database", FAULT, "postgres_connections", {**fields, "needed": needed})


def backup(facts: Facts) -> Iterator[Finding]:
    """How old the newest copy is. Those of a PostgreSQL floor lie at their owner's, whom root is not."""
    if facts.engine is None or (facts.engine.kind == "postgres" and facts.user == "root"):
        return
    if facts.copied_at is None:
        yield Finding("backup", WARNING, "backup_none")
        return
    age = facts.now - facts.copied_at
    fields = {"hours": int(age / timedelta(hours=1)), "days": age.days}
    if age <= FRESH_COPY:
        yield Finding("backup", OK, "backup_ok", fields)
    else:
        yield Finding("backup", FAULT if age > STALE_COPY and facts.is_shared else WARNING, "backup_old", fields)


def clock(facts: Facts) -> Iterator[Finding]:
    """Promises are kept to the minute: by a clock that is right, and the same as the database's."""
    if facts.engine and abs(facts.engine.ahead) > DRIFT:
        yield Finding("clock", FAULT, "clock_apart", {"seconds": f"{facts.engine.ahead.total_seconds():+.0f}"})
    elif facts.is_synchronised is None:
        yield Finding("clock", WARNING, "clock_unknown")
    else:
        yield Finding("clock", *((OK, "clock_ok") if facts.is_synchronised else (WARNING, "clock_adrift")))


def terminal(facts: Facts) -> Iterator[Finding]:
    """The terminal in front of the doctor: letters, colours, room."""
    seen = facts.terminal
    fields = {"term": seen.term or "–", "encoding": seen.encoding or "–", "columns": seen.columns, "lines": seen.lines}
    found = []
    if seen.encoding.lower().replace("-", "") != "utf8":
        found.append(Finding("terminal", FAULT, "terminal_letters", fields))
    if seen.is_there:
        if seen.term in ("", "dumb"):
            found.append(Finding("terminal", FAULT, "terminal_dumb", fields))
        elif not (seen.colours in ("truecolor", "24bit") or "256" in seen.term or "direct" in seen.term):
            found.append(Finding("terminal", WARNING, "terminal_colours", fields))
        if seen.columns < SMALLEST[0] or seen.lines < SMALLEST[1]:
            found.append(Finding("terminal", WARNING, "terminal_small", fields))
    yield from found or [Finding("terminal", OK, "terminal_ok" if seen.is_there else "terminal_none", fields)]


def tmux(facts: Facts) -> Iterator[Finding]:
    """What keeps desks across a broken line, and what of a number to dial comes through it."""
    if not facts.is_shared:
        return
    if facts.tmux is None:
        yield Finding("tmux", WARNING, "tmux_none")
        return
    fields = {"version": ".".join(map(str, facts.tmux))}
    if facts.tmux < LEAST_TMUX:
        yield Finding("tmux", FAULT, "tmux_old", fields)
    else:
        yield Finding("tmux", OK, "tmux_ok" if facts.tmux >= LINKING_TMUX else "tmux_no_links", fields)


FORWARDING = (
    "allowtcpforwarding", "allowstreamlocalforwarding", "allowagentforwarding", "x11forwarding", "permittunnel",
)  # fmt: skip


def doors(facts: Facts) -> Iterator[Finding]:
    """What sshd lets people do who log in to the floor."""
    if (found := facts.doors) is None:
        yield Finding("sshd", OK, "sshd_unused")
        return
    if not found.settings:
        yield Finding("sshd", WARNING, f"sshd_{found.why}")
        return
    bad = [Finding("sshd", level, code, {"login": found.login}) for level, code in _open_doors(found)]
    yield from bad or [Finding("sshd", OK, "sshd_ok", {"login": found.login})]


def _open_doors(found: Doors) -> Iterator[tuple[Level, str]]:
    said = found.settings
    if said.get("disableforwarding") != "yes" and any(said.get(name, "yes") != "no" for name in FORWARDING):
        yield FAULT, "sshd_forwarding"
    if said.get("disableforwarding") == "yes" and said.get("permittunnel", "no") != "no":
        yield FAULT, "sshd_forwarding"
    passwords = said.get("passwordauthentication") != "no" or said.get("kbdinteractiveauthentication") != "no"
    if passwords and said.get("authenticationmethods", "any") != "publickey":
        yield FAULT, "sshd_password"
    if said.get("permituserenvironment", "no") != "no":
        yield FAULT, "sshd_environment"
    if said.get("permituserrc", "yes") != "no":
        yield WARNING, "sshd_userrc"
    if said.get("clientaliveinterval", "0") == "0":
        yield WARNING, "sshd_dead_lines"
    if said.get("permitrootlogin") == "yes":
        yield WARNING, "sshd_root"
    if said.get("forcecommand", "none") == "none":
        if not found.keys:
            yield FAULT, "sshd_no_keys"
        elif not all(_is_tied(line) for line in found.keys):
            yield FAULT, "sshd_loose_key"
    if found.keys_owner and (found.keys_owner != "root" or found.keys_mode & 0o022):
        yield FAULT, "sshd_keys_writable"


def _is_tied(line: str) -> bool:
    """Whether a key can do nothing but what stands beside it."""
    options = re.match(r'(?:[^\s"]|"(?:\\"|[^"])*")*', line)
    words = re.split(r',(?=(?:[^"]|"[^"]*")*$)', options[0]) if options else []
    names = [word.partition("=")[0].lower() for word in words]
    return "restrict" in names and "command" in names


def program(facts: Facts) -> Iterator[Finding]:
    """How the program is installed: without bytecode every start compiles it anew."""
    if facts.uncompiled:
        command = shlex.join([facts.python, "-m", "compileall", "-q", *facts.uncompiled.values()])
        yield Finding("program", WARNING, "program_slow", {"names": ", ".join(facts.uncompiled), "command": command})
    else:
        yield Finding("program", OK, "program_ok")


def glass(facts: Facts) -> Iterator[Finding]:
    """Where desks make the sockets by which supervisors look at screens, where that is allowed."""
    if not facts.glass_folder:
        return
    fields = {"path": shlex.quote(facts.glass_folder)}
    if (found := facts.glass) is None:
        yield Finding("glass", FAULT, "glass_none", fields)
    elif found.mode & 0o002 and not found.mode & 0o1000:
        yield Finding("glass", FAULT, "glass_open", fields)
    else:
        yield Finding("glass", OK, "glass_ok", {**fields, "group": found.group})


def units(facts: Facts) -> Iterator[Finding]:
    """The copies and the recount that run by themselves."""
    if not facts.is_shared or not facts.units:
        return
    bad = []
    for unit, state in facts.units.items():
        if state == "failed":
            bad.append(Finding("timers", FAULT, "unit_failed", {"unit": unit}))
        elif unit.endswith(".timer") and state != "active":
            bad.append(Finding("timers", WARNING, "timer_off", {"unit": unit}))
    yield from bad or [Finding("timers", OK, "units_ok")]


CHECKS: tuple[Check, ...] = (
    settings, files, disk, database, backup, clock, doors, tmux, glass, units, terminal, program,
)  # fmt: skip
