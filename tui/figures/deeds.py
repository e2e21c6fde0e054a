"""The commands that open figures, for a desk and a monitor alike. What they need is loaded when one is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.screens.questions import Asking


class Showing:
    """Opening screens of figures."""

    @property
    def host(self) -> Asking:
        """The screen that they are opened over."""
        raise NotImplementedError

    async def show_funnel(self) -> None:
        """F: where leads are won and lost."""
        await self._show("funnel")

    async def show_plan(self) -> None:
        """N: what is needed for the target."""
        await self._show("plan")

    async def show_forecast(self) -> None:
        """W: what will be won."""
        await self._show("forecast")

    async def show_board(self) -> None:
        """B: who did how much."""
        await self._show("board")

    async def _show(self, code: str) -> None:
        from tui.figures import screens

        await screens.show(self.host, code)
