"""A supervisor looks at an agent's screen: a real desk on its terminal, a real socket, a monitor that reads."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import string
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.cells import cell_len

from models import desks
from tests.tui.floors import LOGIN, NOW, at
from tests.tui.looking import glazed
from tests.tui.monitor.test_read_only import come_back
from tests.tui.test_desk_kill import Window
from tests.tui.test_terminal import closed
from tests.tui.watching import SUPERVISOR, Gallery, busy_floor, watching
from tui import i18n
from tui.config import Config
from tui.glass import frames, places
from tui.glass.frames import Frame
from tui.lines.text import Line, width_of
from tui.monitor import glass
from tui.monitor.glass import GlassSheet, seen_from

START = (
    "import sys; from datetime import UTC, datetime, timedelta; from tui import i18n, opening; "
    "from tui.config import Config, Glass, Monitor; i18n.use(sys.argv[4]); "
    "ahead = timedelta(seconds=float(sys.argv[2])); "
    "config = Config(db=sys.argv[1], monitor=Monitor(sys.argv[3]), glass=Glass(allowed=True)); "
    f"sys.exit(opening.run(config, {LOGIN!r}, clock=lambda: datetime.now(UTC) + ahead))"
)


class Desk(Window):
    """A desk as a process of its own, on a terminal that is read all the while."""

    def __init__(self, config: Config) -> None:
        ahead = (NOW - datetime.now(UTC)).total_seconds()
        numbers, language = config.monitor.numbers, i18n.language()
        super().__init__([sys.executable, "-c", START, config.db, str(ahead), numbers, language])
        self._came = asyncio.Event()
        asyncio.get_running_loop().add_reader(self.ours, self._take)

    def _take(self) -> None:
        try:
            self.seen += os.read(self.ours, 65536)
        except OSError:  # it has ended
            self.leave()
        self._came.set()

    async def shows(self, is_so: Callable[[str], object]) -> None:
        """Waits until its screen shows it."""
        async with asyncio.timeout(30):
            while not is_so(self.screen):
                self._came.clear()
                await self._came.wait()

    def leave(self) -> None:
        """Reads no more."""
        asyncio.get_running_loop().remove_reader(self.ours)

    def kill(self) -> None:
        """Ends without a word."""
        self.program.send_signal(signal.SIGKILL)
        self.program.wait()


@asynccontextmanager
async def at_a_desk(config: Config) -> AsyncIterator[Desk]:
    """Li Wei at work."""
    desk = Desk(config)
    with closed(desk):
        try:
            await desk.shows(lambda screen: "Li Wei" in screen)
            yield desk
        finally:
            desk.leave()


async def look(gallery: Gallery) -> GlassSheet:
    """Goes to Li Wei, and opens the screen."""
    names = [row.name for row in gallery.watch.survey.overview.agents]
    steps = names.index("Li Wei") - gallery.watch.floor.cursor
    await gallery.press(*["down" if steps > 0 else "up"] * abs(steps), "g")
    sheet = gallery.watch.sheet
    assert isinstance(sheet, GlassSheet)
    return sheet


def seen(sheet: GlassSheet) -> str:
    """The screen behind the glass."""
    return "\n".join("".join(text for text, _style in line).rstrip() for line in sheet.screen)


@pytest.mark.parametrize("language", [i18n.ENGLISH, i18n.CHINESE])
async def test_a_screen_is_seen_live_and_its_agent_knows(fresh_sqlite: str, language: str) -> None:
    i18n.use(language)
    busy_floor(fresh_sqlite)
    config, sign = glazed(fresh_sqlite), i18n._("{name} looks at your screen").format(name="Chen")
    async with at_a_desk(config) as desk, watching(fresh_sqlite, SUPERVISOR, config=config) as gallery:
        sheet = await look(gallery)
        await desk.shows(lambda screen: sign in screen)
        await gallery.until(lambda: sign in gallery.shown("cover"))
        desk.type(b"\r")
        await gallery.until(lambda: "+86 138 0013 8004" in seen(sheet))
        desk.type("t价格贵".encode())
        await gallery.until(lambda: "价格贵" in gallery.shown("cover"))
        await gallery.until(lambda: seen(sheet) == "\n".join(line.rstrip() for line in desk.screen.split("\n")))
        assert (sheet.width, len(sheet.screen)) == (80, 24)
        await gallery.press("escape")
        assert gallery.watch.sheet is None
        await desk.shows(lambda screen: sign not in screen)


async def test_another_sheet_on_top_ends_the_look_until_it_is_closed(fresh_sqlite: str) -> None:
    busy_floor(fresh_sqlite)
    config = glazed(fresh_sqlite)
    async with at_a_desk(config) as desk, watching(fresh_sqlite, SUPERVISOR, config=config) as gallery:
        await look(gallery)
        await desk.shows(lambda screen: "Chen looks" in screen)
        await gallery.press("question_mark")
        await desk.shows(lambda screen: "Chen looks" not in screen)
        await gallery.press("escape")
        await desk.shows(lambda screen: "Chen looks" in screen)
        await gallery.press("tab")
        await desk.shows(lambda screen: "Chen looks" not in screen)


async def test_whatever_becomes_of_the_desk_is_said_in_words(
    fresh_sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glass, "AGAIN", 0.05)
    busy_floor(fresh_sqlite)
    config = glazed(fresh_sqlite)
    async with watching(fresh_sqlite, SUPERVISOR, config=config) as gallery:
        sheet = await look(gallery)
        await gallery.until(lambda: "Not there" in gallery.shown("cover"))
        async with at_a_desk(config) as desk:
            await gallery.until(lambda: "Chen looks" in gallery.shown("cover"))
            desk.kill()
            await gallery.until(lambda: "Line lost" in gallery.shown("cover"))
            assert "Chen looks" not in gallery.shown("cover")
        async with at_a_desk(config) as first:
            await gallery.until(lambda: "Chen looks" in seen(sheet))
            async with at_a_desk(config) as second:  # the same agent logs in again: the look goes along
                await first.shows(lambda screen: "this desk is closed" in screen and "Chen looks" not in screen)
                await second.shows(lambda screen: "Chen looks" in screen)
                await gallery.until(lambda: "Chen looks" in gallery.shown("cover"))
                second.program.terminate()
                await gallery.until(lambda: "Line lost" in gallery.shown("cover"))


async def test_who_may_not_look_is_told(fresh_sqlite: str) -> None:
    """A monitor shows the own team alone; what a desk says to others is seen where its supervisor changes."""
    team = busy_floor(fresh_sqlite)
    config = glazed(fresh_sqlite)
    async with watching(fresh_sqlite, SUPERVISOR, config=config) as gallery, at_a_desk(config) as desk:
        # The picture of the floor stays what it was, however long this takes.
        gallery.watch.workers.cancel_group(gallery.watch, "survey")
        with sqlite3.connect(fresh_sqlite.removeprefix("sqlite:///")) as database:
            database.execute("UPDATE agent SET team_id = 2 WHERE id = ?", (team.agent,))
        database.close()
        await look(gallery)
        await gallery.until(lambda: "Not allowed" in gallery.shown("cover"))
        assert "Chen looks" not in desk.screen


async def test_unless_it_is_allowed_the_key_says_so(fresh_sqlite: str) -> None:
    busy_floor(fresh_sqlite)
    async with watching(fresh_sqlite, SUPERVISOR) as gallery:
        assert "screen" not in gallery.shown("footer")
        await gallery.press("g")
        assert gallery.watch.sheet is None
        assert "Not allowed: the configuration of this machine" in gallery.shown("footer")


async def test_somebody_elses_socket_is_nobodys_desk(fresh_sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    team = busy_floor(fresh_sqlite)
    config = glazed(fresh_sqlite)
    door = places.listen(config, team.agent)
    monkeypatch.setattr(places, "peer", lambda line: places.Peer(4711, "mallory"))
    async with watching(fresh_sqlite, SUPERVISOR, config=config) as gallery:
        await look(gallery)
        await gallery.until(lambda: "Not there" in gallery.shown("cover"))
    door.shut()


@pytest.mark.parametrize("said", [b"no frame\n", b'{"width":80,"height":24,"lines":{"0":[["x","", ""]]}}\n', b"x" * 99])
async def test_a_desk_that_talks_nonsense_harms_nobody(fresh_sqlite: str, said: bytes) -> None:
    team = busy_floor(fresh_sqlite)
    config = glazed(fresh_sqlite)
    door = places.listen(config, team.agent)

    def answer() -> None:
        line, _address = door.ear.accept()
        with line:
            line.send(frames.written(Frame(80, 24, {0: (("\x1b[2Jhello\x07", "tel:+861 lost"),)})))
            line.send(said)

    loop = asyncio.get_running_loop()
    loop.add_reader(door.ear, answer)
    async with watching(fresh_sqlite, SUPERVISOR, config=config) as gallery:
        sheet = await look(gallery)
        await gallery.until(lambda: "Line lost" in gallery.shown("cover"))
        assert sheet.screen[0] == (("[2Jhello", "lost"),)
    loop.remove_reader(door.ear)
    door.shut()


async def test_numbers_are_masked_by_the_desk_and_no_wider_than_ones_own_file_says(fresh_sqlite: str) -> None:
    busy_floor(fresh_sqlite)
    masked, full = glazed(fresh_sqlite, numbers="masked"), glazed(fresh_sqlite)
    for there, here in ((masked, full), (full, masked)):
        async with at_a_desk(there) as desk, watching(fresh_sqlite, SUPERVISOR, config=here) as gallery:
            sheet = await look(gallery)
            desk.type(b"\r")
            await gallery.until(lambda: "+•• ••• •••• ••04" in gallery.shown("cover"))
            assert ("0013" in seen(sheet)) is (there is full)
            assert "0013" not in gallery.shown("cover")
            desk.kill()


async def test_looking_changes_nothing(fresh_sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    team = busy_floor(fresh_sqlite)
    config = glazed(fresh_sqlite)
    async with at_a_desk(config), watching(fresh_sqlite, SUPERVISOR, config=config) as gallery:
        await look(gallery)
        await gallery.until(lambda: "Chen looks" in gallery.shown("cover"))
        before = floor_file(fresh_sqlite)
        for key in (*string.ascii_lowercase.replace("q", ""), "enter", "space", "left", "right", "pagedown", "tab"):
            await come_back(gallery)
            await look(gallery)
            await gallery.press(key)
        assert floor_file(fresh_sqlite) == before
    with at(fresh_sqlite):
        assert desks.present(team.agent) is not None


def floor_file(url: str) -> bytes:
    """Every byte of the floor's records; the desk itself writes where it keeps its drafts."""
    path = Path(url.removeprefix("sqlite:///"))
    return path.read_bytes() + Path(f"{path}-wal").read_bytes()


