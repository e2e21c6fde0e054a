"""What the composer tells while one writes: the clocks, the customer's day, other promises, what is still missing."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from msgspec.structs import replace

import funnel
from models.cards import Booked, Slot, TouchLine
from tests.tui.floors import NOW, Seat, call, lead_of, log, seated, set_up
from tests.tui.test_desk_calls import Clock
from tui.config import Config
from tui.entry import AT, BRING, FEEDBACK, HASH, NONE, PURPOSE, Draft, Reading, read_entry
from tui.lines.composer import Elsewhere, against, entry_preview, missing_marks, trouble, with_reason
from tui.lines.frame import Frame
from tui.lines.text import Line
from tui.moments import reader

SIZES = pytest.mark.parametrize("size", [(80, 24), (146, 35)])
SHANGHAI = ZoneInfo("Asia/Shanghai")
FRAME = Frame(NOW, SHANGHAI, "CNY")


async def typing(seat: Seat, text: str, *said: str) -> None:
    """Types into the composer and waits for what it tells by itself."""
    await seat.type(text)
    await seat.until(lambda: all(part in seat.said for part in said))


# ── stories ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@SIZES
async def test_a_free_moment_is_told_as_free(fresh_sqlite: str, size: tuple[int, int]) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, size=size) as seat:
        await seat.press("enter", "t")
        await typing(seat, "agrees @fri 10am", "callback Fri 27 Nov 10:00 · free")


@SIZES
async def test_the_agents_clock_where_it_is_another(fresh_sqlite: str, size: tuple[int, int]) -> None:
    set_up(fresh_sqlite)
    config = Config(db=fresh_sqlite, zone="America/New_York")
    async with seated(fresh_sqlite, size=size, config=config) as seat:
        await seat.press("enter", "t")
        await typing(seat, "@fri 10am", "callback Fri 27 Nov 10:00", "Thu 21:00 yours")


async def test_the_customers_clock_where_it_is_another(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "C", "n")
        await seat.type("+1 425 555 0193")
        await seat.press("enter", "5", "ctrl+u", "enter", "enter", "escape", "escape", "t")
        await typing(seat, "@thu 10am", "Wed 18:00 theirs", "closed there until Sat 01:00")


@SIZES
async def test_outside_the_hours_is_asked_once(fresh_sqlite: str, size: tuple[int, int]) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, size=size) as seat:
        await seat.press("enter", "t")
        await typing(seat, "late @fri 8pm", "closed there until 30 Nov 09:00")
        await seat.press("enter")
        assert "Enter again promises it: closed there until 30 Nov 09:00" in seat.said
        assert "late @fri 8pm" in seat.said
        await seat.press("enter")
        assert "Talked · promised Fri 20:00" in seat.said


async def test_a_holiday_of_the_customers_is_told(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await typing(seat, "@1 jan 10am", "holiday there: New Year's Day")
        await seat.press("enter")
        assert "Enter again promises it: " in seat.said


async def test_the_second_enter_promises_whatever_the_clock_does_between_them(fresh_sqlite: str) -> None:
    team, clock = set_up(fresh_sqlite), Clock()
    soon = NOW + timedelta(hours=2)
    log(fresh_sqlite, team.agent, "Lin Logistics", "callback", NOW - timedelta(minutes=5), next_at=soon)
    async with seated(fresh_sqlite, clock=clock) as seat:
        await seat.press("enter", "t")
        await typing(seat, "yes @+2h", "also promised: Lin Logistics")
        await seat.press("enter")
        assert "Enter again promises it: " in seat.said
        clock.go_on(seconds=1)
        await seat.press("enter")
        assert "promised" in seat.said
        assert "Enter again" not in seat.said


@SIZES
async def test_two_promises_at_once_are_said(fresh_sqlite: str, size: tuple[int, int]) -> None:
    team = set_up(fresh_sqlite)
    friday = datetime(2026, 11, 27, 2, 5, tzinfo=UTC)
    log(fresh_sqlite, team.agent, "Lin Logistics", "callback", NOW - timedelta(minutes=5), next_at=friday)
    async with seated(fresh_sqlite, size=size) as seat:
        await seat.press("enter", "t")
        await typing(seat, "yes @fri 10am", "also promised: Lin Logistics 10:05")
        await seat.press("enter")
        assert "Enter again promises it: also promised: Lin Logistics 10:05" in seat.said
        await seat.press("ctrl+u")
        await typing(seat, "yes @fri 10:20", "Fri 27 Nov 10:20 · free")
        await seat.press("enter")
        assert "promised Fri 10:20" in seat.said


async def test_an_enter_that_comes_before_the_answer_waits_for_it(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    friday = datetime(2026, 11, 27, 2, 5, tzinfo=UTC)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await seat.app.store.run(
            lambda: call(team.agent, "Lin Logistics", "callback", NOW - timedelta(minutes=5), next_at=friday)
        )
        await seat.pilot.press(*"@", "f", "r", "i", "space", "1", "0", "a", "m", "enter")
        await seat.desk.settle()
        assert "also promised: Lin Logistics 10:05" in seat.said


async def test_a_double_enter_promises_nothing_twice(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, breath=60) as seat:
        await seat.press("enter", "t")
        await seat.type("late @fri 8pm")
        await seat.press("enter", "enter", "enter")
        assert "Enter again promises it: " in seat.said
        assert seat.company == "Acme Tools"


async def test_another_moment_is_asked_anew(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await seat.type("@fri 8pm")
        await seat.press("enter", "ctrl+u")
        await seat.type("@thu 8pm")
        await seat.press("enter")
        assert "Enter again promises it: " in seat.said
        assert seat.company == "Acme Tools"


async def test_none_can_be_said_at_once(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "t")
        await seat.type("nice @none they moved abroad <no need")
        assert "no next step: they moved abroad" in seat.said
        await seat.press("enter")
        assert "no next step agreed" in seat.said
    touch = lead_of(fresh_sqlite, "Acme Tools").history[0]
    assert isinstance(touch, TouchLine)
    assert (touch.note, touch.feedback, touch.lacks_next_step) == (
        "nice · no next step: they moved abroad",
        "no need",
        True,
    )


async def test_a_promise_that_stands_is_a_next_step(fresh_sqlite: str) -> None:
    team = set_up(fresh_sqlite)
    friday = datetime(2026, 11, 27, 2, tzinfo=UTC)
    log(fresh_sqlite, team.agent, "Acme Tools", "callback", NOW - timedelta(minutes=5), next_at=friday)
    async with seated(fresh_sqlite) as seat:
        await seat.press("/")
        await seat.type("Acme")
        await seat.until(lambda: "Acme Tools" in seat.card)
        await seat.press("enter", "t")
        await seat.type("again")
        assert "stands: callback Fri 10:00" in seat.said
        await seat.press("enter")
        assert "Talked · promised Fri 10:00" in seat.said


@pytest.mark.parametrize(
    ("phrase", "told"),
    [
        ("@end of month", "callback Mon 30 Nov 09:00"),
        ("@3 weeks", "callback Mon 14 Dec 09:00"),
        ("@下周二 15:00", "callback Tue 1 Dec 15:00"),
        ("@明天下午3点", "callback tomorrow 24 Nov 15:00"),
        ("@fri 10am", "callback Fri 27 Nov 10:00"),
        ("@+2h", "callback today 23 Nov 12:00"),
        ("@yesterday", "Sun 22 Nov 09:00 is past"),
        ("@7", "today 23 Nov 19:00 or tomorrow 24 Nov 07:00? Say which"),
        ("@30 feb", "is no moment; as in @fri 10am, @+2h"),
        ("@", "when? As in @fri 10am"),
        ("@fri 10am @mon 9am", "two moments: keep one @"),
        ("@fri 10am @none no", "two moments: keep one @"),
        ("@none", "none: and why?"),
        ("@无，因为没有预算", "no next step: 没有预算"),
    ],
)
def test_what_is_told_of_a_moment(phrase: str, told: str) -> None:
    draft = read_entry(phrase, reader(NOW, SHANGHAI))
    assert told in words(entry_preview(draft, FRAME, Elsewhere(), None, "hint"))


# ── lines ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def words(line: Line) -> str:
    return "".join(text for text, _style in line)


SLOT = Slot(NOW + timedelta(days=1), is_open=True, opens_at=None, holiday="", booked=())


@pytest.mark.parametrize(
    ("slot", "told"),
    [
        (SLOT, []),
        (replace(SLOT, is_open=False), ["outside their hours"]),
        (replace(SLOT, is_open=False, opens_at=NOW), ["closed there until today 10:00"]),
        (replace(SLOT, holiday="Spring\x1b[31m"), ["holiday there: Spring[31m"]),
        (replace(SLOT, booked=(Booked(1, "\u202eevil", NOW),)), ["also promised: evil 10:00"]),
    ],
)
def test_what_speaks_against_a_moment(slot: Slot, told: list[str]) -> None:
    assert list(against(slot, FRAME)) == told
    assert slot.is_free is (not told)


def test_marks_that_a_stage_wants() -> None:
    rule = funnel.TouchRule(with_purpose=True, with_feedback=True)
    assert missing_marks(Draft("x"), rule) == ("!what the call was for", "<what they said")
    assert missing_marks(Draft("x", purpose="p", feedback="f"), rule) == ()
    empty = words(entry_preview(Draft(""), FRAME, Elsewhere(), None, "how", wanted=rule))
    assert empty == "wants !what the call was for  <what they said"


# ── laws ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

PIECES = [*AT, *HASH, *"<>! 7é。…", *"fri 10am tomorrow none 无 because 明天 price a@b.cn C#".split()]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
SAYS_NONE = re.compile(rf"(?<![0-9A-Za-z._%+{AT}-])[{AT}]{NONE.pattern}")
MARKS = {*AT, *HASH, *FEEDBACK, *BRING, *PURPOSE, ";"}


def letters(*texts: str) -> Counter[str]:
    """What people wrote, without blanks and marks."""
    return Counter(letter for text in texts for letter in text if not letter.isspace() and letter not in MARKS)


@given(st.one_of(TEXTS, st.text(max_size=30)))
@example("@#@none")
def test_no_letter_of_an_entry_is_lost(text: str) -> None:
    """Everything but the marks and what says 'none' is somewhere in the draft; a tag that is there twice, once."""
    draft = read_entry(text, reader(NOW, SHANGHAI))
    assume(not draft.has_more_moments)  # refused as it stands
    found = letters(
        draft.note, *draft.tags, draft.bring, draft.feedback, draft.purpose, draft.phrase, draft.none_because or ""
    )
    assert found - letters(text) == Counter(), "nothing is made up"
    assert set(letters(SAYS_NONE.sub("", text)) - found) <= set("".join(draft.tags))


@given(TEXTS, MOMENTS)
def test_a_moment_that_is_stored_is_to_come_and_is_one(text: str, now: datetime) -> None:
    draft = read_entry("x @" + text, reader(now, SHANGHAI))
    problem = trouble(draft, Frame(now, SHANGHAI, "CNY"))
    if draft.moment is not None:
        assert draft.moment > now
        assert draft.reading is not None
        assert draft.reading.moments == (draft.moment,)
        assert not problem
    else:
        assert problem or draft.none_because


@given(TEXTS)
def test_a_reason_is_part_of_the_note(text: str) -> None:
    draft = read_entry(text, lambda _: Reading((), 0))
    assert draft.note in with_reason(draft)
    assert (draft.none_because or "") in with_reason(draft)
