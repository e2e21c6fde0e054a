"""Stories of the call: d dials and hangs up, the clock runs, what was talked is on record; pauses; states."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from models import desks, suppress
from models.base import new_token, rows_of
from models.cards import Person, Today, TouchLine
from models.desks.presence import State
from models.people import Role
from tests.tui.floors import NOW, SUPERVISOR, Seat, at, lead_of, seated, set_up
from tui.config import Config, Dial
from tui.lines.frame import Frame
from tui.lines.status import Standing, Troubles, next_change, standing_pieces, status_line
from tui.lines.text import width_of

SATURDAY = NOW + timedelta(days=5, hours=10)
"""20:00 in Shanghai: nobody may be called."""


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **by: float) -> None:
        self.now += timedelta(**by)


def touch_of(url: str, company: str = "Acme Tools") -> TouchLine:
    touch = lead_of(url, company).history[0]
    assert isinstance(touch, TouchLine)
    return touch


async def ticked(seat: Seat, clock: Clock, **by: float) -> None:
    """Time passes, and the clock of the desk is looked at."""
    clock.go_on(**by)
    seat.desk.deeds.tick()
    await seat.pilot.pause()


def copied(seat: Seat) -> str:
    return seat.app.clipboard


async def test_d_dials_and_the_outcome_takes_the_talk_time(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    clock = Clock()
    async with seated(fresh_sqlite, clock=clock) as seat:
        await seat.press("enter", "d")
        assert "● on call 00:00" in seat.desk.status.text
        assert "● +86 138 0013 8000" in seat.card
        assert copied(seat) == "+8613800138000"
        assert "Calling +86 138 0013 8000 · copied" in seat.said
        assert "d hang up" in seat.desk.footer.text
        await ticked(seat, clock, minutes=4, seconds=12)
        assert "● on call 04:12" in seat.desk.status.text
        await seat.press("n")
        assert "○ at a lead since" in seat.desk.status.text
    touch = touch_of(fresh_sqlite)
    assert (touch.outcome, touch.seconds, touch.is_inbound) == ("no_answer", 252, False)


async def test_hanging_up_freezes_the_clock_until_the_call_is_logged(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    clock = Clock()
    async with seated(fresh_sqlite, clock=clock) as seat:
        await seat.press("enter", "d")
        clock.go_on(seconds=65)
        await seat.press("d")
        assert "● +86" not in seat.card
        await ticked(seat, clock, seconds=47)
        assert "◐ wrap-up 0:40" in seat.desk.status.text
        await seat.press("t")
        await seat.type("ok @fri 10am")
        await seat.press("enter")
        assert "wrap-up" not in seat.desk.status.text
    assert touch_of(fresh_sqlite).seconds == 65


async def test_the_composers_enter_ends_the_call_and_the_letters_before_it_do_not(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    clock = Clock()
    async with seated(fresh_sqlite, clock=clock) as seat:
        await seat.press("enter", "d", "t")
        await seat.type("dd @fri 10am")
        await ticked(seat, clock, seconds=30)
        assert "● on call 00:30" in seat.desk.status.text
        await seat.press("tab")
        assert seat.company == "Acme Tools"
        assert "○ at a lead" in seat.desk.status.text
        await seat.press("d")
        assert "● on call 00:00" in seat.desk.status.text
    assert (touch_of(fresh_sqlite).seconds, touch_of(fresh_sqlite).note) == (30, "dd")


async def test_called_again_after_a_cut_the_clock_goes_on(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    clock = Clock()
    async with seated(fresh_sqlite, clock=clock) as seat:
        await seat.press("enter", "d")
        clock.go_on(seconds=20)
        await seat.press("d")
        clock.go_on(seconds=100)
        await seat.press("d")
        await ticked(seat, clock, seconds=5)
        assert "● on call 00:25" in seat.desk.status.text
        await seat.press("n")
    assert touch_of(fresh_sqlite).seconds == 25


async def test_a_lead_that_is_only_looked_at_is_taken_first(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        assert "No lead in hand" in seat.desk.deeds.objection("desk.dial-number")
        await seat.press("down", "o", "d")
        assert lead_of(fresh_sqlite, "东方纸业").holder == "Li Wei"
        assert "● on call" in seat.desk.status.text


async def test_looking_at_another_lead_leaves_the_call_and_work_waits_for_it(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "d", "o", "n")
        assert "The call with Acme Tools is not logged yet: ⏎ goes back to it." in seat.said
        assert (seat.company, "● on call" in seat.desk.status.text) == ("东方纸业", True)
        await seat.press("d")
        assert "◐ wrap-up" in seat.desk.status.text
        await seat.press("d")
        assert "is not logged yet" in seat.said
        await seat.press("enter", "n")
    assert touch_of(fresh_sqlite).outcome == "no_answer"
    assert len(lead_of(fresh_sqlite, "东方纸业").history) == 1


async def test_outside_the_customers_hours_only_a_second_d_calls(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    clock = Clock()
    async with seated(fresh_sqlite, clock=clock) as seat:
        await seat.press("enter")
        clock.now = SATURDAY
        await seat.press("d")
        assert "outside the customer's calling hours" in seat.card
        assert "d call all the same" in seat.desk.footer.text
        await seat.press("enter", "n")
        assert "on call" not in seat.desk.status.text
        await seat.press("escape", "d", "d")
        assert "● on call" in seat.desk.status.text


async def test_with_several_numbers_it_is_asked_which_and_no_suppressed_one_is_there(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    lead_id = lead_of(fresh_sqlite, "Acme Tools").id
    with at(fresh_sqlite):
        contact = rows_of("SELECT id FROM contact WHERE lead_id = ?", (lead_id,))[0][0]
        for number in (8613900139001, 8613900139002):
            rows_of(
                "INSERT INTO phone (lead_id, contact_id, number, extension) VALUES (?, ?, ?, '') RETURNING id",
                (lead_id, contact, number),
            )
        suppress.add([8613900139001], reason="asked", agent_id=team.manager, token=new_token(), now=NOW)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "d")
        assert "which number?" in seat.card
        assert "+86 139 0013 9001" not in seat.card
        await seat.press("2")
        assert copied(seat) == "+8613900139002"
        assert "● +86 139 0013 9002" in seat.card


async def test_a_number_suppressed_a_moment_ago_is_not_called(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter")
        number, by = [8613800138000], team.manager
        await seat.app.store.run(suppress.add, number, reason="asked", agent_id=by, token=new_token(), now=NOW)
        await seat.press("d")
        assert "Every number of this lead is on the suppression list" in seat.said
        assert ("on call" in seat.desk.status.text, copied(seat)) == (False, "")


@pytest.mark.parametrize(("way", "has_copy", "has_link"), [
    ("link", False, True), ("clipboard", True, False), ("both", True, True), ("none", False, False),
])  # fmt: skip
async def test_the_number_goes_the_configured_way(fresh_sqlite: str, way: str, has_copy: bool, has_link: bool) -> None:
    set_up(fresh_sqlite)
    config = Config(db=fresh_sqlite, dial=Dial(way=way))
    async with seated(fresh_sqlite, config=config) as seat:
        await seat.press("enter", "d")
        assert (copied(seat) != "") is has_copy
        links = {segment.style.link for y in range(9) for segment in seat.desk.card.render_line(y) if segment.style}
        assert ("tel:+8613800138000" in links) is has_link
        await seat.press("d")
        links = {segment.style.link for y in range(9) for segment in seat.desk.card.render_line(y) if segment.style}
        assert links <= {None}


async def test_a_command_is_given_the_number_and_its_failure_is_said(fresh_sqlite: str, tmp_path: Path) -> None:
    set_up(fresh_sqlite)
    phone, told = tmp_path / "phone", tmp_path / "told"
    phone.write_text(f'#!/bin/sh\necho noise\nfor one; do echo "$one"; done > "{told}"\nexit 3\n')
    phone.chmod(0o700)
    config = Config(db=fresh_sqlite, dial=Dial("command", (str(phone), "call", "{number}")))
    async with seated(fresh_sqlite, config=config) as seat:
        await seat.press("enter", "d")
        await seat.until(lambda: "could not dial: it ended with 3." in seat.said)
        assert told.read_text().split() == ["call", "+8613800138000"]
        assert copied(seat) == ""
        assert "● on call" in seat.desk.status.text  # it may be dialled by hand


async def test_who_calls_in_is_logged_as_such(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter")
        seat.desk.deeds.incoming(seat.desk.deeds.hand.card.id)
        await seat.pilot.pause()
        assert "● inbound call 00:00" in seat.desk.status.text
        await seat.press("n")
    assert touch_of(fresh_sqlite).is_inbound


# ── pauses and leaving ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_pause_gives_the_lead_back_and_enter_ends_it(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    clock = Clock()
    async with seated(fresh_sqlite, clock=clock) as seat:
        await seat.press("enter", "P", "1")
        name = seat.desk.playbook.pauses[0].name.en
        assert f"‖ {name} 0 of" in seat.desk.status.text
        assert "Enter: back to work" in seat.card
        assert lead_of(fresh_sqlite, "Acme Tools").holder == ""
        await seat.press("n", "o", "P", "d", "t", "x")
        assert (seat.company, "Enter: back to work" in seat.card) == ("", True)
        await ticked(seat, clock, minutes=80)
        assert "minutes over its time" in seat.card
        await seat.press("enter")
        assert "○ ready" in seat.desk.status.text
        await seat.press("enter")
        assert seat.company == "Acme Tools"


async def test_nobody_pauses_on_the_line(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "d", "P")
        assert "Hang up first: d" in seat.said
        await seat.press("d", "P")
        assert "not logged yet" in seat.said
        assert "‖" not in seat.desk.status.text
        await seat.press("P", "1")
        assert "‖" in seat.desk.status.text


async def test_q_on_the_line_hangs_up_and_asks_once(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "d", "q")
        assert "The call is not logged yet: an outcome's key logs it, q again leaves it so." in seat.said
        assert "◐ wrap-up" in seat.desk.status.text
        await seat.pilot.press("q")
        await seat.until(lambda: seat.app._exit)
    with at(fresh_sqlite):
        left = desks.present(team.agent)
        assert left is not None
        assert left.state is State.OFF


async def test_a_lead_put_to_sleep_on_the_line_ends_the_call_once_that_was_said(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "d", "z")
        await seat.type("+2h")
        await seat.press("enter")
        assert "The call is not logged yet: an outcome's key logs it, ⏎ again leaves it so." in seat.said
        assert seat.company == "Acme Tools"
        await seat.press("enter")
        assert seat.company == "东方纸业"
        assert "on call" not in seat.desk.status.text
        assert seat.desk.deeds.call is None


async def test_a_lead_is_not_closed_on_the_line_before_that_was_said(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "d", "x")
        assert "The call is not logged yet: an outcome's key logs it, x again leaves it so." in seat.said
        assert seat.desk.sheet is None
        await seat.press("x", "1")
        assert lead_of(fresh_sqlite, "Acme Tools").stage == "lost"
        assert seat.desk.deeds.call is None


async def test_a_supervisor_neither_dials_nor_pauses_nor_is_counted(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, SUPERVISOR) as seat:
        for key in ("d", "P"):
            await seat.press(key)
            assert "Supervisors watch" in seat.said
    with at(fresh_sqlite):
        assert desks.everybody() == ()


async def test_each_state_is_known_to_the_floor(database_url: str) -> None:
    team = set_up(database_url)

    async def state(seat: Seat, wanted: tuple[State, str]) -> None:
        async def found() -> tuple[State, str] | None:
            one = await seat.app.store.run(desks.present, team.agent)
            return (one.state, one.code) if one else None

        while await found() != wanted:
            await seat.pilot.pause()

    async with seated(database_url) as seat:
        await state(seat, (State.READY, ""))
        await seat.press("enter", "d")
        await state(seat, (State.ON_CALL, ""))
        await seat.press("d")
        await state(seat, (State.WRAP_UP, ""))
        await seat.press("n", "P", "1")
        await state(seat, (State.PAUSE, seat.desk.playbook.pauses[0].code))
        await seat.press("enter")
        await state(seat, (State.READY, ""))


# ── the line ──────────────────────────────────────────────────────────────────────────────────────────────────────────

FRAME = Frame(NOW, ZoneInfo("Asia/Shanghai"), "CNY")
PERSON = Person(1, "li", "李伟 Li Wei of the long name", Role.AGENT, 1, "north")


def words_of(standing: Standing, *, is_short: bool = False) -> str:
    return "".join(text for text, _ in standing_pieces(standing, FRAME, is_short=is_short))


@pytest.mark.parametrize(
    ("state", "seconds", "limit", "long", "short"),
    [
        (State.ON_CALL, 252, None, "● on call 04:12", "● 04:12"),
        (State.ON_CALL, 3675, None, "● on call 1:01:15", "● 1:01:15"),
        (State.ON_CALL, -5, None, "● on call 00:00", "● 00:00"),
        (State.WRAP_UP, 49, 120, "◐ wrap-up 0:40", "◐ 0:40"),
        (State.WRAP_UP, 131, 120, "◐ wrap-up 2:10 of 2:00", "◐ 2:10"),
        (State.PAUSE, 12 * 60 + 59, 3600, "‖ lunch 12 of 60 min", "‖ lunch 12/60"),
        (State.PAUSE, 12 * 60, None, "‖ lunch 12 min", "‖ lunch 12"),
        (State.READY, 0, None, "○ at a lead since 10:00", "○ since 10:00"),
    ],
)
def test_what_an_agent_is_at(state: State, seconds: int, limit: int | None, long: str, short: str) -> None:
    standing = Standing(state, NOW - timedelta(seconds=seconds), "lunch" if state is State.PAUSE else "", limit)
    assert (words_of(standing), words_of(standing, is_short=True)) == (long, short)


def test_the_line_changes_when_it_is_looked_at_next_and_not_before() -> None:
    for state in State:
        for lasted in (0, 0.4, 9.9, 59.5, 61, 3599.2):
            standing = Standing(state, NOW - timedelta(seconds=lasted), "x", 60)
            wait = next_change(standing, NOW)
            if wait is None:
                continue

            def line(after: float, standing: Standing = standing) -> object:
                frame = Frame(NOW + timedelta(seconds=after), FRAME.zone, FRAME.currency)
                return standing_pieces(standing, frame, is_short=False)

            assert line(0) == line(wait - 0.01) != line(wait + 0.01)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 146])
@pytest.mark.parametrize("troubles", [Troubles(), Troubles("the database is gone"), Troubles(is_unkept=True)])
def test_the_line_keeps_its_width_and_the_running_clock(width: int, troubles: Troubles) -> None:
    standing = Standing(State.ON_CALL, NOW - timedelta(seconds=252))
    line = status_line(PERSON, Today(), standing, troubles, FRAME, width)
    text = "".join(piece for piece, _ in line)
    assert width_of(line) == width
    assert "04:12" in text
    assert text.endswith("10:00 ")
    if troubles.is_unkept and width >= 60:
        assert "drafts not saved" in text
