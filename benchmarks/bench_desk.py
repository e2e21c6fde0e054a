"""The desk through a real terminal of 120×40 in truecolor: start, keys, bytes, waiting, memory, at a million leads; the
commonest key at 10 thousand too.
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
from functools import partial
from pathlib import Path

from benchmarks.made_floor import NOW, Floor, opened
from benchmarks.terminal import Answer, Terminal
from models import ledger, queue
from models.base import new_token

SMALL, LARGE = 10_000, 1_000_000
LOGIN = "a0"
STARTS, KEYS, PANES, FINDS, MORE, WAITING = 7, 100, 5, 36, 300, 10
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
WITHOUT_DRIVERS = "import sys; sys.modules.update(dict.fromkeys(('psycopg2cffi', 'psycopg2', 'psycopg')))"
"""As a desk on a file leaves them out; peewee by itself loads all that are installed."""
MINIMALS = {
    "minimal Textual": "",
    "minimal, peewee and drivers": "import peewee",
    "minimal, peewee alone": f"{WITHOUT_DRIVERS}; import peewee",
}
READY = b"queue"
UP, DOWN, ESCAPE, ENTER, CLEAR = "\x1b[A", "\x1b[B", "\x1b", "\r", "\x15"
PANE_KEYS = {
    "help": "?", "why": "w", "script": "s", "edit": "e", "lost": "x", "today": "y", "contacts": "C", "find": "/",
    "palette": "\x10",
}  # fmt: skip
FOUND: dict[str, Callable[[int], str]] = {
    "one letter": lambda turn: "cprhamif"[turn % 8],
    "two": lambda turn: ("co", "pe", "ra", "ha", "fo", "mi")[turn % 6],
    "a word": lambda turn: f"company {10 + turn * 37 % 90}",
    "a number": lambda turn: f"130{turn * 271 % 1000:03}",
    "two words": lambda turn: f"person {1 + turn % 9} rang",
    "nobody": lambda turn: "华星宁波广"[turn % 5] + "x" * (turn % 3),
}


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


def p95_of(values: list[float]) -> float:
    """19 of 20 are not larger."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def line(name: str, values: list[float], unit: str = "ms") -> None:
    """A row of figures."""
    figures = (statistics.median(values), p95_of(values), min(values), max(values))
    print(f"{name:<51} {' '.join(f'{one:9.1f}' for one in figures)} {unit}  ({len(values)})", flush=True)


def painted(found: list[Answer]) -> list[float]:
    """Milliseconds from each key until what it brought stood there."""
    return [(one.painted if one.painted is not None else one.settled) * 1000 for one in found]


def answers(name: str, found: list[Answer]) -> None:
    """Time and bytes of many keys."""
    line(name, painted(found))
    line(name + ", bytes", [float(one.count) for one in found], "B")


@contextmanager
def desk(floor: Floor, home: Path) -> Iterator[Terminal]:
    """A desk on that floor, ready."""
    terminal, _ = started(DESK, home, str(floor.path), NOW.isoformat())
    with closing(terminal):
        terminal.draw(terminal.collect(time.perf_counter(), silence=1))
        yield terminal


def starts(floor: Floor, home: Path) -> dict[str, float]:
    """Starts in turn, so that the machine's moods meet all alike. Returns the median memory of each program, MiB."""
    programs: dict[str, Callable[[], tuple[Terminal, Answer]]] = {
        name: partial(started, MINIMAL.format(more=more), home) for name, more in MINIMALS.items()
    }
    programs["desk"] = lambda: started(DESK, home, str(floor.path), NOW.isoformat())
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
    return {name: statistics.median(memory[name]) for name in programs}


def head(text: str) -> str:
    """The head of the lead card: whose lead is in hand."""
    return text.splitlines()[2][37:90]


def no_answer(terminal: Terminal) -> Answer:
    """n, until the next lead stands there."""
    before = head(terminal.text)
    return terminal.press("n", lambda text: head(text) != before)


def two_sizes(small: Terminal, large: Terminal) -> None:
    """No answer and next at both floors in turn, so that whatever else the machine does meets both alike."""
    found: dict[Terminal, list[Answer]] = {small: [], large: []}
    for terminal in found:
        terminal.press(ENTER)
    for turn in range(KEYS):
        for terminal in (small, large) if turn % 2 else (large, small):
            found[terminal].append(no_answer(terminal))
    for terminal, size in ((small, SMALL), (large, LARGE)):
        answers(f"no answer → next lead painted, {size:,}", found[terminal])
    few, many = painted(found[small]), painted(found[large])
    medians, tails = statistics.median(many) / statistics.median(few), p95_of(many) / p95_of(few)
    print(f"{'of them, the large floor to the small one':<51} {medians:8.2f}× {tails:8.2f}×", flush=True)


def keys(terminal: Terminal) -> None:
    """Up and down, letters, panes."""
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
    """The list after the last letter of a text; what stood before it was answered."""

    def rows(text: str) -> list[str]:
        return text.splitlines()[2:30]

    everything: list[Answer] = []
    for name, text_of in FOUND.items():
        found = []
        terminal.press("/")
        for turn in range(FINDS):
            text = text_of(turn)
            terminal.press(CLEAR)
            if text[:-1]:
                terminal.press(text[:-1])
            before = rows(terminal.text)
            found.append(terminal.press(text[-1], lambda shown, before=before: rows(shown) != before))  # type: ignore[misc]
        terminal.press(ESCAPE)
        answers(f"find: {name}", found)
        everything += found
    answers("find: all of them", everything)


def waiting(terminal: Terminal, name: str) -> None:
    """What a desk costs at which nobody types."""
    before = terminal.seconds_of_processor()
    began = time.perf_counter()
    count = 0
    while time.perf_counter() - began < WAITING:
        count += terminal.draw(terminal.collect(time.perf_counter(), silence=1, most=1)).count
    share = (terminal.seconds_of_processor() - before) / (time.perf_counter() - began)
    print(f"{name:<51} {count / WAITING:9.1f} B/s, {share:.2%} of a core, {terminal.memory():.1f} MiB", flush=True)


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


def used(terminal: Terminal, least: dict[str, float]) -> None:
    """The memory of a desk that was worked at, and after many more leads, beside what the minimal programs take."""
    before = terminal.memory()
    for _ in range(MORE):
        terminal.press("n", silence=0.05)
    for name, memory in (("after all of the above", before), (f"after {MORE} leads more", terminal.memory())):
        shares = ", ".join(f"{memory / least[base]:.2f} × {base}" for base in MINIMALS if "peewee" in base)
        print(f"{'memory, desk, ' + name:<51} {memory:9.1f} MiB = {shares}", flush=True)


def main() -> int:
    """Every figure, at a desk of the large floor unless said."""
    print(f"{'':<51} {'median':>9} {'p95':>9} {'least':>9} {'most':>9}")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        # The one that is opened last is that on which this process works as a colleague.
        with opened(SMALL, home) as few, opened(LARGE, home) as floor:
            least = starts(floor, home)
            with desk(floor, home) as terminal:
                waiting(terminal, "waiting")
                with desk(few, home) as other:
                    two_sizes(other, terminal)
                keys(terminal)
                finding(terminal)
                others(terminal, floor)
                used(terminal, least)
                terminal.press("d")
                waiting(terminal, "on a call")
    return 0


if __name__ == "__main__":
    sys.exit(main())
