"""Maps in TOML: what they can say, and every mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import Refused
from models.exchange.mapfile import SHIPPED, MapFault, load_map, read_map
from models.playbook import read_playbook, shipped_text

PLAYBOOK = read_playbook(shipped_text("telesales"))
DOCS = Path(__file__).parents[3] / "docs" / "maps"


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.toml")), ids=lambda path: path.name)
def test_maps_of_the_docs_are_right(path: Path) -> None:
    """They can be used as they stand."""
    assert load_map(str(path), PLAYBOOK).fields


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_maps_go_by_name(name: str) -> None:
    """From any folder."""
    assert load_map(name, PLAYBOOK).name == name


def test_a_text_is_a_heading_or_a_template() -> None:
    """Braces make the difference."""
    how = read_map('[fields]\nperson = "{a} {b}"\ncompany = "Firm"\nsource = { default = "fair" }', PLAYBOOK)
    assert how.fields["person"].template == "{a} {b}"
    assert how.fields["company"].column == "Firm"
    assert how.fields["source"].default == "fair"


@pytest.mark.parametrize(
    ("text", "line", "code", "found"),
    [
        ("[fields]\ncompany = ", 2, "syntax", None),
        ('[fields]\n\ncompani = "x"', 3, "unknown_key", "compani"),
        ('[fields]\ncompany = { colum = "x" }', 2, "unknown_key", "colum"),
        ("[fields]\ncompany = 5", 2, "wrong_type", "integer"),
        ('[fields]\ncompany = { column = "x", case = "big" }', 2, "unknown", "big"),
        ('[fields]\namount = { column = "x", unit = "dozen" }', 2, "unknown", "dozen"),
        ('[fields]\ncompany = { column = "x", take = 0 }', 2, "not_positive", "0"),
        ('name = "x"', 1, "missing", "fields"),
        ('heder = true\n[fields]\nnumber = "1"', 1, "unknown_key", "heder"),
        ('[fields]\nnumber = "1"\n[history.entered]\nF = "x"', 4, "unknown_key", "F"),
        ('[fields]\nnumber = "1"\n[[history.touches]]\nnote = "x"', 3, "missing", "at"),
        ('[fields]\nnumber = "1"\n[[history.touches]]\nat = "x"\nearlier = "sung"', 5, "unknown", "sung"),
        ('[fields]\nnumber = { column = "1", clock = "25:00" }', 2, "unknown", "25:00"),
        ('[fields]\nnumber = { column = "1", values = { a = 1 } }', 2, "wrong_type", "integer"),
    ],
)
def test_mistakes_are_named_with_their_line(text: str, line: int, code: str, found: str | None) -> None:
    """And with what would be right, where a list can be given."""
    with pytest.raises(MapFault) as fault:
        read_map(text, PLAYBOOK, file="my.toml")
    (first, *_) = fault.value.faults
    assert (first.line, first.code) == (line, code)
    assert found is None or first.found == found
    assert first.allowed or code in ("syntax", "not_utf8")


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    """Refused by name; what is shipped is told."""
    with pytest.raises(Refused) as refused:
        load_map(str(tmp_path / "no.toml"), PLAYBOOK)
    assert refused.value.fields["allowed"] == SHIPPED
    path = tmp_path / "odd.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(MapFault):
        load_map(str(path), PLAYBOOK)
