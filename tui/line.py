"""The line to the agent: tmux keeps a desk that has lost its own, and nobody is there then."""

from __future__ import annotations

import os
import stat


def is_there() -> bool:
    """Whether a terminal is attached to this one. Outside tmux there is, for as long as the program is.

    tmux lets its socket be executed while a client is attached and no longer: one look at a file. Where its owner runs
    several sessions by one tmux, any of them counts.
    """
    socket = os.environ.get("TMUX", "").partition(",")[0]
    try:
        return not socket or bool(os.stat(socket).st_mode & stat.S_IXUSR)
    except OSError:  # moved, or taken away: nobody can tell
        return True
