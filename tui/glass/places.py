"""Where a desk lets itself be looked at: a socket in a folder of the floor's, and who is at its other end.

The system says who that is, and nobody can say otherwise. Sockets are reached through their opened folder, so that a
long path is no trouble.
"""

from __future__ import annotations

import os
import pwd
import select
import socket
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from models.connect import sqlite_path
from tui.config import Config

BESIDE = "-glass"
"""What the folder beside a SQLite floor is called, after the file's own name."""
SHARED = Path("/run/callfloor/glass")
"""Where `deploy/` makes it."""
MODE = 0o660
"""Of a socket: its account, and the group that the folder gives it, which is the supervisors'."""
WAITING = 8
"""Watchers who may stand before the door at once."""


def works_here() -> bool:
    """Whether this system says who is at the other end, and when they leave."""
    return hasattr(socket, "SO_PEERCRED") and hasattr(select, "epoll")


def folder(config: Config) -> Path:
    """Where the sockets of a floor's desks lie."""
    if config.glass.folder:
        return Path(config.glass.folder)
    path = sqlite_path(config.db)
    return SHARED if path is None else Path(os.path.realpath(path) + BESIDE)


def is_made_by_desks(config: Config) -> bool:
    """Whether that folder is made by the first desk that needs it; elsewhere an administrator makes it."""
    return not config.glass.folder and sqlite_path(config.db) is not None


@dataclass(frozen=True, slots=True)
class Door:
    """A socket that listens, and its name in the folder."""

    ear: socket.socket
    folder: Path
    name: str
    number: int
    """Of the file, so that the one of a later log-in is left alone."""

    def shut(self) -> None:
        """Listens no more."""
        self.ear.close()
        with suppress(OSError), _opened(self.folder) as place:
            if os.stat(self.name, dir_fd=place, follow_symlinks=False).st_ino == self.number:
                os.unlink(self.name, dir_fd=place)


def listen(config: Config, agent_id: int) -> Door:
    """Opens the door of an agent's desk, in place of the one that an earlier desk left or still has.

    Raises:
        OSError: there is no such folder, or this account may not write into it.
    """
    where, name = folder(config), str(agent_id)
    if is_made_by_desks(config):
        _make_beside(where)
    ear = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        with _opened(where) as place:
            passing = f".{name}-{os.getpid()}"
            with suppress(FileNotFoundError):
                os.unlink(passing, dir_fd=place)
            ear.bind(f"/proc/self/fd/{place}/{passing}")
            os.chmod(passing, MODE, dir_fd=place)
            ear.listen(WAITING)
            number = os.stat(passing, dir_fd=place).st_ino
            os.rename(passing, name, src_dir_fd=place, dst_dir_fd=place)
    except OSError:
        ear.close()
        raise
    return Door(ear, where, name, number)


def _make_beside(where: Path) -> None:
    """As open to the group as the floor's own folder is, which gives it the group too."""
    with suppress(FileExistsError):
        where.mkdir(mode=0o700 | stat.S_IMODE(where.parent.stat().st_mode) & 0o050)


def knock(config: Config, agent_id: int) -> socket.socket:
    """A line to the desk of an agent.

    Raises:
        OSError: nobody is there, or this account may not come near.
    """
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        with _opened(folder(config)) as place:
            line.connect(f"/proc/self/fd/{place}/{agent_id}")
    except OSError:
        line.close()
        raise
    return line


@contextmanager
def _opened(where: Path) -> Iterator[int]:
    place = os.open(where, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield place
    finally:
        os.close(place)


@dataclass(frozen=True, slots=True)
class Peer:
    """Whose process is at the other end."""

    uid: int
    login: str
    """By the system; the number where it has no name."""

    def is_trusted(self, account: str) -> bool:
        """Whether it says in whose name it works: this process's own account, or the service account."""
        return self.uid == os.getuid() or (bool(account) and self.login == account)


def peer(line: socket.socket) -> Peer:
    """Who is at the other end, as the system has it since the line was made."""
    _process, uid, _group = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    try:
        return Peer(uid, pwd.getpwuid(uid).pw_name)
    except KeyError:
        return Peer(uid, str(uid))
