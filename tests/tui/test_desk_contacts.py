"""Stories of the people at a lead: added, changed field by field, put first, taken away."""

from __future__ import annotations

import pytest

from models import suppress
from models.base import new_token
from models.cards import ContactCard
from tests.tui.floors import NOW, SUPERVISOR, Seat, at, lead_of, seated, set_up
from tui import errands

SIZES = pytest.mark.parametrize("size", [(80, 24), (146, 35)])


def contacts_of(url: str) -> tuple[ContactCard, ...]:
    return lead_of(url, "Acme Tools").contacts


async def added(seat: Seat, name: str = "Wang Fang", number: str = "139 0013 9000") -> None:
    """Somebody more, from the card."""
    await seat.press("enter", "C", "a")
    await seat.type(name)
    await seat.press("enter")
    await seat.type(number)
    await seat.press("enter")


@SIZES
async def test_somebody_is_added_name_number_and_what_else_is_known(fresh_sqlite: str, size: tuple[int, int]) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, size=size) as seat:
        await seat.press("enter", "C")
        assert "张敏 first to call" in seat.card
        assert "+86 138 0013 8000" in seat.card
        await seat.press("escape")
        await added(seat)
        assert "✓ Wang Fang" in seat.said
        await seat.press("2")
        await seat.type("CEO")
        await seat.press("enter", "enter")
        assert "3 decides" in seat.card
        await seat.press("3")
        assert "3 part in decision decides" in seat.card
        await seat.press("escape")
        assert "Wang Fang CEO · decides +86 139 0013 9000" in seat.card.replace("▌ ", "")
        await seat.press("escape")
        assert "Wang Fang · CEO · decides" in seat.card
    first, second = contacts_of(fresh_sqlite)
    assert (second.name, second.title, second.part, second.phones[0].number) == (
        "Wang Fang", "CEO", "decider", 8613900139000,
    )  # fmt: skip
    assert first.name == "张敏"


async def test_who_is_put_first_is_dialled(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await added(seat)
        await seat.press("escape", "m")
        assert "✓ called first: Wang Fang" in seat.said
        assert "Wang Fang first to call" in seat.card
        await seat.press("m")
        assert "Wang Fang is the first already." in seat.said
    assert [one.name for one in contacts_of(fresh_sqlite)] == ["Wang Fang", "张敏"]
    assert lead_of(fresh_sqlite, "Acme Tools").fields["number"] == "+8613900139000"


async def test_a_removal_is_asked_and_leaves_a_number_to_call(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "C", "x")
        assert "Is 张敏 not there any more?" in seat.card
        await seat.press("enter")
        assert "This is the only contact" in seat.said
        await seat.press("escape")
        await added(seat)
        await seat.press("escape", "up", "x", "escape")
        assert "张敏 first to call" in seat.card
        await seat.press("x", "enter")
        assert "✓ removed: 张敏" in seat.said
        assert "Wang Fang first to call" in seat.card
    assert [one.name for one in contacts_of(fresh_sqlite)] == ["Wang Fang"]


async def test_a_further_number_another_and_none(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "C", "n")
        assert "as in +86 138 0013 8000" in seat.said
        await seat.type("010-6552 9988 ext. 12")
        await seat.press("enter")
        assert "+86 106 552 9988 ext. 12" in seat.card
        await seat.press("6", "ctrl+u")
        await seat.type("12")
        await seat.press("enter")
        assert "phone cannot be read; an example: +86 138 0013 8000" in seat.said
        await seat.press("ctrl+u")
        await seat.type("010-6552 9989")
        await seat.press("enter")
        assert "+86 106 552 9989" in seat.card
        await seat.press("6", "ctrl+u", "enter")
        assert "Take away +86 106 552 9989?" in seat.card
        await seat.press("enter")
        assert "106 552" not in seat.card
    assert [phone.number for phone in contacts_of(fresh_sqlite)[0].phones] == [8613800138000]


async def test_a_number_that_is_forbidden_or_taken_is_said_and_kept(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    with at(fresh_sqlite):
        suppress.add([8613900139000], reason="asked", agent_id=team.manager, token=new_token(), now=NOW)
    async with seated(fresh_sqlite) as seat:
        await added(seat)
        assert "✗ That number is on the suppression list" in seat.said
        assert "139 0013 9000" in seat.said
        await seat.press("ctrl+u")
        await seat.type("13800138001")
        await seat.press("enter")
        assert "✗ That number is here already" in seat.said
        await seat.press("escape", "escape", "down", "n")
        assert "13800138001" in seat.said


async def test_a_number_that_was_forbidden_is_marked(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await added(seat)
    with at(fresh_sqlite):
        suppress.add([8613900139000], reason="", agent_id=team.manager, token=new_token(), now=NOW)
    async with seated(fresh_sqlite) as seat:
        await seat.press("C")
        assert "+86 139 0013 9000 ✗ never call" in seat.card


async def test_escape_keeps_what_was_written(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "C", "a")
        await seat.type("Wang")
        await seat.press("escape")
        assert "张敏 first to call" in seat.card
        await seat.press("a")
        assert "contact Wang" in seat.said
        await seat.press("ctrl+u", "enter")
        assert "Whom? A name, in a word." in seat.said


async def test_a_contact_can_be_undone(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "C", "enter", "3", "3", "escape", "escape", "u")
        assert "decides" not in seat.card
    assert contacts_of(fresh_sqlite)[0].part == ""


async def test_a_supervisor_reads(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    lead = lead_of(fresh_sqlite, "Acme Tools").id
    async with seated(fresh_sqlite, SUPERVISOR) as seat:
        seat.desk.put(await seat.app.store.run(errands.look_at, seat.desk.person.id, lead, NOW))
        await seat.press("C")
        assert "张敏 first to call" in seat.card
        await seat.press("a")
        await seat.type("Wang")
        await seat.press("enter")
        assert "Supervisors watch and write nothing." in seat.said
    assert len(contacts_of(fresh_sqlite)) == 1


async def test_names_and_mail_of_customers_are_text(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await added(seat, "[red]x[/] [@click=app.quit]")
        assert "[red]x[/] [@click=app.quit]" in seat.card
        await seat.press("escape")
        assert "[red]x[/] [@click=app.quit]" in seat.card
