"""A lead that is only looked at is nobody's; one that was talked to may stay in hand to be promoted."""

from __future__ import annotations

from datetime import timedelta

from models import queue
from tests.tui.floors import NOW, lead_of, seated, set_up


async def test_tab_saves_and_stays_then_p_promotes_and_enter_goes_on(database_url: str) -> None:
    set_up(database_url)
    async with seated(database_url) as seat:
        await seat.press("enter", "t")
        await seat.type("likes it @+1h")
        await seat.press("tab")
        assert seat.company == "Acme Tools"
        assert "likes it" in seat.card
        await seat.press("p")
        assert "Acme Tools → Contacted" in seat.said
        await seat.press("enter")
        assert seat.company != "Acme Tools"
    lead = lead_of(database_url, "Acme Tools")
    assert (lead.stage, lead.promised_at, lead.holder) == ("D", NOW + timedelta(hours=1), "")


async def test_tab_asks_for_a_next_step_too(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await seat.type("likes it")
        await seat.press("tab")
        assert "No next step yet" in seat.said
        await seat.press("tab")
        await seat.type("moves abroad")
        await seat.press("tab")
        assert seat.company == "Acme Tools"
        assert "likes it" in seat.card


async def test_looking_takes_no_lead_and_the_first_work_does(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("down", "o")
        assert (seat.company, lead_of(fresh_sqlite, "东方纸业").holder) == ("东方纸业", "")
        await seat.press("t")
        assert lead_of(fresh_sqlite, "东方纸业").holder == "Li Wei"
        await seat.press("escape", "n")
        assert seat.company == "Acme Tools"
    assert team.agent


async def test_a_lead_that_a_colleague_works_meanwhile_is_said_by_name(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("o")
        await seat.app.store.run(queue.claim_next, team.colleague, NOW)
        await seat.press("n")
        assert "Zhao Lei has this lead in hand" in seat.said
    assert len(lead_of(fresh_sqlite, "Acme Tools").history) == 1


async def test_a_lead_in_hand_waits_while_another_is_looked_at(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "o")
        assert seat.company == "东方纸业"
        await seat.press("enter")
        assert seat.company == "Acme Tools"
