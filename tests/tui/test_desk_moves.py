"""Stories of the desk: lost, back, sleep, why, help, the cursor, who may do what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import funnel
from models import ledger, queue
from models.base import new_token, rows_of, seconds
from models.cards import MoveLine
from tests.tui.floors import NOW, SUPERVISOR, at, lead_of, log, seated, set_up


async def promoted_to_contacted(url: str, company: str) -> None:
    """A lead in D, promised for now."""
    team = set_up(url)
    before = NOW - timedelta(minutes=30)
    log(url, team.agent, company, "talked", before - timedelta(minutes=1), note="yes", next_at=before)
    async with seated(url, clock=lambda: before) as seat:
        await seat.press("enter", "p", "q")


async def test_a_tail_of_enters_confirms_no_sign(fresh_sqlite: str) -> None:
    await promoted_to_contacted(fresh_sqlite, "Acme Tools")
    log(fresh_sqlite, 2, "Acme Tools", "talked", NOW - timedelta(minutes=1), feedback="too dear", next_at=NOW)
    async with seated(fresh_sqlite, breath=60) as seat:
        await seat.press("enter", "e", "1")
        await seat.type("a fifth less")
        await seat.press("enter", "p", "enter", "enter")
        assert "Was the sign of promotion seen?" in seat.card
    assert lead_of(fresh_sqlite, "Acme Tools").stage == "D"


async def test_back_wants_a_reason(fresh_sqlite: str) -> None:
    await promoted_to_contacted(fresh_sqlite, "Acme Tools")
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "-", "enter")
        assert "A reason is needed." in seat.said
        await seat.type("wrong person")
        await seat.press("enter")
        assert "Acme Tools → Potential · wrong person" in seat.said
    move = lead_of(fresh_sqlite, "Acme Tools").history[0]
    assert isinstance(move, MoveLine)
    assert (move.way, move.reason) == (funnel.Way.BACK, "wrong person")


async def test_lost_with_a_reason_of_the_list(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "x")
        assert "1 Too expensive" in seat.card
        assert "no lead at all: invalid" in seat.card
        await seat.press("down", "enter")
        assert "Acme Tools → lost · Bought from a rival" in seat.said
        assert seat.company == "东方纸业"
    assert lead_of(fresh_sqlite, "Acme Tools").kind is funnel.Kind.LOST


async def test_sleep_until_a_moment(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "z", "enter")
        assert "Until when?" in seat.said
        await seat.type("fri 10am budget is decided")
        assert "asleep until Fri 27 Nov 10:00 · budget is decided" in seat.said
        await seat.press("enter")
        assert "Acme Tools sleeps until Fri 10:00" in seat.said
        assert seat.company == "东方纸业"


async def test_why_this_one_first(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "w")
        assert "Worth ¥500,000." in seat.card
        assert "东方纸业: Worth ¥250,000." in seat.card
        await seat.press("w")
        assert "+86 138 0013 8000" in seat.card


async def test_why_of_a_lead_that_sticks_tells_what_its_twins_had(fresh_sqlite: str) -> None:
    """Two leads were talked to and went on after a day; the first one stands for ten days, past the limit of seven."""
    team, later = set_up(fresh_sqlite), NOW + timedelta(hours=1)
    with at(fresh_sqlite):
        for company in ("东方纸业", "Lin Logistics"):
            lead = rows_of("SELECT id FROM lead WHERE company = ?", (company,))[0][0]
            for kind in (funnel.TouchKind.CALL, funnel.TouchKind.VISIT):
                entry = ledger.Entry("talked", kind=kind, sleep_until=NOW + timedelta(days=30))
                ledger.log_touch(queue.take(team.agent, lead, NOW), entry, token=new_token(), now=NOW)
            claim = queue.take(team.agent, lead, later)
            ledger.move(claim, "D", reason="", is_sign_seen=True, token=new_token(), now=later)
            queue.release(claim, later)
    async with seated(fresh_sqlite, clock=lambda: later) as seat:
        await seat.press("w")
        assert "Worth" in seat.card
        assert "such leads" not in seat.card  # a lead that does not stick has no need of twins
    with at(fresh_sqlite):
        since = seconds(later - timedelta(days=10))
        rows_of("UPDATE lead SET stage_since = ? WHERE company = 'Acme Tools' RETURNING id", (since,))
    async with seated(fresh_sqlite, clock=lambda: later) as seat:
        await seat.press("w")
        assert "It has stood in its stage for 10 days: past the limit." in seat.card
        assert "2 such leads went on, usually after 1 day; this one stands for 10 days." in seat.card
        for what, there in (("talks", 2), ("call", 1), ("visit", 1)):
            assert f"{what}: {there} there, 0 here (2 of 2)" in seat.card


async def test_the_cursor_opens_a_lead_out_of_turn(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("down", "down", "o")
        assert seat.company == "Lin Logistics"


async def test_nothing_in_hand_is_said_and_not_swallowed(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("n")
        assert "No lead in hand: ⏎ brings the next one." in seat.said


async def test_a_supervisor_watches(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, SUPERVISOR) as seat:
        await seat.press("enter")
        assert "Supervisors watch and write nothing." in seat.said
        assert seat.desk.hand is None


async def test_nobody_to_call_is_told_with_when_that_ends(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    sunday = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    async with seated(fresh_sqlite, clock=lambda: sunday) as seat:
        await seat.press("enter")
        assert "Nobody is to be called now." in seat.said
        assert "No lead may be called before tomorrow 09:00 in Shanghai." in seat.card


async def test_quitting_gives_the_lead_back(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter")
        await seat.pilot.press("q")
    assert lead_of(fresh_sqlite, "Acme Tools").holder == ""


async def test_the_lead_in_hand_is_there_after_a_cut(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter")
    async with seated(fresh_sqlite) as seat:
        assert seat.company == "Acme Tools"
        assert seat.desk.hand is not None
        assert seat.desk.hand.claim is not None
