"""Stories of the desk: finding a lead by any part of a name, company, number or note."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from textual.events import Paste

from models import crew, floor, queue, taking_in
from models.base import new_token, rows_of
from models.errors import Unavailable
from models.people import Role
from models.playbook import shipped_text
from models.search.finding import Found
from tests.tui.floors import COLLEAGUE, NOW, SUPERVISOR, Seat, at, lead_of, log, seated, set_up
from tui import errands
from tui.screens.deeds import Deeds

SIZES = ((80, 24), (146, 35))


async def find(seat: Seat, text: str, what: str) -> None:
    """Types what is looked for, and waits for what it finds."""
    await seat.press("/")
    await seat.type(text)
    await seat.until(lambda: what in seat.card)


def other_team(url: str, company: str, number: str, owner: str = "") -> None:
    """A lead of a team in which nobody of the desk's team sees anything."""
    with at(url):
        crew.add_team("south", by=1, token=new_token(), now=NOW - timedelta(hours=20))
        stranger = crew.add_agent(
            "ana", name="Ana", role=Role.AGENT, team="south", by=1, token=new_token(), now=NOW - timedelta(hours=20)
        )
        team = rows_of("SELECT team_id FROM agent WHERE id = ?", (stranger,))[0][0]
        values = {"company": company, "person": "Bo", "number": number, "source": "cold_call"}
        taking_in.take_in(
            1, values, by=1, team_id=team, owner_id=stranger if owner else None, token=new_token(), now=NOW
        )


