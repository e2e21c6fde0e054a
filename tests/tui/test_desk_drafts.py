"""Nothing typed is lost: kept within a second, found again with lead, text and cursor, whatever became of the desk."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from models import desks, queue
from models.cards import TouchLine
from models.desks.draft import Draft
from tests.tui.floors import NOW, SUPERVISOR, Seat, Team, at, lead_of, seated, set_up
from tests.tui.test_desk_calls import Clock
from tests.tui.test_desk_promoting import stands_in
from tui import i18n
from tui.screens import keeping


def kept(url: str, agent_id: int) -> list[tuple[str, str, int, bool]]:
    """What lies on an agent's desk."""
    with at(url):
        return [(one.place, one.text, one.cursor, one.is_open) for one in desks.drafts(agent_id)]


async def written(seat: Seat) -> None:
    """Waits until everything so far is written."""
    await seat.until(lambda: not seat.desk.keeping._due)


def line_of(seat: Seat) -> tuple[str, int]:
    """Text and cursor of the composer."""
    line = seat.desk.composer.line
    assert line is not None
    return line.text, line.cursor


def last_note(url: str, company: str = "Acme Tools") -> str:
    touch = lead_of(url, company).history[0]
    return touch.note if isinstance(touch, TouchLine) else ""


async def test_what_is_typed_is_kept_by_itself_and_found_again_at_its_letter(database_url: str) -> None:
    team = set_up(database_url)
    async with seated(database_url) as seat:
        await seat.press("enter", "t")
        await seat.type("half a thouht")
        await seat.press("left", "left")
        await written(seat)
        assert kept_of(seat, team) == ("log talked", "half a thouht", 11, True)
    async with seated(database_url) as seat:
        await seat.desk.settle()
        assert (seat.company, line_of(seat)) == ("Acme Tools", ("half a thouht", 11))
        assert "Kept from before" in seat.said
        await seat.press("g", "end")
        await seat.type(" @fri 10am")
        await seat.press("enter")
    assert last_note(database_url) == "half a thought"
    assert kept(database_url, team.agent) == []


def kept_of(seat: Seat, team: Team) -> tuple[str, str, int, bool]:
    (one,) = seat.desk.keeping.drafts.values()
    assert seat.desk.person.id == team.agent
    return one.place, one.text, one.cursor, one.is_open