WIDE_LINE: Line = (("abc", "strong"), ("华星机械", ""), (" end", "dim"))


@pytest.mark.parametrize("left", range(12))
@pytest.mark.parametrize("width", [1, 5, 8, 20])
def test_a_part_of_a_line_has_its_letters_in_their_cells(left: int, width: int) -> None:
    cells = "abc" + "".join(letter + "\0" for letter in "华星机械") + " end"
    part = "".join(text for text, _style in seen_from(WIDE_LINE, left, width))
    assert width_of(((part, ""),)) <= width
    assert not left or part.startswith("…")
    shown = "".join(letter + "\0" * (cell_len(letter) - 1) for letter in part)
    for place, letter in enumerate(shown):
        assert letter in ("…", " ", "\0", cells[left + place])


@pytest.mark.parametrize("size", [(80, 24), (146, 35)])
async def test_what_has_no_room_is_reached_with_the_arrows(fresh_sqlite: str, size: tuple[int, int]) -> None:
    team = busy_floor(fresh_sqlite)
    config = glazed(fresh_sqlite)
    door = places.listen(config, team.agent)
    lines: dict[int, Line] = {place: ((f"{place:02} " + "华" * 80 + " end", ""),) for place in range(50)}

    def answer() -> None:
        held.append(door.ear.accept()[0])
        held[0].send(frames.written(Frame(200, 50, lines)))

    held: list[socket.socket] = []
    loop = asyncio.get_running_loop()
    loop.add_reader(door.ear, answer)
    async with watching(fresh_sqlite, SUPERVISOR, config=config, size=size) as gallery:
        await look(gallery)
        await gallery.until(lambda: "00 华" in gallery.shown("cover"))
        shown = gallery.watch.cover.text
        assert "end" not in shown
        assert "…" in shown
        assert "200×50" in shown
        await gallery.press(*["right"] * 10)
        assert "华 end" in gallery.watch.cover.text
        await gallery.press(*["left"] * 10, *["pagedown"] * 3)
        assert "49 华" in gallery.watch.cover.text
        held[0].close()
    loop.remove_reader(door.ear)
    door.shut()
