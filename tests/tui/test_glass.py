"""The desk that is looked at: who is let in, what goes out, what the agent sees of it, and that nothing comes in."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import crew
from models.base import new_token
from models.people import Role
from models.watching.masks import Mask
from tests.tui import floors
from tests.tui.floors import COLLEAGUE, NOW, SUPERVISOR, Seat, Team, at, set_up
from tests.tui.looking import Looker, glazed, looking
from tui import i18n
from tui.config import Config
from tui.glass import frames, places, watchers
from tui.glass.frames import Frame
from tui.glass.pictures import picture
from tui.screens import glass
from tui.widgets.lines_view import LinesView

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def seated(url: str, *, config: Config | None = None, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Seat]:
    """Sits down at a desk whose session has begun."""
    async with floors.seated(url, config=config, size=size) as seat:
        await seat.desk.settle()
        yield seat


def lookers(seat: Seat) -> tuple[str, ...]:
    assert seat.desk.glass is not None
    return seat.desk.glass.lookers


async def settled(looker: Looker, seat: Seat) -> None:
    """What the desk shows now has come."""
    await looker.until(lambda _text: shown(looker) == drawn(seat))


def shown(looker: Looker) -> str:
    return " ".join(looker.text.split())


def drawn(seat: Seat) -> str:
    """The desk's own picture, as Textual has composed it."""
    strips = seat.desk._compositor.render_strips()
    return " ".join(" ".join(strip.text for strip in strips).split())


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (146, 35)])
@pytest.mark.parametrize("language", [i18n.ENGLISH, i18n.CHINESE])
async def test_what_is_sent_is_what_stands_there(fresh_sqlite: str, language: str, size: tuple[int, int]) -> None:
    i18n.use(language)
    team, config = set_up(fresh_sqlite), glazed(fresh_sqlite)
    async with seated(fresh_sqlite, config=config, size=size) as seat, looking(config, team.agent) as looker:
        await settled(looker, seat)
        for key in ("enter", "question_mark", "escape", "d", "t", "o", "k"):
            await seat.press(key)
            await settled(looker, seat)
        assert "Acme Tools" in looker.text
        assert "张敏" in looker.text
        strips = [strip.text.rstrip() for strip in seat.desk._compositor.render_strips()]
        assert looker.text.split("\n") == strips
        assert (looker.frames[-1].width, looker.frames[-1].height) == size


async def test_the_agent_sees_who_looks_for_as_long_as_they_do(fresh_sqlite: str) -> None:
    team, config = set_up(fresh_sqlite), glazed(fresh_sqlite)
    async with seated(fresh_sqlite, config=config, size=(80, 24)) as seat:
        assert "looks at your screen" not in seat.desk.status.text
        async with looking(config, team.agent) as first:
            await first.until(lambda text: "◉ Chen looks at your screen" in text)
            assert "◉ Chen looks at your screen" in seat.desk.status.text
            async with looking(config, team.agent, "boss") as second:
                await second.until(lambda text: "◉ Chen, Boss look at your screen" in text)
            await first.until(lambda text: "◉ Chen looks at your screen" in text)
        await seat.until(lambda: "look" not in seat.desk.status.text)
        assert all(part.watched is None for part in seat.desk.query(LinesView)), "it costs nothing from here on"


async def test_nothing_is_sent_while_nothing_changes_and_then_only_that(fresh_sqlite: str) -> None:
    team, config = set_up(fresh_sqlite), glazed(fresh_sqlite)
    async with seated(fresh_sqlite, config=config) as seat, looking(config, team.agent) as looker:
        await settled(looker, seat)
        assert await looker.rest() == b""
        await seat.press("down")
        await looker.read()
        assert 1 <= len(looker.frames[-1].lines) <= 4
        assert await looker.rest() == b""


async def test_what_a_watcher_sends_does_nothing(fresh_sqlite: str) -> None:
    team, config = set_up(fresh_sqlite), glazed(fresh_sqlite)
    async with seated(fresh_sqlite, config=config) as seat:
        line = places.knock(config, team.agent)
        line.send(frames.written(frames.Greeting(SUPERVISOR)) + b"q\r\x1b[31mxxx" * 40)  # in one go, behind the name
        looker = Looker(*await asyncio.open_unix_connection(sock=line, limit=frames.LONGEST))
        assert not await looker.read(), "a greeting is a line and nothing else"
        looker.writer.transport.abort()
        async with looking(config, team.agent) as looker:
            await settled(looker, seat)
            before = drawn(seat)
            with pytest.raises((BrokenPipeError, ConnectionResetError)):
                await flood(looker)
            assert lookers(seat) == ("Chen",)
            assert drawn(seat) == before
            assert seat.app.is_running


