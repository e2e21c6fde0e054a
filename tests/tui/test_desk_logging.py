"""Stories of the desk: the next lead, an outcome each, a talk with its note and moment."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import funnel
from models.cards import TouchLine
from tests.tui.floors import NOW, Seat, lead_of, seated, set_up


def last_touch(url: str, company: str) -> TouchLine:
    touch = lead_of(url, company).history[0]
    assert isinstance(touch, TouchLine)
    return touch


async def test_enter_brings_the_lead_that_is_worth_most(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter")
        assert seat.company == "Acme Tools"
        assert "+86 138 0013 8000" in seat.card
        assert "✓ may be called" in seat.card
        assert "yours until 10:10" in seat.card
        assert "at a lead since 10:00" in seat.desk.status.text


async def test_one_key_logs_and_brings_the_next(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "n")
        assert "Acme Tools: No answer · again today 12:00" in seat.said
        assert seat.company == "东方纸业"
        await seat.until(lambda: "calls 1" in seat.desk.status.text)
    assert last_touch(fresh_sqlite, "Acme Tools").outcome == "no_answer"


async def test_keys_typed_ahead_are_answered_in_order_and_once(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "n", "b", "n", "t", "h", "i")
        assert "Talked hi" in seat.said
    outcomes = [last_touch(fresh_sqlite, name).outcome for name in ("Acme Tools", "东方纸业", "Lin Logistics")]
    assert outcomes == ["no_answer", "busy", "no_answer"]


@contextmanager
def gate_held(url: str) -> Iterator[None]:
    """As another session holds it in the middle of its commit."""
    with open(url.removeprefix("sqlite:///") + "-gate", "rb") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


async def test_while_the_database_waits_keys_wait_too(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter")
        with gate_held(fresh_sqlite):
            await seat.pilot.press("n", "t", "o", "k")
            assert seat.company == "Acme Tools"
        await seat.desk.settle()
        assert seat.company == "东方纸业"
        assert "Talked ok" in seat.said
    assert len(lead_of(fresh_sqlite, "Acme Tools").history) == 2  # taken in, and logged once


async def test_a_talk_with_note_moment_tag_and_what_to_bring(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await seat.type("agrees #price > contract @fri 10am")
        assert "callback Fri 27 Nov 10:00" in seat.said
        await seat.press("enter")
        assert "Acme Tools: Talked · promised Fri 10:00" in seat.said
        assert seat.company == "东方纸业"
    touch = last_touch(fresh_sqlite, "Acme Tools")
    assert (touch.note, touch.tags, touch.bring) == ("agrees", "price", "contract")
    assert touch.next_at == datetime(2026, 11, 27, 2, tzinfo=UTC)


async def test_a_talk_without_a_next_step_is_asked_for_one_once(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await seat.type("nice chat")
        await seat.press("enter")
        assert "No next step yet" in seat.said
        assert "nice chat" in seat.said
        await seat.press("enter", "enter")
        assert "nice chat @none, because none: and why?" in seat.said
        assert seat.company == "Acme Tools"
        await seat.type("they moved")
        assert "no next step: they moved" in seat.said
        await seat.press("enter")
        assert "no next step agreed" in seat.said
    touch = last_touch(fresh_sqlite, "Acme Tools")
    assert (touch.lacks_next_step, touch.note) == (True, "nice chat · no next step: they moved")


async def test_a_double_enter_does_not_run_through_the_question(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, breath=60) as seat:
        await seat.press("enter", "t", "h", "i", "enter", "enter", "enter")
        assert "No next step yet" in seat.said
        assert seat.company == "Acme Tools"


async def test_a_callback_wants_its_moment(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "c", "enter")
        assert "When?" in seat.said
        await seat.type("@+1h")
        await seat.press("enter")
        assert "promised today 11:00" in seat.said


async def test_a_moment_that_cannot_be_read_is_said_and_kept(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await seat.type("ok @blursday")
        await seat.press("enter")
        assert "is no moment" in seat.said
        assert "ok @blursday" in seat.said
        assert seat.company == "Acme Tools"


async def test_unfinished_text_is_there_again(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await seat.type("half a th")
        await seat.press("escape", "t")
        assert "Talked half a th" in seat.said


async def test_pasted_text_is_one_harmless_line(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await paste(seat, "one\ntwo\x1b]52;c;aGk=\x07 [@click=app.quit]x[/]")
        assert "Talked one two]52;c;aGk= [@click=app.quit]x[/]" in seat.said


async def paste(seat: Seat, text: str) -> None:
    from textual.events import Paste

    seat.app.post_message(Paste(text))
    await seat.pilot.pause()
    await seat.desk.settle()


async def test_a_wrong_number_is_invalid_with_its_own_reason(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "i")
        assert "invalid: Wrong or dead number" in seat.said
    assert lead_of(fresh_sqlite, "Acme Tools").kind is funnel.Kind.INVALID


async def test_do_not_call_has_a_second_thought(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "K")
        assert "Never call again: +86 138 0013 8000" in seat.card
        await seat.press("escape")
        assert seat.company == "Acme Tools"
        await seat.press("K", "enter")
        assert "number on the suppression list" in seat.said
    assert lead_of(fresh_sqlite, "Acme Tools").is_barred


async def test_who_was_faster_is_said_and_the_text_is_kept(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    moment = [NOW]
    async with seated(fresh_sqlite, clock=lambda: moment[0]) as seat:
        await seat.press("enter", "t")
        await seat.type("long talk @fri 10am")
        moment[0] = NOW + timedelta(minutes=20)  # the claim has run out meanwhile
        await seat.meanwhile(team.colleague, "Acme Tools", "no_answer", moment[0])
        await seat.press("enter")
        assert "Zhao Lei was faster, at 10:20." in seat.card
        assert "You had written: long talk @fri 10am" in seat.card


async def test_a_claim_that_ran_out_unseen_costs_nothing(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    moment = [NOW]
    async with seated(fresh_sqlite, clock=lambda: moment[0]) as seat:
        await seat.press("enter", "t")
        await seat.type("long talk @fri 10am")
        moment[0] = NOW + timedelta(minutes=20)
        await seat.press("enter")
        assert "promised Fri 10:00" in seat.said


async def test_a_commit_of_another_session_shows_by_itself(database_url: str) -> None:
    team = set_up(database_url)
    async with seated(database_url) as seat:
        assert "Zhao Lei" not in seat.desk.panel.text
        await seat.meanwhile(team.colleague, "Lin Logistics", "no_answer")
        await seat.until(lambda: "Zhao Lei" in seat.desk.panel.text)
        assert "Lin Logistics" not in seat.desk.queue.text
