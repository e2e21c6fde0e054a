"""A process that imports, for tests that stop or kill it: tells when it is in the middle and waits there for a word.

Run as `python -m tests.models.exchange.takers URL LIST PHASE`; the phase is 'reveal', or 'merge' for a list whose rows
the floor has.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from models import connect
from models.exchange.planning import Order, plan
from models.exchange.revealing import Interrupted, apply
from tests.models.exchange.conftest import NOW

MERGED = 2
"""Batches that are merged before the middle."""


def main(url: str, path: str, where: str) -> int:
    """Imports the list as the first manager; stops at a signal when it is next asked."""
    asked: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _frame: asked.append(number))
    connect.use(url)
    told: list[str] = []

    def show(phase: str, _done: int, _total: int) -> None:
        told.append(phase)
        if where == phase and told.count(phase) == 1:
            wait()

    def wait() -> None:
        print("in the middle", flush=True)
        sys.stdin.readline()

    def is_stopped() -> bool:
        # Without rows to reveal it is asked before each batch of those that are merged.
        told.append("asked")
        if where == "merge" and told.count("asked") == MERGED + 1:
            wait()
        return bool(asked)

    planned = plan(Order(Path(path), 1), NOW, show)
    try:
        told.clear()
        apply(planned, NOW, show, is_stopped)
    except Interrupted as stop:
        print("stopped", stop.undone.voided if stop.undone else "", flush=True)
        return 130
    finally:
        planned.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
