"""The place of the desks cannot be written: nothing is lost, nobody waits, and all is back when it is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from models import desks
from models.base import proxy
from models.connect import is_postgres
from models.desks.notepad import NOTHING, Notepad
from models.desks.presence import Accounted, State
from models.errors import Unavailable
from tests.models.store import floors
from tests.models.store.desk_places import LATER, at, away, keep, notes, typed
from tests.models.store.floors import MadeFloor
from tests.models.store.test_unavailable import hang_up

SECOND = timedelta(seconds=1)
BACK = LATER.total_seconds() + 10
"""Seconds after which a place that was away is tried again."""


def test_what_cannot_be_written_is_noted_and_comes_back(made: MadeFloor, frozen_surroundings: Path) -> None:
    """With the next write that succeeds; the last word holds, wherever it was said."""
    ann = made.people["ann"]
    saved, given_up = keep(ann, typed("saved soon")), keep(ann, typed("x", place="sleep", is_open=False, after=1))
    with away(made.url):
        desks.drop(ann, saved.lead_id, saved.place, at(2))
        note = keep(ann, typed("typed in the dark", place="edit need", after=3, cursor=5))
        assert str(desks.trouble()) in ("gone", "read_only")
        (path,) = notes(frozen_surroundings)
        assert path.stat().st_mode & 0o777 == 0o600
        assert note in desks.drafts(ann)
        desks.drop(ann, given_up.lead_id, given_up.place, at(4))
    last = keep(ann, typed("in the light", place="back", after=BACK, is_open=False))
    assert desks.trouble() is None
    assert notes(frozen_surroundings) == []
    assert desks.drafts(ann) == (last, note)


def test_the_next_start_brings_it_back(made: MadeFloor, frozen_surroundings: Path) -> None:
    """Reading alone is enough: the session that typed it is long gone."""
    ann = made.people["ann"]
    with away(made.url):
        note = keep(ann, typed("half a sen", cursor=4))
        desks.close()
    assert desks.drafts(ann) == (note,)
    assert (notes(frozen_surroundings), desks.trouble()) == ([], None)


def test_a_place_that_failed_is_left_alone_for_a_while(made: MadeFloor, frozen_surroundings: Path) -> None:
    """No letter waits for a disk that is gone; a clock that goes back makes it wait no longer."""
    ann = made.people["ann"]
    with away(made.url):
        keep(ann, typed("a"))
    keep(ann, typed("ab", after=LATER.total_seconds() - 1))
    assert len(notes(frozen_surroundings)) == 1
    keep(ann, typed("abc", after=-1))
    assert notes(frozen_surroundings) == []
    assert [draft.text for draft in desks.drafts(ann)] == ["abc"]


def test_each_agent_has_notes_of_their_own(made: MadeFloor, frozen_surroundings: Path) -> None:
    """One account may serve all of them."""
    ann, bob = made.people["ann"], made.people["bob"]
    with away(made.url):
        hers, his = keep(ann, typed("hers")), keep(bob, typed("his"))
        assert len(notes(frozen_surroundings)) == 2
    assert (desks.drafts(ann), desks.drafts(bob)) == ((hers,), (his,))


def test_what_was_written_elsewhere_meanwhile_holds_where_it_is_newer(
    made: MadeFloor, frozen_surroundings: Path
) -> None:
    """The agent went on at another machine before this one could bring its notes back."""
    ann = made.people["ann"]
    keep(ann, typed("first", place="sleep"))
    with away(made.url):
        keep(ann, typed("old", after=1))
        desks.drop(ann, 7, "sleep", at(2))
    (path,) = notes(frozen_surroundings)
    noted = path.read_bytes()
    path.unlink()
    keep(ann, typed("new", after=BACK))
    again = keep(ann, typed("asleep", place="sleep", after=BACK + 1))
    path.write_bytes(noted)
    assert desks.drafts(ann) == (again, typed("new", after=BACK, is_open=False))


def test_states_are_noted_too_and_the_time_adds_up(made: MadeFloor) -> None:
    """Before, during and after: not a second is missing."""
    ann = made.people["ann"]
    desks.log_in(ann, at(0))
    with away(made.url):
        desks.enter(ann, State.ON_CALL, lead_id=7, now=at(10))
        desks.seen(ann, at(15))
        desks.enter(ann, State.WRAP_UP, lead_id=7, now=at(30))
        desks.seen(ann, at(35))
        if is_postgres():  # what was there can still be read
            present = desks.present(ann)
            assert present is not None
            assert (present.state, present.since, present.seen_at) == (State.WRAP_UP, at(30), at(35))
            assert present.logged_in_at == at(0)
    desks.enter(ann, State.OFF, now=at(40 + BACK))
    assert desks.account(ann, at(0), at(999)) == Accounted(
        wait=10 * SECOND, talk=20 * SECOND, wrap_up=(10 + BACK) * SECOND
    )


def test_a_session_that_began_and_died_in_the_dark(made: MadeFloor) -> None:
    """The next one hears how it was left."""
    ann = made.people["ann"]
    with away(made.url):
        assert desks.log_in(ann, at(0)).left is None
        desks.enter(ann, State.ON_CALL, lead_id=7, now=at(10))
        desks.seen(ann, at(15))
        desks.close()
    left = desks.log_in(ann, at(100)).left
    assert left is not None
    assert (left.state, left.lead_id, left.call_since, left.seen_at) == (State.ON_CALL, 7, at(10), at(15))
    assert desks.account(ann, at(0), at(999)).logged_in == 15 * SECOND


def test_notes_brought_back_twice_change_nothing(made: MadeFloor, frozen_surroundings: Path) -> None:
    """A kill between the writing and the clearing."""
    ann = made.people["ann"]
    desks.log_in(ann, at(0))
    with away(made.url):
        desks.enter(ann, State.PAUSE, code="lunch", now=at(10))
        desks.enter(ann, State.READY, now=at(10))
        desks.enter(ann, State.ON_CALL, lead_id=7, now=at(20))
        keep(ann, typed("x", after=20))
    (path,) = notes(frozen_surroundings)
    noted = path.read_bytes()
    before = desks.present(ann), desks.spells(ann, at(0), at(999)), desks.drafts(ann)
    path.write_bytes(noted)
    assert (desks.present(ann), desks.spells(ann, at(0), at(999)), desks.drafts(ann)) == before


def test_nowhere_at_all_is_said(made: MadeFloor, frozen_surroundings: Path) -> None:
    """The user's folder cannot take it either: the caller hears of it, and tries again."""
    ann = made.people["ann"]
    kept = keep(ann, typed("safe"))
    (frozen_surroundings / ".local").write_text("a file where a folder should be")
    with away(made.url):
        with pytest.raises(Unavailable, match="unkept"):
            keep(ann, typed("nowhere", place="sleep", after=1))
        with pytest.raises(Unavailable, match="unkept"):
            desks.log_in(ann, at(2))
    (frozen_surroundings / ".local").unlink()
    again = keep(ann, typed("nowhere", place="sleep", after=BACK))
    assert [draft.text for draft in desks.drafts(ann)] == [again.text, kept.text]