async def flood(looker: Looker) -> None:
    """Keys, as many as anybody takes."""
    async with asyncio.timeout(20):
        while True:
            looker.writer.write(b"q\rx" * 1000)
            await looker.writer.drain()


@pytest.mark.parametrize("login", [COLLEAGUE, "li.wei", "brown", "nobody", "", "chen\x00", "x" * 300])
async def test_who_may_not_look_is_given_no_byte(fresh_sqlite: str, login: str) -> None:
    team, config = set_up(fresh_sqlite), glazed(fresh_sqlite)
    with at(fresh_sqlite):
        crew.add_team("south", by=team.manager, token=new_token(), now=NOW)
        crew.add_agent(
            "brown", name="Brown", role=Role.SUPERVISOR, team="south", by=team.manager, token=new_token(), now=NOW
        )
    async with seated(fresh_sqlite, config=config) as seat, looking(config, team.agent, login) as looker:
        assert not await looker.read()
        assert looker.raw == b""
        assert lookers(seat) == ()


async def test_who_may_look_no_longer_is_shown_the_door(fresh_sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glass, "ASKED", 0.05)
    team, config = set_up(fresh_sqlite), glazed(fresh_sqlite)
    async with seated(fresh_sqlite, config=config) as seat, looking(config, team.agent) as looker:
        await looker.until(lambda text: "Chen looks" in text)
        await seat.app.store.run(crew.leave, SUPERVISOR, to=None, by=team.manager, token=new_token(), now=NOW)
        while await looker.read():
            pass
        await seat.until(lambda: lookers(seat) == ())


