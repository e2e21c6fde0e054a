"""Playbooks edited by careless hands: whatever is typed is read or refused with a line of the file."""

from __future__ import annotations

import copy
import tomllib
from functools import cache
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from funnel import Playbook
from models.playbook import PlaybookFault, read_playbook, shipped, shipped_text
from models.toml_lines import Path, lines

ODD_LINES = st.sampled_from(
    [
        "",
        "= 1",
        "[",
        "[[stages]]",
        "[stages]",
        "[caps.extra]",
        'code = "x"',
        "code = []",
        "probability = 7.5",
        "retry_minutes = [{}]",
        "flags = 3",
        "days = [[]]",
        "opens = 2026-03-04",
        "script = 1",
        "text = { en = 1 }",
        '"" = 1',
        "cost = -inf",
        "name = '''",
        "[outcomes.name.en]",
        "\u0007",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates() | st.times(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)


def refusal_of(text: str) -> PlaybookFault | None:
    """What is wrong with it, if anything; no other exception comes out."""
    try:
        assert isinstance(read_playbook(text, reserved_keys="dq"), Playbook)
    except PlaybookFault as refusal:
        return refusal
    return None


def loads_or_is_refused(text: str) -> None:
    refusal = refusal_of(text)
    if refusal is not None:
        last = text.count("\n") + 1
        assert refusal.faults
        assert all(1 <= fault.line <= last for fault in refusal.faults)
        assert str(refusal).count("\n") == len(refusal.faults) - 1


@cache
def read(name: str) -> tuple[dict[str, Any], list[Path]]:
    """A shipped playbook as TOML has it, and every path in it."""
    text = shipped_text(name)
    return tomllib.loads(text), list(lines(text))


@given(st.sampled_from(shipped()), st.integers(0, 600), ODD_LINES, st.booleans())
def test_a_line_removed_altered_or_added_is_refused_or_read(name: str, place: int, line: str, replaces: bool) -> None:
    written = shipped_text(name).splitlines()
    place %= len(written)
    written[place : place + replaces] = [line]
    loads_or_is_refused("\n".join(written))


@given(st.sampled_from(shipped()), st.integers(0), st.integers(0), st.sampled_from('"[]{}=,.#\n0a{ \\\'"'))
def test_a_slip_of_the_finger_is_refused_or_read(name: str, place: int, length: int, typed: str) -> None:
    text = shipped_text(name)
    place %= len(text)
    loads_or_is_refused(text[:place] + typed + text[place + length % 4 :])


@given(st.data())
def test_a_key_removed_or_altered_is_refused_or_read(data: st.DataObject) -> None:
    table, paths = read(data.draw(st.sampled_from(shipped())))
    path = data.draw(st.sampled_from(paths))
    changed: Any = copy.deepcopy(table)
    around = changed
    for step in path[:-1]:
        around = around[step]
    if data.draw(st.booleans()):
        del around[path[-1]]
    else:
        around[path[-1]] = data.draw(VALUES)
    loads_or_is_refused(written(changed))


def written(value: Any) -> str:
    """A table as TOML text, one line for each key at the top."""
    return "".join(f"{quoted(key)} = {inline(entry)}\n" for key, entry in value.items())


def inline(value: Any) -> str:
    """A value in one line of TOML; nothing is an empty array."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(key)} = {inline(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    return "[]" if value is None else str(value)


def quoted(text: str) -> str:
    """A basic string of TOML."""
    return '"' + "".join(sign if sign.isalnum() else f"\\U{ord(sign):08x}" for sign in text) + '"'
