"""An agent who works over ssh: real keys at a human pace, and a memory of what the screen acknowledged."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from tests.server.line import PATIENCE, Gone, Line, Stuck
from tests.tui.test_terminal import is_restored

ACKNOWLEDGED = re.compile(r"✓ Firm \d+")
"""The one line that says what was stored."""
AGAIN = re.compile("Enter again|again leave")
DONE = re.compile(f"{ACKNOWLEDGED.pattern}|✗|was faster")
ANSWERED = re.compile(f"{DONE.pattern}|{AGAIN.pattern}")
NO_LEAD = re.compile("No lead in hand|on a pause|not logged yet|Hang up first|Hung up|✗|was faster")
"""Why a key did nothing."""
KEPT = 1.5
"""Seconds after which what was typed counts as kept."""


@dataclass
class Text:
    """Something that was typed, found by its mark in what was stored."""

    mark: str
    line: str = ""
    """All of what is typed."""
    typed_at: float = 0.0
    """When its last letter was on the screen, by the loop's clock."""
    is_entered: bool = False
    is_acknowledged: bool = False
    is_taken_back: bool = False


@dataclass
class Tally:
    """What a typist came across."""

    texts: list[Text] = field(default_factory=list)
    calls: int = 0
    """Acknowledged outcomes, with a text or without."""
    log_ins: int = 0
    drafts: int = 0
    """Unfinished texts that were there again."""
    lost_drafts: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    spoilt: list[str] = field(default_factory=list)
    """Terminals that were not as before."""


