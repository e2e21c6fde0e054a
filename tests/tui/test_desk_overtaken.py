"""A desk that shows a lead as it was: refused, told who was faster and what they wrote; nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta

from models import ledger, queue
from models.base import new_token
from models.cards import TouchLine
from tests.tui.floors import NOW, Seat, Team, at, lead_of, seated, set_up

LATER = NOW + timedelta(minutes=11)
"""The claim has run out."""


def log_meanwhile(url: str, agent_id: int, *, keep: bool = False) -> None:
    """A colleague takes the lead whose claim ran out, talks, and lets it go or keeps it."""
    claim = queue.take(agent_id, 1, LATER)
    entry = ledger.Entry("talked", note="wants [b]two[/b] 三月", next_at=LATER + timedelta(days=1))
    ledger.log_touch(claim, entry, keep=keep, token=new_token(), now=LATER)


async def overtaken(seat: Seat, team: Team, url: str, *, keep: bool = False) -> None:
    await seat.press("enter", "t")
    await seat.type("mine @fri 10am")
    await seat.app.store.run(log_meanwhile, url, team.colleague, keep=keep)
    await seat.press("enter")


def notes_of(url: str) -> list[str]:
    """All notes of the lead, newest first."""
    return [one.note for one in lead_of(url, "Acme Tools").history if isinstance(one, TouchLine)]


async def test_who_was_faster_and_what_they_wrote_is_shown(database_url: str) -> None:
    team = set_up(database_url)
    async with seated(database_url) as seat:
        await overtaken(seat, team, database_url)
        assert "Zhao Lei was faster, at 10:11." in seat.card
        assert "Talked" in seat.card
        assert "wants [b]two[/b] 三月" in seat.card
        assert "You had written: mine @fri 10am" in seat.card
        assert seat.desk.hand is not None
        assert seat.desk.hand.claim is None
    assert notes_of(database_url) == ["wants [b]two[/b] 三月"]


async def test_what_was_typed_is_added_with_one_key(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await overtaken(seat, team, fresh_sqlite)
        await seat.press("a")
        assert seat.desk.composer.line is not None
        assert seat.desk.composer.line.text == "mine @fri 10am"
        await seat.press("enter")
    assert sorted(notes_of(fresh_sqlite)) == ["mine", "wants [b]two[/b] 三月"]


async def test_what_was_typed_is_dropped_with_one_key(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await overtaken(seat, team, fresh_sqlite)
        await seat.press("x")
        assert seat.desk.keeping.drafts == {}
        assert "What you wrote is dropped." in seat.said
        await seat.press("t")
        assert seat.desk.composer.line is not None
        assert seat.desk.composer.line.text == ""


async def test_it_waits_where_neither_is_chosen_or_the_colleague_still_has_the_lead(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await overtaken(seat, team, fresh_sqlite, keep=True)
        await seat.press("a")
        assert "Zhao Lei has this lead in hand." in seat.said
        await seat.press("escape")
        assert [one.text for one in seat.desk.keeping.drafts.values()] == ["mine @fri 10am"]
    with at(fresh_sqlite):
        assert queue.held(team.colleague, LATER) is not None
