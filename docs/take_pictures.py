"""`make pictures`: the pictures of the docs, taken of the real desk on the demo floor at a frozen moment."""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from models import crew, desks, queue
from models.demo import alive, making
from models.desks.presence import State
from tui import config, errands, i18n
from tui.face import Face
from tui.figures.sheet import FiguresSheet
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


WATCHED = (
    Picture("monitor", (146, 35), i18n.ENGLISH, ()),
    Picture("monitor-zh", (146, 35), i18n.CHINESE, ()),
    Picture("monitor-80x24", (80, 24), i18n.ENGLISH, ()),
    Picture("review", (146, 35), i18n.ENGLISH, ("r",)),
    Picture("figures", (110, 30), i18n.ENGLISH, ("F",)),
)
"""Pictures of the monitor."""
AT_WORK = (
    ("li.wei", State.ON_CALL, "", 252),
    ("wang.fang", State.ON_CALL, "", 31),
    ("zhao.lei", State.WRAP_UP, "", 220),
    ("j.smith", State.READY, "", 5),
    ("m.rossi", State.PAUSE, "lunch", 1_102),
    ("chen.jie", State.READY, "", 71),
    ("huang.min", State.ON_CALL, "", 405),
    ("a.kumar", State.LOST, "", 67),
)
"""Who does what in the pictures, and for how many seconds."""


async def take(picture: Picture, floor: Path) -> str:
    """The picture as SVG, free of fonts that a browser would fetch."""
    from tui.app import Callfloor

    i18n.use(picture.language)
    settings = config.load({"db": str(floor), "language": picture.language}, {})
    with closing(Store(settings.db)) as store:
        store.open()
        opening = store.call(errands.opening, "li.wei", NOW)
        return await drawn(Callfloor(settings, store, opening, clock=lambda: NOW), picture)


async def take_of_monitor(picture: Picture, floor: Path) -> str:
    """The same of the monitor, with a floor at work."""
    from tui.monitor import errands as reading
    from tui.monitor.app import Monitor

    i18n.use(picture.language)
    settings = config.load({"db": str(floor), "language": picture.language}, {})
    with closing(Store(settings.db)) as store:
        store.open()
        store.call(begin_work)
    with closing(Store(settings.db, read_only=True)) as store:
        store.open()
        opening = store.call(reading.opening, "zhang.hua", NOW, "full")
        return await drawn(Monitor(settings, store, opening, clock=lambda: NOW), picture)


def begin_work() -> None:
    """Agents log in, spend a morning, and do what `AT_WORK` says; some have a lead in hand."""
    rng = Random(7)
    for login, state, code, seconds in AT_WORK:
        agent, since = crew.agent_of(login).id, NOW - timedelta(seconds=seconds)
        alive.live_through_morning(agent, since - timedelta(seconds=30), rng)
        claim = queue.claim_next(agent, since) if state in (State.ON_CALL, State.WRAP_UP, State.LOST) else None
        if claim is not None:
            queue.renew(claim, NOW)
        desks.enter(agent, state, code=code, lead_id=claim.lead_id if claim else None, now=since)
        if state is not State.LOST:
            desks.seen(agent, NOW)


async def drawn(app: Face, picture: Picture) -> str:
    """What an application shows after the picture's keys."""
    async with app.run_test(size=picture.size, notifications=True) as pilot:
        for key in picture.keys:
            await pilot.press("space" if key == " " else key)
            await app.screen.settle()  # type: ignore[attr-defined]  # both first screens have it
            while isinstance(sheet := app.screen.sheet, FiguresSheet) and not sheet.question.is_answered:  # type: ignore[attr-defined]
                await pilot.pause()
        await pilot.pause()
        return re.sub(r"@font-face\s*{[^}]*}", "", app.export_screenshot(title="callfloor"))


def main() -> int:
    """Takes every picture anew, or those that are named, each on its own fresh floor."""
    HERE.mkdir(exist_ok=True)
    wanted = set(sys.argv[1:])
    for picture in (*PICTURES, *WATCHED):
        if wanted and picture.name not in wanted:
            continue
        draw = take_of_monitor if picture in WATCHED else take
        with tempfile.TemporaryDirectory() as folder:
            floor = Path(folder) / "floor.db"
            making.make(floor, NOW, leads=LEADS)
            (HERE / f"{picture.name}.svg").write_text(asyncio.run(draw(picture, floor)), encoding="utf-8")
            print(f"{picture.name}.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
