"""A terminal driver that sleeps until something happens, and ends well however the line ends.

The stock one looks at the keyboard ten times a second, gives Esc a tenth of a second, dies of SIGTERM with the terminal
in disorder, spins when the line is cut, and on Ctrl+Z stops alone, so that a shell behind a wrapper never hears of it.
This one leans on Textual's inside; `works_here` says whether that is still there.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import termios
from codecs import getincrementaldecoder
from contextlib import suppress
from functools import partial

from textual._time import get_time
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from tui.pen import Pen

SECONDS_TO_END = 3
"""After a hang-up or a signal a program that did not end by itself is ended, whatever it waits for."""


class QuietDriver(LinuxDriver):
    """Blocks in `select`, wakes by a pipe, ends on end of file, SIGTERM and SIGHUP."""

    _wake_in = _wake_out = -1
    _loop: asyncio.AbstractEventLoop
    _pen: Pen

    def start_application_mode(self) -> None:
        """Takes the terminal. The loop is known before the input thread starts, which may end at once."""
        self._loop = asyncio.get_running_loop()
        self._pen = Pen()
        self._wake_in, self._wake_out = os.pipe()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._must_signal_resume:  # continued in the background, and stopped again
            self._close_pipe()
            return
        signal.signal(signal.SIGALRM, self._end_now)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._told_to_end)

    def write(self, data: str) -> None:
        """Sends what is to be drawn, colours only where they change."""
        super().write(self._pen.write(data))

    def _sigtstp_application(self, *_: object) -> None:
        """Gives the terminal back and stops with the whole job, a wrapper's shell and all.

        Where no shell looks after the job the kernel stops nobody, and the screen is there again at once.
        """
        if self._auto_restart:
            self.suspend_application_mode()
            self._must_signal_resume = True
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(0, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._sigtstp_application)
        self._sigcont_application()

    def _sigcont_application(self, *_: object) -> None:
        """Takes the terminal again, once, whoever says so first: the signal, or the end of the pause."""
        if self._auto_restart and self._must_signal_resume:
            self.resume_application_mode()

    def _told_to_end(self, number: int, _frame: object) -> None:
        """A signal. Not the loop's own way to hear of it: a terminal that does not read blocks the loop."""
        self._end(128 + number)

    def _end(self, code: int) -> None:
        """Ends from any thread."""
        signal.alarm(SECONDS_TO_END)
        with suppress(RuntimeError):  # the loop has ended already
            self._loop.call_soon_threadsafe(partial(self._app.exit, return_code=code))

    def _end_now(self, number: int, _frame: object) -> None:
        """What is still to be drawn is never read: only the keys of the terminal are given back."""
        if self.attrs_before is not None:
            with suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
        os._exit(128 + number)

    def disable_input(self) -> None:
        """Wakes the input thread, so that it sees that it is over."""
        with suppress(OSError):
            os.write(self._wake_out, b"x")
        super().disable_input()

    def close(self) -> None:
        """Gives the pipe back with everything else."""
        super().close()
        self._close_pipe()

    def _close_pipe(self) -> None:
        for end in (self._wake_in, self._wake_out):
            with suppress(OSError):
                os.close(end)
        self._wake_in = self._wake_out = -1

    def run_input_thread(self) -> None:
        """Reads keys until the program ends or the line does."""
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        while not self.exit_event.is_set():
            due = parser._timeout_time
            wait = None if due is None else max(0.0, due - get_time())
            ready, _, _ = select.select([self.fileno, self._wake_in], [], [], wait)
            if self._wake_in in ready:
                os.read(self._wake_in, 64)
                return
            if self.fileno in ready:
                keys = self._read()
                if not keys:
                    self._end(128 + signal.SIGHUP)
                    return
                for event in parser.feed(decode(keys)):
                    self.process_message(event)
            for event in parser.tick():
                self.process_message(event)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, 4096)
        except OSError:  # EIO: the terminal is gone
            return b""


def has_shell() -> bool:
    """Whether a shell looks after this job, to go back to: what a session began with is nobody's job."""
    return os.getpgrp() != os.getsid(0)


def works_here() -> bool:
    """Whether Textual still has the inside that this driver leans on; if not, the stock one serves."""
    return hasattr(XTermParser(), "_timeout_time") and hasattr(LinuxDriver, "run_input_thread")