async def test_nothing_listens_unless_it_is_allowed(fresh_sqlite: str) -> None:
    team, config = set_up(fresh_sqlite), glazed(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter")
        assert seat.desk.glass is None
        assert not places.folder(config).exists()
        with pytest.raises(FileNotFoundError):
            places.knock(config, team.agent)


async def test_a_desk_works_where_no_socket_can_be_made(fresh_sqlite: str, tmp_path: Path) -> None:
    set_up(fresh_sqlite)
    config = glazed(fresh_sqlite, folder=str(tmp_path / "nowhere"))
    async with seated(fresh_sqlite, config=config) as seat:
        await seat.press("enter")
        assert seat.company == "Acme Tools"
        assert lookers(seat) == ()


async def test_the_line_is_gone_with_the_desk_and_replaces_one_that_was_killed(fresh_sqlite: str) -> None:
    team, config = set_up(fresh_sqlite), glazed(fresh_sqlite)
    folder = places.folder(config)
    left = places.listen(config, team.agent)
    left.ear.close()  # as a kill does: its name stays
    with pytest.raises(ConnectionRefusedError):
        places.knock(config, team.agent)
    async with seated(fresh_sqlite, config=config) as seat, looking(config, team.agent) as looker:
        await settled(looker, seat)
        assert stat.S_IMODE((folder / str(team.agent)).stat().st_mode) == places.MODE
        left.shut()
        assert [one.name for one in folder.iterdir()] == [str(team.agent)], "a later log-in's is left alone"
    assert list(folder.iterdir()) == []


async def test_a_watcher_who_does_not_read_holds_nobody_up(fresh_sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchers, "ROOM", 4096)
    monkeypatch.setattr(watchers.Watcher, "patience", 0.3)
    monkeypatch.setattr(glass, "PACE", 0.0)
    team, config = set_up(fresh_sqlite), glazed(fresh_sqlite)
    async with seated(fresh_sqlite, config=config) as seat:
        line = places.knock(config, team.agent)
        with line:
            line.send(frames.written(frames.Greeting(SUPERVISOR)))
            await seat.until(lambda: lookers(seat) == ("Chen",))
            async with looking(config, team.agent, "boss") as other, asyncio.timeout(20):
                while "Chen" in lookers(seat):
                    await seat.press("question_mark")
                    await settled(other, seat)
                    await seat.press("escape")
                    await settled(other, seat)
                assert lookers(seat) == ("Boss",)


WATCHER = """
import os, sys
from tui.config import Config, Glass
from tui.glass import frames, places
config, uid = Config(db=sys.argv[1], glass=Glass(True, sys.argv[2])), int(sys.argv[5])
if uid:
    os.setgroups([*map(int, sys.argv[6:])]); os.setgid(uid); os.setuid(uid)
line = places.knock(config, int(sys.argv[3]))
line.setblocking(True)
try:
    line.send(frames.written(frames.Greeting(sys.argv[4])))
    said = line.recv(1 << 16)
except (BrokenPipeError, ConnectionResetError):  # not asked for a name; shut before it was heard
    said = line.recv(1 << 16)
print(len(said), flush=True)
while said:
    said = line.recv(1 << 16)
"""


def watcher(url: str, folder: Path, agent_id: int, login: str, uid: int = 0, *groups: int) -> subprocess.Popen[str]:
    """A watcher as a process of its own, of another user where there may be one."""
    command = [sys.executable, "-c", WATCHER, url, str(folder), str(agent_id), login, str(uid), *map(str, groups)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where everybody may come; a test's own folder is closed to other users."""
    path = Path(tempfile.mkdtemp(prefix="callfloor-", dir="/tmp"))
    path.chmod(0o777)
    try:
        yield path
    finally:
        shutil.rmtree(path)


async def test_a_watcher_who_is_killed_is_gone_at_once(fresh_sqlite: str, folder: Path) -> None:
    team, config = set_up(fresh_sqlite), glazed(fresh_sqlite, folder=str(folder))
    async with seated(fresh_sqlite, config=config) as seat:
        with watcher(fresh_sqlite, folder, team.agent, SUPERVISOR) as other:
            await seat.until(lambda: "◉ Chen looks at your screen" in seat.desk.status.text)
            other.send_signal(signal.SIGKILL)
            await seat.until(lambda: "look" not in seat.desk.status.text)


NOBODY, GROUP = 65_534, 47_110
SAID = "boss" if os.geteuid() == 0 else "nobody"
"""Another user lies in vain; where the tests may not become another user, the one there is says who they are."""


@pytest.mark.parametrize(
    ("role", "home", "is_let_in"),
    [
        (None, "", False),
        (Role.AGENT, "north", False),
        (Role.SUPERVISOR, "south", False),
        (Role.SUPERVISOR, "north", True),
        (Role.MANAGER, "", True),
    ],
)
async def test_another_user_is_who_the_system_says(
    fresh_sqlite: str, folder: Path, role: Role | None, home: str, is_let_in: bool
) -> None:
    team, config = set_up(fresh_sqlite), glazed(fresh_sqlite, folder=str(folder))
    add_nobody(fresh_sqlite, team, role, home)
    async with seated(fresh_sqlite, config=config) as seat:
        (folder / str(team.agent)).chmod(0o666)  # as for a user of the supervisors' group
        with watcher(fresh_sqlite, folder, team.agent, SAID, NOBODY if os.geteuid() == 0 else 0) as other:
            assert other.stdout is not None
            said = await asyncio.to_thread(other.stdout.readline)
            assert (int(said) > 0) is is_let_in, other.stderr
            assert lookers(seat) == (("Nobody",) if is_let_in else ())
            other.kill()


def add_nobody(url: str, team: Team, role: Role | None, home: str) -> None:
    with at(url):
        crew.add_team("south", by=team.manager, token=new_token(), now=NOW)
        if role is not None:
            crew.add_agent(
                "nobody", name="Nobody", role=role, team=home or None, by=team.manager, token=new_token(), now=NOW
            )


async def test_another_user_cannot_even_knock(fresh_sqlite: str, folder: Path) -> None:
    team, config = set_up(fresh_sqlite), glazed(fresh_sqlite, folder=str(folder))
    add_nobody(fresh_sqlite, team, Role.SUPERVISOR, "north")
    async with seated(fresh_sqlite, config=config) as seat:
        assert stat.S_IMODE((folder / str(team.agent)).stat().st_mode) & 0o007 == 0
        if os.geteuid() == 0:
            with watcher(fresh_sqlite, folder, team.agent, SAID, NOBODY) as other:
                _out, complaint = await asyncio.to_thread(other.communicate)
                assert "PermissionError" in complaint
        assert lookers(seat) == ()


@pytest.mark.parametrize("is_supervisor", [True, False])
async def test_the_group_of_the_folder_opens_it(fresh_sqlite: str, folder: Path, is_supervisor: bool) -> None:
    """As `deploy/` makes it: who has the group may knock, though they own nothing there."""
    team, config = set_up(fresh_sqlite), glazed(fresh_sqlite, folder=str(folder))
    add_nobody(fresh_sqlite, team, Role.SUPERVISOR, "north")
    is_root = os.geteuid() == 0
    os.chown(folder, -1, GROUP if is_root else -1)
    os.chmod(folder, 0o3753)
    async with seated(fresh_sqlite, config=config) as seat:
        assert os.stat(folder / str(team.agent)).st_gid == os.stat(folder).st_gid
        groups = (GROUP,) if is_supervisor else ()
        with watcher(fresh_sqlite, folder, team.agent, "nobody", NOBODY if is_root else 0, *groups) as other:
            if is_supervisor or not is_root:
                await seat.until(lambda: lookers(seat) == ("Nobody",))
                other.kill()
            else:
                _out, complaint = await asyncio.to_thread(other.communicate)
                assert "PermissionError" in complaint


async def test_too_many_lines_are_dropped(fresh_sqlite: str) -> None:
    team, config = set_up(fresh_sqlite), glazed(fresh_sqlite)
    async with seated(fresh_sqlite, config=config) as seat, AsyncExitStack() as lines:
        for _one in range(glass.MOST):
            looker = await lines.enter_async_context(looking(config, team.agent))
            await looker.until(lambda text: "Chen looks" in text)
        assert lookers(seat) == ("Chen",)
        async with looking(config, team.agent) as late:
            assert not await late.read()


@pytest.mark.parametrize("numbers", ["masked", "hidden"])
async def test_no_number_leaves_the_desk(fresh_sqlite: str, numbers: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glass, "PACE", 0.0)
    team, config = set_up(fresh_sqlite), glazed(fresh_sqlite, numbers=numbers)
    async with seated(fresh_sqlite, config=config) as seat, looking(config, team.agent) as looker:
        await seat.press("enter", "d", "t")
        for letter in "call 13900139777 or 0571-8888-1234":
            await seat.type(letter)
            await masked_as_drawn(looker, seat, Mask(numbers))
        await seat.press("tab")
        await looker.until(lambda text: "call •••" in text)
        for number in ("13800138000", "13900139777", "057188881234"):
            for first in range(len(number) - 3):
                assert number[first : first + 4] not in spoken(looker)


async def masked_as_drawn(looker: Looker, seat: Seat, mask: Mask) -> None:
    """What the desk shows now has come, masked."""
    now = picture(seat.desk.query(LinesView), seat.app.size, mask)
    await looker.until(lambda _text: looker.lines == now)


def spoken(looker: Looker) -> str:
    """Every text that came, without what stands between digits."""
    texts = ("".join(text for text, _style in line) for frame in looker.frames for line in frame.lines.values())
    return "\n".join(text.translate(dict.fromkeys(map(ord, " -+()"))) for text in texts)


async def test_what_customers_are_called_steers_nothing(fresh_sqlite: str) -> None:
    team, config = set_up(fresh_sqlite, ("\x1b]0;evil\x07[red]Evil[/red]\x9b31m\u202e",)), glazed(fresh_sqlite)
    async with seated(fresh_sqlite, config=config) as seat, looking(config, team.agent) as looker:
        await seat.press("enter", "d")
        await settled(looker, seat)
        assert "[red]Evil[/red]" in looker.text
        assert looker.text.replace("\n", "").isprintable()
        assert b"tel:" not in looker.raw


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=20)), max_size=5))
def test_no_frame_steers_who_looks(line: list[tuple[str, str]]) -> None:
    said = json.dumps({"width": 80, "height": 24, "lines": {"3": [*line, ["\x1b[2J\u202ex", "tel:+861 strong"]]}})
    found = frames.frame(said.encode("utf-8", "surrogatepass") + b"\n")
    if found is not None:  # half a pair of letters is no text
        texts, styles = zip(*found.lines[3], strict=True)
        assert not any(unicodedata.category(letter) == "Cc" or letter in "\u202e\u200b" for letter in "".join(texts))
        assert texts[-1] == "[2Jx"
        assert styles[-1] == "strong"
        assert all(word.isalpha() for style in styles for word in style.split())


@pytest.mark.parametrize(
    "said",
    [
        b"", b"\n", b"{}\n", b"[1]\n", b"\xff\n", b'{"width":0,"height":1,"lines":{}}\n',
        b'{"width":80,"height":99999,"lines":{}}\n', b'{"width":80,"height":24,"lines":{"1000":[]}}\n',
        b'{"width":80,"height":24,"lines":{"1":[["x"]]}}\n', b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_frame_is_none(said: bytes) -> None:
    assert frames.frame(said) is None


def test_frames_put_together_are_the_screen() -> None:
    first = [(("a", ""),), (("b", "strong"),)]
    then = [(("a", ""),), (("c", ""),), (("d", ""),)]
    assert frames.applied([], Frame(5, 2, frames.changed([], first))) == first
    assert frames.changed(first, then) == {1: then[1], 2: then[2]}
    assert frames.applied(first, Frame(5, 3, frames.changed(first, then))) == then
    assert frames.applied(then, Frame(5, 2, frames.changed(then, first))) == first
