"""A talk that is saved with its lead still in hand, so that it can be promoted at once."""

from __future__ import annotations

from datetime import timedelta

from tests.tui.floors import NOW, lead_of, seated, set_up


async def test_tab_saves_and_stays_then_p_promotes_and_enter_goes_on(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await seat.type("likes it @+2h")
        await seat.press("tab")
        assert seat.company == "Acme Tools"
        assert "likes it" in seat.card
        await seat.press("p")
        assert "Acme Tools → Contacted" in seat.said
        await seat.press("enter")
        assert seat.company != "Acme Tools"
    lead = lead_of(fresh_sqlite, "Acme Tools")
    assert (lead.stage, lead.promised_at, lead.holder) == ("D", NOW + timedelta(hours=2), "")


async def test_tab_asks_for_a_next_step_too(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await seat.type("likes it")
        await seat.press("tab")
        assert "No next step yet" in seat.said
        await seat.press("tab")
        assert seat.company == "Acme Tools"
        assert "likes it" in seat.card
