"""Stories of the desk: somebody calls in, somebody new is written down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from textual.events import Paste

from models import floor, queue, suppress
from models.base import new_token, rows_of
from models.cards import LeadCard, TouchLine
from models.playbook import shipped_text
from tests.tui.floors import NOW, Seat, at, lead_of, seated, set_up
from tests.tui.test_desk_finding import other_team

SIZES = ((80, 24), (146, 35))


async def write_down(seat: Seat, company: str = "Brand New", person: str = "Bo", number: str = "139 0000 0001") -> None:
    """The fields up to the source."""
    await seat.press("a")
    for text in (company, person, number):
        await seat.type(text)
        await seat.press("enter")


def touch_of(lead: LeadCard) -> TouchLine:
    """The one touch on record."""
    (touch,) = [line for line in lead.history if isinstance(line, TouchLine)]
    return touch


# ── somebody new ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("size", SIZES)
async def test_somebody_new_is_written_down_and_in_hand(database_url: str, size: tuple[int, int]) -> None:
    set_up(database_url)
    async with seated(database_url, size=size) as seat:
        await seat.press("enter")
        await write_down(seat, "华星机械", "张敏", "139 1234 5678")
        assert "company 华星机械" in seat.card
        await seat.press("7")
        assert "taken in: 华星机械 · Acme Tools went back to the queue" in seat.said
        assert seat.company == "华星机械"
        assert "+86 139 1234 5678" in seat.card
    lead = lead_of(database_url, "华星机械")
    assert (lead.owner, lead.holder, lead.source, lead.contacts[0].name) == ("Li Wei", "Li Wei", "cold_call", "张敏")
    assert lead.fresh_until == NOW + timedelta(minutes=120)
    assert lead_of(database_url, "Acme Tools").holder == ""


async def test_up_goes_back_and_what_was_written_is_there(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("a")
        await seat.type("Brand Nwe")
        await seat.press("enter")
        await seat.type("Bo")
        await seat.press("up", "backspace", "backspace")
        await seat.type("ew")
        await seat.press("enter")
        assert "phone" in seat.said  # the contact is known already
        assert "company Brand New contact Bo" in seat.card
        await seat.press("up", "up", "up")
        assert "company Brand New" in seat.said


async def test_every_field_is_needed_and_a_number_has_to_be_one(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("a", "enter")
        assert "company is missing." in seat.said
        await seat.press("escape")
        await write_down(seat, number="12")
        assert "This is no phone number" in seat.said
        assert "phone 12" in seat.said
        await seat.type("0 13")
        await seat.press("ctrl+u")
        await seat.type("139 0000 0001")
        await seat.until(lambda: "✓ +86 139 0000 0001 new here" in seat.said)


async def test_a_number_that_is_here_opens_its_lead_instead(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await write_down(seat, number="138 0013 8004")
        assert "Here already: Nord Bearings. Tab opens it." in seat.said
        await seat.press("tab")
        assert seat.company == "Nord Bearings"
        await seat.press("a")
        assert "company …" in seat.card
    assert lead_of(fresh_sqlite, "Nord Bearings").holder == ""


async def test_where_there_are_several_campaigns_it_is_asked_which(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    with at(fresh_sqlite):
        floor.add_campaign("Winter", shipped_text("b2b"), by=1, token=new_token(), now=NOW)
    async with seated(fresh_sqlite) as seat:
        await seat.press("a")
        assert "Winter" in seat.card
        await seat.press("2")
        assert "industry" in seat.card
        await seat.press("escape", "v", "tab")
        assert "Winter" in seat.card
        await seat.press("1")
        assert "industry" not in seat.card


@pytest.mark.parametrize(("owner", "told"), [("ana", "with Ana."), ("", "in another team's pool.")])
async def test_of_another_teams_number_only_the_owner_is_told(fresh_sqlite: str, owner: str, told: str) -> None:
    set_up(fresh_sqlite)
    other_team(fresh_sqlite, "Nordic Secret", "+8613900000001", owner)
    async with seated(fresh_sqlite) as seat:
        await write_down(seat)
        assert f"That number is here already, {told}" in seat.said
        await seat.press("tab")
        assert "Secret" not in seat.card + seat.said
        await seat.press("down", "1")  # past the check: the store checks once more
        assert f"That number is here already, {told}" in seat.said
        assert "phone" in seat.said
    with at(fresh_sqlite):
        assert rows_of("SELECT COUNT(*) FROM lead WHERE company = 'Brand New'") == [(0,)]


async def test_a_suppressed_number_is_refused_where_it_is_typed(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    with at(fresh_sqlite):
        suppress.add([8613900000001], reason="asked", agent_id=team.manager, token=new_token(), now=NOW)
    async with seated(fresh_sqlite) as seat:
        await write_down(seat)
        assert "on the suppression list" in seat.said


async def test_escape_keeps_the_form_and_another_desk_goes_on_with_it(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "a")
        await seat.type("Brand New")
        await seat.press("enter")
        await seat.type("Bo")
        await seat.press("escape")
        assert "Kept: a goes on with it." in seat.said
        assert seat.company == "Acme Tools"
        await seat.press("a")
        assert "company Brand New contact Bo ▌phone" in seat.card
        await seat.press("escape")
    async with seated(fresh_sqlite) as seat:
        await seat.press("a")
        assert "company Brand New contact Bo ▌phone" in seat.card
        await seat.press("ctrl+x")
        assert "Thrown away" in seat.said
    async with seated(fresh_sqlite) as seat:
        await seat.press("a")
        assert "Brand New" not in seat.card


async def test_a_form_that_was_open_is_open_again_at_its_letter(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("a")
        await seat.type("Brand New")
        await seat.press("enter")
        await seat.type("Bo Lee")
        await seat.press("left", "left", "left", "left")
        await seat.type("b")
    async with seated(fresh_sqlite) as seat:
        await seat.until(lambda: seat.desk.composer.is_open)
        assert "contact Bob Lee" in seat.said
        assert "company Brand New" in seat.card
        await seat.type("!")
        assert "contact Bob! Lee" in seat.said


async def test_a_form_taken_in_is_not_kept(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await write_down(seat)
        await seat.press("1")
        assert seat.company == "Brand New"
    async with seated(fresh_sqlite) as seat:
        assert not seat.desk.composer.is_open
        await seat.press("a")
        assert "Brand New" not in seat.card


async def test_nothing_typed_leaves_nothing_behind(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("a", "escape")
        assert "Kept" not in seat.said
        assert not seat.desk.keeping.drafts


async def test_hostile_text_is_taken_in_as_text(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, size=(80, 24)) as seat:
        await seat.press("a")
        seat.app.post_message(Paste("[@click=app.quit]x[/]\n\x1b]52;c;aGk=\x07\u202e"))
        await seat.until(lambda: "[@click=app.quit]x[/] ]52;c;aGk=" in seat.said)
        await seat.press("enter")
        await seat.type("[red]")
        await seat.press("enter")
        await seat.type("139 0000 0001")
        await seat.press("enter", "1")
        assert seat.company == "[@click=app.quit]x[/] ]52;c;aGk="
        assert "[red]" in seat.card


# ── somebody calls in ─────────────────────────────────────────────────────────────────────────────────────────────────


async def call_in(seat: Seat, text: str, what: str) -> None:
    await seat.press("v")
    await seat.type(text)
    await seat.until(lambda: what in seat.card)


@pytest.mark.parametrize("size", SIZES)
async def test_a_caller_is_found_by_number_and_logged_as_inbound(database_url: str, size: tuple[int, int]) -> None:
    set_up(database_url)
    async with seated(database_url, size=size) as seat:
        await seat.press("enter")
        await call_in(seat, "8004", "Nord Bearings")
        await seat.press("enter")
        assert "on the line: Nord Bearings · Acme Tools went back to the queue" in seat.said
        assert seat.desk.deeds.is_on_call
        await seat.press("t")
        await seat.type("asks for a price @fri 10am")
        await seat.press("enter")
        assert "Nord Bearings: Talked" in seat.said
    touch = touch_of(lead_of(database_url, "Nord Bearings"))
    assert (touch.is_inbound, touch.note) == (True, "asks for a price")


async def test_a_colleagues_hands_are_said_by_name_and_the_list_stays(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    with at(fresh_sqlite):
        queue.take(team.colleague, rows_of("SELECT id FROM lead WHERE company = 'Nord Bearings'")[0][0], NOW)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter")
        await call_in(seat, "8004", "Nord Bearings")
        await seat.press("enter")
        assert "Zhao Lei has this lead in hand." in seat.said
        assert "Nord Bearings" in seat.card
        assert seat.company == "Acme Tools"


async def test_an_unknown_number_begins_somebody_new_who_is_on_the_line(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await call_in(seat, "139 0000 0001", "Enter writes somebody new down")
        await seat.press("enter")
        assert "phone 139 0000 0001 source Inbound call" in seat.card
        await seat.type("Brand New")
        await seat.press("enter")
        await seat.type("Bo")
        await seat.press("enter")
        assert seat.company == "Brand New"
        assert seat.desk.deeds.is_on_call
        await seat.press("n")
    lead = lead_of(fresh_sqlite, "Brand New")
    assert lead.source == "inbound"
    assert touch_of(lead).is_inbound


async def test_somebody_new_has_a_key_where_others_are_found(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await call_in(seat, "Nord", "Nord Bearings")
        await seat.press("tab")
        assert "company Nord" in seat.card
        await seat.press("escape")
        assert "Kept" in seat.said


async def test_of_a_caller_of_another_team_the_owner_is_told_at_once(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    other_team(fresh_sqlite, "Nordic Secret", "+8613900000001", "ana")
    async with seated(fresh_sqlite) as seat:
        await call_in(seat, "139 0000 0001", "Nobody that you may see")
        await seat.press("enter")
        await seat.until(lambda: "That number is here already, with Ana." in seat.said)
        assert "Secret" not in seat.card + seat.said


async def test_the_clock_of_somebody_new_runs_from_the_moment_they_were_on_the_line(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    moment = [NOW]
    async with seated(fresh_sqlite, clock=lambda: moment[0]) as seat:
        await call_in(seat, "139 0000 0001", "Enter writes somebody new down")
        await seat.press("enter")
        await seat.type("New Co")
        await seat.press("enter")
        await seat.type("Bo")
        moment[0] = NOW + timedelta(seconds=75)
        await seat.press("enter", "n")
    assert touch_of(lead_of(fresh_sqlite, "New Co")).seconds == 75


async def test_a_call_that_is_not_logged_is_said_before_another_takes_its_place(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await call_in(seat, "8004", "Nord Bearings")
        await seat.press("enter")
        await call_in(seat, "8002", "Lin Logistics")
        await seat.press("enter")
        assert "The call is not logged yet" in seat.said
        assert seat.company == "Nord Bearings"
        await seat.press("enter")
        assert seat.company == "Lin Logistics"
        assert seat.desk.deeds.is_on_call


async def test_who_was_just_called_rings_back_and_stands_first(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "n", "v")
        await seat.until(lambda: "▌Acme Tools" in seat.card)
        await seat.press("enter")
        assert "on the line: Acme Tools" in seat.said
