"""Partial pictures that begin where something changed.

Textual sends a line of a widget from its beginning up to the last cell that changed. A clock that ticks at the end of a
line is two digits. This leans on Textual's inside; `works_here` says whether that is still there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.control import Control
from textual._compositor import ChopsUpdate, Compositor

if TYPE_CHECKING:
    from rich.console import Console


class SpansUpdate(ChopsUpdate):
    """The cells of the spans and no others."""

    def render_segments(self, console: Console) -> str:
        """What goes to the terminal."""
        parts: list[str] = []
        for y, first, last in self.spans:
            for end, (begin, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                start, stop = max(first, begin), min(last, end)
                if strip is not None and start < stop:
                    parts += [
                        Control.move_to(start, y).segment.text,
                        strip.crop(start - begin, stop - begin).render(console),
                    ]
        return "".join(parts)


class SpansCompositor(Compositor):
    """Paints what changed."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """As Textual's, with pictures that begin where something changed."""
        update = super().render_partial_update()
        return update and SpansUpdate(update.chops, update.spans, update.chop_ends)


def works_here() -> bool:
    """Whether Textual still paints the way that this leans on."""
    return all(hasattr(ChopsUpdate([], [], []), name) for name in ("chops", "spans", "chop_ends", "render_segments"))