@pytest.mark.parametrize("size", SIZES)
async def test_a_part_of_a_name_finds_it_and_enter_looks_at_it(database_url: str, size: tuple[int, int]) -> None:
    set_up(database_url)
    async with seated(database_url, size=size) as seat:
        await find(seat, "bear", "Nord Bearings")
        assert "1 found" in seat.said
        assert "Acme Tools" not in seat.card
        await seat.press("enter")
        assert seat.company == "Nord Bearings"
        assert seat.desk.sheet is None
        assert not seat.desk.composer.is_open
    assert lead_of(database_url, "Nord Bearings").holder == ""


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("纸", "东方纸业"),
        ("东方", "东方纸业"),
        ("\uff21\uff23\uff2d\uff25", "Acme Tools"),
        ("138 0013 8004", "Nord Bearings"),
        ("8002", "Lin"),
    ],
)
async def test_chinese_one_sign_wide_letters_and_numbers_in_groups(fresh_sqlite: str, text: str, company: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await find(seat, text, company)
        await seat.until(lambda: "1 found" in seat.said)


async def test_a_note_is_found_and_shows_what_was_said(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    log(
        fresh_sqlite,
        team.agent,
        "长江物流",
        "talked",
        note="wants a quieter press by May",
        next_at=NOW + timedelta(days=1),
    )
    async with seated(fresh_sqlite) as seat:
        await find(seat, "quieter", "长江物流")
        assert "“wants a quieter press by May”" in seat.card


async def test_the_hit_is_underlined(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await find(seat, "ools", "Acme Tools")
        line = next(line for line in seat.desk.card._drawn if any("Acme" in text for text, _ in line))
        assert [text for text, style in line if "underline" in style] == ["ools"]


async def test_arrows_choose_and_the_list_follows(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite, tuple(f"Mill {number:02}" for number in range(40)))
    async with seated(fresh_sqlite, size=(80, 24)) as seat:
        await find(seat, "mill", "Mill")
        await seat.until(lambda: "40 found" in seat.said)
        shown = [f"Mill {number:02}" for number in range(40)]
        before = [name for name in shown if name in seat.card]
        await seat.press("pagedown", "pagedown", "down")
        after = [name for name in shown if name in seat.card]
        assert set(after) - set(before)
        await seat.press(*["up"] * 25)
        assert [name for name in shown if name in seat.card] == before
        await seat.press("down", "enter")
        assert seat.company in before


async def test_more_than_fifty_ask_for_another_letter(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite, tuple(f"Mill {number:02}" for number in range(60)))
    async with seated(fresh_sqlite) as seat:
        await find(seat, "mill", "Mill")
        assert "more than 50: type more" in seat.said


async def test_nobody_is_said_with_what_may_be_looked_for(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await find(seat, "qqqq", "Nobody that you may see has this")
        assert "a takes in somebody new" in seat.card
        await seat.press("enter")
        assert seat.desk.hand is None
        await seat.press("escape")
        assert seat.desk.sheet is None


async def test_escape_goes_back_to_where_one_was_reading(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, size=(80, 24)) as seat:
        await seat.press("enter", "pagedown")
        before = seat.desk.card.text
        await find(seat, "nord", "Nord Bearings")
        await seat.press("escape")
        assert seat.desk.card.text == before
        assert seat.company == "Acme Tools"


async def test_the_text_is_there_again_to_be_replaced_or_changed(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await find(seat, "nord", "Nord Bearings")
        await seat.press("enter", "/")
        await seat.until(lambda: "Nord Bearings" in seat.card and "1 found" in seat.said)
        assert "find nord" in seat.said
        await seat.type("lin")
        await seat.until(lambda: "Lin Logistics" in seat.card)
        assert "find lin" in seat.said
        await seat.press("escape", "/", "end", "backspace")
        assert "find li" in seat.said
        await seat.press("escape", "/", "backspace")
        await seat.until(lambda: "any part of a name" in seat.said)


async def test_nothing_typed_lists_what_was_before_the_agent(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "n", "n", "/")
        await seat.until(lambda: "Acme Tools" in seat.card)
        assert seat.card.index("东方纸业") < seat.card.index("Acme Tools")
        assert seat.company not in seat.card
        await seat.press("enter")
        assert seat.company == "东方纸业"


async def test_the_lead_in_hand_stays_in_hand(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter")
        await find(seat, "nord", "Nord Bearings")
        await seat.press("enter")
        assert seat.company == "Nord Bearings"
        await seat.press("enter")
        assert seat.company == "Acme Tools"


async def test_whose_hands_a_lead_is_in_stands_beside_it(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    with at(fresh_sqlite):
        queue.take(team.colleague, rows_of("SELECT id FROM lead WHERE company = 'Nord Bearings'")[0][0], NOW)
    async with seated(fresh_sqlite) as seat:
        await find(seat, "nord", "● Zhao Lei")


async def test_another_teams_lead_is_not_found(database_url: str) -> None:
    set_up(database_url)
    other_team(database_url, "Nordic Secret", "+8613900000001")
    for login in ("li.wei", COLLEAGUE, SUPERVISOR):
        async with seated(database_url, login) as seat:
            await find(seat, "nord", "Nord Bearings")
            assert "Secret" not in seat.card
            await seat.press("ctrl+u")
            await seat.type("390000")
            await seat.until(lambda seat=seat: "Nobody that you may see" in seat.card)  # type: ignore[misc]
    async with seated(database_url, "boss") as seat:
        await find(seat, "nord", "Nordic Secret")


async def test_a_lead_of_a_campaign_that_began_meanwhile_wants_another_desk(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, "boss") as seat:

        def begin() -> None:
            campaign = floor.add_campaign("Winter", shipped_text("four-stage"), by=1, token=new_token(), now=NOW)
            values = {"company": "Snow", "person": "Bo", "number": "+8613900000001", "source": "cold_call"}
            taking_in.take_in(campaign, values, by=1, token=new_token(), now=NOW)

        await seat.app.store.run(begin)
        await find(seat, "snow", "Snow")
        await seat.press("enter")
        assert "campaign is newer than your desk" in seat.said
        assert seat.desk.hand is None


async def test_a_supervisor_finds_and_looks(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, SUPERVISOR) as seat:
        await find(seat, "nord", "Nord Bearings")
        await seat.press("enter")
        assert seat.company == "Nord Bearings"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("typed", "name", "shown"),
    [
        ("[red]", "[red]Evil[/red] \x1b[31m", "[red]Evil[/red] [31m"),
        ("]52;c", "Bad \x1b]52;c;aGk=\x07", "Bad ]52;c;aGk="),
        ("[@click=app.quit]", "[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
        ("שלום", "שלום \u202egnp", "שלום gnp"),
        ("%_\\'\"*", "100%_\\'\"* AND", "100%_\\'\"* AND"),
    ],
)
async def test_hostile_names_are_typed_found_and_shown_as_text(
    fresh_sqlite: str, size: tuple[int, int], typed: str, name: str, shown: str
) -> None:
    set_up(fresh_sqlite, (name, "Acme Tools"))
    async with seated(fresh_sqlite, size=size) as seat:
        await find(seat, typed, shown[:12])
        await seat.until(lambda: "1 found" in seat.said)
        assert typed in seat.said
        await seat.press("enter")
        assert shown in seat.card


async def test_a_paste_of_several_lines_is_one_text(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("/")
        seat.app.post_message(Paste("Nord\nBearings\x1b]52;c;aGk=\x07"[:13]))
        await seat.until(lambda: "find Nord Bearings" in seat.said and "Nord Bearings" in seat.card)


async def test_a_pasted_page_finds_nobody_and_breaks_nothing(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("/")
        seat.app.post_message(Paste("word \n" * 5_000))
        await seat.until(lambda: "Nobody that you may see" in seat.card)


# ── while the store is slow ───────────────────────────────────────────────────────────────────────────────────────────

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n WHERE i < 0"


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text with a tilde at its end is a question that the database never ends to answer."""
    answer = errands.find

    def find(agent_id: int, text: str, now: datetime, *, limit: int) -> tuple[Found, ...]:
        if text.endswith("~"):
            rows_of(ENDLESS)
        return answer(agent_id, text, now, limit=limit)

    monkeypatch.setattr(errands, "find", find)


async def test_no_letter_waits_for_an_answer_and_the_last_question_wins(database_url: str, slow: None) -> None:
    set_up(database_url)
    async with seated(database_url) as seat:
        await seat.press("/", "n", "~")
        assert "find n~" in seat.said
        await seat.press("backspace", "o")
        await seat.until(lambda: "1 found" in seat.said and "Nord Bearings" in seat.card)


async def test_the_old_list_stays_until_the_new_one_is_there(fresh_sqlite: str, slow: None) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await find(seat, "nord", "Nord Bearings")
        await seat.press("~")
        await seat.until(lambda: "looking …" in seat.said)
        assert "Nord Bearings" in seat.card


async def test_enter_is_for_the_list_of_what_was_typed(
    fresh_sqlite: str, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.questions.PATIENCE", 0.05)
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await find(seat, "nord", "Nord Bearings")
        await seat.press("~", "enter")
        await seat.until(lambda: "No answer yet: Enter again in a moment." in seat.said)
        assert seat.desk.hand is None
        await seat.press("escape")
        assert seat.desk.sheet is None


async def test_a_log_does_not_wait_for_a_slow_question(fresh_sqlite: str, slow: None) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "/", "~", "escape", "n")
        assert "Acme Tools: No answer" in seat.said


async def test_a_database_that_cannot_be_read_is_said_and_asked_again(
    fresh_sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(fresh_sqlite)
    trouble, answer = [Unavailable("gone")], errands.find

    def find(agent_id: int, text: str, now: datetime, *, limit: int) -> tuple[Found, ...]:
        if trouble:
            raise trouble[0]
        return answer(agent_id, text, now, limit=limit)

    monkeypatch.setattr(errands, "find", find)
    async with seated(fresh_sqlite) as seat:
        await seat.press("/", "n", "o")
        await seat.until(lambda: "cannot be reached" in seat.said)
        trouble.clear()
        await seat.press("enter")
        assert seat.company == "Nord Bearings"


def test_no_part_of_the_desk_covers_up_what_a_part_beside_it_does() -> None:
    owners: dict[str, list[type]] = {}
    for part in Deeds.__mro__:
        for name in vars(part) if part.__module__.startswith("tui.") else ():
            if not name.startswith("__"):
                owners.setdefault(name, []).append(part)
    strangers = {
        name: parts
        for name, parts in owners.items()
        if any(not issubclass(one, other) for one, other in pairwise(parts))
    }
    assert strangers == {}