@pytest.mark.parametrize("text", [b"", b"{", b'{"kept": [{"place": 3}]}', b"\xff" * 99])
def test_notes_that_cannot_be_read_are_put_aside_and_said(
    made: MadeFloor, frozen_surroundings: Path, text: bytes
) -> None:
    ann = made.people["ann"]
    with away(made.url):
        keep(ann, typed("x"))
    (path,) = notes(frozen_surroundings)
    path.write_bytes(text)
    assert desks.drafts(ann) == ()
    (news,) = desks.news()
    assert (news.code, news.fields["aside"]) == ("notes_broken", str(path.with_suffix(".broken")))
    assert path.with_suffix(".broken").read_bytes() == text
    assert desks.news() == ()


def test_a_kill_while_noting_leaves_the_notes_whole(frozen_surroundings: Path) -> None:
    """What was being written is beside them and disturbs nobody."""
    notepad = Notepad(frozen_surroundings, "floor")
    notepad.write(1, NOTHING.with_kept(typed("whole")))
    (frozen_surroundings / "floor-1.4711").write_bytes(b'{"kept"')
    assert notepad.read(1).kept == (typed("whole"),)


def test_a_line_that_drops_makes_no_letter_wait(fresh_postgres: str) -> None:
    """The server is gone: noted at once; the floor connects again, and it is back."""
    with floors.opened(fresh_postgres):
        ann = floors.make(fresh_postgres).people["ann"]
        kept = keep(ann, typed("before"))
        hang_up(fresh_postgres)
        note = keep(ann, typed("after", place="sleep", after=1))
        assert str(desks.trouble()) == "gone"
        assert desks.drafts(ann) == (note,)
        proxy.close()
        proxy.connect()
        assert [draft.text for draft in desks.drafts(ann)] == [note.text, kept.text]
        assert desks.trouble() is None
