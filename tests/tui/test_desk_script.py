"""Stories of the script: read with the customer's facts in it, walked through with its questions, left by any key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

import funnel
from models.cards import TouchLine
from tests.tui.floors import lead_of, seated, set_up
from tests.tui.test_desk_promoting import stands_in
from tui.lines.script import Asked, merge_values, script_lines
from tui.lines.text import width_of

SIZES = pytest.mark.parametrize("size", [(80, 24), (146, 35)])


@SIZES
async def test_the_script_has_the_customers_facts_in_it(fresh_sqlite: str, size: tuple[int, int]) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, size=size) as seat:
        await seat.press("enter", "s")
        assert "script · E Potential" in seat.card
        assert "Good morning, 张敏, this is Li Wei." in seat.card
        assert "We help companies like Acme Tools with {product}." in seat.card
        assert "0 of 3 answered" in seat.card
        seen = seat.card
        for _page in range(3):
            await seat.press("pagedown")
            seen += seat.card
        for text in ("Get through to the right person", "as the way there.", "Sell the talk", "Note who answered"):
            assert text in seen
        await seat.press("s")
        assert "+86 138 0013 8000" in seat.card


@SIZES
async def test_the_questions_are_a_walk(fresh_sqlite: str, size: tuple[int, int]) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite, size=size) as seat:
        await seat.press("enter", "s", "enter")
        assert "title What do you look after at the company?" in seat.said
        await seat.type("purchasing")
        await seat.press("enter")
        assert "✓ What do you look after at the company? purchasing" in seat.card
        assert "main business" in seat.said
        await seat.press("up")
        assert "title purchasing" in seat.said
        await seat.press("enter", "enter")
        assert "Best time to call" in seat.said
        await seat.type("after 3")
        await seat.press("escape")
        assert "1 of 3 answered" in seat.card
        await seat.press("enter")
        assert "main business" in seat.said
        await seat.press("enter")
        assert "Best time to call after 3" in seat.said
        await seat.press("enter")
        assert "1 without an answer yet." in seat.said
        assert "script · E Potential" in seat.card
    assert lead_of(fresh_sqlite, "Acme Tools").fields["title"] == "purchasing"
    assert lead_of(fresh_sqlite, "Acme Tools").fields["best_time"] == "after 3"


async def test_a_day_is_answered_in_words_and_a_wrong_one_said(fresh_sqlite: str) -> None:
    stands_in(fresh_sqlite, "B", product="Presses", obstacle="price")
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "e")
        await seat.type("obst")
        await seat.press("enter")
        await seat.type("price")
        await seat.press("enter", "s", "enter")
        assert "On which day can we start?" in seat.said
        await seat.type("30 feb")
        await seat.press("enter")
        assert "no day; as in 2026-12-31" in seat.said
        await seat.press("ctrl+u")
        await seat.type("end of month")
        assert "will be Mon 30 Nov" in seat.said
        await seat.press("enter")
        assert "✓ All are answered." in seat.said
    assert lead_of(fresh_sqlite, "Acme Tools").fields["expected_on"] == "2026-11-30"


@pytest.fixture
def sold(fresh_sqlite: str) -> str:
    """A sold customer: what is asked there has no field."""
    stands_in(fresh_sqlite, "won")
    return fresh_sqlite


async def test_answers_without_a_field_stand_in_the_next_note(sold: str) -> None:
    async with seated(sold) as seat:
        await seat.press("enter", "s", "enter")
        assert "answer What works well, and what does not?" in seat.said
        await seat.type("quick")
        await seat.press("enter")
        assert "✓ What works well, and what does not? quick" in seat.card
        await seat.type("Mr Li")
        await seat.press("enter", "t")
        assert "Whom do you know who should have it too? Mr Li" in seat.said
        await seat.press("escape", "s")
        assert "✓ What works well, and what does not? quick" in seat.card
        await seat.press("t")
        await seat.type(" @fri 10am")
        await seat.press("enter")
        assert "Talked · promised Fri 10:00" in seat.said
    touch = lead_of(sold, "Acme Tools").history[0]
    assert isinstance(touch, TouchLine)
    assert touch.note == "What works well, and what does not? quick; Whom do you know who should have it too? Mr Li"


async def test_answers_survive_a_cut_and_a_call_that_ends_without_a_note(sold: str) -> None:
    async with seated(sold) as seat:
        await seat.press("enter", "s", "enter")
        await seat.type("quick")
        await seat.press("enter", "escape")
        await seat.until(lambda: not seat.desk.keeping._due)
    async with seated(sold) as seat:
        assert seat.company == "Acme Tools"
        await seat.press("m")
    touch = lead_of(sold, "Acme Tools").history[0]
    assert isinstance(touch, TouchLine)
    assert (touch.outcome, touch.note) == ("machine", "What works well, and what does not? quick")


async def test_an_outcomes_key_in_the_script_logs(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "s", "n")
        assert "Acme Tools: No answer" in seat.said
        assert seat.desk.sheet is None
        await seat.press("w", "t")
        assert "Talked" in seat.said
        await seat.press("escape", "?", "s")
        assert "script ·" in seat.card


async def test_dialling_leaves_the_script_open(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("enter", "s", "d")
        assert "on call" in seat.desk.status.text
        assert "script · E Potential" in seat.card
        await seat.press("d")
        assert "Good morning" in seat.card


async def test_without_a_lead_there_is_no_script(fresh_sqlite: str) -> None:
    set_up(fresh_sqlite)
    async with seated(fresh_sqlite) as seat:
        await seat.press("s")
        assert "No lead in hand" in seat.said


# ── lines ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = st.text(st.sampled_from("ab {}，华é\n"), max_size=40)


@given(WORDS, WORDS, st.lists(st.tuples(WORDS, WORDS), max_size=3), st.integers(20, 60))
def test_every_line_fits_and_every_question_has_its_place(
    text: str, fact: str, asked: list[tuple[str, str]], width: int
) -> None:
    stage = funnel.Stage("E", funnel.Words("E", "E"), 10, 10, script=funnel.Words("Dear {person}, " + text, ""))
    questions = [Asked(" ".join(question.split()), answer) for question, answer in asked]
    written, places = script_lines(stage, {"person": fact}, questions, 0, width)
    assert all(width_of(line) <= width for line in written)
    assert len(places) == len(questions)
    assert "\n" not in "".join(piece for line in written for piece, _style in line)


def test_what_is_not_known_stays_visible() -> None:
    values = merge_values({"person": "Li"}, {"person": "contact", "product": "what they buy"})
    stage = funnel.Stage("E", funnel.Words("E", "E"), 10, 10, script=funnel.Words("{person}: {product}.", ""))
    written, _places = script_lines(stage, values, [], None, 40)
    assert [piece for piece in written[1] if piece[1] == "stuck"] == [("{what\u00a0they\u00a0buy}", "stuck")]
    assert cell_len("\u00a0") == 1
