"""Drafts on both databases: kept within their limits, one for each lead and place, and back whole."""

from __future__ import annotations

import fcntl
import os
from datetime import timedelta

import pytest
from msgspec.structs import replace

from models import connect, desks
from models.base import proxy, rows_of
from models.connect import is_postgres
from models.desks.shelf import DeskFile, DeskTables, Shelf
from models.errors import Refused
from tests.models.store import floors
from tests.models.store.desk_places import at, desk_file, keep, typed
from tests.models.store.floors import MadeFloor


def test_what_was_typed_is_back_with_its_lead_place_and_cursor(made: MadeFloor) -> None:
    ann, bob = made.people["ann"], made.people["bob"]
    first = keep(ann, typed("half a sen", cursor=4))
    assert desks.drafts(ann) == (first,)
    assert desks.drafts(bob) == ()
    desks.close()
    assert desks.drafts(ann) == (first,)


def test_a_later_one_of_the_same_lead_and_place_takes_its_place(made: MadeFloor) -> None:
    ann = made.people["ann"]
    keep(ann, typed("one"))
    second = keep(ann, typed("one two", after=1, cursor=3))
    assert desks.drafts(ann) == (second,)


def test_the_newest_comes_first_and_one_is_open(made: MadeFloor) -> None:
    ann = made.people["ann"]
    note = keep(ann, typed("a note"))
    amount = keep(ann, typed("1200", place="edit amount", after=1))
    search = keep(ann, typed("Mül", lead=None, place="find", after=2, is_open=False))
    assert desks.drafts(ann) == (search, amount, replace(note, is_open=False))
    again = keep(ann, typed("a note, longer", after=3))
    assert [(draft.place, draft.is_open) for draft in desks.drafts(ann)] == [
        ("log talked", True),
        ("find", False),
        ("edit amount", False),
    ]
    assert desks.drafts(ann)[0] == again


def test_whose_draft_it_is_counts(made: MadeFloor) -> None:
    """Two agents, one lead, one place: two drafts, and what one opens does not close the other's."""
    ann, bob = made.people["ann"], made.people["bob"]
    hers, his = keep(ann, typed("hers")), keep(bob, typed("his"))
    desks.drop(bob, 7, "sleep", at(1))
    assert (desks.drafts(ann), desks.drafts(bob)) == ((hers,), (his,))


def test_a_draft_that_was_saved_is_gone(made: MadeFloor) -> None:
    ann = made.people["ann"]
    keep(ann, typed("a note"))
    other = keep(ann, typed("later", place="sleep", after=1))
    found = keep(ann, typed("Mül", lead=None, place="find", after=2, is_open=False))
    desks.drop(ann, 7, "log talked", at(3))
    desks.drop(ann, 7, "log talked", at(4))
    assert desks.drafts(ann) == (found, other)
    desks.drop(ann, None, "find", at(5))
    assert desks.drafts(ann) == (other,)


@pytest.mark.parametrize(
    ("text", "cursor", "kept", "there"),
    [
        ("", 0, "", 0),
        (" two ends ", 10, " two ends ", 10),
        ("明天下午3点\n👩‍👩‍👧 שלום \t", 5, "明天下午3点\n👩‍👩‍👧 שלום \t", 5),
        ("a\x00b\x1b[31mc\x7f", 6, "ab[31mc", 4),
        ("\ud800x\udfff", 2, "x", 1),
        ("[red]{name}%s?$1'\"--", 3, "[red]{name}%s?$1'\"--", 3),
        ("short", 99, "short", 5),
        ("short", -1, "short", 0),
        ("字" * 4000, 4000, "字" * 4000, 4000),
    ],
)
def test_any_text_is_kept_but_for_what_is_no_character(
    made: MadeFloor, text: str, cursor: int, kept: str, there: int
) -> None:
    """And the cursor stands between the same two characters."""
    keep(made.boss, typed(text, cursor=cursor))
    (back,) = desks.drafts(made.boss)
    assert (back.text, back.cursor) == (kept, there)


def test_a_text_beyond_measure_is_refused_and_what_was_kept_stays(made: MadeFloor) -> None:
    kept = keep(made.boss, typed("short"))
    with pytest.raises(Refused, match="too_long"):
        keep(made.boss, typed("x" * 4001))
    assert desks.drafts(made.boss) == (kept,)


def test_moments_come_back_to_the_microsecond(made: MadeFloor) -> None:
    """So that two drafts of one second keep their order."""
    soon = keep(made.boss, typed("b", lead=8, is_open=False, after=0.000001))
    first = keep(made.boss, typed("a", lead=9, is_open=False))
    assert desks.drafts(made.boss) == (soon, first)
    assert soon.at - first.at == timedelta(microseconds=1)


def test_a_draft_waits_for_no_gate_and_rings_no_bell(made: MadeFloor) -> None:
    """Somebody else writes to the floor and is not done; nobody is told of a keystroke."""
    if is_postgres():
        proxy.execute_sql("LISTEN callfloor")
        keep(made.boss, typed("a note"))
        assert list(proxy.connection().notifies(timeout=0)) == []
        return
    gate = connect.Gate(made.url)
    gate.open()
    assert gate.file is not None
    fcntl.flock(gate.file, fcntl.LOCK_EX)
    keep(made.boss, typed("a note"))
    gate.close()
    assert not os.path.exists(made.url + connect.BELL)


def test_it_is_written_without_waiting_for_the_disk(made: MadeFloor) -> None:
    """And the floor itself goes on waiting for it."""
    shelf: Shelf = DeskTables()
    question, waits_not, waits = "SHOW synchronous_commit", "off", "on"
    if not is_postgres():
        shelf = DeskFile(desk_file(made.url), "floor", read_only=False)
        question, waits_not, waits = "PRAGMA synchronous", "1", "2"
    assert str(shelf.write(lambda run: run(question, ()))[0][0]) == waits_not
    assert str(rows_of(question)[0][0]) == waits
    shelf.close()


def test_a_floor_on_sqlite_has_its_drafts_in_a_second_file(fresh_sqlite: str) -> None:
    """Open to whoever may open the floor's."""
    url = fresh_sqlite.removeprefix("sqlite:///")
    with floors.opened(fresh_sqlite):
        made = floors.make(url)
        os.chmod(url, 0o660)
        keep(made.boss, typed("a note"))
        assert "draft" not in proxy.get_tables()
        assert {os.stat(url + end).st_mode & 0o777 for end in ("-desks", "-desks-wal", "-desks-shm")} == {0o660}
        desks.close()
