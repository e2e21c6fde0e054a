"""The table of commands: keys that do not clash, changes that are checked, words for every refusal."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import funnel
from models.errors import Refused, Stale
from models.playbook import read_playbook, shipped, shipped_text
from tui import words
from tui.cli import list_words
from tui.commands import DESK, FORBIDDEN_KEYS, of_outcomes
from tui.keys import RESERVED, keymaps

ROOT = Path(words.__file__).parents[1]
PLAYBOOKS = [read_playbook(shipped_text(name)) for name in shipped()]


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda playbook: playbook.code)
def test_every_shipped_playbook_has_its_keys_on_the_desk(playbook: funnel.Playbook) -> None:
    found = keymaps(DESK, {1: of_outcomes(playbook)}, {})[1]
    for outcome in playbook.outcomes:
        command = found.command(outcome.key)
        assert command is not None
        assert command.id == f"desk.log-{outcome.code.replace('_', '-')}"


def test_the_desks_own_keys_are_reserved() -> None:
    assert {command.key for command in DESK if len(command.key) == 1} <= RESERVED
    assert not {command.key for command in DESK} & FORBIDDEN_KEYS


def test_every_command_has_its_deed() -> None:
    from tui.screens.deeds import Deeds

    deeds = {command.id.removeprefix("desk.").replace("-", "_") for command in DESK}
    assert {name for name in deeds if not callable(getattr(Deeds, name, None))} == set()


def test_a_second_key_gives_way_to_a_changed_one() -> None:
    found = keymaps(DESK, {1: of_outcomes(PLAYBOOKS[0])}, {"desk.promote-lead": "k"})[1]
    assert (found.of_key["k"], found.of_key["up"]) == ("desk.promote-lead", "desk.raise-cursor")


def test_a_key_can_be_changed() -> None:
    found = keymaps(DESK, {1: ()}, {"desk.promote-lead": "ctrl+r"})[1]
    assert found.of_key["ctrl+r"] == "desk.promote-lead"
    assert "p" not in found.of_key


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"desk.fly": "v"}, "key_unknown"),
        ({"desk.promote-lead": "ctrl+s"}, "key_bad"),
        ({"desk.promote-lead": "two"}, "key_bad"),
        ({"desk.promote-lead": "x"}, "key_clash"),
    ],
)
def test_a_bad_change_is_refused_by_name(changes: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        keymaps(DESK, {1: ()}, changes)
    assert refused.value.code == code
    assert next(iter(changes)) in words.refusal(refused.value)


def raised_codes() -> set[str]:
    """Every code that the program refuses with, read from its text."""
    found = set()
    for path in [*(ROOT / "models").rglob("*.py"), *(ROOT / "tui").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name("Refused" | "Stale" | "Unavailable"), args=[ast.Constant(str(code)), *_]):
                    found.add(code)
    return found


def test_every_refusal_has_its_sentence() -> None:
    assert raised_codes() - {*words.SENTENCES, *list_words.SENTENCES} == set()


def test_a_sentence_is_filled_with_harmless_text() -> None:
    said = words.refusal(Stale("held", by="Li\x1b[31m {by}"))
    assert said == "Li[31m {by} has this lead in hand."
