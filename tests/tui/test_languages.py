"""Every text has its translation, none is stale, and both say the same to the program."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tui import i18n

TUI = Path(i18n.__file__).parent
CATALOGUE = i18n.LOCALES / "zh_CN" / "LC_MESSAGES" / "callfloor.po"
MARKED = {"_": None, "N_": None, "counted": (1, 2)}
HOW = "pybabel extract -k _ -k N_ -k counted:1,2 tui, then pybabel update and make messages"


def in_the_code() -> set[str]:
    found = extract_from_dir(TUI, [("**.py", "python")], {}, keywords=MARKED)
    return {text if isinstance(text, str) else text[0] for _file, _line, text, _notes, _context in found}


def asked_for() -> set[str]:
    """Every text that the code asks the translation of, read as Python reads it: wherever it stands."""
    calls = (
        node for file in TUI.rglob("*.py") for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKED
    )  # fmt: skip
    texts = (node.args[0] for node in calls if node.args)
    return {text.value for text in texts if isinstance(text, ast.Constant) and isinstance(text.value, str)}


def in_the_catalogue() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        messages = read_po(file)
    found = {}
    for one in messages:
        key, said = (text if isinstance(text, str) else next(iter(text or ())) for text in (one.id, one.string))
        found[key] = said
    return {key: said for key, said in found.items() if key}


def test_every_text_is_translated() -> None:
    translated = in_the_catalogue()
    assert {text for text in in_the_code() if not translated.get(text)} == set(), HOW


def test_no_text_hides_from_the_translators() -> None:
    assert asked_for() - in_the_code() == set(), "take it out of the f-string: it is not collected there"


def test_no_translation_is_stale() -> None:
    assert set(in_the_catalogue()) - in_the_code() == set(), HOW


@pytest.mark.parametrize(("text", "translation"), in_the_catalogue().items())
def test_a_translation_fills_the_same_places(text: str, translation: str) -> None:
    def places(said: str) -> set[str]:
        return set(re.findall(r"\{\w*", said))

    assert places(translation) == places(text)


def test_the_language_is_the_configured_one_else_the_terminals() -> None:
    assert i18n.chosen("zh_CN", {"LANG": "en_US.UTF-8"}) == "zh_CN"
    assert i18n.chosen("", {"LANG": "en_US.UTF-8", "LC_ALL": "zh_TW.UTF-8"}) == "zh_CN"
    assert i18n.chosen("", {"LANG": "de_DE.UTF-8"}) == "en"
