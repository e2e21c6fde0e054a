"""Today: what was promised and what became of it, the month's target; leaving says once what is still open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from funnel import Daily, Range, Tally
from models import targets
from models.base import month_of, new_token
from models.cards import Day, DayPlan, Promise, Today
from models.desks.presence import Accounted
from tests.funnel.making import BOOK
from tests.tui.floors import LOGIN, NOW, Seat, Team, at, lead_of, log, seated, set_up
from tests.tui.test_desk_calls import Clock
from tui import i18n
from tui.lines import day as lines
from tui.lines.frame import Frame
from tui.lines.text import width_of
from tui.screens.day import DaySheet

HOUR = timedelta(hours=1)
EMPTY = Day(Today(0, 0, 0, 0), (), (), date(2026, 11, 24), 0, Tally(), None, 3, NOW)
EVENING = NOW + 11 * HOUR
"""21:00 on the floor: its calling hours are over."""


def with_promises(url: str) -> Team:
    """One kept, one late, one to come, one for tomorrow; and a target."""
    team = set_up(url)
    earlier = NOW - timedelta(minutes=40)
    log(url, team.agent, "Acme Tools", "talked", earlier, next_at=NOW - timedelta(minutes=30))
    log(url, team.agent, "Acme Tools", "no_answer", NOW - timedelta(minutes=29))
    log(url, team.agent, "东方纸业", "talked", earlier, next_at=NOW - timedelta(minutes=5))
    log(url, team.agent, "Lin Logistics", "talked", earlier, next_at=NOW + 4 * HOUR)
    log(url, team.agent, "Nord Bearings", "talked", earlier, next_at=NOW + timedelta(days=1))
    with at(url):
        month = month_of(NOW.date())
        amount = Decimal(60_000)
        targets.set_target(
            month, team=None, login=LOGIN, deals=None, amount=amount, by=team.manager, token=new_token(), now=NOW
        )
    return team


async def test_today_says_what_became_of_each_promise(database_url: str) -> None:
    with_promises(database_url)
    async with seated(database_url) as seat:
        await seat.press("y")
        assert "calls 5" in seat.card
        assert "to go ¥60k: ¥10k a day for 6 days" in seat.card
        for line in ("✓ 09:30 Acme Tools kept", "✗ 09:55 东方纸业 5m late", "○ 14:00 Lin Logistics to come"):
            assert line in seat.card
        assert "open for tomorrow" in seat.card
        assert "○ 10:00 Nord Bearings" in seat.card


async def test_today_says_what_each_day_has_to_bring(fresh_sqlite: str) -> None:
    """Once it is known how many deals are wanted; planned rates have no doubt, and no call is counted before a sale."""
    team = with_promises(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("y")
        assert "each day" not in seat.card  # money is wanted, and nobody knows what a deal brings
    with at(fresh_sqlite):
        wanted = {"team": None, "login": LOGIN, "deals": 6, "amount": None}
        targets.set_target(month_of(NOW.date()), **wanted, by=team.manager, token=new_token(), now=NOW)  # type: ignore[arg-type]
    async with seated(fresh_sqlite) as seat:
        await seat.press("y")
        assert "each day 25 new · 10 to Contacted" in seat.card


PLAN = DayPlan(
    Daily(Range(25, 37, 60), {"need": Range(6, 6, 6), "offer": Range(0, 1, 4), "deal": Range(1, 2, 3)}), BOOK
)


@pytest.mark.parametrize(
    ("plan", "english", "chinese"),
    [
        (
            PLAN,
            "each day 37 calls (25–60) · 6 new · 2 to deal (1–3)",
            "每天 37 通电话 (25–60) · 新增 6 · 2 条升到deal zh (1–3)",
        ),
        (
            DayPlan(Daily(None, {"need": None, "offer": Range(1, 1, 1)}), BOOK),
            "each day 1 to offer",
            "每天 1 条升到offer zh",
        ),
        (DayPlan(Daily(Range(0, 0, 0), {"need": Range(0, 0, 0)}), BOOK), None, None),
    ],
)
def test_the_plan_of_a_day_is_one_line(plan: DayPlan, english: str | None, chinese: str | None) -> None:
    day = replace(EMPTY, target=Tally(9), plan=plan)
    for language, said in (("en", english), ("zh_CN", chinese)):
        i18n.use(language)
        found, _ = lines.day_lines(day, Accounted(), 0, Frame(NOW, NOW.tzinfo, "CNY"), 60)  # type: ignore[arg-type]
        texts = ["".join(text for text, _ in line) for line in found]
        assert [text for text in texts if text.startswith(("each day", "每天"))] == ([said] if said else [])
        assert max(map(width_of, found)) <= 60


async def test_the_cursor_begins_at_what_is_open_and_looks_at_a_lead(fresh_sqlite: str) -> None:
    with_promises(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("y")
        assert "▌✗ 09:55 东方纸业" in seat.card
        await seat.press("j", "enter")
        assert (seat.company, seat.desk.sheet) == ("Lin Logistics", None)
        assert lead_of(fresh_sqlite, "Lin Logistics").holder == ""


async def test_a_day_without_promises(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("y", "enter")
        assert "Nothing was promised for today." in seat.card
        assert "no target is set for you" in seat.card


def asks(seat: Seat) -> bool:
    return isinstance(seat.desk.sheet, DaySheet)


async def test_who_leaves_with_late_promises_is_told_once(fresh_sqlite: str) -> None:
    with_promises(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("q")
        assert "1 promise is late. 1 more is open today." in seat.card
        await seat.press("escape")
        assert (asks(seat), seat.app._exit) == (False, False)
        await seat.pilot.press("q")
        await seat.until(lambda: seat.app._exit)


async def test_a_second_q_leaves_and_the_lead_goes_back(fresh_sqlite: str) -> None:
    with_promises(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "q")
        assert asks(seat)
        company = seat.company
        await seat.pilot.press("q")
        await seat.until(lambda: seat.app._exit)
    assert lead_of(fresh_sqlite, company).holder == ""


@pytest.mark.parametrize(("moment", "is_told"), [(lambda: NOW, False), (lambda: EVENING, True)])
async def test_what_is_open_for_tomorrow_is_said_when_the_day_is_done(
    fresh_sqlite: str, moment: Callable[[], datetime], is_told: bool
) -> None:
    team = set_up(fresh_sqlite)
    log(fresh_sqlite, team.agent, "Acme Tools", "talked", NOW - HOUR, next_at=NOW + timedelta(days=1))
    async with seated(fresh_sqlite, clock=moment) as seat:
        await seat.pilot.press("q")
        await seat.until(lambda: seat.app._exit or asks(seat))
        assert asks(seat) is is_told
        if is_told:
            assert "The day is done; this waits for you." in seat.card
            assert "10:00 Acme Tools" in seat.card


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("width", [30, 48, 61, 120])
def test_no_line_is_too_wide(width: int, language: str) -> None:
    i18n.use(language)
    promises = (
        Promise(1, "长江物流有限公司" * 4, "", NOW - timedelta(days=3), None, "America/New_York"),
        Promise(2, "", "[red]Anna", NOW, NOW + HOUR, "Asia/Shanghai"),
        Promise(3, "\x1b[31mEvil", "", NOW + HOUR, None, ""),
    )
    day = Day(Today(1234, 99, 1, 2), promises, promises[2:], date(2026, 11, 24), 3, Tally(), Tally(), 3, NOW)
    found, places = lines.day_lines(day, Accounted(), 1, Frame(NOW, NOW.tzinfo, "CNY"), width)  # type: ignore[arg-type]
    assert max(map(width_of, found)) <= width
    assert len(places) == 4
    assert "\x1b" not in "".join(text for line in found for text, _ in line)


async def test_the_day_tells_what_its_time_went_into(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    clock = Clock()
    async with seated(fresh_sqlite, clock=clock) as seat:
        await seat.desk.settle()

        async def goes_on(times: int) -> None:
            for _ in range(times):
                clock.go_on(seconds=30)
                seat.desk.keeping.beat()
                await seat.until(lambda: not seat.desk.keeping._due)

        await seat.press("enter")
        await goes_on(2)
        await seat.press("d")
        await goes_on(4)
        await seat.press("d")
        await goes_on(1)
        await seat.press("n")
        await goes_on(1)
        await seat.press("y")
        assert "logged in 0:04 wait 0:01 talking 0:02 wrap-up 0:00 pause 0:00" in seat.card
