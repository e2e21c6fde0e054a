"""Real processes at their desks: killed while they type, many at once, on a full disk, in a folder closed to them.

Run as `python -m tests.models.store.desk_workers KIND URL AGENT…`; what a process has to tell goes to its output.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from itertools import count
from pathlib import Path

from models import connect, desks
from models.desks.presence import State
from tests.models.store.desk_places import LATER, at, desk_file, keep, typed

KEEPS = 20
"""Drafts that each of a crowd keeps."""


def die(url: str, agent: int) -> None:
    """Types a sentence, and is no more at the moment at which it was kept."""
    connect.use(url)
    desks.log_in(agent, at(0))
    desks.enter(agent, State.ON_CALL, lead_id=7, now=at(1))
    keep(agent, typed("half a sen", cursor=4, after=2))
    os.kill(os.getpid(), signal.SIGKILL)


def type_on(url: str, agent: int) -> None:
    """Types until it is killed, and says after each letter how many were kept."""
    connect.use(url)
    for number in count(1):
        keep(agent, typed("x" * (number % 4000), cursor=number % 4000, after=number))
        os.write(1, f"{number}\n".encode())


def crowd(url: str, *agents: int) -> None:
    """A process for each agent; all begin at once. Fails if one of them failed."""
    wait, go = os.pipe()
    children = [begin(url, agent, wait, go) for agent in agents]
    os.close(go)
    ends = [os.waitpid(child, 0)[1] for child in children]
    if any(ends):
        sys.exit(f"{sum(map(bool, ends))} of {len(ends)} failed")


def begin(url: str, agent: int, wait: int, go: int) -> int:
    """One of a crowd."""
    if child := os.fork():
        return child
    os.close(go)
    code = 1
    try:
        connect.use(url)
        os.read(wait, 1)
        desks.log_in(agent, at(0))
        for number in range(KEEPS):
            keep(agent, typed(f"{agent} {number}", lead=number % 3, after=number))
            desks.seen(agent, at(number))
            desks.enter(agent, (State.READY, State.ON_CALL)[number % 2], lead_id=number, now=at(number))
            if desks.trouble() is not None:
                raise RuntimeError(desks.trouble())
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)


def on_a_full_disk(url: str, agent: int) -> None:
    """Files grow no further; it types on until that shows, and once more when there is room again."""
    connect.use(url)
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, most))
    for number in range(200):
        keep(agent, typed("满" * 4000, lead=1 + number, after=number))
        if desks.trouble() is not None:
            break
    print(desks.trouble(), [draft.lead_id for draft in desks.drafts(agent)] == list(range(number + 1, 0, -1)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    desks.seen(agent, at(number) + LATER)
    print(desks.trouble(), [draft.lead_id for draft in desks.drafts(agent)] == list(range(number + 1, 0, -1)))


def in_a_closed_folder(url: str, agent: int) -> None:
    """The floor's folder takes no new file; then it does again."""
    connect.use(url)
    keep(agent, typed("before"))
    folder = Path(url).parent
    desk_file(url).unlink()
    folder.chmod(0o555)
    keep(agent, typed("closed", place="sleep", after=1))
    print(desks.trouble(), *(draft.text for draft in desks.drafts(agent)))
    folder.chmod(0o755)
    keep(agent, typed("open", place="back", after=LATER.total_seconds() + 1))
    print(desks.trouble(), *(draft.text for draft in desks.drafts(agent)))


def watch(url: str, agent: int) -> None:
    """Says in which state an agent is, without the right to write anything."""
    connect.use(url, read_only=True)
    print(*(one.state for one in desks.everybody() if one.agent_id == agent))


KINDS: dict[str, Callable[..., None]] = {
    "die": die,
    "type": type_on,
    "crowd": crowd,
    "full": on_a_full_disk,
    "closed": in_a_closed_folder,
    "watch": watch,
}


if __name__ == "__main__":
    KINDS[sys.argv[1]](sys.argv[2], *map(int, sys.argv[3:]))
