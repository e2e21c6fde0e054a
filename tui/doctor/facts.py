"""What the doctor can see of a server. Values only: `looking` fills them, tests make them up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from models.engine import Engine


class Level(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: a code and what fills its sentence."""

    check: str
    level: Level
    code: str
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileFact:
    """A file or folder of the floor."""

    role: str
    """folder, database, beside or settings."""
    path: str
    owner: str
    group: str
    mode: int
    """The permission bits, as 0o2750."""


@dataclass(frozen=True, slots=True)
class Disk:
    """Where the floor's file lies."""

    kind: str
    """ext4, nfs4 …"""
    free: int
    """Bytes."""
    taken: int
    """Bytes of the floor's files."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """The terminal in front of the doctor."""

    is_there: bool
    term: str
    """TERM."""
    colours: str
    """COLORTERM."""
    encoding: str
    columns: int
    lines: int


@dataclass(frozen=True, slots=True)
class Doors:
    """What sshd answers for one login."""

    login: str
    settings: Mapping[str, str]
    """Option in small letters → value, as `sshd -T` prints it; empty where it could not be asked."""
    keys: tuple[str, ...] = ()
    """Lines of the login's file of keys."""
    keys_owner: str = ""
    keys_mode: int = 0
    why: str = ""
    """Why it could not be asked: no_sshd or not_root."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was seen at one moment."""

    now: datetime
    user: str
    """Who runs the doctor."""
    account: str
    """The service account; empty: everybody has one."""
    settings_file: str
    """The machine's own configuration."""
    db: str
    """The floor's URL; no sentence says it."""
    db_source: str
    """Who said it: a file, a variable, a flag; empty: nobody."""
    files: tuple[FileFact, ...] = ()
    glass_folder: str = ""
    """Where the sockets lie by which screens are looked at; empty: nobody may, or each desk makes the folder itself."""
    glass: FileFact | None = None
    """That folder; None: it is not there."""
    disk: Disk | None = None
    engine: Engine | None = None
    trouble: str = ""
    """The code of what kept the database from being asked."""
    copied_at: datetime | None = None
    """When the newest backup was made; None: there is none, or it cannot be seen."""
    is_synchronised: bool | None = None
    """Whether the clock follows a time server; None: nobody knows."""
    terminal: Terminal = Terminal(False, "", "", "", 0, 0)
    tmux: tuple[int, int] | None = None
    """Its version; None: not installed."""
    doors: Doors | None = None
    """None: nobody logs in to this floor from elsewhere, as far as can be seen."""
    uncompiled: Mapping[str, str] = field(default_factory=dict)
    """Packages without bytecode, and where they lie."""
    python: str = "python3"
    """The one that runs callfloor."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Unit → its state, as systemd says it; empty without systemd."""

    @property
    def is_shared(self) -> bool:
        """Whether more than one person uses this machine's floor."""
        return bool(self.account or self.doors)
