"""The table of keys over figures: every command has its deed, none takes a key that opens figures."""

from __future__ import annotations

import pytest

from models.errors import Refused
from tests.tui.figures.test_screens import before, sheet_of, turn
from tui import keys, words
from tui.commands import DESK, FIGURES, FORBIDDEN_KEYS, Command
from tui.figures import commands
from tui.figures.screens import VIEWS
from tui.figures.sheet import FiguresSheet
from tui.monitor.commands import MONITOR

SCREENS = {"desk": DESK, "monitor": MONITOR}


def test_every_command_has_its_deed() -> None:
    deeds = {one.id.removeprefix("figures.").replace("-", "_") for one in commands.FIGURES}
    assert {name for name in deeds if not callable(getattr(FiguresSheet, name, None))} == set()
    assert not {one.key for one in commands.FIGURES} & FORBIDDEN_KEYS


@pytest.mark.parametrize("screen", SCREENS)
def test_the_same_keys_open_the_same_screens(screen: str) -> None:
    found = {one.id: one.key for one in SCREENS[screen]}
    assert {code: found[f"{screen}.show-{code}"] for code, *_ in FIGURES} == {code: key for code, key, *_ in FIGURES}
    assert {code for code, *_ in FIGURES} == set(VIEWS)


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize(
    ("command", "key", "other"),
    [
        ("figures.turn-view", "F", "{screen}.show-funnel"),
        ("figures.turn-view", "p", "figures.turn-period"),
        ("{screen}.show-board", "n", "figures.count-anew"),
    ],
)
def test_a_clash_is_refused_by_name(screen: str, command: str, key: str, other: str) -> None:
    changed = {command.format(screen=screen): key}
    with pytest.raises(Refused) as refused:
        commands.keymap(keymap_of(SCREENS[screen], changed), changed)
    assert refused.value.code == "key_clash"
    said = words.refusal(refused.value)
    assert command.format(screen=screen) in said
    assert other.format(screen=screen) in said


def keymap_of(table: tuple[Command, ...], changes: dict[str, str]) -> keys.Keymap:
    """The keys of a screen without any outcomes."""
    return keys.keymaps(table, {0: ()}, changes)[0]


async def test_the_help_shows_every_one(past_floor: str) -> None:
    async with before(past_floor, size=(146, 90)) as gallery:
        await turn(gallery, "F")
        await gallery.press("question_mark")
        shown = gallery.shown("cover")
        assert all(one.tip in shown for one in commands.FIGURES)
        await gallery.press("escape")
        assert sheet_of(gallery).page is not None