async def test_esc_keeps_it_for_its_lead_and_the_next_start_does_not_open_it(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await seat.type("for later")
        await seat.press("escape", "c")
        assert "for later" not in seat.said
        await seat.press("escape")
    assert kept(fresh_sqlite, team.agent) == [("log talked", "for later", 9, False)]
    async with seated(fresh_sqlite) as seat:
        await seat.desk.settle()
        assert seat.desk.composer.line is None
        await seat.press("t")
        assert line_of(seat) == ("for later", 9)


@pytest.mark.parametrize("keys", [("ctrl+u",), ("ctrl+u", "space", "escape"), ("enter", "enter")])
async def test_what_is_emptied_or_entered_is_no_draft(fresh_sqlite: str, keys: tuple[str, ...]) -> None:
    team = set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await seat.type("nice @fri 10am")
        await written(seat)
        assert len(seat.desk.keeping.drafts) == 1
        await seat.press(*keys)
    assert kept(fresh_sqlite, team.agent) == []


@pytest.mark.parametrize(
    ("keys", "text", "place"),
    [
        (("z",), "+2h in a mee", "sleep"),
        (("e", "1"), "a faster machine", "edit need"),
    ],
)
async def test_every_other_line_is_kept_too_and_its_place_has_no_language(
    fresh_sqlite: str, keys: tuple[str, ...], text: str, place: str
) -> None:
    team = set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", *keys, "ctrl+u")
        await seat.type(text)
    assert kept(fresh_sqlite, team.agent) == [(place, text, len(text), True)]
    i18n.use(i18n.CHINESE)
    async with seated(fresh_sqlite) as seat:
        await seat.desk.settle()
        assert (seat.company, line_of(seat)) == ("Acme Tools", (text, len(text)))


async def test_the_reason_for_a_step_back_is_kept(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await seat.type("likes it @fri 10am")
        await seat.press("tab", "p", "-")
        await seat.type("they changed")
    assert kept(fresh_sqlite, team.agent) == [("back", "they changed", 12, True)]
    async with seated(fresh_sqlite) as seat:
        await seat.desk.settle()
        assert line_of(seat) == ("they changed", 12)


async def test_what_stood_there_at_first_is_no_draft(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "e", "1", "left", "x", "backspace")
        await written(seat)
        await seat.press("escape")
    assert kept(fresh_sqlite, team.agent) == []


async def test_a_claim_that_ran_out_meanwhile_is_taken_again(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await seat.type("half")
    later = NOW + timedelta(minutes=40)
    async with seated(fresh_sqlite, clock=lambda: later) as seat:
        await seat.desk.settle()
        assert (seat.company, line_of(seat)[0]) == ("Acme Tools", "half")
        assert lead_of(fresh_sqlite, "Acme Tools").holder == "Li Wei"


async def test_who_has_the_lead_by_now_is_said_and_the_text_waits(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await seat.type("half @fri 10am")
    later = NOW + timedelta(minutes=40)
    with at(fresh_sqlite):
        claim = queue.take(team.colleague, lead_of(fresh_sqlite, "Acme Tools").id, later)
    async with seated(fresh_sqlite, clock=lambda: later) as seat:
        await seat.desk.settle()
        assert "Zhao Lei has this lead in hand. Your text is kept" in seat.said
        assert line_of(seat)[0] == "half @fri 10am"
        await seat.press("enter")
        assert "Zhao Lei has this lead in hand." in seat.said
        await seat.app.store.run(queue.release, claim, later)
        await seat.press("enter")
    assert last_note(fresh_sqlite) == "half"


async def test_another_lead_in_hand_stays_there_and_the_text_is_kept_where_it_was(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await seat.type("half")
    with at(fresh_sqlite):  # on another desk of the same agent
        queue.take(team.agent, lead_of(fresh_sqlite, "东方纸业").id, NOW)
    async with seated(fresh_sqlite) as seat:
        await seat.desk.settle()
        assert (seat.company, seat.desk.composer.line) == ("东方纸业", None)
        assert "What you wrote at Acme Tools is kept." in seat.said


@pytest.mark.parametrize(
    ("left", "at_"),
    [("agrees #price @fri 10am", NOW), ("agres #pr", NOW - timedelta(seconds=1))],
    ids=["whole", "older"],
)
async def test_what_is_on_record_already_is_not_written_again(fresh_sqlite: str, left: str, at_: datetime) -> None:
    """Killed between the entry of a note and the end of its draft, which may lack what was mended last."""
    team = set_up(fresh_sqlite)
    text = "agrees #price @fri 10am"
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await seat.type(text)
        lead_id = seat.desk.deeds.hand.card.id
        await seat.press("tab")
        await written(seat)
        draft = Draft(lead_id, "log talked", left, 3, True, at_)
        await seat.app.store.run(desks.keep, team.agent, draft, NOW)
    async with seated(fresh_sqlite) as seat:
        await seat.desk.settle()
        assert (seat.company, seat.desk.composer.line) == ("Acme Tools", None)
    assert kept(fresh_sqlite, team.agent) == []


def beside_of(url: str) -> Path:
    """The file that drafts lie in."""
    return Path(url.removeprefix("sqlite:///") + "-desks")


def block(beside: Path, home: Path) -> None:
    """Neither that file nor a folder of the user's can be written."""
    for path in beside.parent.glob(beside.name + "*"):
        path.rename(f"{path}.away")
    beside.mkdir()
    home.write_text("no folder")


def unblock(beside: Path, home: Path) -> None:
    beside.rmdir()
    home.unlink()


def spoil(beside: Path) -> None:
    beside.write_bytes(b"no database" * 100)


async def test_a_place_that_cannot_be_written_is_said_quietly_and_nothing_is_lost(
    fresh_sqlite: str, frozen_surroundings: Path
) -> None:
    team = set_up(fresh_sqlite)
    beside = beside_of(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await seat.type("one")
        await written(seat)
        block(beside, frozen_surroundings / ".local")
        await seat.type(" two")
        await seat.until(lambda: "✗ drafts not saved" in seat.desk.status.text)
        assert line_of(seat)[0] == "one two"
        await seat.press("escape", "t")
        assert line_of(seat)[0] == "one two"
        unblock(beside, frozen_surroundings / ".local")
        await seat.until(lambda: "drafts not saved" not in seat.desk.status.text)
        await written(seat)
    assert kept(fresh_sqlite, team.agent) == [("log talked", "one two", 7, True)]


async def test_a_file_of_drafts_that_is_none_is_put_aside_and_named(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    spoil(beside_of(fresh_sqlite))
    async with seated(fresh_sqlite) as seat:
        await seat.until(lambda: "drafts of this floor could not be read" in seat.said)
        await seat.press("enter", "t", "x")
        await written(seat)
        assert not seat.desk.is_unkept


async def test_while_the_database_hangs_it_is_said_that_nothing_is_kept(
    fresh_sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.tui.test_desk_logging import gate_held

    monkeypatch.setattr(keeping, "PATIENCE", 0.05)
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        claim = seat.desk.deeds.hand.claim
        assert claim is not None
        with gate_held(fresh_sqlite):
            renewing = seat.app.store.run(queue.renew, claim, NOW)  # as the desk does once a minute
            seat.desk.run_worker(renewing, group="renew")
            await seat.pilot.press("a", "b")
            await seat.until(lambda: "✗ drafts not saved" in seat.desk.status.text)
            assert line_of(seat)[0] == "ab"
        await seat.until(lambda: "drafts not saved" not in seat.desk.status.text)
        await written(seat)


async def test_drafts_of_one_are_nobody_elses(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await seat.type("mine")
        claim = seat.desk.deeds.hand.claim
        assert claim is not None
        await seat.app.store.run(queue.release, claim, NOW)
    for login in ("zhao.lei", SUPERVISOR):
        async with seated(fresh_sqlite, login) as seat:
            await seat.desk.settle()
            assert seat.desk.composer.line is None
            assert seat.desk.keeping.drafts == {}
    assert len(kept(fresh_sqlite, team.agent)) == 1


# ── the call, found again ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_call_goes_on_with_its_clock(database_url: str) -> None:
    set_up(database_url)
    clock = Clock()
    async with seated(database_url, clock=clock) as seat:
        await seat.press("enter", "d", "t")
        await seat.type("so")
        await written(seat)
    clock.go_on(minutes=2)
    async with seated(database_url, clock=clock) as seat:
        await seat.desk.settle()
        assert "● on call 02:00" in seat.desk.status.text
        assert (seat.company, line_of(seat)) == ("Acme Tools", ("so", 2))
        await seat.type(" @fri 10am")
        clock.go_on(seconds=3)
        await seat.press("enter")
    touch = lead_of(database_url, "Acme Tools").history[0]
    assert isinstance(touch, TouchLine)
    assert touch.seconds == 123


@pytest.mark.parametrize(("away", "talked"), [(14, 15 * 60), (16, 60)])
async def test_a_line_that_was_gone_for_long_took_the_call_with_it(fresh_sqlite: str, away: int, talked: int) -> None:
    set_up(fresh_sqlite)
    clock = Clock()
    async with seated(fresh_sqlite, clock=clock) as seat:
        await seat.press("enter", "d")
        clock.go_on(minutes=1)
        seat.desk.keeping.beat()
        await written(seat)
    clock.go_on(minutes=away)
    async with seated(fresh_sqlite, clock=clock) as seat:
        await seat.desk.settle()
        assert ("on call" in seat.desk.status.text) is (away < 15)
        await seat.press("n")
    touch = lead_of(fresh_sqlite, "Acme Tools").history[0]
    assert isinstance(touch, TouchLine)
    assert touch.seconds == talked


async def test_a_wrap_up_keeps_its_talk_time(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    clock = Clock()
    async with seated(fresh_sqlite, clock=clock) as seat:
        await seat.press("enter")
        seat.desk.deeds.incoming(seat.desk.deeds.hand.card.id)
        clock.go_on(seconds=77)
        await seat.press("d")
        await written(seat)
    clock.go_on(seconds=60)
    async with seated(fresh_sqlite, clock=clock) as seat:
        await seat.desk.settle()
        assert "◐ wrap-up 1:00" in seat.desk.status.text
        await seat.press("n")
    touch = lead_of(fresh_sqlite, "Acme Tools").history[0]
    assert isinstance(touch, TouchLine)
    assert (touch.seconds, touch.is_inbound) == (77, True)


async def test_a_call_whose_lead_a_colleague_logged_meanwhile_is_over(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    clock = Clock()
    async with seated(fresh_sqlite, clock=clock) as seat:
        await seat.press("enter", "d")
        await written(seat)
    clock.go_on(minutes=11)
    with at(fresh_sqlite):
        queue.take(team.colleague, lead_of(fresh_sqlite, "Acme Tools").id, clock())
    async with seated(fresh_sqlite, clock=clock) as seat:
        await seat.desk.settle()
        assert "Zhao Lei has this lead in hand." in seat.said
        assert "○ ready" in seat.desk.status.text


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        (("C", "enter", "1", "ctrl+u"), "contact {contact} name"),
        (("C", "enter", "5", "ctrl+u"), "contact {contact} number 8613800138000"),
        (("C", "a"), "contact new"),
        (("a",), "new 1 company"),
    ],
)
async def test_forms_go_on_where_they_were(fresh_sqlite: str, keys: tuple[str, ...], place: str) -> None:
    team = set_up(fresh_sqlite)
    contact = lead_of(fresh_sqlite, "Acme Tools").contacts[0].id
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", *keys)
        await seat.type("somethin")
        await seat.press("left")
    assert (place.format(contact=contact), "somethin", 7, True) in kept(fresh_sqlite, team.agent)
    i18n.use(i18n.CHINESE)
    async with seated(fresh_sqlite) as seat:
        await seat.desk.settle()
        assert line_of(seat) == ("somethin", 7)
        await seat.press("end")
        await seat.type("g")
    assert (place.format(contact=contact), "something", 9, True) in kept(fresh_sqlite, team.agent)


async def test_a_question_of_the_script_is_asked_again_in_any_language(fresh_sqlite: str) -> None:
    stands_in(fresh_sqlite, "won")  # what is asked there has no field
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "s", "enter", "down")
        assert "Whom do you know" in seat.said
        await seat.type("Mr Le")
    i18n.use(i18n.CHINESE)
    async with seated(fresh_sqlite) as seat:
        await seat.desk.settle()
        assert line_of(seat) == ("Mr Le", 5)
        await seat.press("backspace", "i", "enter")
        assert "Mr Li" in seat.card
