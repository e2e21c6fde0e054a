"""The finder of lines against everything that TOML allows."""

from __future__ import annotations

import doctest
import tomllib
from collections.abc import Iterator

import pytest

from models import toml_lines
from models.playbook import shipped, shipped_text
from models.toml_lines import Path, line_of, lines

EVERYTHING = '''# a remark with [brackets] and a = sign
title = "one"
"quoted key" = 1 # "remark"
'literal key' = 2
"escaped \\" key \\u0041" = 3
dotted.deep . key = 4
dotted.other = "[not.a.table]"
many = """
[[stages]]
text = "inside"
a quote: \\""" and two at the end"""""
raw = \'\'\'
[raw]
two at the end\'\'\'\'\'
empty = ""
nothing = \'\'
date = 1979-05-27 07:32:00
hour = 07:32:00
float = -1.5e+3 # remark
list = [ # remark, with a comma
    1, "two, ]", # three
    [3, [4]],

    { a = 5, b = [6] },
]
none = []
bare = {}
inline = { en = "a # b", "zh" = """
over two lines""", deep.key = [
    1,
] }

[table]
key = 1

[table.sub] # remark
key = 2

[above.first]
key = 1

[above]
key = 2

[[stages]]
code = "E"
[[stages.touches]]
count = 1
[[stages.touches]]
count = 2
[stages.name]
en = "x"

[[stages]]
code = "D"
    [[stages.touches]]
    count = 3
    [stages.touches.extra]
    "a.b" = 1
'''

EXPECTED: list[tuple[Path, int]] = [
    (("title",), 2),
    (("quoted key",), 3),
    (("literal key",), 4),
    (('escaped " key A',), 5),
    (("dotted",), 6),
    (("dotted", "deep", "key"), 6),
    (("dotted", "other"), 7),
    (("many",), 8),
    (("raw",), 12),
    (("empty",), 15),
    (("nothing",), 16),
    (("date",), 17),
    (("float",), 19),
    (("list",), 20),
    (("list", 0), 21),
    (("list", 1), 21),
    (("list", 2, 1, 0), 22),
    (("list", 3), 24),
    (("list", 3, "b", 0), 24),
    (("none",), 26),
    (("bare",), 27),
    (("inline", "en"), 28),
    (("inline", "zh"), 28),
    (("inline", "deep", "key"), 29),
    (("inline", "deep", "key", 0), 30),
    (("table",), 33),
    (("table", "sub"), 36),
    (("table", "sub", "key"), 37),
    (("above", "first"), 39),
    (("above",), 42),
    (("stages",), 45),
    (("stages", 0), 45),
    (("stages", 0, "touches"), 47),
    (("stages", 0, "touches", 0), 47),
    (("stages", 0, "touches", 0, "count"), 48),
    (("stages", 0, "touches", 1), 49),
    (("stages", 0, "touches", 1, "count"), 50),
    (("stages", 0, "name"), 51),
    (("stages", 0, "name", "en"), 52),
    (("stages", 1), 54),
    (("stages", 1, "touches", 0), 56),
    (("stages", 1, "touches", 0, "extra", "a.b"), 59),
]


def paths(value: object, path: Path = ()) -> Iterator[Path]:
    """Every path of what was read."""
    if path:
        yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in entries:
        yield from paths(entry, (*path, key))


@pytest.mark.parametrize(("path", "line"), EXPECTED)
def test_a_path_has_the_line_where_it_stands(path: Path, line: int) -> None:
    assert lines(EVERYTHING)[path] == line


def test_every_path_that_is_read_has_a_line_and_no_other_has() -> None:
    for text in (EVERYTHING, *map(shipped_text, shipped())):
        assert set(lines(text)) == set(paths(tomllib.loads(text)))


@pytest.mark.parametrize("name", shipped())
def test_a_key_of_a_shipped_playbook_stands_in_the_line_that_is_found(name: str) -> None:
    text = shipped_text(name)
    written = text.splitlines()
    for path, line in lines(text).items():
        named = next(step for step in reversed(path) if isinstance(step, str))
        if not isinstance(path[-1], int):
            assert named in written[line - 1]


def test_windows_line_ends_count_as_one() -> None:
    assert lines(EVERYTHING.replace("\n", "\r\n")) == lines(EVERYTHING)


@pytest.mark.parametrize("text", ["", "\n\n", "# remark", "a = 1", "a = [1]", "[a]", "[[a]]", "a = {}", "a = 'x'"])
def test_a_text_may_end_anywhere(text: str) -> None:
    assert set(lines(text)) == set(paths(tomllib.loads(text)))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("stages", 1, "probability"), 54),
        (("stages", 0, "touches", 1, "kind", "x"), 49),
        (("stages", 7, "code"), 45),
        (("table", "key"), 34),
        (("missing",), 1),
        ((), 1),
    ],
)
def test_what_is_missing_is_looked_for_at_what_stands_around_it(path: Path, line: int) -> None:
    assert line_of(path, lines(EVERYTHING)) == line


def test_the_example_holds() -> None:
    assert doctest.testmod(toml_lines).failed == 0
