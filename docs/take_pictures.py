"""`make pictures`: the pictures of the docs, taken of the real desk on the demo floor at a frozen moment."""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from models.demo import making
from tui import config, errands, i18n
from tui.store import Store

HERE = Path(__file__).parent / "pictures"
NOW = datetime(2026, 6, 18, 6, 3, tzinfo=UTC)
"""A Thursday: 14:03 in Shanghai, 07:03 in London."""
LEADS = 3_000


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its file, the terminal's size, the language, and what is typed before it is taken."""

    name: str
    size: tuple[int, int]
    language: str
    keys: tuple[str, ...]


PICTURES = (
    Picture("desk", (146, 35), i18n.ENGLISH, ("enter",)),
    Picture("desk-zh", (146, 35), i18n.CHINESE, ("enter",)),
    Picture("desk-80x24", (80, 24), i18n.ENGLISH, ("enter",)),
    Picture("composer", (110, 30), i18n.ENGLISH, ("enter", "t", *"agrees if support is free #price @fri 10am")),
    Picture("why", (110, 30), i18n.ENGLISH, ("enter", "w")),
    Picture("promote", (110, 30), i18n.ENGLISH, ("enter", "p")),
)


async def take(picture: Picture, floor: Path) -> str:
    """The picture as SVG, free of fonts that a browser would fetch."""
    from tui.app import Callfloor
    from tui.screens.desk import Desk

    i18n.use(picture.language)
    settings = config.load({"db": str(floor), "language": picture.language}, {})
    with closing(Store(settings.db)) as store:
        store.open()
        opening = store.call(errands.opening, "li.wei", NOW)
        app = Callfloor(settings, store, opening, clock=lambda: NOW)
        async with app.run_test(size=picture.size, notifications=True) as pilot:
            desk = app.screen
            assert isinstance(desk, Desk)
            for key in picture.keys:
                await pilot.press("space" if key == " " else key)
                await desk.settle()
            await pilot.pause()
            return re.sub(r"@font-face\s*{[^}]*}", "", app.export_screenshot(title="callfloor"))


def main() -> int:
    """Takes every picture anew, each on its own fresh floor."""
    HERE.mkdir(exist_ok=True)
    for picture in PICTURES:
        with tempfile.TemporaryDirectory() as folder:
            floor = Path(folder) / "floor.db"
            making.make(floor, NOW, leads=LEADS)
            (HERE / f"{picture.name}.svg").write_text(asyncio.run(take(picture, floor)), encoding="utf-8")
            print(f"{picture.name}.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
