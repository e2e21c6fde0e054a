"""The desk through a real terminal of 120×40 in truecolor: start, keys, bytes, waiting, memory, at 10 thousand and a
million leads.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from benchmarks.made_floor import NOW, Floor, opened
from benchmarks.terminal import Answer, Terminal
from models import ledger, queue
from models.base import new_token

SIZES = (10_000, 1_000_000)
LOGIN = "a0"
STARTS, KEYS, PANES, WAITING = 9, 100, 5, 20
DESK = (
    "import sys, time; from datetime import datetime, timedelta;"
    "from tui import opening; from tui.config import Config;"
    "began, at = time.time(), datetime.fromisoformat(sys.argv[2]);"
    "clock = lambda: at + timedelta(seconds=time.time() - began);"
    f"sys.exit(opening.run(Config(db=sys.argv[1]), {LOGIN!r}, clock=clock))"
)
MINIMAL = """
from textual.app import App
from textual.widgets import Footer, Header, Static
{more}
class Minimal(App):
    def compose(self):
        yield Header()
        yield Static("queue")
        yield Footer()
Minimal().run()
"""
READY = b"queue"
UP, DOWN, ESCAPE, ENTER, CLEAR = "\x1b[A", "\x1b[B", "\x1b", "\r", "\x15"
PANE_KEYS = {
    "help": "?", "why": "w", "script": "s", "edit": "e", "lost": "x", "today": "y", "contacts": "C", "find": "/",
    "palette": "\x10",
}  # fmt: skip
FOUND = {"one letter": "c", "two": "co", "a word": "company 91", "a number": "13800", "one of Chinese": "华"}


def environ(home: Path) -> dict[str, str]:
    """The same terminal for everybody, and bytecode as an installed program has it."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "VIRTUAL_ENV")}
    return {**kept, "HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}


def started(source: str, home: Path, *arguments: str) -> tuple[Terminal, Answer]:
    """A program that is ready, and what it drew until then."""
    terminal = Terminal([sys.executable, "-c", source, *arguments], environ(home))
    return terminal, terminal.draw(terminal.collect(terminal.began, until=READY))


def ready_at(answer: Answer) -> float:
    """Milliseconds until it could be used."""
    seen = b""
    for at, piece in answer.pieces:
        seen += piece
        if READY in seen:
            return (at - answer.began) * 1000
    raise TimeoutError(seen[-2000:])


def line(name: str, values: list[float], unit: str = "ms") -> None:
    """A row of figures."""
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    print(
        f"{name:<44} {statistics.median(ordered):9.1f} {p95:9.1f} {ordered[0]:9.1f} {ordered[-1]:9.1f} {unit}"
        f"  ({len(ordered)})",
        flush=True,
    )


def answers(name: str, found: list[Answer]) -> None:
    """Time and bytes of many keys."""
    painted = [(one.painted if one.painted is not None else one.settled) * 1000 for one in found]
    line(name, painted)
    line(name + ", bytes", [float(one.count) for one in found], "B")


@contextmanager
def desk(floor: Floor, home: Path) -> Iterator[Terminal]:
    """A desk on that floor, ready."""
    terminal, _ = started(DESK, home, str(floor.path), NOW.isoformat())
    with closing(terminal):
        terminal.draw(terminal.collect(time.perf_counter(), silence=1))
        yield terminal


def starts(floor: Floor, home: Path) -> None:
    """Starts in turn, so that the machine's moods meet all alike."""
    programs: dict[str, Callable[[], tuple[Terminal, Answer]]] = {
        "minimal Textual": lambda: started(MINIMAL.format(more=""), home),
        "minimal Textual with peewee": lambda: started(MINIMAL.format(more="import peewee"), home),
        "desk": lambda: started(DESK, home, str(floor.path), NOW.isoformat()),
    }
    times: dict[str, list[float]] = {name: [] for name in programs}
    processor: dict[str, list[float]] = {name: [] for name in programs}
    memory: dict[str, list[float]] = {name: [] for name in programs}
    drawn: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(STARTS):
        for name, start in programs.items():
            terminal, answer = start()
            with closing(terminal):
                times[name].append(ready_at(answer))
                drawn[name].append(float(answer.count))
                processor[name].append(terminal.seconds_of_processor() * 1000)
                memory[name].append(terminal.memory())
    for name in programs:
        line(f"start, {name}", times[name])
        line(f"processor of the start, {name}", processor[name])
        line(f"first paint, {name}", drawn[name], "B")
        line(f"memory, {name}", memory[name], "MiB")


def head(text: str) -> str:
    """The head of the lead card: whose lead is in hand."""
    return text.splitlines()[2][37:90]


def keys(terminal: Terminal) -> None:
    """No answer and next, up and down, letters, panes."""
    terminal.press(ENTER)
    found = []
    for _ in range(KEYS):
        before = head(terminal.text)
        found.append(terminal.press("n", lambda text, before=before: head(text) != before))  # type: ignore[misc]
    answers("no answer → next lead painted", found)
    answers("down in the queue", [terminal.press(DOWN) for _ in range(KEYS // 2)])
    answers("up in the queue", [terminal.press(UP) for _ in range(KEYS // 2)])
    terminal.press("t")
    typed = "agrees if support is free for three months #price @fri 10am sends the contract to legal"
    answers("a letter in the composer", [terminal.press(letter) for letter in typed])
    terminal.press(CLEAR)
    terminal.press(ESCAPE)
    for name, key in PANE_KEYS.items():
        answers(f"pane: {name}", [(terminal.press(key), terminal.press(ESCAPE))[0] for _ in range(PANES)])


def finding(terminal: Terminal) -> None:
    """Results as one types."""
    for name, text in FOUND.items():
        found = []
        for _ in range(PANES):
            terminal.press("/")
            terminal.press(CLEAR)
            for letter in text[:-1]:
                terminal.press(letter)
            before = terminal.text.splitlines()[2:30]
            found.append(
                terminal.press(text[-1], lambda shown, before=before: shown.splitlines()[2:30] != before)  # type: ignore[misc]
            )
            terminal.press(ESCAPE)
        answers(f"find: {name}", found)


def waiting(terminal: Terminal, name: str) -> None:
    """What a desk costs at which nobody types."""
    before = terminal.seconds_of_processor()
    began = time.perf_counter()
    count = 0
    while time.perf_counter() - began < WAITING:
        count += terminal.draw(terminal.collect(time.perf_counter(), silence=1, most=1)).count
    share = (terminal.seconds_of_processor() - before) / (time.perf_counter() - began)
    print(f"{name:<44} {count / WAITING:9.1f} B/s, {share:.2%} of a core, {terminal.memory():.1f} MiB", flush=True)


def others(terminal: Terminal, floor: Floor) -> None:
    """A colleague's commit in this process, until the desk's funnel shows it."""
    found = []
    for turn, agent in enumerate(floor.agents[1:41]):
        now = NOW + timedelta(minutes=1, seconds=turn)
        claim = queue.claim_next(agent, now)
        if claim is None:
            continue
        shown = terminal.text
        ledger.log_touch(claim, ledger.Entry("busy"), token=new_token(), now=now)
        committed = time.perf_counter()
        found.append((terminal.wait_for(lambda text, shown=shown: text != shown) - committed) * 1000)  # type: ignore[misc]
        terminal.draw(terminal.collect(time.perf_counter(), silence=0.5))
    line("another's commit → painted", found)


def main() -> int:
    """Every figure, smaller floor first."""
    print(f"{'':<44} {'median':>9} {'p95':>9} {'least':>9} {'most':>9}")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder, opened(size, Path(folder)) as floor:
            home = Path(folder)
            print(f"── {size:,} leads", flush=True)
            if size == SIZES[-1]:
                starts(floor, home)
            with desk(floor, home) as terminal:
                waiting(terminal, "waiting")
                keys(terminal)
                finding(terminal)
                others(terminal, floor)
                terminal.press("d")
                waiting(terminal, "on a call")
    return 0


if __name__ == "__main__":
    sys.exit(main())
