"""A terminal for the benchmarks: a program on a real pty, what it draws with the moment of every piece.

What comes is stored with its moment and drawn into a terminal in memory afterwards, so that the drawing never competes
with the program for the processor.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import psutil
import pyte

COLUMNS, LINES = 120, 40
ANSWERS = {b"\x1b[?2026$p": b"\x1b[?2026;2$y", b"\x1b[c": b"\x1b[?62;22c"}
"""What a modern terminal answers to what it is asked: that it can hold a frame back until it is whole."""
SILENCE = 0.15
"""Seconds without a byte after which an answer counts as complete."""


@dataclass
class Answer:
    """What came after a key, or after the start."""

    began: float
    pieces: list[tuple[float, bytes]] = field(default_factory=list)
    painted: float | None = None
    """Seconds until what was waited for stood on the screen."""

    @property
    def count(self) -> int:
        """Bytes."""
        return sum(len(piece) for _, piece in self.pieces)

    @property
    def settled(self) -> float:
        """Seconds until the last byte."""
        return self.pieces[-1][0] - self.began if self.pieces else 0.0


class Terminal:
    """A program and the screen that it draws on."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], *, lines: int = LINES) -> None:
        self.screen = pyte.Screen(COLUMNS, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.began = time.perf_counter()
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], list(command), dict(environ))
        fcntl.ioctl(self.file, termios.TIOCSWINSZ, struct.pack("HHHH", lines, COLUMNS, 0, 0))
        self.process = psutil.Process(self.pid)

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(self.screen.display)

    def collect(self, began: float, *, silence: float = SILENCE, most: float = 5, until: bytes = b"") -> Answer:
        """Stores what comes until nothing does any more, but not before `until` came."""
        answer, end, seen = Answer(began), time.perf_counter() + most, b""
        while time.perf_counter() < end:
            is_waiting = bool(until) and until not in seen
            ready, _, _ = select.select([self.file], [], [], most if is_waiting else silence)
            if not ready:
                break
            try:
                piece = os.read(self.file, 1 << 20)
            except OSError:
                break
            answer.pieces.append((time.perf_counter(), piece))
            seen = (seen + piece)[-200_000:] if until else b""
            for asked, said in ANSWERS.items():
                if asked in piece:
                    os.write(self.file, said)
        return answer

    def draw(self, answer: Answer, is_there: Callable[[str], bool] | None = None) -> Answer:
        """Draws what came; notes when what was waited for stood there."""
        for at, piece in answer.pieces:
            self._stream.feed(piece)
            if is_there is not None and answer.painted is None and is_there(self.text):
                answer.painted = at - answer.began
        return answer

    def press(self, key: str, is_there: Callable[[str], bool] | None = None, *, silence: float = SILENCE) -> Answer:
        """A key, and what came after it."""
        began = time.perf_counter()
        os.write(self.file, key.encode())
        return self.draw(self.collect(began, silence=silence), is_there)

    def wait_for(self, is_there: Callable[[str], bool], *, most: float = 10) -> float:
        """Waits for what comes by itself. Returns the moment at which it stood there."""
        end = time.perf_counter() + most
        while time.perf_counter() < end:
            answer = self.draw(self.collect(time.perf_counter(), silence=0.02, most=0.3), is_there)
            if answer.painted is not None:
                return answer.began + answer.painted
        raise TimeoutError(self.text)

    def seconds_of_processor(self) -> float:
        """Processor time that the program took so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def memory(self) -> float:
        """Its proportional share of the memory, MiB."""
        return float(self.process.memory_full_info().pss) / (1 << 20)

    def close(self) -> None:
        """Ends the program as a hang-up does, and waits for it."""
        os.close(self.file)
        try:
            psutil.Process(self.pid).wait(3)
        except psutil.TimeoutExpired:
            os.kill(self.pid, signal.SIGKILL)
        except psutil.NoSuchProcess:
            pass
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