class Typist:
    """One agent."""

    def __init__(self, person: str, command: list[str], random: Random) -> None:
        self.person = person
        self.command = command
        self.random = random
        self.tally = Tally()
        self.line: Line | None = None
        self.is_doubled = False
        """To log in a second time, soon."""
        self.is_leaving = False
        self._text: Text | None = None
        """What is being written."""

    async def work(self) -> None:
        """Works until told to leave, through whatever happens; then leaves with q. Something is stored first."""
        while True:
            try:
                if self.line is None:
                    await self._come_in()
                if self.is_leaving and self.tally.calls:
                    await self._quit()
                    return
                await self._do_something()
            except Gone:
                self._hang_up()
            except Stuck as stuck:
                self.tally.stuck.append(str(stuck))
                self._hang_up()

    # ── coming and going ──────────────────────────────────────────────────────────────────────────────────────────────

    async def _come_in(self) -> None:
        """Logs in, again where the server is away; what was being written is there."""
        while True:
            self.line = Line(self.command)
            try:
                screen = await self.line.until(lambda screen: "queue" in screen or "Enter ends this" in screen)
                if "Enter ends this" not in screen:
                    break
                await self.type("\r")
                await self.line.ended()
            except Gone:
                await asyncio.sleep(0.3)
            self._hang_up()
        self.tally.log_ins += 1
        await self._find_again()

    async def _find_again(self) -> None:
        """What was on the screen long enough is there again, and is gone on with."""
        text, self._text = self._text, None
        if text is None or not text.typed_at:
            await self._escape()
            return
        was_kept = asyncio.get_running_loop().time() - text.typed_at > KEPT and not text.is_entered
        try:
            await self.there.until(
                lambda screen: text.mark in screen or "is kept" in screen or ACKNOWLEDGED.search(self.there.foot),
                PATIENCE / 2 if was_kept else 2,
            )
        except Stuck:
            if was_kept:
                self.tally.lost_drafts.append(f"{text.mark}\n{self.there.screen}")
            return
        if ACKNOWLEDGED.search(self.there.foot):  # stored while the line was gone: the desk that was kept says so
            text.is_acknowledged = True
        elif text.mark in self.there.foot:
            self.tally.drafts += 1
            self._text = text
            await self.type("\x15" + text.line)  # the cut may have taken the last letters
            await self._enter()

    def _hang_up(self) -> None:
        if self.line is not None:
            self.tally.spoilt += self.line.close()
            self.line = None

    async def _quit(self) -> None:
        """q, from wherever one is."""
        await self._escape()
        for _ in range(3):  # of a call that is not logged it asks once
            await self.type("q")
            with suppress(Stuck):
                await self.there.ended(PATIENCE / 4)
                break
        if await self.there.ended() == 0 and not is_restored(self.there.seen):
            self.tally.spoilt.append(f"left: {self.there.seen[-300:]!r}")
        self._hang_up()

    async def _log_in_twice(self) -> None:
        """The same agent at another terminal: the first one ends, the second goes on."""
        self.is_doubled = False
        first, second = self.there, Line(self.command)
        try:
            await second.until(lambda screen: "queue" in screen)
            await first.ended()
        except Gone:  # the second was cut meanwhile
            self.tally.spoilt += second.close()
            return
        self.tally.spoilt += first.close()
        self.line = second
        self.tally.log_ins += 1

    # ── work ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def there(self) -> Line:
        """The line that is there."""
        assert self.line is not None
        return self.line

    async def type(self, keys: str) -> None:
        """Keys, one after the other, as quick fingers do."""
        for key in keys:
            if not self.there.is_there:
                raise Gone
            self.there.type(key.encode())
            await asyncio.sleep(self.random.uniform(0.02, 0.09))

    async def _escape(self) -> None:
        """To the lead, whatever is open."""
        self._text = None
        for _ in range(3):
            await self.type("\x1b")
            await asyncio.sleep(0.05)
        if "‖" in self.there.screen:
            await self.type("\r")
            await self.there.until(lambda screen: "‖" not in screen)

    async def _do_something(self) -> None:
        if self.is_doubled:
            await self._log_in_twice()
        deeds: list[Callable[[], Awaitable[None]]] = [
            self._talk, self._talk, self._talk, self._agree, self._agree, self._miss, self._miss, self._close,
            self._sleep, self._find, self._dial, self._pause, self._take_back, self._leave_and_return,
        ]  # fmt: skip
        await self.random.choice(deeds)()
        await self._escape()
        await asyncio.sleep(self.random.uniform(0.1, 0.6))

    async def _has_lead(self, key: str, sign: str) -> bool:
        """Presses a key that wants a lead; where there is none, the next is brought."""
        await self.type(key)
        await self.there.until(lambda screen: sign in screen or NO_LEAD.search(self.there.foot))
        if sign in self.there.screen:
            return True
        await self.type("\r")
        return False

    async def _talk(self) -> None:
        if await self._has_lead("t", "save, next"):
            await self._write("{mark} wants more @+2h")

    async def _agree(self) -> None:
        if await self._has_lead("c", "save, next"):
            await self._write("{mark} said call @+3h")

    async def _sleep(self) -> None:
        if await self._has_lead("z", "sleep, next"):
            await self._write("+2h {mark} in a meeting")

    async def _write(self, pattern: str) -> None:
        """A text with a mark of its own, at times left unfinished for a while."""
        mark = f"{self.person.replace('.', '')}{len(self.tally.texts):04}"
        text = self._text = Text(mark, pattern.format(mark=mark))
        self.tally.texts.append(text)
        await self.type("\x15" + text.line)
        await self.there.until(lambda _screen: text.line in self.there.foot)
        text.typed_at = asyncio.get_running_loop().time()
        if self.random.random() < 0.25:
            await asyncio.sleep(2)
        await self._enter()

    async def _enter(self) -> None:
        """Enter, again where it asks, until the screen says that it is stored or why it is not."""
        text = self._text
        assert text is not None
        text.is_entered = True
        await self.type("\r")
        if AGAIN.search(await self.there.answer(ANSWERED)):
            await asyncio.sleep(0.5)  # an Enter that comes sooner is the tail of the one before
            await self.type("\r")
            await self.there.answer(DONE)
        if ACKNOWLEDGED.search(self.there.foot):
            text.is_acknowledged = True
            self.tally.calls += 1
            self._text = None

    async def _miss(self) -> None:
        await self._stored("n")

    async def _close(self) -> None:
        if await self._has_lead("x", "lost: why?"):
            await self._stored("1")

    async def _stored(self, key: str) -> None:
        """A key that stores something without a word."""
        before = ACKNOWLEDGED.search(self.there.foot)

        def is_answered(_screen: str) -> bool:
            found = ACKNOWLEDGED.search(self.there.foot)
            return bool(NO_LEAD.search(self.there.foot) or (found and (before is None or found[0] != before[0])))

        await self.type(key)
        await self.there.until(is_answered)
        if NO_LEAD.search(self.there.foot):
            await self.type("\r")
        else:
            self.tally.calls += 1

    async def _find(self) -> None:
        await self.type("/")
        await self.there.until(lambda screen: "── find" in screen)
        await self.type(f"\x15Firm {self.random.randrange(100):02}")
        await asyncio.sleep(0.3)

    async def _dial(self) -> None:
        if await self._has_lead("d", "Calling"):
            await asyncio.sleep(self.random.uniform(0.2, 2))
            await self._talk()

    async def _pause(self) -> None:
        await self.type("P")
        await self.there.until(lambda screen: "what for?" in screen or NO_LEAD.search(self.there.foot))
        if "what for?" in self.there.screen:
            await self.type("1")
            await self.there.until(lambda screen: "what for?" not in screen)
            await asyncio.sleep(self.random.uniform(0.5, 1.5))
            await self.type("\r")

    async def _take_back(self) -> None:
        """u, soon after something was stored; the text that comes back is dropped."""
        before = self.tally.texts[-1] if self.tally.texts else None
        was_acknowledged = before is not None and before.is_acknowledged
        await self._talk()
        last = self.tally.texts[-1] if self.tally.texts else None
        if last is None or (last is before and was_acknowledged) or not last.is_acknowledged:
            return
        await self.type("u")
        await self.there.answer(re.compile(f"Taken back|✗|{last.mark}"))
        last.is_taken_back = "✗" not in self.there.foot
        await self.type("\x15")

    async def _leave_and_return(self) -> None:
        await self._quit()
        await self._come_in()
