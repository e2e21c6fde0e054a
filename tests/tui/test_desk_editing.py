"""Stories of editing in place, and what is read from what people type into a field."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.playbook import read_playbook, shipped_text
from tests.tui.floors import lead_of, seated, set_up
from tui.lines.frame import Frame
from tui.moments import reader
from tui.values import Value, example, of_sale, read_value, shown

SIZES = pytest.mark.parametrize("size", [(80, 24), (146, 35)])


@SIZES
async def test_a_number_key_opens_a_field(fresh_sqlite: str, size: tuple[int, int]) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, size=size) as seat:
        await seat.press("enter", "e")
        assert "1 need" in seat.card
        assert "3 expected ¥500,000" in seat.card
        await seat.press("3")
        assert "expected 500000" in seat.said
        assert "as it is" in seat.said
        await seat.press("ctrl+u")
        await seat.type("75万")
        assert "will be ¥750,000 was ¥500,000" in seat.said
        await seat.press("enter")
        assert "✓ expected: ¥750,000" in seat.said
        assert "¥750,000 × 4 % = ¥30,000" in seat.card


@SIZES
async def test_the_beginning_of_a_name_finds_a_field(fresh_sqlite: str, size: tuple[int, int]) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, size=size) as seat:
        await seat.press("enter", "e")
        await seat.type("clos")
        assert "need" not in seat.card
        await seat.press("enter")
        assert "as in fri, end of month" in seat.said
        await seat.type("end of month")
        assert "will be Mon 30 Nov" in seat.said
        await seat.press("enter")
        assert "✓ close date: Mon 30 Nov" in seat.said
    assert lead_of(fresh_sqlite, "Acme Tools").fields["expected_on"] == "2026-11-30"


async def test_arrows_and_escape(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "e", "down", "enter")
        assert "product" in seat.said
        await seat.press("escape", "e")
        await seat.type("zzz")
        assert "No field is called “zzz”." in seat.card
        await seat.press("enter", "escape")
        assert "+86 138 0013 8000" in seat.card


async def test_a_field_with_a_list_is_chosen_from_it(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "e")
        await seat.type("part")
        await seat.press("enter")
        assert "3 Decider" in seat.card
        await seat.press("3")
        assert "✓ Part in the decision: Decider" in seat.said
    assert lead_of(fresh_sqlite, "Acme Tools").fields["say"] == "decider"


async def test_a_value_that_cannot_be_read_is_said_while_typing_and_kept(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "e", "3", "ctrl+u")
        await seat.type("plenty")
        assert "expected cannot be read; an example: 120000.50" in seat.said
        await seat.press("enter")
        assert "plenty" in seat.said
        await seat.press("escape", "e", "3")
        assert "expected plenty" in seat.said
        await seat.press("ctrl+u", "enter")
        assert "✓ expected: –" in seat.said
    assert lead_of(fresh_sqlite, "Acme Tools").amount is None


async def test_what_the_next_stage_asks_for_is_marked(fresh_sqlite: str) -> None:
    from tests.tui.test_desk_promoting import stands_in

    stands_in(fresh_sqlite, "C", budget="100k")
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "e")
        assert "7 budget 100k" in seat.card
        assert "8 decider ✗ asked for next" in seat.card


# ── what is read ──────────────────────────────────────────────────────────────────────────────────────────────────────

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
FRAME = Frame(NOW, ZoneInfo("Asia/Shanghai"), "CNY")
PLAYBOOK = read_playbook(shipped_text("telesales"))


def read(code: str, text: str) -> Value:
    return read_value(code, text, PLAYBOOK, FRAME, reader(NOW, ZoneInfo("Asia/Shanghai")))


@pytest.mark.parametrize(
    ("code", "text", "stored", "words"),
    [
        ("amount", "120,000.50", "120000.5", "¥120,000.50"),
        ("amount", "50万", "500000", "¥500,000"),
        ("amount", "80k", "80000", "¥80,000"),
        ("amount", "1.2m", "1200000", "¥1,200,000"),
        ("expected_on", "2026-12-31", "2026-12-31", "Thu 31 Dec"),
        ("expected_on", "下周五", "2026-12-04", "Fri 4 Dec"),
        ("expected_on", "tomorrow 3pm", "2026-11-24", "tomorrow 24 Nov"),
        ("units", "12", "12", "12"),
        ("source", "col", "cold_call", "Cold call"),
        ("source", "陌拜", "cold_call", "Cold call"),
        ("say", "3", "decider", "Decider"),
        ("say", "决策者", "decider", "Decider"),
        ("need", "  a   fifth ", "a fifth", "a fifth"),
        ("need", "", "", ""),
    ],
)
def test_values(code: str, text: str, stored: str, words: str) -> None:
    value = read(code, text)
    assert (value.text, value.shown) == (stored, words)


@pytest.mark.parametrize(
    ("code", "text", "problem"),
    [
        ("amount", "-5", "expected cannot be read; an example: 120000.50, 80k"),
        ("amount", "99999999999999999", "expected cannot be read; an example: 120000.50, 80k"),
        ("units", "many", "units cannot be read; an example: 12"),
        ("expected_on", "30 feb", "no day; as in 2026-12-31, fri, end of month, 下周五"),
        ("expected_on", "fri then", "no day; as in 2026-12-31, fri, end of month, 下周五"),
        ("number", "12", "phone cannot be read; an example: +86 138 0013 8000"),
        ("source", "in", "1 Internet  8 Inbound call"),
    ],
)
def test_what_cannot_be_read_is_said_with_an_example(code: str, text: str, problem: str) -> None:
    assert read(code, text) == Value("", problem=problem)


@given(st.text(max_size=20), st.sampled_from(["amount", "expected_on", "units", "number", "source", "say", "need"]))
def test_a_text_is_a_value_or_has_a_problem(text: str, code: str) -> None:
    value = read(code, text)
    assert not (value.problem and value.text)
    assert bool(value.problem or value.text) == bool(text.strip())


@given(st.decimals(0, 10**9, places=2), st.dates(date(2000, 1, 1), date(2199, 1, 1)))
def test_what_a_field_holds_is_read_as_what_it_holds(amount: Decimal, day: date) -> None:
    assert Decimal(read("amount", str(amount)).text) == amount
    assert read("expected_on", day.isoformat()).text == day.isoformat()


@given(st.integers(-400, 400))
def test_a_sale_is_never_in_the_future(days: int) -> None:
    day = FRAME.today + timedelta(days=days)
    found = of_sale("expected_on", day.isoformat(), PLAYBOOK, FRAME, reader(NOW, ZoneInfo("Asia/Shanghai")))
    assert bool(found.text) == (days <= 0)


def test_what_is_stored_in_words() -> None:
    assert shown("amount", Decimal("1200.5"), PLAYBOOK, FRAME) == "¥1,200.50"
    assert shown("expected_on", "2026-12-31", PLAYBOOK, FRAME) == "Thu 31 Dec"
    assert shown("expected_on", "some day", PLAYBOOK, FRAME) == "some day"
    assert shown("source", "cold_call", PLAYBOOK, FRAME) == "Cold call"
    assert shown("need", None, PLAYBOOK, FRAME) == ""
    assert example("need") == ""
