"""Choosing from a list by typing: the list lies over the card, the composer has the letters, nothing else is opened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from tui.lines.text import Line
from tui.listing import PAGE, Listing
from tui.screens import questions
from tui.screens.doing import Doing
from tui.sheets import Hints

T = TypeVar("T")


class Choosing(Doing):
    """What find, an inbound call and the palette have in common."""

    _left_at = 0
    """How far the card was scrolled when the list was laid over it."""

    def _choose_by_typing(
        self,
        listing: Listing[T],
        label: str,
        *,
        preview: Callable[[str], Line],
        submit: Callable[[str], Awaitable[None]],
        hints: Hints,
        changed: Callable[[str], None],
        text: str = "",
        keys: Mapping[str, Callable[[], Awaitable[None]]] | None = None,
    ) -> None:
        """Opens list and composer; Esc shows what was there before."""

        def moving(by: int) -> Callable[[], Awaitable[None]]:
            async def move() -> None:
                listing.move(by)
                self.desk.paint.card()
                self.desk.composer.rewrite()

            return move

        table = {"up": moving(-1), "down": moving(1), "pageup": moving(-PAGE), "pagedown": moving(PAGE)}
        table |= {"escape": self._leave_list, "ctrl+c": self._leave_list, **(keys or {})}
        self._left_at = self.desk.card.top
        self.write_into(label, preview, submit, hints, text=text, keys=table, changed=changed)
        self.entitle(listing.title)
        self.desk.open_sheet(listing)

    async def _leave_list(self) -> None:
        """Back to the lead as it was being read."""
        questions.forget(self.desk)
        self.stop_writing(keep=False)
        self.desk.close_sheet()
        self.desk.card.scroll_lines(self._left_at)
        self.desk.say("")
