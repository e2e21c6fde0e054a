"""Files that hurt: each is refused with a code of ours or comes in whole, and nothing else ever happens.

`CALLFLOOR_SAMPLES` names a folder of real lists that go the same way.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from models.errors import Refused
from models.exchange import rejects, revealing, taking_back
from models.exchange.formulas import guarded
from tests.models.exchange import made
from tests.models.exchange.conftest import NOW, Site, quiet

FOLDER = os.environ.get("CALLFLOOR_SAMPLES", "")
SAMPLES = sorted(path for path in Path(FOLDER).rglob("*") if path.is_file()) if FOLDER else []
MOST = 5_000_000
"""Bytes of a sample: the suite is quick."""
ON_ONE = [*sorted(made.HOSTILE), *(str(path) for path in SAMPLES if path.stat().st_size < MOST)]


def take(site: Site, path: Path, **said: str) -> str:
    """Imports a file and takes it back; what it was refused with, or 'taken'."""
    try:
        planned = site.plan(path, **said)
    except Refused as refused:
        return f"{refused.code} {refused.fields.get('file')}"
    assert (
        planned.new + planned.twins + planned.known + planned.suppressed + sum(planned.rejected.values())
        == planned.rows
    )
    result = revealing.apply(planned, NOW, quiet)
    rejects.write(planned, lambda one: one.code, "reason", site.folder / "rejected.csv")
    planned.close()
    assert len(site.leads()) == result.taken
    taking_back.undo(result.intake_id, site.boss, NOW)
    return "taken"


@pytest.mark.parametrize("name", ON_ONE)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_breaks(site: Site, name: str) -> None:
    """Refused or taken, with or without a map."""
    path = Path(name)
    if name in made.HOSTILE:
        path = site.folder / name
        path.write_bytes(made.HOSTILE[name]())
    said = take(site, path)
    assert said == "taken" or (said.startswith("list_") and said.endswith(path.name))
    if "lead_file" in name:
        assert take(site, path, map="dialler") == "taken"


def test_what_is_taken_is_plain(site: Site) -> None:
    """Controls go, texts stay as they are, however naughty: nothing in them is run, filled or obeyed."""
    path = site.folder / "naughty.csv"
    path.write_bytes(made.HOSTILE["naughty.csv"]())
    site.take(path)
    found = dict(site.leads("company, need"))
    assert found["=cmd|' /C calc'!A0"] == "=cmd|' /C calc'!A0"
    assert {"[red]x[/red]", "{row}", "nul", "[31mred", "'; DROP TABLE lead; --"} <= set(found)
    assert not any(sign < " " for company in found for sign in company)


def test_rejected_rows_come_back_in_the_same_shape(site: Site) -> None:
    """Same separator, same columns, the reason behind; no cell that a spreadsheet would run; and they go in again."""
    rows = [
        ["Company", "Phone", "Note"],
        ["=1+1", "nothing", "+86 138"],
        ["good", "13800138000", ""],
        ["B", "12", "-x"],
    ]
    path = site.folder / "list.csv"
    path.write_bytes(made.written(rows, separator=";", encoding="gb18030"))
    planned = site.plan(path)
    written = rejects.write(planned, lambda one: f"why: {one.code}", "reason")
    planned.close()
    assert written == site.folder / "list-rejected.csv"
    assert written.read_text("gb18030").splitlines() == [
        "Company;Phone;Note;reason", "'=1+1;nothing;+86 138;why: bad_number", "B;12;'-x;why: bad_number",
    ]  # fmt: skip
    mended = written.read_text("gb18030").replace("nothing", "13800138001").replace(";12;", ";13800138002;")
    written.write_text(mended, "gb18030")
    site.take(written)
    assert site.leads() == [("=1+1",), ("B",)]


@pytest.mark.parametrize(
    ("cell", "safe"), [("=x", "'=x"), ("@x", "'@x"), ("-x", "'-x"), ("-5.5", "-5.5"), ("a=b", "a=b"), ("", "")]
)
def test_formulas_are_guarded(cell: str, safe: str) -> None:
    """What begins like one, and is no number."""
    assert guarded(cell) == safe
